//! The GraphQL endpoint: reads a request from a POST body or a GET query string, and sends the answer.

use std::{convert::Infallible, sync::Arc};

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use tracing::Instrument;

use super::{
    Endpoint, body,
    media_type::{self, MediaType},
    query_string,
    refusal::Refusal,
};
use crate::{GraphQlRequest, GraphQlResponse, config::ContentCoding, error::ErrorCode, telemetry::request_span};

/// The media type and coding that the client accepts.
#[derive(Clone, Copy)]
struct Wishes {
    media_type: MediaType,
    coding: Option<ContentCoding>,
}

/// Answers all requests to the GraphQL path.
pub(super) async fn endpoint(endpoint: Arc<Endpoint>, request: Request<Body>) -> Result<Response, Infallible> {
    let (parts, body) = request.into_parts();
    let options = &endpoint.options;
    let media_type = MediaType::negotiate(&parts.headers, options.status_rules);
    let wishes = Wishes {
        media_type: media_type.unwrap_or(MediaType::Json),
        coding: options.compression.negotiate(&parts.headers),
    };
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    let read = if parts.method == Method::OPTIONS {
        return Ok(described());
    } else if !is_read && parts.method != Method::POST {
        Err(Refusal::not_allowed("GraphQL is spoken with GET and POST", "GET, HEAD, POST, OPTIONS"))
    } else if media_type.is_none() {
        let message = "answers are `application/graphql-response+json` or `application/json`";
        Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, message))
    } else if is_read {
        let query = parts.uri.query().unwrap_or_default();
        let checked = options.csrf.check(&parts.headers, options.cors.as_ref());
        checked.and_then(|()| query_string::read(query))
    } else {
        body::read(&options.caps, &parts.headers, body).await
    };
    let response = match read {
        Ok(request) => {
            let answer = run(&endpoint, request.with_headers(parts.headers)).await;
            send(&endpoint, answer, wishes, media_type::Request::WellFormed).await
        }
        Err(refusal) => {
            let answer = refusal.into_response();
            let response = send(&endpoint, answer, wishes, media_type::Request::Malformed).await;
            endpoint.gateway.metrics().refused_request(response.status());
            response
        }
    };
    Ok(if parts.method == Method::HEAD { headless(response) } else { response })
}

async fn run(endpoint: &Endpoint, request: GraphQlRequest) -> GraphQlResponse {
    let span = request_span(&request.headers);
    let mut answer = endpoint.gateway.execute(request).instrument(span).await;
    if answer.status == StatusCode::METHOD_NOT_ALLOWED {
        // GET is allowed for other operations, so `Allow` names the method for this operation.
        answer.headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    answer
}

async fn send(endpoint: &Endpoint, answer: GraphQlResponse, wishes: Wishes, request: media_type::Request) -> Response {
    let options = &endpoint.options;
    let status = wishes.media_type.status(options.status_rules, &answer, request);
    let (coding, body) = options.compression.pack(wishes.coding, answer.body).await;
    let mut headers = answer.headers;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(wishes.media_type.as_str()));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    }
    headers.append(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(cost) = answer.cost {
        response.extensions_mut().insert(OperationCost(cost));
    }
    response
}

/// Estimated cost of the operation that a response answers, in the extensions of the response, for layers around the
/// router.
#[derive(Clone, Copy, Debug)]
pub struct OperationCost(pub u64);

/// The answer to an `OPTIONS` request. CORS preflights do not get here; the CORS layer answers them.
fn described() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST, OPTIONS"));
    response
}

/// The answer to `HEAD`: all headers, but no body (RFC 9110 § 9.3.2).
fn headless(response: Response) -> Response {
    use http_body::Body as _;
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

/// The answer to a request that is refused before the endpoint, in a media type that the client accepts.
pub(super) fn refused(endpoint: &Endpoint, headers: &HeaderMap, refusal: Refusal) -> Response {
    endpoint.gateway.metrics().refused_request(refusal.status);
    let media_type = MediaType::negotiate(headers, endpoint.options.status_rules).unwrap_or(MediaType::Json);
    let answer = refusal.into_response();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.as_str()));
    response
}
