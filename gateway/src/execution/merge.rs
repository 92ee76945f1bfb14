//! Merges a response's `data` into the tree: root fields into root objects, entities into the objects that requested
//! them.

use async_graphql::{Response, Value as GraphQlValue};

use super::{
    local_reader::LocalReader,
    reader::{DataSink, Expected, JsonReader, ReadError, Reported},
    representations::Representations,
    tree::{Copy, Tree},
    unanswered::Came,
};
use crate::planning::{EntityOutput, ReadObject};

/// Writes root fields into one or more objects.
pub(super) struct RootSink<'a> {
    pub(super) objects: &'a [ReadObject],
    pub(super) object: usize,
    pub(super) bases: &'a [u32],
}

impl DataSink for RootSink<'_> {
    fn read(&mut self, reader: &mut JsonReader<'_, '_>) -> Result<(), ReadError> {
        let Some((&first, rest)) = self.bases.split_first() else {
            return Ok(());
        };
        reader.object(self.object, first)?;
        for &other in rest {
            reader.tree.copy_fields(Copy { objects: self.objects, object: self.object, share: true }, first, other)?;
        }
        Ok(())
    }
}

/// Writes each `_entities` field into the objects of its representations.
pub(super) struct EntitySink<'a> {
    pub(super) objects: &'a [ReadObject],
    pub(super) outputs: &'a [EntityOutput],
    pub(super) collected: &'a [Representations],
    /// What came, by output.
    pub(super) came: Vec<Came>,
}

impl DataSink for EntitySink<'_> {
    fn read(&mut self, reader: &mut JsonReader<'_, '_>) -> Result<(), ReadError> {
        reader.scanner.expect(b'{', "expected an object")?;
        if reader.scanner.peek() == b'}' {
            reader.scanner.bump();
            return Ok(());
        }
        loop {
            let key = reader.scanner.string()?;
            reader.scanner.expect(b':', "expected a colon")?;
            let mut outputs = self.outputs.iter();
            let number = outputs.position(|output| output.alias.as_bytes() == key);
            let came = match (number, reader.scanner.peek()) {
                (Some(number), b'[') => self.entities(&self.outputs[number], reader)?,
                _ => match reader.scanner.value()? {
                    b"null" => Came::Nothing,
                    _ => Came::Strange,
                },
            };
            if let Some(number) = number {
                self.came[number] = came;
            }
            match reader.scanner.peek() {
                b',' => reader.scanner.bump(),
                b'}' => break,
                _ => return Err(reader.scanner.error("expected a comma or the end of the data").into()),
            }
        }
        reader.scanner.bump();
        Ok(())
    }
}

impl EntitySink<'_> {
    fn entities(&self, output: &EntityOutput, reader: &mut JsonReader<'_, '_>) -> Result<Came, ReadError> {
        reader.scanner.bump();
        if reader.scanner.peek() == b']' {
            reader.scanner.bump();
            return Ok(Came::List(0));
        }
        let collected = &self.collected[output.input];
        let mut index = 0;
        let mut is_strange = false;
        loop {
            let is_object = reader.scanner.peek() == b'{';
            let first = collected.targets(index).next();
            match first {
                Some(first) if is_object => {
                    reader.object(output.object, first.base)?;
                    spread(reader.tree, self.objects, output, collected, index)?;
                }
                _ => is_strange |= reader.scanner.value()? != b"null" && !is_object,
            }
            index += 1;
            match reader.scanner.peek() {
                b',' => reader.scanner.bump(),
                b']' => break,
                _ => {
                    return Err(reader.scanner.error("expected a comma or the end of the entities").into());
                }
            }
        }
        reader.scanner.bump();
        Ok(if is_strange { Came::Strange } else { Came::List(index) })
    }
}

/// Copies what was read for the first target of a representation to its other targets.
fn spread(
    tree: &mut Tree,
    objects: &[ReadObject],
    output: &EntityOutput,
    collected: &Representations,
    representation: usize,
) -> Result<(), ReadError> {
    let mut targets = collected.targets(representation);
    let Some(first) = targets.next() else { return Ok(()) };
    for target in targets {
        if target.base != first.base {
            let share = target.path == first.path;
            tree.copy_fields(Copy { objects, object: output.object, share }, first.base, target.base)?;
        }
    }
    Ok(())
}

/// Merges an in-process response of a fetch of root fields.
pub(super) fn merge_local_root(
    tree: &mut Tree,
    expected: Expected<'_>,
    response: Response,
    object: usize,
    bases: &[u32],
) -> Result<Reported, ReadError> {
    let mut reported = Reported::of(response.errors);
    if let (GraphQlValue::Object(members), Some((&first, rest))) = (&response.data, bases.split_first()) {
        let mut reader = LocalReader::new(tree, expected)?;
        reader.object(object, first, members)?;
        reported.lacks_fields = reader.finish()?;
        for &other in rest {
            tree.copy_fields(Copy { objects: expected.objects, object, share: true }, first, other)?;
        }
    } else if reported.errors.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(reported)
}

/// Merges an in-process response of a fetch of entities.
pub(super) fn merge_local_entities(
    tree: &mut Tree,
    expected: Expected<'_>,
    response: Response,
    outputs: &[EntityOutput],
    collected: &[Representations],
    came: &mut [Came],
) -> Result<Reported, ReadError> {
    let mut reported = Reported::of(response.errors);
    let GraphQlValue::Object(members) = &response.data else {
        return if reported.errors.is_empty() { Err(ReadError::Empty) } else { Ok(reported) };
    };
    let mut reader = LocalReader::new(tree, expected)?;
    for (output, came) in outputs.iter().zip(came) {
        let entities = match members.get(&*output.alias) {
            Some(GraphQlValue::List(entities)) => entities,
            None | Some(GraphQlValue::Null) => continue,
            Some(_) => {
                *came = Came::Strange;
                continue;
            }
        };
        *came = Came::List(entities.len());
        let collected = &collected[output.input];
        for (index, entity) in entities.iter().enumerate() {
            if !matches!(entity, GraphQlValue::Object(_) | GraphQlValue::Null) {
                *came = Came::Strange;
            }
            if let (GraphQlValue::Object(members), Some(first)) = (entity, collected.targets(index).next()) {
                reader.object(output.object, first.base, members)?;
                spread(reader.tree, expected.objects, output, collected, index)?;
            }
        }
    }
    reported.lacks_fields = reader.finish()?;
    Ok(reported)
}
