//! Lists of a subgraph: arguments in, Relay connections out.

use async_graphql::{Context, InputType, OutputType};

use crate::connection::{self, RowConnection};
use crate::problem::Problem;
use crate::scope::{RequestScope, ScopeContext};
use crate::store::codes::KnownCodes;
use crate::store::condition::Conditions;
use crate::store::list::{self, List, Listed, PagesOf};
use crate::store::measure::Parent;
use crate::store::page::{OrderTerm, PageArgs};

/// A filter that lists, counts and measures share.
pub trait Filter: InputType + Default {
    /// The filter as conditions.
    ///
    /// # Errors
    /// `VALIDATION` at a field that cannot be accepted.
    fn conditions(&self, scope: &RequestScope) -> Result<Conditions, Problem>;
}

/// The conditions of a filter, its codes checked.
///
/// # Errors
/// `VALIDATION` at a field that cannot be accepted, or whose code the directory does not know.
pub async fn checked<F: Filter>(ctx: &Context<'_>, filter: Option<F>) -> Result<Conditions, Problem> {
    let conditions = filter.unwrap_or_default().conditions(ctx.scope())?;
    conditions.check_codes(ctx.loader::<KnownCodes>()).await?;
    Ok(conditions)
}

/// The arguments of a list.
pub struct ListArgs<F> {
    /// Which rows.
    pub filter: Option<F>,
    /// In which order; the last term is unique.
    pub terms: Vec<OrderTerm>,
    /// Which page.
    pub page: PageArgs,
}

impl<F: Filter> ListArgs<F> {
    async fn list(self, ctx: &Context<'_>, name: &'static str) -> Result<List, Problem> {
        Ok(List {
            name,
            conditions: checked(ctx, self.filter).await?,
            terms: self.terms,
            args: self.page,
            // Counting costs a statement, so it happens only when the answer shows it.
            with_total: ctx.look_ahead().field("totalCount").exists(),
            at: ctx.scope().at(ctx.scope().today()),
        })
    }
}

/// A page of a list.
///
/// # Errors
/// `VALIDATION` at the argument that cannot be accepted.
pub async fn all<R, N>(
    ctx: &Context<'_>,
    name: &'static str,
    args: ListArgs<impl Filter>,
) -> Result<RowConnection<N>, Problem>
where
    R: Listed,
    N: OutputType + From<R>,
{
    let list = args.list(ctx, name).await?;
    connection(&list, list::all::<R>(ctx.database().pool(), &list).await?)
}

/// A page of the rows of one entity; asked of many entities at once, it costs as much as of one.
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
    let list = args.list(ctx, parent.list).await?;
    let key = (parent.tie, code.to_owned(), list.clone());
    let rows = ctx.loader::<PagesOf<R>>().load_one(key).await?;
    connection(&list, rows.unwrap_or_default())
}

fn connection<R, N: OutputType + From<R>>(list: &List, found: list::Rows<R>) -> Result<RowConnection<N>, Problem> {
    let nodes = found.rows.into_iter().map(|(key, row)| (key, row.into()));
    Ok(connection::connection(&list.page()?, nodes.collect(), found.total))
}
