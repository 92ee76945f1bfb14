//! The domain without input or output: states and who may move them, who is who on a task, what is measured.

pub mod actor;
pub mod state;
pub mod task;
pub mod vocabulary;

pub use actor::Actor;
pub use state::{TRANSITIONS, Transition, Verb};
pub use task::Head;
pub use vocabulary::{
    BlockerKind, BlockerLevel, ExtensionStatus, RelationKind, RiskReason, SelfDeclaredRisk, TaskKind, TaskPriority,
    TaskStatus,
};
