//! The answer to a push: a line for each row, at last the summary.

use std::io;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::failed::FailedLines;
use crate::client::Fault;

/// Number of failed rows that are kept to be shown.
pub const SHOWN_ROWS: usize = 20;

/// Number of errors that are kept of a row.
const SHOWN_ERRORS: usize = 10;

/// Longest line that is accepted, in bytes.
const MAX_LINE_BYTES: usize = 16 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Parked,
    Rejected,
    #[serde(other)]
    Applied,
}

/// A row that was rejected or parked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    #[serde(rename = "row")]
    number: u64,
    line: Option<u64>,
    pub external_id: Option<String>,
    status: Status,
    #[serde(default)]
    pub errors: Vec<Fault>,
}

impl Row {
    /// Line of the file, or the number of the row where a file has no lines.
    pub fn place(&self) -> u64 {
        self.line.unwrap_or(self.number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    Done,
    Failed,
    RolledBack,
    DryRun,
    /// A state in which a stored push is, as `UNDONE`.
    #[serde(other)]
    Other,
}

/// The last line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub receipt: Option<String>,
    pub state: State,
    #[serde(flatten)]
    pub counts: Counts,
    #[serde(default)]
    pub notes: Option<Vec<Note>>,
    pub error: Option<Fault>,
    /// When the file was received; only in the summary of a stored push.
    pub received_at: Option<String>,
    /// Whether these are the results of an earlier push of the same file.
    #[serde(default)]
    pub replayed: bool,
    /// The line as it came.
    #[serde(skip)]
    pub line: Map<String, Value>,
}

/// Numbers of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub removed: u64,
    pub unchanged: u64,
    pub stale: u64,
    pub parked: u64,
    pub rejected: u64,
}

#[derive(Debug, Deserialize)]
pub struct Note {
    pub en: String,
    pub vi: String,
}

/// How a push ended, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Clean,
    /// Rows were rejected or parked.
    Incomplete,
    Failed,
}

impl Summary {
    pub fn verdict(&self) -> Verdict {
        let has_failed_rows = self.counts.rejected + self.counts.parked > 0;
        match self.state {
            State::Done | State::DryRun if !has_failed_rows => Verdict::Clean,
            State::Done | State::DryRun | State::RolledBack if has_failed_rows => Verdict::Incomplete,
            _ => Verdict::Failed,
        }
    }
}

/// Why an answer cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// It is not what a push answers.
    Line(String),
    /// Failed rows cannot be written.
    Write(io::Error),
}

/// Reads an answer piece by piece. Of the rows it keeps only the first failed ones.
#[derive(Default)]
pub struct Answer {
    rest: Vec<u8>,
    pub rows: u64,
    pub failed: Vec<Row>,
    pub summary: Option<Summary>,
    /// Where all failed rows go.
    pub lines: Option<FailedLines>,
}

impl Answer {
    /// An answer that has not begun. Its failed rows also go to `lines`.
    pub fn new(lines: Option<FailedLines>) -> Self {
        Self { lines, ..Self::default() }
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// When it is not an answer to a push, or a failed row cannot be written.
    pub fn take(&mut self, mut piece: &[u8]) -> Result<(), Unusable> {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            if self.rest.is_empty() {
                self.line(&piece[..end])?;
            } else {
                let mut line = std::mem::take(&mut self.rest);
                line.extend_from_slice(&piece[..end]);
                self.line(&line)?;
            }
            piece = &piece[end + 1..];
        }
        self.rest.extend_from_slice(piece);
        if self.rest.len() > MAX_LINE_BYTES {
            return Err(Unusable::Line(shortened(&self.rest)));
        }
        Ok(())
    }

    /// Takes the last line, if nothing ended it.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn end(&mut self) -> Result<(), Unusable> {
        let line = std::mem::take(&mut self.rest);
        // A connection that broke leaves half a line, which is no answer of another kind.
        if serde_json::from_slice::<Value>(&line).is_ok() { self.line(&line) } else { Ok(()) }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Unusable> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        if let Ok(mut row) = serde_json::from_slice::<Row>(line) {
            self.rows += 1;
            if row.status == Status::Applied {
                return Ok(());
            }
            if let Some(lines) = &mut self.lines {
                lines.write(line).map_err(Unusable::Write)?;
            }
            if self.failed.len() < SHOWN_ROWS {
                row.errors.truncate(SHOWN_ERRORS);
                self.failed.push(row);
            }
            return Ok(());
        }
        let unusable = |_| Unusable::Line(shortened(line));
        let mut summary: Summary = serde_json::from_slice(line).map_err(unusable)?;
        summary.line = serde_json::from_slice(line).map_err(unusable)?;
        self.summary = Some(summary);
        Ok(())
    }
}

fn shortened(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned()
}
