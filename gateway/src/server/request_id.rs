//! Every request has an id: the client's own when it sent a sane one, otherwise a new one.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken from a client; longer ones would bloat every log line.
const MAX_LENGTH: usize = 128;

/// Takes the id from the headers, or makes one and puts it there, so that it is forwarded like any other header.
pub(super) fn ensure(headers: &mut HeaderMap) -> HeaderValue {
    let given = headers
        .get(&REQUEST_ID)
        .filter(|value| !value.is_empty() && value.len() <= MAX_LENGTH && value.to_str().is_ok())
        .cloned();
    given.unwrap_or_else(|| {
        let made = Uuid::now_v7().to_string();
        let value = HeaderValue::from_str(&made).unwrap_or_else(|_| HeaderValue::from_static("unknown"));
        headers.insert(REQUEST_ID, value.clone());
        value
    })
}
