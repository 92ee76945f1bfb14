//! Document limits: measures a document before any expensive work, and refuses it with the limit, its maximum and the
//! actual value.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    ExecutableDocument, Name,
    executable::{Operation, Selection, SelectionSet},
    validation::Valid,
};

use super::tokens::count_tokens;
use crate::{
    config::{LimitName, Limits},
    error::GraphQlError,
};

/// A limit and the actual value of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) name: LimitName,
    pub(crate) maximum: usize,
    pub(crate) actual: usize,
}

impl Measured {
    fn check(self) -> Result<(), GraphQlError> {
        if self.actual > self.maximum {
            return Err(GraphQlError::limit_exceeded(self.name, self.maximum, self.actual));
        }
        Ok(())
    }
}

/// Refuses a text with too many tokens before it is parsed.
pub(super) fn check_tokens(text: &str, limits: &Limits) -> Result<(), GraphQlError> {
    // A token has at least one byte, so most documents need no counting.
    if text.len() <= limits.max_tokens {
        return Ok(());
    }
    measured_tokens(text, limits).check()
}

pub(crate) fn measured_tokens(text: &str, limits: &Limits) -> Measured {
    Measured { name: LimitName::Tokens, maximum: limits.max_tokens, actual: count_tokens(text) }
}

/// Refuses a document if one of its operations exceeds a limit.
pub(super) fn check(document: &Valid<ExecutableDocument>, limits: &Limits) -> Result<(), GraphQlError> {
    document.operations.iter().flat_map(|operation| measure(document, operation, limits)).try_for_each(Measured::check)
}

/// Measures a valid operation for every limit.
pub(crate) fn measure(document: &Valid<ExecutableDocument>, operation: &Operation, limits: &Limits) -> [Measured; 6] {
    let mut meter = Meter { document, fragments: HashMap::new() };
    let extent = meter.selection_set(&operation.selection_set);
    let variables = operation.variables.iter().map(|variable| variable.directives.len());
    let directives = variables.fold(extent.directives + operation.directives.len(), usize::saturating_add);
    let mut keys = HashSet::new();
    root_keys(document, &operation.selection_set, &mut HashSet::new(), &mut keys);
    let measured = |name, maximum, actual| Measured { name, maximum, actual };
    [
        measured(LimitName::Depth, limits.max_depth, extent.depth),
        measured(LimitName::Fields, limits.max_fields, extent.fields),
        measured(LimitName::Aliases, limits.max_aliases, extent.aliases),
        measured(LimitName::RootFields, limits.max_root_fields, keys.len()),
        measured(LimitName::Directives, limits.max_directives, directives),
        measured(LimitName::IntrospectionDepth, limits.max_introspection_depth, extent.introspection_depth),
    ]
}

/// The size of a selection set with fragments expanded. Sums saturate, because nested fragments can grow exponentially.
#[derive(Clone, Copy, Default)]
struct Extent {
    depth: usize,
    introspection_depth: usize,
    fields: usize,
    aliases: usize,
    directives: usize,
}

impl Extent {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
    }
}

struct Meter<'a> {
    document: &'a ExecutableDocument,
    fragments: HashMap<&'a Name, Extent>,
}

impl<'a> Meter<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet) -> Extent {
        let mut total = Extent::default();
        for selection in &set.selections {
            let mut own = match selection {
                Selection::Field(field) => {
                    let mut own = self.selection_set(&field.selection_set);
                    own.depth += 1;
                    own.fields = own.fields.saturating_add(1);
                    own.aliases = own.aliases.saturating_add(usize::from(field.alias.is_some()));
                    own.introspection_depth += usize::from(multiplies_introspection(&set.ty, &field.name));
                    own
                }
                Selection::InlineFragment(fragment) => self.selection_set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name),
            };
            own.directives = own.directives.saturating_add(selection.directives().len());
            total.add(own);
        }
        total
    }

    /// Each fragment is measured once, however often it is spread.
    fn fragment(&mut self, name: &'a Name) -> Extent {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        let document = self.document;
        let Some(fragment) = document.fragments.get(name) else {
            return Extent::default();
        };
        let mut extent = self.selection_set(&fragment.selection_set);
        extent.directives = extent.directives.saturating_add(fragment.directives.len());
        self.fragments.insert(name, extent);
        extent
    }
}

fn multiplies_introspection(parent: &str, field: &str) -> bool {
    parent == "__Type" && matches!(field, "fields" | "interfaces" | "possibleTypes" | "inputFields")
}

fn root_keys<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    visited: &mut HashSet<&'a Name>,
    keys: &mut HashSet<&'a Name>,
) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                keys.insert(field.response_key());
            }
            Selection::InlineFragment(fragment) => root_keys(document, &fragment.selection_set, visited, keys),
            Selection::FragmentSpread(spread) if visited.insert(&spread.fragment_name) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                    root_keys(document, &fragment.selection_set, visited, keys);
                }
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::Schema;

    use super::*;

    fn measured(text: &str) -> HashMap<&'static str, usize> {
        let schema =
            Schema::parse_and_validate("directive @d on QUERY type Query { q: Query, n(a: Int): Int }", "schema")
                .unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, text, "document").unwrap();
        let operation = document.operations.iter().next().unwrap();
        measure(&document, operation, &Limits::default())
            .into_iter()
            .map(|measured| (measured.name.as_str(), measured.actual))
            .collect()
    }

    #[test]
    fn fragments_count_where_they_are_spread() {
        let found = measured("query @d { ...F q { ...F } } fragment F on Query { a: n @include(if: true) q { b: n } }");
        assert_eq!(found["depth"], 3);
        assert_eq!(found["fields"], 7);
        assert_eq!(found["aliases"], 4);
        assert_eq!(found["directives"], 3);
        assert_eq!(found["rootFields"], 2);
    }

    #[test]
    fn a_document_that_doubles_itself_is_measured_at_once() {
        use std::fmt::Write;
        let mut text = "{ ...F0 }".to_owned();
        for number in 0..80 {
            let next = number + 1;
            write!(text, " fragment F{number} on Query {{ a: q {{ ...F{next} }} b: q {{ ...F{next} }} }}").unwrap();
        }
        text.push_str(" fragment F80 on Query { n }");
        let found = measured(&text);
        assert_eq!(found["fields"], usize::MAX);
        assert_eq!(found["depth"], 81);
    }

    #[test]
    fn introspection_lists_count_by_their_nesting() {
        let found = measured("{ __schema { types { fields { type { fields { type { interfaces { name } } } } } } } }");
        assert_eq!(found["introspectionDepth"], 3);
        assert_eq!(
            measured("{ __schema { types { fields { name } inputFields { name } } } }")["introspectionDepth"],
            1
        );
    }

    #[test]
    fn an_exceeded_limit_names_itself_and_both_numbers() {
        let limits = Limits { max_tokens: 10, ..Limits::default() };
        let error = check_tokens(&"a ".repeat(20), &limits).unwrap_err();
        let limit = serde_json::json!({ "name": "tokens", "maximum": 10, "actual": 20 });
        assert_eq!(error.extensions["limit"], limit);
        assert_eq!(error.code(), Some("TOKENS_LIMIT_EXCEEDED"));
    }
}
