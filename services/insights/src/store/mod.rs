//! All SQL of this service. It names only what the other services publish, and its own tables.

pub mod alert;
mod board;
mod subject;

pub use board::Boards;
