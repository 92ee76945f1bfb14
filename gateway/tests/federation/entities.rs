//! Entities over several subgraphs: keys, requirements, provided fields, interfaces, unions, de-duplication.

use serde_json::json;

use crate::fixture::{ask, data, recorded};

#[tokio::test]
async fn a_deep_query_crosses_all_subgraphs() {
    let data = data(
        "{ users { id username name reviews { body product { name inStock reviews { author { name } } } } }
           topProducts { name price reviews { body(length: 4) author { username } } } }",
    )
    .await;
    insta::assert_json_snapshot!("deep", data);
}

#[tokio::test]
async fn required_fields_are_fetched_first_and_sent() {
    let data = data("{ topProducts { name shippingEstimate } }").await;
    assert_eq!(
        data["topProducts"],
        json!([
            { "name": "Table", "shippingEstimate": 50 },
            { "name": "Couch", "shippingEstimate": 0 },
            { "name": "Chair", "shippingEstimate": null },
        ])
    );
}

#[tokio::test]
async fn a_key_of_two_fields_identifies_an_entity() {
    let data = data("{ topProducts(first: 1) { shelf { capacity } } }").await;
    assert_eq!(data, json!({ "topProducts": [{ "shelf": { "capacity": 90 } }] }));
}

#[tokio::test]
async fn a_provided_field_is_taken_where_it_is_provided() {
    let (gateway, log) = recorded();
    let answer = ask(&gateway, "{ topProducts(first: 1) { reviews { author { username } } } }").await;
    assert_eq!(answer["data"]["topProducts"][0]["reviews"][0]["author"]["username"], "provided-1");
    assert!(!log.lock().unwrap().iter().any(|line| line.starts_with("accounts")));
}

#[tokio::test]
async fn interfaces_and_unions_are_resolved_by_type() {
    let data = data(
        "{ items { __typename upc ... on Product { price inStock } ... on Voucher { amount } }
           found { ... on Item { name } kind: __typename ... on Product { reviews { id } } } }",
    )
    .await;
    assert_eq!(
        data,
        json!({
            "items": [
                { "__typename": "Product", "upc": "1", "price": 899, "inStock": true },
                { "__typename": "Voucher", "upc": "v", "amount": 20 },
            ],
            "found": [
                { "name": "Gift", "kind": "Voucher" },
                { "name": "Chair", "kind": "Product", "reviews": [{ "id": "3" }] },
            ],
        })
    );
}

#[tokio::test]
async fn custom_scalars_and_lists_pass_untouched() {
    let data = data("{ topProducts(first: 1) { attributes tags } }").await;
    assert_eq!(
        data["topProducts"][0],
        json!({ "attributes": { "deep": [1, { "x": null }], "text": "a\"b" }, "tags": ["t", null] })
    );
}

#[tokio::test]
async fn each_distinct_entity_is_asked_for_once() {
    let (gateway, log) = recorded();
    ask(&gateway, "{ topProducts { reviews { author { name } } } }").await;
    let log = log.lock().unwrap();
    let asked: Vec<_> = log.iter().filter(|line| line.starts_with("accounts")).collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(
        asked[0].ends_with(r#"$representations=[{"__typename":"User","id":"1"},{"__typename":"User","id":"2"}]"#),
        "{asked:?}"
    );
}
