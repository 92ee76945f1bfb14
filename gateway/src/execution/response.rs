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

/// Parses `errors`. A malformed entry still counts as an error, with a default message.
pub(super) fn parse_errors(json: &[u8]) -> Vec<SubgraphError> {
    let entries: Vec<Value> = serde_json::from_slice(json).unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| {
            let message = entry
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or("the subgraph reported an error")
                .to_owned();
            let path = entry.get("path").and_then(|path| Vec::deserialize(path).ok());
            let extensions = entry.get("extensions").and_then(Value::as_object).cloned();
            SubgraphError {
                message,
                path,
                extensions,
            }
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
        Self {
            message: error.message,
            path: Some(path).filter(|path| !path.is_empty()),
            extensions,
        }
    }
}
