//! Errors in a subgraph's response.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::PathSegment;

/// One entry of a subgraph's `errors`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SubgraphError {
    pub(crate) message: String,
    pub(crate) path: Option<Vec<PathSegment>>,
    pub(crate) extensions: Option<Map<String, Value>>,
}

impl SubgraphError {
    /// What is said of a response that does not say it itself.
    fn of_response(message: &str) -> Self {
        Self { message: message.to_owned(), ..Self::default() }
    }
}

/// Reads `errors`. A malformed entry is still an error, only without its text, and so is what is no list. Null is taken
/// for none, which some servers write.
pub(super) fn parse_errors(json: &[u8]) -> Vec<SubgraphError> {
    let entries = match serde_json::from_slice(json) {
        Ok(Value::Null) => return Vec::new(),
        Ok(Value::Array(entries)) => entries,
        Ok(_) => return vec![SubgraphError::of_response("the subgraph's `errors` are no list")],
        Err(_) => return vec![SubgraphError::of_response("the subgraph's `errors` cannot be read")],
    };
    entries
        .into_iter()
        .map(|entry| {
            let message =
                entry.get("message").and_then(Value::as_str).unwrap_or("the subgraph reported an error").to_owned();
            let path = entry.get("path").and_then(|path| Vec::deserialize(path).ok());
            let extensions = entry.get("extensions").and_then(Value::as_object).cloned();
            SubgraphError { message, path, extensions }
        })
        .collect()
}

impl From<async_graphql::ServerError> for SubgraphError {
    fn from(error: async_graphql::ServerError) -> Self {
        let path = error
            .path
            .into_iter()
            .map(|segment| match segment {
                async_graphql::PathSegment::Field(key) => PathSegment::Key(key),
                async_graphql::PathSegment::Index(index) => PathSegment::Index(index as u64),
            })
            .collect::<Vec<_>>();
        let extensions = error.extensions.and_then(|extensions| {
            serde_json::to_value(extensions).ok().and_then(|value| match value {
                Value::Object(map) => Some(map),
                _ => None,
            })
        });
        Self { message: error.message, path: Some(path).filter(|path| !path.is_empty()), extensions }
    }
}
