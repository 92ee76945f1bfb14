//! Closed vocabularies (enums) of tasks. Each value has the same spelling in the database and in the API.

use async_graphql::Enum;
use service_kit::vocabulary;

vocabulary! {
    /// State of a task. ASSIGNED, RETURNED, IN_PROGRESS, BLOCKED and SUBMITTED are the open states.
    #[derive(Default)]
    pub enum TaskStatus {
        /// Draft: not assigned yet, and in no measure.
        #[default]
        Draft = "DRAFT",
        /// Assigned to the lead.
        Assigned = "ASSIGNED",
        /// Returned by the lead with a reason; the issuer assigns it again.
        Returned = "RETURNED",
        /// In progress.
        InProgress = "IN_PROGRESS",
        /// Stopped by a blocker that the lead cannot resolve alone.
        Blocked = "BLOCKED",
        /// Submitted with evidence; awaits the approver.
        Submitted = "SUBMITTED",
        /// Accepted by the approver.
        Completed = "COMPLETED",
        /// Cancelled by the issuer.
        Cancelled = "CANCELLED",
        /// Replaced by another document or task.
        Superseded = "SUPERSEDED",
    }
}

vocabulary! {
    /// Kind of a task.
    #[derive(Default)]
    pub enum TaskKind {
        /// Task (nhiệm vụ).
        #[default]
        Task = "TASK",
        /// Scheme to be drawn up (đề án).
        Scheme = "SCHEME",
        /// Standing directive (chỉ đạo).
        Directive = "DIRECTIVE",
    }
}

vocabulary! {
    /// Urgency of a task, the least urgent first.
    #[derive(Default)]
    pub enum TaskPriority {
        /// Less urgent than usual.
        Low = "LOW",
        /// Usual urgency.
        #[default]
        Normal = "NORMAL",
        /// More urgent than usual.
        High = "HIGH",
        /// Most urgent.
        Urgent = "URGENT",
    }
}

vocabulary! {
    /// Risk that the lead declares.
    #[derive(Default)]
    pub enum SelfDeclaredRisk {
        /// No concern.
        #[default]
        Low = "LOW",
        /// Some concern.
        Medium = "MEDIUM",
        /// High risk: the lead expects to miss the due date, and the task is at risk.
        High = "HIGH",
    }
}

vocabulary! {
    /// Reason why an open task that is not overdue is at risk.
    pub enum RiskReason {
        /// Blocker: the task is in the state BLOCKED, or one of its blockers is open.
        Blocked = "BLOCKED",
        /// Overdue predecessor: a task that must be finished first is overdue.
        PredecessorOverdue = "PREDECESSOR_OVERDUE",
        /// Slow progress: it is behind the expected progress by more than the rule TASK_AT_RISK_PROGRESS_GAP.
        BehindSchedule = "BEHIND_SCHEDULE",
        /// Missing reports: no report for longer than the rule TASK_AT_RISK_SILENCE, in reporting intervals.
        NoUpdate = "NO_UPDATE",
        /// High risk that the lead declared.
        SelfDeclaredHigh = "SELF_DECLARED_HIGH",
    }
}

vocabulary! {
    /// Kind of a blocker.
    pub enum BlockerKind {
        /// Missing rule, or rules that contradict each other.
        Legal = "LEGAL",
        /// Land that is not cleared.
        Land = "LAND",
        /// Missing funds.
        Funding = "FUNDING",
        /// Procedure or approval that takes long.
        Procedure = "PROCEDURE",
        /// Another organization that must act first.
        Coordination = "COORDINATION",
        /// Missing staff or equipment.
        Capacity = "CAPACITY",
        /// Other kind, explained in the description.
        Other = "OTHER",
    }
}

vocabulary! {
    /// Level that can resolve a blocker.
    pub enum BlockerLevel {
        /// Lead organization itself.
        Organization = "ORGANIZATION",
        /// City.
        City = "CITY",
        /// Central government.
        Central = "CENTRAL",
    }
}

vocabulary! {
    /// Level above the organizations that is asked for a decision.
    pub enum DecidingLevel {
        /// City.
        City = "CITY",
        /// Central government.
        Central = "CENTRAL",
    }
}

vocabulary! {
    /// Outcome of an extension request.
    pub enum ExtensionStatus {
        /// Pending: not decided yet.
        Pending = "PENDING",
        /// Approved: the due date changed.
        Approved = "APPROVED",
        /// Rejected: the due date did not change.
        Rejected = "REJECTED",
        /// Lapsed: the task ended before the decision.
        Lapsed = "LAPSED",
    }
}

vocabulary! {
    /// Kind of a relation between two tasks, read as `from KIND to`.
    pub enum RelationKind {
        /// Order in time: `to` must be finished before `from`.
        Follows = "FOLLOWS",
        /// Blocking: `from` must be finished before `to`.
        Blocks = "BLOCKS",
        /// Part and whole: `from` is a part of `to` and must be finished first.
        PartOf = "PART_OF",
        /// Requirement: `from` needs the result of `to`.
        Requires = "REQUIRES",
    }
}

impl TaskStatus {
    /// Whether the task is assigned and not yet finished.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Assigned | Self::Returned | Self::InProgress | Self::Blocked | Self::Submitted)
    }

    /// Whether the task is finished: completed, cancelled or superseded.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Superseded)
    }
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
        /// Project that the task serves; a task can be in several rows.
        Project = "PROJECT",
        /// Indicator that the task serves; a task can be in several rows.
        Indicator = "INDICATOR",
        /// Organization that had the task and passed it on, to another lead or back to the issuer who then chose another; a task can be
        /// in several rows.
        FormerLead = "FORMER_LEAD",
        /// Kind of the task.
        Kind = "KIND",
        /// Priority of the task.
        Priority = "PRIORITY",
        /// State of the task.
        Status = "STATUS",
    }
}
