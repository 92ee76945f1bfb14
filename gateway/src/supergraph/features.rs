//! Refuses a supergraph that requires a feature which this gateway does not support.
//!
//! A supergraph links the specifications that it uses, and declares the purpose of some of them. "`SECURITY` features
//! provide metadata necessary to securely resolve fields", and `EXECUTION` features are "necessary for operation
//! execution" (link specification, `Purpose`). A gateway that does not support such a feature must not serve the
//! schema. For example, without `@requiresScopes` its fields would be visible to everybody.

use std::collections::BTreeSet;

use apollo_compiler::{
    Schema,
    ast::{Directive, Value},
    schema::ExtendedType,
};

use super::SupergraphError;

/// The supported features, by the name in their URL.
const KNOWN: [&str; 5] = ["link", "core", "join", "inaccessible", "tag"];

/// Directives by which subgraphs restrict access, with the features that enforce them. They stand in a supergraph under
/// their own names; a composer that forgets the link still means the fields to be guarded.
const GUARDS: [(&str, &str); 3] = [
    ("authenticated", "https://specs.apollo.dev/authenticated/v0.1"),
    ("requiresScopes", "https://specs.apollo.dev/requiresScopes/v0.1"),
    ("policy", "https://specs.apollo.dev/policy/v0.1"),
];

pub(super) fn require_known(schema: &Schema) -> Result<(), SupergraphError> {
    let directives = &schema.schema_definition.directives;
    for (directive, argument) in [("link", "url"), ("core", "feature")] {
        for linked in directives.get_all(directive) {
            let url = linked.specified_argument_by_name(argument).and_then(|url| url.as_str());
            let purpose = linked
                .specified_argument_by_name("for")
                .and_then(|purpose| purpose.as_enum())
                .map(apollo_compiler::Name::as_str);
            let Some(url) = url else { continue };
            let restricts = GUARDS.iter().any(|(guard, _)| *guard == name(url));
            let Some(purpose) = purpose.or(restricts.then_some("SECURITY")) else {
                continue;
            };
            if !KNOWN.contains(&name(url)) {
                return Err(SupergraphError::Feature { url: url.to_owned(), purpose: purpose.to_owned() });
            }
        }
    }
    require_no_guard(schema)
}

/// Refuses a directive that restricts access, unless a link says that the name is another author's.
fn require_no_guard(schema: &Schema) -> Result<(), SupergraphError> {
    let imported = foreign_imports(schema);
    let mut found = None;
    each_directive(schema, &mut |directive| {
        let guard = GUARDS.iter().find(|(name, _)| directive.name == *name);
        found = found.or(guard.filter(|(name, _)| !imported.contains(*name)));
    });
    match found {
        Some((_, url)) => Err(SupergraphError::Feature { url: (*url).to_owned(), purpose: "SECURITY".to_owned() }),
        None => Ok(()),
    }
}

/// The names that links to specifications of other authors import.
fn foreign_imports(schema: &Schema) -> BTreeSet<&str> {
    let links = schema.schema_definition.directives.get_all("link");
    let argument = |link: &'_ Directive, name: &str| link.specified_argument_by_name(name).cloned();
    let foreign = links.filter(|link| {
        let url = argument(link, "url");
        url.is_some_and(|url| url.as_str().is_some_and(|url| !url.contains("specs.apollo.dev/")))
    });
    let imports = foreign.filter_map(|link| link.specified_argument_by_name("import")?.as_list());
    let names = imports.flatten().filter_map(|import| match &**import {
        Value::Object(members) => {
            let member = |key: &str| members.iter().find(|(name, _)| name == key);
            member("as").or(member("name"))?.1.as_str()
        }
        import => import.as_str(),
    });
    names.filter_map(|name| name.strip_prefix('@')).collect()
}

/// Calls a function with every directive of types, fields, arguments and values.
fn each_directive(schema: &Schema, found: &mut impl FnMut(&Directive)) {
    for definition in schema.types.values() {
        definition.directives().iter().for_each(|directive| found(directive));
        let fields = match definition {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            ExtendedType::Enum(definition) => {
                let values = definition.values.values().flat_map(|value| value.directives.iter());
                values.for_each(|directive| found(directive));
                continue;
            }
            ExtendedType::InputObject(input) => {
                let fields = input.fields.values().flat_map(|field| field.directives.iter());
                fields.for_each(|directive| found(directive));
                continue;
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => continue,
        };
        for field in fields.values() {
            field.directives.iter().for_each(|directive| found(directive));
            let arguments = field.arguments.iter().flat_map(|argument| argument.directives.iter());
            arguments.for_each(|directive| found(directive));
        }
    }
}

/// The name of a feature, for example `join` for `https://specs.apollo.dev/join/v0.3`. For features of other authors it
/// is the whole URL, so that they are not confused with a feature of the same name.
fn name(url: &str) -> &str {
    let path = url.strip_prefix("https://specs.apollo.dev/").unwrap_or(url);
    path.rsplit_once("/v").map_or(path, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use crate::supergraph::Supergraph;

    fn parse(links: &str) -> Result<(), String> {
        let sdl = format!(
            "schema {links} {{ query: Query }}
             directive @link(url: String, for: link__Purpose) repeatable on SCHEMA
             directive @core(feature: String, for: link__Purpose) repeatable on SCHEMA
             directive @join__graph(name: String!, url: String!) on ENUM_VALUE
             enum link__Purpose {{ SECURITY EXECUTION }}
             enum join__Graph {{ A @join__graph(name: \"a\", url: \"\") }}
             type Query {{ a: Int }}"
        );
        Supergraph::parse(sdl).map(|_| ()).map_err(|error| error.to_string())
    }

    fn parse_types(links: &str, types: &str) -> Result<(), String> {
        let sdl = format!(
            "schema {links} {{ query: Query }}
             directive @join__graph(name: String!, url: String!) on ENUM_VALUE
             enum join__Graph {{ A @join__graph(name: \"a\", url: \"\") }}
             {types}"
        );
        Supergraph::parse(sdl).map(|_| ()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_guard_is_refused_even_where_no_link_speaks_of_it() {
        for types in [
            "type Query { a: Int @authenticated }",
            "type Query @authenticated { a: Int }",
            "type Query { a(b: Int @authenticated): Int }",
            "type Query { a: S } scalar S @requiresScopes(scopes: [[\"x\"]])",
            "type Query { a: E } enum E @policy(policies: [[\"x\"]]) { A }",
            "type Query { a: E } enum E { A @authenticated }",
            "type Query { a(i: I): Int } input I { a: Int @authenticated }",
            "type Query { a: I } interface I @authenticated { a: Int } type T implements I { a: Int }",
            "type Query { a: U } union U @authenticated = T type T { a: Int }",
        ] {
            let refusal = parse_types("", types).unwrap_err();
            assert!(refusal.contains("SECURITY"), "{types}: {refusal}");
        }
        let theirs = "@link(url: \"https://example.org/rules/v1.0\", import: [\"@policy\"])";
        assert_eq!(parse_types(theirs, "type Query { a: Int @policy }"), Ok(()));
    }

    #[test]
    fn a_feature_with_a_purpose_must_be_known() {
        for known in [
            "@link(url: \"https://specs.apollo.dev/join/v0.5\", for: EXECUTION)",
            "@core(feature: \"https://specs.apollo.dev/join/v0.1\", for: EXECUTION)",
            "@link(url: \"https://specs.apollo.dev/inaccessible/v0.2\", for: SECURITY)",
            "@link(url: \"https://specs.apollo.dev/cost/v0.1\")",
            "@link(url: \"https://example.org/anything/v3.1\")",
        ] {
            assert_eq!(parse(known), Ok(()), "{known}");
        }
        for unknown in [
            "@link(url: \"https://specs.apollo.dev/requiresScopes/v0.1\", for: SECURITY)",
            "@link(url: \"https://specs.apollo.dev/authenticated/v0.1\", for: SECURITY)",
            "@link(url: \"https://specs.apollo.dev/policy/v0.1\")",
            "@link(url: \"https://specs.apollo.dev/connect/v0.2\", for: EXECUTION)",
            "@link(url: \"https://example.org/join/v0.3\", for: EXECUTION)",
        ] {
            let refusal = parse(unknown).unwrap_err();
            let url = unknown.split('"').nth(1).unwrap();
            assert!(refusal.contains(url), "{refusal}");
        }
    }
}
