//! What holds for every path: an id on every answer, and caps on the head of every request.

use std::sync::Arc;

use axum::{body::Body, extract::State, middleware::Next, response::Response};
use http::{HeaderMap, Request, StatusCode, Uri};

use super::{Endpoint, graphql::refused, options::RequestCaps, refusal::Refusal, request_id};
use crate::error::ErrorCode;

/// Gives the request an id, and the answer the same.
pub(super) async fn identify(mut request: Request<Body>, next: Next) -> Response {
    let id = request_id::ensure(request.headers_mut());
    let mut response = next.run(request).await;
    response.headers_mut().insert(request_id::REQUEST_ID, id);
    response
}

/// Refuses a request whose head is larger than allowed.
pub(super) async fn cap(State(endpoint): State<Arc<Endpoint>>, request: Request<Body>, next: Next) -> Response {
    let options = &endpoint.options;
    match check(&options.caps, request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(request.headers(), options.status_rules, refusal),
    }
}

/// The answer for a path that nothing is served on.
pub(super) async fn not_found(State(endpoint): State<Arc<Endpoint>>, request: Request<Body>) -> Response {
    let message = format!("there is nothing here; GraphQL is served on {}", endpoint.options.path);
    let refusal = Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message);
    refused(request.headers(), endpoint.options.status_rules, refusal)
}

fn check(caps: &RequestCaps, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let code = ErrorCode::Validation;
    let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let url = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if url > caps.max_url_bytes {
        let limit = caps.max_url_bytes;
        let message = format!("the URL is longer than {limit} bytes; send the request with POST");
        return Err(Refusal::over_limit(
            StatusCode::URI_TOO_LONG,
            code,
            "urlBytes",
            limit,
            Some(url),
            message,
        ));
    }
    if headers.len() > caps.max_headers {
        let limit = caps.max_headers;
        let message = format!("the request has more than {limit} headers");
        return Err(Refusal::over_limit(
            too_large,
            code,
            "headers",
            limit,
            Some(headers.len()),
            message,
        ));
    }
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if bytes > caps.max_header_bytes {
        let limit = caps.max_header_bytes;
        let message = format!("the headers of the request are larger than {limit} bytes");
        return Err(Refusal::over_limit(
            too_large,
            code,
            "headerBytes",
            limit,
            Some(bytes),
            message,
        ));
    }
    Ok(())
}
