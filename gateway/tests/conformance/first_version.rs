//! Schemas in the manner of Federation 1, and `@external` and `@extends` where Federation 2 does not need them.

use serde_json::{Value as Json, json};

use crate::federation::{Builder, Federation};

fn data() -> Json {
    json!({
        "Query": {
            "randomUser": { "id": "u1" }, "userById": { "id": "u2" },
            "providedRandomUser": { "id": "u1", "name": "u1-name" },
        },
        "User": [
            { "id": "u1", "name": "u1-name", "rid": "u1-rid", "nickname": "u1-nick" },
            { "id": "u2", "name": "u2-name", "rid": "u2-rid", "nickname": "u2-nick" },
        ],
    })
}

const SUPERGRAPH: &str = "type Query @join__type(graph: A) @join__type(graph: B) {
        randomUser: User @join__field(graph: A) userById(id: ID): User @join__field(graph: B)
        providedRandomUser: User @join__field(graph: A, provides: \"name\") }
    type User @join__type(graph: A, key: \"id\", extension: true) @join__type(graph: B, key: \"id\") {
        id: ID! @join__field(graph: A) @join__field(graph: B)
        rid: ID @join__field(graph: A)
        name: String! @join__field(graph: A, external: true) @join__field(graph: B)
        nickname: String! @join__field(graph: B) }";

fn users(a: &str, v1: bool) -> Federation {
    let b = "type Query { userById(id: ID): User } type User @key(fields: \"id\") { id: ID! name: String! nickname: String! }";
    let a = format!("type Query {{ randomUser: User providedRandomUser: User @provides(fields: \"name\") }} {a}");
    let builder = Builder::new(data()).lookup("Query.userById", "User", "id");
    let builder =
        if v1 { builder.subgraph_v1("a", &a).subgraph_v1("b", b) } else { builder.subgraph("a", &a).subgraph("b", b) };
    builder.supergraph(SUPERGRAPH).build()
}

async fn all(federation: Federation) {
    for query in [
        "{ randomUser { id name } }",
        "{ randomUser { rid nickname } }",
        "{ userById(id: \"u2\") { id name nickname rid } }",
        "{ providedRandomUser { id name } }",
        "{ providedRandomUser { id name rid nickname } }",
        "{ randomUser { id } userById(id: \"u1\") { rid } providedRandomUser { name } }",
    ] {
        federation.data(query).await;
    }
    federation.asked();
    federation.data("{ providedRandomUser { id name } }").await;
    assert_eq!(federation.asked(), ["a"]);
}

#[tokio::test]
async fn extended_with_a_directive() {
    let a = "type User @key(fields: \"id\") @extends { id: ID! @external name: String! @external rid: ID }";
    all(users(a, true)).await;
    all(users(a, false)).await;
}

#[tokio::test]
async fn extended_with_the_keyword() {
    let a = "extend type User @key(fields: \"id\") { id: ID! @external name: String! @external rid: ID }";
    all(users(a, true)).await;
    all(users(a, false)).await;
}

/// `@external` on a field that nothing provides or requires.
#[tokio::test]
async fn external_fields_without_a_purpose_do_no_harm() {
    let federation = Builder::new(json!({
        "Query": { "products": [{ "id": "p1" }, { "id": "p2" }] },
        "Product": [{ "id": "p1", "name": "one", "price": 1.5 }, { "id": "p2", "name": "two", "price": 2.5 }],
    }))
    .subgraph("price", "type Product @key(fields: \"id\") { id: ID! @external name: String! @external price: Float! }")
    .subgraph("catalog", "type Query { products: [Product!]! } type Product @key(fields: \"id\") { id: ID! name: String! }")
    .supergraph(
        "type Product @join__type(graph: PRICE, key: \"id\") @join__type(graph: CATALOG, key: \"id\") {
            id: ID! @join__field(graph: PRICE, external: true) @join__field(graph: CATALOG)
            name: String! @join__field(graph: PRICE, external: true) @join__field(graph: CATALOG) price: Float! @join__field(graph: PRICE) }
         type Query @join__type(graph: PRICE) @join__type(graph: CATALOG) { products: [Product!]! @join__field(graph: CATALOG) }",
    )
    .build();
    federation.data("{ products { id name price } }").await;
    federation.data("{ products { price } }").await;
}
