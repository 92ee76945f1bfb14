//! Splits the bytes of a CSV into records (RFC 4180, and what spreadsheet programs make of it).
//!
//! It works on chunks and holds one record. The crate `csv-core` does the same, but does not tell where a quotation mark
//! was opened that is never closed, nor that text follows a closed one. Both lose data silently, so they must be seen. A
//! test compares the cells with those of the crate `csv`.

use crate::fault::ReadError;
use crate::limits::Limits;
use memchr::memchr3;

/// Most cells of a record: the columns of a spreadsheet.
const MOST_CELLS: usize = 16_384;

/// A record.
#[derive(Debug, Default)]
pub(crate) struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Line where it starts.
    pub(crate) line: u64,
    /// Line where a quotation mark is opened that is not closed.
    pub(crate) unclosed: Option<u64>,
    /// Text follows a closed quotation mark.
    pub(crate) stray_quote: bool,
    /// A limit was passed; the rest of the record is lost.
    pub(crate) too_long: bool,
}

impl Record {
    /// Bytes of the cells.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().scan(0, |start, end| {
            let cell = &self.bytes[*start..*end];
            *start = *end;
            Some(cell)
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        (self.unclosed, self.stray_quote, self.too_long) = (None, false, false);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    RecordStart,
    CellStart,
    Plain,
    Quoted,
    /// Behind a quotation mark inside quotes: closed, or the first of two.
    Quote,
    /// Behind blanks that follow a closed quotation mark.
    Closed,
}

/// Receives records.
pub(crate) type Records<'s> = dyn FnMut(&Record) -> Result<(), ReadError> + 's;

/// Splits bytes into records.
#[derive(Debug)]
pub(crate) struct Splitter {
    separator: u8,
    limits: Limits,
    state: State,
    record: Record,
    /// Line of the next byte.
    line: u64,
    after_return: bool,
    quote_line: u64,
}

impl Splitter {
    /// A splitter whose first byte is on `line`.
    pub(crate) fn new(separator: u8, line: u64, limits: Limits) -> Self {
        let (state, record) = (State::RecordStart, Record::default());
        Self { separator, limits, state, record, line, after_return: false, quote_line: 0 }
    }

    pub(crate) fn buffered(&self) -> usize {
        self.record.bytes.capacity() + self.record.ends.capacity() * size_of::<usize>()
    }

    pub(crate) fn push(&mut self, bytes: &[u8], records: &mut Records<'_>) -> Result<(), ReadError> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            // Runs of ordinary bytes are most of a file, so they are copied at once.
            let ordinary = match self.state {
                State::Plain => memchr3(self.separator, b'\n', b'\r', &bytes[at..]),
                State::Quoted => memchr3(b'"', b'\n', b'\r', &bytes[at..]),
                State::RecordStart | State::CellStart | State::Quote | State::Closed => Some(0),
            };
            let run = ordinary.unwrap_or(bytes.len() - at);
            if run > 0 {
                self.append(&bytes[at..at + run]);
                self.after_return = false;
                at += run;
                continue;
            }
            self.step(byte, records)?;
            at += 1;
        }
        Ok(())
    }

    /// Ends the file, with the last record.
    pub(crate) fn finish(&mut self, records: &mut Records<'_>) -> Result<(), ReadError> {
        if self.state == State::RecordStart {
            return Ok(());
        }
        if self.state == State::Quoted {
            self.record.unclosed = Some(self.quote_line);
        }
        self.end_record(records)
    }

    fn step(&mut self, byte: u8, records: &mut Records<'_>) -> Result<(), ReadError> {
        let line = self.line;
        if byte == b'\r' || (byte == b'\n' && !self.after_return) {
            self.line += 1;
        }
        self.after_return = byte == b'\r';
        let is_break = matches!(byte, b'\n' | b'\r');
        if self.state == State::RecordStart {
            if is_break {
                return Ok(());
            }
            self.record.clear();
            self.record.line = line;
            self.state = State::CellStart;
        }
        match self.state {
            State::Quoted if byte == b'"' => self.state = State::Quote,
            State::Quoted => self.append(&[byte]),
            State::Quote if byte == b'"' => {
                self.append(b"\"");
                self.state = State::Quoted;
            }
            State::CellStart if byte == b'"' => {
                self.quote_line = line;
                self.state = State::Quoted;
            }
            _ if is_break => return self.end_record(records),
            _ if byte == self.separator => {
                self.end_cell();
                self.state = State::CellStart;
            }
            State::Quote | State::Closed => {
                let blank = matches!(byte, b' ' | b'\t');
                self.record.stray_quote |= !blank;
                self.append(&[byte]);
                self.state = if blank { State::Closed } else { State::Plain };
            }
            _ => {
                self.append(&[byte]);
                self.state = State::Plain;
            }
        }
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) {
        let record = &mut self.record;
        let cell = record.bytes.len() - record.ends.last().copied().unwrap_or(0);
        let room = (self.limits.cell_bytes - cell.min(self.limits.cell_bytes))
            .min(self.limits.record_bytes - record.bytes.len().min(self.limits.record_bytes));
        record.too_long |= bytes.len() > room;
        record.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_cell(&mut self) {
        if self.record.ends.len() == MOST_CELLS {
            self.record.too_long = true;
        } else {
            self.record.ends.push(self.record.bytes.len());
        }
    }

    fn end_record(&mut self, records: &mut Records<'_>) -> Result<(), ReadError> {
        self.end_cell();
        self.state = State::RecordStart;
        records(&self.record)
    }
}
