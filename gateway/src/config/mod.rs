//! Settings of a gateway: one struct for each concern, with defaults that suit a public endpoint.
//!
//! [`ConfigFile`] reads all of them from one TOML file, in which each key is the name of the field.

mod file;
mod headers;
mod limits;
mod persisted;
mod traffic;
pub(crate) mod written;

use std::time::Duration;

use serde::Deserialize;

pub use self::{
    file::{ConfigFile, ConfigFileError, Outside},
    headers::{
        CacheControlRule, HeaderMerge, HeaderRules, RequestHeaderAction, RequestHeaderRule, ResponseHeaderRule,
        Subgraphs,
    },
    limits::{CostLimits, LimitName, Limits},
    persisted::{AutomaticPersistedQueries, PersistedDocuments},
    traffic::{Breaker, Concurrency, Dedupe, Retry, SubgraphTraffic, Traffic},
};
pub use crate::content_coding::ContentCoding;

/// All settings of a [`Gateway`](crate::Gateway).
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// Limits on a document.
    pub limits: Limits,
    /// Trusted documents and automatic persisted queries, which clients identify by id or hash.
    pub persisted: PersistedDocuments,
    /// Who may see the plan, cost and timing in the answer.
    pub explain: ExplainAccess,
    /// Time limit for one client request, including all its fetches.
    pub timeout: Duration,
    /// Which headers are forwarded, in both directions.
    pub headers: HeaderRules,
    /// Whether `__schema` and `__type` are answered.
    pub introspection: bool,
    /// Which parts of a subgraph's errors reach the client.
    pub subgraph_errors: SubgraphErrors,
    /// How many distinct documents are kept in the document cache.
    pub document_cache_capacity: u64,
    /// Memory for the document cache, in bytes, as estimated from the document texts.
    pub document_cache_bytes: u64,
    /// Concurrency limits, retries, timeouts and circuit breakers.
    pub traffic: Traffic,
    /// Which identical reads and requests are coalesced while they run.
    pub dedupe: Dedupe,
    /// Settings of the HTTP transport to subgraphs.
    pub http: HttpOptions,
    /// How a new supergraph replaces the present one.
    pub reload: ReloadOptions,
    /// Metrics and traces.
    pub telemetry: TelemetryOptions,
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
            subgraph_errors: SubgraphErrors::MaskUnclassified,
            document_cache_capacity: 2_000,
            document_cache_bytes: 256 * 1024 * 1024,
            traffic: Traffic::default(),
            dedupe: Dedupe::default(),
            http: HttpOptions::default(),
            reload: ReloadOptions::default(),
            telemetry: TelemetryOptions::default(),
        }
    }
}

/// Whether an answer may contain `extensions.explain`: the plan, the estimated cost, and the timing of each fetch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplainAccess {
    /// Never. A public endpoint must not reveal the names and timings of subgraphs.
    #[default]
    Off,
    /// When the request has the header `x-graphql-explain: 1`.
    OnRequest,
    /// In every answer, for development.
    Always,
}

/// What a client learns about an error that a subgraph reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubgraphErrors {
    /// Message and extensions, unchanged. For subgraphs that mask their internal errors themselves.
    PassThrough,
    /// Like [`PassThrough`](Self::PassThrough) where the subgraph gave the error a code, and like [`Mask`](Self::Mask)
    /// where there is no code or the code starts with `INTERNAL`. An error without a code was not written for clients.
    MaskUnclassified,
    /// Only the code and a fixed message. The subgraph's message goes to the log.
    Mask,
}

/// Settings of the HTTP transport.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct HttpOptions {
    /// Time limit for opening a connection.
    #[serde(deserialize_with = "written::time")]
    pub connect_timeout: Duration,
    /// How long an idle connection is kept open.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub pool_idle_timeout: Duration,
    /// Idle connections kept open for each subgraph.
    pub pool_max_idle_per_host: usize,
    /// Largest response body that is accepted, in bytes after decompression.
    #[serde(deserialize_with = "written::positive")]
    pub max_response_bytes: usize,
    /// Codings listed in `Accept-Encoding` to subgraphs, the preferred one first. Empty by default: within one data
    /// centre, compression costs more than the saved bytes. A response that is compressed anyway is decompressed.
    pub accept_encodings: Vec<ContentCoding>,
    /// Coding for request bodies of at least [`Self::request_encoding_min_bytes`]. Set it only if the subgraphs accept
    /// it.
    #[serde(deserialize_with = "written::optional")]
    pub request_encoding: Option<ContentCoding>,
    /// Request bodies smaller than this are not compressed, in bytes.
    pub request_encoding_min_bytes: usize,
    /// Certificates (PEM) that are trusted for `https` in addition to those of the operating system.
    #[serde(deserialize_with = "written::certificates")]
    pub extra_trust_roots_pem: Vec<u8>,
    /// Whether HTTP/2 is offered to `https` subgraphs.
    pub http2: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            pool_idle_timeout: Duration::from_secs(50),
            pool_max_idle_per_host: 256,
            max_response_bytes: 64 * 1024 * 1024,
            accept_encodings: Vec::new(),
            request_encoding: None,
            request_encoding_min_bytes: 8 * 1024,
            extra_trust_roots_pem: Vec::new(),
            http2: true,
        }
    }
}

/// How a new supergraph replaces the present one.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct ReloadOptions {
    /// How many of the most recently used documents are planned before the switch.
    pub warm_documents: usize,
    /// Time limit for this planning. The remaining documents are planned when they are requested.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub warm_time: Duration,
}

impl Default for ReloadOptions {
    fn default() -> Self {
        Self { warm_documents: 500, warm_time: Duration::from_secs(10) }
    }
}

/// Settings for metrics and traces.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct TelemetryOptions {
    /// Whether requests and fetches are counted and timed.
    pub metrics: bool,
    /// How many operation names have their own metrics. Further names are counted together.
    pub max_operation_names: usize,
    /// Whether spans contain the document text, including literals.
    pub document_in_spans: bool,
}

impl Default for TelemetryOptions {
    fn default() -> Self {
        Self { metrics: true, max_operation_names: 100, document_in_spans: false }
    }
}
