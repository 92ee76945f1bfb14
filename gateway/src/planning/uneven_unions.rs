//! Fields of a union that has other members in other subgraphs, as a field of its own for each subgraph.
//!
//! Where several subgraphs have such a field, the planning library asks only for the members that all of them know, even
//! though only one of them is asked in the end. So it is given a supergraph in which each of these fields also stands
//! under a made-up name for each subgraph (`parts_in_1`), resolved there alone. An operation is planned twice: the first
//! plan says which subgraph is asked for the field, the second one asks that subgraph for the made-up field and so for
//! every member that it knows. [`differing`] says which fields these are.

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
    /// Subgraph to made-up name.
    fields: HashMap<Coordinate, HashMap<String, String>>,
}

/// Which subgraph is asked for each field of an operation that has a made-up one.
#[derive(Default)]
pub(super) struct Pins(HashMap<Place, String>);

/// What is known on the way through a selection.
struct Walk<'w> {
    fields: &'w DefinedFields,
    path: Vec<String>,
}

impl UnevenUnions {
    /// Gives a supergraph its made-up fields.
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

    /// Which subgraphs a plan asks for the fields that have made-up ones.
    pub(super) fn pins(&self, plan: &PlanNode, fields: &DefinedFields) -> Pins {
        let mut pins = Pins::default();
        if !self.fields.is_empty() {
            self.pin(plan, &[], fields, &mut pins);
        }
        pins
    }

    /// The same subgraph for all of these fields, for each subgraph: where there is no plan to learn from.
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

    /// The operation with the made-up fields of the pinned subgraphs, if there are any.
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

    /// Says whether there was anything to replace.
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
            PlanNode::Sequence(sequence) => sequence
                .nodes
                .iter()
                .for_each(|node| self.pin(node, path, fields, pins)),
            PlanNode::Parallel(parallel) => parallel
                .nodes
                .iter()
                .for_each(|node| self.pin(node, path, fields, pins)),
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

    /// Finds the places of fields that have made-up ones.
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
        Self {
            fields,
            path: Vec::new(),
        }
    }
}

fn expanded(document: &LibraryDocument) -> SelectionSet {
    let set = &document.operation.selection_set;
    // Spreads of fragments that are not there would be a fault of the library; what cannot be read pins nothing.
    set.inline_fragment_spreads(&document.fragments)
        .unwrap_or_else(|_| SelectionSet { items: Vec::new() })
}

/// The selection under one `_entities` field.
fn entities<'s>(set: &'s SelectionSet, alias: &str) -> Option<&'s SelectionSet> {
    set.items.iter().find_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == alias => Some(&field.selections),
        _ => None,
    })
}
