//! Settings of a gateway: one struct for each concern, all with defaults that suit a public endpoint.

use std::time::Duration;

use http::HeaderName;

mod limits;
mod persisted;

pub use self::{
    limits::{CostLimits, LimitName, Limits},
    persisted::{AutomaticPersistedQueries, PersistedDocuments},
};

/// Everything that can be chosen about a [`Gateway`](crate::Gateway).
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// What a document may ask for.
    pub limits: Limits,
    /// Documents that clients name instead of sending them.
    pub persisted: PersistedDocuments,
    /// Who may see plan, cost and timing in the answer.
    pub explain: ExplainAccess,
    /// Time for one client request, all its fetches included.
    pub timeout: Duration,
    /// Which headers of the client reach the subgraphs.
    pub headers: HeaderRules,
    /// Whether `__schema` and `__type` are answered.
    pub introspection: bool,
    /// Whether the error texts of subgraphs reach the client.
    pub subgraph_errors: SubgraphErrors,
    /// How many distinct documents are kept prepared.
    pub document_cache_capacity: u64,
    /// How the HTTP transport behaves.
    pub http: HttpOptions,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            persisted: PersistedDocuments::default(),
            explain: ExplainAccess::Off,
            timeout: Duration::from_secs(30),
            headers: HeaderRules::default(),
            introspection: true,
            subgraph_errors: SubgraphErrors::PassThrough,
            document_cache_capacity: 2_000,
            http: HttpOptions::default(),
        }
    }
}

/// Whether an answer may carry `extensions.explain`: plan, estimated cost and each fetch with its timing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExplainAccess {
    /// Never. Subgraph names and timings are nobody's business at a public endpoint.
    #[default]
    Off,
    /// When the request has the header `x-graphql-explain: 1`.
    OnRequest,
    /// In every answer, for development.
    Always,
}

/// Which headers of the client's request are passed on to every subgraph.
#[derive(Clone, Debug)]
pub struct HeaderRules {
    /// Names that are passed on as they came.
    pub forward: Vec<HeaderName>,
}

impl Default for HeaderRules {
    fn default() -> Self {
        Self {
            forward: ["authorization", "x-request-id", "traceparent", "tracestate"]
                .into_iter()
                .map(HeaderName::from_static)
                .collect(),
        }
    }
}

/// What a client learns about an error that a subgraph reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubgraphErrors {
    /// Message and extensions as the subgraph wrote them: for subgraphs that mask their own faults.
    PassThrough,
    /// A fixed message and the code alone; the text goes to the log.
    Mask,
}

/// Settings of the HTTP transport.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Time to open a connection.
    pub connect_timeout: Duration,
    /// How long an idle connection is kept.
    pub pool_idle_timeout: Duration,
    /// Idle connections kept for each subgraph.
    pub pool_max_idle_per_host: usize,
    /// Largest response body that is read, in bytes after decompression.
    pub max_response_bytes: usize,
    /// Whether subgraphs are told that gzip is welcome.
    pub accept_gzip: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            pool_idle_timeout: Duration::from_secs(50),
            pool_max_idle_per_host: 256,
            max_response_bytes: 64 * 1024 * 1024,
            accept_gzip: true,
        }
    }
}
