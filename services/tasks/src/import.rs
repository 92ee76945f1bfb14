//! Tasks with their past, as a loader hands them over: each task as the sequence of its versions, and what hangs on it.
//!
//! The history is written by replaying the versions on the head, so the table's own rules keep it. Stored heads are read
//! and locked first ([`lock_heads`]): a task that somebody has changed since is recognised by its version and left alone.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

pub use crate::model::{
    BlockerKind, BlockerLevel, ExtensionStatus, RelationKind, SelfDeclaredRisk, TRANSITIONS, TaskKind, TaskPriority,
    TaskStatus, Verb,
};
pub use crate::store::import::{lock_heads, write};

/// Where a stored task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredHead {
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

/// What one load writes. Children that are stored already are left alone, except that what was open may be closed.
#[derive(Debug, Clone, Default)]
pub struct TaskRows {
    /// New tasks in their first version.
    pub created: Vec<TaskVersion>,
    /// Later versions: in each round at most one of each task, the one after the round before.
    pub rounds: Vec<Vec<TaskVersion>>,
    pub transitions: Vec<TransitionRow>,
    pub milestones: Vec<MilestoneRow>,
    pub updates: Vec<UpdateRow>,
    pub evidence: Vec<EvidenceRow>,
    pub blockers: Vec<BlockerRow>,
    pub extensions: Vec<ExtensionRow>,
    pub relations: Vec<RelationRow>,
}

/// A task in one of its versions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskVersion {
    pub id: Uuid,
    pub source: String,
    pub external_id: String,
    pub code: String,
    pub title: String,
    pub action: Option<String>,
    pub kind: TaskKind,
    pub status: TaskStatus,
    pub programme_codes: Vec<String>,
    pub group_code: Option<String>,
    pub issuer_organization_code: Option<String>,
    pub lead_organization_code: Option<String>,
    pub lead_role: Option<String>,
    pub coordinating_organization_codes: Vec<String>,
    pub accountable_position_code: Option<String>,
    pub approver_position_code: Option<String>,
    pub legal_basis: Option<String>,
    pub deliverable: Option<String>,
    pub acceptance_criteria: Option<String>,
    pub start_on: Option<NaiveDate>,
    pub baseline_due: Option<NaiveDate>,
    pub current_due: Option<NaiveDate>,
    pub progress: i16,
    pub self_declared_risk: SelfDeclaredRisk,
    pub bottlenecks: Vec<String>,
    pub area_codes: Vec<String>,
    pub priority: TaskPriority,
    pub reporting_cadence_days: i16,
    pub last_update_on: Option<NaiveDate>,
    pub submitted_on: Option<NaiveDate>,
    pub submitted_by: Option<String>,
    pub closed_on: Option<NaiveDate>,
    pub extension_count: i32,
    pub returned_count: i32,
    pub recorded_by: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransitionRow {
    pub id: Uuid,
    pub task_id: Uuid,
    /// The verb's mutation, or `createTask`.
    pub verb: &'static str,
    pub from_status: Option<TaskStatus>,
    pub to_status: TaskStatus,
    pub by_subject: String,
    pub reason: Option<String>,
    pub document: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MilestoneRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub title: String,
    pub due_on: NaiveDate,
    pub completed_on: Option<NaiveDate>,
    pub created_by: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub source: String,
    pub external_id: String,
    pub progress: i16,
    pub self_declared_risk: SelfDeclaredRisk,
    pub note: String,
    pub reported_by: String,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub title: String,
    pub uri: String,
    pub added_by: String,
    pub added_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockerRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub kind: BlockerKind,
    pub needs_level: BlockerLevel,
    pub description: String,
    pub opened_by: String,
    pub opened_at: DateTime<Utc>,
    pub resolved_by: Option<String>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolution: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExtensionRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub requested_due: NaiveDate,
    pub reason: String,
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    pub status: ExtensionStatus,
    pub previous_due: Option<NaiveDate>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelationRow {
    pub id: Uuid,
    pub from_task_id: Uuid,
    pub to_task_id: Uuid,
    pub kind: RelationKind,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}
