//! Scorecards on the entities of the directory, projects and indicators.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::scalar::{Date, Period};
use service_kit::vocabulary::Comparison;

use super::query::scorecard_of;
use super::scorecard::Scorecard;
use crate::model::ScorecardDimension;

/// Declares entities with a scorecard. A reference is resolved without a look-up, because the owner of the entity has checked that
/// it exists.
macro_rules! entities {
    ($($(#[$attribute:meta])* $name:ident, $resolver:ident;)+) => {
        $(
            $(#[$attribute])*
            #[derive(SimpleObject, Debug, Clone)]
            #[graphql(complex)]
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

            #[ComplexObject]
            impl $name {
                /// Measures of all services side by side over a period, as of a date (default: today), compared with the period before.
                async fn scorecard(
                    &self,
                    ctx: &Context<'_>,
                    period: Period,
                    as_of: Option<Date>,
                    #[graphql(default_with = "Comparison::Previous")] compare_to: Comparison,
                ) -> Result<Option<Scorecard>> {
                    Ok(scorecard_of(ctx, ScorecardDimension::$name, &self.code, &period, as_of.as_ref(), compare_to).await?)
                }
            }
        )+

        #[derive(Default)]
        pub struct EntityQuery;

        #[Object]
        impl EntityQuery {
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
    /// Area, with its scorecard.
    Area, area_entity;
    /// Organization, with its scorecard.
    Organization, organization_entity;
    /// Programme, with its scorecard.
    Programme, programme_entity;
    /// Official, with the scorecard of the positions held.
    Official, official_entity;
    /// Project, with its scorecard.
    Project, project_entity;
    /// Bottleneck, with its scorecard.
    Bottleneck, bottleneck_entity;
    /// Indicator, with its scorecard.
    Indicator, indicator_entity;
}
