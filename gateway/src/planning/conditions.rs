//! Conditions of an operation: which variables control `@skip` and `@include`, and their values in a request.
//!
//! An operation has one plan for each combination of these values, so neither the planner nor the executor handles
//! conditions (decision 0134).

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name,
    ast::Value,
    executable::{Operation, Selection, SelectionSet},
};

/// The value of each variable of an operation, `false` for variables that control nothing. Empty when no variable
/// controls anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions(Box<[bool]>);

impl Conditions {
    /// Reads the values of the controlling variables, given by position. `value` returns the value at a position.
    pub(crate) fn new(operation: &Operation, deciding: &[usize], value: impl Fn(usize) -> bool) -> Self {
        if deciding.is_empty() {
            return Self::default();
        }
        let mut values = vec![false; operation.variables.len()];
        for &position in deciding {
            values[position] = value(position);
        }
        Self(values.into())
    }

    pub(super) fn holds(&self, operation: &Operation, variable: &str) -> bool {
        let mut variables = operation.variables.iter();
        let position = variables.position(|known| known.name == variable);
        position.is_some_and(|position| self.0.get(position).is_some_and(|value| *value))
    }
}

/// The positions of the variables that control `@skip` or `@include` in an operation.
pub(crate) fn deciding_variables(document: &ExecutableDocument, operation: &Operation) -> Box<[usize]> {
    let mut names: HashSet<&Name> = HashSet::new();
    let mut spread: HashSet<&Name> = HashSet::new();
    let mut pending: Vec<&SelectionSet> = vec![&operation.selection_set];
    while let Some(set) = pending.pop() {
        for selection in &set.selections {
            for directive in selection.directives() {
                if matches!(directive.name.as_str(), "skip" | "include")
                    && let Some(Value::Variable(name)) =
                        directive.specified_argument_by_name("if").map(|value| &**value)
                {
                    names.insert(name);
                }
            }
            match selection {
                Selection::Field(field) => pending.push(&field.selection_set),
                Selection::InlineFragment(fragment) => pending.push(&fragment.selection_set),
                Selection::FragmentSpread(fragment) => {
                    if spread.insert(&fragment.fragment_name)
                        && let Some(fragment) = document.fragments.get(&fragment.fragment_name)
                    {
                        pending.push(&fragment.selection_set);
                    }
                }
            }
        }
    }
    let variables = operation.variables.iter().enumerate();
    variables.filter(|(_, variable)| names.contains(&variable.name)).map(|(position, _)| position).collect()
}
