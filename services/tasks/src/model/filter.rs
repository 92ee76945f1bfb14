//! Filter, order and dimensions of lists and measures of tasks.

use async_graphql::{Enum, ID, InputObject};
use service_kit::filter::DateFilter;
use service_kit::vocabulary::{Axis, Direction, Level};

use super::vocabulary::{RiskReason, TaskKind, TaskPriority, TaskStatus};

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
    /// Codes of the areas that the task concerns.
    pub area: Option<Vec<ID>>,
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
    /// Minimum number of approved extensions.
    pub extended_at_least: Option<i32>,
    /// Maximum number of clarity criteria that are met, 0 to 6.
    pub clarity_at_most: Option<i32>,
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

schema::string_enum! {
    /// Dimension by which tasks are grouped.
    #[derive(Enum)]
    pub enum TaskDimension {
        /// Axis of the lead organization.
        Axis = "AXIS",
        /// Level of the lead organization.
        Level = "LEVEL",
        /// Lead organization.
        Organization = "ORGANIZATION",
        /// Holder of the accountable position on the date.
        Official = "OFFICIAL",
        /// Programme; a task can be in several rows.
        Programme = "PROGRAMME",
        /// Task group.
        Group = "GROUP",
        /// Bottleneck; a task can be in several rows.
        Bottleneck = "BOTTLENECK",
        /// Area; a task can be in several rows.
        Area = "AREA",
        /// Kind of the task.
        Kind = "KIND",
        /// Priority of the task.
        Priority = "PRIORITY",
        /// State of the task.
        Status = "STATUS",
    }
}
