//! Settings of the HTTP surface.

use std::time::Duration;

use serde::Deserialize;

use super::{Cors, CsrfPrevention};
use crate::config::{ContentCoding, written};

/// Settings of the HTTP surface, with defaults that suit a public endpoint.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct ServerOptions {
    /// Path of the GraphQL endpoint.
    #[serde(deserialize_with = "written::path")]
    pub path: String,
    /// How large a request may be.
    pub caps: RequestCaps,
    /// Which requests are refused because a browser may have been tricked into sending them.
    pub csrf: CsrfPrevention,
    /// Which origins may read answers in a browser; none when it is `None`.
    #[serde(deserialize_with = "written::optional")]
    pub cors: Option<Cors>,
    /// How answers are compressed.
    pub compression: ResponseCompression,
    /// Which statuses tell what.
    pub status_rules: StatusRules,
    /// Whether `GET /metrics` answers. It says which operations clients run and how the subgraphs fare.
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

/// How large and how slow a request may be. Each is answered with a status of its own when it is passed.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct RequestCaps {
    /// Largest body, in bytes, both as sent and as unpacked (413).
    #[serde(deserialize_with = "written::positive")]
    pub max_body_bytes: usize,
    /// Time for a body to arrive (408).
    #[serde(deserialize_with = "written::time")]
    pub body_timeout: Duration,
    /// Longest path and query, in bytes (414).
    #[serde(deserialize_with = "written::positive")]
    pub max_url_bytes: usize,
    /// Most headers (431).
    #[serde(deserialize_with = "written::positive")]
    pub max_headers: usize,
    /// Names and values of all headers together, in bytes (431).
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
    /// Codings that are offered, the preferred one first among those that a client likes alike. Empty: none.
    pub codings: Vec<ContentCoding>,
    /// Smaller answers are sent as they are, in bytes.
    pub min_bytes: usize,
}

impl Default for ResponseCompression {
    fn default() -> Self {
        Self {
            // By the time that they take for a typical answer.
            codings: vec![ContentCoding::Zstd, ContentCoding::Gzip, ContentCoding::Brotli],
            min_bytes: 1024,
        }
    }
}

/// Which statuses tell what: the editions of GraphQL over HTTP differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusRules {
    /// The working draft that clients and the public audit know: 400 for whatever is wrong with a request, 200 as soon
    /// as there is data, and always 200 for a well-formed request in `application/json`. A client that sends no
    /// `Accept` is an old one and gets `application/json`.
    #[default]
    Audited,
    /// The edition of September 2026: 422 for a request that can be read but is not right, 294 for data with errors,
    /// and no `Accept` means `application/graphql-response+json`.
    September2026,
}
