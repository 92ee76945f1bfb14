//! Root fields on tasks.

use async_graphql::{Context, ID, Object, Result};
use service_kit::connection::RowConnection;

use super::filter::{TaskFilter, TaskOrder};
use super::lists::{self, ListArgs};
use super::task::{self, Task};
use crate::workflow::parse_id;

#[derive(Default)]
pub struct TaskQuery;

#[Object]
impl TaskQuery {
    /// One task; null when there is none.
    async fn task(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Task>> {
        Ok(task::by_id(ctx, parse_id(&id, "id")?).await?)
    }

    /// Tasks, by due date unless ordered otherwise.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        filter: Option<TaskFilter>,
        order_by: Option<Vec<TaskOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Task>>> {
        let args = ListArgs {
            filter,
            order_by,
            first,
            after,
        };
        Ok(Some(lists::all(ctx, args).await?))
    }
}
