//! Documents that clients name: trusted ones, and those that clients register themselves.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use gateway::{
    GatewayConfig,
    config::{AutomaticPersistedQueries, PersistedDocuments},
    document::TrustedDocuments,
    server::{ServerOptions, router},
};
use http::{Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::fixture::local_with;

const TEXT: &str = "{ me { id } }";
const HASH: &str = "7ec7de39e4b7e4dc1bae2a0fe77b6bac5ce8bd6a33d4b1ddf36f3ccd2c2eb2c1";

fn app(persisted: PersistedDocuments) -> axum::Router {
    let config = GatewayConfig { persisted, ..GatewayConfig::default() };
    router(Arc::new(local_with(config, &[])), ServerOptions::default())
}

fn trusted(only_trusted: bool) -> axum::Router {
    let manifest = json!({ "mine": TEXT, "change": "mutation { count }", "broken": "{ nothing }" });
    app(PersistedDocuments {
        trusted: Some(Arc::new(TrustedDocuments::from_manifest(&manifest.to_string()).unwrap())),
        only_trusted,
        ..PersistedDocuments::default()
    })
}

async fn send(app: &axum::Router, request: Request<Body>) -> (u16, Value) {
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
}

async fn post(app: &axum::Router, body: Value) -> (u16, Value) {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/graphql-response+json");
    send(app, request.body(Body::from(body.to_string())).unwrap()).await
}

async fn get(app: &axum::Router, query: &str) -> (u16, Value) {
    let request = Request::get(format!("/graphql?{query}"))
        .header(header::ACCEPT, "application/graphql-response+json")
        .header(header::CONTENT_TYPE, "application/json");
    send(app, request.body(Body::empty()).unwrap()).await
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    assert_eq!(answer.1["errors"].as_array().map(Vec::len), Some(1), "{}", answer.1);
    (answer.0, answer.1["errors"][0]["extensions"]["code"].as_str().unwrap())
}

fn answered() -> (u16, Value) {
    (200, json!({ "data": { "me": { "id": "1" } } }))
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    use std::fmt::Write;
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

#[tokio::test]
async fn a_document_id_stands_for_its_document() {
    let app = trusted(false);
    assert_eq!(post(&app, json!({ "documentId": "mine" })).await, answered());
    assert_eq!(get(&app, "documentId=mine").await, answered());
    // Others may still send what they like.
    assert_eq!(post(&app, json!({ "query": "{ me { id } }" })).await, answered());
    let unknown = post(&app, json!({ "documentId": "other" })).await;
    assert_eq!(code(&unknown), (400, "DOCUMENT_NOT_FOUND"));
    let both = post(&app, json!({ "documentId": "mine", "query": TEXT })).await;
    assert_eq!(code(&both), (400, "BAD_REQUEST"));
    let neither = post(&app, json!({ "variables": {} })).await;
    assert_eq!(code(&neither), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn a_named_mutation_is_refused_on_get() {
    let (status, _) = get(&trusted(false), "documentId=change").await;
    assert_eq!(status, 405);
}

#[tokio::test]
async fn nothing_but_trusted_documents_is_executed() {
    let app = trusted(true);
    assert_eq!(post(&app, json!({ "documentId": "mine" })).await, answered());
    // The very text of a trusted document is as good as its id; another text for the same selection is not.
    assert_eq!(post(&app, json!({ "query": TEXT })).await, answered());
    for body in [
        json!({ "query": "{me{id}}" }),
        json!({ "query": "{ __typename }" }),
        json!({ "query": "{me{id}}", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256("{me{id}}") } } }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": HASH } } }),
    ] {
        let refused = post(&app, body.clone()).await;
        assert_eq!(code(&refused), (400, "DOCUMENT_NOT_TRUSTED"), "{body}");
    }
    // Apollo's clients send the ids of their manifest in this place.
    let hash = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "mine" } } });
    assert_eq!(post(&app, hash).await, answered());
}

#[tokio::test]
async fn automatic_persisted_queries_are_registered_by_their_text() {
    let app = app(PersistedDocuments::default());
    let hash = sha256(TEXT);
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let named = json!({ "extensions": extensions });
    let unknown = post(&app, named.clone()).await;
    assert_eq!(code(&unknown), (400, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(unknown.1["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(post(&app, json!({ "query": TEXT, "extensions": extensions })).await, answered());
    assert_eq!(post(&app, named).await, answered());
    let on_get = format!("extensions=%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22{hash}%22%7D%7D");
    assert_eq!(get(&app, &on_get).await, answered());
}

#[tokio::test]
async fn a_false_hash_is_refused_and_nothing_is_kept() {
    let app = app(PersistedDocuments::default());
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256("{ users { id } }") } });
    let refused = post(&app, json!({ "query": TEXT, "extensions": extensions })).await;
    assert_eq!(code(&refused), (400, "PERSISTED_QUERY_HASH_MISMATCH"));
    let unknown = post(&app, json!({ "extensions": extensions })).await;
    assert_eq!(code(&unknown), (400, "PERSISTED_QUERY_NOT_FOUND"));
    // A document that is not valid is not kept, either.
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256("{ nothing }") } });
    post(&app, json!({ "query": "{ nothing }", "extensions": extensions })).await;
    let unknown = post(&app, json!({ "extensions": extensions })).await;
    assert_eq!(code(&unknown), (400, "PERSISTED_QUERY_NOT_FOUND"));
    let version = json!({ "persistedQuery": { "version": 2, "sha256Hash": HASH } });
    assert_eq!(code(&post(&app, json!({ "extensions": version })).await), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn registration_can_be_switched_off() {
    let app = app(PersistedDocuments {
        automatic: AutomaticPersistedQueries { enabled: false, ..AutomaticPersistedQueries::default() },
        ..PersistedDocuments::default()
    });
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256(TEXT) } });
    let refused = post(&app, json!({ "extensions": extensions })).await;
    assert_eq!(code(&refused), (400, "PERSISTED_QUERY_NOT_SUPPORTED"));
    assert_eq!(post(&app, json!({ "query": TEXT, "extensions": extensions })).await, answered());
}

#[tokio::test]
async fn the_store_of_registered_documents_is_bounded() {
    let app = app(PersistedDocuments {
        automatic: AutomaticPersistedQueries { enabled: true, capacity_bytes: 10 },
        ..PersistedDocuments::default()
    });
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256(TEXT) } });
    post(&app, json!({ "query": TEXT, "extensions": extensions })).await;
    let forgotten = post(&app, json!({ "extensions": extensions })).await;
    assert_eq!(code(&forgotten), (400, "PERSISTED_QUERY_NOT_FOUND"));
}

#[tokio::test]
async fn warming_plans_what_can_be_planned_and_names_the_rest() {
    let manifest =
        json!({ "mine": TEXT, "two": "query A { me { id } } query B { users { id } }", "broken": "{ nothing }" });
    let config = GatewayConfig {
        persisted: PersistedDocuments {
            trusted: Some(Arc::new(TrustedDocuments::from_manifest(&manifest.to_string()).unwrap())),
            ..PersistedDocuments::default()
        },
        ..GatewayConfig::default()
    };
    let refused = local_with(config, &[]).engine().warm_trusted_documents().await;
    assert_eq!(refused.keys().collect::<Vec<_>>(), ["broken"]);
    assert_eq!(refused["broken"][0].code(), Some("GRAPHQL_VALIDATION_FAILED"));
}
