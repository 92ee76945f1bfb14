//! Operations that the planning library plans wrongly.

use apollo_compiler::ExecutableDocument;
use serde_json::json;

use crate::{
    federation::{Builder, Federation},
    random_operation::Generator,
};

/// A field of an interface that one of its objects computes from what another subgraph has.
fn taxed() -> Federation {
    Builder::new(json!({
        "Query": {
            "ps": [{ "__typename": "X", "id": "1" }, { "__typename": "X", "id": "2" }, { "__typename": "Y", "id": "1" }],
            "x": { "__typename": "X", "id": "1" }, "us": [{ "__typename": "Y", "id": "1" }, { "__typename": "X", "id": "2" }],
        },
        "X": [
            { "id": "1", "price": 10, "next": { "__typename": "X", "id": "2" }, "other": { "__typename": "Y", "id": "1" }, "fee": 3 },
            { "id": "2", "price": 20, "next": null, "other": { "__typename": "X", "id": "1" }, "fee": 4 },
        ],
        "Y": [{ "id": "1", "tax": 7, "size": 5, "other": { "__typename": "X", "id": "1" } }],
    }))
    .subgraph("a", "type Query { xs: [X] } type X @key(fields: \"id\") { id: ID! price: Int fee: Int }")
    .subgraph(
        "c",
        "type Query { ps: [P] x: X us: [U] } interface P { tax: Int other: P } union U = X | Y
         type X implements P @key(fields: \"id\") { id: ID! price: Int @external tax: Int @requires(fields: \"price\") next: X other: P }
         type Y implements P @key(fields: \"id\") { id: ID! tax: Int other: P }",
    )
    .subgraph("d", "type Y @key(fields: \"id\") { id: ID! size: Int }")
    .resolve("X.tax", |x, _| Ok(json!(x.get("price")?.as_i64().unwrap_or_default() / 10)))
    .build()
}

/// An interface object beside a union and another interface over the same objects.
fn media() -> Federation {
    let both = json!([{ "__typename": "Video", "id": "1" }, { "__typename": "Book", "id": "2" }]);
    Builder::new(json!({
        "Query": {
            "media": [{ "id": "1" }, { "id": "2" }], "one": { "id": "1" }, "any": both, "us": both, "vs": both, "list": { "id": "l", "items": [{ "id": "1" }, { "id": "2" }], "first": { "id": "2" } },
            "video": { "__typename": "Video", "id": "1" },
        },
        "Video": [{ "id": "1", "title": "t1", "length": 3, "rating": 5, "like": { "id": "2" }, "same": { "__typename": "Book", "id": "2" }, "sub": "s1" }],
        "Book": [{ "id": "2", "title": "t2", "pages": 7, "rating": 6, "like": { "id": "1" }, "same": { "__typename": "Video", "id": "1" }, "sub": "s2" }],
    }))
    .subgraph(
        "a",
        "type Query { any: [Media] us: [U] vs: [V] video: Video } interface V { title: String } union U = Video | Book
         interface Media @key(fields: \"id\") { id: ID! title: String }
         type Video implements Media & V @key(fields: \"id\") { id: ID! title: String length: Int same: U }
         type Book implements Media & V @key(fields: \"id\") { id: ID! title: String pages: Int same: U }",
    )
    .subgraph(
        "b",
        "type Query { media: [Media] one: Media list: List } type List { id: ID! items: [Media!]! first: Media }
         type Media @key(fields: \"id\") @interfaceObject { id: ID! title: String @external stars: String @requires(fields: \"title\") rating: Int like: Media }",
    )
    .subgraph("c", "type Book @key(fields: \"id\") { id: ID! sub: String } type Video @key(fields: \"id\") { id: ID! sub: String }")
    .supergraph(
        "type Query @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) { any: [Media] @join__field(graph: A) us: [U] @join__field(graph: A) vs: [V] @join__field(graph: A) video: Video @join__field(graph: A) media: [Media] @join__field(graph: B) one: Media @join__field(graph: B) list: List @join__field(graph: B) }
         type List @join__type(graph: B) { id: ID! items: [Media!]! first: Media }
         interface V @join__type(graph: A) { title: String }
         union U @join__type(graph: A) @join__unionMember(graph: A, member: \"Video\") @join__unionMember(graph: A, member: \"Book\") = Video | Book
         interface Media @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\", isInterfaceObject: true) { id: ID! title: String @join__field(graph: A) @join__field(graph: B, external: true) stars: String @join__field(graph: B, requires: \"title\") rating: Int @join__field(graph: B) like: Media @join__field(graph: B) }
         type Video implements Media & V @join__implements(graph: A, interface: \"Media\") @join__implements(graph: A, interface: \"V\") @join__type(graph: A, key: \"id\") @join__type(graph: C, key: \"id\") { id: ID! title: String @join__field(graph: A) length: Int @join__field(graph: A) same: U @join__field(graph: A) sub: String @join__field(graph: C) stars: String @join__field rating: Int @join__field like: Media @join__field }
         type Book implements Media & V @join__implements(graph: A, interface: \"Media\") @join__implements(graph: A, interface: \"V\") @join__type(graph: A, key: \"id\") @join__type(graph: C, key: \"id\") { id: ID! title: String @join__field(graph: A) pages: Int @join__field(graph: A) same: U @join__field(graph: A) sub: String @join__field(graph: C) stars: String @join__field rating: Int @join__field like: Media @join__field }",
    )
    .resolve("Media.stars", |media, _| Ok(json!(format!("*{}", media.get("title")?.as_str().unwrap_or_default()))))
    .build()
}

/// As `c` of [`taxed`], where nothing can be sent to `X`.
fn unreachable() -> Federation {
    Builder::new(json!({ "Query": { "ps": [{ "__typename": "X" }] }, "X": [{ "price": 10 }] }))
        .subgraph("a", "type Query { xs: [X] } type X { price: Int }")
        .subgraph(
            "c",
            "type Query { ps: [P] } interface P { tax: Int }
             type X implements P { price: Int @external tax: Int @requires(fields: \"price\") }",
        )
        .supergraph(
            "type Query @join__type(graph: A) @join__type(graph: C) { xs: [X] @join__field(graph: A) ps: [P] @join__field(graph: C) }
             interface P @join__type(graph: C) { tax: Int }
             type X implements P @join__implements(graph: C, interface: \"P\") @join__type(graph: A) @join__type(graph: C) {
                price: Int @join__field(graph: A) @join__field(graph: C, external: true) tax: Int @join__field(graph: C, requires: \"price\") }",
        )
        .build()
}

#[tokio::test]
async fn what_an_object_requires_behind_an_interface_is_sent() {
    let federation = taxed();
    federation.check("{ ps { tax } }", json!({ "ps": [{ "tax": 1 }, { "tax": 2 }, { "tax": 7 }] })).await;
    for query in [
        "{ ps { __typename tax } }",
        "{ ps { tax other { tax } } }",
        "{ ps { ... on X { tax other { tax } } other { other { tax } } } }",
        "{ us { ... on P { tax } } }",
        "{ x { next { other { tax } } tax } }",
        "{ xs { other { tax ... on Y { size } } fee } }",
    ] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn an_interface_object_beside_other_abstract_types_loses_nothing() {
    let federation = media();
    for query in [
        "{ media { stars } }",
        "{ media { ... on U { ... on Media { a: id } } } }",
        "{ media { ... on U { ... on Media { stars rating } } } }",
        "{ any { like { ... on Video { id } } } }",
        "{ any { like { ... on U { ... on Book { pages } } } } }",
        "{ list { items { like { id ... on U { ... on Media { ... on V { title } rating } } } } } }",
        "{ us { ... on Book { ... on Media { like { like { ... on Book { stars } } } } } } }",
        "{ vs { ... on Media { rating } ... on Video { stars } } }",
        "{ list { first { ... on Book { sub stars } ... on V { title } } } }",
    ] {
        federation.data(query).await;
    }
}

#[tokio::test]
async fn a_requirement_that_nobody_can_send_is_refused_and_told() {
    let answer = unreachable().ask("{ ps { tax } }", &json!({})).await;
    assert_eq!(answer.get("data"), None, "{answer}");
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("`c`") && message.contains("X.tax") && message.contains("requires"), "{message}");
}

#[tokio::test]
async fn a_requirement_of_one_type_does_not_collide_with_a_field_of_another() {
    let federation = Builder::new(json!({
        "Query": { "any": [{ "__typename": "A", "id": "1" }, { "__typename": "B", "id": "2" }] },
        "A": [{ "id": "1", "f": "x" }], "B": [{ "id": "2", "f": [1, 2] }],
    }))
    .subgraph(
        "a",
        "type Query { any: [Any] } union Any = A | B
         type A @key(fields: \"id\") { id: ID! f: String } type B @key(fields: \"id\") { id: ID! f: [Int] }",
    )
    .subgraph("b", "type A @key(fields: \"id\") { id: ID! f: String @external r: String @requires(fields: \"f\") }")
    .resolve("A.r", |a, _| Ok(json!(format!("r of {}", a.get("f")?.as_str().unwrap()))))
    .build();
    let data = json!({ "any": [{ "r": "r of x" }, { "f": [1, 2] }] });
    federation.check("{ any { ... on A { r } ... on B { f } } }", data).await;
    federation.data("{ any { ... on B { id f } ... on A { id r g: f } } }").await;
}

/// What became of random operations.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcomes {
    right: usize,
    refused: usize,
}

/// Runs random operations. Each is answered as one schema answers it, or refused before any subgraph is asked.
async fn run(federation: &Federation, cases: usize) -> Outcomes {
    let mut generator = Generator::new(&federation.whole.schema, 3);
    let mut outcomes = Outcomes::default();
    for _ in 0..cases {
        let text = generator.operation().text();
        if ExecutableDocument::parse_and_validate(&federation.whole.schema, text.as_str(), "o.graphql").is_err() {
            continue;
        }
        federation.asked();
        let (expected, answer) = (federation.expected(&text, &json!({})), federation.ask(&text, &json!({})).await);
        if answer.get("data").is_none() && federation.asked().is_empty() {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{text}\n{answer}");
            outcomes.refused += 1;
            continue;
        }
        assert_eq!(answer.get("errors"), None, "{text}\n{answer}");
        assert_eq!(answer["data"].to_string(), expected["data"].to_string(), "{text}");
        outcomes.right += 1;
    }
    outcomes
}

#[tokio::test]
async fn random_operations_behind_interfaces_are_right_or_refused() {
    let outcomes = run(&taxed(), 120).await;
    assert_eq!(outcomes.refused, 0, "{outcomes:?}");
    // Aliases of fields that lead from interface object to interface object have no plan in the library.
    let outcomes = run(&media(), 120).await;
    assert!(outcomes.right > 30 * outcomes.refused, "{outcomes:?}");
}
