//! Simplifies an operation before planning: applies conditions and expands fragments. The values of the conditions are
//! known, so no conditions remain.
//!
//! - Selections that `@skip` or `@include` exclude are removed, and so are the directives.
//! - Fragment spreads are replaced by their fragments. A fragment on the type of its parent is dissolved. A fragment
//!   that can apply to no object is removed.
//! - Exponents of floats get a sign: the planning library reads `1e+9`, and neither `1e9` nor `1e09`.
//! - The order of the fields is kept, because it is the order of the answer (GraphQL specification, section 6.3.2).
//!
//! An object whose fields are all excluded keeps an empty selection set.

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    ast::{Directive, FloatValue, Value},
    executable::{InlineFragment, Operation, Selection, SelectionSet},
};

use super::conditions::Conditions;
use crate::supergraph::{Supergraph, TypeSet};

/// Simplifies an operation of a valid document.
pub(crate) fn simplify(
    document: &ExecutableDocument,
    operation: &Operation,
    conditions: &Conditions,
    supergraph: &Supergraph,
) -> Operation {
    let simplifier = Simplifier { document, operation, conditions, supergraph };
    let mut simple = operation.clone();
    simple.directives.clear();
    for default in simple.variables.iter_mut().filter_map(|variable| variable.make_mut().default_value.as_mut()) {
        sign_exponents(default);
    }
    simple.selection_set = simplifier.set(&operation.selection_set);
    simple
}

/// Writes the sign of each exponent that has none.
fn sign_exponents(value: &mut Node<Value>) {
    match value.make_mut() {
        Value::Float(number) => {
            let text = number.as_str();
            if let Some(place) = text.find(['e', 'E']) {
                let (mantissa, exponent) = (&text[..place], &text[place + 1..]);
                if exponent.starts_with(|first: char| first.is_ascii_digit()) {
                    *number = FloatValue::new_parsed(&format!("{mantissa}e+{exponent}"));
                }
            }
        }
        Value::List(items) => items.iter_mut().for_each(sign_exponents),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| sign_exponents(value)),
        _ => {}
    }
}

struct Simplifier<'a> {
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    conditions: &'a Conditions,
    supergraph: &'a Supergraph,
}

impl Simplifier<'_> {
    fn set(&self, set: &SelectionSet) -> SelectionSet {
        let possible = self.possible(&set.ty);
        let mut simple = SelectionSet::new(set.ty.clone());
        self.collect(set, &set.ty, &possible, &mut simple.selections);
        simple
    }

    fn possible(&self, ty: &str) -> TypeSet {
        self.supergraph.types.satisfying([ty])
    }

    fn collect(&self, set: &SelectionSet, parent: &Name, possible: &TypeSet, into: &mut Vec<Selection>) {
        for selection in &set.selections {
            if !self.is_included(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let mut field = field.clone();
                    let simple = field.make_mut();
                    simple.directives.clear();
                    for argument in &mut simple.arguments {
                        sign_exponents(&mut argument.make_mut().value);
                    }
                    simple.selection_set = self.set(&simple.selection_set);
                    into.push(Selection::Field(field));
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    self.fragment(condition, &fragment.selection_set, parent, possible, into);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        let condition = Some(fragment.type_condition());
                        self.fragment(condition, &fragment.selection_set, parent, possible, into);
                    }
                }
            }
        }
    }

    fn fragment(
        &self,
        condition: Option<&Name>,
        set: &SelectionSet,
        parent: &Name,
        possible: &TypeSet,
        into: &mut Vec<Selection>,
    ) {
        let Some(condition) = condition.filter(|condition| *condition != parent) else {
            return self.collect(set, parent, possible, into);
        };
        let narrowed = possible.intersection(&self.possible(condition));
        if narrowed.is_empty() {
            return;
        }
        let mut inner = SelectionSet::new(condition.clone());
        self.collect(set, condition, &narrowed, &mut inner.selections);
        if !inner.is_empty() {
            into.push(Selection::InlineFragment(Node::new(InlineFragment {
                type_condition: Some(condition.clone()),
                directives: apollo_compiler::ast::DirectiveList::default(),
                selection_set: inner,
            })));
        }
    }

    fn is_included(&self, directives: &[Node<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let wanted = match directive.name.as_str() {
                "include" => true,
                "skip" => false,
                _ => return true,
            };
            match directive.specified_argument_by_name("if").map(|value| &**value) {
                Some(Value::Boolean(value)) => *value == wanted,
                Some(Value::Variable(name)) => self.conditions.holds(self.operation, name) == wanted,
                _ => true,
            }
        })
    }
}
