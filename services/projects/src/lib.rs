//! Projects of the city: catalogue, money, contracts, and land clearance.
//!
//! It owns projects with their capital plans, payments, contracts and assessments, and sites with their parcels, parties,
//! rights, compensation and milestones, and extends the directory's organizations, areas, programmes, bottlenecks and
//! officials with lists and measures of both.
//!
//! In reading order: `model` (rows, states, rules of access; pure), `workflow` (mutations), `store` (all SQL), `stats`
//! (declarations of measures), `filter` (input of lists and measures), `graphql` (the subgraph; no SQL), `push` (kinds that
//! sources push), `oc4ids` (export).
//!
//! Invariants: a stage of clearance is never stored, it is derived from dated milestones (`projects.parcel_facts_of`); what
//! breaks a rule of the law is defined once (`projects.violations_of`), refused in a mutation and reported when it was pushed.

mod filter;
mod graphql;
mod model;
pub mod oc4ids;
pub mod push;
mod stats;
mod store;
mod workflow;

pub use graphql::{sdl, subgraph};
pub use model::{CLEARANCE, PERSONAL, PROJECTS, STEPS, Step, step_table};
pub use stats::published;
pub use store::FACTS;
