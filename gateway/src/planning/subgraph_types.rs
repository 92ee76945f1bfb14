//! What each subgraph knows of the composite types: fields with what they require and provide, keys, and which objects an
//! abstract type can be there. It is read from the join directives of a supergraph.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Directive, DirectiveList, Document, FieldDefinition, OperationType, Selection, Value},
};

use super::join::{argument, field_set, graph_of, graphs, is_true, resolvable_key};

/// The types of all subgraphs.
#[derive(Default)]
pub(super) struct SubgraphTypes {
    /// By subgraph and name.
    types: HashMap<String, HashMap<String, TypeThere>>,
    roots: HashMap<OperationType, String>,
}

/// What kind of type a subgraph knows under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KindThere {
    Object,
    /// An object type that stands for all objects of an interface (`@interfaceObject`).
    InterfaceObject,
    Abstract,
}

/// A composite type of one subgraph.
pub(super) struct TypeThere {
    pub(super) kind: KindThere,
    /// Keys by which the subgraph finds entities.
    pub(super) keys: Vec<Vec<Selection>>,
    pub(super) fields: HashMap<String, FieldThere>,
    /// Names of the object types, and of those that stand for an interface, that an object of the type can have there.
    pub(super) possible: HashSet<String>,
}

/// A field of one subgraph.
#[derive(Clone, Default)]
pub(super) struct FieldThere {
    /// The type without its wrappers.
    pub(super) ty: String,
    /// What is around it: `[!]!` of `[User!]!`.
    pub(super) wrappers: String,
    pub(super) requires: Vec<Selection>,
    pub(super) provides: Vec<Selection>,
    pub(super) is_external: bool,
}

impl SubgraphTypes {
    pub(super) fn of(supergraph: &Document) -> Self {
        let names = graphs(supergraph);
        let mut all = Self::default();
        for definition in &supergraph.definitions {
            match definition {
                Definition::SchemaDefinition(schema) => {
                    let operations = schema.root_operations.iter();
                    all.roots.extend(operations.map(|operation| (operation.0, operation.1.to_string())));
                }
                Definition::ObjectTypeDefinition(object) => {
                    all.declare(&names, &object.name, &object.directives, KindThere::Object, &object.fields);
                }
                Definition::InterfaceTypeDefinition(interface) => {
                    let (name, directives) = (&interface.name, &interface.directives);
                    all.declare(&names, name, directives, KindThere::Abstract, &interface.fields);
                }
                Definition::UnionTypeDefinition(union) => {
                    all.declare(&names, &union.name, &union.directives, KindThere::Abstract, &[]);
                }
                _ => {}
            }
        }
        for definition in &supergraph.definitions {
            all.relate(&names, definition);
        }
        all
    }

    /// A composite type of a subgraph.
    pub(super) fn get(&self, subgraph: &str, name: &str) -> Option<&TypeThere> {
        self.types.get(subgraph)?.get(name)
    }

    /// The root type of operations of a kind.
    pub(super) fn root(&self, kind: OperationType) -> &str {
        let default = match kind {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        self.roots.get(&kind).map_or(default, String::as_str)
    }

    fn declare(
        &mut self,
        names: &BTreeMap<Name, String>,
        name: &Name,
        directives: &DirectiveList,
        kind: KindThere,
        fields: &[Node<FieldDefinition>],
    ) {
        for (graph, subgraph) in names {
            let of_graph = |directive: &&Node<Directive>| graph_of(directive) == Some(graph);
            let joins: Vec<_> = directives.get_all("join__type").filter(of_graph).collect();
            // The first version of the specification says nothing of types without keys: they are everywhere.
            if joins.is_empty()
                && directives.has("join__type")
                && !directives.get_all("join__owner").any(|d| of_graph(&d))
            {
                continue;
            }
            let stands_for_interface = joins.iter().any(|join| is_true(join, "isInterfaceObject"));
            let kind = if stands_for_interface { KindThere::InterfaceObject } else { kind };
            let is_first_version = directives.has("join__owner");
            let there = |field: &Node<FieldDefinition>| {
                let there = field_there(field, graph).or_else(|| is_first_version.then(|| declared(field)))?;
                Some((field.name.to_string(), there))
            };
            let there = TypeThere {
                kind,
                keys: joins.iter().filter_map(|join| resolvable_key(join)).collect(),
                fields: fields.iter().filter_map(there).collect(),
                possible: (kind != KindThere::Abstract).then(|| name.to_string()).into_iter().collect(),
            };
            self.types.entry(subgraph.clone()).or_default().insert(name.to_string(), there);
        }
    }

    /// Adds a type to the abstract types that it belongs to in each subgraph.
    fn relate(&mut self, names: &BTreeMap<Name, String>, definition: &Definition) {
        match definition {
            Definition::ObjectTypeDefinition(object) => {
                for interface in &object.implements_interfaces {
                    let graphs = graphs_of(&object.directives, "join__implements", "interface", interface);
                    self.relate_in(names, graphs.as_ref(), interface, &object.name);
                }
            }
            Definition::InterfaceTypeDefinition(own) => {
                for interface in &own.implements_interfaces {
                    let graphs = graphs_of(&own.directives, "join__implements", "interface", interface);
                    self.relate_in(names, graphs.as_ref(), interface, &own.name);
                }
            }
            Definition::UnionTypeDefinition(union) => {
                for member in &union.members {
                    let says_members = union.directives.has("join__unionMember");
                    let graphs = graphs_of(&union.directives, "join__unionMember", "member", member);
                    let graphs = graphs.or_else(|| says_members.then(HashSet::new));
                    self.relate_in(names, graphs.as_ref(), &union.name, member);
                }
            }
            _ => {}
        }
    }

    fn relate_in(
        &mut self,
        names: &BTreeMap<Name, String>,
        graphs: Option<&HashSet<Name>>,
        abstract_type: &Name,
        member: &Name,
    ) {
        for (graph, subgraph) in names {
            let is_meant = graphs.is_none_or(|graphs| graphs.contains(graph));
            let Some(types) = self.types.get_mut(subgraph).filter(|_| is_meant) else {
                continue;
            };
            let is_object = types.get(member.as_str()).is_some_and(|there| there.kind != KindThere::Abstract);
            if let Some(there) = types.get_mut(abstract_type.as_str()).filter(|_| is_object) {
                there.possible.insert(member.to_string());
            }
        }
    }
}

/// The graphs in which a directive relates two types; `None` when it says nothing of them, which means all graphs.
fn graphs_of(directives: &DirectiveList, directive: &str, key: &str, name: &Name) -> Option<HashSet<Name>> {
    let relating = directives.get_all(directive);
    let relating = relating.filter(|directive| argument(directive, key).and_then(Value::as_str) == Some(name.as_str()));
    let graphs: HashSet<_> = relating.filter_map(|directive| graph_of(directive).cloned()).collect();
    (!graphs.is_empty()).then_some(graphs)
}

/// What a graph has of a field. Without any `@join__field` every graph of the type has it.
fn field_there(field: &FieldDefinition, graph: &Name) -> Option<FieldThere> {
    let mut joins = field.directives.get_all("join__field").peekable();
    if joins.peek().is_none() {
        return Some(declared(field));
    }
    let join = joins.find(|join| graph_of(join) == Some(graph))?;
    let set = |name: &str| argument(join, name).and_then(Value::as_str).and_then(field_set);
    let own = argument(join, "type").and_then(Value::as_str);
    let (ty, wrappers) = own.map_or_else(|| named(&field.ty.to_string()), named);
    Some(FieldThere {
        ty,
        wrappers,
        requires: set("requires").unwrap_or_default(),
        provides: set("provides").unwrap_or_default(),
        is_external: is_true(join, "external"),
    })
}

fn declared(field: &FieldDefinition) -> FieldThere {
    let (ty, wrappers) = named(&field.ty.to_string());
    FieldThere { ty, wrappers, ..FieldThere::default() }
}

/// The name in a type, and what is around it.
fn named(text: &str) -> (String, String) {
    text.chars().partition(|character| !matches!(character, '[' | ']' | '!'))
}
