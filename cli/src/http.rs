//! Router of the gateway's port: credential check, GraphQL, health checks, playground.

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use gateway::Gateway;
use gateway::server::{ServerOptions, router};

use crate::identity::{Identity, admit};
use crate::playground;

/// Returns the router of the platform's own gateway.
pub fn platform(
    gateway: Arc<Gateway>,
    options: ServerOptions,
    identity: Identity,
    settings: playground::Settings,
) -> Router {
    let path = options.path.clone();
    let guarded: Arc<str> = path.as_str().into();
    let router = router(gateway, options).layer(middleware::from_fn_with_state((identity, guarded), admit));
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
