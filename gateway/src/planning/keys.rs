//! The response keys that the planner works with, where those of the client would collide.
//!
//! A client may call any field by any name (GraphQL specification, section 2.7): `{ product { upc: name } }` takes the
//! name of the key that the planner needs in the same object, and `price(currency: "EUR")` stands where a `@requires`
//! wants `price(currency: "USD")`. What the planner does about such collisions is not right in all cases, so they are
//! taken away before it sees the operation: a field whose key could collide is planned under a key that no schema has.
//! Everything else keeps its key, and nearly all operations reach the planner as they came.

use std::{borrow::Cow, collections::HashMap};

use apollo_compiler::{
    ExecutableDocument, Name,
    executable::{Field, Selection, SelectionSet},
    name,
};

use super::prune::{Fragments, contradicts, is_prunable, prune};
use crate::supergraph::Supergraph;

/// What the value of a field depends on, apart from its parent: response key, field name, arguments.
type Identity = (Name, Name, String);

/// Keys of one document for planning.
pub(super) struct PlanningKeys {
    planned: HashMap<Identity, Name>,
    client: HashMap<Name, Name>,
}

fn identity(field: &Field) -> Identity {
    let arguments = field.arguments.iter();
    let mut arguments: Vec<_> = arguments
        .map(|argument| format!("{}:{}", argument.name, argument.value))
        .collect();
    arguments.sort_unstable();
    (field.response_key().clone(), field.name.clone(), arguments.join(","))
}

impl PlanningKeys {
    pub(super) fn new(document: &ExecutableDocument, supergraph: &Supergraph) -> Self {
        let names = &supergraph.field_names;
        let mut identities: Vec<Identity> = Vec::new();
        let mut uses: HashMap<Name, usize> = HashMap::new();
        visit(document, &mut |field| {
            let identity = identity(field);
            if !identities.contains(&identity) {
                *uses.entry(identity.0.clone()).or_default() += 1;
                identities.push(identity);
            }
        });
        let mut keys = Self {
            planned: HashMap::new(),
            client: HashMap::new(),
        };
        for (number, identity) in identities.into_iter().enumerate() {
            let (key, name, arguments) = &identity;
            let collides = if key == name {
                !arguments.is_empty() && (names.is_required_with_arguments(name) || uses[key] > 1)
            } else {
                names.contains(key) || uses[key] > 1
            };
            if name.starts_with("__") || !collides {
                continue;
            }
            let mut text = format!("_{number}_{key}");
            while names.contains(&text) || uses.contains_key(text.as_str()) {
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

    /// The client's key for one that the planner uses.
    pub(super) fn client<'k>(&'k self, planned: &'k str) -> &'k str {
        self.client.get(planned).map_or(planned, Name::as_str)
    }

    /// The document as the planner gets it. All aliases of `__typename` are dropped: they share one value. It is added
    /// where an object may be of a type that clients may not see.
    pub(super) fn rewrite<'t>(
        &self,
        text: &'t str,
        document: &ExecutableDocument,
        supergraph: &Supergraph,
    ) -> Cow<'t, str> {
        let mut changes_typename = false;
        visit(document, &mut |field| {
            changes_typename |= is_idle_alias(field);
            changes_typename |= wants_typename(field, &document.fragments, supergraph);
        });
        let is_prunable = is_prunable(document);
        if self.planned.is_empty() && !changes_typename && !is_prunable {
            return Cow::Borrowed(text);
        }
        let fragments = &document.fragments;
        let mut document = document.clone();
        for operation in document
            .operations
            .anonymous
            .iter_mut()
            .chain(document.operations.named.values_mut())
        {
            let set = &mut operation.make_mut().selection_set;
            if is_prunable {
                prune(set, fragments, &supergraph.api);
            }
            self.rename(set, fragments, supergraph);
        }
        for fragment in document.fragments.values_mut() {
            let set = &mut fragment.make_mut().selection_set;
            if is_prunable {
                prune(set, fragments, &supergraph.api);
            }
            self.rename(set, fragments, supergraph);
        }
        Cow::Owned(document.to_string())
    }

    fn rename(&self, set: &mut SelectionSet, fragments: &Fragments, supergraph: &Supergraph) {
        for selection in &mut set.selections {
            match selection {
                Selection::Field(field) => {
                    let field = field.make_mut();
                    if is_idle_alias(field) {
                        field.alias = None;
                    } else if let Some(planned) = self.planned.get(&identity(field)) {
                        field.alias = Some(planned.clone());
                    }
                    let wants_typename = wants_typename(field, fragments, supergraph);
                    self.rename(&mut field.selection_set, fragments, supergraph);
                    if wants_typename
                        && let Ok(typename) = field.selection_set.new_field(&supergraph.api, name!("__typename"))
                    {
                        field.selection_set.push(typename);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.rename(&mut fragment.make_mut().selection_set, fragments, supergraph);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Whether an alias says nothing to the planner: all `__typename` share one value, and some repeat the field's name,
/// which the planner takes for another field.
fn is_idle_alias(field: &Field) -> bool {
    let alias = field.alias.as_ref();
    alias.is_some_and(|alias| field.name == "__typename" || *alias == field.name)
}

/// Whether the planner must be told to ask for the type: clients may not see all types that objects can have there, or
/// a fragment can apply to no object, so that nothing may be left of the selection.
fn wants_typename(field: &Field, fragments: &Fragments, supergraph: &Supergraph) -> bool {
    let ty = field.ty().inner_named_type();
    supergraph.partly_hidden.contains(ty)
        || contradicts(
            &field.selection_set,
            &supergraph.types.satisfying([ty.as_str()]),
            fragments,
            supergraph,
        )
}

fn visit(document: &ExecutableDocument, found: &mut impl FnMut(&Field)) {
    let operations = document.operations.iter().map(|operation| &operation.selection_set);
    let fragments = document.fragments.values().map(|fragment| &fragment.selection_set);
    let mut pending: Vec<&SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = pending.pop() {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    found(field);
                    pending.push(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => pending.push(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}
