//! Everything that depends only on the text of a document: parsed, validated, measured and planned once, then kept.
//!
//! - [`cache`] keeps documents, single-flight and bounded, keyed by the full text;
//! - [`parse`] parses and validates against the schema that clients see;
//! - [`limits`] measures a document before anything expensive happens to it;
//! - [`variables`] coerces a request's variables;
//! - [`introspection`] answers `__schema` and `__type`.

mod cache;
mod introspection;
mod limits;
mod parse;
mod variables;

pub(crate) use self::{
    cache::{Document, DocumentCache, PreparedOperation},
    introspection::introspect,
    parse::parse,
    variables::coerce_variables,
};
