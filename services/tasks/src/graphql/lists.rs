//! Lists of tasks, of all and of each entity.

use async_graphql::Context;
use service_kit::connection::RowConnection;
use service_kit::{PageArgs, Problem, ScopeContext};

use super::filter::{TaskFilter, TaskOrder};
use super::task::Task;
use crate::store::filter::Filter;
use crate::store::list::{self, ListSource, ListSpec, Listed, ParentKind};

/// The arguments of a list.
pub struct ListArgs {
    pub filter: Option<TaskFilter>,
    pub order_by: Option<Vec<TaskOrder>>,
    pub first: Option<i32>,
    pub after: Option<String>,
}

impl ListArgs {
    async fn checked(self, ctx: &Context<'_>) -> Result<ListSpec, Problem> {
        let filter = match self.filter {
            Some(filter) => filter.checked(ctx).await?,
            None => Filter::default(),
        };
        Ok(ListSpec {
            filter,
            order: TaskOrder::terms(self.order_by),
            args: PageArgs {
                first: self.first,
                after: self.after,
            },
            // Counting costs a statement, so it happens only when the answer shows it.
            with_total: ctx.look_ahead().field("totalCount").exists(),
            day: ctx.scope().today(),
            zone: super::zone(ctx.scope()),
        })
    }
}

/// A page of all tasks.
pub async fn all(ctx: &Context<'_>, args: ListArgs) -> Result<RowConnection<Task>, Problem> {
    let spec = args.checked(ctx).await?;
    let page = spec.page(None)?;
    let listed = list::all(ctx.database().pool(), &spec, &page).await?;
    Ok(page.connection(tasks(listed.rows), listed.total))
}

/// A page of the tasks of one entity; asked of many entities at once, it costs as much as of one.
pub async fn of(
    ctx: &Context<'_>,
    kind: ParentKind,
    code: &str,
    args: ListArgs,
) -> Result<RowConnection<Task>, Problem> {
    let spec = args.checked(ctx).await?;
    let page = spec.page(Some(kind))?;
    let key = (kind, code.to_owned(), spec);
    let Listed { rows, total } = ctx.loader::<ListSource>().load_one(key).await?.unwrap_or_default();
    Ok(page.connection(tasks(rows), total))
}

fn tasks(rows: Vec<(Vec<String>, crate::store::facts::Facts)>) -> Vec<(Vec<String>, Task)> {
    rows.into_iter().map(|(key, facts)| (key, Task::from(facts))).collect()
}
