//! Which objects of a subgraph the type conditions of a selection apply to.

use super::subgraph_types::{KindThere, SubgraphTypes};
use crate::supergraph::{TypeSet, TypeTable};

/// The types of one subgraph.
#[derive(Clone, Copy)]
pub(super) struct SubgraphView<'a> {
    pub(super) name: &'a str,
    pub(super) subgraphs: &'a SubgraphTypes,
    pub(super) types: &'a TypeTable,
}

impl<'a> SubgraphView<'a> {
    /// The types that objects of a named type can have there. An object that the subgraph knows only as its interface
    /// may be known as an object type by another one.
    pub(super) fn possible(&self, name: &str) -> TypeSet {
        let Some(there) = self.subgraphs.get(self.name, name) else {
            return self.types.satisfying([name]);
        };
        let mut possible = TypeSet::default();
        for member in &there.possible {
            match self.subgraphs.get(self.name, member).map(|member| member.kind) {
                Some(KindThere::InterfaceObject) => possible.extend(&self.types.satisfying([member.as_str()])),
                _ => possible.insert(self.types.id(member)),
            }
        }
        possible
    }

    /// The name of a field's type.
    pub(super) fn field_type(&self, on: Option<&str>, field: &str) -> Option<&'a str> {
        Some(&self.subgraphs.get(self.name, on?)?.fields.get(field)?.ty)
    }
}
