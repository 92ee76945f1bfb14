//! GraphQL over HTTP: one axum router that a binary can serve as it stands or merge into a larger one.
//!
//! A request passes, from the outside in: its id, CORS, the caps on its head, then the endpoint, which decides by
//! method, reads the request, lets the gateway answer it and sends the answer in the form that the client wants.

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
    listener::{ConnectionOptions, Stopped, serve},
    options::{RequestCaps, ResponseCompression, ServerOptions, StatusRules},
};
use crate::Gateway;

struct Endpoint {
    gateway: Arc<Gateway>,
    options: ServerOptions,
}

/// The GraphQL path, `GET /health/live`, `GET /health/ready` and `GET /metrics`. Any other path is answered with a GraphQL error, so
/// that a router which is merged into this one must not have a fallback of its own.
pub fn router(gateway: Arc<Gateway>, options: ServerOptions) -> Router {
    let cors = options.cors.as_ref().map(Cors::layer);
    let metrics = if options.metrics {
        Router::new().route("/metrics", get(metrics::text))
    } else {
        Router::new()
    };
    let endpoint = Arc::new(Endpoint { gateway, options });
    let graphql = {
        let endpoint = endpoint.clone();
        service_fn(move |request| graphql::endpoint(endpoint.clone(), request))
    };
    // All layers in one call: the router boxes every request once for each.
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
