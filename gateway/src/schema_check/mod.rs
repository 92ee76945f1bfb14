//! Schema check: compares two schemas as clients see them, and classifies each change as breaking, dangerous or safe.
//!
//! The rules are those of graphql-js (`findBreakingChanges` and `findDangerousChanges`), with additions for the
//! September 2025 edition. Each schema may be a supergraph, a subgraph or a plain schema. Federation directives and
//! descriptions are not compared.
//!
//! - [`definitions`] compares types and directives;
//! - [`members`] compares fields, arguments and input fields;
//! - [`operations`] finds the client operations that break.

mod definitions;
mod members;
mod operations;

use std::fmt;

use serde::Serialize;

pub use self::operations::{ClientDocument, OperationReport, Verdict};
use crate::supergraph::{SupergraphError, read_api_schema};

/// How a change affects clients. The most severe is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Existing operations are not affected.
    Safe,
    /// Valid operations stay valid, but may return values that their client does not expect.
    Dangerous,
    /// Valid operations become invalid, or return values that the old types do not allow.
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
    /// How it affects clients.
    pub severity: Severity,
    /// The schema coordinate, for example `Query.user(id:)`.
    pub coordinate: String,
    /// What changed.
    pub message: String,
}

/// The result of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct SchemaCheck {
    /// All changes, the most severe first, then by coordinate.
    pub changes: Vec<Change>,
    /// The result for each given client document.
    pub operations: Vec<OperationReport>,
}

impl SchemaCheck {
    /// Whether any change is breaking.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes.first().is_some_and(|change| change.severity == Severity::Breaking)
    }

    /// The number of changes with a severity.
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

/// Compares two schemas and checks the documents of clients against both.
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
    Ok(SchemaCheck { changes, operations: operations::check(&old, &new, documents) })
}

#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, severity: Severity, coordinate: impl Into<String>, message: impl Into<String>) {
        self.0.push(Change { severity, coordinate: coordinate.into(), message: message.into() });
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
