//! What every service of the platform shares, in reading order:
//!
//! - [`problem`]: the one error that crosses a service's border, and its one mapping to a GraphQL error;
//! - [`principal`]: who asks, verified from a signed credential (`hs256`);
//! - [`scope`]: what a resolver knows of its request: principal, clock, city time;
//! - [`database`]: the pool and how a service waits for it;
//! - [`loader`]: batches the look-ups of one request, so that a page of N rows costs a constant number of statements;
//! - [`record`]: what every operational row carries, and how rows are read and written whole;
//! - [`input`], [`state`], [`write`]: verbs: their inputs, the table of a state machine, the locked edit;
//! - [`connection`], [`lists`]: Relay connections over keyset cursors, of one list or of many parents;
//! - [`scalar`], [`vocabulary`], [`filter`]: the types that every subgraph spells alike;
//! - [`measures`], [`stats`]: measures declared once; groups, spans, totals and comparison of every `…Stats` field;
//! - [`store`]: all the SQL of the above;
//! - [`subgraph`]: a service as the gateway sees it, in process or over HTTP; before it executes a request, `storable`
//!   refuses text that the database cannot store; `outage` repeats reads while the database restarts.
//!
//! Invariant: nothing here knows a service, a table or a measure by name, except what `directory` publishes for all.

pub mod connection;
pub mod database;
pub mod filter;
mod hs256;
pub mod input;
pub mod lists;
pub mod loader;
pub mod measures;
mod outage;
pub mod principal;
pub mod problem;
pub mod record;
pub mod scalar;
pub mod scope;
pub mod state;
pub mod stats;
mod storable;
pub mod store;
pub mod subgraph;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vocabulary;
pub mod write;

pub use database::Database;
pub use loader::{BatchSource, Loader};
pub use principal::{Authenticator, Principal, Role};
pub use problem::Problem;
pub use scope::{RequestScope, ScopeContext};
pub use store::page::{Page, PageArgs};
pub use subgraph::{ServiceContext, Subgraph};
