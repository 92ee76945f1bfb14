//! Inputs that every service takes alike: the row that a verb changes, ids and texts.

use async_graphql::{ID, InputObject};
use schema::check_text;
use uuid::Uuid;

use crate::problem::Problem;

/// Most characters of a reason, note or description.
pub const LONG_TEXT_CHARS: usize = 4000;
/// Most characters of a title.
pub const TITLE_CHARS: usize = 500;
/// Most characters of an idempotency key.
const KEY_CHARS: usize = 200;

/// Row that a verb changes, as the caller saw it.
#[derive(InputObject, Debug, Clone)]
pub struct Target {
    /// Platform id of the row.
    pub id: ID,
    /// Version that the caller saw; a row that changed since is refused with `STALE_VERSION`.
    pub expected_version: i32,
    /// Key of the caller's choice, at most 200 characters: the same request with the same key is done once, and a
    /// repetition after a lost answer gives the row as it is now.
    pub idempotency_key: Option<String>,
}

impl Target {
    /// The id as a UUID.
    ///
    /// # Errors
    /// `VALIDATION` at `input.id`.
    pub fn uuid(&self) -> Result<Uuid, Problem> {
        parse_id(&self.id, "input.id")
    }
}

/// An id from the outside.
///
/// # Errors
/// `VALIDATION` when it is no UUID.
pub fn parse_id(id: &ID, path: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| Problem::validation(path, "this is no id; accepted: a UUID, as `id` of the object gives it"))
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

/// An idempotency key.
///
/// # Errors
/// As [`text`], when it is present.
pub fn idempotency_key(value: Option<&str>) -> Result<Option<String>, Problem> {
    optional_text(value, "input.idempotencyKey", KEY_CHARS)
}

/// The codes in the order of their first appearance: a set, as tables keep it.
pub fn distinct<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
