//! Rows of a table (CSV or XLSX): finds the header, then reads cells by field.

use crate::bytes::font_fault;
use crate::cells::CellReader;
use crate::doubt::Doubts;
use crate::excerpt::{excerpt, names};
use crate::fault::{Fault, FileFault, ReadError, code};
use crate::field::{Field, Form, Words};
use crate::header::{Headers, is_reasons, is_silent};
use crate::limits::Limits;
use crate::reading::{Format, Reading, Required};
use crate::row::{Sink, deliver};
use crate::value::{Cell, CellKind};
use chrono_tz::Tz;
use serde_json::Value;
use std::collections::BTreeMap;

/// Lines that are searched for the header.
pub(crate) const HEADER_LINES: u64 = 20;
/// Cells, and characters of each, that are kept of a row before the header.
const SAMPLE: (usize, usize) = (50, 200);

/// Reads the rows of a table.
pub(crate) struct Table<'a> {
    fields: &'a [Field],
    headers: Headers<'a>,
    zone: Tz,
    required: Required,
    limits: Limits,
    state: State<'a>,
    pub(crate) rows: u64,
    empty_rows: u64,
    /// Line of the last row.
    last_line: u64,
    /// Of each field, the plain numbers that were read as days.
    serials: BTreeMap<usize, Serials>,
    doubts: Doubts,
    pub(crate) notes: Vec<Words>,
    is_csv: bool,
}

enum State<'a> {
    /// Rows before the header. `single` is the place of a row that is one known header alone: the header of a table of
    /// one column, unless a real header follows.
    Seeking {
        rows: Vec<Held>,
        single: Option<usize>,
    },
    Reading(CellReader<'a>),
}

/// Plain numbers of a workbook that were read as days.
struct Serials {
    count: u64,
    /// The first one: its line, what the cell says and how it was read.
    first: (u64, String, String),
}

/// A row held back until the header is found.
struct Held {
    line: u64,
    cells: Vec<(String, CellKind)>,
    from_1904: bool,
    faults: Vec<Fault>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(fields: &'a [Field], reading: &Reading) -> Self {
        Self {
            fields,
            headers: Headers::new(fields),
            zone: reading.zone,
            required: reading.required,
            limits: reading.limits,
            state: State::Seeking { rows: Vec::new(), single: None },
            rows: 0,
            empty_rows: 0,
            last_line: 0,
            serials: BTreeMap::new(),
            doubts: Doubts::default(),
            notes: Vec::new(),
            is_csv: reading.format == Format::Csv,
        }
    }

    /// Bytes of the rows that are held back.
    pub(crate) fn buffered(&self) -> usize {
        let State::Seeking { rows, .. } = &self.state else { return 0 };
        rows.iter().flat_map(|row| &row.cells).map(|(text, _)| text.capacity() + size_of::<String>()).sum()
    }

    /// How many cells are headers of fields.
    pub(crate) fn known_headers<'t>(&self, cells: impl Iterator<Item = &'t str>) -> usize {
        cells.filter(|cell| self.headers.field(cell).is_some()).count()
    }

    /// Reads a row, with the faults that are known already.
    pub(crate) fn row(
        &mut self,
        line: u64,
        cells: &[Cell<'_>],
        faults: Vec<Fault>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        if cells.iter().all(|cell| cell.kind == CellKind::Text && cell.text.trim().is_empty()) && faults.is_empty() {
            self.empty_rows += 1;
            return Ok(());
        }
        if let State::Reading(reader) = &self.state {
            self.rows += 1;
            if !self.is_csv {
                // A workbook has no cells for an empty row.
                self.empty_rows += line.saturating_sub(self.last_line + 1);
                self.last_line = line;
            }
            let row = reader.read(self.rows, line, cells, faults);
            for (cell, column) in cells.iter().zip(&reader.columns).filter(|(cell, _)| cell.kind == CellKind::Number) {
                let Some(index) = column.field else { continue };
                if !matches!(self.fields[index].form, Form::Date | Form::DateTime) {
                    continue;
                }
                let Some(Value::String(read)) = row.values.get(self.fields[index].name) else { continue };
                let first = || Serials { count: 0, first: (line, cell.text.to_owned(), read.clone()) };
                self.serials.entry(index).or_insert_with(first).count += 1;
            }
            self.doubts.see(&row, self.fields);
            return deliver(row, sink);
        }
        if line > HEADER_LINES {
            self.settle(sink)?;
            return self.row(line, cells, faults, sink);
        }
        let known = self.known_headers(cells.iter().map(|cell| cell.text));
        let State::Seeking { rows, single } = &mut self.state else { return Ok(()) };
        let stated = cells.iter().filter(|cell| !is_silent(cell.text)).count();
        if known == 1 && stated == 1 && single.is_none() {
            *single = Some(rows.len());
        }
        // Rows before any header are only shown in messages.
        let (most_cells, most_chars) = if known >= 2 || single.is_some() { (usize::MAX, usize::MAX) } else { SAMPLE };
        let text = |cell: &Cell<'_>| cell.text.chars().take(most_chars).collect::<String>();
        let cells_held = cells.iter().take(most_cells).map(|cell| (text(cell), cell.kind)).collect();
        let from_1904 = cells.first().is_some_and(|cell| cell.from_1904);
        rows.push(Held { line, cells: cells_held, from_1904, faults });
        if known >= 2 {
            let at = rows.len() - 1;
            return self.start(at, sink);
        }
        Ok(())
    }

    /// Ends the table.
    pub(crate) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        self.settle(sink)?;
        if self.empty_rows > 0 {
            let count = self.empty_rows;
            self.notes.push(Words::new(format!("skipped {count} empty rows"), format!("bỏ qua {count} dòng trống")));
        }
        for (index, Serials { count, first: (line, text, read) }) in &self.serials {
            let header = self.fields[*index].header;
            self.notes.push(Words::new(
                format!("“{header}”: plain numbers that were read as days: {count}, the first on line {line}: {text} is {read}"),
                format!("“{header}”: số thường được đọc là ngày: {count}, số đầu tiên ở dòng {line}: {text} là {read}"),
            ));
        }
        self.notes.extend(self.doubts.note());
        if self.rows == 0 {
            self.notes
                .push(Words::new("found no rows below the header", "không có dòng dữ liệu nào dưới dòng tiêu đề"));
        }
        Ok(())
    }

    /// Takes the only known header, or refuses the file.
    fn settle(&mut self, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        match &self.state {
            State::Reading(_) => Ok(()),
            State::Seeking { single: Some(at), .. } => {
                let at = *at;
                self.start(at, sink)
            }
            State::Seeking { rows, single: None } => Err(self.no_header(rows).into()),
        }
    }

    fn start(&mut self, at: usize, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let State::Seeking { rows, .. } = &mut self.state else { return Ok(()) };
        let mut rows = std::mem::take(rows).into_iter().skip(at);
        let Some(header) = rows.next() else { return Ok(()) };
        let cells: Vec<String> = header.cells.into_iter().map(|(text, _)| text).collect();
        let columns = self.headers.columns(&cells, self.required, &self.limits);
        let (columns, note) = columns.map_err(|fault| fault.at(header.line))?;
        if at > 0 {
            let before = header.line - 1;
            self.notes.push(Words::new(
                format!("the header is on line {}; lines before it that were skipped: {before}", header.line),
                format!("dòng tiêu đề ở dòng {}; đã bỏ qua {before} dòng phía trước", header.line),
            ));
        }
        self.empty_rows = 0;
        self.last_line = header.line;
        self.notes.extend(note);
        let (fields, zone, required) = (self.fields, self.zone, self.required);
        let is_escaped = self.is_csv && cells.iter().any(|cell| is_reasons(cell));
        self.state = State::Reading(CellReader { fields, columns, zone, required, is_escaped, is_csv: self.is_csv });
        for row in rows {
            let Held { line, cells, from_1904, faults } = row;
            let cells: Vec<Cell<'_>> = cells.iter().map(|(text, kind)| Cell { text, kind: *kind, from_1904 }).collect();
            self.row(line, &cells, faults, sink)?;
        }
        Ok(())
    }

    fn no_header(&self, rows: &[Held]) -> FileFault {
        let sample: Vec<&str> = rows.iter().flat_map(|row| &row.cells).map(|(text, _)| text.as_str()).collect();
        if let Some(fault) = font_fault(&sample.join(" ")) {
            return fault;
        }
        let accepted: Vec<&str> = self.fields.iter().map(|field| field.header).collect();
        let accepted_names: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
        let first = rows.iter().flat_map(|row| &row.cells).find(|(text, _)| !text.trim().is_empty());
        let found = first.map_or(Words::new("the file is empty", "tệp trống"), |(text, _)| {
            Words::new(format!("the first says “{}”", excerpt(text)), format!("ô đầu tiên ghi “{}”", excerpt(text)))
        });
        FileFault::new(
            code::NO_HEADER,
            format!(
                "found no header row in the first {HEADER_LINES} lines ({}); accepted headers: {}, or {}",
                found.en,
                names(&accepted_names),
                names(&accepted)
            ),
            format!(
                "không thấy dòng tiêu đề trong {HEADER_LINES} dòng đầu ({}); tiêu đề được chấp nhận: {}, hoặc {}",
                found.vi,
                names(&accepted),
                names(&accepted_names)
            ),
        )
    }
}
