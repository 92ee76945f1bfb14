//! The platform's own records: API keys of systems, sources and receipts of pushes, and the audit trail.
//!
//! `model` has the rows and who sees them, `key` the text of a key, `chain` the hash chain of the audit trail and its
//! signed heads, `store` all SQL, `audit` the sealer and the verification, `keys` the verbs on keys, `retention` how long bodies of pushes are kept, `graphql` the
//! subgraph.

pub mod audit;
mod chain;
mod graphql;
mod key;
pub mod keys;
mod model;
pub mod retention;
pub mod sources;
mod store;

pub use chain::Heads;
pub use graphql::{sdl, subgraph};
pub use model::{AUDIT, ApiKey, KEYS, RECEIPTS, SOURCES};
