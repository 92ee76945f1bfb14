//! Root fields on projects and parcels.

use async_graphql::{Context, ID, InputObject, Object, Result};
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs, check_codes};
use service_kit::scalar::Date;
use service_kit::store::codes::CodeKind;
use service_kit::store::list::ById;
use service_kit::{PageArgs, Problem, ScopeContext};

use super::stats::measured_day;
use crate::filter::{ParcelCaseFilter, ParcelCaseOrder, ProjectFilter, ProjectOrder};
use crate::model::{CLEARANCE, ParcelFacts, ProjectFacts, Site, Warning, WarningKind};
use crate::store::filter::{parcel_order, project_order};
use crate::store::party::ByCode;
use crate::store::project::ProjectByCode;
use crate::store::warning::{Asked, warnings};

/// Maximum number of warnings in one answer.
const MAX_WARNINGS: i32 = 500;

/// Conditions on warnings, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Default)]
pub struct ClearanceWarningFilter {
    /// Kinds of the warnings.
    kind: Option<Vec<WarningKind>>,
    /// Codes of the projects.
    project: Option<Vec<ID>>,
    /// Codes of the areas of the sites.
    area: Option<Vec<ID>>,
    /// Codes of the owners of the projects.
    organization: Option<Vec<ID>>,
}

#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// Project with a code; null when there is none.
    async fn project(&self, ctx: &Context<'_>, code: ID) -> Result<Option<ProjectFacts>> {
        Ok(ctx.loader::<ProjectByCode>().load_one((code.0, ctx.scope().today())).await?)
    }

    /// Page of projects as of the end of a day (default: today), by default ordered by code.
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
        Ok(Some(lists::all::<ProjectFacts, _>(ctx, "projects", args).await?))
    }

    /// Parcel case with an id; null when there is none.
    async fn parcel_case(&self, ctx: &Context<'_>, id: ID) -> Result<Option<ParcelFacts>> {
        Ok(ctx.loader::<ById<ParcelFacts>>().load_one((parse_id(&id, "id")?, ctx.scope().today())).await?)
    }

    /// Page of parcel cases as of the end of a day (default: today), by default ordered by site.
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
        Ok(Some(lists::all::<ParcelFacts, _>(ctx, "parcelCases", args).await?))
    }

    /// Site with a code; null when there is none.
    async fn site(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Site>> {
        Ok(ctx.loader::<ByCode<Site>>().load_one(code.0).await?)
    }

    /// What needs attention on a day (default: today) before it goes wrong: of each kind at most `first` (default 100, at most 500), the
    /// most pressing first. Of notices these are those that lapse next, of the other kinds those of the most days.
    async fn clearance_warnings(
        &self,
        ctx: &Context<'_>,
        filter: Option<ClearanceWarningFilter>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<Vec<Warning>>> {
        let scope = ctx.scope();
        CLEARANCE.permit_list(&scope.principal)?;
        let first = first.unwrap_or(100);
        if !(1..=MAX_WARNINGS).contains(&first) {
            return Err(Problem::validation("first", format!("first is {first}; accepted: 1 to {MAX_WARNINGS}")).into());
        }
        let filter = filter.unwrap_or_default();
        let named = [
            (CodeKind::PROJECT, filter.project.as_deref(), "filter.project"),
            (CodeKind::AREA, filter.area.as_deref(), "filter.area"),
            (CodeKind::ORGANIZATION, filter.organization.as_deref(), "filter.organization"),
        ];
        check_codes(ctx, &named).await?;
        let codes = |codes: Option<Vec<ID>>| codes.map(|codes| codes.into_iter().map(|code| code.0).collect());
        let asked = Asked {
            kinds: filter.kind.unwrap_or_default(),
            projects: codes(filter.project),
            areas: codes(filter.area),
            organizations: codes(filter.organization),
        };
        Ok(Some(warnings(ctx.reader(), &asked, measured_day(ctx, as_of.as_ref())?, first.into()).await?))
    }
}
