//! Router of the gateway's port: credential check, GraphQL, pushes, exports, health checks, playground.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::middleware;
use gateway::Gateway;
use gateway::server::{ServerOptions, router};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

use crate::identity::{Identity, admit};
use crate::playground;

/// Time for a connection to be made.
const CONNECTING: Duration = Duration::from_secs(10);

/// Time between two signs of life on an idle connection.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Returns the router of the platform's own gateway, with the routes of pushes and exports.
pub fn platform(
    gateway: Arc<Gateway>,
    options: ServerOptions,
    identity: Identity,
    settings: playground::Settings,
    beside: Router,
) -> Router {
    let path = options.path.clone();
    let guarded: Arc<str> = path.as_str().into();
    let router =
        router(gateway, options).merge(beside).layer(middleware::from_fn_with_state((identity, guarded), admit));
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

/// Connections of outgoing requests, over TLS where the address asks for it.
///
/// # Errors
/// When the cryptography has no safe version of TLS.
pub fn connector() -> Result<HttpsConnector<HttpConnector>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(CONNECTING));
    connector.set_keepalive(Some(KEEP_ALIVE));
    connector.set_nodelay(true);
    Ok(HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(connector))
}
