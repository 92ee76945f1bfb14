//! JSON at the level of bytes: a scanner that finds the ends of values, and a writer that escapes strings.
//!
//! Scalars on their way from a subgraph to the client are never decoded: their bytes are copied. That needs a scanner
//! that is strict about the grammar, since whatever it accepts reaches the client as it stands.

mod scanner;
mod writer;

pub(crate) use self::{
    scanner::{JsonError, Scanner},
    writer::{write_string, write_unsigned},
};

/// Reads JSON text as an async-graphql value.
pub(crate) fn to_graphql_value(json: &[u8]) -> Result<async_graphql::Value, serde_json::Error> {
    serde_json::from_slice(json)
}
