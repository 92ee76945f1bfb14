//! Entities: `Task`, and lists and measures of tasks on the entities of the directory.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::PageArgs;
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs};
use service_kit::measures::Measures;
use service_kit::scalar::{Date, Period};
use service_kit::stats::measures_of;

use super::task;
use crate::filter::{TaskFilter, TaskOrder};
use crate::model::TaskFacts;
use crate::stats::TaskSet;
use crate::store::facts;
use crate::store::filter::order;

/// Declares entities of the directory, and the query that resolves them. A reference is resolved without a look-up,
/// because the directory owns the entity and has checked that it exists.
macro_rules! entities {
    ($($(#[$attribute:meta])* $name:ident, $resolver:ident;)+) => {
        $(
            #[derive(SimpleObject, Debug, Clone)]
            $(#[$attribute])*
            pub struct $name {
                /// Stable code of the entity.
                code: ID,
            }

            impl $name {
                /// Resolves a reference by code.
                pub fn new(code: &str) -> Self {
                    Self { code: ID(code.to_owned()) }
                }
            }
        )+

        #[derive(Default)]
        pub struct EntityQuery;

        #[Object]
        impl EntityQuery {
            #[graphql(entity)]
            async fn conclusion_entity(&self, id: ID) -> Conclusion {
                Conclusion { id }
            }

            #[graphql(entity)]
            async fn task_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<TaskFacts>> {
                Ok(task::visible(ctx, parse_id(&id, "id")?).await?)
            }

            $(
                #[graphql(entity)]
                async fn $resolver(&self, code: ID) -> $name {
                    $name { code }
                }
            )+
        }
    };
}

/// Conclusion of a briefing, with the tasks that came from it. A task that is still a draft is listed by the state DRAFT only.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct Conclusion {
    /// Platform id.
    id: ID,
}

impl Conclusion {
    /// Resolves a reference by id.
    pub fn new(id: &str) -> Self {
        Self { id: ID(id.to_owned()) }
    }
}

entities! {
    /// Organization, with the tasks that it leads.
    #[graphql(complex)]
    Organization, organization_entity;
    /// Area, with the tasks that concern it.
    #[graphql(complex)]
    Area, area_entity;
    /// Programme, with the tasks that belong to it.
    #[graphql(complex)]
    Programme, programme_entity;
    /// Bottleneck, with the tasks that address it.
    #[graphql(complex)]
    Bottleneck, bottleneck_entity;
    /// Indicator, with the tasks that serve it.
    #[graphql(complex)]
    Indicator, indicator_entity;
    /// Project, with the tasks that serve it.
    #[graphql(complex)]
    Project, project_entity;
    /// Official, with the tasks whose accountable position the official holds on the day.
    #[graphql(complex)]
    Official, official_entity;
    /// Position that is responsible for tasks.
    Position, position_entity;
    /// Group of tasks.
    TaskGroup, task_group_entity;
}

/// Adds tasks and measures to an entity. The fields are nullable, so that a client gets the entity when this service is
/// down.
macro_rules! with_tasks {
    ($($name:ident by $key:ident: $parent:expr;)+) => {$(
        #[ComplexObject]
        impl $name {
            /// Page of the tasks as of the end of a day (default: today), by default ordered by due date.
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
                Ok(Some(lists::of::<TaskFacts, _>(ctx, $parent, &self.$key, args).await?))
            }

            /// Measures of the tasks over a period, as of a date (default: today). Null for an area that is divided into others and
            /// that no task names.
            async fn task_measures(
                &self,
                ctx: &Context<'_>,
                period: Period,
                as_of: Option<Date>,
            ) -> Result<Option<Measures<TaskSet>>> {
                Ok(measures_of(ctx, $parent, &self.$key, &period, as_of.as_ref()).await?)
            }
        }
    )+};
}

with_tasks! {
    Organization by code: facts::ORGANIZATION;
    Area by code: facts::AREA;
    Programme by code: facts::PROGRAMME;
    Bottleneck by code: facts::BOTTLENECK;
    Project by code: facts::PROJECT;
    Indicator by code: facts::INDICATOR;
    Official by code: facts::OFFICIAL;
    Conclusion by id: facts::CONCLUSION;
}
