//! A GraphQL federation gateway: it serves any Federation 2 supergraph over any mix of HTTP and in-process subgraphs.
//!
//! The crate does not depend on the services behind it. The supergraph SDL says everything that it needs: which
//! subgraph resolves which field, and the URL of each subgraph. A request passes through these modules in this order:
//!
//! - [`server`] handles HTTP: media types, health checks, request ids and limits on the request body;
//! - [`document`] parses and validates the client's document, coerces its variables, and caches the result by document
//!   text;
//! - [`planning`] turns an operation into an immutable plan in which every field is resolved to a slot number;
//! - [`execution`] runs the plan: it fetches, merges each response when it arrives, and writes the answer in one pass;
//! - [`traffic`] applies concurrency limits, timeouts, retries, circuit breakers and request coalescing;
//! - [`transport`] sends one fetch to one subgraph, over HTTP or inside the process.
//!
//! Two modules work outside this path: [`reload`] replaces the supergraph without a restart, and [`telemetry`] records
//! metrics and traces.
//!
//! [`compose`] composes subgraph SDLs into a supergraph SDL, [`schema_check`] compares two supergraphs, and
//! [`explanation`] describes how an operation is executed.
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
