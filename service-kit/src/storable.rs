//! Rejects text that PostgreSQL cannot store before a request is executed, so that no resolver checks it.
//!
//! PostgreSQL's `text` takes every Unicode character except U+0000 (NUL). Half of a surrogate pair is no character: JSON
//! and GraphQL parsers refuse it before this module sees the request.

use std::convert::Infallible;

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Request, Value};

use crate::problem::Problem;

const NUL: char = '\0';

/// Rejects a request with a NUL in an argument.
///
/// # Errors
/// `VALIDATION` at the dotted path of the argument, such as `filter.search` or `input.areas.1`.
pub(crate) fn check(request: &mut Request) -> Result<(), Problem> {
    let variable = request.variables.iter().find_map(|(name, value)| Some((name.clone(), find(value)?)));
    if let Some((name, found)) = variable {
        // The executor rejects a document that does not parse, with its own message.
        let document = request.parsed_query().ok();
        return Err(found.taken_by(document.and_then(|document| usage(document, &name)), &name).problem());
    }
    // Only a document with a NUL or an escape sequence can have a NUL in a literal; others are not searched.
    if !request.query.contains(NUL) && !request.query.contains("\\u") {
        return Ok(());
    }
    match request.parsed_query().ok().and_then(in_literals) {
        Some(found) => Err(found.problem()),
        None => Ok(()),
    }
}

/// A NUL in an argument or a variable.
struct Found {
    /// The steps to the text, outermost first.
    steps: Vec<String>,
    /// The place in the text, counted in characters from 1.
    position: usize,
}

impl Found {
    fn inside(mut self, step: &impl ToString) -> Self {
        self.steps.insert(0, step.to_string());
        self
    }

    /// Moves the path below the argument that uses the variable, or below the variable when no argument uses it.
    fn taken_by(self, argument: Option<Self>, variable: &Name) -> Self {
        let mut steps = argument.map_or_else(|| vec![variable.to_string()], |argument| argument.steps);
        steps.extend(self.steps);
        Self { steps, ..self }
    }

    fn problem(self) -> Problem {
        Problem::validation(
            self.steps.join("."),
            format!(
                "the text holds the character U+0000 (NUL) at position {}; accepted: any text without it",
                self.position
            ),
        )
    }
}

fn find(value: &Value) -> Option<Found> {
    match value {
        Value::String(text) if text.contains(NUL) => Some(Found {
            steps: Vec::new(),
            position: text.chars().take_while(|character| *character != NUL).count() + 1,
        }),
        Value::List(values) => values.iter().enumerate().find_map(|(index, value)| Some(find(value)?.inside(&index))),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| Some(find(value)?.inside(name))),
        _ => None,
    }
}

/// The first literal of a document with a NUL, default values of variables included.
fn in_literals(document: &ExecutableDocument) -> Option<Found> {
    let defaults = document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions).find_map(
        |definition| {
            let found = find(&definition.node.default_value.as_ref()?.node)?;
            Some((&definition.node.name.node, found))
        },
    );
    match defaults {
        Some((name, found)) => Some(found.taken_by(usage(document, name), name)),
        None => in_arguments_of(document, &|_| Value::Null),
    }
}

/// The argument that takes a variable, with the steps inside it: `filter.search` for `filter: { search: $text }`.
fn usage(document: &ExecutableDocument, variable: &Name) -> Option<Found> {
    // A NUL replaces the variable, so that the same search finds it.
    in_arguments_of(document, &|name| {
        if name == variable { Value::String(NUL.into()) } else { Value::Null }
    })
}

/// Values that replace the variables in the search.
type Variables<'a> = dyn Fn(&Name) -> Value + 'a;

fn in_arguments_of(document: &ExecutableDocument, variables: &Variables<'_>) -> Option<Found> {
    let operations = document.operations.iter().map(|(_, operation)| {
        let operation = &operation.node;
        (&operation.directives, &operation.selection_set.node)
    });
    let fragments = document.fragments.values().map(|fragment| {
        let fragment = &fragment.node;
        (&fragment.directives, &fragment.selection_set.node)
    });
    operations
        .chain(fragments)
        .find_map(|(directives, set)| in_directives(directives, variables).or_else(|| in_set(set, variables)))
}

fn in_set(set: &SelectionSet, variables: &Variables<'_>) -> Option<Found> {
    set.items.iter().find_map(|selection| {
        let below = match &selection.node {
            Selection::Field(field) => in_field(&field.node, variables),
            Selection::InlineFragment(fragment) => in_set(&fragment.node.selection_set.node, variables),
            Selection::FragmentSpread(_) => None,
        };
        below.or_else(|| in_directives(selection.node.directives(), variables))
    })
}

fn in_field(field: &Field, variables: &Variables<'_>) -> Option<Found> {
    let arguments = field.arguments.iter().find_map(|(name, value)| {
        let value = value.node.clone().into_const_with(|name| Ok(variables(&name)));
        in_argument(&name.node, value)
    });
    arguments.or_else(|| in_set(&field.selection_set.node, variables))
}

fn in_directives(directives: &[Positioned<Directive>], variables: &Variables<'_>) -> Option<Found> {
    let arguments = directives.iter().flat_map(|directive| &directive.node.arguments);
    arguments.into_iter().find_map(|(name, value)| {
        let value = value.node.clone().into_const_with(|name| Ok(variables(&name)));
        in_argument(&name.node, value)
    })
}

fn in_argument(name: &Name, value: Result<Value, Infallible>) -> Option<Found> {
    let Ok(value) = value;
    Some(find(&value)?.inside(name))
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use serde_json::json;

    use super::*;

    fn path(query: &str, variables: serde_json::Value) -> Option<String> {
        let mut request = Request::new(query).variables(Variables::from_json(variables));
        check(&mut request).err().and_then(|problem| problem.path)
    }

    #[test]
    fn a_nul_is_found_wherever_an_argument_can_hold_it() {
        for (query, variables, expected) in [
            ("{ a(code: \"x\\u0000\") }", json!({}), "code"),
            ("{ a(code: \"\0\") }", json!({}), "code"),
            ("{ a(code: \"\"\"x\0\"\"\") }", json!({}), "code"),
            ("{ a { b(filter: { in: [\"\", \"\\u0000\"] }) } }", json!({}), "filter.in.1"),
            ("{ ...F } fragment F on Q { ... on Q { a(x: \"\\u0000\") } }", json!({}), "x"),
            ("{ a @include(if: \"\\u0000\") }", json!({}), "if"),
            ("query($s: String = \"\\u0000\") { a(filter: { search: $s }) }", json!({}), "filter.search"),
            ("query($s: String) { a(filter: { search: $s }) }", json!({ "s": "\0" }), "filter.search"),
            ("mutation($i: I) { a(input: $i) }", json!({ "i": { "areas": ["", "a\0"] } }), "input.areas.1"),
            ("query($s: String) { a }", json!({ "s": "\0" }), "s"),
        ] {
            assert_eq!(path(query, variables).as_deref(), Some(expected), "{query}");
        }
    }

    #[test]
    fn other_text_passes_and_a_document_that_does_not_parse_is_left_to_the_executor() {
        assert_eq!(path("query($s: String) { a(code: \"\\u1EC7\\u0001\", s: $s) }", json!({ "s": "ệ\u{1}😀" })), None);
        // Inside a block string an escape is six plain characters.
        assert_eq!(path("{ a(code: \"\"\"\\u0000\"\"\") }", json!({})), None);
        assert_eq!(path("{ a(code: \"\\u0000\"", json!({})), None);
    }

    #[test]
    fn the_sentence_says_what_was_found_where_and_what_is_accepted() {
        let mut request = Request::new("{ a(code: \"Hà\\u0000\") }");
        assert_eq!(
            check(&mut request).expect_err("refused").message,
            "the text holds the character U+0000 (NUL) at position 3; accepted: any text without it"
        );
    }
}
