//! Entities: `Feedback`, and lists and measures on the entities of other services.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs};
use service_kit::measures::Measures;
use service_kit::scalar::{Date, Period};
use service_kit::stats::measures_of;
use service_kit::store::list::ById;
use service_kit::{PageArgs, ScopeContext};

use crate::filter::{FeedbackFilter, FeedbackOrder};
use crate::model::FeedbackFacts;
use crate::stats::FeedbackSet;
use crate::store::feedback;
use crate::store::filter::feedback_order;

/// Declares entities of other services, and the query that resolves them. A reference is resolved without a look-up, because its
/// owner has checked that it exists.
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
            async fn feedback_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<FeedbackFacts>> {
                Ok(ctx.loader::<ById<FeedbackFacts>>().load_one((parse_id(&id, "id")?, ctx.scope().today())).await?)
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

entities! {
    /// Organization, with the feedback that it has.
    #[graphql(complex)]
    Organization, organization_entity;
    /// Area, with the feedback about it.
    #[graphql(complex)]
    Area, area_entity;
    /// Programme, with its feedback.
    #[graphql(complex)]
    Programme, programme_entity;
    /// Bottleneck, with the feedback about it.
    #[graphql(complex)]
    Bottleneck, bottleneck_entity;
    /// Official, with the feedback whose accountable position the official holds on the day.
    #[graphql(complex)]
    Official, official_entity;
    /// Project, with the feedback about it.
    #[graphql(complex)]
    Project, project_entity;
    /// Position that is responsible for feedback.
    Position, position_entity;
}

/// Adds cases and measures to an entity. The fields are nullable, so that a client gets the entity when this service is down.
macro_rules! with_feedback {
    ($($name:ident: $parent:expr;)+) => {$(
        #[ComplexObject]
        impl $name {
            /// Page of the cases as of the end of a day (default: now), by default the newest first.
            async fn feedbacks(
                &self,
                ctx: &Context<'_>,
                filter: Option<FeedbackFilter>,
                order_by: Option<Vec<FeedbackOrder>>,
                as_of: Option<Date>,
                first: Option<i32>,
                after: Option<String>,
            ) -> Result<Option<RowConnection<FeedbackFacts>>> {
                let page = PageArgs { first, after };
                let args = ListArgs { filter, terms: feedback_order(order_by), page, as_of };
                Ok(Some(lists::of::<FeedbackFacts, _>(ctx, $parent, &self.code, args).await?))
            }

            /// Measures of the cases over a period, as of a date (default: now). Null when they are about fewer than five cases and
            /// the caller does not see all feedback, and for an area that is divided into others and has no case itself.
            async fn feedback_measures(
                &self,
                ctx: &Context<'_>,
                period: Period,
                as_of: Option<Date>,
            ) -> Result<Option<Measures<FeedbackSet>>> {
                Ok(measures_of(ctx, $parent, &self.code, &period, as_of.as_ref()).await?)
            }
        }
    )+};
}

with_feedback! {
    Organization: feedback::ORGANIZATION;
    Area: feedback::AREA;
    Programme: feedback::PROGRAMME;
    Bottleneck: feedback::BOTTLENECK;
    Official: feedback::OFFICIAL;
    Project: feedback::PROJECT;
}
