//! Router of the gateway's port: credential check, GraphQL, health checks, playground.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use gateway::Gateway;
use gateway::server::{ServerOptions, router};
use http::StatusCode;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use serde_json::json;
use service_kit::Authenticator;

use crate::playground;

/// Returns the router of the platform's own gateway.
pub fn platform(
    gateway: Arc<Gateway>,
    options: ServerOptions,
    authenticator: Authenticator,
    settings: playground::Settings,
) -> Router {
    let path = options.path.clone();
    let router =
        router(gateway, options).layer(middleware::from_fn_with_state(authenticator, refuse_false_credentials));
    with_playground(router, &path, settings)
}

/// Returns the router of the gateway over any supergraph.
pub fn foreign(gateway: Arc<Gateway>, options: ServerOptions) -> Router {
    let path = options.path.clone();
    with_playground(router(gateway, options), &path, playground::Settings::of_any_supergraph())
}

/// Adds the playground. It sends its requests to `/graphql`, so it is left out if GraphQL has another path.
fn with_playground(router: Router, path: &str, settings: playground::Settings) -> Router {
    if path == playground::ENDPOINT { router.merge(playground::router(settings)) } else { router }
}

/// Rejects an invalid credential before any service is called. A request without a credential is anonymous; the
/// services decide what it may read.
async fn refuse_false_credentials(
    State(authenticator): State<Authenticator>,
    request: Request,
    next: Next,
) -> Response {
    match authenticator.authenticate(request.headers()) {
        Ok(_) => next.run(request).await,
        Err(problem) => {
            let body =
                json!({ "errors": [{ "message": problem.message, "extensions": { "code": problem.code.as_str() } }] });
            let headers = [(CONTENT_TYPE, "application/graphql-response+json"), (WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, headers, body.to_string()).into_response()
        }
    }
}
