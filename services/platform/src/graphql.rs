//! GraphQL of the platform subgraph. It has no SQL.

use async_graphql::{
    ComplexObject, Context, EmptySubscription, ID, InputObject, Object, Result, Schema, SchemaBuilder, SimpleObject,
};
use service_kit::connection::RowConnection;
use service_kit::lists::{self, ListArgs};
use service_kit::push::receipts;
use service_kit::store::push::receipt::Receipt as StoredReceipt;
use service_kit::{PageArgs, Principal, Problem, RequestScope, Role, ScopeContext, ServiceContext, Subgraph};

use crate::keys::{self, By, Made, NewKey};
use crate::model::{AUDIT, ApiKey, ApiKeyFilter, AuditEntry, AuditFilter, Receipt, ReceiptFilter, SOURCES, Source};
use crate::sources::{NewSource, register};
use crate::store::audit::has_table;
use crate::store::filter::{newest_entries, newest_keys, newest_receipts};
use crate::store::source::all as sources;

/// The name of this subgraph in the supergraph.
const NAME: &str = "platform";

#[ComplexObject]
impl ApiKey {
    /// Public part of the key.
    async fn id(&self) -> ID {
        ID(self.id.clone())
    }
}

#[ComplexObject]
impl AuditEntry {
    /// Number of the entry.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }
}

#[ComplexObject]
impl Source {
    /// Organization that answers for the source; null when nobody does.
    async fn organization(&self) -> Option<ID> {
        self.organization_code.clone().map(ID)
    }
}

#[ComplexObject]
impl Receipt {
    /// Id of the receipt, as in `/v1/push/receipts/{id}`.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }
}

pub struct Query;

#[Object]
impl Query {
    /// Keys of systems, the newest first. For administrators.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        filter: Option<ApiKeyFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<ApiKey>>> {
        let args = ListArgs { filter, terms: newest_keys(), page: PageArgs { first, after }, as_of: None };
        Ok(Some(lists::all::<ApiKey, _>(ctx, "apiKeys", args).await?))
    }

    /// Entries of the audit trail, the newest first. For auditors.
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        filter: Option<AuditFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<AuditEntry>>> {
        AUDIT.permit_list(&ctx.scope().principal)?;
        if let Some(record) = filter.as_ref().and_then(|filter| filter.record.as_ref())
            && !has_table(&ctx.reader().rows(&AUDIT), &record.kind).await?
        {
            let message =
                format!("no row has the kind {:?}; accepted: as in `rows`, such as `tasks.task`", record.kind);
            return Err(Problem::validation("filter.record.kind", message).into());
        }
        let args = ListArgs { filter, terms: newest_entries(), page: PageArgs { first, after }, as_of: None };
        Ok(Some(lists::all::<AuditEntry, _>(ctx, "auditTrail", args).await?))
    }

    /// Systems that push rows, the longest silent first. For the operations center.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Option<Vec<Source>>> {
        SOURCES.permit_list(&ctx.scope().principal)?;
        Ok(Some(sources(&ctx.reader().rows(&SOURCES)).await?))
    }

    /// Receipts of pushes, the newest first. For the operations center.
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        filter: Option<ReceiptFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Receipt>>> {
        let args = ListArgs { filter, terms: newest_receipts(), page: PageArgs { first, after }, as_of: None };
        Ok(Some(lists::all::<Receipt, _>(ctx, "receipts", args).await?))
    }

    /// What the caller may see, as the platform understands its credential. Callers who may see the same share the answer,
    /// so it names nobody.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        let principal = ctx.scope().principal.clone();
        Viewer {
            authenticated: principal.subject.is_some(),
            roles: principal.roles,
            organization: principal.organization,
            position: principal.position,
            areas: principal.areas,
        }
    }
}

/// Rights of the caller of a request.
#[derive(SimpleObject)]
pub struct Viewer {
    /// Whether the request had a credential.
    authenticated: bool,
    /// Roles.
    roles: Vec<Role>,
    /// Code of the organization that the caller acts for.
    organization: Option<String>,
    /// Code of the position that the caller holds.
    position: Option<String>,
    /// Codes of the areas that the caller works for.
    areas: Vec<String>,
}

/// New key of a system.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// Stable name of the system.
    subject: String,
    /// Roles of the system.
    roles: Vec<Role>,
    /// Code of the organization that the system acts for.
    organization: Option<ID>,
    /// Code of the position that the system acts for.
    position: Option<ID>,
    /// Codes of the areas that the system acts for.
    #[graphql(default)]
    areas: Vec<ID>,
    /// Source for which the system pushes.
    source: Option<String>,
    /// Kinds of records that the system pushes; empty: all.
    #[graphql(default)]
    kinds: Vec<String>,
    /// Lifetime in days, 1 to 366.
    #[graphql(default = 90)]
    valid_days: i32,
}

/// Source to register, or what is to be known of it from now on.
#[derive(InputObject)]
pub struct RegisterSourceInput {
    /// Name of the source, as pushes give it.
    code: String,
    /// Name for people.
    name: Option<String>,
    /// Code of the organization that answers for it.
    organization: Option<ID>,
    /// Longest time between two pushes, in hours, 1 to 8784; null when none is expected.
    cadence_hours: Option<i32>,
    /// Whether only hours of working days count.
    #[graphql(default)]
    working_days: bool,
    /// Whether the platform's verbs may change its records.
    #[graphql(default)]
    open_to_verbs: bool,
}

/// Source after its registration.
#[derive(SimpleObject)]
pub struct SourcePayload {
    /// Name of the source.
    code: String,
}

/// Push whose rows are tried again or discarded.
#[derive(InputObject)]
pub struct PushReceiptInput {
    /// Id of the receipt.
    receipt: ID,
}

/// Rows of a push after a mutation.
#[derive(SimpleObject)]
pub struct PushRowsPayload {
    /// Id of the receipt.
    receipt: ID,
    /// Number of rows that the mutation is about.
    rows: u64,
}

/// Key to revoke or to replace.
#[derive(InputObject)]
pub struct ApiKeyInput {
    /// Id of the key.
    id: ID,
}

/// Key with its text.
#[derive(SimpleObject)]
pub struct ApiKeySecretPayload {
    /// The key.
    api_key: ApiKey,
    /// Text of the key, for `Authorization: Bearer …`. It is shown only here.
    secret: String,
}

/// Key after a mutation.
#[derive(SimpleObject)]
pub struct ApiKeyPayload {
    /// The key.
    api_key: ApiKey,
}

impl From<Made> for ApiKeySecretPayload {
    fn from(made: Made) -> Self {
        Self { api_key: made.key, secret: made.text }
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    /// Creation of a key by an administrator. The answer has its text, which is not shown again.
    async fn create_api_key(&self, ctx: &Context<'_>, input: CreateApiKeyInput) -> Result<ApiKeySecretPayload> {
        let by = administrator(ctx.scope())?;
        let code = |code: ID| code.0;
        let principal = Principal {
            subject: Some(input.subject),
            roles: input.roles,
            organization: input.organization.map(code),
            position: input.position.map(code),
            areas: input.areas.into_iter().map(code).collect(),
            source: input.source,
            kinds: input.kinds,
        };
        let new = NewKey { principal, valid_days: input.valid_days };
        Ok(keys::create(ctx.database().pool(), &new, by).await?.into())
    }

    /// Registration of a source by an administrator; a second one replaces the first.
    async fn register_source(&self, ctx: &Context<'_>, input: RegisterSourceInput) -> Result<SourcePayload> {
        let by = administrator(ctx.scope())?;
        let new = NewSource {
            code: &input.code,
            name: input.name.as_deref(),
            organization: input.organization.as_deref().map(String::as_str),
            cadence_hours: input.cadence_hours,
            working_days: input.working_days,
            open_to_verbs: input.open_to_verbs,
        };
        register(ctx.database().pool(), &new, by).await?;
        Ok(SourcePayload { code: input.code })
    }

    /// Revocation of a key by an administrator. It is refused within a second.
    async fn revoke_api_key(&self, ctx: &Context<'_>, input: ApiKeyInput) -> Result<ApiKeyPayload> {
        let by = administrator(ctx.scope())?;
        Ok(ApiKeyPayload { api_key: keys::revoke(ctx.database().pool(), &input.id, by).await? })
    }

    /// Replacement of a key by an administrator: a new one with the same rights, and revocation of the old one.
    async fn rotate_api_key(&self, ctx: &Context<'_>, input: ApiKeyInput) -> Result<ApiKeySecretPayload> {
        let by = administrator(ctx.scope())?;
        Ok(keys::rotate(ctx.database().pool(), &input.id, by).await?.into())
    }

    /// Rows of a push that wait or that the platform rejected are tried again, within a second, by the service of their kind.
    /// For who pushes for the source. Rows that could not be read must be mended and sent again.
    async fn retry_push(&self, ctx: &Context<'_>, input: PushReceiptInput) -> Result<PushRowsPayload> {
        let (receipt, by) = (own_receipt(ctx, &input.receipt).await?, who(ctx.scope())?);
        let rows = receipts::retry(ctx.database(), &receipt, by).await?;
        Ok(PushRowsPayload { receipt: input.receipt, rows })
    }

    /// Rows of a push that wait are discarded: they are rejected, and not tried again. For who pushes for the source.
    async fn discard_push(&self, ctx: &Context<'_>, input: PushReceiptInput) -> Result<PushRowsPayload> {
        let (receipt, by) = (own_receipt(ctx, &input.receipt).await?, who(ctx.scope())?);
        let rows = receipts::discard(ctx.database(), &receipt, by).await?;
        Ok(PushRowsPayload { receipt: input.receipt, rows })
    }
}

/// The receipt with an id, if the caller pushes for its source.
async fn own_receipt(ctx: &Context<'_>, id: &ID) -> Result<StoredReceipt, Problem> {
    receipts::own(ctx.database(), &ctx.scope().principal, id).await
}

fn who(scope: &RequestScope) -> Result<receipts::By<'_>, Problem> {
    Ok(receipts::By { subject: scope.principal.subject()?, request_id: scope.request_id.as_deref() })
}

fn administrator(scope: &RequestScope) -> Result<By<'_>, Problem> {
    let subject = scope.principal.subject()?;
    if !scope.principal.roles.contains(&Role::Admin) {
        return Err(Problem::forbidden("this is for an administrator: it needs the role ADMIN"));
    }
    Ok(By { subject, now: scope.now, request_id: scope.request_id.as_deref() })
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation, EmptySubscription).enable_federation()
}

/// Builds the subgraph.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    Subgraph::new(NAME, builder().finish(), context, |request, _| request)
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}
