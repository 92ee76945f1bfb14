//! What is asked of lists and measures: filter, order and dimensions.

use async_graphql::{Enum, ID, InputObject};
use service_kit::filter::DateFilter;
use service_kit::vocabulary::{Axis, Direction, Level};

use super::vocabulary::{RiskReason, TaskKind, TaskPriority, TaskStatus};

/// Conditions on tasks. Absent fields do not restrict; present ones are joined by AND; the values of one list by OR.
/// Drafts are listed only for an issuer who asks for the state DRAFT.
#[derive(InputObject, Debug, Clone, Default)]
pub struct TaskFilter {
    /// Words in code, title, action or deliverable, in any order, ignoring accents and case.
    pub search: Option<String>,
    /// Owning systems.
    pub source: Option<Vec<String>>,
    /// Task codes.
    pub code: Option<Vec<String>>,
    /// States.
    pub status: Option<Vec<TaskStatus>>,
    /// Kinds.
    pub kind: Option<Vec<TaskKind>>,
    /// Priorities.
    pub priority: Option<Vec<TaskPriority>>,
    /// Axes of the lead organization.
    pub axis: Option<Vec<Axis>>,
    /// Levels of the lead organization.
    pub level: Option<Vec<Level>>,
    /// Lead organizations.
    pub organization: Option<Vec<ID>>,
    /// Coordinating organizations.
    pub coordinating: Option<Vec<ID>>,
    /// Holders of the accountable position on the day.
    pub official: Option<Vec<ID>>,
    /// Accountable positions.
    pub position: Option<Vec<ID>>,
    /// Programmes that the task belongs to.
    pub programme: Option<Vec<ID>>,
    /// Task groups.
    pub group: Option<Vec<ID>>,
    /// Bottlenecks that the task works on.
    pub bottleneck: Option<Vec<ID>>,
    /// Areas that the task concerns.
    pub area: Option<Vec<ID>>,
    /// Bounds on the due date in force.
    pub due_on: Option<DateFilter>,
    /// Whether the task is given out and not yet finished.
    pub open: Option<bool>,
    /// Whether the task is past its due date.
    pub overdue: Option<bool>,
    /// Whether the task is at risk, for any reason.
    pub at_risk: Option<bool>,
    /// Reasons of risk.
    pub at_risk_reason: Option<Vec<RiskReason>>,
    /// Whether the task is handed in and not yet decided on.
    pub awaiting_approval: Option<bool>,
    /// Smallest number of extensions.
    pub extended_at_least: Option<i32>,
    /// Largest number of clarities that hold, 0 to 6.
    pub clarity_at_most: Option<i32>,
}

/// Field that tasks are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskOrderField {
    /// Due date in force; tasks without one come last in either direction.
    DueOn,
    /// First day of the work; tasks without one come last in either direction.
    StartOn,
    /// Code.
    Code,
    /// Title, without accents.
    Title,
    /// Priority; ascending begins with the least urgent.
    Priority,
    /// Reported progress.
    Progress,
    /// Last change.
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
        /// Programme: a task may be in several rows.
        Programme = "PROGRAMME",
        /// Task group.
        Group = "GROUP",
        /// Bottleneck: a task may be in several rows.
        Bottleneck = "BOTTLENECK",
        /// Area: a task may be in several rows.
        Area = "AREA",
        /// Kind.
        Kind = "KIND",
        /// Priority.
        Priority = "PRIORITY",
        /// State.
        Status = "STATUS",
    }
}
