//! Recognizes plans that the subgraphs cannot execute: records which subgraph defines which field and resolves which
//! entity keys.
//!
//! The planning library makes such plans when the subgraphs of a field with `@requires` resolve its entity by different
//! keys. It then asks a subgraph for a key that the subgraph does not know, or sends a key that the subgraph cannot
//! resolve.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Node,
    ast::{Definition, Directive, Document, OperationType, Selection},
};
use hive_router_query_planner::{
    ast::{document::Document as LibraryDocument, selection_item::SelectionItem, selection_set::SelectionSet},
    planner::plan_nodes::PlanNode,
    state::supergraph_state::OperationKind,
};

use super::join::{each_field, graph_of, graphs, own_type, resolvable_key};

/// All fields of a supergraph.
pub(super) struct DefinedFields {
    types: HashMap<String, DefinedType>,
    roots: HashMap<OperationType, String>,
}

#[derive(Default)]
struct DefinedType {
    subgraphs: HashSet<String>,
    /// Subgraphs, each with a key by which it resolves the entity.
    keys: Vec<(String, Vec<Selection>)>,
    fields: HashMap<String, DefinedField>,
}

struct DefinedField {
    ty: String,
    /// Subgraphs that have the field, each with its own type for the field if that differs. `None` when every subgraph
    /// of the type has the field.
    subgraphs: Option<HashMap<String, Option<String>>>,
}

impl DefinedFields {
    pub(super) fn of(supergraph: &mut Document) -> Self {
        let names = graphs(supergraph);
        let mut types: HashMap<String, DefinedType> = HashMap::new();
        let mut roots = HashMap::new();
        for definition in &supergraph.definitions {
            if let Definition::SchemaDefinition(schema) = definition {
                let operations = schema.root_operations.iter();
                roots.extend(operations.map(|operation| (operation.0, operation.1.to_string())));
            }
            if let Some(name) = definition.name() {
                let defined = types.entry(name.to_string()).or_default();
                for join in definition.directives().get_all("join__type") {
                    if let Some(subgraph) = graph_of(join).and_then(|graph| names.get(graph)) {
                        defined.subgraphs.insert(subgraph.clone());
                        let key = resolvable_key(join).map(|key| (subgraph.clone(), key));
                        defined.keys.extend(key);
                    }
                }
            }
        }
        each_field(supergraph, &mut |type_name, field| {
            let joins: Vec<_> = field.directives.get_all("join__field").collect();
            let in_subgraph = |join: &&Node<Directive>| {
                let subgraph = names.get(graph_of(join)?)?;
                Some((subgraph.clone(), own_type(join)))
            };
            let defined = DefinedField {
                ty: field.ty.inner_named_type().to_string(),
                subgraphs: (!joins.is_empty()).then(|| joins.iter().filter_map(in_subgraph).collect()),
            };
            let of_type = types.entry(type_name.to_owned()).or_default();
            of_type.fields.insert(field.name.to_string(), defined);
        });
        Self { types, roots }
    }

    /// Whether every subgraph defines the fields that the plan asks it for. A subgraph that does not refuses the fetch.
    pub(super) fn suffice(&self, plan: &PlanNode) -> bool {
        every_fetch(plan, &mut |subgraph, document, _| self.have(subgraph, document))
    }

    /// Whether every subgraph is sent a key that it resolves. Otherwise it may find nothing, without reporting an
    /// error.
    pub(super) fn identify(&self, plan: &PlanNode) -> bool {
        every_fetch(plan, &mut |subgraph, _, requires| {
            requires.iter().all(|requires| self.has_keys(subgraph, requires))
        })
    }

    /// The type of a field as clients see it.
    pub(super) fn declared_type(&self, type_name: &str, field: &str) -> Option<&str> {
        Some(&self.types.get(type_name)?.fields.get(field)?.ty)
    }

    /// The root type of operations of a kind.
    pub(super) fn root(&self, kind: Option<&OperationKind>) -> &str {
        let (kind, default) = match kind {
            None | Some(OperationKind::Query) => (OperationType::Query, "Query"),
            Some(OperationKind::Mutation) => (OperationType::Mutation, "Mutation"),
            Some(OperationKind::Subscription) => (OperationType::Subscription, "Subscription"),
        };
        self.roots.get(&kind).map_or(default, String::as_str)
    }

    fn has_keys(&self, subgraph: &str, requires: &SelectionSet) -> bool {
        requires.items.iter().all(|item| match item {
            SelectionItem::InlineFragment(fragment) => {
                let of_type = self.types.get(&fragment.type_condition);
                let keys = of_type.into_iter().flat_map(|of_type| &of_type.keys);
                let mut own = keys.filter(|(of, _)| of == subgraph).peekable();
                // A type without a key of its own is sent as one of its interfaces, so it is not checked.
                own.peek().is_none() || own.any(|(_, key)| holds(&fragment.selections, key))
            }
            _ => true,
        })
    }

    fn have(&self, subgraph: &str, document: &LibraryDocument) -> bool {
        let operation = &document.operation;
        let root = self.root(operation.operation_kind.as_ref());
        let expanded = operation.selection_set.inline_fragment_spreads(&document.fragments);
        expanded.is_ok_and(|set| self.has_all(subgraph, root, &set))
    }

    fn has_all(&self, subgraph: &str, type_name: &str, set: &SelectionSet) -> bool {
        set.items.iter().all(|item| match item {
            SelectionItem::Field(field) if field.name == "__typename" => true,
            SelectionItem::Field(field) if field.name == "_entities" => self.has_all(subgraph, "", &field.selections),
            SelectionItem::Field(field) => self
                .type_of(subgraph, type_name, &field.name)
                .is_some_and(|ty| self.has_all(subgraph, ty, &field.selections)),
            SelectionItem::InlineFragment(fragment) => {
                self.has_all(subgraph, &fragment.type_condition, &fragment.selections)
            }
            SelectionItem::FragmentSpread(_) => true,
        })
    }

    /// The type of a field in a subgraph, if the subgraph has the field.
    fn type_of(&self, subgraph: &str, type_name: &str, field: &str) -> Option<&str> {
        let of_type = self.types.get(type_name)?;
        let field = of_type.fields.get(field)?;
        match &field.subgraphs {
            Some(subgraphs) => Some(subgraphs.get(subgraph)?.as_ref().unwrap_or(&field.ty)),
            None => of_type.subgraphs.contains(subgraph).then_some(&*field.ty),
        }
    }
}

/// Whether a predicate is true of every fetch. It gets the subgraph, the operation and the selections of the
/// representations.
fn every_fetch(plan: &PlanNode, holds: &mut impl FnMut(&str, &LibraryDocument, &[&SelectionSet]) -> bool) -> bool {
    match plan {
        PlanNode::Sequence(sequence) => sequence.nodes.iter().all(|node| every_fetch(node, holds)),
        PlanNode::Parallel(parallel) => parallel.nodes.iter().all(|node| every_fetch(node, holds)),
        PlanNode::Flatten(flatten) => every_fetch(&flatten.node, holds),
        PlanNode::Fetch(fetch) => {
            let requires: Vec<_> = fetch.requires.iter().collect();
            holds(&fetch.service_name, &fetch.operation.document, &requires)
        }
        PlanNode::BatchFetch(batch) => {
            let requires: Vec<_> = batch.entity_batch.aliases.iter().map(|alias| &alias.requires).collect();
            holds(&batch.service_name, &batch.operation.document, &requires)
        }
        _ => true,
    }
}

/// Whether all fields of a key are selected.
fn holds(set: &SelectionSet, key: &[Selection]) -> bool {
    key.iter().filter_map(Selection::as_field).all(|wanted| {
        let mut fields = set.items.iter();
        fields.any(|item| match item {
            SelectionItem::Field(field) => {
                // When the library fetched the value under another name, the key's name is the alias here.
                let name = field.alias.as_ref().unwrap_or(&field.name);
                name == wanted.name.as_str() && holds(&field.selections, &wanted.selection_set)
            }
            _ => false,
        })
    })
}
