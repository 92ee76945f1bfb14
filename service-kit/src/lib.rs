//! Shared code of the services, in reading order:
//!
//! - [`problem`]: the error type of services, and its conversion to a GraphQL error;
//! - [`principal`]: authentication of the caller by a signed credential (`jwt`);
//! - [`access`]: which role reads which rows, and what is public of the aggregates;
//! - [`scope`]: context of a request: principal, time, time zone;
//! - [`deadline`], [`budget`]: how long a request may take, and how much work it may cause;
//! - [`database`], [`reader`]: connection pool, and the reads of one request;
//! - [`loader`]: batching of look-ups, so that a page of N rows costs a constant number of statements;
//! - [`record`]: operational rows, read and written whole, and their common columns;
//! - [`input`], [`state`], [`write`]: mutations: inputs, state machines, transactions, idempotency;
//! - [`push`]: kinds of records that sources push, and the engine that applies their rows;
//! - [`connection`], [`lists`]: Relay connections with keyset pagination, of one list or of many parents;
//! - [`dated`]: children of a record at a past day;
//! - [`scalar`], [`vocabulary`], [`filter`]: GraphQL types that all subgraphs share;
//! - [`measures`], [`stats`]: declarations of measures; grouping, time buckets, totals and comparison of `…Stats`
//!   fields;
//! - [`store`]: all SQL of this crate;
//! - [`subgraph`]: executes requests of the gateway, in process or over HTTP; `storable` rejects text that the database
//!   cannot store; `outage` retries reads while the database restarts.
//!
//! Invariant: this crate names no service, table or measure, except what `directory` publishes for all.

pub mod access;
pub mod budget;
pub mod connection;
pub mod database;
pub mod dated;
pub mod deadline;
pub mod drill_down;
mod estimates;
pub mod filter;
pub mod input;
pub mod jwt;
pub mod lists;
pub mod loader;
pub mod measures;
mod outage;
pub mod principal;
pub mod problem;
pub mod push;
pub mod question;
pub mod reader;
pub mod record;
pub mod scalar;
pub mod scope;
pub mod state;
pub mod statistics;
pub mod stats;
mod storable;
pub mod store;
pub mod subgraph;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vocabulary;
pub mod write;

pub use budget::Budget;
pub use database::Database;
pub use deadline::Deadline;
pub use loader::{BatchSource, Loader};
pub use principal::{Authenticator, Principal, Role};
pub use problem::Problem;
pub use reader::Reader;
pub use scope::{RequestScope, ScopeContext};
pub use store::page::{Page, PageArgs};
pub use subgraph::{ServiceContext, Subgraph};
