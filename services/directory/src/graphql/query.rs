//! The directory's root fields. They are nullable, so that the rest of a dashboard stands when this service is down.

use async_graphql::{Context, ID, Object, Result};
use service_kit::connection::RowConnection;
use service_kit::scalar::Date;
use service_kit::{Page, PageArgs, Problem, ScopeContext};

use super::area::{Area, AreaSuccession};
use super::filter::{
    AreaFilter, AreaOrder, OfficialFilter, OrganizationFilter, OrganizationOrder, ProgrammeFilter, area_terms, by_code,
    organization_terms,
};
use super::loaders::{AreaByCode, OfficialByCode, OrganizationByCode, PositionByCode, ProgrammeByCode};
use super::official::{Official, Position};
use super::organization::Organization;
use super::programme::{Programme, TaskGroup};
use super::reference::{BottleneckInfo, CalendarDay, LegalRule};
use crate::store;

/// The most days of the calendar in one answer: the three years that it holds.
const MAX_CALENDAR_DAYS: i64 = 1100;

/// Counting costs a statement, so it happens only when the answer shows it.
fn wants_total(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

#[derive(Default)]
pub struct ListQuery;

#[Object]
impl ListQuery {
    /// Organizations, by code unless ordered otherwise.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        filter: Option<OrganizationFilter>,
        order_by: Option<Vec<OrganizationOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Organization>>> {
        let page = Page::new(
            "organizations",
            organization_terms(order_by),
            &PageArgs { first, after },
        )?;
        let filter = filter.unwrap_or_default().into();
        let pool = ctx.database().pool();
        let rows = store::organization::page(pool, &filter, &page).await?;
        let total = if wants_total(ctx) {
            store::organization::count(pool, &filter).await?
        } else {
            0
        };
        Ok(Some(page.connection(
            rows.into_iter().map(|(key, row)| (key, Organization(row))).collect(),
            total,
        )))
    }

    /// One organization; null when the code is unknown.
    async fn organization(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Organization>> {
        Ok(ctx
            .loader::<OrganizationByCode>()
            .load_one(code.0)
            .await?
            .map(Organization))
    }

    /// Areas, by code unless ordered otherwise.
    async fn areas(
        &self,
        ctx: &Context<'_>,
        filter: Option<AreaFilter>,
        order_by: Option<Vec<AreaOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Area>>> {
        let page = Page::new("areas", area_terms(order_by), &PageArgs { first, after })?;
        let filter = filter.unwrap_or_default().into();
        let pool = ctx.database().pool();
        let rows = store::area::page(pool, &filter, &page).await?;
        let total = if wants_total(ctx) {
            store::area::count(pool, &filter).await?
        } else {
            0
        };
        Ok(Some(page.connection(
            rows.into_iter().map(|(key, row)| (key, Area(row))).collect(),
            total,
        )))
    }

    /// One area; null when the code is unknown.
    async fn area(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Area>> {
        Ok(ctx.loader::<AreaByCode>().load_one(code.0).await?.map(Area))
    }

    /// What a unit that no longer exists became.
    async fn area_successors(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Vec<AreaSuccession>>> {
        let rows = store::area::successors(ctx.database().pool(), &code.0).await?;
        Ok(Some(rows.into_iter().map(Into::into).collect()))
    }

    /// Programmes, by code.
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        filter: Option<ProgrammeFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Programme>>> {
        let page = Page::new("programmes", by_code(), &PageArgs { first, after })?;
        let filter = filter.unwrap_or_default().into();
        let pool = ctx.database().pool();
        let rows = store::programme::page(pool, &filter, &page).await?;
        let total = if wants_total(ctx) {
            store::programme::count(pool, &filter).await?
        } else {
            0
        };
        Ok(Some(page.connection(
            rows.into_iter().map(|(key, row)| (key, Programme(row))).collect(),
            total,
        )))
    }

    /// One programme; null when the code is unknown.
    async fn programme(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Programme>> {
        Ok(ctx.loader::<ProgrammeByCode>().load_one(code.0).await?.map(Programme))
    }

    /// Officials, by code.
    async fn officials(
        &self,
        ctx: &Context<'_>,
        filter: Option<OfficialFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Official>>> {
        let page = Page::new("officials", by_code(), &PageArgs { first, after })?;
        let filter = filter.unwrap_or_default().on(ctx.scope().today());
        let pool = ctx.database().pool();
        let rows = store::official::page(pool, &filter, &page).await?;
        let total = if wants_total(ctx) {
            store::official::count(pool, &filter).await?
        } else {
            0
        };
        Ok(Some(page.connection(
            rows.into_iter().map(|(key, row)| (key, Official(row))).collect(),
            total,
        )))
    }

    /// One official; null when the code is unknown.
    async fn official(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Official>> {
        Ok(ctx.loader::<OfficialByCode>().load_one(code.0).await?.map(Official))
    }

    /// One position; null when the code is unknown.
    async fn position(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Position>> {
        Ok(ctx.loader::<PositionByCode>().load_one(code.0).await?.map(Position))
    }
}

#[derive(Default)]
pub struct ReferenceQuery;

#[Object]
impl ReferenceQuery {
    /// The task groups of the yearly programme, in its order.
    async fn task_groups(&self, ctx: &Context<'_>) -> Result<Option<Vec<TaskGroup>>> {
        let rows = store::reference::task_groups(ctx.database().pool()).await?;
        Ok(Some(rows.into_iter().map(TaskGroup).collect()))
    }

    /// The bottlenecks with their titles.
    async fn bottlenecks(&self, ctx: &Context<'_>) -> Result<Option<Vec<BottleneckInfo>>> {
        let rows = store::reference::bottlenecks(ctx.database().pool()).await?;
        rows.into_iter()
            .map(|(code, title)| {
                let code: schema::Bottleneck = code.parse().map_err(Problem::internal)?;
                Ok(BottleneckInfo {
                    code: code.into(),
                    title,
                })
            })
            .collect::<Result<_>>()
            .map(Some)
    }

    /// The dated rules in force on a date (default: today), all or those named.
    async fn legal_rules(
        &self,
        ctx: &Context<'_>,
        codes: Option<Vec<String>>,
        as_of: Option<Date>,
    ) -> Result<Option<Vec<LegalRule>>> {
        let as_of = as_of.map_or(Ok(ctx.scope().today()), |date| date.checked("asOf"))?;
        let rows = store::reference::rules(ctx.database().pool(), codes.as_deref(), as_of).await?;
        Ok(Some(rows.into_iter().map(Into::into).collect()))
    }

    /// The working calendar from one day to another, both included.
    async fn calendar(&self, ctx: &Context<'_>, from: Date, to: Date) -> Result<Option<Vec<CalendarDay>>> {
        let (from, to) = (from.checked("from")?, to.checked("to")?);
        if from > to || (to - from).num_days() >= MAX_CALENDAR_DAYS {
            let accepted = format!("accepted: a day on or after `from`, at most {MAX_CALENDAR_DAYS} days in all");
            return Err(Problem::validation("to", accepted).into());
        }
        let rows = store::reference::calendar(ctx.database().pool(), from, to).await?;
        Ok(Some(rows.into_iter().map(Into::into).collect()))
    }

    /// Working days from one day until (not including) another; null when the calendar does not cover them all.
    async fn working_days(&self, ctx: &Context<'_>, from: Date, until: Date) -> Result<Option<i64>> {
        let (from, until) = (from.checked("from")?, until.checked("until")?);
        if from > until {
            return Err(Problem::validation("until", "accepted: a day on or after `from`").into());
        }
        Ok(store::reference::working_days(ctx.database().pool(), from, until).await?)
    }
}
