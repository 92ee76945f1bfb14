//! `@provides`: nested, on interfaces and unions, and only what was asked for.

use serde_json::json;

use crate::federation::{Builder, Federation};

fn shop() -> Federation {
    Builder::new(json!({
        "Query": { "products": [{ "id": "p1" }, { "id": "p2" }] , "entity": { "__typename": "Category", "id": "c1" } },
        "Product": [
            { "id": "p1", "categories": [{ "__typename": "Category", "id": "c1" }] },
            { "id": "p2", "categories": [{ "__typename": "Category", "id": "c2" }, { "__typename": "Category", "id": "c1" }] },
        ],
        "Category": [
            { "id": "c1", "name": "one", "secret": { "$error": "nobody may ask" }, "sub": [{ "__typename": "Category", "id": "c2" }] },
            { "id": "c2", "name": "two", "secret": { "$error": "nobody may ask" }, "sub": [] },
        ],
    }))
    .subgraph(
        "a",
        "type Query { products: [Product] @provides(fields: \"categories { id name }\") entity: Category @provides(fields: \"name secret\") }
         type Product @key(fields: \"id\") { id: ID! categories: [Category!] @external }
         type Category @key(fields: \"id\") { id: ID! name: String @external secret: String! @external }",
    )
    .subgraph("b", "type Product @key(fields: \"id\") { id: ID! categories: [Category!] } type Category @key(fields: \"id\") { id: ID! name: String secret: String! }")
    .subgraph("c", "type Category @key(fields: \"id\") { id: ID! sub: [Category!] }")
    .build()
}

#[tokio::test]
async fn nested_provided_fields_come_from_the_provider() {
    let federation = shop();
    federation.data("{ products { id categories { id name } } }").await;
    assert_eq!(federation.asked(), ["a"]);
    federation.data("{ products { id categories { id name sub { id name } } } }").await;
}

#[tokio::test]
async fn of_the_provided_fields_only_those_that_are_selected_are_asked_for() {
    let federation = shop();
    for query in [
        "{ entity { id } }",
        "{ entity { id label: name } }",
        "{ entity { ... on Category { name } ...N } } fragment N on Category { id }",
        "{ entity { id name sub { id name } } }",
        "{ entity { id ... on Category @skip(if: true) { secret } } }",
        "{ entity { id ... @include(if: false) { secret } } }",
        "{ entity { id ... { name } ... { sub { id } } } }",
    ] {
        federation.data(query).await;
    }
}

fn media() -> Federation {
    Builder::new(json!({
        "Query": {
            "media": { "__typename": "Book", "id": "m1" },
            "book": { "__typename": "Book", "id": "m1" },
            "any": [{ "__typename": "Movie", "id": "m2" }, { "__typename": "Book", "id": "m1" }],
        },
        "Book": [{ "id": "m1", "title": "A book", "animals": [{ "__typename": "Dog", "id": "a1" }, { "__typename": "Cat", "id": "a2" }] }],
        "Movie": [{ "id": "m2", "title": "A movie" }],
        "Dog": [{ "id": "a1", "name": "Fido", "age": 8 }],
        "Cat": [{ "id": "a2", "name": "Tom", "age": 10 }],
    }))
    .subgraph(
        "a",
        "type Query { media: Media @shareable book: Book @provides(fields: \"animals { ... on Dog { name } }\") any: [Any!]! @provides(fields: \"... on Movie { title }\") }
         union Any = Book | Movie
         interface Media { id: ID! }
         interface Animal { id: ID! }
         type Book implements Media @key(fields: \"id\") { id: ID! animals: [Animal] @external }
         type Movie @key(fields: \"id\") { id: ID! title: String @external }
         type Dog implements Animal @key(fields: \"id\") { id: ID! @external name: String @external }
         type Cat implements Animal @key(fields: \"id\") { id: ID! @external }",
    )
    .subgraph(
        "b",
        "type Query { media: Media @shareable @provides(fields: \"animals { id name }\") }
         interface Media { id: ID! animals: [Animal] }
         interface Animal { id: ID! name: String }
         type Book implements Media @key(fields: \"id\") { id: ID! @shareable animals: [Animal] @external }
         type Dog implements Animal { id: ID! @external name: String @external }
         type Cat implements Animal { id: ID! @external name: String @external }",
    )
    .subgraph(
        "c",
        "interface Media { id: ID! animals: [Animal] }
         type Book implements Media @key(fields: \"id\") { id: ID! title: String animals: [Animal] @shareable }
         type Movie @key(fields: \"id\") { id: ID! title: String @shareable }
         interface Animal { id: ID! name: String age: Int }
         type Dog implements Animal @key(fields: \"id\") { id: ID! name: String @shareable age: Int }
         type Cat implements Animal @key(fields: \"id\") { id: ID! name: String @shareable age: Int }",
    )
    .supergraph(
        "type Query @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) {
            media: Media @join__field(graph: A) @join__field(graph: B, provides: \"animals { id name }\")
            book: Book @join__field(graph: A, provides: \"animals { ... on Dog { name } }\")
            any: [Any!]! @join__field(graph: A, provides: \"... on Movie { title }\") }
         union Any @join__type(graph: A) @join__unionMember(graph: A, member: \"Book\") @join__unionMember(graph: A, member: \"Movie\") = Book | Movie
         interface Media @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) {
            id: ID! animals: [Animal] @join__field(graph: B) @join__field(graph: C) }
         interface Animal @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) {
            id: ID! name: String @join__field(graph: B) @join__field(graph: C) age: Int @join__field(graph: C) }
         type Book implements Media @join__implements(graph: A, interface: \"Media\") @join__implements(graph: B, interface: \"Media\") @join__implements(graph: C, interface: \"Media\")
            @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\") @join__type(graph: C, key: \"id\") {
            id: ID! title: String @join__field(graph: C)
            animals: [Animal] @join__field(graph: A, external: true) @join__field(graph: B, external: true) @join__field(graph: C) }
         type Movie @join__type(graph: A, key: \"id\") @join__type(graph: C, key: \"id\") {
            id: ID! title: String @join__field(graph: A, external: true) @join__field(graph: C) }
         type Dog implements Animal @join__implements(graph: A, interface: \"Animal\") @join__implements(graph: B, interface: \"Animal\") @join__implements(graph: C, interface: \"Animal\")
            @join__type(graph: A, key: \"id\") @join__type(graph: B) @join__type(graph: C, key: \"id\") {
            id: ID! @join__field(graph: A, external: true) @join__field(graph: B, external: true) @join__field(graph: C)
            name: String @join__field(graph: A, external: true) @join__field(graph: B, external: true) @join__field(graph: C) age: Int @join__field(graph: C) }
         type Cat implements Animal @join__implements(graph: A, interface: \"Animal\") @join__implements(graph: B, interface: \"Animal\") @join__implements(graph: C, interface: \"Animal\")
            @join__type(graph: A, key: \"id\") @join__type(graph: B) @join__type(graph: C, key: \"id\") {
            id: ID! @join__field(graph: A, external: true) @join__field(graph: B, external: true) @join__field(graph: C)
            name: String @join__field(graph: B, external: true) @join__field(graph: C) age: Int @join__field(graph: C) }",
    )
    .build()
}

#[tokio::test]
async fn fields_provided_on_interfaces_and_unions() {
    let federation = media();
    federation.data("{ media { id animals { id name } } }").await;
    federation.data("{ media { id animals { id name ... on Cat { age } } } }").await;
    federation.data("{ media { id animals { id } } media { id animals { id name } animals { id } } }").await;
    federation.data("{ any { __typename ... on Movie { title id } ... on Book { title } } }").await;
}
