//! Routes of pushes: in the process of a service, and from the gateway to the service that declares the kind.

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::uri::Uri;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_kit::ServiceContext;
use service_kit::push::engine::Pusher;
use service_kit::push::http::{PushRoutes, described, router};
use service_kit::push::intake::Intake;
use tabular::Child;

use crate::forward::Forwarder;
use crate::services::{SERVICES, Service};

/// First argument of the process that reads a workbook.
pub const READ_WORKBOOK: &str = "read-workbook";

/// The path under which everything of pushes is.
pub const PATH: &str = "/v1/push";

/// Routes of the kinds of these services, in this process. Parked rows are resumed from now on.
pub fn local<'a>(services: impl Iterator<Item = &'a Service>, context: &ServiceContext) -> Router {
    let pushers: Vec<(&'static str, Pusher)> = services
        .filter(|service| !service.pushed.is_empty())
        .map(|service| (service.name, Pusher::new(context.database.clone(), context.clock.clone(), service.pushed)))
        .collect();
    for (_, pusher) in &pushers {
        tokio::spawn(pusher.clone().keep_resuming());
    }
    // Without its own path the process cannot start another one; then workbooks are refused in words.
    let program = std::env::current_exe().ok();
    let child = program.map(|program| Child { program, arguments: vec![READ_WORKBOOK.to_owned()] });
    router(PushRoutes {
        services: pushers,
        all_kinds: SERVICES.iter().flat_map(|service| service.pushed).copied().collect(),
        authenticator: context.authenticator.clone(),
        intake: Intake { zone: context.city.tz, child },
    })
}

/// Where the gateway finds the services.
struct Remote {
    forwarder: Forwarder,
    /// Name and base of each service that has kinds.
    bases: Vec<(&'static Service, Uri)>,
}

/// Routes from the gateway to the services. `urls` gives the GraphQL address of each.
///
/// # Errors
/// When no connection can be made.
pub fn remote(urls: impl Fn(&Service) -> Uri) -> Result<Router> {
    let with_kinds = SERVICES.iter().filter(|service| !service.pushed.is_empty());
    let bases = with_kinds.map(|service| (service, urls(service))).collect();
    let forwarder = Forwarder::new()?;
    Ok(Router::new()
        .route(PATH, any(kinds))
        .route("/v1/push/{*rest}", any(forward))
        .with_state(Arc::new(Remote { forwarder, bases })))
}

/// The kinds of all services.
async fn kinds() -> Response {
    let kinds = SERVICES.iter().flat_map(|service| service.pushed.iter().map(|kind| described(service.name, kind)));
    axum::Json(json!({ "kinds": kinds.collect::<Vec<Value>>() })).into_response()
}

/// Streams a request to the service that declares the kind. Receipts are in one place, which every service reads; what acts
/// on one goes to the service of its kind.
async fn forward(State(remote): State<Arc<Remote>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let first = path.strip_prefix("/v1/push/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let named = remote.bases.iter().find(|(service, _)| service.pushed.iter().any(|kind| kind.name == first));
    if let Some((_, base)) =
        named.or_else(|| (request.method() != Method::POST).then(|| remote.bases.first()).flatten())
    {
        return remote.send(base, request).await;
    }
    // An action on a receipt has no body to speak of: each service is asked until one has the kind.
    let (parts, _) = request.into_parts();
    let mut answer = StatusCode::NOT_FOUND.into_response();
    for (_, base) in &remote.bases {
        answer = remote.send(base, Request::from_parts(parts.clone(), Body::empty())).await;
        if answer.status() != StatusCode::NOT_FOUND {
            break;
        }
    }
    answer
}

impl Remote {
    async fn send(&self, base: &Uri, request: Request) -> Response {
        let unanswered = "the service of this kind does not answer; send the file again later";
        self.forwarder.send(base, request, unanswered).await
    }
}
