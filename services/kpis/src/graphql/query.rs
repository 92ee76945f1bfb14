//! Root fields on indicators, targets, observations and revisions.

use async_graphql::{Context, ID, Object, Result};
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs, check_codes};
use service_kit::scalar::{Date, Period};
use service_kit::store::codes::CodeKind;
use service_kit::store::list;
use service_kit::{PageArgs, Problem, ScopeContext};

use super::shown;
use crate::filter::{IndicatorFilter, KpiFilter, KpiOrder, KpiRevisionFilter, ObservationFilter, ObservationOrder};
use crate::model::{Indicator, KPIS, Observation, Revision, Target};
use crate::store::filter::{indicator_order, observation_order, target_order};
use crate::store::{observation, revision};

/// Maximum number of revisions in one answer.
const MAX_REVISIONS: i32 = 500;

#[derive(Default)]
pub struct KpiQuery;

#[Object]
impl KpiQuery {
    /// Indicator with a code; null when there is none.
    async fn indicator(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Indicator>> {
        shown(ctx, &code).await
    }

    /// Page of indicators, by code.
    async fn indicators(
        &self,
        ctx: &Context<'_>,
        filter: Option<IndicatorFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Indicator>>> {
        let args = ListArgs { filter, terms: indicator_order(), page: PageArgs { first, after }, as_of: None };
        Ok(Some(lists::all::<Indicator, _>(ctx, "indicators", args).await?))
    }

    /// Version of a target with an id, as of the end of a day (default: today); null when it is not in force then.
    async fn kpi_target(&self, ctx: &Context<'_>, id: ID, as_of: Option<Date>) -> Result<Option<Target>> {
        let day = ctx.scope().as_of(as_of.as_ref())?;
        let found = list::by_ids(&ctx.reader().rows(&KPIS), &[parse_id(&id, "id")?], day).await?;
        Ok(found.into_iter().next())
    }

    /// Page of targets in force at the end of a day (default: today), by default ordered by indicator, scope and period.
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
        Ok(Some(lists::all::<Target, _>(ctx, "kpiTargets", args).await?))
    }

    /// Observation with an id; null when there is none.
    async fn observation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Observation>> {
        Ok(observation::by_id(&ctx.reader().rows(&KPIS), parse_id(&id, "id")?).await?)
    }

    /// Page of observations as they are now, in every state, by default ordered by indicator and period. What was known on another day is in
    /// `vintages` and in `Indicator.series`.
    async fn observations(
        &self,
        ctx: &Context<'_>,
        filter: Option<ObservationFilter>,
        order_by: Option<Vec<ObservationOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Observation>>> {
        let page = PageArgs { first, after };
        let args = ListArgs { filter, terms: observation_order(order_by), page, as_of: None };
        Ok(Some(lists::all::<Observation, _>(ctx, "observations", args).await?))
    }

    /// Published values that replaced others, and withdrawals, within a period, the latest first, at most `first` (default 100, at most 500). Each
    /// has a row for each target whose period has it, with the judgement before and after.
    async fn kpi_revisions(
        &self,
        ctx: &Context<'_>,
        period: Period,
        filter: Option<KpiRevisionFilter>,
        first: Option<i32>,
    ) -> Result<Option<Vec<Revision>>> {
        KPIS.permit_list(&ctx.scope().principal)?;
        let first = first.unwrap_or(100);
        if !(1..=MAX_REVISIONS).contains(&first) {
            return Err(
                Problem::validation("first", format!("first is {first}; accepted: 1 to {MAX_REVISIONS}")).into()
            );
        }
        let period = period.checked("period")?;
        let filter = filter.unwrap_or_default();
        let named = [
            (CodeKind::INDICATOR, filter.indicator.as_deref(), "filter.indicator"),
            (CodeKind::AREA, filter.area.as_deref(), "filter.area"),
        ];
        check_codes(ctx, &named).await?;
        let texts = |codes: Option<Vec<ID>>| codes.map(|codes| codes.into_iter().map(|code| code.0).collect());
        let asked = revision::Asked {
            days: (period.first_day(), period.last_day()),
            indicators: texts(filter.indicator),
            areas: texts(filter.area),
            flipped: filter.flipped,
            first: first.into(),
        };
        Ok(Some(revision::revisions(&ctx.reader().rows(&KPIS), &asked).await?))
    }
}
