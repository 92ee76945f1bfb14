//! Query execution: runs plans, merges responses into one tree, and writes the answer.
//!
//! - [`engine`] takes a request through all steps;
//! - [`runner`] follows the plan;
//! - [`representations`] collects entities, each distinct one once;
//! - [`reader`] and [`local_reader`] read responses into the [`tree`], [`merge`] says where to;
//! - [`unanswered`] finds what a subgraph left out;
//! - [`failure`] gives errors the paths that the client knows;
//! - [`projector`] writes the answer;
//! - [`sizes`] remembers buffer sizes, to allocate them in advance.

mod engine;
mod failure;
mod local_reader;
mod merge;
mod projector;
mod reader;
mod representations;
mod response;
mod runner;
mod sizes;
mod tree;
mod unanswered;

pub use self::engine::Engine;
pub(crate) use self::{runner::VariableValues, sizes::Sizes};
