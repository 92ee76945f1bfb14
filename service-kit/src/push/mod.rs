//! Push: rows of other systems become records, in any order, any number of times.
//!
//! A service declares its kinds ([`PushKind`]). The state of a record is the fold of all its events in one order: the time
//! that a row states, the version that its source gives, and a digest of its content. So the same rows give the same state,
//! however they are split, repeated and reordered. [`engine`] takes files and batches, `store::push` applies them.

pub mod engine;
pub mod graphql;
pub mod http;
pub mod intake;
pub mod kind;
mod lanes;
pub mod layout;
pub mod receipts;
pub mod replace;
pub mod row;
mod session;
pub mod source;

pub use kind::{A_DAY_OF_WORK, Effect, Key, Parent, PushField, PushKind, Refusal};
pub use layout::Layout;
pub use row::{Counts, PushStatus, RowError, RowResult, Staged};
pub use source::is_source;
