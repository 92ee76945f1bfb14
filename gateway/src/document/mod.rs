//! Documents: parses, validates, measures and plans each document once, and caches the result by its text.
//!
//! - [`cache`] is the document cache: keyed by the full text, bounded, and with one parse for concurrent requests;
//! - [`operations`] caches the prepared operations of a document, with one plan for each combination of conditions;
//! - [`parse`] parses and validates against the schema that clients see;
//! - [`limits`] and [`tokens`] measure a document and refuse one that exceeds a limit;
//! - [`input_objects`] validates literals of input objects, where the validation library does not;
//! - [`cost`] estimates the cost of an operation with its variables;
//! - [`trusted`] reads manifests of trusted documents, and [`persisted`] finds a document by its id or hash;
//! - [`variables`] coerces the variables of a request;
//! - [`outline`] lists the fields of an operation with their types;
//! - [`introspection`] answers `__schema` and `__type`.

mod cache;
mod cost;
mod input_objects;
mod introspection;
mod limits;
mod operations;
mod outline;
mod parse;
mod persisted;
mod tokens;
mod trusted;
mod variables;

pub(crate) use self::{
    cache::{Document, DocumentCache},
    cost::estimate_cost,
    introspection::introspect,
    limits::{Measured, measure, measured_tokens},
    operations::PreparedOperation,
    outline::outline,
    parse::{parse, validate_document},
    persisted::{Named, PersistedStore},
    variables::coerce_variables,
};
pub use self::{
    outline::{Outline, OutlinedArgument, OutlinedField},
    trusted::{ManifestError, TrustedDocuments},
};
