//! Values of fields: from a cell of a table or from JSON to the one canonical JSON value.

mod accepted;
mod cell;
mod json;
mod number;
mod text;
mod time;

pub use accepted::accepted;
pub(crate) use accepted::accepted_by;
pub(crate) use cell::{Cell, CellKind, with_comma};
pub(crate) use time::serial_of;

use crate::excerpt::excerpt;
use crate::fault::Fault;
use crate::field::{Field, Words};
use chrono_tz::Tz;
use serde_json::Value;
use serde_json::value::RawValue;

/// What a cell says to clear a value. An empty cell says nothing about the field.
pub const NULL: &str = "NULL";

/// Reads a cell; nothing when it is empty.
pub(crate) fn of_cell(field: &Field, cell: &Cell<'_>, zone: Tz) -> Result<Option<Value>, Fault> {
    cell::value(field, cell, zone)
}

/// Reads a JSON value.
pub(crate) fn of_json(field: &Field, raw: &RawValue, zone: Tz) -> Result<Value, Fault> {
    json::value(field, raw, zone).map_err(|fault| Fault { path: field.name.to_owned(), ..fault })
}

/// A value that does not have the form of its field: what was found, why it is refused, what is accepted.
fn refused(field: &Field, code: &'static str, found: &str, reason: Option<Words>) -> Fault {
    let accepted = accepted_by(field);
    let reason = reason
        .map_or(Words::new("", ""), |reason| Words::new(format!(" ({})", reason.en), format!(" ({})", reason.vi)));
    let found = excerpt(found);
    Fault::new(
        field.name,
        code,
        format!("found “{found}”{}; {}", reason.en, accepted.en),
        format!("có “{found}”{}; {}", reason.vi, accepted.vi),
    )
}
