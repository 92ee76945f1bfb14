//! Import of tasks with their history: each task as a sequence of versions, with its children.
//!
//! The import writes each version to the table, so that the triggers of the table write the history. It reads and locks
//! the stored tasks first ([`lock_heads`]). A task that somebody has changed since the last import has another version
//! and is skipped.

pub use service_kit::record::Meta;

pub use crate::model::{
    Blocker, BlockerKind, BlockerLevel, Evidence, ExtensionRequest, ExtensionStatus, Milestone, ProgressUpdate,
    RelationKind, SelfDeclaredRisk, TRANSITIONS, Task, TaskKind, TaskPriority, TaskRelation, TaskStatus,
    TaskTransition, Verb,
};
pub use crate::store::import::{TaskRows, lock_heads, write};
