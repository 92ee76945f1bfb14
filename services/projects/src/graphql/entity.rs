//! Entities: `Project`, `ParcelCase`, and lists and measures on the entities of the directory.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs};
use service_kit::measures::{Measures, Wanted};
use service_kit::scalar::{Date, Period};
use service_kit::stats::measures_of;
use service_kit::store::list::ById;
use service_kit::{PageArgs, ScopeContext};

use crate::filter::{ParcelCaseFilter, ParcelCaseOrder, ProjectFilter, ProjectOrder};
use crate::model::{ParcelFacts, ProjectFacts};
use crate::stats::{ClearanceSet, ProjectSet};
use crate::store::filter::{parcel_order, project_order};
use crate::store::project::ProjectByCode;
use crate::store::{parcel, project};

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
            async fn project_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<ProjectFacts>> {
                Ok(ctx.loader::<ProjectByCode>().load_one((code.0, ctx.scope().today())).await?)
            }

            #[graphql(entity)]
            async fn parcel_case_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<ParcelFacts>> {
                Ok(ctx.loader::<ById<ParcelFacts>>().load_one((parse_id(&id, "id")?, ctx.scope().today())).await?)
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
    /// Organization, with the projects that it owns and their land clearance.
    #[graphql(complex)]
    Organization, organization_entity;
    /// Area, with the projects that concern it and the land clearance of its sites.
    #[graphql(complex)]
    Area, area_entity;
    /// Programme, with its projects and their land clearance.
    #[graphql(complex)]
    Programme, programme_entity;
    /// Bottleneck, with the projects that address it and their land clearance.
    #[graphql(complex)]
    Bottleneck, bottleneck_entity;
    /// Indicator, with the projects that serve it.
    #[graphql(complex)]
    Indicator, indicator_entity;
    /// Official, with the projects whose accountable position the official holds on the day.
    #[graphql(complex)]
    Official, official_entity;
    /// Position that is responsible for projects.
    Position, position_entity;
}

/// Adds projects and measures to an entity, and parcels when their parent is named. The fields are nullable, so that a client gets the entity when this service
/// is down.
macro_rules! with_projects {
    ($($name:ident: $project:expr $(, $parcel:expr)?;)+) => {$(
        #[ComplexObject]
        impl $name {
            /// Page of the projects as of the end of a day (default: today), by default ordered by code.
            async fn projects(
                &self,
                ctx: &Context<'_>,
                filter: Option<ProjectFilter>,
                order_by: Option<Vec<ProjectOrder>>,
                as_of: Option<Date>,
                first: Option<i32>,
                after: Option<String>,
            ) -> Result<Option<RowConnection<ProjectFacts>>> {
                let page = PageArgs { first, after };
                let args = ListArgs { filter, terms: project_order(order_by), page, as_of };
                Ok(Some(lists::of::<ProjectFacts, _>(ctx, $project, &self.code, args).await?))
            }

            /// Measures of the projects over a period, as of a date (default: today). Null for an area that is divided into others
            /// and that no project names.
            async fn project_measures(
                &self,
                ctx: &Context<'_>,
                period: Period,
                as_of: Option<Date>,
            ) -> Result<Option<Measures<ProjectSet>>> {
                Ok(measures_of(ctx, $project, &self.code, &period, as_of.as_ref()).await?)
            }

$(
            /// Page of the parcel cases as of the end of a day (default: today), by default ordered by site.
            async fn parcel_cases(
                &self,
                ctx: &Context<'_>,
                filter: Option<ParcelCaseFilter>,
                order_by: Option<Vec<ParcelCaseOrder>>,
                as_of: Option<Date>,
                first: Option<i32>,
                after: Option<String>,
            ) -> Result<Option<RowConnection<ParcelFacts>>> {
                let page = PageArgs { first, after };
                let args = ListArgs { filter, terms: parcel_order(order_by), page, as_of };
                Ok(Some(lists::of::<ParcelFacts, _>(ctx, $parcel, &self.code, args).await?))
            }

            /// Measures of land clearance as of a date (default: today); flows need a period. Null when they
            /// are about fewer than five parties and the caller does not see all parcels, and for an area that is divided into
            /// others and has no site itself.
            async fn clearance_measures(
                &self,
                ctx: &Context<'_>,
                period: Option<Period>,
                as_of: Option<Date>,
            ) -> Result<Option<Measures<ClearanceSet>>> {
                let wanted = Wanted::shown::<ClearanceSet>(&[ctx.look_ahead()]);
        let period = super::stats::period_or_day(ctx, period, as_of.as_ref(), wanted)?;
                Ok(measures_of(ctx, $parcel, &self.code, &period, as_of.as_ref()).await?)
            }
            )?
        }
    )+};
}

with_projects! {
    Organization: project::ORGANIZATION, parcel::ORGANIZATION;
    Area: project::AREA, parcel::AREA;
    Programme: project::PROGRAMME, parcel::PROGRAMME;
    Bottleneck: project::BOTTLENECK, parcel::BOTTLENECK;
    Official: project::OFFICIAL, parcel::OFFICIAL;
    Indicator: project::INDICATOR;
}
