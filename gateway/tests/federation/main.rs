//! A federation of four subgraphs, in process and over HTTP, and what clients see of it.

#![expect(clippy::unused_async, reason = "async-graphql resolvers are async whether they wait or not")]

mod accounts;
mod endpoint;
mod fixture;
mod inventory;
mod products;
mod reviews;
mod unread_bodies;
mod upstream;

mod aliases;
mod browsers;
mod compose_features;
mod compose_oddities;
mod compose_problems;
mod conditions;
mod config_file;
mod connections;
mod cost;
mod entities;
mod errors;
mod explain;
mod faults;
mod graphql_over_http;
mod header_rules;
mod http_caps;
mod http_coding;
mod http_surface;
mod introspection;
mod language;
mod limits;
mod mutations;
mod persisted_documents;
mod plans;
mod reload;
mod schema_check;
mod supergraph;
mod telemetry;
mod traffic;
mod upstream_coding;
