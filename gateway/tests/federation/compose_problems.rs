//! What an author is told when subgraphs do not compose, and what composition must not lose.

use gateway::compose::{ComposeError, SubgraphSdl, compose};

const FEDERATION: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@cost", "@listSize"])"#;

fn composed(a: &str, b: &str) -> Result<String, ComposeError> {
    let subgraph = |name: &str, sdl: &str| SubgraphSdl {
        name: name.to_owned(),
        url: format!("http://{name}.test"),
        sdl: format!("{FEDERATION}\n{sdl}"),
    };
    compose(&[subgraph("alpha", a), subgraph("beta", b)])
}

fn problem(a: &str, b: &str) -> String {
    let error = composed(a, b).unwrap_err();
    assert!(error.to_string().starts_with("the subgraphs do not compose:\n"));
    let problems: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    problems.join("\n")
}

#[test]
fn each_problem_names_the_subgraphs_the_place_and_the_remedy() {
    let cases = [
        ("type Query { a: Int }", "type Query { a: Int }"),
        ("type Query { a: Int @shareable }", "type Query { a: String @shareable }"),
        ("type Query { a(x: Int): Int @shareable }", "type Query { a(x: String): Int @shareable }"),
        ("type Query { a(x: Int!): Int @shareable }", "type Query { a: Int @shareable }"),
        ("type Query { a: T } type T { x: Int }", "type Query { b: T } scalar T"),
        ("type Query { a: T } type T @key(fields: \"nope\") { id: ID! }", "type Query { b: Int }"),
        ("type Query { a(e: E): E } enum E { A }", "type Query { b(e: E): E } enum E { A B }"),
        ("type Query { a(i: I): Int } input I { x: Int! }", "type Query { b(i: I): Int } input I { y: Int }"),
        ("type Query { a: Int", "type Query { b: Int }"),
        ("type Query { a(b: [Nothing!]): Int }", "type Query { b: Nowhere }"),
    ];
    let told: Vec<String> = cases.iter().map(|(a, b)| problem(a, b)).collect();
    for text in &told {
        assert!(text.starts_with('['), "{text}");
        assert!(text.contains("to mend it: "), "{text}");
    }
    insta::assert_snapshot!("problems", told.join("\n\n"));
}

#[test]
fn two_subgraphs_with_one_name_are_refused() {
    let one = SubgraphSdl { name: "a".to_owned(), url: String::new(), sdl: "type Query { a: Int }".to_owned() };
    let error = compose(&[one.clone(), one]).unwrap_err();
    assert_eq!(error.problems[0].to_string(), "[a] two subgraphs have this name\n    to mend it: rename one of them");
}

#[test]
fn costs_scalars_and_one_of_reach_the_supergraph() {
    let sdl = composed(
        r#"type Query { a(by: By, old: Int @deprecated): Int @cost(weight: 3) list(first: Int): [Int] @listSize(slicingArguments: ["first"]) }
           scalar When @specifiedBy(url: "https://when.test") scalar Odd @specifiedBy(url: "https://one.test")
           input By @oneOf { id: ID @cost(weight: 2) name: String }"#,
        r#"type Query { b: When c: Odd } scalar When scalar Odd @specifiedBy(url: "https://two.test")"#,
    )
    .unwrap();
    for kept in [
        "@cost(weight: 3)",
        "@cost(weight: 2)",
        "@listSize(slicingArguments: [\"first\"])",
        "@specifiedBy(url: \"https://when.test\")",
        "@oneOf",
        "@deprecated",
    ] {
        assert!(sdl.contains(kept), "{kept} in {sdl}");
    }
    assert!(!sdl.contains("one.test") && !sdl.contains("two.test"), "{sdl}");
}

#[test]
fn costs_under_another_name_reach_the_supergraph() {
    let link = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@cost", as: "@price" }])"#;
    let sdl = compose(&[SubgraphSdl {
        name: "a".to_owned(),
        url: String::new(),
        sdl: format!("{link} type Query {{ a: Int @price(weight: 5) b: [Int] @federation__listSize(assumedSize: 4) }}"),
    }])
    .unwrap();
    assert!(sdl.contains("@cost(weight: 5)") && sdl.contains("@listSize(assumedSize: 4)"), "{sdl}");
}
