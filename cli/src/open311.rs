//! Routes of Open311: in the process of the service that has the feedback, and from the gateway to it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use feedback::open311::{Asked, MAX_BODY_BYTES, Reply, answer, api_key, refused};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::uri::Uri;
use http::{HeaderValue, Method, StatusCode};
use service_kit::ServiceContext;

use crate::forward::Forwarder;
use crate::services::Service;

/// The path under which everything of Open311 is.
pub use feedback::open311::PATH;

const ROUTE: &str = "/open311/{*rest}";

/// Name of the service that has the feedback.
const FEEDBACK: &str = "feedback";

/// Routes in the process of the service.
pub fn local(context: &ServiceContext) -> Router {
    Router::new().route(ROUTE, any(serve)).with_state(context.clone())
}

/// The same routes for a process that has some of the services.
pub fn of(service: &Service, context: &ServiceContext) -> Router {
    if service.name == FEEDBACK { local(context) } else { Router::new() }
}

/// Routes from the gateway to the service. `urls` gives the GraphQL address of each.
///
/// # Errors
/// When no connection can be made.
pub fn remote(urls: impl Fn(&Service) -> Uri) -> anyhow::Result<Router> {
    let Some(base) = Service::named(FEEDBACK).map(urls) else { return Ok(Router::new()) };
    let forwarder = Forwarder::new()?;
    Ok(Router::new().route(ROUTE, any(forward)).with_state((forwarder, base)))
}

async fn forward(State((forwarder, base)): State<(Forwarder, Uri)>, mut request: Request) -> Response {
    // The service tells clients the address of the gateway.
    if let Some(host) = request.headers().get(http::header::HOST).cloned() {
        request.headers_mut().entry("x-forwarded-host").or_insert(host);
    }
    forwarder.send(&base, request, "the service of the feedback does not answer; try again later").await
}

async fn serve(State(context): State<ServiceContext>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let asked = Asked {
        method: parts.method,
        path: parts.uri.path().strip_prefix(PATH).unwrap_or_default().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: body.into(),
        headers: parts.headers,
    };
    response(answer(&context, &asked).await)
}

fn response(Reply { status, content_type, body }: Reply) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // What is answered without a key is public, so every page may read it.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, body).into_response()
}

/// Puts the key that a client sends as a parameter into the place where the platform looks for it.
///
/// # Errors
/// The answer to a body that is too large.
pub async fn with_key(request: Request) -> Result<Request, Response> {
    if request.headers().contains_key(AUTHORIZATION) {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let body = if parts.method == Method::POST {
        to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?
    } else {
        bytes::Bytes::new()
    };
    if let Some(key) = api_key(parts.uri.query().unwrap_or_default(), &body) {
        // A key with other characters is none.
        let value = HeaderValue::try_from(format!("Bearer {key}")).unwrap_or(HeaderValue::from_static("Bearer x"));
        parts.headers.insert(AUTHORIZATION, value);
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// The refusal of a key, in the format that the client asks for.
pub fn refusal(path: &str) -> Response {
    response(refused(path))
}
