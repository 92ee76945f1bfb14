//! A row of a table: cells by column, values by field.

use crate::excerpt::excerpt;
use crate::fault::{Fault, code};
use crate::field::Field;
use crate::header::{Column, column_name};
use crate::reading::Required;
use crate::row::{Raw, Row};
use crate::value::{self, Cell, CellKind};
use crate::write::meant;
use chrono_tz::Tz;
use std::sync::Arc;

/// Reads the rows below a header.
pub(crate) struct CellReader<'a> {
    pub(crate) fields: &'a [Field],
    pub(crate) columns: Vec<Column>,
    pub(crate) zone: Tz,
    pub(crate) required: Required,
    /// Whether the file is one of failed rows that this crate wrote as CSV: cells that look like formulas are escaped.
    pub(crate) is_escaped: bool,
    /// Whether it is a CSV.
    pub(crate) is_csv: bool,
}

impl CellReader<'_> {
    /// Reads the row `number` on `line`, with the faults that are known already.
    pub(crate) fn read(&self, number: u64, line: u64, cells: &[Cell<'_>], faults: Vec<Fault>) -> Row {
        let (fields, columns) = (self.fields, &self.columns);
        let none: Arc<str> = "".into();
        let mut raw = Vec::with_capacity(cells.len());
        let mut row = Row { number, line, values: serde_json::Map::new(), faults, raw: Raw::Cells(Vec::new()) };
        let mut seen = vec![false; fields.len()];
        for (place, cell) in cells.iter().enumerate() {
            let is_text = self.is_escaped && cell.kind == CellKind::Text;
            let cell = &if is_text { Cell { text: meant(cell.text), ..*cell } } else { *cell };
            let field = columns.get(place).and_then(|column| column.field);
            let form = field.map(|index| fields[index].form);
            raw.push((columns.get(place).map_or(&none, |column| &column.header).clone(), cell.sent(form)));
            let Some(index) = field else { continue };
            match value::of_cell(&fields[index], cell, self.zone) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    seen[index] = true;
                    row.values.insert(fields[index].name.to_owned(), value);
                }
                Err(fault) => {
                    seen[index] = true;
                    row.refuse(fault);
                }
            }
        }
        raw.extend(columns.iter().skip(cells.len()).map(|column| (column.header.clone(), String::new())));
        row.raw = Raw::Cells(raw);
        let has_header = |place: usize| columns.get(place).is_some_and(|column| !column.header.is_empty());
        let mut places = cells.iter().enumerate();
        let extra = places.find(|(place, cell)| !has_header(*place) && !cell.text.trim().is_empty());
        if let Some((place, cell)) = extra {
            let (column, text) = (column_name(place), excerpt(cell.text));
            let (en, vi) = if self.is_csv {
                ("; quote cells that hold the separator", "; hãy đặt ô có dấu phân cách trong nháy kép")
            } else {
                ("", "")
            };
            row.refuse(Fault::new(
                "",
                code::EXTRA_CELLS,
                format!("found “{text}” in column {column}, which has no header; accepted: cells below a header, or below one that begins with # for remarks{en}"),
                format!("có “{text}” ở cột {column} không có tiêu đề; chấp nhận: ô dưới một tiêu đề, hoặc tiêu đề bắt đầu bằng # cho ghi chú{vi}"),
            ));
        }
        if self.required == Required::EveryRow {
            for (field, _) in fields.iter().zip(&seen).filter(|(field, seen)| field.required && !**seen) {
                row.refuse(Fault::required(field));
            }
        }
        row
    }
}
