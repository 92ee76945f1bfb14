//! Rows of pushes, by kind, up to the day of the load.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use crate::workday;

/// A row of a kind, true from a time on.
#[derive(Debug)]
pub(crate) struct Row {
    at: DateTime<Utc>,
    cells: Map<String, Value>,
}

impl Row {
    /// A row of the record with this external id, true from some minutes after eight o'clock of the day.
    pub(crate) fn new(id: impl Into<String>, day: NaiveDate, minutes: u32) -> Self {
        Self::at(id, workday::instant(day, minutes))
    }

    /// A row of the record with this external id, true from a time on.
    pub(crate) fn at(id: impl Into<String>, at: DateTime<Utc>) -> Self {
        let mut cells = Map::new();
        cells.insert("externalId".to_owned(), Value::String(id.into()));
        cells.insert("observedAt".to_owned(), Value::String(at.to_rfc3339()));
        Self { at, cells }
    }

    /// The same row with a value.
    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.cells.insert(field.to_owned(), value.into());
        self
    }

    /// The same row with a day.
    pub(crate) fn on(self, field: &str, day: NaiveDate) -> Self {
        self.with(field, day.to_string())
    }

    /// The same row with a value, if there is one.
    pub(crate) fn maybe(self, field: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }
}

/// Rows of a step by kind. Rows of a time that has not come are left out.
#[derive(Debug)]
pub(crate) struct Rows {
    now: DateTime<Utc>,
    by_kind: HashMap<&'static str, Vec<Row>>,
}

impl Rows {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self { now, by_kind: HashMap::new() }
    }

    pub(crate) fn add(&mut self, kind: &'static str, row: Row) {
        if row.at <= self.now {
            self.by_kind.entry(kind).or_default().push(row);
        }
    }

    /// Number of all rows.
    pub(crate) fn len(&self) -> usize {
        self.by_kind.values().map(Vec::len).sum()
    }

    /// The rows of a kind as lines of JSON, in pieces of at most this number.
    pub(crate) fn take(&mut self, kind: &str, most: usize) -> Vec<String> {
        let rows = self.by_kind.remove(kind).unwrap_or_default();
        let lines = |rows: &[Row]| {
            let mut text = String::new();
            for row in rows {
                text += &serde_json::to_string(&row.cells).unwrap_or_default();
                text.push('\n');
            }
            text
        };
        rows.chunks(most).map(lines).collect()
    }
}
