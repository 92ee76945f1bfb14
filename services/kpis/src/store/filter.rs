//! SQL of filters and orders.

use service_kit::lists::Filter;
use service_kit::store::codes::CodeKind;
use service_kit::store::condition::Conditions;
use service_kit::store::page::OrderTerm;
use service_kit::vocabulary::Direction;
use service_kit::{Problem, RequestScope};

use super::target::{self, HELD_BY};
use crate::filter::{
    IndicatorFilter, KpiFilter, KpiOrder, KpiOrderField, ObservationFilter, ObservationOrder, ObservationOrderField,
};

const OWNER_AXIS: &str = "coalesce(f.organization_code, f.owner) IN (SELECT code FROM directory.published_organization WHERE axis = ANY({}))";
const OWNER_LEVEL: &str = "coalesce(f.organization_code, f.owner) IN (SELECT code FROM directory.published_organization WHERE level = ANY({}))";
const SPAN: &str =
    "CASE kpis.period_months(f.period) WHEN 12 THEN 'YEAR' WHEN 3 THEN 'QUARTER' ELSE 'MONTH' END = ANY({})";
// The counted rows are computed once, however the statement is planned.
const COUNTED: &str =
    "f.target_id IN (WITH counted AS MATERIALIZED (SELECT f.target_id FROM {}) SELECT target_id FROM counted)";

impl Filter for IndicatorFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.search("search", "f.search", self.search.as_ref())?;
        list.codes(CodeKind::INDICATOR, "codes", "f.code = ANY({})", self.codes.as_ref());
        list.any("direction", "f.direction = ANY({})", self.direction.as_ref());
        list.any("nature", "f.nature = ANY({})", self.nature.as_ref());
        list.any("frequency", "f.frequency = ANY({})", self.frequency.as_ref());
        list.codes(
            CodeKind::ORGANIZATION,
            "organization",
            "f.owner_organization_code = ANY({})",
            self.organization.as_ref(),
        );
        list.codes(CodeKind::PROGRAMME, "programme", "f.programme_codes && {}", self.programme.as_ref());
        list.codes(CodeKind::BOTTLENECK, "bottleneck", "f.bottleneck_codes && {}", self.bottleneck.as_ref());
        list.code(CodeKind::INDICATOR, "parent", "f.parent_code = ANY({})", self.parent.as_ref());
        list.flag("critical", "f.critical", self.critical);
        list.any("scope", "f.scopes && {}", self.scope.as_ref());
        Ok(list)
    }
}

impl Filter for KpiFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.search("search", "f.search", self.search.as_ref())?;
        list.codes(CodeKind::INDICATOR, "indicator", target::INDICATOR.filter, self.indicator.as_ref());
        list.codes(CodeKind::INDICATOR, "parent", "f.part_of = ANY({})", self.parent.as_ref());
        list.any("scope", "f.scope = ANY({})", self.scope.as_ref());
        list.any("span", SPAN, self.span.as_ref());
        periods(&mut list, self.period.as_ref())?;
        list.codes(CodeKind::AREA, "area", target::AREA.filter, self.area.as_ref());
        list.codes(CodeKind::ORGANIZATION, "organization", target::ORGANIZATION.filter, self.organization.as_ref());
        list.any("axis", OWNER_AXIS, self.axis.as_ref());
        list.any("level", OWNER_LEVEL, self.level.as_ref());
        list.codes(CodeKind::OFFICIAL, "official", HELD_BY, self.official.as_ref());
        list.codes(CodeKind::PROGRAMME, "programme", target::PROGRAMME.filter, self.programme.as_ref());
        list.codes(CodeKind::BOTTLENECK, "bottleneck", target::BOTTLENECK.filter, self.bottleneck.as_ref());
        list.any("nature", "f.nature = ANY({})", self.nature.as_ref());
        list.any("direction", "f.direction = ANY({})", self.direction.as_ref());
        list.flag("critical", "f.critical", self.critical);
        list.any("rag", "f.rag = ANY({})", self.rag.as_ref());
        list.flag("judged", "f.rag IS NOT NULL", self.judged);
        list.flag("met", "f.met", self.met);
        list.holds("observationLate", "f.late_from <= {day}", self.observation_late);
        for dimension in self.without.iter().flatten() {
            list.flag("without", target::without(*dimension), Some(true));
        }
        // A target has one row of facts on a day: what is asked of it is asked of the rows that are counted, so that they are few.
        for field in ["indicator", "scope", "span", "period", "area", "rag"] {
            list.of_facts(field);
        }
        if let Some(counted) = &self.counted {
            let period = counted.period.checked("filter.counted.period")?;
            list.counted("counted", COUNTED, (counted.measure, counted.numerator), period);
        }
        Ok(list)
    }
}

impl Filter for ObservationFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::INDICATOR, "indicator", "f.indicator_code = ANY({})", self.indicator.as_ref());
        list.codes(CodeKind::AREA, "area", "f.area_code = ANY({})", self.area.as_ref());
        list.codes(CodeKind::ORGANIZATION, "organization", "f.organization_code = ANY({})", self.organization.as_ref());
        periods(&mut list, self.period.as_ref())?;
        list.any("status", "f.status = ANY({})", self.status.as_ref());
        list.any("flag", "f.flags && {}", self.flag.as_ref());
        list.codes(CodeKind::SOURCE, "source", "f.source = ANY({})", self.source.as_ref());
        list.flag("correction", "f.revision > 1", self.correction);
        Ok(list)
    }
}

/// Adds periods, which a client sends as they are written.
fn periods(list: &mut Conditions, periods: Option<&Vec<String>>) -> Result<(), Problem> {
    for (index, period) in periods.into_iter().flatten().enumerate() {
        written(period, &format!("filter.period.{index}"))?;
    }
    list.any("period", "f.period = ANY({})", periods);
    Ok(())
}

/// Checks a period of a target or an observation.
///
/// # Errors
/// `VALIDATION` when it is no year, quarter or month.
pub fn written(period: &str, path: &str) -> Result<schema::Period, Problem> {
    let refuse = || {
        Problem::validation(
            path,
            format!("{period:?}; accepted: a year (2026), a quarter (2026-Q1) or a month (2026-03)"),
        )
    };
    let is_written = matches!(period.len(), 4 | 7) && !period.contains('W');
    is_written.then(|| period.parse().ok()).flatten().ok_or_else(refuse)
}

/// Returns the order of targets as SQL, by default by indicator, scope and period. No expression is ever null, and the id makes the
/// order total.
pub fn target_order(orders: Option<Vec<KpiOrder>>) -> Vec<OrderTerm> {
    let term = |order: KpiOrder| {
        let (expression, sql_type) = match (order.field, order.direction) {
            (KpiOrderField::Indicator, _) => (BY_INDICATOR, "text"),
            (KpiOrderField::Scope, _) => (BY_SCOPE, "text"),
            (KpiOrderField::Period, _) => ("f.period_first", "date"),
            (KpiOrderField::Shortfall, Direction::Asc) => ("coalesce(f.shortfall, 'Infinity'::numeric)", "numeric"),
            (KpiOrderField::Shortfall, Direction::Desc) => ("coalesce(f.shortfall, -1)", "numeric"),
            (KpiOrderField::Gap, Direction::Asc) => ("coalesce(f.gap, 'Infinity'::numeric)", "numeric"),
            (KpiOrderField::Gap, Direction::Desc) => ("coalesce(f.gap, '-Infinity'::numeric)", "numeric"),
            (KpiOrderField::Attainment, Direction::Asc) => ("coalesce(f.attainment, 'Infinity'::numeric)", "numeric"),
            (KpiOrderField::Attainment, Direction::Desc) => ("coalesce(f.attainment, '-Infinity'::numeric)", "numeric"),
        };
        OrderTerm::new(expression, sql_type, order.direction)
    };
    let by_default = [
        OrderTerm::ascending(BY_INDICATOR, "text"),
        OrderTerm::ascending(BY_SCOPE, "text"),
        OrderTerm::ascending("f.period_first", "date"),
    ];
    ordered(orders, term, by_default)
}

const BY_INDICATOR: &str = "f.indicator_code COLLATE \"C\"";
const BY_SCOPE: &str = "coalesce(f.area_code, f.organization_code) COLLATE \"C\"";

/// Returns the order of observations as SQL, by default by indicator.
pub fn observation_order(orders: Option<Vec<ObservationOrder>>) -> Vec<OrderTerm> {
    let term = |order: ObservationOrder| {
        let (expression, sql_type) = match order.field {
            ObservationOrderField::Indicator => ("f.indicator_code", "text"),
            ObservationOrderField::ObservedAt => ("f.observed_at", "timestamptz"),
        };
        OrderTerm::new(expression, sql_type, order.direction)
    };
    ordered(orders, term, [OrderTerm::ascending("f.indicator_code", "text"), OrderTerm::ascending("f.period", "text")])
}

/// Order of indicators: by code.
pub fn indicator_order() -> Vec<OrderTerm> {
    vec![OrderTerm::ascending("f.code", "text")]
}

fn ordered<O>(
    orders: Option<Vec<O>>,
    term: impl Fn(O) -> OrderTerm,
    by_default: impl IntoIterator<Item = OrderTerm>,
) -> Vec<OrderTerm> {
    let mut terms: Vec<OrderTerm> = orders.unwrap_or_default().into_iter().map(term).collect();
    if terms.is_empty() {
        terms.extend(by_default);
    }
    // In the direction of the term before it, so that one index serves both directions.
    let descending = terms.last().is_some_and(|term| term.descending);
    terms.push(OrderTerm { descending, ..OrderTerm::ascending("f.id", "uuid") });
    terms
}
