//! Reads the body of a POST request: checks its type and size, decompresses it, and parses it.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::{content_type::require_json, options::RequestCaps, refusal::Refusal};
use crate::{
    GraphQlRequest,
    content_coding::{self, DecodeError},
    error::{ErrorCode, GraphQlError},
};

/// Value of `Accept-Encoding` in a 415 response (RFC 9110 § 15.5.16).
const REQUEST_CODINGS: &str = "gzip, br, zstd, deflate";

pub(super) async fn read(caps: &RequestCaps, headers: &HeaderMap, body: Body) -> Result<GraphQlRequest, Refusal> {
    require_json(headers)?;
    let codings = content_coding::codings(headers).map_err(|error| undecodable(caps, &error))?;
    let packed = tokio::time::timeout(caps.body_timeout, collect(caps, body)).await.map_err(|_| {
        let message = format!("the body did not arrive within {} s", caps.body_timeout.as_secs());
        Refusal::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message)
    })??;
    let bytes = content_coding::decode(codings, packed, caps.max_body_bytes)
        .await
        .map_err(|error| undecodable(caps, &error))?;
    parse(&bytes)
}

fn parse(bytes: &Bytes) -> Result<GraphQlRequest, Refusal> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Refusal::bad_request("the body is not UTF-8"));
    }
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => {
            return Err(Refusal::bad_request("the body is empty; it must be a GraphQL request as JSON"));
        }
        Some(b'[') => {
            let message = "the body is a list; batches are not served: send each request by itself";
            return Err(Refusal::unfit(GraphQlError::new(ErrorCode::BadRequest, message)));
        }
        Some(_) => {}
    }
    GraphQlRequest::from_json(bytes).map_err(|error| {
        if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
            Refusal::unfit(error)
        } else {
            Refusal { status: StatusCode::BAD_REQUEST, error, header: None }
        }
    })
}

fn too_large(caps: &RequestCaps, actual: Option<usize>) -> Refusal {
    let limit = caps.max_body_bytes;
    let message = format!("the request body is larger than {limit} bytes");
    let (status, code) = (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge);
    Refusal::over_limit(status, code, "bodyBytes", limit, actual, message)
}

/// The body, of which no more than the cap is ever kept. One that is too large is refused as soon as that is known;
/// the server drains the rest.
async fn collect(caps: &RequestCaps, mut body: Body) -> Result<Bytes, Refusal> {
    let cap = caps.max_body_bytes;
    let declared = body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    if let Some(declared) = declared.filter(|bytes| *bytes > cap) {
        return Err(too_large(caps, Some(declared)));
    }
    let mut kept = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::bad_request("the body could not be read to its end"))?;
        let Ok(data) = frame.into_data() else { continue };
        let received = kept.len() + data.len();
        if received > cap {
            return Err(too_large(caps, Some(received)));
        }
        kept.extend_from_slice(&data);
    }
    Ok(kept.freeze())
}

fn undecodable(caps: &RequestCaps, error: &DecodeError) -> Refusal {
    match error {
        DecodeError::TooLarge { .. } => too_large(caps, None),
        DecodeError::Malformed { .. } => Refusal::bad_request(error.to_string()),
        DecodeError::Unsupported { .. } => {
            Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest, error.to_string())
                .with_header(header::ACCEPT_ENCODING, REQUEST_CODINGS)
        }
    }
}
