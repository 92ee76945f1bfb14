//! Costs: from `@cost` and `@listSize` in every form of a supergraph, from the request's sizes, and by default.

use std::sync::Arc;

use gateway::{
    Gateway, GatewayConfig, GraphQlRequest,
    compose::{SubgraphSdl, compose},
    config::{CostLimits, Limits},
};
use serde_json::{Value, json};

use crate::fixture::{Down, ask_with};

const SDL: &str = r#"
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost", "@listSize"])
    type Query {
        me: Person
        dear: Person @cost(weight: 20)
        leaf(big: Big, plain: Int @cost(weight: 3), filter: Filter, filters: [Filter!]): Int
        genre: Genre
        plain: [Book]
        guessed(first: Int, last: Int, limit: Int = 4): [Book]
        sized(first: Int, last: Int): [Book]
            @listSize(assumedSize: 5, slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
        strict(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"])
        page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["items"])
        books(first: Int): BookConnection
        things: [Thing]
    }
    type Mutation { write: Boolean }
    type Person { name: String friends: [Person] }
    type Author @cost(weight: 4) { name: String }
    type Book { title: String author: Author }
    type Page { items: [Book] others: [Book] }
    type BookConnection { edges: [BookEdge] nodes: [Book] others: [Book] }
    type BookEdge { node: Book }
    union Thing = Book | Author
    enum Genre @cost(weight: 2) { A B }
    scalar Big @cost(weight: 7)
    input Filter { text: String @cost(weight: 5) big: Big inner: Filter }
"#;

fn gateway_over(sdl: String, max_cost: Option<u64>) -> Gateway {
    let cost = CostLimits { max_cost, ..CostLimits::default() };
    let config = GatewayConfig { limits: Limits { cost, ..Limits::default() }, ..GatewayConfig::default() };
    let builder = Gateway::builder(sdl).config(config);
    builder.transport("books", Arc::new(Down)).build().unwrap()
}

fn supergraph() -> String {
    let subgraph = SubgraphSdl { name: "books".to_owned(), url: String::new(), sdl: SDL.to_owned() };
    compose(&[subgraph]).unwrap()
}

async fn cost_with(gateway: &Gateway, query: &str, variables: Value) -> u64 {
    let request = GraphQlRequest::new(query).with_variables(&variables).unwrap();
    let explained = gateway.engine().explain_request(&request).await.unwrap();
    explained.cost.estimate.unwrap()
}

#[tokio::test]
async fn estimates() {
    let gateway = gateway_over(supergraph(), None);
    let cases = [
        ("{ __typename }", json!({}), 0),
        ("{ me { name } }", json!({}), 1),
        ("{ me { name } me { name } }", json!({}), 1),
        ("{ me { friends { name } } }", json!({}), 1 + 10),
        ("{ dear { name } }", json!({}), 20),
        ("{ genre }", json!({}), 2),
        ("{ plain { title } }", json!({}), 10),
        ("{ plain { author { name } } }", json!({}), 10 * (1 + 4)),
        ("mutation { write }", json!({}), 10),
        // Sizes that the request asks for.
        ("{ guessed(first: 7) { title } }", json!({}), 7),
        ("{ guessed { title } }", json!({}), 4),
        ("query($n: Int) { guessed(last: $n) { title } }", json!({ "n": 30 }), 30),
        ("query($n: Int = 6) { guessed(last: $n) { title } }", json!({}), 6),
        ("{ sized(first: 2, last: 9) { title } }", json!({}), 9),
        ("{ sized { title } }", json!({}), 5),
        ("query($n: Int!) { strict(first: $n) { title } }", json!({ "n": 8 }), 8),
        ("{ guessed(first: -3) { title } }", json!({}), 0),
        // Sized fields take the size of their parent, other lists do not.
        ("{ page(first: 3) { items { title } } }", json!({}), 1 + 3),
        ("{ page(first: 3) { others { title } } }", json!({}), 1 + 10),
        ("{ books(first: 3) { nodes { title } edges { node { title } } } }", json!({}), 1 + 3 + 3 * 2),
        ("{ books(first: 3) { others { title } } }", json!({}), 1 + 10),
        ("{ books { nodes { title } } }", json!({}), 1 + 10),
        // A union is as dear as its dearest member.
        ("{ things { ... on Book { title } ... on Author { name } } }", json!({}), 10 * 4),
        // Arguments.
        ("{ leaf }", json!({}), 0),
        ("{ leaf(plain: 1) }", json!({}), 3),
        ("{ leaf(big: 1) }", json!({}), 7),
        ("{ leaf(filter: { text: \"a\", inner: { big: 2 } }) }", json!({}), 1 + 5 + 1 + 7),
        ("query($f: [Filter!]) { leaf(filters: $f) }", json!({ "f": [{ "text": "a" }, {}] }), 1 + 5 + 1),
        // Conditions, with what the request says.
        ("query($x: Boolean!) { me { name } dear @include(if: $x) { name } }", json!({ "x": false }), 1),
        ("query($x: Boolean!) { me { name } dear @include(if: $x) { name } }", json!({ "x": true }), 21),
        ("{ ... @skip(if: true) { dear { name } } me { name } }", json!({}), 1),
    ];
    for (query, variables, expected) in cases {
        assert_eq!(cost_with(&gateway, query, variables.clone()).await, expected, "{query} {variables}");
    }
}

#[tokio::test]
async fn a_list_beyond_all_numbers_is_beyond_the_limit() {
    let gateway = gateway_over(supergraph(), Some(1_000_000));
    let query = "{ a: guessed(first: 2147483647) { author { name } } b: guessed(first: 2147483647) { title } }";
    let answer = ask_with(&gateway, query, &json!({})).await;
    let limit = json!({ "name": "cost", "maximum": 1_000_000, "actual": 2_147_483_647_u64 * 6 });
    assert_eq!(answer["errors"][0]["extensions"]["limit"], limit);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "COST_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn the_limit_looks_at_the_variables_of_each_request() {
    let gateway = gateway_over(supergraph(), Some(8));
    let query = "query($n: Int) { guessed(first: $n) { title } }";
    let refused = ask_with(&gateway, query, &json!({ "n": 9 })).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "COST_LIMIT_EXCEEDED");
    assert_eq!(refused.get("data"), None);
    // The subgraph is down, but the request went that far.
    let executed = ask_with(&gateway, query, &json!({ "n": 8 })).await;
    assert_eq!(executed["errors"][0]["extensions"]["code"], "SUBGRAPH_UNAVAILABLE");
}

#[tokio::test]
async fn a_required_slicing_argument_is_required_where_costs_are_bounded() {
    let gateway = gateway_over(supergraph(), Some(1_000));
    for (query, given) in [
        ("{ strict { title } }", 0),
        ("{ strict(first: 1, last: 1) { title } }", 2),
        ("{ strict(first: null) { title } }", 0),
    ] {
        let answer = ask_with(&gateway, query, &json!({})).await;
        let message = format!("the field `strict` takes exactly one of `first`, `last`, and {given} are given");
        assert_eq!(answer["errors"][0]["message"], message, "{query}");
    }
    let unbounded = gateway_over(supergraph(), None);
    let answer = ask_with(&unbounded, "{ strict { title } }", &json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SUBGRAPH_UNAVAILABLE");
}

/// A supergraph as other composers write it: `directives` stand for the forms of the two directives.
fn foreign(link: &str, cost: &str, list_size: &str) -> String {
    format!(
        r#"
        schema
          @link(url: "https://specs.apollo.dev/link/v1.0")
          @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION) {link} {{ query: Query }}
        directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
        directive @join__graph(name: String!, url: String!) on ENUM_VALUE
        directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
        directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
        directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION
        directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
        directive @cost__listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
        directive @price(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
        directive @size(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
        scalar join__FieldSet
        scalar join__DirectiveArguments
        scalar link__Import
        enum link__Purpose {{ SECURITY EXECUTION }}
        enum join__Graph {{ BOOKS @join__graph(name: "books", url: "http://books.test") }}
        type Query @join__type(graph: BOOKS) {{
          dear: Book {cost}
          found(input: Search): [Book] {list_size}
        }}
        type Book @join__type(graph: BOOKS) {{ title: String }}
        input Search @join__type(graph: BOOKS) {{ first: Int }}
        "#
    )
}

#[tokio::test]
async fn every_form_of_the_directives_is_read() {
    let apollo = r#"@link(url: "https://specs.apollo.dev/cost/v0.1")"#;
    let renamed = r#"@link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@size" }])"#;
    let forms = [
        (
            apollo,
            "@cost(weight: 9)",
            r#"@cost__listSize(slicingArguments: ["input.first"], assumedSize: 3, requireOneSlicingArgument: false)"#,
        ),
        (
            renamed,
            "@price(weight: 9)",
            r#"@size(slicingArguments: ["input.first"], assumedSize: 3, requireOneSlicingArgument: false)"#,
        ),
        (
            "",
            r#"@join__directive(graphs: [BOOKS], name: "cost", args: { weight: 9 }) @join__directive(graphs: [BOOKS], name: "federation__cost", args: { weight: 4 })"#,
            r#"@join__directive(graphs: [BOOKS], name: "listSize", args: { slicingArguments: ["input.first"], assumedSize: 3, requireOneSlicingArgument: false })"#,
        ),
    ];
    for (link, cost, list_size) in forms {
        let gateway = gateway_over(foreign(link, cost, list_size), None);
        assert_eq!(cost_with(&gateway, "{ dear { title } }", json!({})).await, 9, "{cost}");
        let found = "query($n: Int) { found(input: { first: $n }) { title } }";
        // The input object itself costs one.
        assert_eq!(cost_with(&gateway, found, json!({ "n": 6 })).await, 6 + 1, "{list_size}");
        assert_eq!(cost_with(&gateway, "{ found { title } }", json!({})).await, 3, "{list_size}");
    }
}
