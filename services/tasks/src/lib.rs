//! Tasks of the city: lead, due date, state, progress, risk.
//!
//! It owns tasks with their milestones, updates, evidence, blockers, reminders, extension requests and relations, and extends the
//! directory's organizations, areas, programmes, bottlenecks and officials, and projects, with lists and measures of tasks.
//!
//! In reading order: `model` (rows, state machine, roles; pure), `workflow` (mutations, one transaction each), `store`
//! (all SQL), `stats` (declarations of measures), `filter` (input of lists and measures), `graphql` (the subgraph; no
//! SQL), `import` (import of tasks with their history).
//!
//! Invariant: derived values of a task (overdue, at risk, clarity …) are defined once, in the SQL function
//! `tasks.facts_of`, and stored as days. Lists, fields, filters and measures compare these days with the day asked for.

mod filter;
mod graphql;
pub mod import;
mod model;
pub mod push;
mod stats;
mod store;
mod workflow;

pub use graphql::{sdl, subgraph};
pub use model::{Actor, TASKS, TRANSITIONS, TaskStatus, Transition, Verb};
pub use stats::published;
pub use store::facts::FACTS;
