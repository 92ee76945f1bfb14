//! `GET /metrics`, for Prometheus.

use std::sync::Arc;

use axum::{extract::State, response::IntoResponse};
use http::header;

use super::Endpoint;

/// The text format that `prometheus-client` writes.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn text(State(endpoint): State<Arc<Endpoint>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPENMETRICS)], endpoint.gateway.metrics_text())
}
