//! Text that PostgreSQL cannot store is a mistake of the caller, in process and over HTTP.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use tower::ServiceExt;

use crate::subgraph::{Executions, ask, problems, subgraph};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_nul_is_refused_and_every_other_character_is_given_back(pool: PgPool) {
    let subgraph = subgraph(&pool, Arc::new(Executions::default()));
    let query = "query($t: String!) { echo(text: $t) }";
    for (query, variables) in [("{ echo(text: \"a\\u0000\") }", Value::Null), (query, json!({ "t": "\0" }))] {
        let response = ask(&subgraph, query, variables).await;
        assert_eq!(problems(&response), ["VALIDATION at text"], "{query}");
    }
    let every: String = ('\u{1}'..=char::MAX).step_by(7).collect();
    for text in [every.as_str(), "\u{1}\u{7f}\u{fffe}\u{10ffff}"] {
        let response = ask(&subgraph, query, json!({ "t": text })).await;
        assert_eq!(response.errors, []);
        assert_eq!(response.data.into_json().expect("JSON"), json!({ "echo": text }));
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn half_of_a_surrogate_pair_over_http_is_refused(pool: PgPool) {
    let router = subgraph(&pool, Arc::new(Executions::default())).router();
    for (body, status) in [
        (r#"{"query":"query($t: String!) { echo(text: $t) }","variables":{"t":"\ud800"}}"#, StatusCode::BAD_REQUEST),
        (r#"{"query":"{ echo(text: \"\\udfff\") }"}"#, StatusCode::OK),
        (r#"{"query":"{ echo(text: \"\\u0000\") }"}"#, StatusCode::OK),
        (r#"{"query":"query($t: String!) { echo(text: $t) }","variables":{"t":"\u0000"}}"#, StatusCode::OK),
    ] {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .expect("a request");
        let response = router.clone().oneshot(request).await.expect("answered");
        assert_eq!(response.status(), status, "{body}");
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.expect("a body");
        let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "VALIDATION", "{body}: {answer}");
    }
}
