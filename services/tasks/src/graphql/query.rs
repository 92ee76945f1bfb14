//! Root fields on tasks.

use async_graphql::{Context, ID, Object, Result};
use service_kit::PageArgs;
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs};
use service_kit::scalar::Date;

use super::task;
use crate::filter::{TaskFilter, TaskOrder};
use crate::model::TaskFacts;
use crate::store::filter::order;

#[derive(Default)]
pub struct TaskQuery;

#[Object]
impl TaskQuery {
    /// Task with an id; null when there is none. Only issuers see drafts.
    async fn task(&self, ctx: &Context<'_>, id: ID) -> Result<Option<TaskFacts>> {
        Ok(task::visible(ctx, parse_id(&id, "id")?).await?)
    }

    /// Page of tasks as of the end of a day (default: today), by default ordered by due date. Search, code, source and the
    /// order by title use the present text of a task. A draft is listed from the day of its last
    /// change.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        filter: Option<TaskFilter>,
        order_by: Option<Vec<TaskOrder>>,
        as_of: Option<Date>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<TaskFacts>>> {
        let page = PageArgs { first, after };
        let args = ListArgs { filter, terms: order(order_by), page, as_of };
        Ok(Some(lists::all::<TaskFacts, _>(ctx, "tasks", args).await?))
    }
}
