//! Makes a separate field of each field that a `@requires` uses with arguments.
//!
//! `@requires(fields: "price(currency: \"USD\")")` and another one with `"EUR"` need two values of the same field of
//! one object. A client may ask for a third value. When several such fields meet, the planning library confuses them.
//! So it gets a supergraph in which each of them is a field without arguments under a made-up name (`price_1`,
//! `price_2`), resolved by the same subgraphs as `price`.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, Document, FieldDefinition, Selection, Value},
};
use hive_router_query_planner::ast::value::Value as PlannedValue;

use super::{
    join::{argument, each_field, field_set, fields, graph_of, graphs},
    made_up::{Choices, MadeUpFields},
};

/// Adds the made-up fields to a supergraph.
pub(super) fn make_up(supergraph: &mut Document, made_up: &mut MadeUpFields) {
    let mut with_arguments = HashSet::new();
    each_field(supergraph, &mut |_, field| {
        if !field.arguments.is_empty() {
            with_arguments.insert(field.name.to_string());
        }
    });
    let mut making = Making { made_up, made: HashMap::new(), with_arguments, graphs: graphs(supergraph) };
    each_field(supergraph, &mut |type_name, field| {
        making.requirements(type_name, field);
    });
    if !making.made.is_empty() {
        for definition in &mut supergraph.definitions {
            making.add(definition);
        }
    }
}

struct Making<'m> {
    made_up: &'m mut MadeUpFields,
    /// Maps the real name and the arguments to the made-up name.
    made: HashMap<(String, String), Name>,
    /// Names of fields that have arguments in any type. When they are required without arguments, they have the default
    /// values.
    with_arguments: HashSet<String>,
    /// Maps values of `join__Graph` to subgraph names.
    graphs: BTreeMap<Name, String>,
}

impl Making<'_> {
    fn requirements(&mut self, type_name: &str, field: &mut FieldDefinition) {
        let name = field.name.to_string();
        for directive in field.directives.iter_mut().filter(|directive| directive.name == "join__field") {
            let Some(requires) = argument(directive, "requires").and_then(Value::as_str) else {
                continue;
            };
            let Some(mut selections) = field_set(requires) else {
                continue;
            };
            let mut choices = Choices::new();
            self.replace(&mut selections, &mut Vec::new(), &mut choices);
            if choices.is_empty() {
                continue;
            }
            let graph = graph_of(directive);
            if let Some(subgraph) = graph.and_then(|graph| self.graphs.get(graph)) {
                self.made_up.require(subgraph, type_name, &name, choices);
            }
            let texts: Vec<_> =
                selections.iter().map(|selection| selection.serialize().no_indent().to_string()).collect();
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
        let mut texts: Vec<_> =
            arguments.iter().map(|argument| format!("{}:{}", argument.name, argument.value)).collect();
        texts.sort_unstable();
        let key = (name.to_string(), texts.join(","));
        if let Some(made_up) = self.made.get(&key) {
            return Some(made_up.clone());
        }
        let values = arguments.iter();
        let values = values.map(|argument| (argument.name.to_string(), planned(&argument.value)));
        let suffix = (self.made.len() + 1).to_string();
        let made_up = self.made_up.add(name, &suffix, values.collect())?;
        self.made.insert(key, made_up.clone());
        Some(made_up)
    }

    /// Adds the made-up fields to a type, next to the real ones.
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
            PlannedValue::Object(members.map(|(name, value)| (name.to_string(), planned(value))).collect())
        }
    }
}
