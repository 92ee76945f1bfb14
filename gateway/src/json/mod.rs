//! JSON as bytes: a scanner that finds where values end, and a writer that escapes strings.
//!
//! Scalars from a subgraph are not decoded: their bytes are copied to the client's answer. So the scanner must be
//! strict, because everything that it accepts reaches the client unchanged.

mod scanner;
mod writer;

pub(crate) use self::{
    scanner::{JsonError, Scanner},
    writer::{write_string, write_unsigned},
};

/// Parses JSON text as an async-graphql value.
pub(crate) fn to_graphql_value(json: &[u8]) -> Result<async_graphql::Value, serde_json::Error> {
    serde_json::from_slice(json)
}
