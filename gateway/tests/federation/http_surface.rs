//! The HTTP surface: statuses, media types, limits, health, request ids.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use gateway::{
    GatewayConfig,
    config::Limits,
    server::{ServerOptions, router},
};
use http::{Request, Response, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::fixture::local_with;

const RESPONSE_JSON: &str = "application/graphql-response+json";

async fn send(config: GatewayConfig, down: &[&str], request: Request<Body>) -> (Response<()>, Value) {
    let app = router(Arc::new(local_with(config, down)), ServerOptions::default());
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (Response::from_parts(parts, ()), serde_json::from_slice(&bytes).unwrap())
}

fn post(accept: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .body(body.into())
        .unwrap()
}

async fn post_default(accept: &str, body: String) -> (Response<()>, Value) {
    send(GatewayConfig::default(), &[], post(accept, body)).await
}

#[tokio::test]
async fn the_status_follows_the_media_type() {
    let invalid = json!({ "query": "{ nothing }" }).to_string();
    let (response, answer) = post_default(RESPONSE_JSON, invalid.clone()).await;
    assert_eq!(response.status(), 400);
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with(RESPONSE_JSON));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert!(answer.get("data").is_none());
    let (response, _) = post_default("application/json", invalid).await;
    assert_eq!(response.status(), 200);
    let (response, answer) = post_default(RESPONSE_JSON, json!({ "query": "{ me { id }" }).to_string()).await;
    assert_eq!(response.status(), 400);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
}

#[tokio::test]
async fn a_bad_variable_is_named_with_its_place() {
    let body =
        json!({ "query": "query($first: Int!) { topProducts(first: $first) { upc } }", "variables": { "first": "x" } });
    let (response, answer) = post_default(RESPONSE_JSON, body.to_string()).await;
    assert_eq!(response.status(), 400);
    assert_eq!(answer["errors"][0]["extensions"]["variable"], "first");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "VALIDATION");
}

#[tokio::test]
async fn get_runs_queries_and_refuses_mutations() {
    let get = |query: &str| Request::get(format!("/graphql?query={query}")).body(Body::empty()).unwrap();
    let (response, answer) = send(GatewayConfig::default(), &[], get("%7Bme%7Bid%7D%7D")).await;
    assert_eq!((response.status().as_u16(), answer), (200, json!({ "data": { "me": { "id": "1" } } })));
    let (response, _) = send(GatewayConfig::default(), &[], get("mutation%7Bcount%7D")).await;
    assert_eq!(response.status(), 405);
}

#[tokio::test]
async fn malformed_requests_get_graphql_errors() {
    for body in ["", "[]", "{", "{\"query\": 1}", "{\"query\":\"{me{id}}\",\"variables\":[]}", "{}"] {
        let (response, answer) = post_default("application/json", body.to_owned()).await;
        assert_eq!(response.status(), 400, "{body}");
        assert!(answer["errors"][0]["message"].is_string(), "{body}");
    }
    let mut text = post("application/json", "{}");
    text.headers_mut().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    assert_eq!(send(GatewayConfig::default(), &[], text).await.0.status(), 415);
    assert_eq!(post_default("text/html", "{}".to_owned()).await.0.status(), 406);
}

#[tokio::test]
async fn limits_name_themselves_and_the_actual_value() {
    let (response, answer) = post_default("application/json", " ".repeat(3 * 1024 * 1024)).await;
    assert_eq!(response.status(), 413);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "PAYLOAD_TOO_LARGE");
    assert_eq!(
        answer["errors"][0]["extensions"]["limit"],
        json!({ "name": "bodyBytes", "maximum": 2 * 1024 * 1024, "actual": 3 * 1024 * 1024 })
    );

    let config = GatewayConfig { limits: Limits { max_depth: 3, ..Limits::default() }, ..GatewayConfig::default() };
    let deep = json!({ "query": "{ me { reviews { product { upc } } } }" }).to_string();
    let (_, answer) = send(config, &[], post("application/json", deep)).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["limit"], json!({ "name": "depth", "maximum": 3, "actual": 4 }));
}

#[tokio::test]
async fn a_request_id_is_kept_or_made() {
    let mut request = post("application/json", json!({ "query": "{ __typename }" }).to_string());
    request.headers_mut().insert("x-request-id", "abc".parse().unwrap());
    assert_eq!(send(GatewayConfig::default(), &[], request).await.0.headers()["x-request-id"], "abc");
    let (response, _) = post_default("application/json", json!({ "query": "{ __typename }" }).to_string()).await;
    assert_eq!(response.headers()["x-request-id"].len(), 36);
}

#[tokio::test]
async fn readiness_says_which_subgraph_is_not_ready() {
    let ready = || Request::get("/health/ready").body(Body::empty()).unwrap();
    let (response, answer) = send(GatewayConfig::default(), &["reviews"], ready()).await;
    assert_eq!(response.status(), 503);
    assert_eq!(answer["subgraphs"]["reviews"], json!({ "ready": false, "reason": "connection refused" }));
    assert_eq!(answer["subgraphs"]["accounts"], json!({ "ready": true }));
    assert_eq!(send(GatewayConfig::default(), &[], ready()).await.0.status(), 200);
}
