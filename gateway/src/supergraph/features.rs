//! Refuses a supergraph that requires a feature which this gateway does not support.
//!
//! A supergraph links the specifications that it uses, and declares the purpose of some of them. "`SECURITY` features
//! provide metadata necessary to securely resolve fields", and `EXECUTION` features are "necessary for operation
//! execution" (link specification, `Purpose`). A gateway that does not support such a feature must not serve the
//! schema. For example, without `@requiresScopes` its fields would be visible to everybody.

use apollo_compiler::Schema;

use super::SupergraphError;

/// The supported features, by the name in their URL.
const KNOWN: [&str; 5] = ["link", "core", "join", "inaccessible", "tag"];

pub(super) fn require_known(schema: &Schema) -> Result<(), SupergraphError> {
    let directives = &schema.schema_definition.directives;
    for (directive, argument) in [("link", "url"), ("core", "feature")] {
        for linked in directives.get_all(directive) {
            let url = linked.specified_argument_by_name(argument).and_then(|url| url.as_str());
            let purpose = linked
                .specified_argument_by_name("for")
                .and_then(|purpose| purpose.as_enum());
            let (Some(url), Some(purpose)) = (url, purpose) else {
                continue;
            };
            if !KNOWN.contains(&name(url)) {
                return Err(SupergraphError::Feature {
                    url: url.to_owned(),
                    purpose: purpose.to_string(),
                });
            }
        }
    }
    Ok(())
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
            "@link(url: \"https://specs.apollo.dev/connect/v0.2\", for: EXECUTION)",
            "@link(url: \"https://example.org/join/v0.3\", for: EXECUTION)",
        ] {
            let refusal = parse(unknown).unwrap_err();
            let url = unknown.split('"').nth(1).unwrap();
            assert!(refusal.contains(url), "{refusal}");
        }
    }
}
