//! The operation of a fetch, prepared once: its text, the beginning of the HTTP body, and the parsed document.

use std::sync::OnceLock;

use async_graphql::parser::types::ExecutableDocument;

use crate::json::write_string;

/// Kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads data.
    Query,
    /// Writes data. Root fields run one after the other.
    Mutation,
    /// A stream of events.
    Subscription,
}

impl OperationKind {
    /// The keyword of the operation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// An operation for a subgraph, prepared once for each plan.
pub struct SubgraphOperation {
    text: String,
    kind: OperationKind,
    body_prefix: Vec<u8>,
    parsed: OnceLock<Result<ExecutableDocument, String>>,
}

impl SubgraphOperation {
    /// Prepares an operation.
    #[must_use]
    pub fn new(text: String, kind: OperationKind) -> Self {
        let mut body_prefix = Vec::with_capacity(text.len() + 16);
        body_prefix.extend_from_slice(b"{\"query\":");
        write_string(&mut body_prefix, &text);
        Self { text, kind, body_prefix, parsed: OnceLock::new() }
    }

    /// The GraphQL text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Query, mutation or subscription.
    #[must_use]
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The JSON body without its variables and closing brace: `{"query":"…"`.
    #[must_use]
    pub fn body_prefix(&self) -> &[u8] {
        &self.body_prefix
    }

    /// The parsed document for an in-process subgraph. It is parsed at most once.
    ///
    /// # Errors
    ///
    /// When async-graphql's parser refuses the text.
    pub fn parsed(&self) -> Result<&ExecutableDocument, &str> {
        self.parsed
            .get_or_init(|| async_graphql::parser::parse_query(&self.text).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(String::as_str)
    }
}
