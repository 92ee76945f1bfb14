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
mod conditions;
mod entities;
mod errors;
mod http_surface;
mod introspection;
mod mutations;
mod plans;
mod supergraph;
