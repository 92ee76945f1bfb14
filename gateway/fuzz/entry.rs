//! What the fuzz targets and the test over the kept corpus do with their input. Each entry panics when the gateway does,
//! or when its answer is no GraphQL response.

use std::sync::{Arc, LazyLock, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, ready};
use gateway::{
    Gateway, GatewayConfig, GraphQlRequest,
    server::{ServerOptions, router},
    transport::{SubgraphBody, SubgraphRequest, SubgraphResponse, Transport, TransportError},
};
use http::Request;
use serde_json::Value;
use tower::ServiceExt;

/// What a healthy `products` subgraph would answer to the operations below.
const PRODUCTS: &[u8] = br#"{"data":{"topProducts":[
    {"__typename":"Product","upc":"1","name":"Table","price":899,"weight":100,"status":"LISTED","tags":["a",null],
        "shelf":{"__typename":"Shelf","aisle":"A","number":1}},
    {"__typename":"Product","upc":"2","name":null,"price":1,"weight":null,"status":null,"tags":[],"shelf":null}],
    "found":[{"__typename":"Product","upc":"1"},{"__typename":"Voucher","amount":5}]}}"#;

/// Operations that read every kind of value: entities, lists, unions, enums, requirements.
const OPERATIONS: [&str; 3] = [
    "{ topProducts { upc name tags status shippingEstimate shelf { aisle capacity } reviews { id author { username } } } }",
    "{ found { __typename ... on Product { upc rating score inStock attributes } ... on Voucher { amount } } }",
    "{ me { id karma name reviews { body product { name } } } users { username } }",
];

/// A subgraph that answers what it is told.
struct Scripted(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    roots: Bytes,
    entities: Bytes,
}

impl Transport for Scripted {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        let script = self.0.lock().expect("no panic while the script is held");
        let entities = request.operation.text().contains("_entities");
        let body = if entities { &script.entities } else { &script.roots };
        let response = SubgraphResponse { body: SubgraphBody::Json(body.clone()), headers: http::HeaderMap::new() };
        ready(Ok(response)).boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        ready(Ok(())).boxed()
    }
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    gateway: Arc<Gateway>,
    app: Router,
    script: Arc<Mutex<Script>>,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let script = Arc::new(Mutex::new(Script {
        roots: Bytes::from_static(PRODUCTS),
        entities: Bytes::from_static(br#"{"data":{"_entities":[{"__typename":"User","username":"ada"}]}}"#),
    }));
    let config = GatewayConfig { document_cache_capacity: 16, ..GatewayConfig::default() };
    let builder = Gateway::builder(include_str!("supergraph.graphql")).config(config);
    let gateway = ["accounts", "inventory", "products", "reviews"]
        .into_iter()
        .fold(builder, |builder, name| builder.transport(name, Arc::new(Scripted(script.clone()))))
        .build()
        .expect("the supergraph is sound");
    let gateway = Arc::new(gateway);
    Bench {
        runtime: tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime"),
        app: router(gateway.clone(), ServerOptions::default()),
        gateway,
        script,
    }
});

/// The planning library's panics are caught and cost one operation; the hook that the fuzzer sets would end the process
/// all the same. A panic that nobody catches still reaches the fuzzer.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// The body of a POST request.
pub fn http_body(data: &[u8]) {
    let bench = &*BENCH;
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from(data.to_vec()))
        .expect("a sound request");
    let body = bench.runtime.block_on(async {
        let response = bench.app.clone().oneshot(request).await.expect("the router answers");
        to_bytes(response.into_body(), usize::MAX).await.expect("the body is in memory")
    });
    check(&body);
}

/// The text of a document.
pub fn document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let bench = &*BENCH;
    let response = bench.runtime.block_on(bench.gateway.execute(GraphQlRequest::new(text)));
    check(&response.body);
}

/// The response of a subgraph. The first byte chooses the operation and which fetches get the rest.
pub fn subgraph_response(data: &[u8]) {
    let Some((&choice, body)) = data.split_first() else {
        return;
    };
    let bench = &*BENCH;
    let body = Bytes::copy_from_slice(body);
    let operation = OPERATIONS[usize::from(choice >> 1) % OPERATIONS.len()];
    *bench.script.lock().expect("no panic while the script is held") =
        Script { roots: if choice & 1 == 0 { body.clone() } else { Bytes::from_static(PRODUCTS) }, entities: body };
    let response = bench.runtime.block_on(bench.gateway.execute(GraphQlRequest::new(operation)));
    let answer = check(&response.body);
    assert!(answer.get("data").is_some(), "an operation that ran has data: {answer}");
}

/// A GraphQL response is an object with `data`, `errors` or both (GraphQL, October 2021, section 7.1).
fn check(body: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(body).expect("the answer is JSON");
    let errors = answer.get("errors").and_then(Value::as_array);
    assert!(
        answer.get("data").is_some() || errors.is_some_and(|errors| !errors.is_empty()),
        "neither data nor errors: {answer}"
    );
    for error in errors.into_iter().flatten() {
        assert_ne!(error["message"], "the operation cannot be planned", "our own planning code panicked");
    }
    answer
}
