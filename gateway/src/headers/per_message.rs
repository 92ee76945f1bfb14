//! Headers that concern one connection or one message and therefore never pass from one side to the other.

use ahash::AHashSet;
use http::{HeaderMap, HeaderName, header};

/// Names for connections (RFC 9110 § 7.6.1) and for the form of one message's body.
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

/// Tells for one message which of its headers may not pass.
pub(super) struct PerMessage {
    named: AHashSet<HeaderName>,
}

impl PerMessage {
    /// Reads what the message's own `Connection` header names.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CONNECTION).into_iter();
        let named = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','))
            .filter_map(|name| name.trim().parse().ok())
            .collect();
        Self { named }
    }

    /// What holds for any message.
    pub(super) fn of_any() -> Self {
        Self { named: AHashSet::new() }
    }

    pub(super) fn holds(&self, name: &HeaderName) -> bool {
        is_fixed(name) || (!self.named.is_empty() && self.named.contains(name))
    }
}
