//! Compares two schemas as clients see them: what breaks them, what may surprise them, what does not touch them.
//!
//! The rules are those of graphql-js's `findBreakingChanges` and `findDangerousChanges`, with the additions of the
//! September 2025 edition. Either schema may be a supergraph, a subgraph or a plain schema; federation machinery is
//! left out of the comparison, and descriptions are, too.
//!
//! - [`definitions`] compares types and directives;
//! - [`members`] compares fields, arguments and input fields;
//! - [`operations`] says which operations of clients break.

mod definitions;
mod members;
mod operations;

use std::fmt;

use serde::Serialize;

pub use self::operations::{ClientDocument, OperationReport, Verdict};
use crate::supergraph::{SupergraphError, read_api_schema};

/// What a change does to clients; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No client notices unless it asks.
    Safe,
    /// Valid operations stay valid, and may get what their client does not expect.
    Dangerous,
    /// Valid operations become invalid, or get what their types exclude.
    Breaking,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Safe => "safe",
            Self::Dangerous => "dangerous",
            Self::Breaking => "breaking",
        })
    }
}

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it does to clients.
    pub severity: Severity,
    /// The schema coordinate, for example `Query.user(id:)`.
    pub coordinate: String,
    /// What changed.
    pub message: String,
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct SchemaCheck {
    /// All changes, the worst first, then by coordinate.
    pub changes: Vec<Change>,
    /// What becomes of the operations that were given.
    pub operations: Vec<OperationReport>,
}

impl SchemaCheck {
    /// Whether any change is breaking.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes
            .first()
            .is_some_and(|change| change.severity == Severity::Breaking)
    }

    /// How many changes are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.changes.iter().filter(|change| change.severity == severity).count()
    }
}

/// Why schemas cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum SchemaCheckError {
    /// The older schema cannot be read.
    #[error("the old schema cannot be read")]
    Old(#[source] SupergraphError),
    /// The newer schema cannot be read.
    #[error("the new schema cannot be read")]
    New(#[source] SupergraphError),
}

/// Compares two schemas, and says which of the documents of clients break.
///
/// # Errors
///
/// When either schema is not valid.
pub fn check(old: &str, new: &str, documents: &[ClientDocument]) -> Result<SchemaCheck, SchemaCheckError> {
    let old = read_api_schema(old).map_err(SchemaCheckError::Old)?;
    let new = read_api_schema(new).map_err(SchemaCheckError::New)?;
    let mut changes = Changes::default();
    definitions::compare(&old, &new, &mut changes);
    let mut changes = changes.0;
    changes.sort_by(|left, right| {
        let worst_first = right.severity.cmp(&left.severity);
        worst_first.then_with(|| left.coordinate.cmp(&right.coordinate))
    });
    Ok(SchemaCheck {
        changes,
        operations: operations::check(&old, &new, documents),
    })
}

#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, severity: Severity, coordinate: impl Into<String>, message: impl Into<String>) {
        self.0.push(Change {
            severity,
            coordinate: coordinate.into(),
            message: message.into(),
        });
    }

    fn breaking(&mut self, coordinate: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Breaking, coordinate, message);
    }

    fn dangerous(&mut self, coordinate: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Dangerous, coordinate, message);
    }

    fn safe(&mut self, coordinate: impl Into<String>, message: impl Into<String>) {
        self.add(Severity::Safe, coordinate, message);
    }
}
