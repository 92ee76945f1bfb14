//! SQL of filters and orders, over the rows `f` of [`super::project`] and [`super::parcel`].

use service_kit::lists::Filter;
use service_kit::store::codes::CodeKind;
use service_kit::store::condition::Conditions;
use service_kit::store::page::OrderTerm;
use service_kit::vocabulary::Direction;
use service_kit::{Problem, RequestScope};

use super::project::HELD_BY;
use super::{parcel, project};
use crate::filter::{
    ParcelCaseFilter, ParcelCaseOrder, ParcelCaseOrderField, ProjectFilter, ProjectOrder, ProjectOrderField,
};

const OWNER_AXIS: &str = "f.owner IN (SELECT code FROM directory.published_organization WHERE axis = ANY({}))";
const OWNER_LEVEL: &str = "f.owner IN (SELECT code FROM directory.published_organization WHERE level = ANY({}))";
const COHORT: &str = "f.groundbreaking_on = ANY({}::text[]::date[])";

impl Filter for ProjectFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.search("search", "f.search", self.search.as_ref())?;
        list.codes(CodeKind::SOURCE, "source", "f.source = ANY({})", self.source.as_ref());
        list.codes(CodeKind::PROJECT, "project", project::SELF.filter, self.project.as_ref());
        list.any("kind", "f.kind = ANY({})", self.kind.as_ref());
        list.any("phase", "f.phase = ANY({})", self.phase.as_ref());
        list.flag("suspended", "f.suspended", self.suspended);
        list.flag("keyList", "f.key_list", self.key_list);
        list.flag("specialMechanism", "f.special", self.special_mechanism);
        list.any("axis", OWNER_AXIS, self.axis.as_ref());
        list.any("level", OWNER_LEVEL, self.level.as_ref());
        list.codes(CodeKind::ORGANIZATION, "organization", project::ORGANIZATION.filter, self.organization.as_ref());
        list.codes(CodeKind::OFFICIAL, "official", HELD_BY, self.official.as_ref());
        list.codes(CodeKind::POSITION, "position", "f.position = ANY({})", self.position.as_ref());
        list.codes(CodeKind::PROGRAMME, "programme", project::PROGRAMME.filter, self.programme.as_ref());
        list.codes(CodeKind::BOTTLENECK, "bottleneck", project::BOTTLENECK.filter, self.bottleneck.as_ref());
        list.codes(CodeKind::INDICATOR, "indicator", project::INDICATOR.filter, self.indicator.as_ref());
        list.codes(CodeKind::AREA, "area", project::AREA.filter, self.area.as_ref());
        list.days(
            "groundbreakingOn",
            ["f.groundbreaking_on >= {}", "f.groundbreaking_on <= {}"],
            self.groundbreaking_on.as_ref(),
        )?;
        cohort(&mut list, self.cohort.as_ref())?;
        list.days("baselineEnd", ["f.baseline_end >= {}", "f.baseline_end <= {}"], self.baseline_end.as_ref())?;
        list.days("forecastEnd", ["f.forecast_end >= {}", "f.forecast_end <= {}"], self.forecast_end.as_ref())?;
        list.flag("open", "f.ended_on IS NULL", self.open);
        list.holds("late", "f.late_from <= {day}", self.late);
        list.number("slipAtLeast", "f.forecast_end - f.baseline_end >= {}", i32::MIN..=i32::MAX, self.slip_at_least)?;
        list.any("rag", "projects.rag(f.project_code, {day}) = ANY({})", self.rag.as_ref());
        for dimension in self.without.iter().flatten() {
            list.flag("without", project::without(*dimension), Some(true));
        }
        if let Some(counted) = &self.counted {
            let period = counted.period.checked("filter.counted.period")?;
            list.counted("counted", COUNTED_PROJECTS, (counted.measure, counted.numerator), period);
        }
        Ok(list)
    }
}

/// Adds the days of cohorts, which a client sends as text.
fn cohort(list: &mut Conditions, days: Option<&Vec<String>>) -> Result<(), Problem> {
    for (index, day) in days.into_iter().flatten().enumerate() {
        schema::parse_date(day)
            .map_err(|error| Problem::validation(format!("filter.cohort.{index}"), error.to_string()))?;
    }
    list.any("cohort", COHORT, days);
    Ok(())
}

// The counted rows are computed once, however the statement is planned.
const COUNTED_PROJECTS: &str =
    "f.project_id IN (WITH counted AS MATERIALIZED (SELECT f.project_id FROM {}) SELECT project_id FROM counted)";
const COUNTED_PARCELS: &str =
    "f.parcel_id IN (WITH counted AS MATERIALIZED (SELECT f.parcel_id FROM {}) SELECT parcel_id FROM counted)";

impl Filter for ParcelCaseFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::SITE, "site", parcel::SITE.filter, self.site.as_ref());
        list.codes(CodeKind::PROJECT, "project", parcel::PROJECT.filter, self.project.as_ref());
        list.codes(CodeKind::AREA, "area", parcel::AREA.filter, self.area.as_ref());
        list.codes(CodeKind::ORGANIZATION, "organization", parcel::ORGANIZATION.filter, self.organization.as_ref());
        list.codes(CodeKind::OFFICIAL, "official", HELD_BY, self.official.as_ref());
        list.codes(CodeKind::PROGRAMME, "programme", parcel::PROGRAMME.filter, self.programme.as_ref());
        list.codes(CodeKind::BOTTLENECK, "bottleneck", parcel::BOTTLENECK.filter, self.bottleneck.as_ref());
        list.holds("keyList", "f.key_list", self.key_list);
        list.days(
            "groundbreakingOn",
            ["f.groundbreaking_on >= {}", "f.groundbreaking_on <= {}"],
            self.groundbreaking_on.as_ref(),
        )?;
        cohort(&mut list, self.cohort.as_ref())?;
        list.any("stage", "f.stage = ANY({})", self.stage.as_ref());
        list.any("landType", "f.land_type = ANY({})", self.land_type.as_ref());
        list.any("blocker", "f.blocker = ANY({})", self.blocker.as_ref());
        list.flag("blocked", "f.blocker IS NOT NULL AND NOT f.is_cleared", self.blocked);
        list.flag("onHold", "f.on_hold", self.on_hold);
        list.flag("withdrawn", "NOT f.in_scope", self.withdrawn);
        list.flag("cleared", "f.is_cleared", self.cleared);
        list.number("noticeDaysLeftAtMost", LAPSES, -100_000..=100_000, self.notice_days_left_at_most)?;
        list.flag("paymentLate", PAYMENT_LATE, self.payment_late);
        list.any("violation", VIOLATION, self.violation.as_ref());
        list.holds("violated", "f.violated_on <= {day}", self.violated);
        list.any("party", PARTY, self.party.as_ref());
        list.any("partyKind", PARTY_KIND, self.party_kind.as_ref());
        for dimension in self.without.iter().flatten() {
            list.flag("without", parcel::without(*dimension), Some(true));
        }
        // A parcel has a row for each of its parties.
        for field in ["party", "partyKind"] {
            list.of_facts(field);
        }
        if let Some(counted) = &self.counted {
            let period = counted.period.checked("filter.counted.period")?;
            list.counted("counted", COUNTED_PARCELS, (counted.measure, counted.numerator), period);
        }
        Ok(list)
    }
}

const LAPSES: &str = "f.in_scope AND f.waits_for_recovery AND f.notice_until - {day} <= {}";
// Of any party with a right to the parcel.
const PAYMENT_LATE: &str = "f.in_scope AND EXISTS (SELECT FROM projects.parcel_fact AS p WHERE p.parcel_id = f.parcel_id AND p.from_day <= {day} AND {day} < p.to_day \
     AND p.payment_until < {day} AND NOT coalesce(p.settled_on <= {day}, false))";
const VIOLATION: &str = "EXISTS (SELECT FROM projects.violation AS v WHERE v.parcel_id = f.parcel_id AND v.code = ANY({}) AND v.happened_on <= {day})";
// The parcels of a party, and of their parties only those that are named: a row without a party is that of the parcel.
const PARTY: &str = "f.parcel_id IN (SELECT r.parcel_id FROM projects.parcel_right AS r WHERE r.party_code = ANY({}) AND r.deleted_at IS NULL) \
     AND (f.party IS NULL OR f.party IN (SELECT y.number FROM projects.party AS y WHERE y.code = ANY({})))";
const PARTY_KIND: &str = "f.party_kinds && {}";

/// Returns the order of projects as SQL, by default by code. No expression is ever null, and the id makes the order total.
pub fn project_order(orders: Option<Vec<ProjectOrder>>) -> Vec<OrderTerm> {
    let term = |order: ProjectOrder| {
        let last = order.direction == Direction::Desc;
        let (expression, sql_type) = match (order.field, last) {
            (ProjectOrderField::Code, _) => ("f.project_code COLLATE \"C\"", "text"),
            (ProjectOrderField::Name, _) => ("f.folded_name COLLATE \"C\"", "text"),
            (ProjectOrderField::BaselineEnd, false) => ("coalesce(f.baseline_end, 'infinity'::date)", "date"),
            (ProjectOrderField::BaselineEnd, true) => ("coalesce(f.baseline_end, '-infinity'::date)", "date"),
            (ProjectOrderField::ForecastEnd, false) => ("coalesce(f.forecast_end, 'infinity'::date)", "date"),
            (ProjectOrderField::ForecastEnd, true) => ("coalesce(f.forecast_end, '-infinity'::date)", "date"),
            (ProjectOrderField::SlipDays, false) => ("coalesce(f.forecast_end - f.baseline_end, 2147483647)", "int"),
            (ProjectOrderField::SlipDays, true) => ("coalesce(f.forecast_end - f.baseline_end, -2147483647)", "int"),
            (ProjectOrderField::TotalInvestment, false) => {
                ("coalesce(f.total_investment, 'Infinity'::numeric)", "numeric")
            }
            (ProjectOrderField::TotalInvestment, true) => ("coalesce(f.total_investment, -1)", "numeric"),
            (ProjectOrderField::ObservedAt, _) => ("f.observed_at", "timestamptz"),
        };
        OrderTerm::new(expression, sql_type, order.direction)
    };
    ordered(orders, term, OrderTerm::ascending("f.project_code COLLATE \"C\"", "text"))
}

/// Returns the order of parcels as SQL, by default by site.
pub fn parcel_order(orders: Option<Vec<ParcelCaseOrder>>) -> Vec<OrderTerm> {
    let term = |order: ParcelCaseOrder| {
        let (expression, sql_type) = match (order.field, order.direction) {
            (ParcelCaseOrderField::Site, _) => ("f.site_code", "text"),
            (ParcelCaseOrderField::AreaToAcquire, _) => ("f.to_acquire", "numeric"),
            (ParcelCaseOrderField::NoticeUntil, Direction::Asc) => {
                ("coalesce(f.notice_until, 'infinity'::date)", "date")
            }
            (ParcelCaseOrderField::NoticeUntil, Direction::Desc) => {
                ("coalesce(f.notice_until, '-infinity'::date)", "date")
            }
            (ParcelCaseOrderField::ObservedAt, _) => ("f.observed_at", "timestamptz"),
        };
        OrderTerm::new(expression, sql_type, order.direction)
    };
    ordered(orders, term, OrderTerm::ascending("f.site_code", "text"))
}

fn ordered<O>(orders: Option<Vec<O>>, term: impl Fn(O) -> OrderTerm, default: OrderTerm) -> Vec<OrderTerm> {
    let mut terms: Vec<OrderTerm> = orders.unwrap_or_default().into_iter().map(term).collect();
    if terms.is_empty() {
        terms.push(default);
    }
    // In the direction of the term before it, so that one index serves both directions.
    let descending = terms.last().is_some_and(|term| term.descending);
    terms.push(OrderTerm { descending, ..OrderTerm::ascending("f.id", "uuid") });
    terms
}
