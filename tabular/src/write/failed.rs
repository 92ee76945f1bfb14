//! Failed rows, as they were sent, with a column of reasons. The sender corrects and sends the same file; the reader
//! ignores the column.

use super::{WriteError, csv_line, fitting, neutral, properties};
use crate::field::{Field, Form, Words};
use crate::fold::fold;
use crate::header::REASONS;
use crate::ndjson::read_members;
use crate::reading::Format;
use crate::row::Raw;
use crate::value::{NULL, with_comma};
use indexmap::IndexSet;
use rust_xlsxwriter::{Format as CellFormat, Workbook};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::borrow::Cow;

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
    fn cells(&self, fields: &[Field]) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        match self.raw {
            Raw::Line(line) => match read_members(line) {
                Ok(members) => {
                    let stated = members.into_iter().filter(|(key, _)| !key.starts_with('#'));
                    stated
                        .map(|(key, value)| {
                            let cell = of_json(fields, &key, value);
                            (key.into(), cell.into())
                        })
                        .collect()
                }
                Err(_) => vec![(LINE_KEY.into(), line.into())],
            },
            Raw::Cells(cells) => {
                let cells = cells.iter().map(|(header, cell)| (header.as_ref().into(), cell.as_str().into()));
                cells.filter(|(header, _): &(Cow<'_, str>, _)| fold(header) != fold(REASONS)).collect()
            }
        }
    }
}

/// A JSON value as a person would type it into a cell of the column.
fn of_json(fields: &[Field], name: &str, value: &RawValue) -> String {
    let form = fields.iter().find(|field| field.name == name).map(|field| field.form);
    let json = value.get();
    let text = match serde_json::from_str(json) {
        Ok(Value::Null) => NULL.to_owned(),
        Ok(Value::String(text)) => text,
        Ok(Value::Array(list)) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        _ => json.to_owned(),
    };
    if matches!(form, Some(Form::Decimal(..) | Form::Integer(..))) { with_comma(&text) } else { text }
}

/// The header and the cells of each row. Rows that were no table get the columns of the kind that they state or must state, then
/// those that the kind does not know.
fn table(fields: &[Field], rows: &[FailedRow<'_>]) -> (Vec<String>, Vec<Vec<String>>) {
    let cells: Vec<_> = rows.iter().map(|row| row.cells(fields)).collect();
    if rows.iter().all(|row| matches!(row.raw, Raw::Cells(_))) {
        let first = cells.first().map(Vec::as_slice).unwrap_or_default();
        let stated = first.iter().rposition(|(header, _)| !header.is_empty()).map_or(0, |last| last + 1);
        let header = first.iter().take(stated).map(|(header, _)| header.to_string()).collect();
        let texts = cells.into_iter().map(|row| row.into_iter().map(|(_, cell)| cell.into_owned()).collect());
        return (header, texts.collect());
    }
    let stated: IndexSet<&str> = cells.iter().flatten().map(|(header, _)| header.as_ref()).collect();
    let known = fields.iter().filter(|field| field.required || stated.contains(field.name)).map(|field| field.name);
    let header: IndexSet<&str> = known.chain(stated.iter().copied()).collect();
    let texts = cells.iter().map(|row| {
        // Of a key that stands twice the last value counts for most readers of JSON.
        let cell = |name: &&str| row.iter().rev().find(|(header, _)| header == name).map(|(_, cell)| cell.to_string());
        header.iter().map(|name| cell(name).unwrap_or_default()).collect()
    });
    let texts = texts.collect();
    (header.into_iter().map(str::to_owned).collect(), texts)
}

/// A file of the failed rows of one file of a kind with these fields, uncompressed and in UTF-8. The column of reasons comes
/// first, so that cells without a header stay behind the header. A spreadsheet program takes no cell of a CSV for a formula.
///
/// # Errors
///
/// A workbook with more than 1,048,575 rows cannot be written.
pub fn failed_rows(format: Format, fields: &[Field], rows: &[FailedRow<'_>]) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::Ndjson => Ok(rows.iter().map(json_line).collect::<String>().into_bytes()),
        Format::Csv => {
            let mut file = "\u{feff}".to_owned();
            let mut line = |first: &str, cells: &[String]| {
                let cells: Vec<_> =
                    std::iter::once(first).chain(cells.iter().map(String::as_str)).map(neutral).collect();
                csv_line(&mut file, cells.iter().map(AsRef::as_ref));
            };
            let (header, cells) = table(fields, rows);
            line(REASONS, &header);
            for (row, cells) in rows.iter().zip(&cells) {
                line(&row.reason_text(), cells);
            }
            Ok(file.into_bytes())
        }
        Format::Xlsx => workbook(fields, rows),
    }
}

fn json_line(row: &FailedRow<'_>) -> String {
    let reasons = json!(row.reasons).to_string();
    let text = match row.raw {
        Raw::Line(line) => line.clone(),
        Raw::Cells(cells) => {
            cells.iter().map(|(header, cell)| (header.to_string(), json!(cell))).collect::<Value>().to_string()
        }
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

fn workbook(fields: &[Field], rows: &[FailedRow<'_>]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(REASONS)?);
    let sheet = book.add_worksheet();
    let text = CellFormat::new().set_num_format("@");
    let bold = CellFormat::new().set_bold();
    sheet.set_freeze_panes(1, 1)?.set_column_width(0, 60)?;
    let (header, cells) = table(fields, rows);
    for (column, header) in (0_u16..).zip(std::iter::once(REASONS).chain(header.iter().map(String::as_str))) {
        sheet.write_string_with_format(0, column, fitting(header), &bold)?;
    }
    for (line, (row, cells)) in (1_u32..).zip(rows.iter().zip(&cells)) {
        let reason = row.reason_text();
        let cells = std::iter::once(reason.as_str()).chain(cells.iter().map(String::as_str));
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string_with_format(line, column, fitting(cell), &text)?;
        }
    }
    Ok(book.save_to_buffer()?)
}
