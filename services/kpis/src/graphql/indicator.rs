//! Resolvers of `Indicator` fields that are not plain columns.

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::Datelike;
use rust_decimal::Decimal;
use service_kit::access::Sight;
use service_kit::connection::RowConnection;
use service_kit::lists::{self, ListArgs};
use service_kit::measures::Measures;
use service_kit::scalar::{Date, Period, Rate};
use service_kit::stats::measures_of;
use service_kit::store::codes::{CodeKind, KnownCodes, NamedCodes};
use service_kit::{PageArgs, Problem, ScopeContext};

use super::entity::{Area, Bottleneck, Organization, Position, Programme};
use super::{id, indicators_by, named};
use crate::filter::{KpiFilter, KpiOrder};
use crate::model::{Aggregate, Indicator, KPIS, KpiScope, Point, Target};
use crate::stats::KpiSet;
use crate::store::filter::{target_order, written};
use crate::store::indicator::PARENT;
use crate::store::series::{self, PointsOf, SeriesKey};
use crate::store::target;

/// Maximum number of points of a series.
const MAX_POINTS: i64 = 240;

/// What the parts of the city declared against its target: the indicator's own targets of areas and organizations when it adds up, and
/// those of the indicators that are parts of it.
#[derive(SimpleObject)]
pub struct Decomposition {
    /// Target of the city.
    target: Option<Decimal>,
    /// Sum of what the parts declared.
    declared: Option<Decimal>,
    /// Share of the target that is declared; null without a positive target, when less is better, or when the indicator has no parts
    /// that add up: of one unit and direction.
    covered: Option<Rate>,
    /// What the parts would have to declare more; when less is better, what they declared too much. Negative when they declared better
    /// than the target.
    uncovered: Option<Decimal>,
    /// Sum of what was observed of the parts that are counted in `observed`.
    actual: Option<Decimal>,
    /// Number of parts that declared.
    declaring: i64,
    /// Of the parts that declared, those of which all that is due on the day was observed.
    observed: Rate,
    /// Wards and communes that declared nothing, by code.
    missing: Vec<Area>,
    /// Organizations that report the indicator or a part and declared nothing, by code.
    missing_organizations: Vec<Organization>,
}

#[ComplexObject]
impl Indicator {
    /// Stable code of the indicator.
    async fn code(&self) -> ID {
        ID(self.code.clone())
    }

    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Owner.
    async fn organization(&self) -> Option<Organization> {
        self.owner_organization_code.as_deref().map(Organization::new)
    }

    /// Position that is accountable for the indicator; its holder depends on the date.
    async fn accountable(&self) -> Option<Position> {
        self.accountable_position_code.as_deref().map(Position::new)
    }

    /// Programmes.
    async fn programmes(&self) -> Option<Vec<Programme>> {
        Some(self.programme_codes.iter().map(|code| Programme::new(code)).collect())
    }

    /// Bottlenecks.
    async fn bottlenecks(&self) -> Option<Vec<Bottleneck>> {
        Some(self.bottleneck_codes.iter().map(|code| Bottleneck::new(code)).collect())
    }

    /// Indicator that this one is a part of.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Indicator>> {
        match &self.parent_code {
            Some(code) => named(ctx, code).await,
            None => Ok(None),
        }
    }

    /// Indicators that are a part of this one, by code.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Indicator>> {
        indicators_by(ctx, PARENT, &self.code).await
    }

    /// Page of the targets in force at the end of a day (default: today), by default ordered by scope and period.
    async fn targets(
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
        Ok(Some(lists::of::<Target, _>(ctx, target::INDICATOR, &self.code, args).await?))
    }

    /// Measures of the targets whose period has a day of the asked one, as of a date (default: today).
    async fn measures(
        &self,
        ctx: &Context<'_>,
        period: Period,
        as_of: Option<Date>,
    ) -> Result<Option<Measures<KpiSet>>> {
        Ok(measures_of(ctx, target::INDICATOR, &self.code, &period, as_of.as_ref()).await?)
    }

    /// Points to draw: each sub-period of a period with value, target, trajectory, forecast and band, as known on a day (default: today).
    /// A scope that the caller may not see is `FORBIDDEN`. Of an area or an organization; of the area with the code of the city, the city's own.
    async fn series(
        &self,
        ctx: &Context<'_>,
        area: Option<ID>,
        organization: Option<ID>,
        period: Period,
        as_of: Option<Date>,
    ) -> Result<Option<Vec<Point>>> {
        KPIS.permit_list(&ctx.scope().principal)?;
        if area.is_some() == organization.is_some() {
            return Err(Problem::validation(
                "area",
                "name one scope: an area (the city's code for the city) or an organization",
            )
            .into());
        }
        let mut named = NamedCodes::default();
        named.add(CodeKind::AREA, area.as_ref(), "area");
        named.add(CodeKind::ORGANIZATION, organization.as_ref(), "organization");
        named.check_once(ctx.loader::<KnownCodes>()).await?;
        if organization.is_some() {
            self.reported_by(KpiScope::Organization, "organization")?;
        }
        let asked = period.checked("period")?;
        let days = (asked.first_day(), asked.last_day());
        let months = (days.1 - days.0).num_days() / 28;
        if months > MAX_POINTS {
            return Err(Problem::validation(
                "period",
                format!("a period of {months} months; accepted: at most {MAX_POINTS}"),
            )
            .into());
        }
        let path = if area.is_some() { "area" } else { "organization" };
        let key = SeriesKey {
            indicator: self.code.clone(),
            area: area.map(|code| code.0),
            organization: organization.map(|code| code.0),
            days,
            as_of: ctx.scope().as_of(as_of.as_ref())?,
        };
        let found = ctx.loader::<PointsOf>().load_one(key).await?;
        if found.is_none() && matches!(KPIS.sight(&ctx.scope().principal), Sight::Scope(_)) {
            let message = format!(
                "this credential does not show {} of this scope; accepted: a scope or an indicator of the credential, or `together`",
                self.code
            );
            return Err(Problem::forbidden(message).at(path).into());
        }
        Ok(Some(found.unwrap_or_default()))
    }

    /// Value of all wards and communes together (`AREA`, the default), or of the organizations that report (`ORGANIZATION`), as known
    /// on a day (default: today), over a period of whole months, quarters or years as the indicator is observed. It is public, since it is
    /// no single place's.
    async fn together(
        &self,
        ctx: &Context<'_>,
        over: Option<KpiScope>,
        period: Period,
        as_of: Option<Date>,
    ) -> Result<Option<Aggregate>> {
        let over = over.unwrap_or(KpiScope::Area);
        if over == KpiScope::City {
            return Err(
                Problem::validation("over", "the city is no part of itself; accepted: AREA, ORGANIZATION").into()
            );
        }
        self.reported_by(over, "over")?;
        let (period, as_of) = (period.checked("period")?, ctx.scope().as_of(as_of.as_ref())?);
        self.observed_in(&period)?;
        Ok(series::together(&ctx.reader().whole(), &self.code, over.as_str(), period, as_of).await?)
    }

    /// What wards, communes and organizations declared against the city's target of a period (`2026`, `2026-Q1`), as known on a
    /// day (default: today).
    async fn decomposition(
        &self,
        ctx: &Context<'_>,
        period: Period,
        as_of: Option<Date>,
    ) -> Result<Option<Decomposition>> {
        let asked = period.checked("period")?;
        let period = written(&asked.to_string(), "period")?.to_string();
        self.observed_in(&asked)?;
        let as_of = ctx.scope().as_of(as_of.as_ref())?;
        let Some(found) = series::declared(&ctx.reader().whole(), &self.code, &period, as_of).await? else {
            return Ok(None);
        };
        let declared = found.declared.unwrap_or_default();
        let target = found.target.filter(|_| found.adds_up);
        let missing = |target: Decimal| if found.is_lower { declared - target } else { target - declared };
        Ok(Some(Decomposition {
            target: found.target,
            declared: found.declared,
            covered: target
                .filter(|target| *target > Decimal::ZERO && !found.is_lower)
                .map(|target| schema::Rate::new(declared, target).into()),
            uncovered: target.map(missing),
            actual: found.actual,
            declaring: found.declaring,
            observed: schema::Rate::new(found.observed, found.declaring).into(),
            missing: found.missing.iter().map(|code| Area::new(code)).collect(),
            missing_organizations: found.missing_organizations.iter().map(|code| Organization::new(code)).collect(),
        }))
    }
}

impl Indicator {
    /// Refuses a scope that does not report the indicator.
    fn reported_by(&self, scope: KpiScope, path: &str) -> Result<(), Problem> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        let message = format!(
            "{} is reported by {}; accepted: an indicator that has the scope {scope}",
            self.code,
            scopes.join(", ")
        );
        Err(Problem::validation(path, message))
    }

    /// Refuses a period that has only a part of a period in which the indicator is observed.
    fn observed_in(&self, period: &schema::Period) -> Result<(), Problem> {
        let months = self.frequency.months();
        if [period.first_day(), period.end()].iter().all(|day| day.day0() == 0 && day.month0() % months == 0) {
            return Ok(());
        }
        let message = format!("{} is observed by {}; accepted: one or more whole ones", self.code, self.frequency);
        Err(Problem::validation("period", message))
    }
}
