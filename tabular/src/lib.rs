//! Rows of the files that departments send: NDJSON, CSV and XLSX, typed by declared fields.

pub mod field;

pub use field::{Field, Form, Words};
