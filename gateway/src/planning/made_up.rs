//! Fields that only the planning library knows, and what they stand for.
//!
//! Where the library mistakes a field, it is given a supergraph in which the field also stands under made-up names, one
//! for each case that it would confuse: [`required_fields`](super::required_fields) and
//! [`uneven_unions`](super::uneven_unions) make them up. In what it plans they become aliases of the real field again; in
//! a representation the value has the real name, as subgraphs expect.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Directive, Document, FieldDefinition, Selection, Value},
    name,
};
use hive_router_query_planner::ast::{
    selection_item::SelectionItem, selection_set::SelectionSet, value::Value as PlannedValue,
};

/// Which made-up field is required where: the path of real names, and the made-up name.
pub(super) type Choices = BTreeMap<Vec<String>, String>;

/// Subgraph, type and field.
type Coordinate = (String, String, String);

struct Original {
    name: String,
    arguments: Vec<(String, PlannedValue)>,
}

/// All made-up fields of a supergraph.
#[derive(Default)]
pub(super) struct MadeUpFields {
    originals: HashMap<String, Original>,
    /// What fields with `@requires` want of them.
    choices: HashMap<Coordinate, Choices>,
    /// Names that a supergraph has itself.
    taken: HashSet<String>,
}

impl MadeUpFields {
    /// None yet, beside the fields of a supergraph.
    pub(super) fn beside(supergraph: &mut Document) -> Self {
        let mut all = Self::default();
        each_field(supergraph, &mut |_, field| {
            all.taken.insert(field.name.to_string());
        });
        all
    }

    /// Makes a name up. The arguments are those that the real field shall have; without any it keeps those of the client.
    pub(super) fn add(&mut self, real: &str, suffix: &str, arguments: Vec<(String, PlannedValue)>) -> Option<Name> {
        let mut text = format!("{real}_{suffix}");
        while self.taken.contains(&text) {
            text.push('_');
        }
        let made_up = Name::new(&text).ok()?;
        let name = real.to_owned();
        self.taken.insert(text.clone());
        self.originals.insert(text, Original { name, arguments });
        Some(made_up)
    }

    /// Notes what a field of a subgraph requires of made-up fields.
    pub(super) fn require(&mut self, subgraph: &str, type_name: &str, field: &str, choices: Choices) {
        let coordinate = (subgraph.to_owned(), type_name.to_owned(), field.to_owned());
        self.choices.insert(coordinate, choices);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.originals.is_empty()
    }

    /// Whether a name is made up.
    pub(super) fn has(&self, name: &str) -> bool {
        self.originals.contains_key(name)
    }

    /// The name that a subgraph knows.
    pub(super) fn real<'n>(&'n self, name: &'n str) -> &'n str {
        self.originals.get(name).map_or(name, |original| &original.name)
    }

    /// What a field of a subgraph requires of made-up fields.
    pub(super) fn choices(&self, subgraph: &str, type_name: &str, field: &str) -> Option<&Choices> {
        let coordinate = (subgraph.to_owned(), type_name.to_owned(), field.to_owned());
        self.choices.get(&coordinate)
    }

    /// Puts the real fields into a selection for a subgraph, under the made-up names where there is no alias. Says
    /// whether there were any.
    pub(super) fn restore(&self, set: &mut SelectionSet) -> bool {
        let mut restored = false;
        for item in &mut set.items {
            match item {
                SelectionItem::Field(field) => {
                    if let Some(original) = self.originals.get(&field.name) {
                        let made_up = std::mem::replace(&mut field.name, original.name.clone());
                        let alias = field.alias.take().unwrap_or(made_up);
                        field.alias = (alias != field.name).then_some(alias);
                        if !original.arguments.is_empty() {
                            field.arguments = Some(original.arguments.clone().into());
                        }
                        restored = true;
                    }
                    restored |= self.restore(&mut field.selections);
                }
                SelectionItem::InlineFragment(fragment) => restored |= self.restore(&mut fragment.selections),
                SelectionItem::FragmentSpread(_) => {}
            }
        }
        restored
    }
}

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

/// Values of `join__Graph` to names of subgraphs.
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

/// The graph that a directive of the join specification speaks of.
pub(super) fn graph_of(directive: &Directive) -> Option<&Name> {
    argument(directive, "graph").and_then(Value::as_enum)
}

/// `@join__field(graph: …)`.
pub(super) fn in_graph(graph: &Name) -> Directive {
    let graph = Argument {
        name: name!("graph"),
        value: Node::new(Value::Enum(graph.clone())),
    };
    Directive {
        name: name!("join__field"),
        arguments: vec![Node::new(graph)],
    }
}

/// The selections of a field set, as `@key` and `@requires` have them.
pub(super) fn field_set(text: &str) -> Option<Vec<Selection>> {
    let document = Document::parse(format!("{{ {text} }}"), "field set").ok()?;
    document
        .definitions
        .into_iter()
        .find_map(|definition| match definition {
            Definition::OperationDefinition(operation) => Some(operation.selection_set.clone()),
            _ => None,
        })
}

/// The key that a `@join__type` tells, if entities can be fetched by it.
pub(super) fn resolvable_key(directive: &Directive) -> Option<Vec<Selection>> {
    let is_resolvable = argument(directive, "resolvable").and_then(Value::to_bool) != Some(false);
    let key = argument(directive, "key").and_then(Value::as_str).and_then(field_set);
    key.filter(|_| is_resolvable)
}

/// Whether another subgraph has taken a field over from this one.
pub(super) fn is_overridden(field: &FieldDefinition, subgraph: &str) -> bool {
    let joins = field.directives.get_all("join__field");
    let mut overridden = joins.filter_map(|join| argument(join, "override").and_then(Value::as_str));
    overridden.any(|name| name == subgraph)
}

/// Whether a switch of a directive is on.
pub(super) fn is_true(directive: &Directive, name: &str) -> bool {
    argument(directive, name).and_then(Value::to_bool) == Some(true)
}
