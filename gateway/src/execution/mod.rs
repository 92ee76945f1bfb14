//! Query execution: runs plans, merges responses into one tree, and writes the answer.
//!
//! - [`engine`] takes a request through all steps;
//! - [`runner`] runs the fetches of a plan;
//! - [`representations`] collects entities and removes duplicates;
//! - [`reader`] and [`local_reader`] read responses into the [`tree`], and [`merge`] decides which objects they fill;
//! - [`failure`] converts errors to the paths that the client knows;
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

pub use self::engine::Engine;
pub(crate) use self::{runner::VariableValues, sizes::Sizes};
