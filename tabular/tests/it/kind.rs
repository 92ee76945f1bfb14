//! A kind of record with each form of field, and short ways to read a file of it.

use std::ops::ControlFlow;
use tabular::{Child, Field, FileFault, Form, Format, ReadError, Reader, Reading, Row, Summary};

const fn field(name: &'static str, header: &'static str, title: &'static str, form: Form) -> Field {
    let description = ("A field.", "Một trường.");
    Field { name, header, title, form, required: false, description, example: "" }
}

pub const STATUSES: &[(&str, &str)] = &[("OPEN", "Đang làm"), ("DONE", "Hoàn thành")];

pub const FIELDS: &[Field] = &[
    Field { required: true, example: "NV-001", ..field("code", "Mã", "Code", Form::Text(20)) },
    Field { example: "Xây cầu", ..field("title", "Tên nhiệm vụ", "Title", Form::Text(40)) },
    Field { example: "00004", ..field("ward", "Phường", "Ward", Form::Digits(5)) },
    Field { example: "40", ..field("progress", "Tiến độ", "Progress", Form::Integer(0, 100)) },
    Field { example: "1234,5", ..field("budget", "Kinh phí", "Budget", Form::NUMBER) },
    Field { example: "có", ..field("urgent", "Khẩn", "Urgent", Form::Boolean) },
    Field { example: "2026-03-15", ..field("due", "Hạn hoàn thành", "Due date", Form::Date) },
    Field { example: "15/03/2026 08:30", ..field("observedAt", "Thời điểm", "Observed at", Form::DateTime) },
    Field { example: "OPEN", ..field("status", "Trạng thái", "Status", Form::Choice(STATUSES)) },
    Field { example: "cầu; đường", ..field("tags", "Nhãn", "Tags", Form::Texts(10)) },
];

/// All that a file gave.
pub struct Outcome {
    pub rows: Vec<Row>,
    pub end: Result<Summary, FileFault>,
}

impl Outcome {
    /// Values of the rows without faults; a test that expects none fails at the first fault.
    pub fn values(&self) -> Vec<serde_json::Value> {
        for row in &self.rows {
            assert_eq!(row.faults, [], "line {}", row.line);
        }
        assert!(self.end.is_ok(), "{:?}", self.end);
        self.rows.iter().map(|row| serde_json::Value::Object(row.values.clone())).collect()
    }

    /// Line, field and code of each fault.
    pub fn faults(&self) -> Vec<(u64, &str, &str)> {
        let faults = |row: &'_ Row| row.faults.len();
        assert!(self.rows.iter().all(|row| faults(row) <= 50));
        self.rows.iter().flat_map(|row| row.faults.iter().map(|f| (row.line, f.path.as_str(), f.code))).collect()
    }

    /// The fault of the file.
    pub fn file_fault(&self) -> &FileFault {
        self.end.as_ref().expect_err("the file is refused")
    }

    /// The English notes.
    pub fn notes(&self) -> Vec<&str> {
        self.end.as_ref().expect("the file is read").notes.iter().map(|note| note.en.as_str()).collect()
    }
}

/// Reads a file that arrives in pieces of `size` bytes.
pub fn read_in_pieces(reading: &Reading, bytes: &[u8], size: usize) -> Outcome {
    let mut rows = Vec::new();
    let mut sink = |row| {
        rows.push(row);
        ControlFlow::Continue(())
    };
    let mut read = || {
        let mut reader = Reader::new(FIELDS, reading)?;
        for piece in bytes.chunks(size.max(1)) {
            reader.push(piece, &mut sink)?;
        }
        reader.finish(&mut sink)
    };
    let end = read().map_err(|error| match error {
        ReadError::File(fault) => fault,
        ReadError::Stopped => unreachable!("the receiver takes all rows"),
    });
    Outcome { rows, end }
}

/// Reads a file of this format.
pub fn read(format: Format, bytes: impl AsRef<[u8]>) -> Outcome {
    read_in_pieces(&reading(format), bytes.as_ref(), 8 * 1024)
}

/// How the tests read.
pub fn reading(format: Format) -> Reading {
    let child = Child { program: env!("CARGO_BIN_EXE_tabular-xlsx").into(), arguments: Vec::new() };
    Reading { child: Some(child), sheet: Some("Nhiệm vụ".to_owned()), ..Reading::new(format) }
}

/// Reads a CSV.
pub fn csv(bytes: impl AsRef<[u8]>) -> Outcome {
    read(Format::Csv, bytes)
}

/// Reads an NDJSON.
pub fn ndjson(bytes: impl AsRef<[u8]>) -> Outcome {
    read(Format::Ndjson, bytes)
}
