//! Hop-by-hop and per-message headers, which are never forwarded.

use ahash::AHashSet;
use http::{HeaderMap, HeaderName, header};

/// Whether a name always belongs to the connection (RFC 9110 § 7.6.1) or to the format of one message body.
fn is_fixed(name: &HeaderName) -> bool {
    const OLD: [&str; 2] = ["keep-alive", "proxy-connection"];
    matches!(
        *name,
        header::CONNECTION
            | header::PROXY_AUTHENTICATE
            | header::PROXY_AUTHORIZATION
            | header::TE
            | header::TRAILER
            | header::TRANSFER_ENCODING
            | header::UPGRADE
            | header::HOST
            | header::EXPECT
            | header::CONTENT_TYPE
            | header::CONTENT_LENGTH
            | header::CONTENT_ENCODING
            | header::ACCEPT
            | header::ACCEPT_ENCODING
    ) || OLD.contains(&name.as_str())
}

/// The headers of one message that must not be forwarded.
pub(super) struct PerMessage {
    named: AHashSet<HeaderName>,
}

impl PerMessage {
    /// Reads the names in the message's `Connection` header.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CONNECTION).into_iter();
        let named = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','))
            .filter_map(|name| name.trim().parse().ok())
            .collect();
        Self { named }
    }

    /// The names that apply to every message.
    pub(super) fn of_any() -> Self {
        Self { named: AHashSet::new() }
    }

    pub(super) fn holds(&self, name: &HeaderName) -> bool {
        is_fixed(name) || (!self.named.is_empty() && self.named.contains(name))
    }
}
