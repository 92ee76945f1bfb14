//! GraphQL errors as clients see them: a message, a path, and a code from a closed list.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::config::LimitName;

/// What went wrong, as a code that a program can act on (`extensions.code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A value in the request is not valid, for example a variable or a header.
    Validation,
    /// The request exceeds a limit; `extensions.limit` has the limit and the actual value.
    LimitExceeded(LimitName),
    /// The automatic persisted query is not known. The client must send its text next.
    PersistedQueryNotFound,
    /// Automatic persisted queries are disabled. The client must send document texts from now on.
    PersistedQueryNotSupported,
    /// The text does not have the hash that the client sent with it.
    PersistedQueryHashMismatch,
    /// No trusted document has this `documentId`.
    DocumentNotFound,
    /// Only trusted documents are executed, and this document is not one of them.
    DocumentNotTrusted,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document is GraphQL, but is not valid against the schema.
    GraphqlValidationFailed,
    /// The body of the request is not a GraphQL request.
    BadRequest,
    /// The body of the request is larger than the configured limit.
    PayloadTooLarge,
    /// The requested object does not exist.
    NotFound,
    /// The request conflicts with the present state.
    Conflict,
    /// The request was made against an outdated version.
    StaleVersion,
    /// The caller is not allowed to do this.
    Forbidden,
    /// The caller is not authenticated.
    Unauthenticated,
    /// The caller sent too many requests.
    RateLimited,
    /// The request or one of its fetches exceeded a time limit.
    Timeout,
    /// A subgraph did not answer, or its answer was not a GraphQL response.
    SubgraphUnavailable,
    /// An internal error of the gateway or of a subgraph.
    Internal,
}

impl ErrorCode {
    /// The code as written in `extensions.code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Validation => "VALIDATION",
            Self::LimitExceeded(limit) => limit.code(),
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::PersistedQueryHashMismatch => "PERSISTED_QUERY_HASH_MISMATCH",
            Self::DocumentNotFound => "DOCUMENT_NOT_FOUND",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadRequest => "BAD_REQUEST",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::StaleVersion => "STALE_VERSION",
            Self::Forbidden => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::SubgraphUnavailable => "SUBGRAPH_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One step of an error path: a response key or a list index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathSegment {
    /// Index in a list, from zero.
    Index(u64),
    /// Response key: the alias, or the field name where there is no alias.
    Key(String),
}

/// Position in the document text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Line, from one.
    pub line: usize,
    /// Column, from one.
    pub column: usize,
}

#[expect(clippy::borrowed_box, reason = "serde passes a reference to the field")]
fn no_extensions(extensions: &Box<Map<String, Value>>) -> bool {
    extensions.is_empty()
}

/// One entry of `errors` in a GraphQL response.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GraphQlError {
    /// What happened, as text for people.
    pub message: String,
    /// Positions in the document, if they are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Location>,
    /// Position in the answer; `None` when the error does not concern a single field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<PathSegment>>,
    /// Machine-readable details, including `code`. Boxed, so that a `Result` stays small.
    #[serde(skip_serializing_if = "no_extensions")]
    pub extensions: Box<Map<String, Value>>,
}

impl GraphQlError {
    /// An error with a code and no path.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut extensions = Map::new();
        extensions.insert("code".to_owned(), Value::from(code.as_str()));
        Self { message: message.into(), locations: Vec::new(), path: None, extensions: Box::new(extensions) }
    }

    /// The error for a request that exceeds a limit.
    #[must_use]
    pub fn limit_exceeded(name: LimitName, maximum: impl Into<Value>, actual: impl Into<Value>) -> Self {
        let (maximum, actual) = (maximum.into(), actual.into());
        let message = format!("the operation is beyond the limit `{name}`: it has {actual}, the maximum is {maximum}");
        Self::new(ErrorCode::LimitExceeded(name), message).over_limit(name.as_str(), maximum, actual)
    }

    /// The same error with the limit that was passed, as `extensions.limit: { name, maximum, actual }`; `actual` is null
    /// where nobody knows it.
    #[must_use]
    pub(crate) fn over_limit(self, name: &str, maximum: impl Into<Value>, actual: impl Into<Value>) -> Self {
        let limit = json!({ "name": name, "maximum": maximum.into(), "actual": actual.into() });
        self.with("limit", limit)
    }

    /// Sets the position in the answer.
    #[must_use]
    pub fn at(mut self, path: Vec<PathSegment>) -> Self {
        self.path = Some(path);
        self
    }

    /// Adds an entry to `extensions`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(key.to_owned(), value.into());
        self
    }

    /// The `extensions.code`, if present.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.extensions.get("code").and_then(Value::as_str)
    }
}
