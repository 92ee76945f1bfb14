//! `@interfaceObject`: simple, with requirements, extended indirectly, without any object type.

use serde_json::json;

use crate::federation::{Builder, Federation};

pub fn accounts() -> Federation {
    Builder::new(json!({
        "Query": {
            "users": [{ "__typename": "User", "id": "u1" }, { "__typename": "User", "id": "u2" }],
            "anotherUsers": [{ "id": "u1" }, { "id": "u2" }, null],
            "accounts": [{ "id": "a1" }, { "id": "r1" }],
        },
        "User": [
            { "id": "u1", "name": "one", "age": 11, "username": "@one" },
            { "id": "u2", "name": "two", "age": 22, "username": "@two" },
        ],
        "Admin": [{ "id": "a1", "isMain": true, "name": "Alice", "isActive": true }],
        "Regular": [{ "id": "r1", "isMain": false, "name": "Bob", "isActive": false }],
    }))
    .subgraph(
        "a",
        "type Query { users: [NodeWithName!]! }
         interface NodeWithName @key(fields: \"id\") { id: ID! name: String }
         type User implements NodeWithName @key(fields: \"id\") { id: ID! name: String age: Int }
         interface Account @key(fields: \"id\") { id: ID! }
         type Admin implements Account @key(fields: \"id\") { id: ID! isMain: Boolean! }
         type Regular implements Account @key(fields: \"id\") { id: ID! isMain: Boolean! }",
    )
    .subgraph(
        "b",
        "type Query { anotherUsers: [NodeWithName] accounts: [Account] }
         type NodeWithName @key(fields: \"id\") @interfaceObject { id: ID! name: String @external username: String @requires(fields: \"name\") }
         type Account @key(fields: \"id\") @interfaceObject { id: ID! name: String! }",
    )
    .subgraph(
        "c",
        "type Account @key(fields: \"id\") @interfaceObject { id: ID! isActive: Boolean! }",
    )
    .supergraph(
        "type Query @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) {
            users: [NodeWithName!]! @join__field(graph: A) anotherUsers: [NodeWithName] @join__field(graph: B) accounts: [Account] @join__field(graph: B) }
         interface NodeWithName @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\", isInterfaceObject: true) {
            id: ID! name: String @join__field(graph: A) @join__field(graph: B, external: true) username: String @join__field(graph: B, requires: \"name\") }
         type User implements NodeWithName @join__implements(graph: A, interface: \"NodeWithName\") @join__type(graph: A, key: \"id\") {
            id: ID! name: String age: Int username: String @join__field }
         interface Account @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\", isInterfaceObject: true) @join__type(graph: C, key: \"id\", isInterfaceObject: true) {
            id: ID! name: String! @join__field(graph: B) isActive: Boolean! @join__field(graph: C) }
         type Admin implements Account @join__implements(graph: A, interface: \"Account\") @join__type(graph: A, key: \"id\") {
            id: ID! isMain: Boolean! isActive: Boolean! @join__field name: String! @join__field }
         type Regular implements Account @join__implements(graph: A, interface: \"Account\") @join__type(graph: A, key: \"id\") {
            id: ID! isMain: Boolean! isActive: Boolean! @join__field name: String! @join__field }",
    )
    .resolve("NodeWithName.username", |user, _| Ok(json!(format!("@{}", user.get("name")?.as_str().unwrap()))))
    .build()
}

#[tokio::test]
async fn fields_come_from_where_only_the_interface_is_known() {
    let federation = accounts();
    for query in [
        "{ accounts { id } }",
        "{ accounts { id name } }",
        "{ accounts { name isActive } }",
        "{ accounts { id ... on Admin { isMain } } }",
        "{ accounts { ... on Admin { isMain name } ... on Regular { id } } }",
        "{ accounts { __typename name } }",
        "{ accounts { t: __typename ... on Account { id name isActive } } }",
        "{ accounts { ... on Admin { isActive } isActive } }",
        "{ accounts { ... on Admin { __typename } } }",
    ] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn requirements_work_through_interface_objects() {
    let federation = accounts();
    for query in [
        "{ anotherUsers { id name username } }",
        "{ users { id name username } }",
        "{ anotherUsers { ... on User { age } } }",
        "{ users { ... on User { age } } }",
        "{ anotherUsers { ... on User { age id name username } id name } }",
        "{ users { ... on User { age id name username } id name } }",
        "{ anotherUsers { username } }",
        "{ anotherUsers { name: username n: name } }",
        "{ anotherUsers { __typename id ... on NodeWithName { username } } }",
    ] {
        federation.data(query).await;
    }
}

/// `author` extends an object type, or the interface as a whole, of which `playlist` knows only the interface.
fn media(author: &str, join_video: &str, join_article: &str, join_media: &str) -> Federation {
    Builder::new(json!({
        "Query": {
            "media": { "__typename": "Video", "id": "1" },
            "author": { "id": "1", "name": "name for 1" },
            "playlist": { "id": "1", "name": "name for 1", "media": { "id": "1" } },
        },
        "Video": [{ "id": "1", "title": "title for 1", "duration": 100, "authorName": "John" }],
        "Article": [{ "id": "2", "title": "title for 2", "wordCount": 5, "authorName": "Ada" }],
    }))
    .subgraph(
        "media",
        "type Query { media: Media }
         interface Media @key(fields: \"id\") { id: ID! title: String }
         type Video implements Media @key(fields: \"id\") { id: ID! title: String duration: Int }
         type Article implements Media @key(fields: \"id\") { id: ID! title: String wordCount: Int }",
    )
    .subgraph("author", &format!("type Query {{ author: Author }} type Author @key(fields: \"id\") {{ id: ID! name: String }} {author}"))
    .subgraph(
        "playlist",
        "type Query { playlist: Playlist } type Playlist @key(fields: \"id\") { id: ID! name: String media: Media }
         type Media @key(fields: \"id\") @interfaceObject { id: ID! }",
    )
    .supergraph(&format!(
        "type Query @join__type(graph: MEDIA) @join__type(graph: AUTHOR) @join__type(graph: PLAYLIST) {{
            media: Media @join__field(graph: MEDIA) author: Author @join__field(graph: AUTHOR) playlist: Playlist @join__field(graph: PLAYLIST) }}
         type Author @join__type(graph: AUTHOR, key: \"id\") {{ id: ID! name: String }}
         type Playlist @join__type(graph: PLAYLIST, key: \"id\") {{ id: ID! name: String media: Media }}
         interface Media @join__type(graph: MEDIA, key: \"id\") @join__type(graph: PLAYLIST, key: \"id\", isInterfaceObject: true) {join_media} }}
         type Video implements Media @join__implements(graph: MEDIA, interface: \"Media\") @join__type(graph: MEDIA, key: \"id\") {join_video} }}
         type Article implements Media @join__implements(graph: MEDIA, interface: \"Media\") @join__type(graph: MEDIA, key: \"id\") {join_article} }}",
    ))
    .build()
}

#[tokio::test]
async fn an_object_type_behind_an_interface_object_may_be_extended() {
    let federation = media(
        "extend type Video @key(fields: \"id\") { id: ID! authorName: String }",
        "@join__type(graph: AUTHOR, key: \"id\", extension: true) {
            id: ID! title: String @join__field(graph: MEDIA) duration: Int @join__field(graph: MEDIA) authorName: String @join__field(graph: AUTHOR)",
        "{ id: ID! title: String wordCount: Int",
        "{ id: ID! title: String @join__field(graph: MEDIA)",
    );
    for query in [
        "{ media { id title ... on Video { duration authorName } ... on Article { wordCount } }
           author { id name } playlist { id name media { id ... on Video { duration } } } }",
        "{ playlist { media { title } } }",
        "{ playlist { media { ... on Video { authorName } } } }",
        "{ playlist { media { __typename ... on Article { wordCount } ... on Video { authorName duration } } } }",
    ] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn two_interface_objects_of_one_interface() {
    let federation = media(
        "type Media @key(fields: \"id\") @interfaceObject { id: ID! authorName: String }",
        "{ id: ID! title: String duration: Int authorName: String @join__field",
        "{ id: ID! title: String wordCount: Int authorName: String @join__field",
        "@join__type(graph: AUTHOR, key: \"id\", isInterfaceObject: true) {
            id: ID! title: String @join__field(graph: MEDIA) authorName: String @join__field(graph: AUTHOR)",
    );
    for query in [
        "{ playlist { media { authorName title } } }",
        "{ media { authorName title id } }",
        "{ media { ... on Video { authorName } } }",
        "{ media { ... on Video { duration } } }",
        "{ media { ... on Video { duration authorName } } }",
        "{ playlist { media { ... on Video { authorName } } } }",
    ] {
        federation.data(query).await;
    }
}

fn without_objects() -> Federation {
    Builder::new(json!({
        "Query": { "b": { "id": "n1", "field": "foo" }, "a": { "$error": "there is no such object" }, "product": { "id": "p1" } },
        "Bread": [{ "id": "p1", "name": "Brown" }],
    }))
    .subgraph(
        "a",
        "type Query { a: Node product: Product }
         interface Node @key(fields: \"id\") { id: ID! }
         type Product @key(fields: \"id\") @interfaceObject { id: ID! }",
    )
    .subgraph(
        "b",
        "type Query { b: Node }
         type Node @key(fields: \"id\", resolvable: false) @interfaceObject { id: ID! field: String }
         interface Product @key(fields: \"id\") { id: ID! name: String }
         type Bread implements Product @key(fields: \"id\") { id: ID! name: String }",
    )
    .supergraph(
        "interface Node @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\", resolvable: false, isInterfaceObject: true) {
            id: ID! field: String @join__field(graph: B) }
         interface Product @join__type(graph: A, key: \"id\", isInterfaceObject: true) @join__type(graph: B, key: \"id\") {
            id: ID! name: String @join__field(graph: B) }
         type Bread implements Product @join__implements(graph: B, interface: \"Product\") @join__type(graph: B, key: \"id\") {
            id: ID! name: String @join__field(graph: B) }
         type Query @join__type(graph: A) @join__type(graph: B) {
            a: Node @join__field(graph: A) product: Product @join__field(graph: A) b: Node @join__field(graph: B) }",
    )
    .build()
}

#[tokio::test]
async fn an_interface_object_is_answered_where_no_object_type_is_known() {
    let federation = without_objects();
    for (query, data) in [
        ("{ b { id field } }", json!({ "b": { "id": "n1", "field": "foo" } })),
        ("{ b { id } }", json!({ "b": { "id": "n1" } })),
        ("{ b { ... on Node { x: id } } }", json!({ "b": { "x": "n1" } })),
        ("{ product { id } }", json!({ "product": { "id": "p1" } })),
        ("{ product { id name } }", json!({ "product": { "id": "p1", "name": "Brown" } })),
        ("{ product { ... on Bread { id } } }", json!({ "product": { "id": "p1" } })),
        (
            "{ product { ... on Bread { name } __typename } }",
            json!({ "product": { "name": "Brown", "__typename": "Bread" } }),
        ),
    ] {
        assert_eq!(federation.ask(query, &json!({})).await, json!({ "data": data }), "{query}");
    }
}

#[tokio::test]
async fn what_no_subgraph_can_say_is_an_error() {
    let federation = without_objects();
    for query in ["{ a { field } }", "{ a { id } }", "{ b { __typename } }"] {
        let answer = federation.ask(query, &json!({})).await;
        let data = answer.get("data").cloned().unwrap_or_default();
        assert!(
            data.is_null() || data.as_object().unwrap().values().all(serde_json::Value::is_null),
            "{query} {answer}"
        );
        assert!(answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{query} {answer}");
    }
}
