//! Children of a task: milestones, reports, evidence, blockers, reminders, extension requests, relations and transitions. Each
//! row is read, written and returned whole.

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_kit::dated::{Dated, DayEnd};
use sqlx::FromRow;
use uuid::Uuid;

use super::vocabulary::{BlockerKind, BlockerLevel, ExtensionStatus, RelationKind, SelfDeclaredRisk, TaskStatus};

/// Milestone of a task.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Milestone {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Title of the milestone.
    pub title: String,
    #[graphql(skip)]
    pub due_on: NaiveDate,
    #[graphql(skip)]
    pub completed_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub created_by: String,
}

/// Progress report of the lead.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
pub struct ProgressUpdate {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    #[graphql(skip)]
    pub source: String,
    #[graphql(skip)]
    pub external_id: Option<String>,
    /// Progress in percent, 0 to 100. A task with progress 100 is not completed.
    pub progress: i16,
    /// Risk that the lead declared in the report; null when the report declares none.
    pub self_declared_risk: Option<SelfDeclaredRisk>,
    /// Text of the report.
    pub note: Option<String>,
    /// Subject of the credential that sent the report.
    pub reported_by: String,
    /// Time from which the report was true (RFC 3339).
    pub observed_at: DateTime<Utc>,
}

/// Evidence that the work is done.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
pub struct Evidence {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Title of the document.
    pub title: String,
    /// Address of the document: an absolute URL with the scheme http or https.
    pub uri: String,
    /// Subject of the credential that added the evidence.
    pub added_by: String,
    /// Time when the evidence was added (RFC 3339).
    pub added_at: DateTime<Utc>,
}

/// Blocker of a task.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Blocker {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Kind of the blocker.
    pub kind: BlockerKind,
    /// Level that can resolve the blocker.
    pub needs_level: BlockerLevel,
    /// Description of the blocker.
    pub description: String,
    #[graphql(skip)]
    pub opened_by: String,
    /// Time when the blocker was opened (RFC 3339).
    pub opened_at: DateTime<Utc>,
    #[graphql(skip)]
    pub resolved_by: Option<String>,
    /// Time when the blocker was resolved (RFC 3339); null while it is open.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Description of how the blocker was resolved; null while it is open.
    pub resolution: Option<String>,
    /// Number and symbol of the document that asks the needed level for a decision; null without a request.
    pub request_document: Option<String>,
    #[graphql(skip)]
    pub requested_on: Option<NaiveDate>,
    /// Decision of the needed level; null until it is known.
    pub decision: Option<String>,
    /// Number and symbol of the document with the decision.
    pub decision_document: Option<String>,
    #[graphql(skip)]
    pub decided_on: Option<NaiveDate>,
}

/// Reminder (đôn đốc) to the lead of a task, with its answer.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Reminder {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    #[graphql(skip)]
    pub sent_on: NaiveDate,
    /// Number and symbol of the document that reminds; null when the reminder was sent without one.
    pub document: Option<String>,
    /// Text of the reminder.
    pub text: String,
    #[graphql(skip)]
    pub sender_organization_code: Option<String>,
    #[graphql(skip)]
    pub sender_position_code: Option<String>,
    #[graphql(skip)]
    pub answer_due: Option<NaiveDate>,
    #[graphql(skip)]
    pub answered_on: Option<NaiveDate>,
    /// Answer of the lead; null without one.
    pub answer: Option<String>,
    /// Subject of the credential that recorded the reminder.
    pub sent_by: String,
    #[graphql(skip)]
    pub answered_by: Option<String>,
}

/// Extension request: the only way to change a due date.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct ExtensionRequest {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    #[graphql(skip)]
    pub requested_due: NaiveDate,
    /// Reason for the request.
    pub reason: String,
    /// Subject of the credential that made the request.
    pub requested_by: String,
    /// Time of the request (RFC 3339).
    pub requested_at: DateTime<Utc>,
    /// Outcome of the request.
    pub status: ExtensionStatus,
    #[graphql(skip)]
    pub previous_due: Option<NaiveDate>,
    #[graphql(skip)]
    pub decided_by: Option<String>,
    /// Time of the decision (RFC 3339); null while the request is pending.
    pub decided_at: Option<DateTime<Utc>>,
    /// Explanation of the decision.
    pub decision: Option<String>,
}

/// Relation between two tasks, read as `from KIND to`.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct TaskRelation {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub from_task_id: Uuid,
    #[graphql(skip)]
    pub to_task_id: Uuid,
    /// Kind of the relation.
    pub kind: RelationKind,
    #[graphql(skip)]
    pub created_by: String,
    #[graphql(skip)]
    pub created_at: DateTime<Utc>,
}

/// Transition of the state machine.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct TaskTransition {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Name of the mutation that made the transition.
    pub verb: String,
    /// State before the transition; null for the creation.
    pub from_status: Option<TaskStatus>,
    /// State after the transition.
    pub to_status: TaskStatus,
    #[graphql(skip)]
    pub from_lead: Option<String>,
    #[graphql(skip)]
    pub to_lead: Option<String>,
    /// Subject of the credential that made the transition.
    pub by_subject: String,
    /// Reason for the transition.
    pub reason: Option<String>,
    /// Document that justifies the transition.
    pub document: Option<String>,
    /// Time of the transition (RFC 3339).
    pub at: DateTime<Utc>,
}

impl Dated for Milestone {
    // The day on which a milestone was set is not one of its columns.
    fn at(mut self, end: DayEnd) -> Option<Self> {
        self.completed_on.take_if(|day| *day > end.day);
        Some(self)
    }
}

impl Dated for ProgressUpdate {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.observed_at).then_some(self)
    }
}

impl Dated for Evidence {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.added_at).then_some(self)
    }
}

impl Dated for Blocker {
    fn at(mut self, end: DayEnd) -> Option<Self> {
        if self.resolved_at.take_if(|at| !end.has(*at)).is_some() {
            (self.resolved_by, self.resolution) = (None, None);
        }
        if self.requested_on.take_if(|day| *day > end.day).is_some() {
            self.request_document = None;
        }
        if self.decided_on.take_if(|day| *day > end.day).is_some() {
            (self.decision, self.decision_document) = (None, None);
        }
        end.has(self.opened_at).then_some(self)
    }
}

impl Dated for Reminder {
    fn at(mut self, end: DayEnd) -> Option<Self> {
        if self.answered_on.take_if(|day| *day > end.day).is_some() {
            (self.answer, self.answered_by) = (None, None);
        }
        (self.sent_on <= end.day).then_some(self)
    }
}

impl Dated for ExtensionRequest {
    fn at(mut self, end: DayEnd) -> Option<Self> {
        if self.decided_at.take_if(|at| !end.has(*at)).is_some() {
            self.status = ExtensionStatus::Pending;
            (self.previous_due, self.decided_by, self.decision) = (None, None, None);
        }
        end.has(self.requested_at).then_some(self)
    }
}

impl Dated for TaskRelation {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.created_at).then_some(self)
    }
}

impl Dated for TaskTransition {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.at).then_some(self)
    }
}
