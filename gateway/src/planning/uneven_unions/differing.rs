//! Finds union fields whose members differ between subgraphs, according to the supergraph's SDL.

use std::collections::{BTreeSet, HashMap};

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Directive, Document, FieldDefinition, Value},
};

use super::{
    super::join::{argument, fields, graph_of, in_graph, is_overridden, is_true, own_type},
    Coordinate,
};

/// Union fields whose members differ between the subgraphs that have the field.
pub(super) fn uneven_fields(supergraph: &mut Document) -> BTreeSet<Coordinate> {
    let unions = unions(supergraph);
    let mut uneven = BTreeSet::new();
    if unions.is_empty() {
        return uneven;
    }
    for definition in &mut supergraph.definitions {
        let of_type = graphs_of_type(definition);
        let type_name = definition.name().map(ToString::to_string).unwrap_or_default();
        for field in fields(definition).into_iter().flatten() {
            let Some(members) = unions.get(field.ty.inner_named_type().as_str()) else {
                continue;
            };
            let mut seen =
                of_type.iter().filter_map(|graph| Some(members_in(graph, &resolution(field, graph)?, members)));
            let first = seen.next();
            if seen.any(|other| Some(other) != first) {
                uneven.insert((type_name.clone(), field.name.to_string()));
            }
        }
    }
    uneven
}

type MembersByGraph = HashMap<Name, BTreeSet<String>>;

fn unions(supergraph: &Document) -> HashMap<String, MembersByGraph> {
    let mut unions: HashMap<String, MembersByGraph> = HashMap::new();
    for definition in &supergraph.definitions {
        if let Definition::UnionTypeDefinition(definition) = definition {
            let members = unions.entry(definition.name.to_string()).or_default();
            for directive in definition.directives.get_all("join__unionMember") {
                let graph = graph_of(directive);
                let member = argument(directive, "member").and_then(Value::as_str);
                if let (Some(graph), Some(member)) = (graph, member) {
                    members.entry(graph.clone()).or_default().insert(member.to_owned());
                }
            }
        }
    }
    unions
}

/// The members that a field can return in a subgraph. There, its type may be a single member.
fn members_in(graph: &Name, resolution: &Directive, members: &MembersByGraph) -> BTreeSet<String> {
    match own_type(resolution) {
        Some(member) if members.values().flatten().any(|known| *known == member) => BTreeSet::from([member]),
        _ => members.get(graph).cloned().unwrap_or_default(),
    }
}

/// The graphs that have a type.
pub(super) fn graphs_of_type(definition: &Definition) -> BTreeSet<Name> {
    let types = definition.directives().get_all("join__type");
    let graphs = types.filter_map(|directive| graph_of(directive));
    graphs.cloned().collect()
}

/// The `@join__field` by which a subgraph of the type resolves a field, if it does.
fn resolution(field: &FieldDefinition, graph: &Name) -> Option<Directive> {
    let mut named = field.directives.get_all("join__field").peekable();
    if named.peek().is_none() {
        return Some(in_graph(graph));
    }
    let is_own = |directive: &&Node<Directive>| graph_of(directive) == Some(graph);
    let own = named.find(is_own)?;
    (!is_true(own, "external") && !is_true(own, "usedOverridden")).then(|| (**own).clone())
}

/// A copy of a field under another name, resolved in only one subgraph.
pub(super) fn only_in(
    field: &FieldDefinition,
    graph: &Name,
    subgraph: &str,
    name: &Name,
) -> Option<Node<FieldDefinition>> {
    let resolution = resolution(field, graph).filter(|_| !is_overridden(field, subgraph))?;
    let mut only = field.clone();
    only.name = name.clone();
    only.directives.retain(|directive| directive.name != "join__field");
    only.directives.push(Node::new(resolution));
    Some(Node::new(only))
}
