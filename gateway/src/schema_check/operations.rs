//! Finds the client operations that a schema change breaks.

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};
use serde::Serialize;

use crate::document::validate_document;

/// A document of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientDocument {
    /// Its origin: a file, or an id in a manifest.
    pub name: String,
    /// The document text.
    pub text: String,
}

/// The result for one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationReport {
    /// The origin of the document.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Validation errors against the new schema.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// How a schema change affects a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Valid before and after.
    Valid,
    /// Valid before, invalid after.
    Broken,
    /// Invalid before and after.
    InvalidBefore,
    /// Invalid before, valid after.
    Mended,
}

pub(super) fn check(old: &Valid<Schema>, new: &Valid<Schema>, documents: &[ClientDocument]) -> Vec<OperationReport> {
    let report = |document: &ClientDocument| {
        let before = problems(old, &document.text);
        let after = problems(new, &document.text);
        OperationReport {
            name: document.name.clone(),
            verdict: match (before.is_empty(), after.is_empty()) {
                (true, true) => Verdict::Valid,
                (true, false) => Verdict::Broken,
                (false, false) => Verdict::InvalidBefore,
                (false, true) => Verdict::Mended,
            },
            problems: after,
        }
    };
    documents.iter().map(report).collect()
}

fn problems(schema: &Valid<Schema>, text: &str) -> Vec<String> {
    let validated: Result<Valid<ExecutableDocument>, _> = validate_document(schema, text);
    let errors = validated.err().unwrap_or_default();
    let describe = |error: crate::GraphQlError| match error.locations.first() {
        Some(place) => format!("{}:{}: {}", place.line, place.column, error.message),
        None => error.message,
    };
    errors.into_iter().map(describe).collect()
}
