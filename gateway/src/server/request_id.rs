//! Request ids: uses the client's id if it is acceptable, otherwise creates one.

use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is accepted from a client, in bytes. A longer id would make every log line too long.
const MAX_LENGTH: usize = 128;

/// Returns the id of a request. A new id is added to the headers, so that it is forwarded like any other header.
pub(super) fn ensure(headers: &mut HeaderMap) -> HeaderValue {
    let given = headers
        .get(&REQUEST_ID)
        .filter(|value| !value.is_empty() && value.len() <= MAX_LENGTH && value.to_str().is_ok())
        .cloned();
    given.unwrap_or_else(|| {
        let value = made();
        headers.insert(REQUEST_ID, value.clone());
        value
    })
}

/// Creates an id that sorts by time (RFC 9562, version 7). It must be unique but not secret, so its random part comes
/// from a fast generator that does not call the operating system each time.
fn made() -> HeaderValue {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
    let mut random = [0; 10];
    fastrand::fill(&mut random);
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    let mut text = Uuid::encode_buffer();
    HeaderValue::from_str(id.hyphenated().encode_lower(&mut text))
        .unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}
