//! Health checks: liveness reports that the process serves, readiness reports which subgraphs are not ready.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Json, Response},
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Endpoint;

pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

pub(super) async fn ready(State(endpoint): State<Arc<Endpoint>>) -> Response {
    let readiness = endpoint.gateway.readiness().await;
    let supergraph = endpoint.gateway.supergraph_status();
    // The reason for a refused supergraph is only in the log, because it quotes the supergraph.
    let supergraph = json!({ "generation": supergraph.generation, "newestRefused": supergraph.refused });
    let subgraphs: Map<String, Value> = readiness
        .subgraphs
        .iter()
        .map(|(name, state)| {
            let value = match state {
                Ok(()) => json!({ "ready": true }),
                Err(reason) => json!({ "ready": false, "reason": reason }),
            };
            (name.clone(), value)
        })
        .collect();
    let (status, word) =
        if readiness.is_ready() { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "unavailable") };
    (status, Json(json!({ "status": word, "subgraphs": subgraphs, "supergraph": supergraph }))).into_response()
}
