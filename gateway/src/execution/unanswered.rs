//! Finds what a subgraph left unanswered: fields that its objects do not have, and lists of entities that are not there or
//! are not as long as the list of representations.
//!
//! A field that was left out becomes [`Value::Absent`], which is an error where the client sees it, and which no other
//! subgraph is sent.

use super::{
    representations::Representations,
    response::SubgraphError,
    tree::{Tree, Value},
};
use crate::{
    error::PathSegment,
    planning::{EntityInput, EntityOutput, ReadObject, TYPENAME_SLOT},
};

/// What stands under one `_entities` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Nothing, or null.
    Nothing,
    /// A list of so many objects and nulls.
    List(usize),
    /// Something else, or a list with something else in it.
    Strange,
}

/// The outputs of an entity fetch that have no usable list, by number. A list of another length says nothing of which
/// entity is which, so that nothing of it is used.
pub(super) fn entities(
    came: &[Came],
    outputs: &[EntityOutput],
    collected: &[Representations],
    errors: &[SubgraphError],
) -> Vec<usize> {
    let is_unanswered = |(came, output): (&Came, &EntityOutput)| match collected[output.input].len() {
        0 => false,
        expected => match came {
            Came::List(len) => *len != expected,
            Came::Strange => true,
            Came::Nothing => {
                !explained(errors, &output.alias, |key| outputs.iter().any(|output| *output.alias == *key))
            }
        },
    };
    let outputs = came.iter().zip(outputs).enumerate();
    outputs.filter(|(_, pair)| is_unanswered(*pair)).map(|(number, _)| number).collect()
}

/// Takes back what was read of entities without a usable list.
pub(super) fn forget(
    tree: &mut Tree,
    objects: &[ReadObject],
    inputs: &[EntityInput],
    output: &EntityOutput,
    collected: &[Representations],
) {
    let known = inputs[output.input].requirement.slots();
    let collected = &collected[output.input];
    for target in (0..collected.len()).flat_map(|number| collected.targets(number)) {
        for field in &objects[output.object].fields {
            if field.slot != TYPENAME_SLOT && !known.contains(&field.slot) {
                tree.set(target.base, field.slot, Value::Missing);
            }
        }
    }
}

/// Marks the fields that an answer should have had of an object and that nothing has filled. Gives whether there are any.
#[cold]
pub(super) fn mark_absent(tree: &mut Tree, object: &ReadObject, base: u32, fetch: u32) -> bool {
    let ty = tree.get(base, TYPENAME_SLOT);
    let mut found = false;
    for (field, types) in object.fields.iter().zip(&object.types) {
        let applies = types.as_ref().is_none_or(|types| matches!(ty, Value::Type(id) if types.contains(id)));
        if applies && tree.get(base, field.slot) == Value::Missing {
            tree.set(base, field.slot, Value::Absent { fetch });
            found = true;
        }
    }
    found
}

/// Whether an error is about a field of the fetch, or about none of them.
fn explained(errors: &[SubgraphError], key: &str, is_known: impl Fn(&str) -> bool) -> bool {
    errors.iter().any(|error| match error.path.as_deref() {
        Some([PathSegment::Key(first), ..]) => first == key || !is_known(first),
        _ => true,
    })
}
