//! Takes selections away that never apply (`@skip(if: true)`, `@include(if: false)`), before the operation is planned.
//!
//! The planner cannot plan an object of which nothing is left. `__typename` stands there instead, which costs nothing:
//! the projection follows the client's own document.

use apollo_compiler::{
    ExecutableDocument, Schema,
    ast::Value,
    executable::{Selection, SelectionSet},
    name,
};

/// Whether a document has anything to take away.
pub(super) fn is_prunable(document: &ExecutableDocument) -> bool {
    fn has(set: &SelectionSet) -> bool {
        set.selections.iter().any(|selection| {
            !applies(selection)
                || match selection {
                    Selection::Field(field) => has(&field.selection_set),
                    Selection::InlineFragment(fragment) => has(&fragment.selection_set),
                    Selection::FragmentSpread(_) => false,
                }
        })
    }
    document
        .operations
        .iter()
        .any(|operation| has(&operation.selection_set))
        || document.fragments.values().any(|fragment| has(&fragment.selection_set))
}

/// Whether a selection applies for some values of the variables.
fn applies(selection: &Selection) -> bool {
    let condition = |directive: &str| selection.directives().get(directive)?.specified_argument_by_name("if");
    match (
        condition("skip").map(|value| &**value),
        condition("include").map(|value| &**value),
    ) {
        (Some(Value::Boolean(true)), _) | (_, Some(Value::Boolean(false))) => false,
        (Some(Value::Variable(skip)), Some(Value::Variable(include))) => skip != include,
        _ => true,
    }
}

/// Takes away what never applies. What then has no selection is taken away too, or says its type.
pub(super) fn prune(set: &mut SelectionSet, schema: &Schema) {
    set.selections.retain_mut(|selection| {
        if !applies(selection) {
            return false;
        }
        match selection {
            Selection::Field(field) => {
                if !field.selection_set.is_empty() {
                    prune(&mut field.make_mut().selection_set, schema);
                }
                true
            }
            Selection::InlineFragment(fragment) => {
                prune(&mut fragment.make_mut().selection_set, schema);
                true
            }
            Selection::FragmentSpread(_) => true,
        }
    });
    if set.is_empty()
        && let Ok(typename) = set.new_field(schema, name!("__typename"))
    {
        set.push(typename);
    }
}
