//! All SQL of this service. It names only what the other services publish.

mod board;
pub mod nearby;
mod subject;

pub use board::{Asked, Boards};
