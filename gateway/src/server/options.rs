//! Settings of the HTTP server.

use std::time::Duration;

use serde::Deserialize;

use super::{Cors, CsrfPrevention};
use crate::config::{ContentCoding, written};

/// Settings of the HTTP server, with defaults that suit a public endpoint.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct ServerOptions {
    /// Path of the GraphQL endpoint.
    #[serde(deserialize_with = "written::path")]
    pub path: String,
    /// Limits on the size of requests.
    pub caps: RequestCaps,
    /// Which requests are refused as possible cross-site request forgery.
    pub csrf: CsrfPrevention,
    /// Which origins may read answers in a browser. `None`: no other origin.
    #[serde(deserialize_with = "written::optional")]
    pub cors: Option<Cors>,
    /// How answers are compressed.
    pub compression: ResponseCompression,
    /// Which status codes are used.
    pub status_rules: StatusRules,
    /// Whether `GET /metrics` is served. It reveals which operations clients run and the state of the subgraphs.
    pub metrics: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            path: "/graphql".to_owned(),
            caps: RequestCaps::default(),
            csrf: CsrfPrevention::default(),
            cors: None,
            compression: ResponseCompression::default(),
            status_rules: StatusRules::default(),
            metrics: true,
        }
    }
}

/// Limits on the size and duration of a request. Each limit has its own status code.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct RequestCaps {
    /// Largest body, in bytes, both compressed and decompressed (413).
    #[serde(deserialize_with = "written::positive")]
    pub max_body_bytes: usize,
    /// Time limit for the body to arrive (408).
    #[serde(deserialize_with = "written::time")]
    pub body_timeout: Duration,
    /// Longest path and query, in bytes (414).
    #[serde(deserialize_with = "written::positive")]
    pub max_url_bytes: usize,
    /// Most headers (431).
    #[serde(deserialize_with = "written::positive")]
    pub max_headers: usize,
    /// Total size of the names and values of all headers, in bytes (431).
    #[serde(deserialize_with = "written::positive")]
    pub max_header_bytes: usize,
}

impl Default for RequestCaps {
    fn default() -> Self {
        Self {
            max_body_bytes: 2 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            max_url_bytes: 16 * 1024,
            max_headers: 100,
            max_header_bytes: 32 * 1024,
        }
    }
}

/// How answers are compressed.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct ResponseCompression {
    /// Codings that are offered. Among codings that the client prefers equally, the first one is used. Empty: no
    /// compression.
    pub codings: Vec<ContentCoding>,
    /// Answers smaller than this are not compressed, in bytes.
    pub min_bytes: usize,
}

impl Default for ResponseCompression {
    fn default() -> Self {
        Self {
            // Ordered by the time that they need for a typical answer.
            codings: vec![ContentCoding::Zstd, ContentCoding::Gzip, ContentCoding::Brotli],
            min_bytes: 1024,
        }
    }
}

/// Which status codes are used. The editions of GraphQL over HTTP differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusRules {
    /// The working draft, which existing clients and the public audit use: 400 for any invalid request, 200 as soon as
    /// there is data, and always 200 for a well-formed request in `application/json`. A client without `Accept` is
    /// assumed to be an old one and gets `application/json`.
    #[default]
    Audited,
    /// The edition of September 2026: 422 for a request that can be parsed but is not valid, 294 for data with errors.
    /// A client without `Accept` gets `application/graphql-response+json`.
    September2026,
}
