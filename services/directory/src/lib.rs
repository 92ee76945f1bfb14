//! The directory: the reference data that every other service refers to.
//!
//! It owns organizations, areas and their succession, positions, officials and appointments, programmes and task groups,
//! bottlenecks, dated rules and the working-day calendar. Entities are keyed by a stable code and federated by it, so a
//! query may start at any of them.
//!
//! `model` holds the rows and what is asked of lists, `store` all the SQL, `graphql` the subgraph.

mod graphql;
pub mod import;
mod model;
mod store;

pub use graphql::{sdl, subgraph};
