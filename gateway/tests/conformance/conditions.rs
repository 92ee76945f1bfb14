//! `@skip` and `@include`: each operation is planned as one request means it.

use serde_json::{Value as Json, json};

use crate::federation::{Builder, Federation};

/// Books and magazines behind an interface and a union, their prices in another subgraph.
fn shop() -> Federation {
    Builder::new(json!({
        "Query": {
            "items": [{ "__typename": "Book", "id": "b1" }, { "__typename": "Magazine", "id": "m1" }],
            "best": { "__typename": "Book", "id": "b1" },
            "shelves": [{ "item": { "__typename": "Magazine", "id": "m1" } }],
        },
        "Book": [{ "id": "b1", "title": "Emma", "pages": 300, "price": 7, "related": [{ "__typename": "Magazine", "id": "m1" }] }],
        "Magazine": [{ "id": "m1", "title": "Wired", "issue": 4, "price": 3, "related": [{ "__typename": "Book", "id": "b1" }] }],
    }))
    .subgraph(
        "a",
        "type Query { items: [Item!]! best: Best shelves: [Shelf!]! }
         type Shelf { item: Item }
         union Best = Book | Magazine
         interface Item { id: ID! title: String }
         type Book implements Item @key(fields: \"id\") { id: ID! title: String pages: Int }
         type Magazine implements Item @key(fields: \"id\") { id: ID! title: String issue: Int }",
    )
    .subgraph(
        "b",
        "interface Priced { id: ID! price: Int related: [Priced] }
         type Book implements Priced @key(fields: \"id\") { id: ID! price: Int related: [Priced] }
         type Magazine implements Priced @key(fields: \"id\") { id: ID! price: Int related: [Priced] }",
    )
    .build()
}

/// Asks under both values of each of two conditions.
async fn all(federation: &Federation, query: &str) {
    for (t, s) in [(true, true), (true, false), (false, true), (false, false)] {
        federation.data_with(query, &json!({ "t": t, "s": s })).await;
    }
}

#[tokio::test]
async fn conditional_fragments_nest_on_every_level() {
    let shop = shop();
    for query in [
        "query($t: Boolean!) { ... on Query @include(if: $t) { items { ... on Book @include(if: $t) { price } } } }",
        "query($t: Boolean!, $s: Boolean!) { ... @include(if: $t) @skip(if: $s) { items @include(if: $t) @skip(if: $s) {
            ... on Item @include(if: $t) @skip(if: $s) { ... on Book @include(if: $t) @skip(if: $s) { price pages } id } } } }",
        "query($t: Boolean!, $s: Boolean!) { best @skip(if: $s) { ... on Best @include(if: $t) { ... on Magazine { issue } ... on Book @skip(if: $s) { price } } } }",
        "query($t: Boolean!) { shelves { item { ... on Priced @include(if: $t) { related { ... on Book @include(if: $t) { title } } } } } }",
    ] {
        all(&shop, query).await;
    }
}

#[tokio::test]
async fn what_is_unconditional_stays_beside_what_is_not() {
    let shop = shop();
    for query in [
        "query($t: Boolean!) { items { ... on Magazine { title } ... on Book @include(if: $t) { title pages } } }",
        "query($t: Boolean!) { shelves { item { ... on Magazine { price } ... on Book @include(if: $t) { price title } } } }",
        "query($t: Boolean!) { items { id ...F @include(if: $t) ...F } } fragment F on Item { ... on Book { related { id @skip(if: $t) price } } }",
    ] {
        all(&shop, query).await;
    }
}

#[tokio::test]
async fn an_object_may_be_left_without_fields() {
    let shop = shop();
    let query = "query($t: Boolean!) { best { __typename @include(if: $t) } items { id @skip(if: $t) } }";
    let data = shop.data_with(query, &json!({ "t": false })).await;
    assert_eq!(data["best"], json!({}));
    let data = shop.data_with(query, &json!({ "t": true })).await;
    assert_eq!(data["items"], json!([{}, {}]));
    let nothing = "query($t: Boolean!) { best @include(if: $t) { __typename } }";
    assert_eq!(shop.data_with(nothing, &json!({ "t": false })).await, json!({}));
}

#[tokio::test]
async fn a_key_stands_where_it_is_first_collected() {
    let shop = shop();
    let query =
        "query($t: Boolean!) { items { ... on Book @skip(if: $t) { title id } ... on Book { pages id title } } }";
    let order = |data: &Json| data["items"][0].to_string();
    let skipped = shop.data_with(query, &json!({ "t": true })).await;
    assert_eq!(order(&skipped), r#"{"pages":300,"id":"b1","title":"Emma"}"#);
    let included = shop.data_with(query, &json!({ "t": false })).await;
    assert_eq!(order(&included), r#"{"title":"Emma","id":"b1","pages":300}"#);
}

#[tokio::test]
async fn a_condition_without_a_value_has_its_default() {
    let shop = shop();
    let query = "query($t: Boolean = true) { items { id ... on Priced { price @include(if: $t) } } }";
    let data = shop.data(query).await;
    assert_eq!(data["items"][0], json!({ "id": "b1", "price": 7 }));
    shop.asked();
    let data = shop.data_with(query, &json!({ "t": false })).await;
    assert_eq!(data["items"][0], json!({ "id": "b1" }));
    assert_eq!(shop.asked(), ["a"]);
}
