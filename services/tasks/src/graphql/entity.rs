//! The directory's entities, extended by lists and measures of tasks, and `Task` as an entity of its own.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::connection::RowConnection;
use service_kit::scalar::{Date, Period};
use service_kit::{Problem, ScopeContext};

use super::filter::{TaskFilter, TaskOrder};
use super::lists::{self, ListArgs};
use super::measures::TaskMeasures;
use super::task::{self, Task};
use crate::store::list::ParentKind;
use crate::store::measures::{MeasureSource, Span};
use crate::workflow::parse_id;

/// Declares an entity that the directory owns and that is only referred to here.
macro_rules! reference {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(SimpleObject, Debug, Clone)]
        pub struct $name {
            /// The stable code.
            code: ID,
        }

        impl $name {
            /// The entity with a code.
            pub fn new(code: &str) -> Self {
                Self { code: ID(code.to_owned()) }
            }
        }
    };
}

/// Declares an entity that the directory owns and that has tasks. Its fields are nullable, so that the entity stands when
/// this service is down.
macro_rules! parent {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(SimpleObject, Debug, Clone)]
        #[graphql(complex)]
        pub struct $name {
            /// The stable code.
            code: ID,
        }

        impl $name {
            /// The entity with a code.
            pub fn new(code: &str) -> Self {
                Self { code: ID(code.to_owned()) }
            }
        }

        #[ComplexObject]
        impl $name {
            /// Its tasks, by due date unless ordered otherwise.
            async fn tasks(
                &self,
                ctx: &Context<'_>,
                filter: Option<TaskFilter>,
                order_by: Option<Vec<TaskOrder>>,
                first: Option<i32>,
                after: Option<String>,
            ) -> Result<Option<RowConnection<Task>>> {
                let args = ListArgs { filter, order_by, first, after };
                Ok(Some(lists::of(ctx, ParentKind::$name, &self.code, args).await?))
            }

            /// Measures of its tasks over a period, as of a date (today unless said otherwise).
            async fn task_measures(&self, ctx: &Context<'_>, period: Period, as_of: Option<Date>) -> Result<Option<TaskMeasures>> {
                Ok(Some(measures(ctx, ParentKind::$name, &self.code, &period, as_of.as_ref()).await?))
            }
        }
    };
}

parent! {
    /// An organization; its tasks are those that it leads.
    Organization
}
parent! {
    /// An area; its tasks are those that concern it.
    Area
}
parent! {
    /// A programme; its tasks are those that belong to it.
    Programme
}
parent! {
    /// An official; the tasks are those whose accountable position the official holds on the day.
    Official
}
reference! {
    /// A position, to which responsibility is bound.
    Position
}
reference! {
    /// A group of tasks.
    TaskGroup
}

async fn measures(
    ctx: &Context<'_>,
    kind: ParentKind,
    code: &str,
    period: &Period,
    as_of: Option<&Date>,
) -> Result<TaskMeasures, Problem> {
    let period = period.checked("period")?;
    let span = Span {
        first: period.first_day(),
        end: period.end(),
        as_of: ctx.scope().as_of(as_of)?,
    };
    let key = (kind, code.to_owned(), span);
    Ok(TaskMeasures(
        ctx.loader::<MeasureSource>().load_one(key).await?.unwrap_or_default(),
    ))
}

#[derive(Default)]
pub struct EntityQuery;

/// A reference is resolved without a look-up: the directory, which owns the entity, has made sure that it exists.
#[Object]
impl EntityQuery {
    #[graphql(entity)]
    async fn task_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Task>> {
        Ok(task::by_id(ctx, parse_id(&id, "id")?).await?)
    }

    #[graphql(entity)]
    async fn organization_entity(&self, code: ID) -> Organization {
        Organization { code }
    }

    #[graphql(entity)]
    async fn area_entity(&self, code: ID) -> Area {
        Area { code }
    }

    #[graphql(entity)]
    async fn programme_entity(&self, code: ID) -> Programme {
        Programme { code }
    }

    #[graphql(entity)]
    async fn official_entity(&self, code: ID) -> Official {
        Official { code }
    }

    #[graphql(entity)]
    async fn position_entity(&self, code: ID) -> Position {
        Position { code }
    }

    #[graphql(entity)]
    async fn task_group_entity(&self, code: ID) -> TaskGroup {
        TaskGroup { code }
    }
}
