//! Makes a separate field for each subgraph of a union field whose members differ between subgraphs.
//!
//! When several subgraphs have such a field, the planning library selects only the members that all of them know, even
//! though it asks only one of them in the end. So it gets a supergraph in which each of these fields also exists under
//! a made-up name for each subgraph (`parts_in_1`), resolved only there.
//!
//! An operation is planned twice. The first plan tells which subgraph is asked for the field. The second plan asks that
//! subgraph for the made-up field, and so for every member that it knows. [`differing`] finds these fields.

mod differing;

use std::collections::{BTreeSet, HashMap};

use apollo_compiler::ast::Document;
use hive_router_query_planner::{
    ast::{
        document::Document as LibraryDocument, operation::OperationDefinition, selection_item::SelectionItem,
        selection_set::SelectionSet,
    },
    planner::plan_nodes::{FlattenNodePath, FlattenNodePathSegment, PlanNode},
};

use self::differing::{graphs_of_type, only_in, uneven_fields};
use super::{
    defined_fields::DefinedFields,
    join::{fields, graphs},
    made_up::MadeUpFields,
};

/// Type and field.
type Coordinate = (String, String);

/// Response keys from the root, and the type of the object.
type Place = (Vec<String>, String);

/// The made-up fields of one supergraph.
#[derive(Default)]
pub(super) struct UnevenUnions {
    /// Maps a subgraph to the made-up name.
    fields: HashMap<Coordinate, HashMap<String, String>>,
}

/// The subgraph that is asked for each field that has made-up fields.
#[derive(Default)]
pub(super) struct Pins(HashMap<Place, String>);

/// The state of a walk through a selection.
struct Walk<'w> {
    fields: &'w DefinedFields,
    path: Vec<String>,
}

impl UnevenUnions {
    /// Adds the made-up fields to a supergraph.
    pub(super) fn make_up(supergraph: &mut Document, made_up: &mut MadeUpFields) -> Self {
        let uneven = uneven_fields(supergraph);
        if uneven.is_empty() {
            return Self::default();
        }
        let graphs = graphs(supergraph);
        let mut names = HashMap::new();
        for field in uneven.iter().map(|(_, field)| field) {
            for (number, graph) in graphs.keys().enumerate() {
                let key = (field.clone(), graph.clone());
                if !names.contains_key(&key)
                    && let Some(name) = made_up.add(field, &format!("in_{}", number + 1), Vec::new())
                {
                    names.insert(key, name);
                }
            }
        }
        let mut all = Self::default();
        for definition in &mut supergraph.definitions {
            let of_type = graphs_of_type(definition);
            let type_name = definition.name().map(ToString::to_string).unwrap_or_default();
            let Some(fields) = fields(definition) else { continue };
            let mut more = Vec::new();
            for field in fields.iter() {
                for graph in &of_type {
                    let (field_name, subgraph) = (field.name.to_string(), graphs.get(graph));
                    let name = names.get(&(field_name.clone(), graph.clone()));
                    let (Some(name), Some(subgraph)) = (name, subgraph) else {
                        continue;
                    };
                    let Some(only) = only_in(field, graph, subgraph, name) else {
                        continue;
                    };
                    more.push(only);
                    let coordinate = (type_name.clone(), field_name);
                    if uneven.contains(&coordinate) {
                        let of_field = all.fields.entry(coordinate).or_default();
                        of_field.insert(subgraph.clone(), name.to_string());
                    }
                }
            }
            fields.extend(more);
        }
        all
    }

    /// The subgraphs that a plan asks for fields that have made-up fields.
    pub(super) fn pins(&self, plan: &PlanNode, fields: &DefinedFields) -> Pins {
        let mut pins = Pins::default();
        if !self.fields.is_empty() {
            self.pin(plan, &[], fields, &mut pins);
        }
        pins
    }

    /// Candidates for when there is no plan to learn from: for each subgraph, all of these fields pinned to it.
    pub(super) fn guesses(&self, operation: &OperationDefinition, fields: &DefinedFields) -> Vec<Pins> {
        let mut places = Vec::new();
        if !self.fields.is_empty() {
            let root = fields.root(operation.operation_kind.as_ref());
            let mut walk = Walk::new(fields);
            self.each_place(&operation.selection_set, root, &mut walk, &mut |place| {
                places.push(place);
            });
        }
        if places.is_empty() {
            return Vec::new();
        }
        let subgraphs: BTreeSet<_> = self.fields.values().flat_map(HashMap::keys).collect();
        let pinned = |subgraph: &String| Pins(places.iter().map(|place| (place.clone(), subgraph.clone())).collect());
        subgraphs.into_iter().map(pinned).collect()
    }

    /// The operation with the made-up fields of the pinned subgraphs; `None` when nothing is replaced.
    pub(super) fn pinned(
        &self,
        operation: &OperationDefinition,
        pins: &Pins,
        fields: &DefinedFields,
    ) -> Option<OperationDefinition> {
        if pins.0.is_empty() {
            return None;
        }
        let mut operation = operation.clone();
        let root = fields.root(operation.operation_kind.as_ref());
        let replaced = self.replace(&mut operation.selection_set, root, &mut Walk::new(fields), pins);
        replaced.then_some(operation)
    }

    fn made_up(&self, type_name: &str, field: &str, subgraph: &str) -> Option<&String> {
        let coordinate = (type_name.to_owned(), field.to_owned());
        self.fields.get(&coordinate)?.get(subgraph)
    }

    /// Returns whether anything was replaced.
    fn replace(&self, set: &mut SelectionSet, type_name: &str, walk: &mut Walk<'_>, pins: &Pins) -> bool {
        let mut replaced = false;
        for item in &mut set.items {
            match item {
                SelectionItem::Field(field) => {
                    walk.path.push(field.selection_identifier().to_owned());
                    if let Some(ty) = walk.fields.declared_type(type_name, &field.name) {
                        replaced |= self.replace(&mut field.selections, ty, walk, pins);
                    }
                    let place = (walk.path.clone(), type_name.to_owned());
                    let subgraph = pins.0.get(&place);
                    let made_up = subgraph.and_then(|subgraph| self.made_up(type_name, &field.name, subgraph));
                    if let Some(made_up) = made_up {
                        let real = std::mem::replace(&mut field.name, made_up.clone());
                        field.alias.get_or_insert(real);
                        replaced = true;
                    }
                    walk.path.pop();
                }
                SelectionItem::InlineFragment(fragment) => {
                    replaced |= self.replace(&mut fragment.selections, &fragment.type_condition, walk, pins);
                }
                SelectionItem::FragmentSpread(_) => {}
            }
        }
        replaced
    }

    fn pin(&self, node: &PlanNode, path: &[FlattenNodePathSegment], fields: &DefinedFields, pins: &mut Pins) {
        match node {
            PlanNode::Sequence(sequence) => sequence.nodes.iter().for_each(|node| self.pin(node, path, fields, pins)),
            PlanNode::Parallel(parallel) => parallel.nodes.iter().for_each(|node| self.pin(node, path, fields, pins)),
            PlanNode::Flatten(flatten) => self.pin(&flatten.node, flatten.path.as_slice(), fields, pins),
            PlanNode::Fetch(fetch) => {
                let set = expanded(&fetch.operation.document);
                let root = fields.root(fetch.operation.document.operation.operation_kind.as_ref());
                let set = match fetch.requires {
                    Some(_) => entities(&set, "_entities"),
                    None => Some(&set),
                };
                self.pin_set(&fetch.service_name, set, root, path, fields, pins);
            }
            PlanNode::BatchFetch(batch) => {
                let set = expanded(&batch.operation.document);
                for alias in &batch.entity_batch.aliases {
                    for path in alias.merge_paths.iter().map(FlattenNodePath::as_slice) {
                        let set = entities(&set, &alias.alias);
                        self.pin_set(&batch.service_name, set, "", path, fields, pins);
                    }
                }
            }
            _ => {}
        }
    }

    fn pin_set(
        &self,
        subgraph: &str,
        set: Option<&SelectionSet>,
        type_name: &str,
        path: &[FlattenNodePathSegment],
        fields: &DefinedFields,
        pins: &mut Pins,
    ) {
        let Some(set) = set else { return };
        let mut walk = Walk::new(fields);
        walk.path.extend(path.iter().filter_map(|segment| match segment {
            FlattenNodePathSegment::Field(key) => Some(key.clone()),
            _ => None,
        }));
        self.each_place(set, type_name, &mut walk, &mut |place| {
            pins.0.entry(place).or_insert_with(|| subgraph.to_owned());
        });
    }

    /// Finds the places of fields that have made-up fields.
    fn each_place(&self, set: &SelectionSet, type_name: &str, walk: &mut Walk<'_>, found: &mut impl FnMut(Place)) {
        for item in &set.items {
            match item {
                SelectionItem::Field(field) => {
                    walk.path.push(field.selection_identifier().to_owned());
                    let coordinate = (type_name.to_owned(), field.name.clone());
                    if self.fields.contains_key(&coordinate) {
                        found((walk.path.clone(), coordinate.0));
                    }
                    if let Some(ty) = walk.fields.declared_type(type_name, &field.name) {
                        self.each_place(&field.selections, ty, walk, found);
                    }
                    walk.path.pop();
                }
                SelectionItem::InlineFragment(fragment) => {
                    self.each_place(&fragment.selections, &fragment.type_condition, walk, found);
                }
                SelectionItem::FragmentSpread(_) => {}
            }
        }
    }
}

impl<'w> Walk<'w> {
    fn new(fields: &'w DefinedFields) -> Self {
        Self { fields, path: Vec::new() }
    }
}

fn expanded(document: &LibraryDocument) -> SelectionSet {
    let set = &document.operation.selection_set;
    // A spread of a missing fragment would be a bug of the library. A selection that cannot be expanded pins nothing.
    set.inline_fragment_spreads(&document.fragments).unwrap_or_else(|_| SelectionSet { items: Vec::new() })
}

/// The selection under one `_entities` field.
fn entities<'s>(set: &'s SelectionSet, alias: &str) -> Option<&'s SelectionSet> {
    set.items.iter().find_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == alias => Some(&field.selections),
        _ => None,
    })
}
