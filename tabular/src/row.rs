//! Rows as the reader delivers them, and the summary of a file.

use crate::fault::{Fault, ReadError};
use crate::field::Words;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Most faults that a row lists.
const MOST_FAULTS: usize = 50;

/// A data row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Number among the data rows, from 1. Empty rows are not counted.
    pub number: u64,
    /// Line of the file where it starts, or row of the sheet.
    pub line: u64,
    /// Values by name of the field. A field that the row does not state has no key; an explicit null is `Null`.
    pub values: Map<String, Value>,
    /// What is wrong with it; empty when it can be stored.
    pub faults: Vec<Fault>,
    /// The row as it was sent.
    pub raw: Raw,
}

impl Row {
    /// Adds a fault, unless the row has very many.
    pub(crate) fn refuse(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

/// A row as it was sent, so that it can be written back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Raw {
    /// Headers and cells of a table, also of columns that are ignored. Cells beyond the header have an empty one.
    Cells(Vec<(Arc<str>, String)>),
    /// Line of an NDJSON; of a line that is too long only the start.
    Line(String),
}

/// What is known of a file at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Number of data rows, with and without faults.
    pub rows: u64,
    /// Encoding of a text file, for example `UTF-8`; nothing for an XLSX.
    pub encoding: Option<String>,
    /// What the sender should know: ignored columns, skipped lines, hidden sheets, a decided encoding.
    pub notes: Vec<Words>,
}

/// Receives rows one by one. It may block, so that memory stays bounded; `Break` stops the reader.
pub type Sink<'s> = dyn FnMut(Row) -> ControlFlow<()> + 's;

/// Gives a row to the receiver.
pub(crate) fn deliver(row: Row, sink: &mut Sink<'_>) -> Result<(), ReadError> {
    match sink(row) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ReadError::Stopped),
    }
}
