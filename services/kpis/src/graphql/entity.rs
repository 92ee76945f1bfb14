//! Entities: `Indicator`, and lists and measures on the entities of the directory.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::PageArgs;
use service_kit::connection::RowConnection;
use service_kit::lists::{self, ListArgs};
use service_kit::measures::Measures;
use service_kit::scalar::{Date, Period};
use service_kit::stats::measures_of;

use super::named;
use crate::filter::{KpiFilter, KpiOrder};
use crate::model::{Indicator, Target};
use crate::stats::KpiSet;
use crate::store::filter::target_order;
use crate::store::target;

/// Declares entities of the directory, and the query that resolves them. A reference is resolved without a look-up, because the
/// directory owns the entity and has checked that it exists.
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
            async fn indicator_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Indicator>> {
                named(ctx, &code).await
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
    /// Organization, with the targets that it answers for.
    #[graphql(complex)]
    Organization, organization_entity;
    /// Area, with its targets.
    #[graphql(complex)]
    Area, area_entity;
    /// Programme, with the targets of its indicators.
    #[graphql(complex)]
    Programme, programme_entity;
    /// Bottleneck, with the targets of its indicators.
    #[graphql(complex)]
    Bottleneck, bottleneck_entity;
    /// Official, with the targets of the indicators whose accountable position the official holds on the day.
    #[graphql(complex)]
    Official, official_entity;
    /// Position that is accountable for indicators.
    Position, position_entity;
}

/// Adds targets and measures to an entity. The fields are nullable, so that a client gets the entity when this service is down.
macro_rules! with_targets {
    ($($name:ident: $parent:expr;)+) => {$(
        #[ComplexObject]
        impl $name {
            /// Page of the targets in force at the end of a day (default: today), by default ordered by indicator.
            async fn kpi_targets(
                &self,
                ctx: &Context<'_>,
                filter: Option<KpiFilter>,
                order_by: Option<Vec<KpiOrder>>,
                as_of: Option<Date>,
                first: Option<i32>,
                after: Option<String>,
            ) -> Result<Option<RowConnection<Target>>> {
                let page = PageArgs { first, after };
                let args = ListArgs { filter, terms: target_order(order_by), page, as_of };
                Ok(Some(lists::of::<Target, _>(ctx, $parent, &self.code, args).await?))
            }

            /// Measures of the targets whose period has a day of the asked one, as of a date (default: today). Null for an
            /// area that is divided into others and has no target itself.
            async fn kpi_measures(
                &self,
                ctx: &Context<'_>,
                period: Period,
                as_of: Option<Date>,
            ) -> Result<Option<Measures<KpiSet>>> {
                Ok(measures_of(ctx, $parent, &self.code, &period, as_of.as_ref()).await?)
            }
        }
    )+};
}

with_targets! {
    Organization: target::ORGANIZATION;
    Area: target::AREA;
    Programme: target::PROGRAMME;
    Bottleneck: target::BOTTLENECK;
    Official: target::OFFICIAL;
}
