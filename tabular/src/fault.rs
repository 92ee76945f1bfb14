//! Faults of rows and of files: what was found, what is accepted.

use crate::field::{Field, Words};
use crate::value::accepted_by;
use serde::Serialize;

/// Codes of faults, for clients that decide by code.
pub mod code {
    /// A required field is absent or null.
    pub const REQUIRED: &str = "REQUIRED";
    /// A value has the wrong form.
    pub const INVALID: &str = "INVALID";
    /// A number can be read in two ways.
    pub const AMBIGUOUS: &str = "AMBIGUOUS";
    /// A key that the kind of record does not have.
    pub const UNKNOWN_FIELD: &str = "UNKNOWN_FIELD";
    /// A key that occurs twice in one object.
    pub const DUPLICATE_KEY: &str = "DUPLICATE_KEY";
    /// A text, a cell, a line or a record is too long.
    pub const TOO_LONG: &str = "TOO_LONG";
    /// A number is outside the range of the field.
    pub const OUT_OF_RANGE: &str = "OUT_OF_RANGE";
    /// Bytes that are no text in the encoding of the file.
    pub const ENCODING: &str = "ENCODING";
    /// A line that is not a JSON object.
    pub const NOT_AN_OBJECT: &str = "NOT_AN_OBJECT";
    /// A row has more cells than the header.
    pub const EXTRA_CELLS: &str = "EXTRA_CELLS";
    /// A quotation mark is not closed before the end of the file.
    pub const UNCLOSED_QUOTE: &str = "UNCLOSED_QUOTE";
    /// A formula has no stored value.
    pub const FORMULA: &str = "FORMULA";
    /// A cell of a spreadsheet shows an error such as `#REF!`.
    pub const CELL_ERROR: &str = "CELL_ERROR";
    /// Data cells of a spreadsheet are merged.
    pub const MERGED_CELLS: &str = "MERGED_CELLS";
    /// File: no header row among the first lines.
    pub const NO_HEADER: &str = "NO_HEADER";
    /// File: two columns for one field.
    pub const DUPLICATE_COLUMN: &str = "DUPLICATE_COLUMN";
    /// File: the column of a required field is missing.
    pub const MISSING_COLUMN: &str = "MISSING_COLUMN";
    /// File: more columns than are accepted.
    pub const TOO_MANY_COLUMNS: &str = "TOO_MANY_COLUMNS";
    /// File: it has another format than declared.
    pub const WRONG_FORMAT: &str = "WRONG_FORMAT";
    /// File: text in a font encoding of the time before Unicode.
    pub const FONT_ENCODING: &str = "FONT_ENCODING";
    /// File: a declared character set that does not exist.
    pub const UNKNOWN_CHARSET: &str = "UNKNOWN_CHARSET";
    /// File: compressed data that cannot be read.
    pub const COMPRESSION: &str = "COMPRESSION";
    /// File: the end is missing.
    pub const TRUNCATED: &str = "TRUNCATED";
    /// File: larger than accepted, compressed or not.
    pub const TOO_LARGE: &str = "TOO_LARGE";
    /// File: it is encrypted.
    pub const ENCRYPTED: &str = "ENCRYPTED";
    /// File: a workbook that cannot be read.
    pub const UNREADABLE: &str = "UNREADABLE";
    /// File: this installation does not read XLSX.
    pub const NOT_SUPPORTED: &str = "NOT_SUPPORTED";
}

/// Fault of a row or of a field of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Name of the field, or empty for the whole row.
    pub path: String,
    /// One of [`code`].
    pub code: &'static str,
    /// What was found, what is accepted.
    pub message: Words,
}

impl Fault {
    /// A fault of the field or key `path`; empty for the whole row.
    pub fn new(path: impl Into<String>, code: &'static str, en: impl Into<String>, vi: impl Into<String>) -> Self {
        Self { path: path.into(), code, message: Words::new(en, vi) }
    }

    /// A required field is absent or null. Callers that find this later than the reader use the same words.
    pub fn required(field: &Field) -> Self {
        let accepted = accepted_by(field);
        Self::new(
            field.name,
            code::REQUIRED,
            format!("found no value; {}", accepted.en),
            format!("không có giá trị; {}", accepted.vi),
        )
    }

    /// The message with the field before it, as the column of reasons shows it.
    pub fn sentence(&self) -> Words {
        if self.path.is_empty() {
            return self.message.clone();
        }
        Words::new(format!("{}: {}", self.path, self.message.en), format!("{}: {}", self.path, self.message.vi))
    }
}

/// Why a file cannot be read further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", message.en)]
pub struct FileFault {
    /// One of [`code`].
    pub code: &'static str,
    /// Line of the file, or row of the sheet.
    pub line: Option<u64>,
    /// What was found, what is accepted.
    pub message: Words,
}

impl FileFault {
    /// A fault of the file, without a line.
    pub fn new(code: &'static str, en: impl Into<String>, vi: impl Into<String>) -> Self {
        Self { code, line: None, message: Words::new(en, vi) }
    }

    /// The same fault at a line.
    #[must_use]
    pub fn at(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }
}

/// Why reading ended before the end of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read further. Rows before the fault were delivered.
    #[error("the file cannot be read further")]
    File(#[from] FileFault),
    /// The receiver of the rows asked to stop.
    #[error("the receiver of the rows asked to stop")]
    Stopped,
}
