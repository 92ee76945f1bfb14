//! A GraphQL federation gateway: it serves any Federation 2 supergraph over any mix of HTTP and in-process subgraphs.
//!
//! The crate knows nothing of the services behind it. Everything that it needs stands in the supergraph SDL: which
//! subgraph owns which field, and where each subgraph answers. A request goes through these modules, in this order:
//!
//! - [`server`] speaks HTTP: media types, health, request ids, limits on the body;
//! - [`document`] parses, validates and coerces what the client sent, and remembers the result for each text;
//! - [`planning`] turns an operation into an immutable plan with everything resolved to slot numbers;
//! - [`execution`] runs the plan: fetches, merges each response when it arrives, projects the answer in one pass;
//! - [`traffic`] holds requests and fetches apart, repeats, refuses and shares them;
//! - [`transport`] carries one fetch to one subgraph, over HTTP or inside the process.
//!
//! Beside that way stand [`reload`], which puts another supergraph in place, and [`telemetry`], which says what happens.
//!
//! [`compose`] makes a supergraph out of subgraph SDLs, [`schema_check`] compares two of them, and [`explanation`] says
//! what becomes of an operation.
//!
//! # Example
//!
//! ```no_run
//! use std::sync::Arc;
//! use gateway::{Gateway, GatewayConfig, server::{ServerOptions, router}};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let supergraph = std::fs::read_to_string("supergraph.graphql")?;
//! let gateway = Gateway::builder(supergraph)
//!     .config(GatewayConfig::default())
//!     .url("reviews", "http://127.0.0.1:4003/graphql") // overrides `@join__graph(url:)`
//!     .build()?;
//! let app = router(Arc::new(gateway), ServerOptions::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:4000").await?;
//! axum::serve(listener, app).await?;
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

pub mod compose;
pub mod config;
mod content_coding;
pub mod document;
pub mod error;
pub mod execution;
pub mod explanation;
mod gateway;
mod headers;
mod json;
pub mod planning;
pub mod reload;
pub mod request;
pub mod schema_check;
pub mod server;
pub mod supergraph;
pub mod telemetry;
pub mod traffic;
pub mod transport;

pub use crate::{
    config::GatewayConfig,
    error::{ErrorCode, GraphQlError},
    gateway::{BuildError, Gateway, GatewayBuilder, Readiness},
    request::{GraphQlRequest, GraphQlResponse},
};
