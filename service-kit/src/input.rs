//! Common parts of mutation inputs: the target row, ids, texts, idempotency keys.

use async_graphql::{ID, InputObject};
use schema::check_text;
use uuid::Uuid;

use crate::problem::Problem;

/// Maximum length of a reason, note or description, in characters.
pub const LONG_TEXT_CHARS: usize = 4000;
/// Maximum length of a title, in characters.
pub const TITLE_CHARS: usize = 500;
/// Maximum length of an idempotency key, in characters.
const KEY_CHARS: usize = 200;

/// Target row of a mutation, in the version that the caller read.
#[derive(InputObject, Debug, Clone)]
pub struct Target {
    /// Platform id of the row.
    pub id: ID,
    /// Version that the caller read. If the row has changed since, the mutation fails with `STALE_VERSION`.
    pub expected_version: i32,
    /// Idempotency key that the caller chooses, at most 200 characters. A request with the same key is executed once; a
    /// repetition returns the row as it is now.
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

/// Parses an id from a client.
///
/// # Errors
/// `VALIDATION` when it is not a UUID.
pub fn parse_id(id: &ID, path: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| Problem::validation(path, "this is no id; accepted: a UUID, as `id` of the object gives it"))
}

/// Trims and checks a text from a client.
///
/// # Errors
/// `VALIDATION` when it is blank, too long or holds control characters.
pub fn text(value: &str, path: &str, max_chars: usize) -> Result<String, Problem> {
    check_text(value, path, max_chars).map_err(|error| Problem::validation(path, error.to_string()))
}

/// Checks an optional text.
///
/// # Errors
/// As [`text`], when it is present.
pub fn optional_text(value: Option<&str>, path: &str, max_chars: usize) -> Result<Option<String>, Problem> {
    value.map(|value| text(value, path, max_chars)).transpose()
}

/// Checks an optional idempotency key.
///
/// # Errors
/// As [`text`], when it is present.
pub fn idempotency_key(value: Option<&str>) -> Result<Option<String>, Problem> {
    optional_text(value, "input.idempotencyKey", KEY_CHARS)
}

/// Removes duplicates and keeps the order of the first occurrences.
pub fn distinct<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
