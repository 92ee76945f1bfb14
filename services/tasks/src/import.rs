//! Import of tasks with their history: each task as a sequence of versions, with its children.
//!
//! A new task is written once in its last version, with the events of all its versions. A stored task gets its later
//! versions one by one, and the triggers of the table write the history. Both give the same rows. The import reads and
//! locks the stored tasks first ([`lock_heads`]). A task that somebody has changed since the last import has another version
//! and is skipped.

pub use service_kit::record::Meta;

pub use crate::model::{
    Blocker, BlockerKind, BlockerLevel, Evidence, ExtensionRequest, ExtensionStatus, Milestone, ProgressUpdate,
    RelationKind, Reminder, SelfDeclaredRisk, TRANSITIONS, Task, TaskKind, TaskPriority, TaskRelation, TaskStatus,
    TaskTransition, Verb,
};
pub use crate::store::import::{TaskRows, finish, lock_heads, write};
