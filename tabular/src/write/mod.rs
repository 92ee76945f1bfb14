//! Files for people: templates, and failed rows with their reasons. Also the JSON Schema of a kind of record.

mod failed;
mod schema;
mod template;

pub use failed::{FailedRow, failed_rows};
pub use schema::json_schema;
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
