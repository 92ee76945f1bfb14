//! What hangs on a task: milestones, reports, evidence, blockers, extension requests, relations and moves. Each is a row
//! that is read, written and shown whole.

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::vocabulary::{BlockerKind, BlockerLevel, ExtensionStatus, RelationKind, SelfDeclaredRisk, TaskStatus};

/// Intermediate goal of a task.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Milestone {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Title.
    pub title: String,
    #[graphql(skip)]
    pub due_on: NaiveDate,
    #[graphql(skip)]
    pub completed_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub created_by: String,
}

/// Report of the lead.
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
    /// Progress in percent, 0 to 100. A task at 100 is not completed by that.
    pub progress: i16,
    /// Risk that the lead declared with the report; null when nothing was said.
    pub self_declared_risk: Option<SelfDeclaredRisk>,
    /// Text of the report.
    pub note: Option<String>,
    /// Subject that reported.
    pub reported_by: String,
    /// Time at which it was true (RFC 3339).
    pub observed_at: DateTime<Utc>,
}

/// Evidence that work is done.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
pub struct Evidence {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Title.
    pub title: String,
    /// Address of the document: an absolute URL with the scheme http or https.
    pub uri: String,
    /// Subject that added it.
    pub added_by: String,
    /// Time when it was added (RFC 3339).
    pub added_at: DateTime<Utc>,
}

/// Obstacle of a task.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Blocker {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Kind of the obstacle.
    pub kind: BlockerKind,
    /// Level that can lift it.
    pub needs_level: BlockerLevel,
    /// Description.
    pub description: String,
    #[graphql(skip)]
    pub opened_by: String,
    /// Time when the blocker was opened (RFC 3339).
    pub opened_at: DateTime<Utc>,
    #[graphql(skip)]
    pub resolved_by: Option<String>,
    /// Time when the blocker was resolved (RFC 3339); null while it is open.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Way in which it was lifted.
    pub resolution: Option<String>,
}

/// Request for more time, the only way in which a due date moves.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct ExtensionRequest {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    #[graphql(skip)]
    pub requested_due: NaiveDate,
    /// Reason of the request.
    pub reason: String,
    /// Subject that asked.
    pub requested_by: String,
    /// Time of the request (RFC 3339).
    pub requested_at: DateTime<Utc>,
    /// Outcome.
    pub status: ExtensionStatus,
    #[graphql(skip)]
    pub previous_due: Option<NaiveDate>,
    #[graphql(skip)]
    pub decided_by: Option<String>,
    /// Time of the decision (RFC 3339); null while the request waits.
    pub decided_at: Option<DateTime<Utc>>,
    /// Words of the decision.
    pub decision: Option<String>,
}

/// Relation between two tasks; it reads `from KIND to`.
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

/// Move of the state machine.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct TaskTransition {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Name of the mutation that made the move.
    pub verb: String,
    /// State before the move; null for the creation.
    pub from_status: Option<TaskStatus>,
    /// State after the move.
    pub to_status: TaskStatus,
    #[graphql(skip)]
    pub from_lead: Option<String>,
    #[graphql(skip)]
    pub to_lead: Option<String>,
    /// Subject that made the move.
    pub by_subject: String,
    /// Reason of the move.
    pub reason: Option<String>,
    /// Document behind the move.
    pub document: Option<String>,
    /// Time of the move (RFC 3339).
    pub at: DateTime<Utc>,
}
