//! Fields of a union that has other members in other subgraphs, as a field of its own for each subgraph.
//!
//! Where several subgraphs have such a field, the planning library asks only for the members that all of them know, even
//! though only one of them is asked in the end. So it is given a supergraph in which each of these fields also stands
//! under a made-up name for each subgraph (`parts_in_1`), resolved there alone. An operation is planned twice: the first
//! plan says which subgraph is asked for the field, the second one asks that subgraph for the made-up field and so for
//! every member that it knows.

use std::collections::{BTreeSet, HashMap};

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Directive, Document, FieldDefinition, Value},
};
use hive_router_query_planner::{
    ast::{
        document::Document as LibraryDocument, operation::OperationDefinition, selection_item::SelectionItem,
        selection_set::SelectionSet,
    },
    planner::plan_nodes::{FlattenNodePath, FlattenNodePathSegment, PlanNode},
};

use super::made_up::{MadeUpFields, argument, fields, graph_of, graphs, in_graph};

/// Response keys from the root, type conditions aside.
type Path = Vec<String>;

/// The made-up fields of one supergraph.
#[derive(Default)]
pub(super) struct UnevenUnions {
    /// Real name to subgraph and made-up name.
    fields: HashMap<String, Vec<(String, String)>>,
}

/// Which subgraph is asked for each field of an operation that has a made-up one.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Pins(HashMap<Path, String>);

impl UnevenUnions {
    /// Gives a supergraph its made-up fields.
    pub(super) fn make_up(supergraph: &mut Document, made_up: &mut MadeUpFields) -> Self {
        let uneven = uneven_fields(supergraph);
        if uneven.is_empty() {
            return Self::default();
        }
        let graphs = graphs(supergraph);
        let mut all = Self::default();
        let mut names = HashMap::new();
        for field in uneven {
            for (number, (graph, subgraph)) in graphs.iter().enumerate() {
                if let Some(name) = made_up.add(&field, &format!("in_{}", number + 1), Vec::new()) {
                    let of_field = all.fields.entry(field.clone()).or_default();
                    of_field.push((subgraph.clone(), name.to_string()));
                    names.insert((field.clone(), graph), name);
                }
            }
        }
        for definition in &mut supergraph.definitions {
            let of_type = graphs_of_type(definition);
            let Some(fields) = fields(definition) else { continue };
            let mut more = Vec::new();
            for field in fields.iter() {
                for graph in &of_type {
                    let name = names.get(&(field.name.to_string(), graph));
                    more.extend(name.and_then(|name| only_in(field, graph, name)));
                }
            }
            fields.extend(more);
        }
        all
    }

    /// Which subgraphs a plan asks for the fields that have made-up ones.
    pub(super) fn pins(&self, plan: &PlanNode) -> Pins {
        let mut pins = Pins::default();
        if !self.fields.is_empty() {
            self.pin(plan, &[], &mut pins);
        }
        pins
    }

    /// The same subgraph for all of these fields, for each subgraph: where there is no plan to learn from.
    pub(super) fn guesses(&self, operation: &OperationDefinition) -> Vec<Pins> {
        let mut paths = Vec::new();
        self.each_path(&operation.selection_set, &mut Vec::new(), &mut |path| {
            paths.push(path.to_vec());
        });
        if paths.is_empty() {
            return Vec::new();
        }
        let subgraphs: BTreeSet<_> = self.fields.values().flatten().map(|(subgraph, _)| subgraph).collect();
        let pinned = |subgraph: &String| Pins(paths.iter().map(|path| (path.clone(), subgraph.clone())).collect());
        subgraphs.into_iter().map(pinned).collect()
    }

    /// The operation with the made-up fields of the pinned subgraphs.
    pub(super) fn pinned(&self, operation: &OperationDefinition, pins: &Pins) -> OperationDefinition {
        let mut operation = operation.clone();
        self.replace(&mut operation.selection_set, &mut Vec::new(), pins);
        operation
    }

    fn made_up(&self, field: &str, subgraph: &str) -> Option<&String> {
        let of_field = self.fields.get(field)?;
        of_field
            .iter()
            .find_map(|(name, made_up)| (name == subgraph).then_some(made_up))
    }

    fn replace(&self, set: &mut SelectionSet, path: &mut Path, pins: &Pins) {
        for item in &mut set.items {
            match item {
                SelectionItem::Field(field) => {
                    path.push(field.selection_identifier().to_owned());
                    self.replace(&mut field.selections, path, pins);
                    let subgraph = pins.0.get(path.as_slice());
                    if let Some(made_up) = subgraph.and_then(|subgraph| self.made_up(&field.name, subgraph)) {
                        let real = std::mem::replace(&mut field.name, made_up.clone());
                        field.alias.get_or_insert(real);
                    }
                    path.pop();
                }
                SelectionItem::InlineFragment(fragment) => self.replace(&mut fragment.selections, path, pins),
                SelectionItem::FragmentSpread(_) => {}
            }
        }
    }

    fn pin(&self, node: &PlanNode, path: &[FlattenNodePathSegment], pins: &mut Pins) {
        match node {
            PlanNode::Sequence(sequence) => sequence.nodes.iter().for_each(|node| self.pin(node, path, pins)),
            PlanNode::Parallel(parallel) => parallel.nodes.iter().for_each(|node| self.pin(node, path, pins)),
            PlanNode::Flatten(flatten) => self.pin(&flatten.node, flatten.path.as_slice(), pins),
            PlanNode::Fetch(fetch) => {
                let set = expanded(&fetch.operation.document);
                let set = match fetch.requires {
                    Some(_) => entities(&set, "_entities"),
                    None => Some(&set),
                };
                self.pin_set(&fetch.service_name, set, path, pins);
            }
            PlanNode::BatchFetch(batch) => {
                let set = expanded(&batch.operation.document);
                for alias in &batch.entity_batch.aliases {
                    for path in alias.merge_paths.iter().map(FlattenNodePath::as_slice) {
                        self.pin_set(&batch.service_name, entities(&set, &alias.alias), path, pins);
                    }
                }
            }
            _ => {}
        }
    }

    fn pin_set(&self, subgraph: &str, set: Option<&SelectionSet>, path: &[FlattenNodePathSegment], pins: &mut Pins) {
        let Some(set) = set else { return };
        let keys = path.iter().filter_map(|segment| match segment {
            FlattenNodePathSegment::Field(key) => Some(key.clone()),
            _ => None,
        });
        self.each_path(set, &mut keys.collect(), &mut |path| {
            pins.0.entry(path.to_vec()).or_insert_with(|| subgraph.to_owned());
        });
    }

    /// Finds the places of fields that have made-up ones.
    fn each_path(&self, set: &SelectionSet, path: &mut Path, found: &mut impl FnMut(&[String])) {
        for item in &set.items {
            match item {
                SelectionItem::Field(field) => {
                    path.push(field.selection_identifier().to_owned());
                    if self.fields.contains_key(&field.name) {
                        found(path);
                    }
                    self.each_path(&field.selections, path, found);
                    path.pop();
                }
                SelectionItem::InlineFragment(fragment) => self.each_path(&fragment.selections, path, found),
                SelectionItem::FragmentSpread(_) => {}
            }
        }
    }
}

impl Pins {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
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

/// Names of fields of a union whose members differ between the subgraphs that have the field.
fn uneven_fields(supergraph: &mut Document) -> BTreeSet<String> {
    let unions = unions(supergraph);
    let mut uneven = BTreeSet::new();
    if unions.is_empty() {
        return uneven;
    }
    for definition in &mut supergraph.definitions {
        let of_type = graphs_of_type(definition);
        for field in fields(definition).into_iter().flatten() {
            let Some(members) = unions.get(field.ty.inner_named_type().as_str()) else {
                continue;
            };
            let mut seen = of_type
                .iter()
                .filter_map(|graph| Some(members_in(graph, &resolution(field, graph)?, members)));
            let first = seen.next();
            if seen.any(|other| Some(other) != first) {
                uneven.insert(field.name.to_string());
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

/// The members that a field can give in a subgraph, where it may have one member for its type.
fn members_in(graph: &Name, resolution: &Directive, members: &MembersByGraph) -> BTreeSet<String> {
    let own_type = argument(resolution, "type").and_then(Value::as_str);
    let own_type = own_type.map(|ty| ty.replace(['[', ']', '!'], ""));
    match own_type {
        Some(member) if members.values().flatten().any(|known| *known == member) => BTreeSet::from([member]),
        _ => members.get(graph).cloned().unwrap_or_default(),
    }
}

fn graphs_of_type(definition: &Definition) -> BTreeSet<Name> {
    let types = definition.directives().get_all("join__type");
    let graphs = types.filter_map(|directive| graph_of(directive));
    graphs.cloned().collect()
}

/// The `@join__field` under which a subgraph of the type resolves a field, if it does.
fn resolution(field: &FieldDefinition, graph: &Name) -> Option<Directive> {
    let mut named = field.directives.get_all("join__field").peekable();
    if named.peek().is_none() {
        return Some(in_graph(graph));
    }
    let is_true = |directive: &Directive, name| argument(directive, name).and_then(Value::to_bool) == Some(true);
    let is_own = |directive: &&Node<Directive>| graph_of(directive) == Some(graph);
    let own = named.find(is_own)?;
    (!is_true(own, "external") && !is_true(own, "usedOverridden")).then(|| (**own).clone())
}

/// A field under another name, resolved in one subgraph alone.
fn only_in(field: &FieldDefinition, graph: &Name, name: &Name) -> Option<Node<FieldDefinition>> {
    let resolution = resolution(field, graph)?;
    let mut only = field.clone();
    only.name = name.clone();
    only.directives.retain(|directive| directive.name != "join__field");
    only.directives.push(Node::new(resolution));
    Some(Node::new(only))
}
