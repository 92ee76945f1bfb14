//! Settings of a gateway: one struct for each concern, all with defaults that suit a public endpoint.
//!
//! All of them can be written down in one TOML file, [`ConfigFile`], under the names that they have here.

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
    /// Which headers pass through, in both directions.
    pub headers: HeaderRules,
    /// Whether `__schema` and `__type` are answered.
    pub introspection: bool,
    /// Whether the error texts of subgraphs reach the client.
    pub subgraph_errors: SubgraphErrors,
    /// How many distinct documents are kept prepared.
    pub document_cache_capacity: u64,
    /// Memory that prepared documents may take, in bytes, as estimated from their texts.
    pub document_cache_bytes: u64,
    /// How requests and fetches are held apart, repeated and refused.
    pub traffic: Traffic,
    /// What identical reads share while they run.
    pub dedupe: Dedupe,
    /// How the HTTP transport behaves.
    pub http: HttpOptions,
    /// How a new supergraph takes the place of the present one.
    pub reload: ReloadOptions,
    /// What is measured and told.
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

/// Whether an answer may carry `extensions.explain`: plan, estimated cost and each fetch with its timing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplainAccess {
    /// Never. Subgraph names and timings are nobody's business at a public endpoint.
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
    /// Message and extensions as the subgraph wrote them: for subgraphs that mask their own faults.
    PassThrough,
    /// As [`PassThrough`](Self::PassThrough) where the subgraph gave the error a code of its own, and as
    /// [`Mask`](Self::Mask) where it did not or where the code is `INTERNAL` or begins with it: an error without a
    /// code is one that nobody meant for a client.
    MaskUnclassified,
    /// A fixed message and the code alone; the text goes to the log.
    Mask,
}

/// Settings of the HTTP transport.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct HttpOptions {
    /// Time to open a connection.
    #[serde(deserialize_with = "written::time")]
    pub connect_timeout: Duration,
    /// How long an idle connection is kept.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub pool_idle_timeout: Duration,
    /// Idle connections kept for each subgraph.
    pub pool_max_idle_per_host: usize,
    /// Largest response body that is read, in bytes after decompression.
    #[serde(deserialize_with = "written::positive")]
    pub max_response_bytes: usize,
    /// Codings that subgraphs are told are welcome, the dearest first. None by default: between neighbours, packing
    /// and unpacking cost more than the bytes that they save. What comes packed all the same is unpacked.
    pub accept_encodings: Vec<ContentCoding>,
    /// How request bodies of [`Self::request_encoding_min_bytes`] and more are packed; the subgraph must be known to
    /// accept it.
    #[serde(deserialize_with = "written::optional")]
    pub request_encoding: Option<ContentCoding>,
    /// Smaller request bodies are sent as they are, in bytes.
    pub request_encoding_min_bytes: usize,
    /// Certificates (PEM) that are trusted for `https` beside those of the operating system.
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

/// How a new supergraph takes the place of the present one.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct ReloadOptions {
    /// How many of the documents that are used most lately are planned before the switch.
    pub warm_documents: usize,
    /// Longest that this may take; what is not planned by then is planned when it is asked for.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub warm_time: Duration,
}

impl Default for ReloadOptions {
    fn default() -> Self {
        Self {
            warm_documents: 500,
            warm_time: Duration::from_secs(10),
        }
    }
}

/// What is measured and told.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct TelemetryOptions {
    /// Whether requests and fetches are counted and timed.
    pub metrics: bool,
    /// How many operation names have metrics of their own; later ones are counted together.
    pub max_operation_names: usize,
    /// Whether spans bear the text of the document, literals included.
    pub document_in_spans: bool,
}

impl Default for TelemetryOptions {
    fn default() -> Self {
        Self {
            metrics: true,
            max_operation_names: 100,
            document_in_spans: false,
        }
    }
}
