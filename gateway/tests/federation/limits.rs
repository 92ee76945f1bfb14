//! Every limit refuses what is beyond it, lets through what is at it, and says which one it is and by how much.

use gateway::{GatewayConfig, config::Limits};
use serde_json::{Value, json};

use crate::fixture::{ask, local_with};

async fn asked(limits: Limits, query: &str) -> Value {
    let config = GatewayConfig { limits, ..GatewayConfig::default() };
    ask(&local_with(config, &[]), query).await
}

/// The query is refused under `below`, with this limit and these numbers, and answered under `at`.
async fn check(query: &str, at: Limits, below: Limits, code: &str, limit: Value) {
    let answer = asked(at, query).await;
    assert_eq!(answer.get("errors"), None, "{query}: {answer}");
    let answer = asked(below, query).await;
    assert_eq!(answer.get("data"), None, "{query}: {answer}");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], code, "{answer}");
    assert_eq!(extensions["limit"], limit, "{answer}");
}

macro_rules! limit {
    ($field:ident: $value:expr) => {
        Limits { $field: $value, ..Limits::default() }
    };
}

#[tokio::test]
async fn tokens() {
    check(
        "{ me { id } }",
        limit!(max_tokens: 6),
        limit!(max_tokens: 5),
        "TOKENS_LIMIT_EXCEEDED",
        json!({ "name": "tokens", "maximum": 5, "actual": 6 }),
    )
    .await;
}

#[tokio::test]
async fn depth() {
    check(
        "{ me { ...R } } fragment R on User { reviews { product { upc } } }",
        limit!(max_depth: 4),
        limit!(max_depth: 3),
        "DEPTH_LIMIT_EXCEEDED",
        json!({ "name": "depth", "maximum": 3, "actual": 4 }),
    )
    .await;
}

#[tokio::test]
async fn fields() {
    check(
        "{ me { ...N } users { ...N } } fragment N on User { id name }",
        limit!(max_fields: 6),
        limit!(max_fields: 5),
        "FIELDS_LIMIT_EXCEEDED",
        json!({ "name": "fields", "maximum": 5, "actual": 6 }),
    )
    .await;
}

#[tokio::test]
async fn aliases() {
    check(
        "{ a: me { b: id } c: me { id } }",
        limit!(max_aliases: 3),
        limit!(max_aliases: 2),
        "ALIASES_LIMIT_EXCEEDED",
        json!({ "name": "aliases", "maximum": 2, "actual": 3 }),
    )
    .await;
}

#[tokio::test]
async fn root_fields() {
    check(
        "{ me { id } me { name } ...R } fragment R on Query { users { id } __typename }",
        limit!(max_root_fields: 3),
        limit!(max_root_fields: 2),
        "ROOT_FIELDS_LIMIT_EXCEEDED",
        json!({ "name": "rootFields", "maximum": 2, "actual": 3 }),
    )
    .await;
}

#[tokio::test]
async fn directives() {
    check(
        "{ me @include(if: true) { id @skip(if: false) ... @include(if: true) { name } } }",
        limit!(max_directives: 3),
        limit!(max_directives: 2),
        "DIRECTIVES_LIMIT_EXCEEDED",
        json!({ "name": "directives", "maximum": 2, "actual": 3 }),
    )
    .await;
}

#[tokio::test]
async fn introspection_depth() {
    check(
        "{ __schema { types { fields { type { fields { name } } } } } }",
        limit!(max_introspection_depth: 2),
        limit!(max_introspection_depth: 1),
        "INTROSPECTION_DEPTH_LIMIT_EXCEEDED",
        json!({ "name": "introspectionDepth", "maximum": 1, "actual": 2 }),
    )
    .await;
}

/// A document of a few kilobytes that stands for 2^60 fields must be refused, not expanded.
#[tokio::test]
async fn fragments_that_double_themselves_are_refused_at_once() {
    use std::fmt::Write;
    let mut query = "{ me { ...F0 } }".to_owned();
    for number in 0..20 {
        let next = number + 1;
        write!(
            query,
            " fragment F{number} on User {{ reviews {{ a: author {{ ...F{next} }} b: author {{ ...F{next} }} }} }}"
        )
        .unwrap();
    }
    query.push_str(" fragment F20 on User { id }");
    let answer = asked(limit!(max_depth: 100), &query).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FIELDS_LIMIT_EXCEEDED", "{answer}");
}
