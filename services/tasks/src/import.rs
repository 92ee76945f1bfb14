//! Tasks with their past, as a loader hands them over: each task as the sequence of its versions, and what hangs on it.
//!
//! The history is written by replaying the versions on the table, so its own rules keep it. Stored heads are read and
//! locked first ([`lock_heads`]): a task that somebody has changed since is recognised by its version and left alone.

pub use service_kit::record::Meta;

pub use crate::model::{
    Blocker, BlockerKind, BlockerLevel, Evidence, ExtensionRequest, ExtensionStatus, Milestone, ProgressUpdate,
    RelationKind, SelfDeclaredRisk, TRANSITIONS, Task, TaskKind, TaskPriority, TaskRelation, TaskStatus,
    TaskTransition, Verb,
};
pub use crate::store::import::{lock_heads, write};

/// What one load writes. Children that are stored already are left alone, except that what was open may be closed.
#[derive(Debug, Clone, Default)]
pub struct TaskRows {
    /// New tasks in their first version.
    pub created: Vec<Task>,
    /// Later versions: in each round at most one of each task, the one after the round before.
    pub rounds: Vec<Vec<Task>>,
    pub transitions: Vec<TaskTransition>,
    pub milestones: Vec<Milestone>,
    pub updates: Vec<ProgressUpdate>,
    pub evidence: Vec<Evidence>,
    pub blockers: Vec<Blocker>,
    pub extensions: Vec<ExtensionRequest>,
    pub relations: Vec<TaskRelation>,
}
