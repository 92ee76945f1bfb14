//! Adds `@join__type(graph:)` to the root types for each subgraph that defines them.
//!
//! The composition library omits the directive on root types. A planner that relies on it, as ours does, then finds no
//! entry point into any subgraph.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Directive, DirectiveList, Document, FieldDefinition, OperationType, Value},
};

/// `names` and `subgraphs` are in the same order.
pub(super) fn join_root_types(document: &mut Document, names: &[&str], subgraphs: &[Document]) {
    let graphs = graph_names(document);
    let mut having: BTreeMap<OperationKey, BTreeSet<Name>> = BTreeMap::new();
    for (name, own) in names.iter().zip(subgraphs) {
        let Some(graph) = graphs.get(*name) else {
            continue;
        };
        for (operation, type_name) in root_names(own) {
            if defines(own, &type_name) {
                having.entry(key(operation)).or_default().insert(graph.clone());
            }
        }
    }
    for (operation, type_name) in root_names(document) {
        let mut names = having.remove(&key(operation)).unwrap_or_default();
        let Some(object) = document.definitions.iter_mut().find_map(|definition| match definition {
            Definition::ObjectTypeDefinition(object) if object.name == type_name => Some(object.make_mut()),
            _ => None,
        }) else {
            continue;
        };
        names.extend(object.fields.iter().flat_map(|field| joined(field)));
        for present in object.directives.get_all("join__type").filter_map(|directive| graph_argument(directive)) {
            names.remove(&present);
        }
        let missing: Vec<_> = names.into_iter().map(join_type).collect();
        prepend(&mut object.directives, missing);
    }
}

type OperationKey = &'static str;

fn key(operation: OperationType) -> OperationKey {
    operation.name()
}

/// The root operation types of a document: from its schema definition, or the default names.
fn root_names(document: &Document) -> Vec<(OperationType, Name)> {
    let mut names = Vec::new();
    let mut has_definition = false;
    for definition in &document.definitions {
        let operations = match definition {
            Definition::SchemaDefinition(schema) => {
                has_definition = true;
                &schema.root_operations
            }
            Definition::SchemaExtension(schema) => &schema.root_operations,
            _ => continue,
        };
        names.extend(operations.iter().map(|operation| (operation.0, operation.1.clone())));
    }
    if !has_definition {
        for operation in [OperationType::Query, OperationType::Mutation, OperationType::Subscription] {
            if !names.iter().any(|(named, _)| *named == operation) {
                names.push((operation, operation.default_type_name().clone()));
            }
        }
    }
    names
}

fn defines(document: &Document, type_name: &Name) -> bool {
    document.definitions.iter().any(|definition| match definition {
        Definition::ObjectTypeDefinition(object) => object.name == *type_name && !object.fields.is_empty(),
        Definition::ObjectTypeExtension(object) => object.name == *type_name && !object.fields.is_empty(),
        _ => false,
    })
}

/// The `join__Graph` enum value of each subgraph.
fn graph_names(document: &Document) -> BTreeMap<String, Name> {
    let graphs = document.definitions.iter().find_map(|definition| match definition {
        Definition::EnumTypeDefinition(graphs) if graphs.name == "join__Graph" => Some(graphs),
        _ => None,
    });
    let values = graphs.into_iter().flat_map(|graphs| &graphs.values);
    values
        .filter_map(|value| {
            let directive = value.directives.get("join__graph")?;
            let name = directive.specified_argument_by_name("name")?.as_str()?;
            Some((name.to_owned(), value.value.clone()))
        })
        .collect()
}

fn graph_argument(directive: &Directive) -> Option<Name> {
    directive.specified_argument_by_name("graph").and_then(|value| value.as_enum()).cloned()
}

/// The subgraphs in the `@join__field` directives of a field.
fn joined(field: &FieldDefinition) -> impl Iterator<Item = Name> + '_ {
    field.directives.get_all("join__field").filter_map(|directive| graph_argument(directive))
}

fn join_type(graph: Name) -> Node<Directive> {
    Node::new(Directive {
        name: apollo_compiler::name!("join__type"),
        arguments: vec![Node::new(Argument {
            name: apollo_compiler::name!("graph"),
            value: Node::new(Value::Enum(graph)),
        })],
    })
}

fn prepend(directives: &mut DirectiveList, mut added: Vec<Node<Directive>>) {
    added.append(&mut directives.0);
    directives.0 = added;
}
