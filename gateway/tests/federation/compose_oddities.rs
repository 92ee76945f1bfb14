//! Whatever stands in a subgraph's SDL, composition ends with a supergraph or with problems.

use std::fmt::Write as _;

use gateway::compose::{SubgraphSdl, compose};

fn subgraphs(sdls: &[&str]) -> Vec<SubgraphSdl> {
    let named = sdls.iter().enumerate().map(|(number, sdl)| SubgraphSdl {
        name: format!("s{number}"),
        url: String::new(),
        sdl: (*sdl).to_owned(),
    });
    named.collect()
}

/// SDLs of which parts are exchanged, dropped and repeated.
const SEEDS: [&str; 6] = [
    r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject", "@inaccessible", "@tag", "@composeDirective"])
    type Query { users(first: Int = 3, by: By): [User!]! @shareable node: Node any: Any }
    interface Node @key(fields: "id") { id: ID! }
    type User implements Node @key(fields: "id") @key(fields: "org { id }") { id: ID! org: Org @shareable name: String @tag(name: "x") role: Role }
    type Org @shareable { id: ID! } enum Role { A B @inaccessible } union Any = User | Org
    input By { id: ID = "1" role: Role = A and: [By!] } scalar Date @specifiedBy(url: "u")"#,
    r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", as: "f", import: ["@key", {name: "@external", as: "@ext"}])
    type Node @f__interfaceObject @key(fields: "id") { id: ID! age: Int }
    type User @key(fields: "id") { id: ID! name: String @ext hello: String @f__requires(fields: "name") friend: User @f__provides(fields: "name") }
    extend type Query { me: User @f__shareable users(first: Int): [User!]! @f__shareable }"#,
    r#"type Query { a: A } type A @key(fields: "id") { id: ID! } extend type B @key(fields: "id") { id: ID! @external a: A }"#,
    r#"schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost", "@listSize", "@authenticated", "@policy"]) { query: Root mutation: M subscription: S }
    type Root { l(first: Int): [X] @listSize(slicingArguments: ["first"]) @cost(weight: 3) } type M { x: X } type S { x: X } type X { y: Int @policy(policies: [["a"]]) }"#,
    r#"extend schema @link(url: "https://specs.grafbase.com/composite-schemas/v1", import: ["@lookup", "@key", "@is", "@require", "@derive"])
    type Query { u(id: ID! @is(field: "id")): U @lookup } type U @key(fields: "id") { id: ID! n(x: Int @require(field: "y")): Int }"#,
    r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@composeDirective"]) @link(url: "https://example.org/d/v1.0", import: ["@d"]) @composeDirective(name: "@d")
    directive @d(x: Int = 1, y: [In!]) repeatable on FIELD_DEFINITION | OBJECT input In { z: Int }
    type Query { d: Int @d(x: 2, y: [{ z: 1 }]) } interface I { x: I } interface J implements I { x: J }"#,
];

struct Mutator {
    state: u64,
    words: Vec<String>,
}

impl Mutator {
    fn new() -> Self {
        let mut words: Vec<String> = SEEDS.iter().flat_map(|seed| split(seed)).collect();
        words.sort();
        words.dedup();
        let state = 0x9E37_79B9_7F4A_7C15;
        Self { state, words }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % bound.max(1)
    }

    fn mutate(&mut self, seed: &str) -> String {
        let mut words = split(seed);
        for _ in 0..=self.below(4) {
            let (at, other) = (self.below(words.len()), self.below(words.len()));
            match self.below(6) {
                0 => drop(words.remove(at)),
                1 => words.insert(at, words[other].clone()),
                2 => words.swap(at, other),
                3 | 4 => {
                    let word = self.below(self.words.len());
                    words[at].clone_from(&self.words[word]);
                }
                _ => {
                    let end = (at + 1 + self.below(12)).min(words.len());
                    let part = words[at..end].to_vec();
                    words.splice(other..other, part);
                }
            }
            if words.is_empty() {
                break;
            }
        }
        words.join(" ")
    }
}

/// Words and punctuation; texts are taken apart as well.
fn split(sdl: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in sdl.chars() {
        let is_word = character.is_alphanumeric() || "_.:/".contains(character);
        match words.last_mut() {
            Some(last) if is_word && last.chars().all(|last| last.is_alphanumeric() || "_.:/".contains(last)) => {
                last.push(character);
            }
            _ if character.is_whitespace() => words.push(String::new()),
            _ => words.push(character.to_string()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn odd_subgraphs_never_panic() {
    let cases = std::env::var("COMPOSE_CASES").map_or(500, |cases| cases.parse().unwrap());
    let mut mutator = Mutator::new();
    let mut composed = 0;
    for _ in 0..cases {
        let count = 1 + mutator.below(3);
        let mut sdls = Vec::new();
        for _ in 0..count {
            let seed = SEEDS[mutator.below(SEEDS.len())];
            sdls.push(if mutator.below(4) == 0 { seed.to_owned() } else { mutator.mutate(seed) });
        }
        let texts: Vec<&str> = sdls.iter().map(String::as_str).collect();
        let given = subgraphs(&texts);
        let result = std::panic::catch_unwind(|| compose(&given));
        match result {
            Ok(Ok(supergraph)) => {
                composed += 1;
                // What is composed can at least be read again.
                apollo_compiler::ast::Document::parse(supergraph, "supergraph").unwrap();
            }
            Ok(Err(error)) => assert!(!error.problems.is_empty(), "{texts:#?}"),
            Err(panicked) => {
                println!("{texts:#?}");
                std::panic::resume_unwind(panicked);
            }
        }
    }
    assert!(composed * 50 > cases, "only {composed} of {cases} compose");
}

#[test]
fn what_is_nested_deeply_is_a_problem_and_does_not_end_the_process() {
    let federation = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])"#;
    let deep = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    let mut wide = String::from("type Query { a: Int }");
    for number in 0..2000 {
        write!(wide, " interface I{number} {{ a: Int }}").unwrap();
    }
    for sdl in [
        format!("{federation} type Query {{ a: A }} type A @key(fields: \"{}\") {{ a: A }}", deep("a {", "}")),
        format!("{federation} type Query {{ a: A }} type A @key(fields: {}) {{ a: A }}", deep("[", "]")),
        format!("{federation} type Query {{ a(b: Int = {}): Int }}", deep("{a:", "}")),
        format!("{federation} type Query {{ a: {} }}", deep("[", "]")),
        deep("{", "}"),
        deep("(", ")"),
        "\"".repeat(100_001),
        "#".repeat(100_000),
        String::new(),
        "\u{feff}type Query { a: Int }".to_owned(),
        "type Query { \u{0} }".to_owned(),
        "type Query { a: I } input I { i: I! } interface A implements B { a: A } interface B implements A { a: B }"
            .to_owned(),
        "union U = U type Query { u: U } type T implements T { t: T }".to_owned(),
    ] {
        let _ = compose(&subgraphs(&[&sdl]));
        let _ = compose(&subgraphs(&[&sdl, "type Query { b: Int }"]));
    }
    assert!(compose(&subgraphs(&[&wide])).is_ok());
    let odd_names = ["", " ", "a b", "é", "1", "-", "__x", "link", "s0\u{0}"];
    for name in odd_names {
        let mut given = subgraphs(&["type Query { a: Int }"]);
        name.clone_into(&mut given[0].name);
        let _ = compose(&given);
        given[0].url = "\"\n\\".to_owned();
        let _ = compose(&given);
    }
    assert!(compose(&[]).is_err());
}
