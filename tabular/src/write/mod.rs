//! Files for people: templates, failed rows with their reasons, exported tables. Also the JSON Schema of a kind of record.

mod failed;
mod schema;
mod sheet;
mod template;

pub use failed::{FailedRow, failed_rows};
pub use schema::json_schema;
pub use sheet::{Datum, Sheet, sheet_csv, workbook};
pub use template::{template_csv, template_xlsx};

use std::borrow::Cow;

/// Start of the name of the sheet that explains a template.
pub(crate) const GUIDE: &str = "Hướng dẫn";
/// Hidden sheet with the values of choices.
pub(crate) const LISTS: &str = "_lists";
/// Most characters of a cell of a spreadsheet.
const CELL_CHARS: usize = 32_767;

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written")]
pub struct WriteError(#[from] rust_xlsxwriter::XlsxError);

/// Characters with which a spreadsheet program takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that no spreadsheet program takes for a formula. What looks like it has an apostrophe more, also if it has one
/// already, so that [`meant`] gives the cell back.
fn neutral(cell: &str) -> Cow<'_, str> {
    if is_neutral(cell) { cell.into() } else { format!("'{cell}").into() }
}

fn is_neutral(cell: &str) -> bool {
    !cell.trim_start_matches('\'').starts_with(FORMULA)
}

/// The cell that [`neutral`] wrote.
pub(crate) fn meant(cell: &str) -> &str {
    if is_neutral(cell) { cell } else { cell.strip_prefix('\'').unwrap_or(cell) }
}

/// Adds a line to a CSV; cells that would be split or trimmed are quoted.
fn csv_line<'c>(file: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            file.push(',');
        }
        let quoted = cell.contains([',', ';', '\t', '|', '"', '\n', '\r']) || cell.trim() != cell;
        file.push_str(&if quoted { Cow::from(format!("\"{}\"", cell.replace('"', "\"\""))) } else { cell.into() });
    }
    file.push_str("\r\n");
}

/// The text that fits into a cell of a spreadsheet.
fn fitting(text: &str) -> String {
    text.chars().take(CELL_CHARS).collect()
}

/// Documents with the same content have the same bytes, so the date of creation is constant.
fn properties(title: &str) -> Result<rust_xlsxwriter::DocProperties, WriteError> {
    let created = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1)?;
    Ok(rust_xlsxwriter::DocProperties::new().set_title(title).set_creation_datetime(&created))
}
