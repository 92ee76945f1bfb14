//! Filter and order of lists of tasks.

use async_graphql::{Context, ID, InputObject};
use service_kit::filter::{DateFilter, check_search};
use service_kit::vocabulary::{Axis, Bottleneck, Direction, Level};
use service_kit::{Problem, ScopeContext};

use crate::model::{RiskReason, TaskKind, TaskPriority, TaskStatus};
use crate::store::codes::{CodeKind, KnownCodeSource, NamedCodes};
use crate::store::filter::Filter;
use crate::store::list::TaskOrderField;

/// Which tasks. Absent fields do not restrict; present ones are joined by AND; the values of one list by OR.
#[derive(InputObject, Debug, Clone, Default)]
pub struct TaskFilter {
    /// Words in code, title, action or deliverable, ignoring accents and case.
    search: Option<String>,
    /// Any of these owning systems.
    source: Option<Vec<String>>,
    /// Any of these task codes.
    code: Option<Vec<String>>,
    /// Any of these states.
    status: Option<Vec<TaskStatus>>,
    /// Any of these kinds.
    kind: Option<Vec<TaskKind>>,
    /// Any of these priorities.
    priority: Option<Vec<TaskPriority>>,
    /// The lead's axis.
    axis: Option<Vec<Axis>>,
    /// The lead's level.
    level: Option<Vec<Level>>,
    /// The lead organization.
    organization: Option<Vec<ID>>,
    /// Any of the coordinating organizations.
    coordinating: Option<Vec<ID>>,
    /// Who holds the accountable position on the day.
    official: Option<Vec<ID>>,
    /// The accountable position.
    position: Option<Vec<ID>>,
    /// Any of the programmes that the task belongs to.
    programme: Option<Vec<ID>>,
    /// The task group.
    group: Option<Vec<ID>>,
    /// Any of the bottlenecks.
    bottleneck: Option<Vec<Bottleneck>>,
    /// Any of the areas.
    area: Option<Vec<ID>>,
    /// The due date in force.
    due_on: Option<DateFilter>,
    /// Given out and not yet finished.
    open: Option<bool>,
    /// Past its due date.
    overdue: Option<bool>,
    /// At risk, for whatever reason.
    at_risk: Option<bool>,
    /// At risk for any of these reasons.
    at_risk_reason: Option<Vec<RiskReason>>,
    /// Handed in and not yet decided on.
    awaiting_approval: Option<bool>,
    /// Extended at least so often.
    extended_at_least: Option<i32>,
    /// At most so many of the six clarities.
    clarity_at_most: Option<i32>,
}

impl TaskFilter {
    /// The filter as the store takes it. Codes of shared entities are looked up, with one statement.
    ///
    /// # Errors
    /// `VALIDATION` at the field, when a code is unknown, a text too long or an interval empty.
    pub async fn checked(self, ctx: &Context<'_>) -> Result<Filter, Problem> {
        let search = self.search;
        if let Some(text) = &search {
            check_search(text, "filter.search")?;
        }
        let due = self.due_on.map(|due| due.checked("filter.dueOn")).transpose()?;
        let filter = Filter {
            search,
            sources: self.source,
            codes: self.code,
            statuses: spelled(self.status, TaskStatus::as_str),
            kinds: spelled(self.kind, TaskKind::as_str),
            priorities: spelled(self.priority, TaskPriority::as_str),
            axes: spelled(self.axis, |axis| schema::Axis::from(axis).as_str()),
            levels: spelled(self.level, |level| schema::Level::from(level).as_str()),
            organizations: codes(self.organization),
            coordinating: codes(self.coordinating),
            officials: codes(self.official),
            positions: codes(self.position),
            programmes: codes(self.programme),
            groups: codes(self.group),
            bottlenecks: spelled(self.bottleneck, |tag| schema::Bottleneck::from(tag).as_str()),
            areas: codes(self.area),
            due: due.unwrap_or_default(),
            open: self.open,
            overdue: self.overdue,
            at_risk: self.at_risk,
            at_risk_reasons: spelled(self.at_risk_reason, RiskReason::as_str),
            awaiting_approval: self.awaiting_approval,
            extended_at_least: self.extended_at_least,
            clarity_at_most: self.clarity_at_most,
        };
        let texts = [("filter.source", &filter.sources), ("filter.code", &filter.codes)];
        for (path, values) in texts {
            if values.iter().flatten().any(|value| value.contains('\0')) {
                return Err(Problem::validation(
                    path,
                    "the text holds a control character; remove it",
                ));
            }
        }
        let mut named = NamedCodes::default();
        for (kind, values, path) in [
            (CodeKind::Organization, &filter.organizations, "filter.organization"),
            (CodeKind::Organization, &filter.coordinating, "filter.coordinating"),
            (CodeKind::Official, &filter.officials, "filter.official"),
            (CodeKind::Position, &filter.positions, "filter.position"),
            (CodeKind::Programme, &filter.programmes, "filter.programme"),
            (CodeKind::Group, &filter.groups, "filter.group"),
            (CodeKind::Area, &filter.areas, "filter.area"),
        ] {
            named.add_all(kind, values.as_deref().unwrap_or_default(), path);
        }
        named.check_once(ctx.loader::<KnownCodeSource>()).await?;
        Ok(filter)
    }
}

fn codes(ids: Option<Vec<ID>>) -> Option<Vec<String>> {
    ids.map(|ids| ids.into_iter().map(|id| id.0).collect())
}

fn spelled<T>(values: Option<Vec<T>>, spell: impl Fn(T) -> &'static str) -> Option<Vec<String>> {
    values.map(|values| values.into_iter().map(|value| spell(value).to_owned()).collect())
}

/// One term of an order of tasks.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct TaskOrder {
    /// By what.
    field: TaskOrderField,
    /// Which way.
    #[graphql(default)]
    direction: Direction,
}

impl TaskOrder {
    /// The order as the store takes it.
    pub fn terms(orders: Option<Vec<Self>>) -> Vec<(TaskOrderField, Direction)> {
        orders
            .unwrap_or_default()
            .into_iter()
            .map(|order| (order.field, order.direction))
            .collect()
    }
}
