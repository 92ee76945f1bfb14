//! A federation of four subgraphs, in process and over HTTP, and what clients see of it.

#![expect(
    clippy::unused_async,
    reason = "async-graphql resolvers are async whether they wait or not"
)]

mod accounts;
mod fixture;
mod inventory;
mod products;
mod reviews;

mod aliases;
mod compose_problems;
mod conditions;
mod cost;
mod entities;
mod errors;
mod explain;
mod http_surface;
mod introspection;
mod language;
mod limits;
mod mutations;
mod persisted_documents;
mod plans;
mod schema_check;
mod supergraph;
