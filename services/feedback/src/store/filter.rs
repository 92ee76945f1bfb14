//! SQL of filters and orders, over the rows `f` of [`super::feedback`].

use service_kit::lists::Filter;
use service_kit::store::codes::CodeKind;
use service_kit::store::condition::Conditions;
use service_kit::store::page::OrderTerm;
use service_kit::vocabulary::Direction;
use service_kit::{Problem, RequestScope};

use super::feedback as store;
use super::grid::{Near, near};
use crate::filter::{FeedbackFilter, FeedbackOrder, FeedbackOrderField};

const LEAD_AXIS: &str = "f.lead IN (SELECT code FROM directory.published_organization WHERE axis = ANY({}))";
const PRIMARY: &str = "f.feedback_id IN (SELECT m.id FROM feedback.feedback AS m WHERE m.primary_code = ANY({}))";

impl Filter for FeedbackFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.search("search", "f.search", self.search.as_ref())?;
        list.codes(CodeKind::SOURCE, "source", "f.source = ANY({})", self.source.as_ref());
        list.any("code", "f.code = ANY({})", self.code.as_ref());
        list.any("kind", "f.kind = ANY({})", self.kind.as_ref());
        list.any("sender", "f.sender = ANY({})", self.sender.as_ref());
        list.any("channel", "f.channel = ANY({})", self.channel.as_ref());
        list.codes(CodeKind::CATEGORY, "category", "f.category = ANY({})", self.category.as_ref());
        list.any("level", "f.level = ANY({})", self.level.as_ref());
        list.any("status", "f.status = ANY({})", self.status.as_ref());
        list.codes(CodeKind::AREA, "area", store::AREA.filter, self.area.as_ref());
        list.codes(CodeKind::ORGANIZATION, "organization", store::ORGANIZATION.filter, self.organization.as_ref());
        list.any("axis", LEAD_AXIS, self.axis.as_ref());
        list.codes(CodeKind::OFFICIAL, "official", store::OFFICIAL.filter, self.official.as_ref());
        list.codes(CodeKind::POSITION, "position", "f.position = ANY({})", self.position.as_ref());
        list.codes(CodeKind::PROJECT, "project", store::PROJECT.filter, self.project.as_ref());
        list.codes(CodeKind::PROGRAMME, "programme", store::PROGRAMME.filter, self.programme.as_ref());
        list.codes(CodeKind::BOTTLENECK, "bottleneck", store::BOTTLENECK.filter, self.bottleneck.as_ref());
        list.any("primary", PRIMARY, self.primary.as_ref());
        list.flag("open", "f.is_open", self.open);
        list.holds("overdue", "f.is_overdue", self.overdue);
        list.holds("dueSoon", "f.is_due_soon", self.due_soon);
        list.flag("public", "f.is_public", self.public);
        list.flag("anonymous", "f.is_anonymous", self.anonymous);
        list.flag("reopened", "f.reopenings > 0", self.reopened);
        list.number("transfersAtLeast", "f.transfers >= {}", 0..=i32::MAX, self.transfers_at_least)?;
        list.days("submittedOn", ["f.submitted_on >= {}", "f.submitted_on <= {}"], self.submitted_on.as_ref())?;
        list.days("dueOn", ["f.due_on >= {}", "f.due_on <= {}"], self.due_on.as_ref())?;
        list.days("resolvedOn", ["f.resolved_on >= {}", "f.resolved_on <= {}"], self.resolved_on.as_ref())?;
        if let Some(asked) = &self.near {
            near(&mut list, Near::checked(asked, "filter.near")?);
        }
        for dimension in self.without.iter().flatten() {
            list.flag("without", store::without(*dimension), Some(true));
        }
        if let Some(counted) = &self.counted {
            let period = counted.period.checked("filter.counted.period")?;
            list.counted("counted", COUNTED, (counted.measure, counted.numerator), period);
        }
        Ok(list)
    }
}

// The counted rows are computed once, however the statement is planned.
const COUNTED: &str =
    "f.feedback_id IN (WITH counted AS MATERIALIZED (SELECT f.feedback_id FROM {}) SELECT feedback_id FROM counted)";

/// Returns the order of cases as SQL, by default the newest first. No expression is ever null, and the id makes the order total.
pub fn feedback_order(orders: Option<Vec<FeedbackOrder>>) -> Vec<OrderTerm> {
    let term = |order: FeedbackOrder| {
        let (expression, sql_type) = match (order.field, order.direction) {
            (FeedbackOrderField::SubmittedAt, _) => ("f.submitted_at", "timestamptz"),
            (FeedbackOrderField::DueAt, Direction::Asc) => {
                ("coalesce(f.due_at, 'infinity'::timestamptz)", "timestamptz")
            }
            (FeedbackOrderField::DueAt, Direction::Desc) => {
                ("coalesce(f.due_at, '-infinity'::timestamptz)", "timestamptz")
            }
            (FeedbackOrderField::Transfers, _) => ("f.transfers", "smallint"),
            (FeedbackOrderField::ObservedAt, _) => ("f.observed_at", "timestamptz"),
        };
        OrderTerm::new(expression, sql_type, order.direction)
    };
    let mut terms: Vec<OrderTerm> = orders.unwrap_or_default().into_iter().map(term).collect();
    if terms.is_empty() {
        terms.push(OrderTerm::new("f.submitted_at", "timestamptz", Direction::Desc));
    }
    // In the direction of the term before it, so that one index serves both directions.
    let descending = terms.last().is_some_and(|term| term.descending);
    terms.push(OrderTerm { descending, ..OrderTerm::ascending("f.id", "uuid") });
    terms
}
