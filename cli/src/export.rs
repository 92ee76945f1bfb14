//! Routes of exports: in the process of the service that has the data, and from the gateway to it.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures::TryStreamExt;
use gateway::server::OperationCost;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::uri::Uri;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use projects::oc4ids::{Asked, Chunk, Export, Settings};
use schema::problem::ProblemCode;
use serde::Deserialize;
use serde_json::json;
use service_kit::push::http::status;
use service_kit::{Principal, Problem, ServiceContext};

use crate::forward::Forwarder;
use crate::services::{MAX_COST, Service};

/// The path under which everything of exports is.
pub const PATH: &str = "/v1/export";

const OC4IDS: &str = "/v1/export/oc4ids";

/// Name of the service that has the projects.
const PROJECTS: &str = "projects";

#[derive(Clone)]
struct Routes {
    context: ServiceContext,
    settings: Settings,
}

/// Routes in the process of the service.
pub fn local(context: &ServiceContext, settings: &Settings) -> Router {
    let routes = Routes { context: context.clone(), settings: settings.clone() };
    Router::new().route(OC4IDS, get(oc4ids)).with_state(routes)
}

/// The same routes for a process that has some of the services.
pub fn of(service: &Service, context: &ServiceContext, settings: &Settings) -> Router {
    if service.name == PROJECTS { local(context, settings) } else { Router::new() }
}

/// Routes from the gateway to the service. `urls` gives the GraphQL address of each.
///
/// # Errors
/// When no connection can be made.
pub fn remote(urls: impl Fn(&Service) -> Uri) -> anyhow::Result<Router> {
    let Some(base) = Service::named(PROJECTS).map(urls) else { return Ok(Router::new()) };
    let forwarder = Forwarder::new()?;
    Ok(Router::new().route(OC4IDS, any(forward)).with_state((forwarder, base)))
}

async fn forward(State((forwarder, base)): State<(Forwarder, Uri)>, request: Request) -> Response {
    let costs = request.method() == Method::GET;
    let response = forwarder.send(&base, request, "the service of the projects does not answer; try again later").await;
    if costs { charged(response) } else { response }
}

/// An export counts as the most expensive operation.
fn charged(mut response: Response) -> Response {
    if response.status().is_success() {
        response.extensions_mut().insert(OperationCost(MAX_COST));
    }
    response
}

/// Parameters, as in `?organization=SXD`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    organization: Option<String>,
}

/// `GET /v1/export/oc4ids`
async fn oc4ids(
    State(routes): State<Routes>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    match begin(&routes, query, &headers).await {
        Ok(export) => charged(package(export)),
        Err(problem) => failure(&problem),
    }
}

/// Begins an export. Its entry is in the audit trail before the first byte is sent.
async fn begin(
    routes: &Routes,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Export, Problem> {
    let Routes { context, settings } = routes;
    let principal = context.authenticator.authenticate(headers)?;
    let Query(parameters) = query.map_err(|rejection| {
        Problem::validation("query", format!("{}; accepted: organization", rejection.body_text()))
    })?;
    if parameters.organization.as_deref().is_some_and(|code| code.contains('\0')) {
        return Err(Problem::validation("organization", "the code has the character U+0000; accepted: a code"));
    }
    let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let asked = Asked {
        principal: principal.clone(),
        organization: parameters.organization,
        now: context.clock.now(),
        city: context.city,
    };
    match Export::begin(&context.database, settings, asked).await {
        Ok(export) => {
            export.record(request_id).await?;
            Ok(export)
        }
        Err(problem) => Err(refused(context, &principal, problem, request_id).await),
    }
}

/// Puts refused access into the audit trail before the answer is sent.
async fn refused(
    context: &ServiceContext,
    principal: &Principal,
    problem: Problem,
    request_id: Option<&str>,
) -> Problem {
    if !matches!(problem.code, ProblemCode::Unauthenticated | ProblemCode::Forbidden) {
        return problem;
    }
    Export::record_refused(&context.database, principal, &problem, request_id).await.err().unwrap_or(problem)
}

/// The package. A problem in the midst of it breaks the connection, so that nobody takes a part for the whole.
fn package(export: Export) -> Response {
    let chunks = export.into_chunks().map_ok(|Chunk { bytes, .. }| bytes).map_err(|problem| {
        tracing::error!(error = ?problem, "an export was broken off");
        std::io::Error::other(problem.message)
    });
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"oc4ids.json\""),
        // What one caller sees is not for another.
        (CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::OK, headers, Body::from_stream(chunks)).into_response()
}

fn failure(problem: &Problem) -> Response {
    if let Some(source) = &problem.source {
        tracing::error!(error = ?source, "an export failed");
    }
    let error = json!({ "code": problem.code.as_str(), "message": problem.message, "path": problem.path });
    let mut response = (status(problem), axum::Json(json!({ "error": error }))).into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
