//! What is asked of the types of a supergraph and its subgraphs while a plan is checked.

use apollo_compiler::ast::Selection;

use super::Fault;
use crate::{
    planning::subgraph_types::{FieldThere, KindThere, SubgraphTypes, TypeThere},
    supergraph::{TypeId, TypeTable},
};

/// The types of the supergraph, and what each subgraph knows of them.
#[derive(Clone, Copy)]
pub(super) struct Knowledge<'a> {
    pub(super) types: &'a TypeTable,
    pub(super) subgraphs: &'a SubgraphTypes,
}

impl<'a> Knowledge<'a> {
    /// Whether the subgraph itself has all fields of a field set, with what leads to the object providing some of them.
    pub(super) fn is_at_home(self, subgraph: &str, ty: &str, set: &[Selection], provided: &[Selection]) -> bool {
        set.iter().all(|selection| match selection {
            Selection::Field(field) if field.name == "__typename" => true,
            Selection::Field(field) => {
                let there = self.subgraphs.get(subgraph, ty);
                let Some(there) = there.and_then(|there| there.fields.get(field.name.as_str())) else {
                    return false;
                };
                let mut inner = there.provides.clone();
                inner.extend(selected(provided, &field.name));
                let is_provided = provided.iter().filter_map(Selection::as_field).any(|known| known.name == field.name);
                (!there.is_external || is_provided)
                    && self.is_at_home(subgraph, &there.ty, &field.selection_set, &inner)
            }
            Selection::InlineFragment(fragment) => {
                let ty = fragment.type_condition.as_ref().map_or(ty, |condition| condition.as_str());
                self.is_at_home(subgraph, ty, &fragment.selection_set, provided)
            }
            Selection::FragmentSpread(_) => false,
        })
    }

    pub(super) fn known(self, subgraph: &str, name: &str) -> Result<&'a TypeThere, Fault> {
        self.subgraphs.get(subgraph, name).ok_or_else(|| {
            Fault::Found(format!("subgraph `{subgraph}` would be asked for `{name}`, a type that it does not know"))
        })
    }

    pub(super) fn field_there(self, subgraph: &str, ty: &str, field: &str) -> Result<&'a FieldThere, Fault> {
        let there = self.known(subgraph, ty)?;
        there.fields.get(field).ok_or_else(|| {
            Fault::Found(format!(
                "subgraph `{subgraph}` would be asked for `{ty}.{field}`, a field that it does not have"
            ))
        })
    }

    /// The object types that a subgraph can give where it has a type.
    pub(super) fn possible(self, subgraph: &str, ty: &str) -> Vec<TypeId> {
        let Some(there) = self.subgraphs.get(subgraph, ty) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for name in &there.possible {
            found.extend(self.types.objects_of(name).map(|object| self.types.id(object)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What an object is called in a subgraph that gives it where it has a type.
    pub(super) fn name_there(self, subgraph: &str, ty: &str, object: TypeId) -> Option<&'a str> {
        let there = self.subgraphs.get(subgraph, ty)?;
        let name = self.types.name(object);
        if let Some(own) = there.possible.get(name) {
            return Some(own);
        }
        let stands_for = |candidate: &&String| {
            let known = self.subgraphs.get(subgraph, candidate);
            known.is_some_and(|known| known.kind == KindThere::InterfaceObject)
                && self.types.satisfying([candidate.as_str()]).contains(object)
        };
        there.possible.iter().find(stands_for).map(String::as_str)
    }
}

/// What a field set selects under a field.
pub(super) fn selected(set: &[Selection], name: &str) -> Vec<Selection> {
    let fields = set.iter().filter_map(Selection::as_field).filter(|field| field.name == name);
    fields.flat_map(|field| field.selection_set.iter().cloned()).collect()
}
