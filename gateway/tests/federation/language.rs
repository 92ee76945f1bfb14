//! The language as the September 2025 edition has it: introspection, `@oneOf`, `@specifiedBy`, deprecation, and every
//! rule by which a document is validated.

use std::sync::Arc;

use gateway::{Gateway, GatewayConfig};
use serde_json::{Value, json};

use crate::fixture::{Down, ask, ask_with, local};

const SUPERGRAPH: &str = r#"
    "What the city knows."
    schema
      @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
    directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
    directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
    directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
    directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
    directive @client("Why." why: String = "x" @deprecated(reason: "not any more")) repeatable on FIELD
    scalar join__FieldSet
    scalar link__Import
    enum link__Purpose { SECURITY EXECUTION }
    enum join__Graph { MAIN @join__graph(name: "main", url: "http://main.test") }
    type Query @join__type(graph: MAIN) {
      "Finds one."
      find(by: By!, old: Int @deprecated(reason: "use by"), color: Color = RED, ids: [ID!]! = ["a"]): Thing
      list(by: [By!]): [Thing!]!
      gone: Int @deprecated
      when: When
      box: Box
    }
    interface Thing @join__type(graph: MAIN) { id: ID! }
    type Box implements Thing @join__implements(graph: MAIN, interface: "Thing") @join__type(graph: MAIN) { id: ID! size(unit: Int): Int }
    type Bag implements Thing @join__implements(graph: MAIN, interface: "Thing") @join__type(graph: MAIN) { id: ID! size: String }
    input By @oneOf @join__type(graph: MAIN) { id: ID name: String range: Range other: By }
    input Range @join__type(graph: MAIN) { from: Int! to: Int = 9 step: Int @deprecated(reason: "always 1") }
    scalar When @specifiedBy(url: "https://scalars.test/when") @join__type(graph: MAIN)
    enum Color @join__type(graph: MAIN) {
      RED @join__enumValue(graph: MAIN)
      "Was never seen."
      BLUE @deprecated(reason: "faded") @join__enumValue(graph: MAIN)
    }
"#;

fn gateway() -> Gateway {
    let builder = Gateway::builder(SUPERGRAPH).transport("main", Arc::new(Down));
    builder.build().unwrap()
}

/// What graphql-js 16 asks with every option on, as GraphiQL 5 does.
const INTROSPECTION: &str = "
    query IntrospectionQuery {
      __schema {
        description
        queryType { name kind } mutationType { name kind } subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) {
        name description
        args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef }
        isDeprecated deprecationReason
      }
      inputFields(includeDeprecated: true) { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue {
      name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
    }
    fragment TypeRef on __Type {
      kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
        kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
    }";

#[tokio::test]
async fn the_whole_schema_is_introspected() {
    let answer = ask(&gateway(), INTROSPECTION).await;
    assert_eq!(answer.get("errors"), None);
    let schema = &answer["data"]["__schema"];
    let own = |list: &Value| -> Vec<Value> {
        let list = list.as_array().unwrap().iter();
        list.filter(|entry| !entry["name"].as_str().unwrap().starts_with("__")).cloned().collect()
    };
    let shown = json!({
        "description": schema["description"],
        "queryType": schema["queryType"],
        "mutationType": schema["mutationType"],
        "types": own(&schema["types"]),
        "directives": own(&schema["directives"]),
    });
    insta::assert_json_snapshot!("introspection", shown);
    // The introspection schema describes itself, the newest field included.
    let meta = ask(&gateway(), "{ __type(name: \"__Type\") { fields { name } } }").await;
    assert!(meta.to_string().contains("isOneOf"), "{meta}");
}

#[tokio::test]
async fn deprecated_elements_are_shown_on_demand() {
    let query = "query($all: Boolean) {
        query: __type(name: \"Query\") { fields(includeDeprecated: $all) { name args(includeDeprecated: $all) { name } } }
        color: __type(name: \"Color\") { enumValues(includeDeprecated: $all) { name } }
        range: __type(name: \"Range\") { inputFields(includeDeprecated: $all) { name } }
        __schema { directives { name args(includeDeprecated: $all) { name } } }
    }";
    for (variables, shown) in [
        (json!({ "all": true }), true),
        (json!({ "all": false }), false),
        (json!({ "all": null }), false),
        (json!({}), false),
    ] {
        let text = ask_with(&gateway(), query, &variables).await["data"].to_string();
        for deprecated in ["\"gone\"", "\"old\"", "\"BLUE\"", "\"step\"", "\"why\""] {
            assert_eq!(text.contains(deprecated), shown, "{deprecated} with {variables} in {text}");
        }
        for kept in ["\"find\"", "\"color\"", "\"RED\"", "\"from\""] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
    }
}

#[tokio::test]
async fn introspection_merges_fields_and_follows_conditions() {
    let query = "query($yes: Boolean!) {
        __type(name: \"Box\") { name }
        __type(name: \"Box\") { ...K again: name @skip(if: $yes) ... @include(if: $yes) { interfaces { name } } }
        none: __type(name: \"Nothing\") { name }
    } fragment K on __Type { kind __typename }";
    let answer = ask_with(&gateway(), query, &json!({ "yes": true })).await;
    let expected = json!({ "data": {
        "__type": { "name": "Box", "kind": "OBJECT", "__typename": "__Type", "interfaces": [{ "name": "Thing" }] },
        "none": null,
    } });
    assert_eq!(answer, expected);
}

/// The message of the one error, and its code.
async fn refused(query: &str, variables: Value) -> (String, String) {
    let answer = ask_with(&gateway(), query, &variables).await;
    assert_eq!(answer.get("data"), None, "{query} {variables}: {answer}");
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&error["message"]), text(&error["extensions"]["code"]))
}

#[tokio::test]
async fn one_of_takes_exactly_one_field() {
    let cases = [
        ("{ find(by: {}) { id } }", "exactly one field of `By` must be given, and 0 are"),
        ("{ find(by: { id: 1, name: \"a\" }) { id } }", "exactly one field of `By` must be given, and 2 are"),
        ("{ find(by: { id: null }) { id } }", "field `id` of `By` must not be null"),
        ("{ list(by: [{ id: 1 }, {}]) { id } }", "exactly one field of `By` must be given, and 0 are"),
        (
            "{ find(by: { other: { id: 1, name: \"a\" } }) { id } }",
            "exactly one field of `By` must be given, and 2 are",
        ),
        (
            "query($id: ID) { ...F } fragment F on Query { find(by: { id: $id }) { id } }",
            "variable `$id` must be of a non-null type to be field `id` of `By`",
        ),
        ("query($by: By = {}) { list(by: [$by]) { id } }", ""),
    ];
    for (query, message) in cases {
        let (told, code) = refused(query, json!({})).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{query}");
        assert!(message.is_empty() || told == message, "{query}: {told}");
    }
    for (given, message) in [
        (json!({}), "exactly one field of `By` must be given, and not null"),
        (json!({ "id": "1", "name": null }), "exactly one field of `By` must be given, and not null"),
    ] {
        let (told, code) = refused("query($by: By!) { find(by: $by) { id } }", json!({ "by": given })).await;
        assert_eq!(code, "VALIDATION");
        assert_eq!(told, format!("variable `$by` at `$by`: {message}"));
    }
    // The subgraph is down; these went that far.
    for (query, variables) in [
        ("{ find(by: { id: 1 }) { id } }", json!({})),
        ("query($id: ID!) { find(by: { id: $id }) { id } }", json!({ "id": "1" })),
        ("query($by: By!) { find(by: $by) { id } }", json!({ "by": { "range": { "from": 1 } } })),
    ] {
        let answer = ask_with(&gateway(), query, &variables).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "SUBGRAPH_UNAVAILABLE", "{query}: {answer}");
    }
}

#[tokio::test]
async fn a_wrong_variable_is_named_with_its_place() {
    for (declared, given, path) in [
        ("$by: By!", json!({ "by": { "range": { "from": "x" } } }), "$by.range.from"),
        ("$by: By!", json!({ "by": { "range": {} } }), "$by.range.from"),
        ("$by: [By!]", json!({ "by": [{ "id": "1" }, { "nope": 1 }] }), "$by[1]"),
        ("$by: [By!]", json!({ "by": [null] }), "$by[0]"),
    ] {
        let field = if declared.contains('[') { "list" } else { "find" };
        let query = format!("query({declared}) {{ {field}(by: $by) {{ id }} }}");
        let answer = ask_with(&gateway(), &query, &given).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["variable"], "by", "{given}: {answer}");
        assert_eq!(extensions["variablePath"], path, "{given}: {answer}");
    }
}

/// One document against each rule of the chapter "Validation".
#[tokio::test]
async fn every_rule_of_validation_is_checked() {
    let refused = [
        ("Executable Definitions", "{ gone } type A { b: Int }"),
        ("Operation Type Existence", "mutation { gone }"),
        ("Operation Name Uniqueness", "query A { gone } query A { gone }"),
        ("Lone Anonymous Operation", "{ gone } query A { gone }"),
        ("Field Selections", "{ nothing }"),
        ("Field Selections on interfaces", "{ find(by: { id: 1 }) { size } }"),
        ("Field Selection Merging", "{ a: gone a: when }"),
        ("Field Selection Merging, arguments", "{ box { size(unit: 1) size(unit: 2) } }"),
        (
            "Field Selection Merging, response shapes",
            "{ find(by: { id: 1 }) { ... on Box { size } ... on Bag { size } } }",
        ),
        ("Leaf Field Selections", "{ gone { a } }"),
        ("Leaf Field Selections, composite", "{ box }"),
        ("Argument Names", "{ find(by: { id: 1 }, nope: 1) { id } }"),
        ("Argument Uniqueness", "{ box { size(unit: 1, unit: 1) } }"),
        ("Required Arguments", "{ find { id } }"),
        ("Fragment Name Uniqueness", "{ ...F } fragment F on Query { gone } fragment F on Query { gone }"),
        ("Fragment Spread Type Existence", "{ ... on Nothing { gone } }"),
        ("Fragments on Composite Types", "{ ...F } fragment F on Color { gone }"),
        ("Fragments Must Be Used", "{ gone } fragment F on Query { gone }"),
        ("Fragment Spread Target Defined", "{ ...F }"),
        ("Fragment Spreads Must Not Form Cycles", "{ ...F } fragment F on Query { ...F }"),
        ("Fragment Spread Is Possible", "{ box { ... on Bag { id } } }"),
        ("Values of Correct Type", "{ find(by: { id: 1 }, color: GREEN) { id } }"),
        ("Values of Correct Type, Int", "{ box { size(unit: \"1\") } }"),
        ("Input Object Field Names", "{ find(by: { nope: 1 }) { id } }"),
        ("Input Object Field Uniqueness", "{ find(by: { range: { from: 1, from: 2 } }) { id } }"),
        ("Input Object Required Fields", "{ find(by: { range: {} }) { id } }"),
        ("Directives Are Defined", "{ gone @nope }"),
        ("Directives Are in Valid Locations", "query @skip(if: true) { gone }"),
        ("Directives Are Unique per Location", "{ gone @skip(if: true) @skip(if: true) }"),
        ("Variable Uniqueness", "query($a: Int, $a: Int) { box { size(unit: $a) } }"),
        ("Variables Are Input Types", "query($a: Box) { box { size(unit: $a) } }"),
        ("All Variable Uses Defined", "{ box { size(unit: $a) } }"),
        ("All Variables Used", "query($a: Int) { gone }"),
        ("All Variable Usages Are Allowed", "query($a: String) { box { size(unit: $a) } }"),
        ("All Variable Usages Are Allowed, null", "query($a: By) { find(by: $a) { id } }"),
    ];
    let gateway = gateway();
    for (rule, query) in refused {
        let answer = ask(&gateway, query).await;
        assert_eq!(answer.get("data"), None, "{rule}: {query}: {answer}");
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{rule}: {query}: {answer}");
        assert!(answer["errors"][0]["message"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
    }
    // A repeatable directive may be repeated.
    let answer = ask(&gateway, "{ __typename @client @client(why: \"y\") }").await;
    assert_eq!(answer, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn every_way_into_introspection_can_be_closed() {
    let config = GatewayConfig { introspection: false, ..GatewayConfig::default() };
    let builder = Gateway::builder(SUPERGRAPH).config(config);
    let gateway = builder.transport("main", Arc::new(Down)).build().unwrap();
    for query in [
        "{ __schema { queryType { name } } }",
        "{ __type(name: \"Box\") { name } }",
        "{ a: __type(name: \"Box\") { name } }",
        "{ ...F } fragment F on Query { ... { __schema { description } } }",
    ] {
        let answer = ask(&gateway, query).await;
        assert_eq!(answer["errors"][0]["message"], "introspection is disabled", "{query}: {answer}");
        assert_eq!(answer.get("data"), None, "{query}");
    }
    assert_eq!(ask(&gateway, "{ __typename }").await, json!({ "data": { "__typename": "Query" } }));
    // Open is the default.
    let answer = ask(&local(), "{ __type(name: \"User\") { name } }").await;
    assert_eq!(answer, json!({ "data": { "__type": { "name": "User" } } }));
}
