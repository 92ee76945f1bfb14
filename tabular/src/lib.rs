//! Rows of the files that departments send: NDJSON, CSV and XLSX, typed by declared fields.
//!
//! Bytes go in, in pieces of any size; typed rows come out one by one, in bounded memory. A row says all its faults in
//! words for the clerk who made the file, in English and Vietnamese. Nothing is guessed in silence: what can be read in
//! two ways is refused, and what was decided for the whole file is a note in the [`Summary`].
//!
//! # Map, in reading order
//!
//! - [`field`]: [`Field`] and [`Form`], what a kind of record may state.
//! - `reading`, `limits`: [`Reading`], how a file is to be read; [`Limits`].
//! - `reader`: [`Reader`], the entry.
//! - `row`, [`fault`]: [`Row`], [`Summary`], [`Fault`], [`FileFault`].
//! - `bytes`: decompression, encodings, files of another format.
//! - `ndjson`, `csv`, `xlsx`: the formats; `header`, `table`, `cells`: what CSV and XLSX share.
//! - `value`: values of cells and of JSON.
//! - `write`: templates, files of failed rows, exported tables ([`Sheet`]), JSON Schema.
//!
//! # Example
//!
//! ```
//! use std::ops::ControlFlow;
//! use tabular::{Field, Form, Format, Reader, Reading};
//!
//! const FIELDS: &[Field] = &[Field {
//!     name: "due",
//!     header: "Hạn hoàn thành",
//!     title: "Due date",
//!     form: Form::Date,
//!     required: true,
//!     description: ("Day when it is due.", "Ngày đến hạn."),
//!     example: "2026-03-15",
//! }];
//!
//! let mut rows = Vec::new();
//! let mut reader = Reader::new(FIELDS, &Reading::new(Format::Csv)).unwrap();
//! let mut sink = |row| { rows.push(row); ControlFlow::Continue(()) };
//! reader.push("hạn hoàn thành\n15/03/2026\n30/02/2026\n".as_bytes(), &mut sink).unwrap();
//! let summary = reader.finish(&mut sink).unwrap();
//! assert_eq!(summary.rows, 2);
//! assert_eq!(rows[0].values["due"], "2026-03-15");
//! assert_eq!((rows[1].line, rows[1].faults[0].code), (3, "INVALID"));
//! ```

#![deny(missing_docs)]

mod bytes;
mod cells;
mod csv;
mod doubt;
mod excerpt;
pub mod fault;
pub mod field;
mod fold;
mod header;
mod limits;
mod ndjson;
mod reader;
mod reading;
mod row;
mod table;
mod value;
mod write;
mod xlsx;

pub use fault::{Fault, FileFault, ReadError, code};
pub use field::{Field, Form, Words};
pub use limits::Limits;
pub use reader::Reader;
pub use reading::{Child, Compression, Format, Reading, Required};
pub use row::{Raw, Row, Sink, Summary};
pub use value::{NULL, accepted};
pub use write::{
    Datum, FailedRow, Sheet, WriteError, failed_rows, json_schema, sheet_csv, template_csv, template_xlsx, workbook,
};
pub use xlsx::read_xlsx_child;
