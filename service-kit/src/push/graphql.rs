//! Mutations of pushes: one for each kind, made from its declaration. A row is read as a line of NDJSON, so a row means the
//! same in every form.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field as ParsedField;
use async_graphql::registry::{Deprecation, MetaInputValue, MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ComplexObject, ContainerType, Context, ContextSelectionSet, Error, ID, InputObject, InputType, Json, ObjectType,
    OutputType, Positioned, ServerResult, SimpleObject, Value,
};
use serde_json::Value as JsonValue;
use tabular::{Form, Format, Required};

use super::engine::{Begin, Begun, MAX_BATCH_ROWS, Options, Pusher, Reading};
use super::intake::read_rows;
use super::receipts::{self, By};
use super::row::{Counts, PushStatus, RowError, RowResult};
use super::source::source_of;
use super::{PushKind, kind::EXTERNAL_ID};
use crate::measures::object_field;
use crate::problem::Problem;
use crate::scope::ScopeContext;

/// The kinds of a service, for its mutations.
pub trait PushSet: Send + Sync + 'static {
    /// Name of the part of the mutation type.
    const NAME: &'static str;

    /// The kinds.
    fn kinds() -> &'static [&'static PushKind];
}

/// The mutations of a service's kinds.
#[derive(Debug)]
pub struct PushMutation<S>(PhantomData<S>);

impl<S> Default for PushMutation<S> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// How rows are pushed.
#[derive(InputObject, Debug, Clone)]
pub struct PushOptions {
    /// Source of the rows; the credential's own if it is not given.
    source: Option<String>,
    /// All rows or none.
    #[graphql(default)]
    atomic: bool,
    /// Whether nothing is stored.
    #[graphql(default)]
    dry_run: bool,
    /// Key with which a repeated push gives the stored answer, 1 to 200 characters.
    idempotency_key: Option<String>,
}

/// Outcome of a push.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex, shareable)]
pub struct PushResult {
    /// Id of the receipt; null for a dry run.
    receipt: Option<ID>,
    /// Number of rows that made a record.
    created: i64,
    /// Number of rows that changed a record.
    updated: i64,
    /// Number of records that a push which replaces has removed.
    removed: i64,
    /// Number of rows that said nothing new.
    unchanged: i64,
    /// Number of rows that a newer row overrules.
    stale: i64,
    /// Number of rows that wait for what they name.
    parked: i64,
    /// Number of rows that were rejected.
    rejected: i64,
    #[graphql(skip)]
    results: Vec<RowResult>,
}

/// Push after it was withdrawn.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(shareable)]
pub struct PushUndone {
    /// Id of the receipt.
    receipt: ID,
    /// Number of records that changed.
    records: u64,
}

/// Outcome of a pushed row.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(shareable)]
pub struct PushRow {
    /// Number of the row, from 1.
    row: i64,
    /// Id of the record in its source.
    external_id: String,
    /// What became of the row.
    status: PushStatus,
    /// Id or code of the record; null when it was rejected or waits.
    id: Option<ID>,
    /// Why it was rejected or waits.
    errors: Vec<PushError>,
}

/// Reason why a row was rejected or waits.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(shareable)]
pub struct PushError {
    /// Name of the field; empty for the row.
    path: String,
    /// Code for programs.
    code: String,
    /// What was found, and what is accepted.
    message: String,
    /// The same in Vietnamese.
    message_vi: String,
}

#[ComplexObject]
impl PushResult {
    /// Rows in their order: all, or those with a status.
    #[graphql(shareable)]
    async fn rows(&self, status: Option<Vec<PushStatus>>) -> Vec<PushRow> {
        let is_asked = |row: &&RowResult| status.as_ref().is_none_or(|asked| asked.contains(&row.status));
        self.results.iter().filter(is_asked).map(PushRow::from).collect()
    }
}

impl From<&RowResult> for PushRow {
    fn from(result: &RowResult) -> Self {
        let error = |error: &RowError| PushError {
            path: error.path.clone(),
            code: error.code.clone(),
            message: error.en.clone(),
            message_vi: error.vi.clone(),
        };
        Self {
            row: result.row,
            external_id: result.external_id.clone(),
            status: result.status,
            id: result.key.clone().map(ID),
            errors: result.errors.iter().map(error).collect(),
        }
    }
}

impl PushResult {
    fn new(receipt: Option<ID>, results: Vec<RowResult>) -> Self {
        let Counts { created, updated, removed, unchanged, stale, parked, rejected, .. } = Counts::of(&results);
        Self { receipt, created, updated, removed, unchanged, stale, parked, rejected, results }
    }
}

impl<S: PushSet> OutputType for PushMutation<S> {
    fn type_name() -> Cow<'static, str> {
        S::NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            let result = PushResult::create_type_info(registry);
            let options = PushOptions::create_type_info(registry);
            let mut fields = IndexMap::new();
            for kind in S::kinds() {
                registry.types.insert(kind.row_type.to_owned(), row_type(kind));
                let description = format!("Push of at most {MAX_BATCH_ROWS} rows. {}", kind.description.0);
                let mut field = object_field(kind.mutation, &description, result.clone());
                let rows = format!("[{}!]!", kind.row_type);
                field.args.insert("options".to_owned(), input("options", "How the rows are pushed.", options.clone()));
                field.args.insert("rows".to_owned(), input("rows", "The rows.", rows));
                fields.insert(kind.mutation.to_owned(), field);
            }
            let undone = PushUndone::create_type_info(registry);
            let description = "Withdrawal of what a push of this service stated. Refused when later rows need it.";
            let mut field = object_field(&undo_of::<S>(), description, undone);
            let receipt = input("receipt", "Id of the receipt.", "ID!".to_owned());
            field.args.insert("receipt".to_owned(), receipt);
            fields.insert(undo_of::<S>(), field);
            MetaType::Object {
                name: S::NAME.to_owned(),
                description: None,
                fields,
                cache_control: async_graphql::CacheControl::default(),
                extends: false,
                shareable: false,
                resolvable: true,
                keys: None,
                visible: None,
                inaccessible: false,
                interface_object: false,
                tags: Vec::new(),
                is_subscription: false,
                rust_typename: Some(std::any::type_name::<Self>()),
                directive_invocations: Vec::new(),
                requires_scopes: Vec::new(),
            }
        })
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<ParsedField>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<S: PushSet> ContainerType for PushMutation<S> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let name = ctx.field().name();
        let at_field = |problem: Problem| ctx.set_error_path(Error::from(problem).into_server_error(ctx.item.pos));
        if name == undo_of::<S>() {
            let undone = undo(ctx).await.map_err(at_field)?;
            let selection = ctx.with_selection_set(&ctx.item.node.selection_set);
            return OutputType::resolve(&undone, &selection, ctx.item).await.map(Some);
        }
        let Some(kind) = S::kinds().iter().copied().find(|kind| kind.mutation == name) else { return Ok(None) };
        let options: PushOptions = ctx.param_value("options", None)?.1;
        let rows: Json<Vec<JsonValue>> = ctx.param_value("rows", None)?.1;
        let result = push(ctx, kind, &options, &rows.0).await.map_err(at_field)?;
        let selection = ctx.with_selection_set(&ctx.item.node.selection_set);
        OutputType::resolve(&result, &selection, ctx.item).await.map(Some)
    }
}

impl<S: PushSet> ObjectType for PushMutation<S> {}

/// Name of the mutation that withdraws a push, for example `undoTasksPush`.
fn undo_of<S: PushSet>() -> String {
    format!("undo{}", S::NAME)
}

fn pusher<'a>(ctx: &'a Context<'_>) -> Result<&'a Pusher, Problem> {
    ctx.data::<Pusher>().map_err(|error| Problem::internal(std::io::Error::other(error.message)))
}

async fn undo(ctx: &Context<'_>) -> Result<PushUndone, Problem> {
    let scope = ctx.scope();
    let asked =
        ctx.param_value::<ID>("receipt", None).map_err(|error| Problem::validation("receipt", error.message))?;
    let pusher = pusher(ctx)?;
    let found = receipts::own(pusher.database(), &scope.principal, &asked.1).await?;
    let kind = pusher.kind(&found.kind).ok_or_else(|| {
        let kinds: Vec<&str> = pusher.kinds().iter().map(|kind| kind.name).collect();
        let message = format!("the receipt is of {}; accepted: receipts of {}", found.kind, kinds.join(", "));
        Problem::validation("receipt", message)
    })?;
    let by = By { subject: scope.principal.subject()?, request_id: scope.request_id.as_deref() };
    Ok(PushUndone { records: pusher.undo(kind, &found, by).await?, receipt: asked.1 })
}

async fn push(
    ctx: &Context<'_>,
    kind: &'static PushKind,
    options: &PushOptions,
    rows: &[JsonValue],
) -> Result<PushResult, Problem> {
    let scope = ctx.scope();
    let subject = scope.principal.subject()?;
    let pusher = pusher(ctx)?;
    if rows.len() > MAX_BATCH_ROWS {
        let message =
            format!("{} rows; accepted: at most {MAX_BATCH_ROWS}, or a file at /v1/push/{}", rows.len(), kind.name);
        return Err(Problem::validation("rows", message));
    }
    let source = source_of(pusher.database(), &scope.principal, options.source.as_deref(), Some(kind.name)).await?;
    let mut body = Vec::new();
    for row in rows {
        body.extend_from_slice(with_numbers(kind, row.clone()).to_string().as_bytes());
        body.push(b'\n');
    }
    let reading = tabular::Reading {
        required: Required::NewRecords,
        zone: scope.city.tz,
        ..tabular::Reading::new(Format::Ndjson)
    };
    let staged = read_rows(kind, &reading, &body, scope.now)?;
    let begin = Begin {
        kind,
        layout: None,
        source: &source,
        subject,
        format: "GRAPHQL",
        options: Options { dry_run: options.dry_run, atomic: options.atomic, replace: None },
        idempotency_key: options.idempotency_key.as_deref(),
        request_id: scope.request_id.as_deref(),
        file_name: None,
    };
    let mut session = match pusher.begin(begin).await? {
        Begun::New(session) => session,
        Begun::Earlier(receipt) => {
            let results = pusher.stored_results(&receipt, &body).await?;
            return Ok(PushResult::new(Some(ID(receipt.id.to_string())), results));
        }
    };
    let receipt = (!options.dry_run).then(|| ID(session.receipt().to_string()));
    session.received(&body);
    let mut results = session.apply(staged).await?;
    let (_, last) = session.finish(Reading { encoding: None, notes: Vec::new(), fault: None }).await?;
    if options.atomic {
        results = last;
    }
    Ok(PushResult::new(receipt, results))
}

/// Whether GraphQL has no number that is large enough for a form, so that a row states it as a text.
fn is_long(form: Form) -> bool {
    matches!(form, Form::Integer(_, max) if max > i64::from(i32::MAX))
}

/// The row with numbers where it states them as texts.
fn with_numbers(kind: &PushKind, mut row: JsonValue) -> JsonValue {
    for field in kind.all_fields().filter(|field| is_long(field.field.form)) {
        let Some(value) = row.get_mut(field.field.name) else { continue };
        if let Some(number) = value.as_str().and_then(|text| text.parse::<i64>().ok()) {
            *value = number.into();
        }
    }
    row
}

/// The input type of the rows of a kind.
fn row_type(kind: &PushKind) -> MetaType {
    let fields = kind.all_fields().map(|field| {
        let (en, vi) = field.field.description;
        let needed = field.field.name == EXTERNAL_ID;
        let ty = format!("{}{}", scalar(field.field.form), if needed { "!" } else { "" });
        let description = format!("{en} {}: {vi}", field.field.header);
        (field.field.name.to_owned(), input(field.field.name, &description, ty))
    });
    MetaType::InputObject {
        name: kind.row_type.to_owned(),
        description: Some(format!("Row of {}. A field that is not given is not changed; null clears it.", kind.name)),
        input_fields: fields.collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        oneof: false,
        directive_invocations: Vec::new(),
    }
}

/// The GraphQL type of a form. Texts are checked as in a file, so that every fault of every row is told.
fn scalar(form: Form) -> &'static str {
    match form {
        Form::Integer(..) if !is_long(form) => "Int",
        Form::Boolean => "Boolean",
        Form::Texts(_) => "[String!]",
        _ => "String",
    }
}

fn input(name: &str, description: &str, ty: String) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ty,
        deprecation: Deprecation::default(),
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}
