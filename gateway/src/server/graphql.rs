//! The GraphQL endpoint: reads a request from a POST body or a GET query string and sends the answer.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use tracing::Instrument;

use super::{Endpoint, media_type::MediaType, request_id};
use crate::{
    GraphQlRequest, GraphQlResponse,
    error::{ErrorCode, GraphQlError},
    request::{persisted_query_hash, require_document, require_object},
};

/// The query string of a GET request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetParameters {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

pub(super) async fn post(State(endpoint): State<Arc<Endpoint>>, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let id = request_id::ensure(&mut parts.headers);
    let Some(media_type) = MediaType::negotiate(&parts.headers) else {
        return not_acceptable(&id);
    };
    let answer = match read_body(&endpoint, &parts.headers, body).await {
        Ok(request) => run(&endpoint, request.with_headers(parts.headers), &id).await,
        Err((status, error)) => return send(refused(status, error), media_type, Wellformed::No, &id),
    };
    send(answer, media_type, Wellformed::Yes, &id)
}

pub(super) async fn get(
    State(endpoint): State<Arc<Endpoint>>,
    mut headers: HeaderMap,
    parameters: Result<Query<GetParameters>, QueryRejection>,
) -> Response {
    let id = request_id::ensure(&mut headers);
    let Some(media_type) = MediaType::negotiate(&headers) else {
        return not_acceptable(&id);
    };
    let request = parameters
        .map_err(|error| GraphQlError::new(ErrorCode::BadRequest, error.body_text()))
        .and_then(|Query(parameters)| read_parameters(parameters));
    match request {
        Ok(request) => {
            let answer = run(&endpoint, request.with_headers(headers), &id).await;
            send(answer, media_type, Wellformed::Yes, &id)
        }
        Err(error) => send(refused(StatusCode::BAD_REQUEST, error), media_type, Wellformed::No, &id),
    }
}

pub(super) async fn other_method(headers: HeaderMap) -> Response {
    let mut headers = headers;
    let id = request_id::ensure(&mut headers);
    let error = GraphQlError::new(ErrorCode::BadRequest, "GraphQL is spoken with GET and POST");
    let mut response = send(
        refused(StatusCode::METHOD_NOT_ALLOWED, error),
        MediaType::Json,
        Wellformed::No,
        &id,
    );
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

async fn run(endpoint: &Endpoint, request: GraphQlRequest, id: &HeaderValue) -> GraphQlResponse {
    let span = tracing::info_span!(
        "graphql",
        request_id = id.to_str().unwrap_or_default(),
        operation = request.operation_name.as_deref().unwrap_or_default()
    );
    endpoint.gateway.execute(request).instrument(span).await
}

async fn read_body(
    endpoint: &Endpoint,
    headers: &HeaderMap,
    body: Body,
) -> Result<GraphQlRequest, (StatusCode, GraphQlError)> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let message = format!("the body must be `application/json`, not `{essence}`");
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            GraphQlError::new(ErrorCode::BadRequest, message),
        ));
    }
    let limit = endpoint.max_body_bytes;
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if let Some(actual) = declared.filter(|&actual| actual > limit) {
        return Err(too_large(limit).map_error(|error| error.with("actual", actual)));
    }
    let bytes = to_bytes(body, limit).await.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(current) = cause {
            if current.is::<http_body_util::LengthLimitError>() {
                return too_large(limit);
            }
            cause = current.source();
        }
        (
            StatusCode::BAD_REQUEST,
            GraphQlError::new(ErrorCode::BadRequest, "the body could not be read"),
        )
    })?;
    GraphQlRequest::from_json(&bytes).map_err(|error| (StatusCode::BAD_REQUEST, error))
}

type Refusal = (StatusCode, GraphQlError);

trait MapError {
    fn map_error(self, change: impl FnOnce(GraphQlError) -> GraphQlError) -> Self;
}

impl MapError for Refusal {
    fn map_error(self, change: impl FnOnce(GraphQlError) -> GraphQlError) -> Self {
        (self.0, change(self.1))
    }
}

fn too_large(limit: usize) -> Refusal {
    let message = format!("the request body is larger than {limit} bytes");
    let error = GraphQlError::new(ErrorCode::PayloadTooLarge, message).with("limit", limit);
    (StatusCode::PAYLOAD_TOO_LARGE, error)
}

fn read_parameters(parameters: GetParameters) -> Result<GraphQlRequest, GraphQlError> {
    let query = parameters.query.filter(|query| !query.is_empty());
    let document_id = parameters.document_id.filter(|id| !id.is_empty());
    let json = |name: &str, text: Option<String>| -> Result<Option<Box<RawValue>>, GraphQlError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let raw = RawValue::from_string(text)
            .map_err(|error| GraphQlError::new(ErrorCode::BadRequest, format!("`{name}` is not JSON: {error}")))?;
        require_object(name, Some(&raw))?;
        Ok(Some(raw).filter(|raw| raw.get() != "null"))
    };
    let persisted_query = persisted_query_hash(json("extensions", parameters.extensions)?.as_deref())?;
    require_document(query.as_deref(), document_id.as_deref(), persisted_query.as_deref())?;
    Ok(GraphQlRequest {
        query: query.unwrap_or_default(),
        document_id,
        persisted_query,
        operation_name: parameters.operation_name.filter(|name| !name.is_empty()),
        variables: json("variables", parameters.variables)?,
        headers: HeaderMap::new(),
        read_only: true,
    })
}

/// Whether what came was a GraphQL request at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wellformed {
    Yes,
    No,
}

fn refused(status: StatusCode, error: GraphQlError) -> GraphQlResponse {
    GraphQlResponse::refused(status, &[error])
}

fn not_acceptable(id: &HeaderValue) -> Response {
    let message = "answers are `application/graphql-response+json` or `application/json`";
    let error = GraphQlError::new(ErrorCode::BadRequest, message);
    send(
        refused(StatusCode::NOT_ACCEPTABLE, error),
        MediaType::Json,
        Wellformed::No,
        id,
    )
}

fn send(answer: GraphQlResponse, media_type: MediaType, wellformed: Wellformed, id: &HeaderValue) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = if answer.status == StatusCode::METHOD_NOT_ALLOWED {
        answer.status
    } else {
        media_type.status(answer.status, wellformed == Wellformed::Yes)
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.as_str()));
    headers.insert(request_id::REQUEST_ID, id.clone());
    response
}
