//! The objects of a plan that is executed without data: one for each type that is possible at a place.

use std::{collections::HashMap, rc::Rc};

use super::{Fault, MAX_OBJECTS};
use crate::{
    planning::{PathStep, Slots},
    supergraph::{TypeId, TypeTable},
};

/// The number of an object.
pub(super) type ObjectId = usize;

/// Where the root object stands.
pub(super) const ROOT: ObjectId = 0;

/// What a slot holds.
#[derive(Clone)]
pub(super) enum Value {
    Leaf,
    /// The objects that can stand there, in lists or not.
    Objects(Rc<[ObjectId]>),
}

/// All objects of one type at one place.
pub(super) struct Object {
    /// The object type.
    pub(super) ty: TypeId,
    /// The type that the tree knows: none when no fetch asks for it, an interface when only an `@interfaceObject` said it.
    pub(super) name: Option<TypeId>,
    pub(super) slots: HashMap<u32, Value>,
}

/// All objects.
pub(super) struct Objects(Vec<Object>);

impl Objects {
    pub(super) fn new(root: TypeId) -> Self {
        let mut all = Self(Vec::new());
        all.push(root);
        all
    }

    fn push(&mut self, ty: TypeId) -> ObjectId {
        self.0.push(Object { ty, name: None, slots: HashMap::new() });
        self.0.len() - 1
    }

    pub(super) fn add(&mut self, ty: TypeId) -> Result<ObjectId, Fault> {
        if self.0.len() >= MAX_OBJECTS {
            return Err(Fault::TooLarge);
        }
        Ok(self.push(ty))
    }

    pub(super) fn get(&self, id: ObjectId) -> &Object {
        &self.0[id]
    }

    pub(super) fn set(&mut self, id: ObjectId, slot: u32, value: Value) {
        self.0[id].slots.insert(slot, value);
    }

    /// Notes what a subgraph calls the type. The name of an interface never replaces that of an object type.
    pub(super) fn name(&mut self, id: ObjectId, name: TypeId, types: &TypeTable) {
        let object = &mut self.0[id];
        if !object.name.is_some_and(|known| types.is_object(known) && !types.is_object(name)) {
            object.name = Some(name);
        }
    }

    /// The value of the first slot that holds anything.
    pub(super) fn first(&self, id: ObjectId, slots: impl IntoIterator<Item = u32>) -> Option<&Value> {
        let object = &self.0[id];
        slots.into_iter().find_map(|slot| object.slots.get(&slot))
    }

    /// The objects at a path, as the executor would find them.
    pub(super) fn at(&self, path: &[PathStep]) -> Vec<ObjectId> {
        let mut found = vec![ROOT];
        for step in path {
            match step {
                PathStep::List => {}
                PathStep::Types(types) => {
                    found.retain(|id| self.0[*id].name.is_none_or(|name| types.contains(name)));
                }
                PathStep::Field { slots, .. } => {
                    let values = found.iter().filter_map(|id| self.first(*id, both(*slots)));
                    let inner = values.flat_map(|value| match value {
                        Value::Objects(objects) => objects.to_vec(),
                        Value::Leaf => Vec::new(),
                    });
                    found = inner.collect();
                }
            }
        }
        found
    }
}

/// The slots in which a client's value can stand.
pub(super) fn both(slots: Slots) -> impl Iterator<Item = u32> {
    slots.first.into_iter().chain(slots.second)
}
