//! GraphQL over HTTP, as one axum router that a binary can serve alone or merge into a larger router.
//!
//! A request passes through these layers, from the outside in: request id, CORS, limits on the head, and the endpoint.
//! The endpoint checks the method, reads the request, executes it, and sends the answer in the media type and coding
//! that the client accepts.

mod body;
mod compression;
mod content_type;
mod cors;
mod csrf;
mod graphql;
mod health;
mod listener;
mod media_type;
mod metrics;
mod options;
mod query_string;
mod refusal;
mod request_id;
mod surface;
mod unread_body;

use std::sync::Arc;

use axum::{Router, routing::get};
use tower::{ServiceBuilder, service_fn};

pub use self::{
    cors::{Cors, CorsError},
    csrf::{CsrfMode, CsrfPrevention},
    graphql::OperationCost,
    listener::{ConnectionOptions, Stopped, serve},
    options::{RequestCaps, ResponseCompression, ServerOptions, StatusRules},
};
use crate::Gateway;

struct Endpoint {
    gateway: Arc<Gateway>,
    options: ServerOptions,
}

/// Serves the GraphQL path, `GET /health/live`, `GET /health/ready` and `GET /metrics`. Any other path gets a GraphQL
/// error. A router that is merged into this one must therefore not have a fallback of its own.
pub fn router(gateway: Arc<Gateway>, options: ServerOptions) -> Router {
    let cors = options.cors.as_ref().map(Cors::layer);
    let metrics = if options.metrics { Router::new().route("/metrics", get(metrics::text)) } else { Router::new() };
    let endpoint = Arc::new(Endpoint { gateway, options });
    let graphql = {
        let endpoint = endpoint.clone();
        service_fn(move |request| graphql::endpoint(endpoint.clone(), request))
    };
    // All layers are applied in one call, because the router boxes every request once for each call.
    let surface = ServiceBuilder::new()
        .layer_fn(surface::Identify::new)
        .option_layer(cors)
        .layer_fn(surface::Cap::of(endpoint.clone()));
    Router::new()
        .route_service(&endpoint.options.path, graphql)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(metrics)
        .fallback(surface::not_found)
        .layer(surface)
        .with_state(endpoint)
}
