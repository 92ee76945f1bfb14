//! Reads the directives of the join specification in a supergraph's SDL.

use std::collections::BTreeMap;

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Directive, Document, FieldDefinition, Selection, Value},
    name,
};

/// The fields of a type that has fields.
pub(super) fn fields(definition: &mut Definition) -> Option<&mut Vec<Node<FieldDefinition>>> {
    match definition {
        Definition::ObjectTypeDefinition(object) => Some(&mut object.make_mut().fields),
        Definition::InterfaceTypeDefinition(interface) => Some(&mut interface.make_mut().fields),
        _ => None,
    }
}

/// Calls a function with each field and the name of its type.
pub(super) fn each_field(supergraph: &mut Document, found: &mut impl FnMut(&str, &mut FieldDefinition)) {
    for definition in &mut supergraph.definitions {
        let Some(type_name) = definition.name().map(ToString::to_string) else {
            continue;
        };
        for field in fields(definition).into_iter().flatten() {
            found(&type_name, field.make_mut());
        }
    }
}

/// Maps values of `join__Graph` to subgraph names.
pub(super) fn graphs(supergraph: &Document) -> BTreeMap<Name, String> {
    let mut graphs = BTreeMap::new();
    for definition in &supergraph.definitions {
        if let Definition::EnumTypeDefinition(definition) = definition
            && definition.name == "join__Graph"
        {
            for value in &definition.values {
                let name = value.directives.get("join__graph");
                let name = name.and_then(|directive| argument(directive, "name")?.as_str());
                graphs.extend(name.map(|name| (value.value.clone(), name.to_owned())));
            }
        }
    }
    graphs
}

/// An argument of a directive.
pub(super) fn argument<'d>(directive: &'d Directive, name: &str) -> Option<&'d Value> {
    directive.specified_argument_by_name(name).map(|value| &**value)
}

/// The graph that a join directive names.
pub(super) fn graph_of(directive: &Directive) -> Option<&Name> {
    argument(directive, "graph").and_then(Value::as_enum)
}

/// Builds `@join__field(graph: …)`.
pub(super) fn in_graph(graph: &Name) -> Directive {
    let graph = Argument { name: name!("graph"), value: Node::new(Value::Enum(graph.clone())) };
    Directive { name: name!("join__field"), arguments: vec![Node::new(graph)] }
}

/// Parses a field set, as in `@key` and `@requires`.
pub(super) fn field_set(text: &str) -> Option<Vec<Selection>> {
    let document = Document::parse(format!("{{ {text} }}"), "field set").ok()?;
    document.definitions.into_iter().find_map(|definition| match definition {
        Definition::OperationDefinition(operation) => Some(operation.selection_set.clone()),
        _ => None,
    })
}

/// The key of a `@join__type`, if the subgraph resolves entities by it.
pub(super) fn resolvable_key(directive: &Directive) -> Option<Vec<Selection>> {
    let is_resolvable = argument(directive, "resolvable").and_then(Value::to_bool) != Some(false);
    let key = argument(directive, "key").and_then(Value::as_str).and_then(field_set);
    key.filter(|_| is_resolvable)
}

/// Whether another subgraph overrides this subgraph's field (`@override`).
pub(super) fn is_overridden(field: &FieldDefinition, subgraph: &str) -> bool {
    let joins = field.directives.get_all("join__field");
    let mut overridden = joins.filter_map(|join| argument(join, "override").and_then(Value::as_str));
    overridden.any(|name| name == subgraph)
}

/// Whether a boolean argument of a directive is `true`.
pub(super) fn is_true(directive: &Directive, name: &str) -> bool {
    argument(directive, name).and_then(Value::to_bool) == Some(true)
}

/// The type of a field in a subgraph, if it differs from the type that clients see.
pub(super) fn own_type(join: &Directive) -> Option<String> {
    let text = argument(join, "type").and_then(Value::as_str)?;
    Some(text.replace(['[', ']', '!'], ""))
}
