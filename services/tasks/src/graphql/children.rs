//! Fields of what hangs on a task that need another spelling than the store's.

use async_graphql::{ComplexObject, Context, ID, Result};
use service_kit::ScopeContext;
use service_kit::scalar::Date;

use super::task::Task;
use crate::store::children::{Blocker, ExtensionRequest, Milestone, TaskRelation, id};
use crate::store::facts::FactsSource;

#[ComplexObject]
impl Milestone {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// By when.
    async fn due_on(&self) -> Date {
        self.due_on.into()
    }

    /// When it was reached; null while it is not.
    async fn completed_on(&self) -> Option<Date> {
        self.completed_on.map(Into::into)
    }
}

#[ComplexObject]
impl Blocker {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }
}

#[ComplexObject]
impl ExtensionRequest {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// The due date asked for.
    async fn requested_due(&self) -> Date {
        self.requested_due.into()
    }

    /// The due date that an approval replaced.
    async fn previous_due(&self) -> Option<Date> {
        self.previous_due.map(Into::into)
    }
}

#[ComplexObject]
impl TaskRelation {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// The task that the sentence begins with; null when it is hidden.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let key = (self.from_task_id, ctx.scope().today());
        Ok(ctx.loader::<FactsSource>().load_one(key).await?.map(Task::from))
    }

    /// The task that it ends with; null when it is hidden.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let key = (self.to_task_id, ctx.scope().today());
        Ok(ctx.loader::<FactsSource>().load_one(key).await?.map(Task::from))
    }
}
