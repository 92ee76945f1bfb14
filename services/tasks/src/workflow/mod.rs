//! The verbs: who may, from which state, with which input, in one transaction each.
//!
//! Every verb on a stored task runs the same way (`Edit`): lock the head, refuse a stale version, refuse the wrong
//! caller, refuse the wrong state, change head and children, save the head as its next version, commit. A problem at
//! any step leaves nothing behind.

mod edit;
mod extension;
mod progress;
mod relation;
mod transition;
mod write_up;

use async_graphql::ID;
use schema::check_text;
use service_kit::{Problem, RequestScope};
use sqlx::PgPool;
use uuid::Uuid;

pub use extension::{decide_extension, request_extension};
pub use progress::{
    NewBlocker, NewEvidence, Report, add_evidence, add_milestone, complete_milestone, open_blocker, report_progress,
    resolve_blocker,
};
pub use relation::{relate, unrelate};
pub use transition::{Assignment, accept, assign, block, close, move_with_reason, reassign, start, submit, unblock};
pub use write_up::{Change, NewTask, Rewrite, create, rewrite};

/// The longest reason, note or description.
pub const LONG_TEXT_CHARS: usize = 4000;
/// The longest title.
pub const TITLE_CHARS: usize = 500;

/// The task that a verb changes, and the version that its caller saw.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The task.
    pub id: Uuid,
    /// The version on which the caller decided.
    pub expected_version: i32,
}

/// Where a verb runs.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The database.
    pub pool: &'a PgPool,
    /// Who asks, and when.
    pub scope: &'a RequestScope,
}

/// An id from the outside.
///
/// # Errors
/// `VALIDATION` when it is no UUID.
pub fn parse_id(id: &ID, path: &str) -> Result<Uuid, Problem> {
    id.parse()
        .map_err(|_| Problem::validation(path, "this is no id; accepted: a UUID, as `id` of the object gives it"))
}

/// A text from the outside, trimmed and checked.
///
/// # Errors
/// `VALIDATION` when it is blank, too long or holds control characters.
pub fn text(value: &str, path: &str, max_chars: usize) -> Result<String, Problem> {
    check_text(value, path, max_chars).map_err(|error| Problem::validation(path, error.to_string()))
}

/// A text that may be absent.
///
/// # Errors
/// As [`text`], when it is present.
pub fn optional_text(value: Option<&str>, path: &str, max_chars: usize) -> Result<Option<String>, Problem> {
    value.map(|value| text(value, path, max_chars)).transpose()
}
