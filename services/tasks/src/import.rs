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
pub use crate::store::import::{TaskRows, lock_heads, write};
