//! What is served on the platform gateway's port: GraphQL behind the credential check, health, the playground.

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

/// The platform's own gateway.
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

/// The gateway over a supergraph that we know nothing of.
pub fn foreign(gateway: Arc<Gateway>, options: ServerOptions) -> Router {
    let path = options.path.clone();
    with_playground(router(gateway, options), &path, playground::Settings::of_any_supergraph())
}

/// Where GraphQL has another path, a playground would ask in vain.
fn with_playground(router: Router, path: &str, settings: playground::Settings) -> Router {
    if path == playground::ENDPOINT { router.merge(playground::router(settings)) } else { router }
}

/// Refuses a credential that is present but not valid before any service is asked. No credential is an anonymous caller,
/// whom the services serve as far as they may.
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
