//! Aliases that collide with each other, with fields, and with what the planner needs.

use serde_json::json;

use crate::fixture::data;

#[tokio::test]
async fn one_field_with_different_arguments_under_two_aliases() {
    let data = data("{ topProducts(first: 1) { one: reviews(first: 1) { id } two: reviews(first: 2) { id } } }").await;
    assert_eq!(data["topProducts"][0], json!({ "one": [{ "id": "1" }], "two": [{ "id": "1" }, { "id": "4" }] }));
}

#[tokio::test]
async fn the_same_entity_at_two_places_with_different_arguments() {
    let data = data(
        "{ a: topProducts(first: 1) { reviews(first: 1) { id product { reviews(first: 2) { id } } } }
           b: topProducts(first: 1) { reviews(first: 2) { id product { reviews(first: 1) { body } } } } }",
    )
    .await;
    assert_eq!(
        data,
        json!({
            "a": [{ "reviews": [{ "id": "1", "product": { "reviews": [{ "id": "1" }, { "id": "4" }] } }] }],
            "b": [{ "reviews": [
                { "id": "1", "product": { "reviews": [{ "body": "Love it!" }] } },
                { "id": "4", "product": { "reviews": [{ "body": "Love it!" }] } },
            ] }],
        })
    );
}

#[tokio::test]
async fn aliases_that_take_the_names_of_keys() {
    let data =
        data("{ topProducts(first: 1) { upc: name id: price name: upc inStock price: shippingEstimate } }").await;
    assert_eq!(data["topProducts"][0], json!({ "upc": "Table", "id": 899, "name": "1", "inStock": true, "price": 50 }));
}

#[tokio::test]
async fn fragments_merge_with_fields_in_the_order_of_the_document() {
    let data = data(
        "query { me { ...Name reviews { id } ...Reviews username } }
         fragment Name on User { name username }
         fragment Reviews on User { reviews { body ... { product { upc } } } }",
    )
    .await;
    assert_eq!(
        serde_json::to_string(&data["me"]).unwrap(),
        concat!(
            r#"{"name":"Ada \"the first\" Lovelace","username":"ada","reviews":["#,
            r#"{"id":"1","body":"Love it!","product":{"upc":"1"}},{"id":"2","body":"Too expensive.","product":{"upc":"2"}}]}"#
        )
    );
}

/// One of two fields under one key in different places repeats its own name as its alias.
#[tokio::test]
async fn an_alias_that_repeats_the_name_of_its_field_beside_another_field_of_that_alias() {
    let data = data("{ topProducts(first: 1) { reviews: reviews(first: 1) { id } } me { reviews: name } }").await;
    assert_eq!(
        data,
        json!({ "topProducts": [{ "reviews": [{ "id": "1" }] }], "me": { "reviews": "Ada \"the first\" Lovelace" } })
    );
}
