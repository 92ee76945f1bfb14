//! Serves the subgraphs on one port, each under its name, and counts their requests.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use bytes::Bytes;
use tokio::net::TcpListener;

use crate::subgraphs::{self, Subgraph};

struct Counted {
    subgraph: Subgraph,
    requests: AtomicU64,
}

/// Serves the four subgraphs, their request counts at `GET /requests`, and a trace collector that discards all traces.
pub fn subgraphs() -> Router {
    let all: Arc<[Counted]> =
        subgraphs::all().into_iter().map(|subgraph| Counted { subgraph, requests: AtomicU64::new(0) }).collect();
    let mut router = Router::new();
    for (number, counted) in all.iter().enumerate() {
        let all = all.clone();
        let handler = move |body: Bytes| async move { execute(&all[number], &body).await };
        router = router.route(&format!("/{}", counted.subgraph.name), post(handler));
    }
    let collector = |_: Bytes| async { StatusCode::OK };
    router.merge(Router::new().route("/requests", get(requests)).with_state(all)).route("/v1/traces", post(collector))
}

/// Serves one finished answer at `/graphql`, to measure what the machine can do without any work.
pub fn fixed(answer: Bytes) -> Router {
    let handler = move |_: Bytes| async move { ([(CONTENT_TYPE, "application/json")], answer) };
    Router::new().route("/graphql", post(handler))
}

/// Serves until the process ends or the listener fails.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    // Without this, a response that is written in two pieces would wait for the peer's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await
}

async fn execute(counted: &Counted, body: &[u8]) -> Response {
    counted.requests.fetch_add(1, Ordering::Relaxed);
    let request: async_graphql::Request = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let response = counted.subgraph.execute(request).await;
    match serde_json::to_vec(&response) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn requests(State(all): State<Arc<[Counted]>>) -> Json<BTreeMap<&'static str, u64>> {
    let counts = all.iter().map(|counted| (counted.subgraph.name, counted.requests.load(Ordering::Relaxed))).collect();
    Json(counts)
}
