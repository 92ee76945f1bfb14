//! Everything that depends only on the text of a document: parsed, validated, measured and planned once, then kept.
//!
//! - [`cache`] keeps documents, single-flight and bounded, keyed by the full text;
//! - [`operations`] keeps what each operation was made into, one plan for each combination of its conditions;
//! - [`parse`] parses and validates against the schema that clients see;
//! - [`limits`] and [`tokens`] measure a document before anything expensive happens to it;
//! - [`input_objects`] validates literals of input objects where the library does not;
//! - [`cost`] estimates what an operation costs with its variables;
//! - [`trusted`] reads manifests of trusted documents, [`persisted`] finds the text that a request names;
//! - [`variables`] coerces a request's variables;
//! - [`introspection`] answers `__schema` and `__type`.

mod cache;
mod cost;
mod input_objects;
mod introspection;
mod limits;
mod operations;
mod parse;
mod persisted;
mod tokens;
mod trusted;
mod variables;

pub use self::trusted::{ManifestError, TrustedDocuments};
pub(crate) use self::{
    cache::{Document, DocumentCache},
    cost::estimate_cost,
    introspection::introspect,
    limits::{Measured, measure, measured_tokens},
    operations::PreparedOperation,
    parse::{parse, validate_document},
    persisted::{Named, PersistedStore},
    variables::coerce_variables,
};
