//! Root types: shared fields, several names, mutations in order, root types inside of answers.

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use crate::federation::{Builder, Federation};

#[tokio::test]
async fn a_shared_root_field_is_taken_from_each_subgraph_that_has_a_part() {
    let product = json!({ "id": "1", "name": { "id": "1", "brand": "B", "model": "M" }, "category": { "id": "1", "name": "C" }, "price": { "id": "1", "amount": 7, "currency": "EUR" } });
    let federation = Builder::new(json!({ "Query": { "product": product, "products": [product, product] } }))
        .subgraph(
            "category",
            "type Query { product: Product @shareable products: [Product] @shareable }
             type Product @shareable { id: ID! category: Category } type Category { id: ID! name: String }",
        )
        .subgraph(
            "name",
            "type Query { product: Product @shareable products: [Product] @shareable }
             type Product @shareable { id: ID! name: Name } type Name { id: ID! brand: String model: String }",
        )
        .subgraph(
            "price",
            "type Query { product: Product @shareable products: [Product] @shareable }
             type Product @shareable { id: ID! price: Price } type Price { id: ID! amount: Int currency: String }",
        )
        .supergraph(
            "type Query @join__type(graph: CATEGORY) @join__type(graph: NAME) @join__type(graph: PRICE) { product: Product products: [Product] }
             type Product @join__type(graph: CATEGORY) @join__type(graph: NAME) @join__type(graph: PRICE) {
                id: ID! category: Category @join__field(graph: CATEGORY) name: Name @join__field(graph: NAME) price: Price @join__field(graph: PRICE) }
             type Category @join__type(graph: CATEGORY) { id: ID! name: String }
             type Name @join__type(graph: NAME) { id: ID! brand: String model: String }
             type Price @join__type(graph: PRICE) { id: ID! amount: Int currency: String }",
        )
        .build();
    for query in [
        "{ product { id name { id brand model } category { id name } price { id amount currency } } }",
        "{ products { id name { model } category { name } price { currency } } }",
        "{ a: product { p: price { amount } } b: product { category { name } name { brand } } }",
        "query($p: Boolean = false) { product { id price @include(if: $p) { amount } name { id } } }",
    ] {
        federation.data(query).await;
    }
}

fn calculator() -> (Federation, Arc<Mutex<i64>>) {
    let state = Arc::new(Mutex::new(0));
    let change = |change: fn(i64, &Json) -> i64| {
        let state = state.clone();
        move |_: &crate::memory::Source<'_>, arguments: &Json| {
            let mut state = state.lock().unwrap();
            *state = change(*state, arguments);
            Ok(json!(*state))
        }
    };
    let federation = Builder::new(json!({
        "Query": { "product": { "id": "p1" } },
        "Product": [{ "id": "p1", "name": "one", "price": 9.5 }, { "id": "new", "name": "new", "price": 600.5 }],
    }))
    .subgraph(
        "a",
        "type Query { product: Product }
         type Mutation { addProduct(input: AddProduct!): Product! add(by: Int!): Int! final: Int! }
         input AddProduct { name: String! price: Float! }
         type Product @key(fields: \"id\") { id: ID! name: String! price: Float! }",
    )
    .subgraph(
        "b",
        "type Mutation { multiply(by: Int!): Int! fail: Int }
         type Product @key(fields: \"id\") { id: ID! price: Float! @external isExpensive: Boolean! @requires(fields: \"price\") }",
    )
    .resolve("Mutation.add", change(|state, arguments| state + arguments["by"].as_i64().unwrap()))
    .resolve("Mutation.multiply", change(|state, arguments| state * arguments["by"].as_i64().unwrap()))
    .resolve("Mutation.final", change(|state, _| state))
    .resolve("Mutation.fail", |_, _| Err("no".to_owned()))
    .resolve("Mutation.addProduct", |_, arguments| {
        assert_eq!(arguments["input"], json!({ "name": "new", "price": 600.5 }));
        Ok(json!({ "__typename": "Product", "id": "new" }))
    })
    .resolve("Product.isExpensive", |product, _| Ok(json!(product.get("price")?.as_f64().unwrap() > 100.0)))
    .build();
    (federation, state)
}

#[tokio::test]
async fn mutations_run_one_after_the_other_over_all_subgraphs() {
    let (federation, _) = calculator();
    let answer = federation
        .ask(
            "mutation { five: add(by: 5) ten: multiply(by: 2) twelve: add(by: 2) thirteen: add(by: 1) f: fail last: multiply(by: 3) final __typename }",
            &json!({}),
        )
        .await;
    let data = json!({ "five": 5, "ten": 10, "twelve": 12, "thirteen": 13, "f": null, "last": 39, "final": 39, "__typename": "Mutation" });
    assert_eq!(answer["data"].to_string(), data.to_string());
    assert_eq!(answer["errors"][0]["path"], json!(["f"]));
}

#[tokio::test]
async fn mutations_in_a_conditional_fragment_keep_their_order() {
    let (federation, _) = calculator();
    let query = "mutation($x: Boolean!) { ... @include(if: $x) { five: add(by: 5) ten: multiply(by: 2) ... on Mutation @include(if: $x) { twelve: add(by: 2) } } }";
    let answer = federation.ask(query, &json!({ "x": true })).await;
    assert_eq!(answer, json!({ "data": { "five": 5, "ten": 10, "twelve": 12 } }));
    assert_eq!(federation.ask(query, &json!({ "x": false })).await, json!({ "data": {} }));
}

#[tokio::test]
async fn what_a_mutation_gives_is_completed_by_other_subgraphs() {
    let (federation, _) = calculator();
    federation
        .check(
            "mutation { addProduct(input: { name: \"new\", price: 600.5 }) { name isExpensive price } }",
            json!({ "addProduct": { "name": "new", "isExpensive": true, "price": 600.5 } }),
        )
        .await;
    let variables = json!({ "input": { "name": "new", "price": 600.5 }, "no": true });
    let answer = federation
        .ask(
            "mutation($input: AddProduct!, $no: Boolean!) { add(by: 1) addProduct(input: $input) { isExpensive id @skip(if: $no) } skipped: add(by: 9) @skip(if: $no) again: add(by: 1) }",
            &variables,
        )
        .await;
    assert_eq!(answer, json!({ "data": { "add": 1, "addProduct": { "isExpensive": true }, "again": 2 } }));
}

#[tokio::test]
async fn root_types_may_have_any_name() {
    let federation = Builder::new(json!({ "Query": { "one": { "id": "1" }, "two": 2 }, "Thing": [{ "id": "1", "name": "x" }] }))
        .subgraph(
            "a",
            "schema { query: RootQuery mutation: Changes } type RootQuery { one: Thing } type Changes { touch: Int }
             type Thing @key(fields: \"id\") { id: ID! }",
        )
        .subgraph(
            "b",
            "extend schema { query: TheirQuery } type TheirQuery { two: Int } type Thing @key(fields: \"id\") { id: ID! name: String }",
        )
        .resolve("Mutation.touch", |_, _| Ok(json!(3)))
        .build();
    federation.data("{ one { name } two __typename }").await;
    federation.data("mutation { touch __typename }").await;
}

#[tokio::test]
async fn a_supergraph_may_name_its_root_types_too() {
    let federation = Builder::new(json!({ "Query": { "one": { "id": "1" }, "two": 2 }, "Thing": [{ "id": "1", "name": "x" }] }))
        .subgraph("a", "schema { query: RootQuery } type RootQuery { one: Thing } type Thing @key(fields: \"id\") { id: ID! }")
        .subgraph("b", "schema { query: RootQuery } type RootQuery { two: Int } type Thing @key(fields: \"id\") { id: ID! name: String }")
        .supergraph(
            "schema @link(url: \"https://specs.apollo.dev/link/v1.0\") @link(url: \"https://specs.apollo.dev/join/v0.3\", for: EXECUTION) { query: RootQuery }
             type RootQuery @join__type(graph: A) @join__type(graph: B) { one: Thing @join__field(graph: A) two: Int @join__field(graph: B) }
             type Thing @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\") { id: ID! name: String @join__field(graph: B) }",
        )
        .build();
    federation
        .check(
            "{ one { name } two __typename }",
            json!({ "one": { "name": "x" }, "two": 2, "__typename": "RootQuery" }),
        )
        .await;
}

#[tokio::test]
async fn a_root_type_inside_an_answer_is_a_way_into_every_subgraph() {
    let federation = Builder::new(json!({
        "Query": { "user": { "id": "u1", "name": "Ada" }, "health": "fine", "system": {} },
    }))
    .subgraph("one", "type Query { user: User } type User { id: ID! name: String }")
    .subgraph(
        "two",
        "type Query { health: String system: Query many: [Query!]! } type Mutation { change: Changed } type Changed { ok: Boolean query: Query queries: [Query!]! }",
    )
    .resolve("Mutation.change", |_, _| {
        Ok(json!({ "__typename": "Changed", "ok": true, "query": { "__typename": "Query", "health": "fine" }, "queries": [{ "__typename": "Query", "health": "fine" }] }))
    })
    .resolve("Query.many", |_, _| Ok(json!([{ "__typename": "Query", "health": "a" }, { "__typename": "Query", "health": "b" }])))
    .build();
    let user = json!({ "name": "Ada" });
    for (query, data) in [
        (
            "mutation { change { ok query { health user { name } } } }",
            json!({ "change": { "ok": true, "query": { "health": "fine", "user": user } } }),
        ),
        (
            "mutation { change { q: query { u: user { name } __typename } } }",
            json!({ "change": { "q": { "u": user, "__typename": "Query" } } }),
        ),
        (
            "mutation { change { queries { user { name } health } } }",
            json!({ "change": { "queries": [{ "user": user, "health": "fine" }] } }),
        ),
        (
            "{ many { health user { name } } user { name } }",
            json!({ "many": [{ "health": "a", "user": user }, { "health": "b", "user": user }], "user": user }),
        ),
        (
            "query($no: Boolean = false) { many { health user @include(if: $no) { name } } }",
            json!({ "many": [{ "health": "a" }, { "health": "b" }] }),
        ),
    ] {
        assert_eq!(federation.ask(query, &json!({})).await, json!({ "data": data }), "{query}");
    }
}

#[tokio::test]
async fn a_float_is_one_however_its_exponent_is_written() {
    let shop = Builder::new(json!({ "Query": { "near": 3 } }))
        .subgraph("a", "type Query { near(radius: Float, all: [Float!], in: Box): Int } input Box { size: Float }")
        .build();
    for number in ["1e9", "1E9", "1.5e9", "-1e9", "1e09", "1e0", "9e90", "1e+9", "1e-9", "1e10", "2.5"] {
        for query in [
            format!("{{ near(radius: {number}) }}"),
            format!("{{ near(all: [1, {number}], in: {{ size: {number} }}) }}"),
            format!("query($radius: Float = {number}) {{ near(radius: $radius) }}"),
        ] {
            assert_eq!(shop.data_with(&query, &json!({})).await, json!({ "near": 3 }), "{query}");
        }
    }
}
