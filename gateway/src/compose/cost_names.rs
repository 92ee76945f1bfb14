//! Renames `@cost` and `@listSize` to the names that the composition library knows.
//!
//! The library composes these directives only when no subgraph imports them, but the Federation documentation says to
//! import them. So this module removes their imports from `@link`, and renames directives that have an alias or a
//! prefix.

use std::collections::HashMap;

use apollo_compiler::{
    Name,
    ast::{Definition, Document, Value},
};

use super::directives::for_each_directive;

/// Whether a document changed.
pub(super) fn normalize(document: &mut Document) -> bool {
    let aliases = take_imports(document);
    let mut renamed = false;
    for_each_directive(document, &mut |directive| {
        if let Some(plain) = aliases.get(directive.name.as_str()) {
            directive.make_mut().name = plain.clone();
            renamed = true;
        }
    });
    renamed
}

/// Removes the imports. Returns the plain name for each name that the directives have in this subgraph.
fn take_imports(document: &mut Document) -> HashMap<String, Name> {
    let plain = || [apollo_compiler::name!("cost"), apollo_compiler::name!("listSize")];
    let mut aliases: HashMap<String, Name> = HashMap::new();
    for definition in &mut document.definitions {
        let directives = match definition {
            Definition::SchemaDefinition(schema) => &mut schema.make_mut().directives,
            Definition::SchemaExtension(schema) => &mut schema.make_mut().directives,
            _ => continue,
        };
        for link in directives.0.iter_mut().filter(|directive| directive.name == "link") {
            let text = |name: &str| link.specified_argument_by_name(name)?.as_str().map(str::to_owned);
            let url = text("url").unwrap_or_default();
            if !url.contains("specs.apollo.dev/federation/") && !url.contains("specs.apollo.dev/cost/") {
                continue;
            }
            let default = if url.contains("/cost/") { "cost" } else { "federation" };
            let prefix = text("as").unwrap_or_else(|| default.to_owned());
            aliases.extend(plain().map(|name| (format!("{prefix}__{name}"), name)));
            for argument in &mut link.make_mut().arguments {
                if argument.name != "import" {
                    continue;
                }
                if let Value::List(imports) = argument.make_mut().value.make_mut() {
                    imports.retain(|import| {
                        let Some((name, alias)) = import_names(import) else {
                            return true;
                        };
                        let Some(plain) = plain().into_iter().find(|plain| plain.as_str() == name) else {
                            return true;
                        };
                        aliases.insert(alias, plain);
                        false
                    });
                }
            }
        }
    }
    aliases
}

/// The name of an imported directive, and its name in this subgraph.
fn import_names(import: &Value) -> Option<(String, String)> {
    let directive = |value: &Value| value.as_str()?.strip_prefix('@').map(str::to_owned);
    if let Some(members) = import.as_object() {
        let member = |key: &str| directive(&members.iter().find(|(name, _)| name == key)?.1);
        let name = member("name")?;
        let alias = member("as").unwrap_or_else(|| name.clone());
        return Some((name, alias));
    }
    directive(import).map(|name| (name.clone(), name))
}
