//! `GET /v1/export/oc4ids`: projects as a package of OC4IDS.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use futures::TryStreamExt;
use http::HeaderMap;
use projects::oc4ids::{Asked, Chunk, Export, Settings};
use serde::Deserialize;
use service_kit::{Problem, ServiceContext};

use super::{broken, charged, download, failure, is_refused, request_id};

/// The path.
pub const PATH: &str = "/v1/export/oc4ids";

#[derive(Clone)]
struct Routes {
    context: ServiceContext,
    settings: Settings,
}

/// The route in the process of the projects.
pub fn router(context: &ServiceContext, settings: &Settings) -> Router {
    let routes = Routes { context: context.clone(), settings: settings.clone() };
    Router::new().route(PATH, get(oc4ids)).with_state(routes)
}

/// Parameters, as in `?organization=SXD`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    organization: Option<String>,
}

async fn oc4ids(
    State(routes): State<Routes>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    match begin(&routes, query, &headers).await {
        Ok(export) => {
            let chunks = export.into_chunks().map_ok(|Chunk { bytes, .. }| bytes).map_err(broken);
            charged(download("application/json", "oc4ids.json", Body::from_stream(chunks)))
        }
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
    let request_id = request_id(headers);
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
        Err(problem) if is_refused(&problem) => {
            let recorded = Export::record_refused(&context.database, &principal, &problem, request_id).await;
            Err(recorded.err().unwrap_or(problem))
        }
        Err(problem) => Err(problem),
    }
}
