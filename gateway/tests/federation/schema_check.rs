//! Comparison of two schemas, change by change, and what becomes of operations.

use gateway::schema_check::{ClientDocument, Severity, Verdict, check};

use crate::fixture::supergraph_sdl;

/// The changes between two schemas that differ in these definitions, as text.
fn changes(old: &str, new: &str) -> Vec<String> {
    let checked = check(old, new, &[]).unwrap();
    let texts = checked.changes.into_iter();
    texts.map(|change| format!("{} {}: {}", change.severity, change.coordinate, change.message)).collect()
}

/// The only change when `old` becomes `new`, and the only one the other way.
fn both_ways(old: &str, new: &str, there: &str, back: &str) {
    let query = "type Query { a: Int } ";
    let (old, new) = (format!("{query}{old}"), format!("{query}{new}"));
    assert_eq!(changes(&old, &new), [there]);
    assert_eq!(changes(&new, &old), [back]);
    assert_eq!(changes(&new, &new), [""; 0]);
}

#[test]
fn types() {
    both_ways("", "type T { a: Int }", "safe T: object type was added", "breaking T: object type was removed");
    both_ways("scalar T", "enum T { A }", "breaking T: scalar became enum", "breaking T: enum became scalar");
    both_ways(
        "interface I { a: Int } type T { a: Int }",
        "interface I { a: Int } type T implements I { a: Int }",
        "dangerous T: implements `I`: it may appear where that is returned",
        "breaking T: no longer implements `I`",
    );
    both_ways(
        "type A { a: Int } type B { a: Int } union U = A",
        "type A { a: Int } type B { a: Int } union U = A | B",
        "dangerous U: member `B` was added",
        "breaking U: member `B` was removed",
    );
    both_ways(
        "enum E { A }",
        "enum E { A B }",
        "dangerous E.B: enum value was added",
        "breaking E.B: enum value was removed",
    );
    both_ways(
        "scalar S @specifiedBy(url: \"https://a.test\")",
        "scalar S @specifiedBy(url: \"https://b.test\")",
        "dangerous S: `@specifiedBy` changed: values may be written differently",
        "dangerous S: `@specifiedBy` changed: values may be written differently",
    );
    both_ways(
        "input O { a: Int b: Int }",
        "input O @oneOf { a: Int b: Int }",
        "breaking O: became `@oneOf`: exactly one field must be given",
        "safe O: is no longer `@oneOf`",
    );
}

#[test]
fn fields() {
    both_ways(
        "type T { a: Int }",
        "type T { a: Int b: Int }",
        "safe T.b: field was added",
        "breaking T.b: field was removed",
    );
    both_ways(
        "type T { a: [Int] }",
        "type T { a: [Int!]! }",
        "safe T.a: type changed from `[Int]` to `[Int!]!`",
        "breaking T.a: type changed from `[Int!]!` to `[Int]`",
    );
    both_ways(
        "type T { a: Int }",
        "type T { a: Float }",
        "breaking T.a: type changed from `Int` to `Float`",
        "breaking T.a: type changed from `Float` to `Int`",
    );
    both_ways(
        "type T { a: Int }",
        "type T { a: Int @deprecated }",
        "safe T.a: was deprecated",
        "safe T.a: is no longer deprecated",
    );
    both_ways(
        "type T { a: Int b: Int @deprecated }",
        "type T { a: Int }",
        "breaking T.b: deprecated field was removed",
        "safe T.b: field was added",
    );
}

#[test]
fn inputs() {
    both_ways(
        "type T { a: Int }",
        "type T { a(x: Int): Int }",
        "dangerous T.a(x:): optional argument was added: its absence may mean something else now",
        "breaking T.a(x:): argument was removed",
    );
    both_ways(
        "type T { a: Int }",
        "type T { a(x: Int!): Int }",
        "breaking T.a(x:): required argument of type `Int!` was added",
        "breaking T.a(x:): argument was removed",
    );
    both_ways(
        "type T { a(x: Int!): Int }",
        "type T { a(x: Int): Int }",
        "safe T.a(x:): type changed from `Int!` to `Int`",
        "breaking T.a(x:): type changed from `Int` to `Int!`",
    );
    both_ways(
        "type T { a(x: Int = 1): Int }",
        "type T { a(x: Int = 2): Int }",
        "dangerous T.a(x:): default changed from `1` to `2`",
        "dangerous T.a(x:): default changed from `2` to `1`",
    );
    both_ways(
        "type T { a(x: Int! = 1): Int }",
        "type T { a(x: Int!): Int }",
        "breaking T.a(x:): default changed from `1` to none: a value is required now",
        "dangerous T.a(x:): default changed from none to `1`",
    );
    both_ways(
        "input I { a: Int }",
        "input I { a: Int b: Int! = 3 }",
        "dangerous I.b: optional input field was added: its absence may mean something else now",
        "breaking I.b: input field was removed",
    );
    both_ways(
        "input I { a: Int }",
        "input I { a: Int b: [Int]! }",
        "breaking I.b: required input field of type `[Int]!` was added",
        "breaking I.b: input field was removed",
    );
}

#[test]
fn directives_and_root_types() {
    both_ways("", "directive @d on FIELD", "safe @d: directive was added", "breaking @d: directive was removed");
    both_ways(
        "directive @d on FIELD",
        "directive @d on FIELD | QUERY",
        "safe @d: directive may stand on QUERY",
        "breaking @d: directive may no longer stand on QUERY",
    );
    both_ways(
        "directive @d repeatable on FIELD",
        "directive @d(x: Int) repeatable on FIELD",
        "dangerous @d(x:): optional argument was added: its absence may mean something else now",
        "breaking @d(x:): argument was removed",
    );
    let old = "schema { query: Q } type Q { a: Int } type M { a: Int }";
    let new = "schema { query: Q mutation: M } type Q { a: Int } type M { a: Int }";
    assert_eq!(changes(old, new), ["safe M: new mutation type"]);
    assert_eq!(changes(new, old), ["breaking M: no longer the mutation type"]);
}

#[test]
fn the_worst_stands_first() {
    let old = "type Query { a: Int b: Int }";
    let new = "type Query { a: Int! c(x: Int): Int } enum E { A }";
    let checked = check(old, new, &[]).unwrap();
    let severities: Vec<_> = checked.changes.iter().map(|change| change.severity).collect();
    assert_eq!(severities, [Severity::Breaking, Severity::Safe, Severity::Safe, Severity::Safe]);
    assert!(checked.is_breaking());
    assert_eq!((checked.count(Severity::Breaking), checked.count(Severity::Safe)), (1, 3));
}

#[test]
fn federation_machinery_is_left_out() {
    let old = supergraph_sdl();
    let new = old.replace("accounts.test", "other.test").replace("karma: Int!", "karma: Int");
    assert_eq!(changes(&old, &new), ["breaking User.karma: type changed from `Int!` to `Int`"]);
    let subgraph = r#"
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
        extend type Query { me: User }
        type User @key(fields: "id") { id: ID! }"#;
    let keyless = subgraph.replace("@key(fields: \"id\") { id: ID! }", "{ id: ID! }");
    assert_eq!(changes(subgraph, &keyless), [""; 0]);
}

#[test]
fn operations_that_break_are_named() {
    let old = "type Query { a: Int b: Int }";
    let new = "type Query { a: Int c: Int }";
    let documents: Vec<_> = [("fine", "{ a }"), ("broken", "{ a\n b }"), ("never", "{ d }"), ("mended", "{ c }")]
        .into_iter()
        .map(|(name, text)| ClientDocument { name: name.to_owned(), text: text.to_owned() })
        .collect();
    let checked = check(old, new, &documents).unwrap();
    let verdicts: Vec<_> = checked.operations.iter().map(|report| (report.name.as_str(), report.verdict)).collect();
    let expected = [
        ("fine", Verdict::Valid),
        ("broken", Verdict::Broken),
        ("never", Verdict::InvalidBefore),
        ("mended", Verdict::Mended),
    ];
    assert_eq!(verdicts, expected);
    let problem = &checked.operations[1].problems[0];
    assert!(problem.starts_with("2:2: ") && problem.contains("`b`"), "{problem}");
}

#[test]
fn a_schema_that_cannot_be_read_is_named() {
    let good = "type Query { a: Int }";
    assert_eq!(check("type Query {", good, &[]).unwrap_err().to_string(), "the old schema cannot be read");
    assert_eq!(check(good, "type Query { a: Nothing }", &[]).unwrap_err().to_string(), "the new schema cannot be read");
}
