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
pub mod replace;
pub mod row;
mod session;

pub use kind::{Effect, Key, Parent, PushField, PushKind, Refusal};
pub use row::{Counts, PushStatus, RowError, RowResult, Staged};

/// Whether a text can name a source.
pub fn is_source(text: &str) -> bool {
    let is_plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let may_follow = |letter: &u8| is_plain(*letter) || matches!(letter, b'.' | b'_' | b'-');
    text.len() <= 64
        && text.as_bytes().first().is_some_and(|first| is_plain(*first))
        && text.as_bytes().iter().all(may_follow)
}
