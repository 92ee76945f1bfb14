//! Whether fields of a fetch that share a response key have one shape (GraphQL specification, section 5.3.2). Fields of
//! different object types stand side by side in the fragments of an abstract type, and the planner adds keys and
//! requirements to them under their own names.

use apollo_compiler::{
    Node,
    ast::{Field, FragmentDefinition, Selection},
};
use indexmap::IndexMap;

use super::{Fault, knowledge::Knowledge};

/// The operation of one fetch.
pub(super) struct Overlaps<'a> {
    pub(super) knowledge: Knowledge<'a>,
    pub(super) subgraph: &'a str,
    pub(super) fragments: &'a [Node<FragmentDefinition>],
}

/// A selection set with the type that it is selected on.
type Selected<'s> = (&'s str, &'s [Selection]);

impl<'a> Overlaps<'a> {
    /// Checks selection sets whose fields stand in one object.
    pub(super) fn check(&self, sets: &[Selected<'a>]) -> Result<(), Fault> {
        let mut by_key: IndexMap<&str, Vec<(&str, &Field)>> = IndexMap::new();
        for (parent, set) in sets {
            self.collect(parent, set, &mut by_key);
        }
        for (key, fields) in by_key {
            let mut shape = None;
            let mut inner = Vec::new();
            for (parent, field) in fields {
                let Ok(there) = self.knowledge.field_there(self.subgraph, parent, &field.name) else {
                    continue;
                };
                let is_composite = self.knowledge.subgraphs.get(self.subgraph, &there.ty).is_some();
                let own = (&there.wrappers, (!is_composite).then_some(&there.ty));
                if *shape.get_or_insert(own) != own {
                    return Err(Fault::Found(format!(
                        "subgraph `{}` would be asked for fields of different types under the key `{key}`",
                        self.subgraph
                    )));
                }
                inner.push((there.ty.as_str(), &*field.selection_set));
            }
            self.check(&inner)?;
        }
        Ok(())
    }

    fn collect(
        &self,
        parent: &'a str,
        set: &'a [Selection],
        by_key: &mut IndexMap<&'a str, Vec<(&'a str, &'a Field)>>,
    ) {
        for selection in set {
            match selection {
                Selection::Field(field) => by_key.entry(field.response_name()).or_default().push((parent, field)),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    let parent = condition.map_or(parent, |condition| condition.as_str());
                    self.collect(parent, &fragment.selection_set, by_key);
                }
                Selection::FragmentSpread(spread) => {
                    let mut fragments = self.fragments.iter();
                    if let Some(fragment) = fragments.find(|fragment| fragment.name == spread.fragment_name) {
                        self.collect(&fragment.type_condition, &fragment.selection_set, by_key);
                    }
                }
            }
        }
    }
}
