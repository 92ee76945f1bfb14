//! Layouts: tables with columns of their own in which a kind is exchanged, beside the table of its fields.
//!
//! The reader types the cells by the columns of the layout, and the layout makes the kind's own row of them. From there on a
//! row is like any other, so order, parking, receipts and answers are the same.

use schema::clock::CityTime;
use tabular::{Field, Row};

use super::row::RowError;

/// Layout of a table of rows of a kind.
#[derive(Debug)]
pub struct Layout {
    /// Media type of the table, which is a CSV.
    pub media_type: &'static str,
    /// Versions that the parameter `version` of the media type may name; without the parameter the first is meant.
    pub versions: &'static [&'static str],
    /// Columns. A table without one that is required is refused, and so is a row without its value.
    pub columns: &'static [Field],
    /// Fields of the kind with the columns that they are from, for refusals that are found later.
    pub fields: &'static [(&'static str, &'static str)],
    /// Makes the row of the kind. A fault names a column.
    pub row: fn(Row, &Sender<'_>) -> Row,
}

/// Whose table it is.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// Source of the rows.
    pub source: &'a str,
    /// Where its days begin.
    pub city: CityTime,
}

impl Layout {
    /// Names the column of a refusal that names a field.
    pub(super) fn locate(&self, error: &mut RowError) {
        if let Some((_, column)) = self.fields.iter().find(|(field, _)| *field == error.path) {
            (*column).clone_into(&mut error.path);
        }
    }
}
