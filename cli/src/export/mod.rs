//! Routes of exports: in the process of the service that has the data, and from the gateway to it. [`answers`] exports the
//! answers of the gateway itself.

mod answer;
mod oc4ids;
mod sdmx;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use gateway::server::OperationCost;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::uri::Uri;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use projects::oc4ids::Settings;
use schema::problem::ProblemCode;
use serde_json::json;
use service_kit::push::http::status;
use service_kit::{Problem, ServiceContext};

pub use self::answer::{Trail, router as answers};
use crate::forward::Forwarder;
use crate::services::{MAX_COST, Service};

/// The path under which everything of exports is.
pub const PATH: &str = "/v1/export";

/// Name of the service that has the projects, and the paths of its exports.
const PROJECTS: (&str, &[&str]) = ("projects", &[oc4ids::PATH]);
/// Name of the service that has the KPIs, and the paths of its exports.
const KPIS: (&str, &[&str]) = ("kpis", &[sdmx::PATH, sdmx::STRUCTURE_PATH]);

/// Routes in the process of the services.
pub fn local(context: &ServiceContext, settings: &Settings) -> Router {
    oc4ids::router(context, settings).merge(sdmx::router(context))
}

/// The same routes for a process that has some of the services.
pub fn of(service: &Service, context: &ServiceContext, settings: &Settings) -> Router {
    match service.name {
        name if name == PROJECTS.0 => oc4ids::router(context, settings),
        name if name == KPIS.0 => sdmx::router(context),
        answer::SERVICE => answer::trail_router(context),
        _ => Router::new(),
    }
}

/// Where the gateway finds a service.
#[derive(Clone)]
struct Remote {
    forwarder: Forwarder,
    base: Uri,
    name: &'static str,
}

/// Routes from the gateway to the services. `urls` gives the GraphQL address of each.
///
/// # Errors
/// When no connection can be made.
pub fn remote(urls: impl Fn(&Service) -> Uri) -> anyhow::Result<Router> {
    let forwarder = Forwarder::new()?;
    let mut router = Router::new();
    for (name, paths) in [PROJECTS, KPIS] {
        let Some(base) = Service::named(name).map(&urls) else { continue };
        let remote = Remote { forwarder: forwarder.clone(), base, name };
        for path in paths {
            router = router.route(path, any(forward).with_state(remote.clone()));
        }
    }
    Ok(router)
}

async fn forward(State(Remote { forwarder, base, name }): State<Remote>, request: Request) -> Response {
    let costs = request.method() == Method::GET;
    let unanswered = format!("the service of the {name} does not answer; try again later");
    let response = forwarder.send(&base, request, &unanswered).await;
    if costs { charged(response) } else { response }
}

/// An export counts as the most expensive operation.
fn charged(mut response: Response) -> Response {
    if response.status().is_success() {
        response.extensions_mut().insert(OperationCost(MAX_COST));
    }
    response
}

/// The id of a request, for the audit trail.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id").and_then(|id| id.to_str().ok())
}

/// Whether a problem is refused access, which is put into the audit trail before the answer is sent.
fn is_refused(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::Unauthenticated | ProblemCode::Forbidden)
}

/// A problem in the midst of an export breaks the connection, so that nobody takes a part for the whole.
fn broken(problem: Problem) -> std::io::Error {
    tracing::error!(error = ?problem, "an export was broken off");
    std::io::Error::other(problem.message)
}

/// A file as an answer.
fn download(media_type: &str, name: &str, body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        // What one caller sees is not for another.
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (StatusCode::OK, headers, body).into_response()
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
