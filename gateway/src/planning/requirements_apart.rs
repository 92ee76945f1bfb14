//! A second supergraph in which fields with `@requires` belong to separate subgraphs.
//!
//! The planning library finds no plan for `{ user { friend { friend { rating } } } }` when one subgraph resolves both
//! `friend` and, with requirements, `rating`. The fetch that reaches the inner user is already a fetch of users, and
//! the library confuses it with the fetch of the inner user itself.
//!
//! When the library finds no sound plan, it plans again over this supergraph. Here each subgraph that has such fields
//! gets up to two twins with the same URL: one for those fields that are leaves, one for those that are objects. Each
//! twin also has the keys that lead to these fields, and the types that have no key. A field with requirements then
//! gets a fetch of its own, except inside another such field of the same type.
//!
//! These plans make more fetches, so this supergraph does not replace the real one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Directive, DirectiveList, Document, EnumValueDefinition, FieldDefinition, Selection, Value},
    name,
};

use super::join::{argument, each_field, graph_of, graphs, in_graph, is_overridden, is_true, resolvable_key};

/// The second supergraph, and the real names of its additional subgraphs.
pub(super) struct RequirementsApart {
    pub(super) supergraph: Document,
    pub(super) real_names: HashMap<String, String>,
}

impl RequirementsApart {
    /// `None` when no field has requirements.
    pub(super) fn of(supergraph: &Document) -> Option<Self> {
        let mut supergraph = supergraph.clone();
        let composite = composite_types(&supergraph);
        let mut needed = BTreeSet::new();
        each_field(&mut supergraph, &mut |_, field| {
            let kind = Kind::of(field, &composite);
            let with_requirements = field.directives.get_all("join__field").filter(|field| requires(field));
            needed.extend(with_requirements.filter_map(|directive| Some((graph_of(directive)?.clone(), kind))));
        });
        let known = graphs(&supergraph);
        let mut twins = BTreeMap::<_, Vec<_>>::new();
        let mut real_names = HashMap::new();
        for (graph, kind) in needed {
            let mut text = format!("{graph}_REQUIRING_{kind:?}");
            while known.keys().any(|known| *known == text.as_str()) {
                text.push('_');
            }
            let twin = Name::new(&text).ok()?;
            real_names.insert(text, known.get(&graph)?.clone());
            twins.entry(graph).or_default().push((kind, twin));
        }
        if twins.is_empty() {
            return None;
        }
        let twins = Twins { twins, subgraphs: known };
        let roots = roots(&supergraph);
        for definition in &mut supergraph.definitions {
            match definition {
                Definition::EnumTypeDefinition(definition) if definition.name == "join__Graph" => {
                    let definition = definition.make_mut();
                    let values = definition.values.iter();
                    let more: Vec<_> = values.flat_map(|value| twins.graphs(value)).collect();
                    definition.values.extend(more);
                }
                Definition::EnumTypeDefinition(definition) => {
                    let definition = definition.make_mut();
                    twins.double(&mut definition.directives);
                    for value in &mut definition.values {
                        twins.double(&mut value.make_mut().directives);
                    }
                }
                Definition::InputObjectTypeDefinition(definition) => {
                    let definition = definition.make_mut();
                    twins.double(&mut definition.directives);
                    for field in &mut definition.fields {
                        twins.double(&mut field.make_mut().directives);
                    }
                }
                Definition::ScalarTypeDefinition(definition) => twins.double(&mut definition.make_mut().directives),
                Definition::UnionTypeDefinition(definition) => twins.double(&mut definition.make_mut().directives),
                Definition::InterfaceTypeDefinition(definition) => {
                    let definition = definition.make_mut();
                    twins.fields(&mut definition.directives, &mut definition.fields, &composite);
                }
                Definition::ObjectTypeDefinition(definition) if !roots.contains(&definition.name) => {
                    let definition = definition.make_mut();
                    twins.fields(&mut definition.directives, &mut definition.fields, &composite);
                }
                _ => {}
            }
        }
        Some(Self { supergraph, real_names })
    }
}

/// Which kind of field a twin is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Leaf,
    Object,
}

impl Kind {
    fn of(field: &FieldDefinition, composite: &BTreeSet<Name>) -> Self {
        if composite.contains(field.ty.inner_named_type()) { Self::Object } else { Self::Leaf }
    }
}

/// Graphs that have fields with requirements, and their twins.
struct Twins {
    twins: BTreeMap<Name, Vec<(Kind, Name)>>,
    /// Maps graphs to subgraph names.
    subgraphs: BTreeMap<Name, String>,
}

impl Twins {
    /// The values of `join__Graph` for the twins, with the same URL.
    fn graphs(&self, value: &EnumValueDefinition) -> Vec<Node<EnumValueDefinition>> {
        let twins = self.twins.get(&value.value).into_iter().flatten();
        let twins = twins.map(|(_, twin)| {
            let mut value = value.clone();
            value.value = twin.clone();
            for directive in &mut value.directives {
                set(directive, "name", Value::String(twin.to_string()));
            }
            Node::new(value)
        });
        twins.collect()
    }

    /// A copy of a directive for each twin of its graph.
    fn of(&self, directive: &Node<Directive>) -> impl Iterator<Item = (Kind, Node<Directive>)> {
        let twins = graph_of(directive).and_then(|graph| self.twins.get(graph));
        let twins = twins.into_iter().flatten();
        twins.map(|(kind, twin)| (*kind, with_graph(directive, twin)))
    }

    /// Adds a copy of each directive for each twin of its graph.
    fn double(&self, directives: &mut DirectiveList) {
        let more: Vec<_> = directives.iter().flat_map(|directive| self.of(directive)).map(|(_, twin)| twin).collect();
        directives.extend(more);
    }

    fn fields(&self, of_type: &mut DirectiveList, fields: &mut [Node<FieldDefinition>], composite: &BTreeSet<Name>) {
        let joins: Vec<_> = of_type.get_all("join__type").cloned().collect();
        let entities = Entities::of(&joins);
        let graphs: BTreeSet<_> = joins.iter().filter_map(|directive| graph_of(directive)).collect();
        self.double(of_type);
        for field in fields {
            let stays_out = |graph: &Name| self.twins.contains_key(graph) && !entities.reaches(graph, &field.name);
            if field.directives.get("join__field").is_some() {
                let own_kind = Kind::of(field, composite);
                let field = field.make_mut();
                let retired: Vec<_> = self
                    .subgraphs
                    .iter()
                    .filter(|(_, subgraph)| is_overridden(field, subgraph))
                    .map(|(graph, _)| graph)
                    .collect();
                for directive in std::mem::take(&mut field.directives) {
                    let graph = graph_of(&directive).filter(|_| directive.name == "join__field");
                    let is_retired = |graph: &&Name| retired.contains(graph) || is_true(&directive, "usedOverridden");
                    let Some(graph) = graph.filter(|graph| !is_retired(graph)) else {
                        field.directives.push(directive);
                        continue;
                    };
                    if requires(&directive) && entities.has(graph) {
                        let own = self.of(&directive).filter(|(kind, _)| *kind == own_kind);
                        field.directives.extend(own.map(|(_, twin)| twin));
                        continue;
                    }
                    if is_true(&directive, "external") || entities.reaches(graph, &field.name) {
                        field.directives.extend(self.of(&directive).map(|(_, twin)| twin));
                    }
                    field.directives.push(directive);
                }
            } else if graphs.iter().any(|graph| stays_out(graph)) {
                // Without `@join__field`, a field is in all graphs of its type, and the twins have become graphs of the
                // type.
                let twins = graphs.iter().filter(|graph| !stays_out(graph));
                let twins = twins.filter_map(|graph| self.twins.get(*graph)).flatten().map(|(_, twin)| twin);
                let all = graphs.iter().copied().chain(twins);
                let all: Vec<_> = all.map(|graph| Node::new(in_graph(graph))).collect();
                field.make_mut().directives.extend(all);
            }
        }
    }
}

/// In which graphs a type is an entity, and the fields of its keys there.
struct Entities(BTreeMap<Name, BTreeSet<String>>);

impl Entities {
    fn of(joins: &[Node<Directive>]) -> Self {
        let mut entities: BTreeMap<Name, BTreeSet<String>> = BTreeMap::new();
        for directive in joins {
            if let (Some(graph), Some(key)) = (graph_of(directive), resolvable_key(directive)) {
                let names = key.iter().filter_map(Selection::as_field).map(|field| field.name.to_string());
                entities.entry(graph.clone()).or_default().extend(names);
            }
        }
        Self(entities)
    }

    fn has(&self, graph: &Name) -> bool {
        self.0.contains_key(graph)
    }

    /// Whether the twin of a graph has a field that requires nothing: all fields of a type that is not an entity,
    /// otherwise only the keys.
    fn reaches(&self, graph: &Name, field: &Name) -> bool {
        self.0.get(graph).is_none_or(|keys| keys.contains(field.as_str()))
    }
}

fn requires(directive: &Directive) -> bool {
    argument(directive, "requires").is_some()
}

fn with_graph(directive: &Node<Directive>, graph: &Name) -> Node<Directive> {
    let mut directive = directive.clone();
    set(&mut directive, "graph", Value::Enum(graph.clone()));
    directive
}

fn set(directive: &mut Node<Directive>, name: &str, value: Value) {
    for argument in &mut directive.make_mut().arguments {
        if argument.name == name {
            argument.make_mut().value = Node::new(value);
            return;
        }
    }
}

/// Root types. The twins do not have them, because they are reached only by keys.
fn roots(supergraph: &Document) -> BTreeSet<Name> {
    let schemas = supergraph.definitions.iter().filter_map(|definition| match definition {
        Definition::SchemaDefinition(schema) => Some(schema),
        _ => None,
    });
    let mut named = schemas.flat_map(|schema| &schema.root_operations).peekable();
    if named.peek().is_none() {
        return BTreeSet::from([name!("Query"), name!("Mutation"), name!("Subscription")]);
    }
    named.map(|root| root.1.clone()).collect()
}

/// Types that have a selection set.
fn composite_types(supergraph: &Document) -> BTreeSet<Name> {
    let types = supergraph.definitions.iter().filter_map(|definition| match definition {
        Definition::ObjectTypeDefinition(definition) => Some(&definition.name),
        Definition::InterfaceTypeDefinition(definition) => Some(&definition.name),
        Definition::UnionTypeDefinition(definition) => Some(&definition.name),
        _ => None,
    });
    types.cloned().collect()
}
