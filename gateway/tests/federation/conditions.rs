//! `@skip` and `@include`, with literals and variables, on fields and fragments.

use serde_json::json;

use crate::fixture::{answer, ask_with, recorded};

#[tokio::test]
async fn conditions_hold_at_every_level() {
    let query = "query($yes: Boolean!, $no: Boolean!) {
        me @include(if: $yes) { id @skip(if: $yes) username ... on User @include(if: $no) { name } reviews @skip(if: $no) { id } }
        users @skip(if: $yes) { id }
        topProducts(first: 1) { ...P @include(if: $yes) price @include(if: false) }
      }
      fragment P on Product { upc inStock @skip(if: $yes) }";
    let answer = answer(query, &json!({ "yes": true, "no": false })).await;
    assert_eq!(
        answer,
        json!({ "data": {
            "me": { "username": "ada", "reviews": [{ "id": "1" }, { "id": "2" }] },
            "topProducts": [{ "upc": "1" }],
        } })
    );
}

#[tokio::test]
async fn a_field_that_is_both_conditional_and_not_is_there() {
    let query = "query($no: Boolean!) { me { username @include(if: $no) ... on User { username } reviews @include(if: $no) { id } reviews { body } } }";
    let answer = answer(query, &json!({ "no": false })).await;
    assert_eq!(answer["data"]["me"]["username"], "ada");
    assert_eq!(answer["data"]["me"]["reviews"][0], json!({ "body": "Love it!" }));
}

#[tokio::test]
async fn a_subgraph_whose_fields_are_all_skipped_is_not_asked() {
    let (gateway, log) = recorded();
    let query = "query($no: Boolean!) { topProducts(first: 1) { name inStock @include(if: $no) } }";
    let answer = ask_with(&gateway, query, &json!({ "no": false })).await;
    assert_eq!(answer, json!({ "data": { "topProducts": [{ "name": "Table" }] } }));
    assert!(!log.lock().unwrap().iter().any(|line| line.starts_with("inventory")));
}
