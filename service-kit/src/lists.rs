//! Resolvers of lists: they check the arguments and return Relay connections.

use async_graphql::{Context, ID, InputType, OutputType};

use crate::access::Kind;
use crate::connection::{self, RowConnection};
use crate::drill_down::filter_fields;
use crate::problem::Problem;
use crate::scalar::Date;
use crate::scope::{RequestScope, ScopeContext};
use crate::store::codes::{CodeKind, KnownCodes, NamedCodes};
use crate::store::condition::Conditions;
use crate::store::list::{self, List, Listed, PagesOf};
use crate::store::measure::Parent;
use crate::store::page::{OrderTerm, PageArgs};

/// Filter of lists, totals and measures.
pub trait Filter: InputType + Default {
    /// Converts the filter to conditions.
    ///
    /// # Errors
    /// `VALIDATION` at an invalid field.
    fn conditions(&self, scope: &RequestScope) -> Result<Conditions, Problem>;
}

/// Converts a filter to conditions and checks its codes. The error of an unknown code tells which codes exist, so a caller's right to
/// the fields is checked before ([`checked_aggregate`], [`Kind::permit_list`]).
///
/// # Errors
/// `VALIDATION` at a field that is invalid, or whose code the directory does not know.
pub async fn checked<F: Filter>(ctx: &Context<'_>, filter: Option<F>) -> Result<Conditions, Problem> {
    let conditions = filter.unwrap_or_default().conditions(ctx.scope())?;
    conditions.check_codes(ctx.loader::<KnownCodes>()).await?;
    Ok(conditions)
}

/// The same for an aggregate by some dimensions. Whether the caller may use the fields is checked before their values are looked at, so
/// that nobody learns from a refusal whether a code exists.
///
/// # Errors
/// `UNAUTHENTICATED` or `FORBIDDEN` at a field that the caller may not use, and as [`checked`].
pub async fn checked_aggregate<F: Filter>(
    ctx: &Context<'_>,
    kind: &Kind,
    filter: Option<F>,
    dimensions: impl IntoIterator<Item = &'static str>,
) -> Result<Conditions, Problem> {
    let fields = filter_fields(filter.as_ref());
    let dimensions: Vec<&str> = dimensions.into_iter().collect();
    kind.permit_aggregate(&ctx.scope().principal, fields.keys().map(String::as_str), dimensions)?;
    checked(ctx, filter).await
}

/// Codes of a kind, if an argument names some, with the path of the argument.
pub type NamedArgument<'a> = (CodeKind, Option<&'a [ID]>, &'a str);

/// Checks the codes of arguments outside of a filter with one statement, so that a mistyped one is no empty answer.
///
/// # Errors
/// `VALIDATION` at the first one that the directory does not know.
pub async fn check_codes(ctx: &Context<'_>, arguments: &[NamedArgument<'_>]) -> Result<(), Problem> {
    let mut named = NamedCodes::default();
    for (kind, codes, path) in arguments {
        named.add_all(*kind, codes.iter().copied().flatten().map(|code| code.as_str()), path);
    }
    named.check_once(ctx.loader::<KnownCodes>()).await
}

/// The arguments of a list.
pub struct ListArgs<F> {
    /// Filter of the rows.
    pub filter: Option<F>,
    /// Order of the rows; the last term is unique.
    pub terms: Vec<OrderTerm>,
    /// Page to return.
    pub page: PageArgs,
    /// Day at whose end the rows are read (default: today).
    pub as_of: Option<Date>,
}

impl<F: Filter> ListArgs<F> {
    async fn list<R: Listed>(self, ctx: &Context<'_>, name: &'static str) -> Result<List, Problem> {
        R::KIND.permit_list(&ctx.scope().principal)?;
        Ok(List {
            name,
            conditions: checked(ctx, self.filter).await?,
            terms: self.terms,
            args: self.page,
            // Counting costs a statement, so it happens only when the query selects `totalCount`.
            with_total: ctx.look_ahead().field("totalCount").exists(),
            day: ctx.scope().as_of(self.as_of.as_ref())?,
        })
    }
}

/// Resolves a page of a list: of the rows that the caller sees.
///
/// # Errors
/// `VALIDATION` at the invalid argument; `UNAUTHENTICATED` or `FORBIDDEN` when the caller sees no row of the kind.
pub async fn all<R, N>(
    ctx: &Context<'_>,
    name: &'static str,
    args: ListArgs<impl Filter>,
) -> Result<RowConnection<N>, Problem>
where
    R: Listed,
    N: OutputType + From<R>,
{
    let list = args.list::<R>(ctx, name).await?;
    connection(&list, list::all::<R>(ctx.reader(), &list).await?)
}

/// Resolves a page of the rows of one entity. Many entities of one request share one statement.
///
/// # Errors
/// As [`all`].
pub async fn of<R, N>(
    ctx: &Context<'_>,
    parent: Parent,
    code: &str,
    args: ListArgs<impl Filter>,
) -> Result<RowConnection<N>, Problem>
where
    R: Listed,
    N: OutputType + From<R>,
{
    let list = args.list::<R>(ctx, parent.list).await?;
    let key = (parent, code.to_owned(), list.clone());
    let rows = ctx.loader::<PagesOf<R>>().load_one(key).await?;
    connection(&list, rows.unwrap_or_default())
}

fn connection<R, N: OutputType + From<R>>(list: &List, found: list::Rows<R>) -> Result<RowConnection<N>, Problem> {
    let nodes = found.rows.into_iter().map(|(key, row)| (key, row.into()));
    Ok(connection::connection(&list.page()?, nodes.collect(), found.total))
}
