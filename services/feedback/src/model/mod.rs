//! The domain without I/O: vocabularies, rows, states, rules of access.

mod access;
mod actor;
mod category;
mod children;
#[cfg(test)]
mod columns;
mod feedback;
mod state;
mod vocabulary;

pub use access::{FEEDBACK, PERSONAL};
pub use actor::Actor;
pub use category::{Category, CategoryAttribute};
pub use children::{Attachment, Moderation, Pause, Rating, Sender, Step};
pub use feedback::{Feedback, FeedbackFacts};
pub use state::{TRANSITIONS, Verb, transition_table};
pub use vocabulary::{
    AttachmentRole, AttributeType, FeedbackChannel, FeedbackDimension, FeedbackKind, FeedbackLevel, FeedbackStatus,
    SenderKind,
};
