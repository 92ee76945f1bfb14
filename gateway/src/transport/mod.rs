//! Transports: each sends fetches to one subgraph and returns its responses.
//!
//! There are two implementations: [`HttpTransport`] for a subgraph with a URL, and [`LocalTransport`] for an
//! async-graphql schema in the same process. The executor does not depend on which one is used.

mod budget;
mod http;
mod local;
mod operation;
mod tls;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use ::http::HeaderMap;
use bytes::Bytes;
use futures::future::BoxFuture;

pub use self::{
    budget::Budget,
    http::{HttpTransport, HttpTransportError},
    local::{LocalContext, LocalSubgraph, LocalTransport},
    operation::{OperationKind, SubgraphOperation},
    tls::TrustError,
};
pub(crate) use self::{http::check_url, tls::check_certificates};

/// Sends fetches to one subgraph.
pub trait Transport: Send + Sync + 'static {
    /// Sends one operation and waits for its response.
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>>;

    /// Whether the subgraph is ready to answer. The error says why not.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// One fetch.
#[derive(Clone, Copy)]
pub struct SubgraphRequest<'a> {
    /// The operation for the subgraph, prepared once for each plan.
    pub operation: &'a SubgraphOperation,
    /// Values of the operation's variables, including the entity representations.
    pub variables: &'a [Variable<'a>],
    /// Headers to send, already filtered by the header rules.
    pub headers: &'a HeaderMap,
    /// When the client's request times out. A response after this time is useless. A subgraph with a URL is sent the
    /// time left in milliseconds (`x-request-timeout-ms`).
    pub deadline: Instant,
    /// The work that the client's request may cause. A subgraph with a URL is sent its units (`x-request-budget`).
    pub budget: Option<&'a Budget>,
}

/// One variable of a fetch.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'a> {
    /// Name without the dollar sign.
    pub name: &'a str,
    /// Value as JSON text.
    pub json: &'a [u8],
}

/// The response of a subgraph.
pub struct SubgraphResponse {
    /// The GraphQL response.
    pub body: SubgraphBody,
    /// Headers of the response. The header rules select which of them reach the client.
    pub headers: HeaderMap,
}

impl SubgraphResponse {
    /// A response with a JSON body and no headers.
    #[must_use]
    pub fn json(body: Bytes) -> Self {
        Self { body: SubgraphBody::Json(body), headers: HeaderMap::new() }
    }
}

/// A GraphQL response, in the form that the transport receives.
pub enum SubgraphBody {
    /// A JSON response body.
    Json(Bytes),
    /// A response of an in-process subgraph, which was never serialized.
    Tree(Box<async_graphql::Response>),
}

/// Why a fetch has no response.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TransportError {
    /// The connection could not be opened.
    #[error("no connection to the subgraph: {0}")]
    Connect(String),
    /// The connection was closed before the response began.
    #[error("the connection to the subgraph broke before a response: {0}")]
    Reset(String),
    /// The connection was closed before the response was complete.
    #[error("the connection to the subgraph broke: {0}")]
    Broken(String),
    /// The subgraph answered, but not with a GraphQL response.
    #[error("the subgraph answered with status {status} and no GraphQL response")]
    Status {
        /// HTTP status of the answer.
        status: u16,
        /// How long the subgraph asks to wait before the next request (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The response body exceeds the limit.
    #[error("the response of the subgraph is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The configured limit.
        limit_bytes: usize,
    },
    /// The response body cannot be parsed.
    #[error("the response of the subgraph cannot be read: {0}")]
    Malformed(String),
    /// The request body cannot be compressed.
    #[error("the request to the subgraph cannot be packed: {0}")]
    Unsendable(String),
    /// The deadline passed.
    #[error("the subgraph did not answer in time")]
    Timeout,
    /// The subgraph failed too often recently, so its circuit breaker refuses requests.
    #[error("the circuit breaker of the subgraph is open")]
    CircuitOpen,
    /// Too many fetches to the subgraph are already running.
    #[error("too many requests to the subgraph are in flight")]
    Overloaded,
}

impl TransportError {
    /// A short name of the error, for metrics and spans.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Reset(_) => "reset",
            Self::Broken(_) => "broken",
            Self::Status { .. } => "status",
            Self::TooLarge { .. } => "too_large",
            Self::Malformed(_) => "malformed",
            Self::Unsendable(_) => "unsendable",
            Self::Timeout => "timeout",
            Self::CircuitOpen => "circuit_open",
            Self::Overloaded => "overloaded",
        }
    }
}

/// Transports by subgraph name.
pub type Transports = BTreeMap<String, std::sync::Arc<dyn Transport>>;
