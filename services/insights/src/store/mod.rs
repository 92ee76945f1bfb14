//! All SQL of this service. It names only what the other services publish.

mod board;
mod subject;

pub use board::Boards;
