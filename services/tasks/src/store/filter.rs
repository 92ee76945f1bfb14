//! SQL of filters and orders of tasks, over the rows `f` of [`super::facts`].

use service_kit::access::BRIEFINGS;
use service_kit::lists::Filter;
use service_kit::store::codes::CodeKind;
use service_kit::store::condition::Conditions;
use service_kit::store::page::OrderTerm;
use service_kit::vocabulary::Direction;
use service_kit::{Problem, RequestScope, Role};

use super::facts;
use crate::filter::{TaskFilter, TaskOrder, TaskOrderField};
use crate::model::TaskStatus;

impl Filter for TaskFilter {
    fn conditions(&self, scope: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        let drafts = self.status.as_ref().is_some_and(|asked| asked.contains(&TaskStatus::Draft));
        if !drafts || !scope.principal.has(Role::Issuer) {
            list.flag("status", facts::ISSUED, Some(true));
        }
        list.search("search", "f.search", self.search.as_ref())?;
        list.codes(CodeKind::SOURCE, "source", "f.source = ANY({})", self.source.as_ref());
        list.any("code", "f.code = ANY({})", self.code.as_ref());
        list.any("status", "f.status = ANY({})", self.status.as_ref());
        if drafts {
            list.only_in_lists("status", "drafts are not measured; accepted: the other states, or DRAFT in a list");
        }
        list.any("kind", "f.kind = ANY({})", self.kind.as_ref());
        list.any("priority", "f.priority = ANY({})", self.priority.as_ref());
        list.any("axis", LEAD_AXIS, self.axis.as_ref());
        list.any("level", LEAD_LEVEL, self.level.as_ref());
        list.codes(CodeKind::ORGANIZATION, "organization", facts::ORGANIZATION.filter, self.organization.as_ref());
        list.codes(CodeKind::ORGANIZATION, "coordinating", facts::COORDINATING, self.coordinating.as_ref());
        list.codes(CodeKind::OFFICIAL, "official", facts::OFFICIAL.filter, self.official.as_ref());
        list.codes(CodeKind::POSITION, "position", "f.position = ANY({})", self.position.as_ref());
        list.codes(CodeKind::PROGRAMME, "programme", facts::PROGRAMME.filter, self.programme.as_ref());
        list.codes(CodeKind::TASK_GROUP, "group", "f.group_code = ANY({})", self.group.as_ref());
        list.codes(CodeKind::BOTTLENECK, "bottleneck", facts::BOTTLENECK.filter, self.bottleneck.as_ref());
        list.codes(CodeKind::PROJECT, "project", facts::PROJECT.filter, self.project.as_ref());
        list.codes(CodeKind::INDICATOR, "indicator", facts::INDICATOR.filter, self.indicator.as_ref());
        list.codes(CodeKind::AREA, "area", facts::AREA.filter, self.area.as_ref());
        list.codes(CodeKind::ORGANIZATION, "formerLead", facts::FORMER_LEAD, self.former_lead.as_ref());
        // Who does not see briefings does not learn which conclusions exist.
        if BRIEFINGS.permit_list(&scope.principal).is_ok() {
            list.codes(CodeKind::CONCLUSION, "conclusion", facts::CONCLUSION.filter, self.conclusion.as_ref());
        } else {
            list.any("conclusion", facts::CONCLUSION.filter, self.conclusion.as_ref());
        }
        list.days("dueOn", ["f.due_on >= {}", "f.due_on <= {}"], self.due_on.as_ref())?;
        list.flag("open", "f.is_issued AND f.ended_on IS NULL", self.open);
        list.holds("overdue", OVERDUE, self.overdue);
        list.holds("atRisk", AT_RISK, self.at_risk);
        list.any("atRiskReason", AT_RISK_REASON, self.at_risk_reason.as_ref());
        list.any("waitingFor", WAITING_FOR, self.waiting_for.as_ref());
        list.flag("unansweredReminder", "f.unanswered > 0", self.unanswered_reminder);
        list.flag("awaitingApproval", "f.status = 'SUBMITTED'", self.awaiting_approval);
        list.number("extendedAtLeast", "f.extensions >= {}", 0..=i32::MAX, self.extended_at_least)?;
        list.number_between(
            [("clarityAtLeast", concat!(clarity!(), " >= {}")), ("clarityAtMost", concat!(clarity!(), " <= {}"))],
            &(0..=6),
            (self.clarity_at_least, self.clarity_at_most),
        )?;
        for dimension in self.without.iter().flatten() {
            list.flag("without", facts::without(*dimension), Some(true));
        }
        if let Some(counted) = &self.counted {
            let period = counted.period.checked("filter.counted.period")?;
            list.counted("counted", COUNTED, (counted.measure, counted.numerator), period);
        }
        Ok(list)
    }
}

const OVERDUE: &str = "f.overdue_from <= {day}";
const AT_RISK_REASON: &str = "coalesce((f.overdue_from IS NULL OR {day} < f.overdue_from) AND (\
     'BLOCKED' = ANY({}) AND f.blocked_from <= {day} OR 'PREDECESSOR_OVERDUE' = ANY({}) AND f.predecessor_from <= {day} \
     OR 'BEHIND_SCHEDULE' = ANY({}) AND f.behind_from <= {day} OR 'NO_UPDATE' = ANY({}) AND f.silent_from <= {day} \
     OR 'SELF_DECLARED_HIGH' = ANY({}) AND f.declared_from <= {day}), false)";
const WAITING_FOR: &str =
    "('CITY' = ANY({}) AND f.city_since IS NOT NULL OR 'CENTRAL' = ANY({}) AND f.central_since IS NOT NULL)";
// The counted tasks are computed once, however the statement is planned.
const COUNTED: &str =
    "f.task_id IN (WITH counted AS MATERIALIZED (SELECT f.task_id FROM {}) SELECT task_id FROM counted)";
const AT_RISK: &str = "f.risk_from <= {day} AND (f.overdue_from IS NULL OR {day} < f.overdue_from)";

/// Number of clarity criteria that a task meets on the day.
macro_rules! clarity {
    () => {
        "f.clarity + coalesce(f.position IN (SELECT h.position FROM tasks.holding AS h WHERE h.days @> {day}), false)::int"
    };
}
use clarity;

const LEAD_AXIS: &str = "f.lead IN (SELECT code FROM directory.published_organization WHERE axis = ANY({}))";
const LEAD_LEVEL: &str = "f.lead IN (SELECT code FROM directory.published_organization WHERE level = ANY({}))";

/// Returns the order as SQL, by default by due date. No expression is ever null, and the id makes the order total.
pub fn order(orders: Option<Vec<TaskOrder>>) -> Vec<OrderTerm> {
    let mut terms: Vec<OrderTerm> = orders.unwrap_or_default().into_iter().map(term).collect();
    if terms.is_empty() {
        terms.push(OrderTerm::ascending("coalesce(f.due_on, 'infinity'::date)", "date"));
    }
    // In the direction of the term before it, so that one index serves both directions.
    let descending = terms.last().is_some_and(|term| term.descending);
    terms.push(OrderTerm { descending, ..OrderTerm::ascending("f.id", "uuid") });
    terms
}

fn term(order: TaskOrder) -> OrderTerm {
    let (expression, sql_type) = match (order.field, order.direction) {
        (TaskOrderField::DueOn, Direction::Asc) => ("coalesce(f.due_on, 'infinity'::date)", "date"),
        (TaskOrderField::DueOn, Direction::Desc) => ("coalesce(f.due_on, '-infinity'::date)", "date"),
        (TaskOrderField::StartOn, Direction::Asc) => ("coalesce(f.start_on, 'infinity'::date)", "date"),
        (TaskOrderField::StartOn, Direction::Desc) => ("coalesce(f.start_on, '-infinity'::date)", "date"),
        (TaskOrderField::Code, _) => ("f.code COLLATE \"C\"", "text"),
        (TaskOrderField::Title, _) => ("f.folded_title COLLATE \"C\"", "text"),
        (TaskOrderField::Priority, _) => {
            ("array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], f.priority)", "int")
        }
        (TaskOrderField::Progress, _) => ("f.progress", "smallint"),
        (TaskOrderField::ObservedAt, _) => ("f.observed_at", "timestamptz"),
    };
    OrderTerm::new(expression, sql_type, order.direction)
}
