//! Validates literals of input objects where the validation library does not.
//!
//! Two rules of the September 2025 edition. "Input Object Field Uniqueness": no field is given twice. "`OneOf` Input
//! Objects": exactly one field is given, its value is not null, and a variable as its value has a non-null type.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{Argument, InputValueDefinition, Type, Value},
    executable::{Operation, Selection, SelectionSet},
    schema::ExtendedType,
    validation::Valid,
};

use crate::error::{ErrorCode, GraphQlError, Location};

/// The validation errors of all operations of a document.
pub(super) fn check_input_objects(schema: &Schema, document: &Valid<ExecutableDocument>) -> Vec<GraphQlError> {
    let mut errors = Vec::new();
    for operation in document.operations.iter() {
        let mut check = Check { schema, document, operation, visited: HashSet::new(), errors: Vec::new() };
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                check.value(&variable.ty, default);
            }
        }
        check.selection_set(&operation.selection_set);
        for error in check.errors {
            // Operations can share a fragment. Its errors are reported once.
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
    }
    errors
}

struct Check<'a> {
    schema: &'a Schema,
    document: &'a Valid<ExecutableDocument>,
    operation: &'a Operation,
    visited: HashSet<&'a Name>,
    errors: Vec<GraphQlError>,
}

impl<'a> Check<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            for directive in selection.directives() {
                if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                    self.arguments(&definition.arguments, &directive.arguments);
                }
            }
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.selection_set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.selection_set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name)
                        && self.visited.insert(&spread.fragment_name)
                    {
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn arguments(&mut self, definitions: &[Node<InputValueDefinition>], given: &[Node<Argument>]) {
        for argument in given {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                self.value(&definition.ty, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        match &**value {
            Value::List(elements) => {
                let inner = if ty.is_list() { ty.item_type() } else { ty };
                for element in elements {
                    self.value(inner, element);
                }
            }
            Value::Object(members) => {
                for (position, (key, _)) in members.iter().enumerate() {
                    if members[..position].iter().any(|(earlier, _)| earlier == key) {
                        self.problem(format!("input field `{key}` is given twice"), value);
                    }
                }
                let Some(ExtendedType::InputObject(input)) = self.schema.types.get(ty.inner_named_type()) else {
                    return;
                };
                if input.directives.has("oneOf") {
                    self.one_of(&input.name, members, value);
                }
                for (key, member) in members {
                    if let Some(field) = input.fields.get(key) {
                        self.value(&field.ty, member);
                    }
                }
            }
            _ => {}
        }
    }

    fn one_of(&mut self, input: &Name, members: &[(Name, Node<Value>)], value: &Node<Value>) {
        let problem = match members {
            [(key, member)] => match &**member {
                Value::Null => format!("field `{key}` of `{input}` must not be null"),
                Value::Variable(name) if self.is_nullable(name) => {
                    format!("variable `${name}` must be of a non-null type to be field `{key}` of `{input}`")
                }
                _ => return,
            },
            _ => format!("exactly one field of `{input}` must be given, and {} are", members.len()),
        };
        self.problem(problem, value);
    }

    fn problem(&mut self, message: String, value: &Node<Value>) {
        let mut error = GraphQlError::new(ErrorCode::GraphqlValidationFailed, message);
        if let Some(range) = value.line_column_range(&self.document.sources) {
            error.locations.push(Location { line: range.start.line, column: range.start.column });
        }
        self.errors.push(error);
    }

    fn is_nullable(&self, name: &Name) -> bool {
        let declared = self.operation.variables.iter().find(|variable| variable.name == *name);
        declared.is_some_and(|variable| !variable.ty.is_non_null())
    }
}
