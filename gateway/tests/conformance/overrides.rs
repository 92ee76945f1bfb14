//! `@override`: the new owner is asked, the old one never, whatever is required of it.

use serde_json::json;

use crate::federation::Builder;

#[tokio::test]
async fn an_overridden_field_comes_from_its_new_owner() {
    let federation = Builder::new(json!({
        "Query": { "feed": [{ "id": "p1" }, { "id": "p2" }], "bFeed": [{ "id": "p1" }, { "id": "p2" }] },
        "Post": [
            { "id": "p1", "createdAt": "of b", "title": "one" },
            { "id": "p2", "createdAt": "of b", "title": "two" },
        ],
    }))
    .subgraph(
        "a",
        "type Query { feed: [Post] @shareable } type Post @key(fields: \"id\") { id: ID! createdAt: String! title: String }",
    )
    .subgraph(
        "b",
        "type Query { bFeed: [Post] } type Post @key(fields: \"id\") { id: ID! createdAt: String! @override(from: \"a\") }",
    )
    .build();
    federation.data("{ feed { createdAt title } bFeed { createdAt title } }").await;
    let log = federation.log.lock().unwrap();
    assert!(!log.iter().any(|(name, text, _)| name == "a" && text.contains("createdAt")), "{log:?}");
}

#[tokio::test]
async fn an_owner_that_does_not_exist_is_no_obstacle() {
    let federation = Builder::new(json!({
        "Query": { "feed": [{ "id": "p1" }], "bFeed": [{ "id": "p1" }] },
        "Post": [{ "id": "p1", "createdAt": "now" }],
    }))
    .subgraph("a", "type Query { feed: [Post] } type Post @key(fields: \"id\") { id: ID! }")
    .subgraph(
        "b",
        "type Query { bFeed: [Post] } type Post @key(fields: \"id\") { id: ID! createdAt: String! @override(from: \"gone\") }",
    )
    .supergraph(
        "type Post @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\") {
            id: ID! createdAt: String! @join__field(graph: B, override: \"gone\") }
         type Query @join__type(graph: A) @join__type(graph: B) {
            feed: [Post] @join__field(graph: A) bFeed: [Post] @join__field(graph: B) }",
    )
    .build();
    federation.data("{ feed { createdAt } bFeed { createdAt } }").await;
}

#[tokio::test]
async fn overridden_fields_satisfy_requirements() {
    let federation = Builder::new(json!({
        "Query": { "user": { "id": "u1" }, "userA": { "id": "u1" } },
        "User": [{ "id": "u1", "name": "ada", "nick": "ada!" }],
    }))
    .subgraph(
        "a",
        "type Query { userA: User } type User @key(fields: \"id\") { id: ID! name: String! @override(from: \"b\") }",
    )
    .subgraph("b", "type Query { user: User } type User @key(fields: \"id\") { id: ID! name: String! }")
    .subgraph(
        "c",
        "type User @key(fields: \"id\") { id: ID! name: String! @external nick: String! @requires(fields: \"name\") }",
    )
    .resolve("User.nick", |user, _| Ok(json!(format!("{}!", user.get("name")?.as_str().unwrap()))))
    .build();
    for query in ["{ user { nick } }", "{ userA { nick name } }", "{ user { name id nick } userA { id } }"] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn overridden_fields_of_types_behind_an_interface() {
    let federation = Builder::new(json!({
        "Query": { "feed": [{ "__typename": "ImagePost", "id": "i1" }, { "__typename": "TextPost", "id": "t1" }], "aFeed": [{ "__typename": "ImagePost", "id": "i1" }] },
        "ImagePost": [{ "id": "i1", "createdAt": "i" }],
        "TextPost": [{ "id": "t1", "createdAt": "t", "body": "text" }],
    }))
    .subgraph(
        "a",
        "type Query { aFeed: [Post] } interface Post { id: ID! createdAt: String! }
         type ImagePost implements Post @key(fields: \"id\") { id: ID! createdAt: String! }",
    )
    .subgraph(
        "b",
        "type Query { feed: [Post] @shareable } interface Post { id: ID! createdAt: String! }
         type TextPost implements Post @key(fields: \"id\") { id: ID! createdAt: String! body: String! }
         type ImagePost implements Post @key(fields: \"id\") { id: ID! createdAt: String! @override(from: \"a\") }",
    )
    .build();
    for query in [
        "{ feed { id createdAt } }",
        "{ aFeed { id createdAt } }",
        "{ feed { ... on TextPost { id body } ... on ImagePost { id createdAt } } aFeed { __typename createdAt } }",
    ] {
        federation.data(query).await;
    }
}
