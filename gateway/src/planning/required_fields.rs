//! Fields that some `@requires` wants with arguments, as fields of their own.
//!
//! `@requires(fields: "price(currency: \"USD\")")` and another with `"EUR"` want two values of one field of one object,
//! and a client may want a third. The planning library takes the one for the other when several such fields meet. So it
//! is given a supergraph in which each of these is a field without arguments under a made-up name (`price_1`, `price_2`),
//! resolved wherever `price` is. In what it plans, the made-up fields become aliases of the real one again; in a
//! representation the value has the real name, as subgraphs expect.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Directive, Document, FieldDefinition, Selection, Value},
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
pub(super) struct RequiredFields {
    originals: HashMap<String, Original>,
    /// What fields with `@requires` want of them.
    choices: HashMap<Coordinate, Choices>,
}

impl RequiredFields {
    /// Gives a supergraph its made-up fields.
    pub(super) fn make_up(supergraph: &mut Document) -> Self {
        let mut making = Making {
            fields: Self::default(),
            made: HashMap::new(),
            taken: HashSet::new(),
            with_arguments: HashSet::new(),
            graphs: graphs(supergraph),
        };
        each_field(supergraph, &mut |_, field| {
            making.taken.insert(field.name.to_string());
            if !field.arguments.is_empty() {
                making.with_arguments.insert(field.name.to_string());
            }
        });
        each_field(supergraph, &mut |type_name, field| {
            making.requirements(type_name, field);
        });
        if !making.made.is_empty() {
            for definition in &mut supergraph.definitions {
                making.add(definition);
            }
        }
        making.fields
    }

    pub(super) fn is_empty(&self) -> bool {
        self.originals.is_empty()
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

    /// Puts the real fields into a selection for a subgraph, under the made-up names. Says whether there were any.
    pub(super) fn restore(&self, set: &mut SelectionSet) -> bool {
        let mut restored = false;
        for item in &mut set.items {
            match item {
                SelectionItem::Field(field) => {
                    if let Some(original) = self.originals.get(&field.name) {
                        let made_up = std::mem::replace(&mut field.name, original.name.clone());
                        field.alias.get_or_insert(made_up);
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

struct Making {
    fields: RequiredFields,
    /// Real name and arguments to the made-up name.
    made: HashMap<(String, String), Name>,
    taken: HashSet<String>,
    /// Names of fields that have arguments in any type: without arguments they have the defaults.
    with_arguments: HashSet<String>,
    /// Values of `join__Graph` to names of subgraphs.
    graphs: HashMap<String, String>,
}

impl Making {
    fn requirements(&mut self, type_name: &str, field: &mut FieldDefinition) {
        let name = field.name.to_string();
        for directive in field
            .directives
            .iter_mut()
            .filter(|directive| directive.name == "join__field")
        {
            let Some(requires) = argument(directive, "requires").and_then(Value::as_str) else {
                continue;
            };
            let Some(mut selections) = parse(requires) else {
                continue;
            };
            let mut choices = Choices::new();
            self.replace(&mut selections, &mut Vec::new(), &mut choices);
            if choices.is_empty() {
                continue;
            }
            let graph = argument(directive, "graph").and_then(Value::as_enum);
            if let Some(subgraph) = graph.and_then(|graph| self.graphs.get(graph.as_str())) {
                let coordinate = (subgraph.clone(), type_name.to_owned(), name.clone());
                self.fields.choices.insert(coordinate, choices);
            }
            let texts: Vec<_> = selections
                .iter()
                .map(|selection| selection.serialize().no_indent().to_string())
                .collect();
            for argument in &mut directive.make_mut().arguments {
                if argument.name == "requires" {
                    argument.make_mut().value = Node::new(Value::String(texts.join(" ")));
                }
            }
        }
    }

    fn replace(&mut self, selections: &mut [Selection], path: &mut Vec<String>, choices: &mut Choices) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let field = field.make_mut();
                    path.push(field.name.to_string());
                    if !field.arguments.is_empty() || self.with_arguments.contains(field.name.as_str()) {
                        let arguments = std::mem::take(&mut field.arguments);
                        if let Some(made_up) = self.made_up(&field.name, &arguments) {
                            choices.insert(path.clone(), made_up.to_string());
                            field.name = made_up;
                        }
                    }
                    self.replace(&mut field.selection_set, path, choices);
                    path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    self.replace(&mut fragment.make_mut().selection_set, path, choices);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn made_up(&mut self, name: &Name, arguments: &[Node<Argument>]) -> Option<Name> {
        let mut texts: Vec<_> = arguments
            .iter()
            .map(|argument| format!("{}:{}", argument.name, argument.value))
            .collect();
        texts.sort_unstable();
        let key = (name.to_string(), texts.join(","));
        if let Some(made_up) = self.made.get(&key) {
            return Some(made_up.clone());
        }
        let mut text = format!("{name}_{}", self.made.len() + 1);
        while self.taken.contains(&text) {
            text.push('_');
        }
        let made_up = Name::new(&text).ok()?;
        let values = arguments.iter();
        let original = Original {
            name: name.to_string(),
            arguments: values
                .map(|argument| (argument.name.to_string(), planned(&argument.value)))
                .collect(),
        };
        self.fields.originals.insert(text, original);
        self.made.insert(key, made_up.clone());
        Some(made_up)
    }

    /// Gives a type the made-up fields beside the real ones.
    fn add(&self, definition: &mut Definition) {
        let Some(fields) = fields(definition) else { return };
        let mut more = Vec::new();
        for field in fields.iter() {
            for ((name, _), made_up) in &self.made {
                if field.name == name.as_str() {
                    let mut field = (**field).clone();
                    field.name = made_up.clone();
                    field.arguments.clear();
                    more.push(Node::new(field));
                }
            }
        }
        more.sort_by(|one, other| one.name.cmp(&other.name));
        fields.extend(more);
    }
}

fn fields(definition: &mut Definition) -> Option<&mut Vec<Node<FieldDefinition>>> {
    match definition {
        Definition::ObjectTypeDefinition(object) => Some(&mut object.make_mut().fields),
        Definition::InterfaceTypeDefinition(interface) => Some(&mut interface.make_mut().fields),
        _ => None,
    }
}

fn each_field(document: &mut Document, found: &mut impl FnMut(&str, &mut FieldDefinition)) {
    for definition in &mut document.definitions {
        let Some(type_name) = definition.name().map(ToString::to_string) else {
            continue;
        };
        for field in fields(definition).into_iter().flatten() {
            found(&type_name, field.make_mut());
        }
    }
}

fn graphs(document: &Document) -> HashMap<String, String> {
    let mut graphs = HashMap::new();
    for definition in &document.definitions {
        if let Definition::EnumTypeDefinition(definition) = definition
            && definition.name == "join__Graph"
        {
            for value in &definition.values {
                let name = value.directives.get("join__graph");
                let name = name.and_then(|directive| argument(directive, "name")?.as_str());
                graphs.extend(name.map(|name| (value.value.to_string(), name.to_owned())));
            }
        }
    }
    graphs
}

fn argument<'d>(directive: &'d Directive, name: &str) -> Option<&'d Value> {
    directive.specified_argument_by_name(name).map(|value| &**value)
}

fn parse(field_set: &str) -> Option<Vec<Selection>> {
    let document = Document::parse(format!("{{ {field_set} }}"), "requires").ok()?;
    document
        .definitions
        .into_iter()
        .find_map(|definition| match definition {
            Definition::OperationDefinition(operation) => Some(operation.selection_set.clone()),
            _ => None,
        })
}

fn planned(value: &Value) -> PlannedValue {
    match value {
        Value::Null => PlannedValue::Null,
        Value::Enum(name) => PlannedValue::Enum(name.to_string()),
        Value::Variable(name) => PlannedValue::Variable(name.to_string()),
        Value::String(text) => PlannedValue::String(text.clone()),
        Value::Boolean(value) => PlannedValue::Boolean(*value),
        Value::Int(number) => match number.try_to_i32() {
            Ok(number) => PlannedValue::Int(number.into()),
            Err(_) => PlannedValue::Float(number.try_to_f64().unwrap_or_default()),
        },
        Value::Float(number) => PlannedValue::Float(number.try_to_f64().unwrap_or_default()),
        Value::List(values) => PlannedValue::List(values.iter().map(|value| planned(value)).collect()),
        Value::Object(members) => {
            let members = members.iter();
            PlannedValue::Object(
                members
                    .map(|(name, value)| (name.to_string(), planned(value)))
                    .collect(),
            )
        }
    }
}
