//! The domain without I/O: vocabularies, state machine, roles, the task and its children.

mod access;
mod actor;
pub mod children;
pub mod facts;
pub mod state;
pub mod task;
pub mod vocabulary;

pub use access::TASKS;
pub use actor::Actor;
pub use children::{
    Blocker, Evidence, ExtensionRequest, Milestone, ProgressUpdate, Reminder, TaskRelation, TaskTransition,
};
pub use facts::TaskFacts;
pub use state::{TRANSITIONS, Transition, Verb};
pub use task::Task;
pub use vocabulary::{
    BlockerKind, BlockerLevel, DecidingLevel, ExtensionStatus, RelationKind, RiskReason, SelfDeclaredRisk,
    TaskDimension, TaskKind, TaskPriority, TaskStatus,
};
