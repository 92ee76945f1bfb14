//! One subgraph behind HTTP whose every answer the test writes: what is sent to it and what its answers bring back.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::Response,
    routing::any,
};
use gateway::{
    Gateway, GatewayConfig, GraphQlRequest, GraphQlResponse,
    compose::{SubgraphSdl, compose},
};
use http::HeaderMap;

use crate::fixture::serve;

/// Two subgraphs of one field each, which may answer alike.
pub fn sdl() -> String {
    let subgraphs = ["left", "right"].map(|name| SubgraphSdl {
        name: name.to_owned(),
        url: format!("http://{name}.test/graphql"),
        sdl: format!("type Query {{ {name}: String }}"),
    });
    compose(&subgraphs).unwrap()
}

/// What a subgraph was sent.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<(HeaderMap, Bytes)>>>);

impl Seen {
    pub fn last(&self) -> (HeaderMap, Bytes) {
        self.0.lock().unwrap().last().cloned().expect("the subgraph was asked")
    }

    /// A subgraph that answers every request with `answer`.
    pub fn router(&self, answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Router {
        let seen = self.clone();
        Router::new().fallback(any(move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            seen.0.lock().unwrap().push((parts.headers, body));
            answer()
        }))
    }
}

/// A JSON answer with headers.
pub fn answer(body: impl Into<Body>, headers: &[(&'static str, &'static str)]) -> Response {
    let mut response = Response::builder().header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// A gateway whose `left` subgraph is the given router and whose `right` one is nowhere.
pub async fn gateway(config: GatewayConfig, left: Router) -> Gateway {
    both(config, left, Router::new()).await
}

pub async fn both(config: GatewayConfig, left: Router, right: Router) -> Gateway {
    Gateway::builder(sdl())
        .config(config)
        .url("left", format!("{}/graphql", serve(left).await))
        .url("right", format!("{}/graphql", serve(right).await))
        .build()
        .unwrap()
}

pub async fn ask(gateway: &Gateway, query: &str, headers: &[(&'static str, &'static str)]) -> GraphQlResponse {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    gateway.execute(GraphQlRequest::new(query).with_headers(map)).await
}

pub fn text(response: &GraphQlResponse) -> &str {
    std::str::from_utf8(&response.body).unwrap()
}
