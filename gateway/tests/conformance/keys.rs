//! Keys: several, compound, nested, not resolvable, null.

use serde_json::json;

use crate::federation::{Builder, Federation};

pub fn orders() -> Federation {
    Builder::new(json!({
        "Query": { "orders": [{ "id": "o1" }, { "id": "o2" }, null], "order": { "id": "o2" } },
        "Order": [
            { "id": "o1", "number": 11, "owner": { "id": "u1", "org": { "id": "g1", "city": "Hue" } }, "total": 5, "paid": true },
            { "id": "o2", "number": 12, "owner": { "id": "u2", "org": { "id": "g1", "city": "Hue" } }, "total": null, "paid": false },
        ],
    }))
    .subgraph(
        "a",
        "type Query { orders: [Order]! order: Order } type Order @key(fields: \"id\") @key(fields: \"number\") { id: ID! number: Int! }",
    )
    .subgraph(
        "b",
        "type Order @key(fields: \"number\") @key(fields: \"owner { id org { id } }\") { number: Int! owner: Owner! }
         type Owner { id: ID! org: Org! } type Org { id: ID! }",
    )
    .subgraph(
        "c",
        "type Order @key(fields: \"owner { id org { id } }\") { owner: Owner! total: Int paid: Boolean! }
         type Owner { id: ID! @shareable org: Org! @shareable } type Org { id: ID! @shareable }",
    )
    .build()
}

#[tokio::test]
async fn a_chain_of_keys_leads_from_subgraph_to_subgraph() {
    orders()
        .check(
            "{ orders { total paid } order { paid n: number } }",
            json!({ "orders": [{ "total": 5, "paid": true }, { "total": null, "paid": false }, null], "order": { "paid": false, "n": 12 } }),
        )
        .await;
}

#[tokio::test]
async fn an_entity_is_found_by_a_key_that_is_nested() {
    let federation = orders();
    federation
        .check(
            "{ order { total owner { id org { id } } } }",
            json!({ "order": { "total": null, "owner": { "id": "u2", "org": { "id": "g1" } } } }),
        )
        .await;
    assert!(federation.asked().contains(&"c".to_owned()));
}

pub fn books() -> Federation {
    Builder::new(json!({
        "Query": { "shelf": [
            { "book": { "upc": "b1" } }, { "book": { "upc": "b2" } }, { "book": { "upc": "b3" } }, { "book": null }, null,
        ] },
        "Book": [
            { "upc": "b1", "isbn": "i1", "author": { "isbn": "i1", "id": "a1", "name": "Ada" } },
            { "upc": "b2", "isbn": "i2", "author": { "isbn": "i2", "id": "a2", "name": "Bob" } },
            { "upc": "b3", "isbn": null, "author": null },
        ],
        "Author": [{ "id": "a1", "name": "Ada" }, { "id": "a2", "name": "Bob" }],
    }))
    .subgraph(
        "a",
        "type Query { shelf: [Place] } type Place { book: Book } type Book @key(fields: \"upc\") { upc: ID! }",
    )
    .subgraph("b", "type Book @key(fields: \"upc\") @key(fields: \"isbn\") { upc: ID! isbn: ID }")
    .subgraph(
        "c",
        "type Book @key(fields: \"isbn\") { isbn: ID author: Author } type Author @key(fields: \"id\") { id: ID! name: String }",
    )
    .build()
}

#[tokio::test]
async fn an_entity_with_a_null_key_is_not_asked_for() {
    books()
        .check(
            "{ shelf { book { upc author { name } } } }",
            json!({ "shelf": [
                { "book": { "upc": "b1", "author": { "name": "Ada" } } },
                { "book": { "upc": "b2", "author": { "name": "Bob" } } },
                { "book": { "upc": "b3", "author": null } },
                { "book": null },
                null,
            ] }),
        )
        .await;
}

#[tokio::test]
async fn nested_lists_of_entities_keep_their_places() {
    let federation = Builder::new(json!({
        "Query": { "grid": [[{ "id": 1 }, null, { "id": 2 }], [], null, [{ "id": 1 }]] },
        "Cell": [{ "id": 1, "name": "one", "near": [[{ "id": 2 }], null] }, { "id": 2, "name": "two", "near": [] }],
    }))
    .subgraph("a", "type Query { grid: [[Cell]] } type Cell @key(fields: \"id\") { id: Int! }")
    .subgraph("b", "type Cell @key(fields: \"id\") { id: Int! name: String! }")
    .subgraph("c", "type Cell @key(fields: \"id\") { id: Int! near: [[Cell!]]! }")
    .build();
    federation
        .check(
            "{ grid { name near { id name } } }",
            json!({ "grid": [
                [{ "name": "one", "near": [[{ "id": 2, "name": "two" }], null] }, null, { "name": "two", "near": [] }],
                [],
                null,
                [{ "name": "one", "near": [[{ "id": 2, "name": "two" }], null] }],
            ] }),
        )
        .await;
}

#[tokio::test]
async fn an_entity_that_the_owner_does_not_know_has_nulls() {
    let federation = Builder::new(json!({
        "Query": { "seen": [{ "id": "1" }, { "id": "lost" }] },
        "Thing": [{ "id": "1", "name": "one" }],
    }))
    .subgraph("a", "type Query { seen: [Thing!]! } type Thing @key(fields: \"id\") { id: ID! }")
    .subgraph("b", "type Thing @key(fields: \"id\") { id: ID! name: String }")
    .build();
    federation
        .check(
            "{ seen { id name } }",
            json!({ "seen": [{ "id": "1", "name": "one" }, { "id": "lost", "name": null }] }),
        )
        .await;
}

#[tokio::test]
async fn keys_that_are_not_resolvable_are_not_used() {
    let federation = Builder::new(json!({
        "Query": { "b": { "id": "100", "a": [{ "id": "1", "compositeId": { "one": "x", "two": "y", "three": "z" } }] } },
        "A": [{ "id": "1", "pId": "p", "compositeId": { "one": "x", "two": "y", "three": "z" }, "name": "a.1" }],
        "B": [{ "id": "100" }],
    }))
    .subgraph(
        "a",
        "type Query { unused: Int }
         type A @key(fields: \"id\", resolvable: false) @key(fields: \"pId\") @key(fields: \"compositeId { one two }\", resolvable: false) @key(fields: \"id compositeId { two three }\") {
            id: ID! pId: ID! compositeId: CompositeID! name: String! }
         type CompositeID @shareable { one: ID! two: ID! three: ID! }",
    )
    .subgraph(
        "b",
        "type Query { b: B }
         type A @key(fields: \"id\", resolvable: false) @key(fields: \"id compositeId { two three }\") {
            id: ID! compositeId: CompositeID! name: String! @external nameInB: String! @requires(fields: \"name\") }
         type B @key(fields: \"id\") { id: ID! a: [A!]! }
         type CompositeID @shareable { one: ID! two: ID! three: ID! }",
    )
    .resolve("A.nameInB", |a, _| Ok(json!(format!("in b: {}", a.get("name")?.as_str().unwrap()))))
    .build();
    federation
        .check(
            "{ b { id a { id name nameInB } } }",
            json!({ "b": { "id": "100", "a": [{ "id": "1", "name": "a.1", "nameInB": "in b: a.1" }] } }),
        )
        .await;
}
