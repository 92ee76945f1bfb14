//! The directory: the reference data that every other service hangs its own on.
//!
//! It owns organizations, areas and their succession, positions, officials and appointments, programmes and task groups,
//! bottlenecks, dated rules and the working-day calendar. All are keyed by a stable code and federated by it, so a view
//! may start at any of them.
//!
//! `model` holds the values, `store` all the SQL, `graphql` the subgraph.

mod graphql;
pub mod import;
mod model;
mod store;

pub use graphql::{sdl, subgraph};
