//! KPIs of the city: indicators, their targets, what was observed, and how far each is.
//!
//! It owns the catalogue of indicators, targets with their versions, and observations with their states and revisions, and
//! extends the directory's organizations, areas, programmes, bottlenecks and officials with lists of targets and measures.
//!
//! In reading order: `model` (rows, states, rules of access; pure), `workflow` (mutations), `store` (all SQL), `stats`
//! (declarations of measures), `filter` (input of lists and measures), `graphql` (the subgraph; no SQL), `push` (kinds that
//! sources push), `sdmx` (exchange with statistics offices).
//!
//! Invariants: the formulas are SQL functions in one migration (`0016_kpi_facts.sql`), used by writer, rebuild and verify alike;
//! a published value is never overwritten, a correction begins a new vintage; what cannot be said is null and has a reason.

mod filter;
mod graphql;
mod model;
pub mod push;
pub mod sdmx;
mod stats;
mod store;
mod workflow;

pub use graphql::{sdl, subgraph};
pub use model::{INDICATORS, KPIS, TRANSITIONS, transition_table};
pub use stats::published;
pub use store::FACTS;
