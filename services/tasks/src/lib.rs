//! Tasks: what the city has promised, who leads it, by when, and its state.
//!
//! It owns tasks with their milestones, updates, evidence, blockers, extension requests and relations, and extends the
//! directory's organizations, areas, programmes, bottlenecks and officials with lists and measures of tasks.
//!
//! In reading order: `model` (the rows, states, verbs, parts; pure), `workflow` (the verbs, one transaction each),
//! `store` (all the SQL), `stats` (what is measured), `graphql` (the subgraph; no SQL).
//!
//! Invariant: what is derived of a task (overdue, at risk, clarity …) is defined once, in the SQL function
//! `tasks.derived`; lists, fields, filters and measures read it from there.

mod graphql;
pub mod import;
mod model;
mod stats;
mod store;
mod workflow;

pub use graphql::{sdl, subgraph};
pub use model::{Actor, TRANSITIONS, TaskStatus, Transition, Verb};
pub use stats::published;
