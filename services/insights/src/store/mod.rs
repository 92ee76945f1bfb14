//! All SQL of this service. Of other services it names only what they publish.

mod board;
pub mod briefing;
pub mod change;
mod subject;

pub use board::Boards;
