//! Scorecards on the entities of the directory, projects and indicators.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::PageArgs;
use service_kit::scalar::{Date, Period};
use service_kit::vocabulary::Comparison;

use super::alert::{AlertConnection, alerts_of};
use super::query::scorecard_of;
use super::scorecard::Scorecard;
use crate::model::ScorecardDimension;
use crate::store::alert::Tie;

/// Declares entities with a scorecard. A reference is resolved without a look-up, because the owner of the entity has checked that
/// it exists.
macro_rules! entities {
    ($($(#[$attribute:meta])* $name:ident, $resolver:ident $(, alerts $tie:ident)?;)+) => {
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

                $(
                    /// Page of the alerts that are open at the end of a day (default: now), the gravest first.
                    async fn alerts(
                        &self,
                        ctx: &Context<'_>,
                        as_of: Option<Date>,
                        first: Option<i32>,
                        after: Option<String>,
                    ) -> Result<Option<AlertConnection>> {
                        let page = PageArgs { first, after };
                        Ok(Some(alerts_of(ctx, Tie::$tie, &self.code, as_of.as_ref(), page).await?))
                    }
                )?
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
    /// Area, with its scorecard and its alerts.
    Area, area_entity, alerts Area;
    /// Organization, with its scorecard and the alerts on which it must act.
    Organization, organization_entity, alerts Organization;
    /// Programme, with its scorecard.
    Programme, programme_entity;
    /// Official, with the scorecard of the positions held and the alerts on which their holder must act.
    Official, official_entity, alerts Official;
    /// Project, with its scorecard.
    Project, project_entity;
    /// Bottleneck, with its scorecard.
    Bottleneck, bottleneck_entity;
    /// Indicator, with its scorecard.
    Indicator, indicator_entity;
}
