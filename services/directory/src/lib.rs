//! The directory: the reference data that every other service refers to.
//!
//! It owns organizations, areas and their succession, positions, officials and appointments, programmes and task
//! groups, bottlenecks, dated rules and the working-day calendar. The key of each entity is a stable code, also in the
//! federation, so a query can start at any entity.
//!
//! `model` has the rows and the filters of lists, `store` all SQL, `graphql` the subgraph, `import` the import of
//! reference data.

mod graphql;
pub mod import;
mod model;
pub mod push;
mod store;

pub use graphql::{sdl, subgraph};
