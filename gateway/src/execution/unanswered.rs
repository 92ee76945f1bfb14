//! Finds what a subgraph left unanswered: root fields that its data do not have, and lists of entities that are not there
//! or are not as long as the list of representations.

use super::{
    representations::Representations,
    response::SubgraphError,
    tree::{Tree, Value},
};
use crate::{
    error::PathSegment,
    planning::{EntityInput, EntityOutput, ReadObject, RootOutput, TYPENAME_SLOT},
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

/// The root fields that the client would see and that the data do not have.
pub(super) fn root_fields<'p>(
    tree: &Tree,
    objects: &'p [ReadObject],
    output: &RootOutput,
    bases: &[u32],
    errors: &[SubgraphError],
) -> Vec<&'p str> {
    let fields = &objects[output.object].fields;
    let is_unanswered = |slot: u32| bases.iter().all(|base| tree.get(*base, slot) == Value::Missing);
    let is_known = |key: &str| fields.iter().any(|field| *field.key == *key);
    let unanswered = fields.iter().filter(|field| {
        output.visible.contains(&field.client_key)
            && is_unanswered(field.slot)
            && !explained(errors, &field.key, is_known)
    });
    unanswered.map(|field| &*field.client_key).collect()
}

/// Whether an error is about a field of the fetch, or about none of them.
fn explained(errors: &[SubgraphError], key: &str, is_known: impl Fn(&str) -> bool) -> bool {
    errors.iter().any(|error| match error.path.as_deref() {
        Some([PathSegment::Key(first), ..]) => first == key || !is_known(first),
        _ => true,
    })
}
