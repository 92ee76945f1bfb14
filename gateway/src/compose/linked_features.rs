//! Carries links with a purpose into the supergraph, where the composition library drops them.
//!
//! The library keeps `@authenticated`, `@requiresScopes` and `@policy` on types and fields, but not the links that tell a
//! gateway that it must enforce them. A gateway without that knowledge would serve such fields to everybody. So the
//! supergraph links every feature that a subgraph uses of this kind, under its usual URL, and every specification that a
//! subgraph itself links `for: SECURITY` or `for: EXECUTION`.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Directive, DirectiveList, Document, Value},
    name,
};

use super::directives::for_each_directive;

/// Directives of Federation 2 that need a feature of the gateway: URL of the feature and its purpose, as Apollo's
/// composition writes them.
const FEATURES: [(&str, &str, &str); 7] = [
    ("authenticated", "https://specs.apollo.dev/authenticated/v0.1", "SECURITY"),
    ("requiresScopes", "https://specs.apollo.dev/requiresScopes/v0.1", "SECURITY"),
    ("policy", "https://specs.apollo.dev/policy/v0.1", "SECURITY"),
    ("context", "https://specs.apollo.dev/context/v0.1", "SECURITY"),
    ("fromContext", "https://specs.apollo.dev/context/v0.1", "SECURITY"),
    ("connect", "https://specs.apollo.dev/connect/v0.1", "EXECUTION"),
    ("source", "https://specs.apollo.dev/connect/v0.1", "EXECUTION"),
];

/// Directives that the library also takes by their plain names, without any import.
const PLAIN: [&str; 3] = ["authenticated", "requiresScopes", "policy"];

/// Specifications whose links the library writes itself, or that concern composition alone.
const COMPOSED: [&str; 6] = ["federation", "link", "core", "join", "inaccessible", "tag"];

/// Links what the subgraphs need.
pub(super) fn carry(supergraph: &mut Document, subgraphs: &[Document]) {
    let mut needed = features(supergraph);
    needed.extend(subgraphs.iter().flat_map(features));
    if needed.is_empty() {
        return;
    }
    let schema = supergraph.definitions.iter_mut().find_map(|definition| match definition {
        Definition::SchemaDefinition(schema) => Some(&mut schema.make_mut().directives),
        Definition::SchemaExtension(schema) => Some(&mut schema.make_mut().directives),
        _ => None,
    });
    if let Some(directives) = schema {
        for (url, purpose) in needed {
            link(directives, &url, &purpose);
        }
    }
}

/// Takes the purposes off the links of a subgraph, since the library refuses the enum that they are. Says whether there
/// were any.
pub(super) fn drop_purposes(subgraph: &mut Document) -> bool {
    let mut dropped = false;
    for definition in &mut subgraph.definitions {
        let directives = match definition {
            Definition::SchemaDefinition(schema) => &mut schema.make_mut().directives,
            Definition::SchemaExtension(schema) => &mut schema.make_mut().directives,
            _ => continue,
        };
        for link in directives.0.iter_mut().filter(|directive| directive.name == "link") {
            let arguments = &mut link.make_mut().arguments;
            let given = arguments.len();
            arguments.retain(|argument| argument.name != "for");
            dropped |= arguments.len() < given;
        }
    }
    dropped
}

/// The URLs of features that a document needs, with their purposes.
fn features(document: &Document) -> BTreeSet<(String, String)> {
    let links: Vec<_> = links(document).collect();
    let own = links.iter().filter(|link| !COMPOSED.contains(&link.specification()));
    let mut found: BTreeSet<_> = own.filter_map(|link| Some((link.url.to_owned(), link.purpose.clone()?))).collect();
    let names = Names::of(document, &links);
    // The visitor is shared with the rewriting of names and takes the document by exclusive reference.
    for_each_directive(&mut document.clone(), &mut |directive| {
        let meaning = names.meaning(&directive.name);
        let feature = FEATURES.iter().find(|(directive, ..)| Some(*directive) == meaning);
        found.extend(feature.map(|(_, url, purpose)| ((*url).to_owned(), (*purpose).to_owned())));
    });
    found
}

/// One `@link` of a subgraph.
struct Link<'a> {
    url: &'a str,
    prefix: &'a str,
    purpose: Option<String>,
    /// Directives: the name here, and the one in the specification.
    imports: Vec<(&'a str, &'a str)>,
}

impl Link<'_> {
    /// `federation` of `https://specs.apollo.dev/federation/v2.6`.
    fn specification(&self) -> &str {
        name_of(self.url).unwrap_or(self.url)
    }

    fn is_apollos(&self) -> bool {
        self.url.contains("specs.apollo.dev/") || self.specification() == "federation"
    }
}

/// The name that the URL of a specification ends with, before its version (link specification, "Name Conventions").
fn name_of(url: &str) -> Option<&str> {
    let (path, last) = url.trim_end_matches('/').rsplit_once('/')?;
    let is_version = last.strip_prefix('v').is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    if is_version { path.rsplit('/').next() } else { Some(last) }
}

fn links(subgraph: &Document) -> impl Iterator<Item = Link<'_>> {
    let directives = subgraph.definitions.iter().filter_map(|definition| match definition {
        Definition::SchemaDefinition(schema) => Some(&schema.directives),
        Definition::SchemaExtension(schema) => Some(&schema.directives),
        _ => None,
    });
    let links = directives.flat_map(|directives| directives.get_all("link"));
    links.filter_map(|link| {
        let argument = |name: &str| link.specified_argument_by_name(name).map(|value| &**value);
        let url = argument("url")?.as_str()?;
        let imports = argument("import").and_then(Value::as_list).unwrap_or_default();
        let purpose = argument("for").and_then(|purpose| match purpose {
            Value::Enum(name) => Some(name.to_string()),
            Value::String(name) => Some(name.clone()),
            _ => None,
        });
        Some(Link {
            url,
            prefix: argument("as").and_then(Value::as_str).or(name_of(url)).unwrap_or(url),
            purpose,
            imports: imports.iter().filter_map(|import| imported(import)).collect(),
        })
    })
}

/// The name of an imported directive here and in its specification.
fn imported(import: &Value) -> Option<(&str, &str)> {
    if let Some(name) = import.as_str() {
        let name = name.strip_prefix('@')?;
        return Some((name, name));
    }
    let members = import.as_object()?;
    let member = |key: &str| members.iter().find(|(name, _)| name == key)?.1.as_str()?.strip_prefix('@');
    let name = member("name")?;
    Some((member("as").unwrap_or(name), name))
}

/// What the names of directives mean in one subgraph.
struct Names<'a> {
    imported: BTreeMap<&'a str, Meaning<'a>>,
    /// Prefixes of Apollo's specifications with the specification.
    prefixes: BTreeMap<&'a str, &'a str>,
    /// Directives that the subgraph defines and does not import.
    own: BTreeSet<&'a str>,
}

#[derive(Clone, Copy)]
enum Meaning<'a> {
    Apollos(&'a str),
    Foreign,
}

impl<'a> Names<'a> {
    fn of(subgraph: &'a Document, links: &'a [Link<'a>]) -> Self {
        let mut imported = BTreeMap::new();
        let mut prefixes = BTreeMap::new();
        for link in links {
            for (here, there) in &link.imports {
                let meaning = if link.is_apollos() { Meaning::Apollos(there) } else { Meaning::Foreign };
                imported.insert(*here, meaning);
            }
            if link.is_apollos() {
                prefixes.insert(link.prefix, link.specification());
            }
        }
        // Without a link to Federation 2 the library takes its directives by their plain names, whoever defines them.
        let is_second_version = prefixes.values().any(|specification| *specification == "federation");
        let definitions = subgraph.definitions.iter().filter_map(|definition| match definition {
            Definition::DirectiveDefinition(directive) => Some(directive.name.as_str()),
            _ => None,
        });
        let own = definitions.filter(|_| is_second_version).collect();
        Self { imported, prefixes, own }
    }

    /// The name that a directive has in Apollo's specification of it. A plain name that nobody imports or defines counts
    /// as if it were imported: who forgets the import still means the field to be guarded.
    fn meaning<'n>(&self, name: &'n str) -> Option<&'n str>
    where
        'a: 'n,
    {
        match self.imported.get(name) {
            Some(Meaning::Apollos(there)) => return Some(there),
            Some(Meaning::Foreign) => return None,
            None => {}
        }
        // A specification's main directive has the specification's name, or the one that the link gives it.
        if let Some(specification) = self.prefixes.get(name) {
            return Some(specification);
        }
        if let Some((prefix, rest)) = name.split_once("__")
            && self.prefixes.contains_key(prefix)
        {
            return Some(rest);
        }
        if self.own.contains(name) {
            return None;
        }
        // The library ignores a prefix that nothing links.
        let plain = name.split_once("__").map_or(name, |(_, rest)| rest);
        PLAIN.contains(&plain).then_some(plain)
    }
}

/// Adds a link with a purpose, or the purpose to a link that is there.
fn link(directives: &mut DirectiveList, url: &str, purpose: &str) {
    let argument = |name: Name, value: Value| Node::new(Argument { name, value: Node::new(value) });
    let Ok(purpose) = Name::new(purpose) else { return };
    let purpose = argument(name!("for"), Value::Enum(purpose));
    let is_same = |link: &&mut Node<Directive>| {
        link.name == "link" && link.specified_argument_by_name("url").and_then(|known| known.as_str()) == Some(url)
    };
    if let Some(known) = directives.0.iter_mut().find(is_same) {
        if known.specified_argument_by_name("for").is_none() {
            known.make_mut().arguments.push(purpose);
        }
        return;
    }
    directives.0.push(Node::new(Directive {
        name: name!("link"),
        arguments: vec![argument(name!("url"), Value::String(url.to_owned())), purpose],
    }));
}
