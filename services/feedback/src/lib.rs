//! Citizen feedback: every case with a deadline, an owner and an honest figure.
//!
//! It owns the cases with their events, attachments and ratings, and the categories, and extends the directory's organizations,
//! areas, programmes, bottlenecks and officials and the projects with lists and measures of them. Who sent a case is in a table
//! of its own.
//!
//! In reading order: `model` (rows, state machine, rules of access; pure), `workflow` (mutations), `store` (all SQL), `stats`
//! (declarations of measures), `filter` (input of lists and measures), `graphql` (the subgraph; no SQL), `push` (kinds that
//! sources push), `open311` (`GeoReport` v2 over HTTP).
//!
//! Invariants: the log of a case is the only truth about its state; deadlines, terms, pauses and transfers are derived from it
//! (`feedback.facts_of`). Whether a case is late is a comparison of instants, so no job marks it.

mod filter;
mod graphql;
mod model;
pub mod open311;
pub mod push;
mod stats;
mod store;
mod workflow;

pub use graphql::{sdl, subgraph};
pub use model::{FEEDBACK, PERSONAL, TRANSITIONS, transition_table};
pub use stats::published;
pub use store::FACTS;
