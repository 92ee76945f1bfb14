//! A transport carries one fetch to one subgraph and brings back its response.
//!
//! The two implementations are [`HttpTransport`] for a subgraph behind a URL and [`LocalTransport`] for an
//! async-graphql schema in the same process. The executor does not know which one it talks to.

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

pub(crate) use self::{http::check_url, tls::check_certificates};
pub use self::{
    http::{HttpTransport, HttpTransportError},
    local::{LocalSubgraph, LocalTransport},
    operation::{OperationKind, SubgraphOperation},
    tls::TrustError,
};

/// Carries fetches to one subgraph.
pub trait Transport: Send + Sync + 'static {
    /// Sends one operation and waits for its response.
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>>;

    /// Whether the subgraph would answer now; the text says why not.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// One fetch.
#[derive(Clone, Copy)]
pub struct SubgraphRequest<'a> {
    /// What the subgraph is asked, prepared once for each plan.
    pub operation: &'a SubgraphOperation,
    /// Values of the operation's variables, entity representations among them.
    pub variables: &'a [Variable<'a>],
    /// Headers to send, already chosen by the forward rules.
    pub headers: &'a HeaderMap,
    /// When the client's request ends; a transport need not answer later.
    pub deadline: Instant,
}

/// One variable of a fetch.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'a> {
    /// Name without the dollar sign.
    pub name: &'a str,
    /// Value as JSON text.
    pub json: &'a [u8],
}

/// What a subgraph answered.
pub struct SubgraphResponse {
    /// The GraphQL response.
    pub body: SubgraphBody,
    /// Headers of the answer, from which the return rules choose.
    pub headers: HeaderMap,
}

impl SubgraphResponse {
    /// A JSON body without headers.
    #[must_use]
    pub fn json(body: Bytes) -> Self {
        Self {
            body: SubgraphBody::Json(body),
            headers: HeaderMap::new(),
        }
    }
}

/// A GraphQL response in the form that the transport has at hand.
pub enum SubgraphBody {
    /// A JSON response body.
    Json(Bytes),
    /// A response that never was text.
    Tree(Box<async_graphql::Response>),
}

/// Why there is no response.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection could be made.
    #[error("no connection to the subgraph: {0}")]
    Connect(String),
    /// The connection broke before anything of a response came.
    #[error("the connection to the subgraph broke before a response: {0}")]
    Reset(String),
    /// The connection broke before the response was complete.
    #[error("the connection to the subgraph broke: {0}")]
    Broken(String),
    /// The subgraph answered, but not with a GraphQL response.
    #[error("the subgraph answered with status {status} and no GraphQL response")]
    Status {
        /// HTTP status of the answer.
        status: u16,
        /// How long the subgraph asks to be left alone (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// The response body is larger than allowed.
    #[error("the response of the subgraph is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The configured cap.
        limit_bytes: usize,
    },
    /// The response body cannot be read.
    #[error("the response of the subgraph cannot be read: {0}")]
    Malformed(String),
    /// The request body cannot be made.
    #[error("the request to the subgraph cannot be packed: {0}")]
    Unsendable(String),
    /// The deadline passed.
    #[error("the subgraph did not answer in time")]
    Timeout,
    /// The subgraph failed too often lately and is not asked for a while.
    #[error("the circuit breaker of the subgraph is open")]
    CircuitOpen,
    /// Too many fetches of the subgraph run already.
    #[error("too many requests to the subgraph are in flight")]
    Overloaded,
}

impl TransportError {
    /// One of a few words, for metrics and spans.
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
