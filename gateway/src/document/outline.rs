//! Outlines of operations: the selected fields with their types, for programs that read answers without knowing the
//! schema.

use apollo_compiler::{
    Node,
    ast::{Argument, Value as Literal},
    executable::{Field, Operation, Selection, SelectionSet},
};

use super::variables::literal_json;
use crate::execution::VariableValues;

/// What a request asks for, after its conditions are applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The text of the document.
    pub text: String,
    /// The name of the operation.
    pub operation_name: Option<String>,
    /// Whether the operation is a query.
    pub is_query: bool,
    /// The variables that the operation declares, with their values as JSON text. `None`: neither the request nor a
    /// default gives one.
    pub variables: Vec<(String, Option<String>)>,
    /// The root fields, in the order of the answer.
    pub fields: Vec<OutlinedField>,
}

/// A selected field. Selections of one response key, also those for different types, are one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinedField {
    /// The response key: the alias, or the name of the field where there is no alias.
    pub key: String,
    /// The name of the field.
    pub name: String,
    /// The name of its type, inside of lists.
    pub type_name: String,
    /// Whether the field has a list.
    pub is_list: bool,
    /// The arguments that the operation gives, in their order.
    pub arguments: Vec<OutlinedArgument>,
    /// The names of the arguments that the field takes.
    pub takes: Vec<String>,
    /// The selected fields below it; none for scalars and enums.
    pub fields: Vec<Self>,
}

/// An argument of a selected field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinedArgument {
    /// The name of the argument.
    pub name: String,
    /// The variable that is the whole value, if one is.
    pub variable: Option<String>,
    /// The value as JSON text; `None` when a variable without a value gives it. A variable inside of a list or an object
    /// is written as null.
    pub value: Option<String>,
}

impl OutlinedField {
    /// The argument with a name, if the operation gives it.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&OutlinedArgument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// Whether the field takes an argument, given or not.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        self.takes.iter().any(|taken| taken == name)
    }
}

/// Outlines an operation that has no fragment spreads and no conditions.
pub(crate) fn outline(text: &str, operation: &Operation, values: &VariableValues) -> Outline {
    let names = operation.variables.iter().map(|variable| variable.name.to_string());
    let json = |value: &Option<Box<[u8]>>| Some(String::from_utf8_lossy(value.as_deref()?).into_owned());
    let variables: Vec<_> = names.zip(values.iter().map(json)).collect();
    let mut fields = Vec::new();
    collect(&operation.selection_set, &variables, &mut fields);
    Outline {
        text: text.to_owned(),
        operation_name: operation.name.as_ref().map(ToString::to_string),
        is_query: operation.is_query(),
        variables,
        fields,
    }
}

type Variables = [(String, Option<String>)];

fn collect(set: &SelectionSet, variables: &Variables, into: &mut Vec<OutlinedField>) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let key = field.response_key().as_str();
                let place = into.iter().position(|known| known.key == key).unwrap_or_else(|| {
                    into.push(outlined(field, variables));
                    into.len() - 1
                });
                collect(&field.selection_set, variables, &mut into[place].fields);
            }
            Selection::InlineFragment(fragment) => collect(&fragment.selection_set, variables, into),
            // The operation has none.
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn outlined(field: &Node<Field>, variables: &Variables) -> OutlinedField {
    OutlinedField {
        key: field.response_key().to_string(),
        name: field.name.to_string(),
        type_name: field.ty().inner_named_type().to_string(),
        is_list: field.ty().is_list(),
        arguments: field.arguments.iter().map(|argument| given(argument, variables)).collect(),
        takes: field.definition.arguments.iter().map(|argument| argument.name.to_string()).collect(),
        fields: Vec::new(),
    }
}

fn given(argument: &Node<Argument>, variables: &Variables) -> OutlinedArgument {
    let variable = match &*argument.value {
        Literal::Variable(name) => Some(name.to_string()),
        _ => None,
    };
    let value = match &variable {
        Some(name) => variables.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.clone()),
        None => Some(literal_json(&argument.value)),
    };
    OutlinedArgument { name: argument.name.to_string(), variable, value }
}
