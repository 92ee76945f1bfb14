//! All SQL of this service. It names only what the other services publish, and its own tables.

pub mod alert;
mod board;
pub mod briefing;
pub mod change;
mod feeds;
pub mod nearby;
mod subject;

pub use board::{Asked, Boards};
pub use feeds::Feeds;
