//! The closed vocabularies of tasks. Each value has one spelling in the database and in the API.

use service_kit::vocabulary;

vocabulary! {
    /// State of a task. ASSIGNED, RETURNED, IN_PROGRESS, BLOCKED and SUBMITTED are the open states.
    pub enum TaskStatus {
        /// Being written; not yet given out, and in no measure.
        Draft = "DRAFT",
        /// Given to its lead.
        Assigned = "ASSIGNED",
        /// Sent back by the lead with a reason; the issuer assigns it anew.
        Returned = "RETURNED",
        /// Being worked on.
        InProgress = "IN_PROGRESS",
        /// Stopped by something that the lead cannot lift alone.
        Blocked = "BLOCKED",
        /// Handed in with evidence; awaits the approver.
        Submitted = "SUBMITTED",
        /// Accepted.
        Completed = "COMPLETED",
        /// Withdrawn by the issuer.
        Cancelled = "CANCELLED",
        /// Replaced by another document or task.
        Superseded = "SUPERSEDED",
    }
}

vocabulary! {
    /// Kind of a task.
    pub enum TaskKind {
        /// A task (nhiệm vụ).
        Task = "TASK",
        /// A scheme to be drawn up (đề án).
        Scheme = "SCHEME",
        /// A standing directive (chỉ đạo).
        Directive = "DIRECTIVE",
    }
}

vocabulary! {
    /// Urgency of a task, the least urgent first.
    pub enum TaskPriority {
        /// After everything else.
        Low = "LOW",
        /// In the usual order.
        Normal = "NORMAL",
        /// Before the usual.
        High = "HIGH",
        /// Before everything else.
        Urgent = "URGENT",
    }
}

vocabulary! {
    /// Risk that the lead declares.
    pub enum SelfDeclaredRisk {
        /// No concern.
        Low = "LOW",
        /// Some concern.
        Medium = "MEDIUM",
        /// The lead expects to miss the due date; the task is at risk.
        High = "HIGH",
    }
}

vocabulary! {
    /// Reason why an open task that is not overdue is at risk.
    pub enum RiskReason {
        /// The task is blocked, or a blocker of it is open.
        Blocked = "BLOCKED",
        /// A task that must be finished first is overdue.
        PredecessorOverdue = "PREDECESSOR_OVERDUE",
        /// Progress lags behind the time that has passed by more than the rule TASK_AT_RISK_PROGRESS_GAP.
        BehindSchedule = "BEHIND_SCHEDULE",
        /// Silent for longer than the rule TASK_AT_RISK_SILENCE, in reporting cadences.
        NoUpdate = "NO_UPDATE",
        /// The lead itself declares a high risk.
        SelfDeclaredHigh = "SELF_DECLARED_HIGH",
    }
}

vocabulary! {
    /// Kind of an obstacle.
    pub enum BlockerKind {
        /// A rule is missing or contradicts another.
        Legal = "LEGAL",
        /// Land is not cleared.
        Land = "LAND",
        /// Money is missing.
        Funding = "FUNDING",
        /// A procedure or an approval takes its time.
        Procedure = "PROCEDURE",
        /// Another body must act first.
        Coordination = "COORDINATION",
        /// People or means are missing.
        Capacity = "CAPACITY",
        /// Anything else; the description says what.
        Other = "OTHER",
    }
}

vocabulary! {
    /// Level that can lift a blocker.
    pub enum BlockerLevel {
        /// The lead organization itself.
        Organization = "ORGANIZATION",
        /// The city.
        City = "CITY",
        /// The central government.
        Central = "CENTRAL",
    }
}

vocabulary! {
    /// Outcome of a request for more time.
    pub enum ExtensionStatus {
        /// Not decided yet.
        Pending = "PENDING",
        /// Granted: the due date moved.
        Approved = "APPROVED",
        /// Refused: the due date stayed.
        Rejected = "REJECTED",
        /// Not decided before the task ended.
        Lapsed = "LAPSED",
    }
}

vocabulary! {
    /// Relation between two tasks; the sentence reads `from KIND to`.
    pub enum RelationKind {
        /// `to` must be finished before `from`.
        Follows = "FOLLOWS",
        /// `from` must be finished before `to`.
        Blocks = "BLOCKS",
        /// `from` is a part of `to`, and finished before the whole.
        PartOf = "PART_OF",
        /// `from` needs what `to` delivers.
        Requires = "REQUIRES",
    }
}

impl TaskStatus {
    /// Given out and not yet finished.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Assigned | Self::Returned | Self::InProgress | Self::Blocked | Self::Submitted)
    }

    /// Finished, one way or another.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Superseded)
    }
}
