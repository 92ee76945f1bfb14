//! Whether everything that the client asks for is fetched, for every type that an object can have.

use std::collections::HashSet;

use super::{
    Fault,
    objects::{ObjectId, Objects, ROOT, Value, both},
};
use crate::{
    planning::{FieldOutput, FieldProjection, OutputKind, OutputType, Projection},
    supergraph::TypeTable,
};

pub(super) fn check(objects: &Objects, types: &TypeTable, projection: &Projection) -> Result<(), Fault> {
    let mut answer = Answer { objects, types, projection, done: HashSet::new() };
    answer.object(projection.root, ROOT)
}

struct Answer<'a> {
    objects: &'a Objects,
    types: &'a TypeTable,
    projection: &'a Projection,
    done: HashSet<(usize, ObjectId)>,
}

impl Answer<'_> {
    fn object(&mut self, number: usize, id: ObjectId) -> Result<(), Fault> {
        if !self.done.insert((number, id)) {
            return Ok(());
        }
        let mut fields = self.projection.objects[number].fields.iter();
        fields.try_for_each(|field| self.field(field, id))
    }

    fn field(&mut self, field: &FieldProjection, id: ObjectId) -> Result<(), Fault> {
        let FieldOutput::Slot { slots, output } = &field.output else {
            return match field.output {
                FieldOutput::Unfetched { .. } => Err(self.unfetched(field, id)),
                _ => Ok(()),
            };
        };
        let objects = match self.objects.first(id, both(*slots)) {
            None => return Err(self.unfetched(field, id)),
            Some(Value::Leaf) => return Ok(()),
            Some(Value::Objects(objects)) => objects.clone(),
        };
        if let Some(composite) = composite(output) {
            objects.iter().try_for_each(|id| self.composite(composite, field, *id))?;
        }
        Ok(())
    }

    /// Follows the projection that the executor would choose for the type that it knows.
    fn composite(&mut self, number: usize, field: &FieldProjection, id: ObjectId) -> Result<(), Fault> {
        let composite = &self.projection.composites[number];
        if let Some(only) = composite.only {
            return self.object(only, id);
        }
        let object = self.objects.get(id);
        // Clients may not see objects of this type.
        let Some(wanted) = composite.object(object.ty) else {
            return Ok(());
        };
        let chosen = object.name.and_then(|name| composite.object(name)).or(composite.unknown);
        match chosen {
            Some(chosen) if chosen == wanted || self.is_same(chosen, wanted, &mut HashSet::new()) => {
                self.object(chosen, id)
            }
            _ => Err(Fault::Found(format!(
                "no fetch says that an object of {} is a `{}`",
                field.coordinate,
                self.types.name(object.ty),
            ))),
        }
    }

    /// Whether two projections ask for the same, so that the type need not be known.
    fn is_same(&self, left: usize, right: usize, assumed: &mut HashSet<(usize, usize)>) -> bool {
        if left == right || !assumed.insert((left, right)) {
            return true;
        }
        let (left, right) = (&self.projection.objects[left].fields, &self.projection.objects[right].fields);
        left.len() == right.len()
            && left.iter().zip(right).all(|(left, right)| {
                left.key == right.key
                    && match (&left.output, &right.output) {
                        (FieldOutput::Slot { output: left, .. }, FieldOutput::Slot { output: right, .. }) => {
                            match (composite(left), composite(right)) {
                                (Some(left), Some(right)) => self.is_same_composite(left, right, assumed),
                                (left, right) => left == right,
                            }
                        }
                        // The name of the type is what nobody knows.
                        (FieldOutput::Typename { .. }, _) | (_, FieldOutput::Typename { .. }) => false,
                        _ => true,
                    }
            })
    }

    fn is_same_composite(&self, left: usize, right: usize, assumed: &mut HashSet<(usize, usize)>) -> bool {
        let (left, right) = (&self.projection.composites[left], &self.projection.composites[right]);
        match (left.only, right.only) {
            (Some(left), Some(right)) => self.is_same(left, right, assumed),
            (None, None) => right.by_type.iter().all(|(ty, right)| {
                let left = left.object(*ty).or(left.unknown);
                left.is_some_and(|left| self.is_same(left, *right, assumed))
            }),
            (Some(left), None) => right.by_type.iter().all(|(_, right)| self.is_same(left, *right, assumed)),
            (None, Some(_)) => false,
        }
    }

    fn unfetched(&self, field: &FieldProjection, id: ObjectId) -> Fault {
        let ty = self.types.name(self.objects.get(id).ty);
        Fault::Found(format!("no fetch of the plan brings {} of an object of type `{ty}`", field.coordinate))
    }
}

/// The objects that a field gives, whatever lists are around them.
fn composite(output: &OutputType) -> Option<usize> {
    match &output.kind {
        OutputKind::Composite(number) => Some(*number),
        OutputKind::List(item) => composite(item),
        OutputKind::Leaf(_) => None,
    }
}
