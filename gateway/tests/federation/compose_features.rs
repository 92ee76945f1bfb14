//! What restricts access in a subgraph is never open in what is composed of it.

use gateway::{
    Gateway,
    compose::{SubgraphSdl, compose},
};

const FEDERATION: &str = "https://specs.apollo.dev/federation/v2.6";

fn composed(sdl: &str) -> String {
    let subgraph =
        SubgraphSdl { name: "a".to_owned(), url: "http://127.0.0.1:1/graphql".to_owned(), sdl: sdl.to_owned() };
    compose(&[subgraph]).unwrap_or_else(|error| panic!("{sdl}\n{error}"))
}

fn served(sdl: &str) -> Result<String, String> {
    let supergraph = composed(sdl);
    let built = Gateway::builder(supergraph.clone()).build();
    built.map(|_| supergraph).map_err(|error| {
        use std::error::Error as _;
        error.source().map_or_else(|| error.to_string(), ToString::to_string)
    })
}

fn imports(imports: &str) -> String {
    format!("extend schema @link(url: \"{FEDERATION}\", import: [{imports}])\n")
}

#[test]
fn the_feature_behind_each_guard_is_linked_so_that_the_gateway_refuses() {
    for (directive, use_of_it) in [
        ("authenticated", "@authenticated"),
        ("requiresScopes", "@requiresScopes(scopes: [[\"a\"]])"),
        ("policy", "@policy(policies: [[\"a\"]])"),
    ] {
        for types in [
            "type Query { open: Int secret: Int GUARD }",
            "type Query { open: Secret } type Secret GUARD { x: Int }",
            "type Query { open: Secret } interface Secret GUARD { x: Int } type T implements Secret { x: Int }",
            "type Query { open: Secret } interface Secret { x: Int GUARD } type T implements Secret { x: Int }",
            "type Query { open: Secret } enum Secret GUARD { A }",
            "type Query { open: Secret } scalar Secret GUARD",
            "type Query { open: Int } extend type Query { secret: Int GUARD }",
        ] {
            let refused = served(&(imports(&format!("\"@{directive}\"")) + &types.replace("GUARD", use_of_it)));
            let refusal = refused.expect_err(types);
            let feature = format!("https://specs.apollo.dev/{directive}/v0.1");
            assert!(refusal.contains(&feature) && refusal.contains("SECURITY"), "{types}: {refusal}");
        }
    }
}

#[test]
fn a_guard_is_known_by_any_name_that_a_link_gives_it() {
    let secret = "type Query { open: Int secret: Int @NAME }";
    for (links, name) in [
        (imports("{ name: \"@authenticated\", as: \"@signedIn\" }"), "signedIn"),
        (imports("{ name: \"@authenticated\" }"), "authenticated"),
        (imports("\"@key\""), "federation__authenticated"),
        (format!("extend schema @link(url: \"{FEDERATION}\", as: \"fed\")"), "fed__authenticated"),
        (
            format!("schema @link(url: \"{FEDERATION}\", import: [\"@authenticated\"]) {{ query: Query }}"),
            "authenticated",
        ),
        (
            "extend schema @link(url: \"https://specs.apollo.dev/authenticated/v0.1\", for: SECURITY)".to_owned(),
            "authenticated",
        ),
        ("extend schema @link(url: \"https://specs.apollo.dev/authenticated/v0.1\", as: \"auth\")".to_owned(), "auth"),
        // Whoever forgets the import still means the field to be guarded.
        (imports("\"@key\""), "authenticated"),
        (String::new(), "authenticated"),
        (String::new(), "unknown__authenticated"),
    ] {
        let refusal = served(&(links.clone() + &secret.replace("NAME", name))).expect_err(&links);
        assert!(refusal.contains("specs.apollo.dev/authenticated/"), "{links} {name}: {refusal}");
    }
}

#[test]
fn a_link_with_a_purpose_is_kept() {
    let refusal = served(
        "extend schema @link(url: \"https://example.org/vault/v1.0\", import: [\"@sealed\"], for: SECURITY)
         directive @sealed on FIELD_DEFINITION
         type Query { secret: Int @sealed }",
    );
    assert!(refusal.unwrap_err().contains("https://example.org/vault/v1.0"));
    let context = imports("\"@key\", \"@context\", \"@fromContext\"")
        + "directive @context(name: String!) repeatable on OBJECT
           type Query { t: T } type T @key(fields: \"id\") @context(name: \"c\") { id: ID! }";
    assert!(served(&context).unwrap_err().contains("specs.apollo.dev/context/"));
}

#[test]
fn what_restricts_nothing_is_served() {
    for sdl in [
        imports("\"@authenticated\", \"@policy\", \"@shareable\"") + "type Query { a: Int @shareable }",
        imports("\"@key\"") + "directive @policy on FIELD_DEFINITION type Query { a: Int @policy }",
        "extend schema @link(url: \"https://example.org/rules/v1.0\", import: [\"@policy\"])
         directive @policy on FIELD_DEFINITION
         type Query { a: Int @policy }"
            .to_owned(),
        imports("\"@key\"") + "directive @context on OBJECT type Query { a: T } type T @context { x: Int }",
    ] {
        assert_eq!(served(&sdl).map(|_| ()), Ok(()), "{sdl}");
    }
}
