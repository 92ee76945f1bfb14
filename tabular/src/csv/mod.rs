//! CSV: the separator is the one with which the header is found.

mod split;

use crate::fault::{Fault, FileFault, ReadError, code};
use crate::limits::Limits;
use crate::row::Sink;
use crate::table::{HEADER_LINES, Table};
use crate::value::{Cell, CellKind};
use split::{Record, Splitter};
use std::borrow::Cow;

/// Most bytes that are searched for the header.
const HEAD: usize = 256 * 1024;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads the rows of a CSV from UTF-8.
pub(crate) struct CsvRows<'a> {
    table: Table<'a>,
    limits: Limits,
    stage: Stage,
}

enum Stage {
    /// Collects the first lines; `breaks` of them so far.
    Head {
        bytes: Vec<u8>,
        breaks: u64,
    },
    Rows(Box<Splitter>),
}

impl<'a> CsvRows<'a> {
    pub(crate) fn new(table: Table<'a>, limits: Limits) -> Self {
        Self { table, limits, stage: Stage::Head { bytes: Vec::new(), breaks: 0 } }
    }

    pub(crate) fn buffered(&self) -> usize {
        let stage = match &self.stage {
            Stage::Head { bytes, .. } => bytes.capacity(),
            Stage::Rows(splitter) => splitter.buffered(),
        };
        stage + self.table.buffered()
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ReadError> {
        if let Stage::Head { bytes: head, breaks } = &mut self.stage {
            let mut taken = 0;
            while taken < bytes.len() && head.len() + taken < HEAD && *breaks < HEADER_LINES {
                *breaks += u64::from(bytes[taken] == b'\n');
                taken += 1;
            }
            head.extend_from_slice(&bytes[..taken]);
            if head.len() < HEAD && *breaks < HEADER_LINES {
                return Ok(());
            }
            bytes = &bytes[taken..];
            self.start(sink)?;
        }
        self.split(bytes, sink)
    }

    /// Ends the file. Without `whole` its end is missing, and so is the rest of the last record.
    pub(crate) fn finish(&mut self, whole: bool, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        self.start(sink)?;
        if whole && let Stage::Rows(splitter) = &mut self.stage {
            splitter.finish(&mut |record| row(&mut self.table, record, sink))?;
        }
        self.table.finish(sink)
    }

    /// The table, for the summary.
    pub(crate) fn table(&mut self) -> &mut Table<'a> {
        &mut self.table
    }

    /// Decides the separator and reads the collected lines.
    fn start(&mut self, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Stage::Head { bytes, .. } = &mut self.stage else { return Ok(()) };
        let head = std::mem::take(bytes);
        let (declared, text, line) = declared_separator(&head);
        let separator = declared.unwrap_or_else(|| self.separator(text, line));
        self.stage = Stage::Rows(Box::new(Splitter::new(separator, line, self.limits)));
        self.split(text, sink)
    }

    fn split(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Stage::Rows(splitter) = &mut self.stage else { return Ok(()) };
        splitter.push(bytes, &mut |record| row(&mut self.table, record, sink))
    }

    /// The separator with which one of the first lines shows the most known headers.
    fn separator(&self, head: &[u8], line: u64) -> u8 {
        let mut best = (0, b',');
        for separator in SEPARATORS {
            let mut known = 0;
            let mut splitter = Splitter::new(separator, line, self.limits);
            let mut count = |record: &Record| {
                let cells: Vec<Cow<'_, str>> = record.cells().map(String::from_utf8_lossy).collect();
                known = known.max(self.table.known_headers(cells.iter().map(AsRef::as_ref)));
                Ok(())
            };
            // The receiver never refuses.
            let _ = splitter.push(head, &mut count).and_then(|()| splitter.finish(&mut count));
            if known > best.0 {
                best = (known, separator);
            }
        }
        best.1
    }
}

/// The separator of a first line `sep=;`, the text behind it and the line where that starts.
fn declared_separator(head: &[u8]) -> (Option<u8>, &[u8], u64) {
    let Some(line_end) = head.iter().position(|byte| *byte == b'\n') else { return (None, head, 1) };
    let first = head[..line_end].trim_ascii();
    let first = first.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(first);
    let is_tab = head[..line_end].trim_ascii_start().starts_with(b"sep=\t");
    match first {
        _ if is_tab => (Some(b'\t'), &head[line_end + 1..], 2),
        [b's', b'e', b'p', b'=', separator] if separator.is_ascii_punctuation() && *separator != b'"' => {
            (Some(*separator), &head[line_end + 1..], 2)
        }
        _ => (None, head, 1),
    }
}

fn row(table: &mut Table<'_>, record: &Record, sink: &mut Sink<'_>) -> Result<(), ReadError> {
    if let Some(line) = record.unclosed {
        return Err(FileFault::new(
            code::UNCLOSED_QUOTE,
            format!(
                "found a quotation mark on line {line} that is not closed until the end of the file; close or remove it"
            ),
            format!("dấu nháy kép mở ở dòng {line} không được đóng cho đến hết tệp; hãy đóng hoặc xóa dấu này"),
        )
        .at(line)
        .into());
    }
    let texts: Vec<Cow<'_, str>> = record.cells().map(String::from_utf8_lossy).collect();
    let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell { text, kind: CellKind::Text, from_1904: false }).collect();
    let mut faults = Vec::new();
    if record.too_long {
        faults.push(Fault::new(
            "",
            code::TOO_LONG,
            "found a row with a cell over 1 MiB, over 4 MiB in all, or with over 16,384 cells; shorten it; often a quotation mark is not closed",
            "dòng có ô quá 1 MiB, tổng quá 4 MiB hoặc quá 16.384 ô; hãy rút ngắn; thường do thiếu dấu nháy kép đóng",
        ));
    }
    if record.stray_quote {
        faults.push(Fault::new(
            "",
            code::INVALID,
            "found text behind a closed quotation mark; inside quotes a quotation mark is written twice, for example \"a \"\"b\"\" c\"",
            "có chữ sau dấu nháy kép đóng; trong nháy kép, dấu nháy phải viết hai lần, ví dụ \"a \"\"b\"\" c\"",
        ));
    }
    table.row(record.line, &cells, faults, sink)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[ab,\"\n\r]{0,60}") {
            let mut cells: Vec<Vec<Vec<u8>>> = Vec::new();
            let mut splitter = Splitter::new(b',', 1, Limits::default());
            let mut keep = |record: &Record| { cells.push(record.cells().map(<[u8]>::to_vec).collect()); Ok(()) };
            splitter.push(text.as_bytes(), &mut keep).unwrap();
            splitter.finish(&mut keep).unwrap();
            let mut expected = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<Vec<u8>>> = expected
                .byte_records()
                .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
                .collect();
            prop_assert_eq!(cells, expected);
        }
    }
}
