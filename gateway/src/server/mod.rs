//! GraphQL over HTTP: one axum router that a binary can serve as it stands or merge into a larger one.

mod graphql;
mod health;
mod media_type;
mod request_id;

use std::sync::Arc;

use axum::{Router, routing::get};

use crate::Gateway;

/// Settings of the HTTP surface.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Path of the GraphQL endpoint.
    pub path: String,
    /// Largest request body that is read, in bytes.
    pub max_body_bytes: usize,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            path: "/graphql".to_owned(),
            max_body_bytes: 2 * 1024 * 1024,
        }
    }
}

struct Endpoint {
    gateway: Arc<Gateway>,
    max_body_bytes: usize,
}

/// `POST` and `GET` on the GraphQL path, `GET /health/live` and `GET /health/ready`.
#[expect(clippy::needless_pass_by_value, reason = "options are made for one router")]
pub fn router(gateway: Arc<Gateway>, options: ServerOptions) -> Router {
    let endpoint = Arc::new(Endpoint {
        gateway,
        max_body_bytes: options.max_body_bytes,
    });
    Router::new()
        .route(
            &options.path,
            get(graphql::get).post(graphql::post).fallback(graphql::other_method),
        )
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(endpoint)
}
