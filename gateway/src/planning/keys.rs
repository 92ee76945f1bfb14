//! Renames response keys before planning where the client's keys would collide.
//!
//! A client may give any alias to any field (GraphQL specification, section 2.7). For example,
//! `{ product { upc: name } }` uses the name of a key field that the planner needs in the same object. The planner does
//! not handle all such collisions correctly. So a field whose key could collide is planned under a key that no schema
//! has.

use std::{borrow::Cow, collections::HashMap};

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    executable::{Field, Operation, Selection, SelectionSet},
    name,
};

use super::made_up::MadeUpFields;
use crate::supergraph::Supergraph;

/// What identifies a field in its parent: response key, field name and arguments.
type Identity = (Name, Name, String);

/// Which fields get keys of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renaming {
    /// Those whose keys could collide in one object type.
    Colliding,
    /// All. What the planner adds to one object type can then collide with no field of another one.
    All,
}

/// Keys of one operation for planning.
pub(super) struct PlanningKeys {
    planned: HashMap<Identity, Name>,
    client: HashMap<Name, Name>,
}

fn identity(field: &Field) -> Identity {
    let arguments = field.arguments.iter();
    let mut arguments: Vec<_> = arguments.map(|argument| format!("{}:{}", argument.name, argument.value)).collect();
    arguments.sort_unstable();
    (field.response_key().clone(), field.name.clone(), arguments.join(","))
}

impl PlanningKeys {
    pub(super) fn new(
        operation: &Operation,
        supergraph: &Supergraph,
        made_up: &MadeUpFields,
        renaming: Renaming,
    ) -> Self {
        let is_taken = |name: &str| supergraph.field_names.contains(name) || made_up.has(name);
        let mut identities: Vec<Identity> = Vec::new();
        let mut uses: HashMap<Name, usize> = HashMap::new();
        visit(&operation.selection_set, &mut |field| {
            let identity = identity(field);
            if !identities.contains(&identity) {
                *uses.entry(identity.0.clone()).or_default() += 1;
                identities.push(identity);
            }
        });
        let mut keys = Self { planned: HashMap::new(), client: HashMap::new() };
        for (number, identity) in identities.into_iter().enumerate() {
            let (key, name, arguments) = &identity;
            let collides = if key == name {
                !arguments.is_empty() && uses[key] > 1
            } else {
                // The planner may select `__typename` in any object.
                is_taken(key) || key.starts_with("__") || uses[key] > 1
            };
            if name.starts_with("__") || !(collides || renaming == Renaming::All) {
                continue;
            }
            let mut text = format!("_{number}_{key}");
            while is_taken(&text) || uses.contains_key(text.as_str()) {
                text.insert(0, '_');
            }
            let Ok(planned) = Name::new(&text) else { continue };
            keys.client.insert(planned.clone(), key.clone());
            keys.planned.insert(identity, planned);
        }
        keys
    }

    /// The key under which a field is planned.
    pub(super) fn of<'f>(&self, field: &'f Field) -> Cow<'f, str> {
        if !self.planned.is_empty()
            && let Some(planned) = self.planned.get(&identity(field))
        {
            return Cow::Owned(planned.to_string());
        }
        Cow::Borrowed(field.response_key())
    }

    /// The client's key for a planned key.
    pub(super) fn client<'k>(&'k self, planned: &'k str) -> &'k str {
        self.client.get(planned).map_or(planned, Name::as_str)
    }

    /// The operation for the planner; `None` when there is nothing to plan.
    ///
    /// Equal fields of one selection set are merged into one. Aliases of `__typename` are removed, since all of them
    /// have the same value. `__typename` is added where an object may have a type that is hidden from clients, and
    /// where nothing else is selected. The projection follows the client's own operation, so these additions never
    /// reach the client.
    pub(super) fn rewrite(&self, operation: &Operation, supergraph: &Supergraph) -> Option<String> {
        let mut operation = operation.clone();
        let set = &mut operation.selection_set;
        // The gateway answers introspection itself.
        set.selections
            .retain(|selection| !matches!(selection, Selection::Field(field) if field.name.starts_with("__")));
        if set.is_empty() {
            return None;
        }
        self.rename(set, supergraph);
        merge(set);
        let mut document = ExecutableDocument::new();
        document.operations.insert(operation);
        Some(document.to_string())
    }

    fn rename(&self, set: &mut SelectionSet, supergraph: &Supergraph) {
        for selection in &mut set.selections {
            match selection {
                Selection::Field(field) => {
                    let field = field.make_mut();
                    if let Some(planned) = self.planned.get(&identity(field)) {
                        field.alias = Some(planned.clone());
                    } else if is_idle_alias(field) {
                        field.alias = None;
                    }
                    let wants_typename = wants_typename(field, supergraph);
                    self.rename(&mut field.selection_set, supergraph);
                    if wants_typename
                        && let Ok(typename) = field.selection_set.new_field(&supergraph.api, name!("__typename"))
                    {
                        field.selection_set.push(typename);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.rename(&mut fragment.make_mut().selection_set, supergraph);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Merges fields with the same response key. A valid operation uses the same key only for equal fields.
fn merge(set: &mut SelectionSet) {
    let mut merged: Vec<Selection> = Vec::with_capacity(set.selections.len());
    for selection in std::mem::take(&mut set.selections) {
        if let Selection::Field(field) = &selection
            && let Some(known) = merged.iter_mut().find_map(|known| same_key(known, field))
        {
            let inner = field.selection_set.selections.iter().cloned();
            known.make_mut().selection_set.selections.extend(inner);
        } else {
            merged.push(selection);
        }
    }
    for selection in &mut merged {
        match selection {
            Selection::Field(field) => merge(&mut field.make_mut().selection_set),
            Selection::InlineFragment(fragment) => merge(&mut fragment.make_mut().selection_set),
            Selection::FragmentSpread(_) => {}
        }
    }
    set.selections = merged;
}

fn same_key<'s>(selection: &'s mut Selection, field: &Field) -> Option<&'s mut Node<Field>> {
    match selection {
        Selection::Field(known) if known.response_key() == field.response_key() => Some(known),
        _ => None,
    }
}

/// Whether an alias can be removed: all `__typename` have the same value, and an alias equal to the field's name makes
/// the planner treat it as another field.
fn is_idle_alias(field: &Field) -> bool {
    let alias = field.alias.as_ref();
    alias.is_some_and(|alias| field.name == "__typename" || *alias == field.name)
}

/// Whether `__typename` must be added: nothing else is selected, or the object may have a type that is hidden from
/// clients.
fn wants_typename(field: &Field, supergraph: &Supergraph) -> bool {
    let ty = field.ty().inner_named_type();
    if field.selection_set.is_empty() {
        let definition = supergraph.api.types.get(ty);
        return definition
            .is_some_and(|definition| definition.is_object() || definition.is_interface() || definition.is_union());
    }
    supergraph.partly_hidden.contains(ty)
}

fn visit(set: &SelectionSet, found: &mut impl FnMut(&Field)) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                found(field);
                visit(&field.selection_set, found);
            }
            Selection::InlineFragment(fragment) => visit(&fragment.selection_set, found),
            Selection::FragmentSpread(_) => {}
        }
    }
}
