//! Lines that the child process writes: one JSON value each.

use serde::{Deserialize, Serialize};

/// Cells behind this column are one: no kind of record has so many fields.
pub(super) const LAST_COLUMN: usize = 999;

/// Message of the child process.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// The sheet that is read; comes first.
    Sheet { name: String, hidden: Vec<String>, others: Vec<String>, from_1904: bool, merged: Vec<Merged> },
    /// A row that has cells.
    Row { row: u64, cells: Vec<(usize, Kind, String)> },
    /// All rows were written.
    End,
    /// The workbook is refused.
    Refused(Refusal),
}

/// Kind of a cell, as a short name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    #[serde(rename = "t")]
    Text,
    #[serde(rename = "n")]
    Number,
    #[serde(rename = "d")]
    Serial,
    #[serde(rename = "b")]
    Bool,
    #[serde(rename = "e")]
    Error,
    #[serde(rename = "f")]
    Formula,
}

/// Merged cells, counted from 1 in rows and from 0 in columns, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Merged {
    pub(super) first_row: u64,
    pub(super) last_row: u64,
    pub(super) first_column: usize,
    pub(super) last_column: usize,
}

/// Why a workbook is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// A part is encrypted.
    Encrypted,
    /// Too many parts, or more data than accepted.
    TooLarge,
    /// It has no visible sheet of cells.
    NoSheet,
    /// Its text is in the font encoding with this name.
    Font(String),
    /// The parser refuses it, for this reason.
    Unreadable(String),
}

/// Limits that the parent hands to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) path: std::path::PathBuf,
    pub(super) sheet: Option<String>,
    pub(super) memory_bytes: u64,
    pub(super) cpu_s: u64,
    pub(super) parts: usize,
    pub(super) inflated_bytes: u64,
    pub(super) ratio: u64,
    pub(super) ratio_from_bytes: u64,
    pub(super) cell_bytes: usize,
}
