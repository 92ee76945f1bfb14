//! Failed rows, as they were sent, with a column of reasons. The sender corrects and sends the same file; the reader
//! ignores the column.

use super::{WriteError, csv_line, fitting, neutral, properties};
use crate::field::Words;
use crate::fold::fold;
use crate::header::REASONS;
use crate::ndjson::read_members;
use crate::reading::Format;
use crate::row::Raw;
use rust_xlsxwriter::{Format as CellFormat, Workbook};
use serde_json::json;

/// Key of the reasons in NDJSON.
const REASONS_KEY: &str = "#errors";
/// Key of a line that is no object.
const LINE_KEY: &str = "#line";

/// A row that was not stored.
#[derive(Debug, Clone)]
pub struct FailedRow<'a> {
    /// The row as it was sent.
    pub raw: &'a Raw,
    /// Why it was not stored; of a fault of the reader [`crate::Fault::sentence`].
    pub reasons: Vec<Words>,
}

impl FailedRow<'_> {
    fn reason_text(&self) -> String {
        let reasons: Vec<String> = self.reasons.iter().map(|reason| format!("{} / {}", reason.vi, reason.en)).collect();
        reasons.join("\n")
    }

    /// Headers and cells without an older column of reasons.
    fn cells(&self) -> Vec<(&str, &str)> {
        match self.raw {
            Raw::Line(line) => vec![("", line)],
            Raw::Cells(cells) => {
                let cells = cells.iter().map(|(header, cell)| (header.as_ref(), cell.as_str()));
                cells.filter(|(header, _)| fold(header) != fold(REASONS)).collect()
            }
        }
    }
}

/// A file of the failed rows of one file, in its format, uncompressed and in UTF-8. The column of reasons comes first, so
/// that cells without a header stay behind the header. A spreadsheet program takes no cell of a CSV for a formula.
///
/// # Errors
///
/// A workbook with more than 1,048,575 rows cannot be written.
pub fn failed_rows(format: Format, rows: &[FailedRow<'_>]) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::Ndjson => Ok(rows.iter().map(json_line).collect::<String>().into_bytes()),
        Format::Csv => {
            let mut file = "\u{feff}".to_owned();
            let mut line = |cells: &mut dyn Iterator<Item = &str>| {
                let cells: Vec<_> = cells.map(neutral).collect();
                csv_line(&mut file, cells.iter().map(AsRef::as_ref));
            };
            line(&mut std::iter::once(REASONS).chain(header(rows)));
            for row in rows {
                let reason = row.reason_text();
                line(&mut std::iter::once(reason.as_str()).chain(row.cells().into_iter().map(|(_, cell)| cell)));
            }
            Ok(file.into_bytes())
        }
        Format::Xlsx => workbook(rows),
    }
}

fn header<'a>(rows: &'a [FailedRow<'_>]) -> impl Iterator<Item = &'a str> {
    let cells = rows.first().map(FailedRow::cells).unwrap_or_default();
    let stated = cells.iter().rposition(|(header, _)| !header.is_empty()).map_or(0, |last| last + 1);
    cells.into_iter().take(stated).map(|(header, _)| header)
}

fn json_line(row: &FailedRow<'_>) -> String {
    let reasons = json!(row.reasons).to_string();
    let text = match row.raw {
        Raw::Line(line) => line.clone(),
        Raw::Cells(cells) => cells
            .iter()
            .map(|(header, cell)| (header.to_string(), json!(cell)))
            .collect::<serde_json::Value>()
            .to_string(),
    };
    let members = match read_members(&text) {
        Ok(members) => {
            let kept = members.iter().filter(|(key, _)| key != REASONS_KEY);
            kept.fold(String::new(), |text, (key, value)| text + &format!("{}:{},", json!(key), value.get()))
        }
        Err(_) => format!("{}:{},", json!(LINE_KEY), json!(text)),
    };
    format!("{{{members}\"{REASONS_KEY}\":{reasons}}}\n")
}

fn workbook(rows: &[FailedRow<'_>]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(REASONS)?);
    let sheet = book.add_worksheet();
    let text = CellFormat::new().set_num_format("@");
    let bold = CellFormat::new().set_bold();
    sheet.set_freeze_panes(1, 1)?.set_column_width(0, 60)?;
    for (column, header) in (0_u16..).zip(std::iter::once(REASONS).chain(header(rows))) {
        sheet.write_string_with_format(0, column, fitting(header), &bold)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        let reason = row.reason_text();
        let cells = std::iter::once(reason.as_str()).chain(row.cells().into_iter().map(|(_, cell)| cell));
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(line, column, fitting(cell), &text)?;
        }
    }
    Ok(book.save_to_buffer()?)
}
