//! Filter and order of lists and measures of tasks.

use async_graphql::{Enum, ID, InputObject};
use service_kit::filter::DateFilter;
use service_kit::measures::MeasureName;
use service_kit::scalar::Period;
use service_kit::vocabulary::{Axis, Direction, Level};

use crate::model::{DecidingLevel, RiskReason, TaskDimension, TaskKind, TaskPriority, TaskStatus};
use crate::stats::TaskSet;

/// Conditions on tasks, joined by AND; the values of one list are joined by OR. An absent field does not restrict the
/// list. Drafts are included only when an issuer filters by the state DRAFT.
#[derive(InputObject, Debug, Clone, Default)]
pub struct TaskFilter {
    /// Words in code, title, action or deliverable, in any order, without regard to accents and case.
    pub search: Option<String>,
    /// Source systems of the tasks.
    pub source: Option<Vec<String>>,
    /// Codes of the tasks.
    pub code: Option<Vec<String>>,
    /// States of the tasks.
    pub status: Option<Vec<TaskStatus>>,
    /// Kinds of the tasks.
    pub kind: Option<Vec<TaskKind>>,
    /// Priorities of the tasks.
    pub priority: Option<Vec<TaskPriority>>,
    /// Axes of the lead organizations.
    pub axis: Option<Vec<Axis>>,
    /// Levels of the lead organizations.
    pub level: Option<Vec<Level>>,
    /// Codes of the lead organizations.
    pub organization: Option<Vec<ID>>,
    /// Codes of the coordinating organizations.
    pub coordinating: Option<Vec<ID>>,
    /// Codes of the officials who hold the accountable position on the day.
    pub official: Option<Vec<ID>>,
    /// Codes of the accountable positions.
    pub position: Option<Vec<ID>>,
    /// Codes of the programmes that the task belongs to.
    pub programme: Option<Vec<ID>>,
    /// Codes of the task groups.
    pub group: Option<Vec<ID>>,
    /// Codes of the bottlenecks that the task addresses.
    pub bottleneck: Option<Vec<ID>>,
    /// Codes of the projects that the task serves.
    pub project: Option<Vec<ID>>,
    /// Codes of the indicators that the task serves.
    pub indicator: Option<Vec<ID>>,
    /// Codes of the areas that the task concerns.
    pub area: Option<Vec<ID>>,
    /// Codes of organizations that had the task and passed it on.
    pub former_lead: Option<Vec<ID>>,
    /// Ids of the conclusions of briefings that the task came from.
    pub conclusion: Option<Vec<ID>>,
    /// Bounds on the due date in force.
    pub due_on: Option<DateFilter>,
    /// Whether the task is open: assigned and not yet finished.
    pub open: Option<bool>,
    /// Whether the task is past its due date.
    pub overdue: Option<bool>,
    /// Whether the task is at risk, for any reason.
    pub at_risk: Option<bool>,
    /// Reasons why the task is at risk.
    pub at_risk_reason: Option<Vec<RiskReason>>,
    /// Whether the task is submitted and awaits the decision of the approver.
    pub awaiting_approval: Option<bool>,
    /// Levels whose decision the task waits for: it is open and has an open blocker with a request to this level that is
    /// sent and has no answer.
    pub waiting_for: Option<Vec<DecidingLevel>>,
    /// Whether the task is open and a reminder to its lead has no answer.
    pub unanswered_reminder: Option<bool>,
    /// Minimum number of approved extensions.
    pub extended_at_least: Option<i32>,
    /// Maximum number of clarity criteria that are met, 0 to 6.
    pub clarity_at_most: Option<i32>,
    /// Minimum number of clarity criteria that are met, 0 to 6.
    pub clarity_at_least: Option<i32>,
    /// Dimensions in which the task has no value: no programme, no holder of the accountable position …
    pub without: Option<Vec<TaskDimension>>,
    /// Tasks that a measure counts; in lists only. `drillDown` of a row of measures gives it.
    pub counted: Option<TaskCounted>,
}

/// Tasks that a measure counts in a period, as of the day of the list.
#[derive(InputObject, Debug, Clone)]
pub struct TaskCounted {
    /// Measure that counts the tasks.
    pub measure: MeasureName<TaskSet>,
    /// Period of the measure.
    pub period: Period,
    /// Of a rate or a mean: whether only the tasks of its numerator are listed, not all of its denominator.
    #[graphql(default)]
    pub numerator: bool,
}

/// Field that tasks are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskOrderField {
    /// Due date in force; tasks without one come last in both directions.
    DueOn,
    /// First day of the work; tasks without one come last in both directions.
    StartOn,
    /// Code of the task.
    Code,
    /// Title of the task without accents.
    Title,
    /// Priority of the task; ascending order begins with the least urgent.
    Priority,
    /// Reported progress of the task.
    Progress,
    /// Time of the last change.
    ObservedAt,
}

/// One term of an order of tasks.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct TaskOrder {
    /// Field to order by.
    pub field: TaskOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}
