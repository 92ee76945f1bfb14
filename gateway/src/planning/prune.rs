//! Simplifies conditions before the operation is planned.
//!
//! - Selections that never apply (`@skip(if: true)`, `@include(if: false)`) are taken away. The planner cannot plan an
//!   object of which nothing is left; `__typename` stands there instead, which costs nothing, since the projection
//!   follows the client's own document.
//! - A conditional fragment on the very type that it stands in loses its type condition, which says nothing and of
//!   which the planner makes a way that no subgraph has when the type is a union.

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::Value,
    collections::IndexMap,
    executable::{Fragment, InlineFragment, Selection, SelectionSet},
    name,
};

use crate::supergraph::{Supergraph, TypeSet};

pub(super) type Fragments = IndexMap<Name, Node<Fragment>>;

/// Whether a document has conditions at all.
pub(super) fn is_prunable(document: &ExecutableDocument) -> bool {
    fn has(set: &SelectionSet) -> bool {
        set.selections.iter().any(|selection| {
            selection.directives().has("skip")
                || selection.directives().has("include")
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

/// Whether a selection set has a fragment that can apply to no object, given the types that are possible for it.
pub(super) fn contradicts(
    set: &SelectionSet,
    possible: &TypeSet,
    fragments: &Fragments,
    supergraph: &Supergraph,
) -> bool {
    set.selections.iter().any(|selection| {
        let (condition, inner) = match selection {
            Selection::Field(_) => return false,
            Selection::InlineFragment(fragment) => (fragment.type_condition.as_ref(), &fragment.selection_set),
            Selection::FragmentSpread(spread) => match fragments.get(&spread.fragment_name) {
                Some(fragment) => (Some(fragment.type_condition()), &fragment.selection_set),
                None => return false,
            },
        };
        let narrowed = condition.map(|name| possible.intersection(&supergraph.types.satisfying([name.as_str()])));
        let possible = narrowed.as_ref().unwrap_or(possible);
        possible.is_empty() || contradicts(inner, possible, fragments, supergraph)
    })
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

/// Simplifies a selection set and all inside it.
pub(super) fn prune(set: &mut SelectionSet, fragments: &Fragments, schema: &Schema) {
    let parent = set.ty.clone();
    set.selections.retain_mut(|selection| {
        if !applies(selection) {
            return false;
        }
        if let Selection::FragmentSpread(spread) = selection
            && !spread.directives.is_empty()
            && let Some(fragment) = fragments.get(&spread.fragment_name)
        {
            *selection = Selection::InlineFragment(Node::new(InlineFragment {
                type_condition: Some(fragment.type_condition().clone()),
                directives: spread.directives.clone(),
                selection_set: fragment.selection_set.clone(),
            }));
        }
        match selection {
            Selection::Field(field) => {
                if !field.selection_set.is_empty() {
                    prune(&mut field.make_mut().selection_set, fragments, schema);
                }
            }
            Selection::InlineFragment(fragment) => {
                let fragment = fragment.make_mut();
                prune(&mut fragment.selection_set, fragments, schema);
                fragment.type_condition.take_if(|condition| *condition == parent);
            }
            Selection::FragmentSpread(_) => {}
        }
        true
    });
    if set.is_empty()
        && let Ok(typename) = set.new_field(schema, name!("__typename"))
    {
        set.push(typename);
    }
}
