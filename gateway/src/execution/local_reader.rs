//! Reads an in-process response into the tree. Each scalar is serialized once, as the JSON text for the client.

use async_graphql::{Name, Value as GraphQlValue, indexmap::IndexMap};

use super::{
    reader::{Expected, ReadError, set_type},
    tree::{Span, Tree, TreeFull, Value},
    unanswered::mark_absent,
};
use crate::{json::write_string, planning::ReadValue, supergraph::TypeId};

/// Reads one response.
pub(crate) struct LocalReader<'t> {
    pub(crate) tree: &'t mut Tree,
    expected: Expected<'t>,
    lacks_fields: bool,
    buffer: u16,
    text: Vec<u8>,
}

impl<'t> LocalReader<'t> {
    pub(crate) fn new(tree: &'t mut Tree, expected: Expected<'t>) -> Result<Self, TreeFull> {
        let buffer = tree.keep(bytes::Bytes::new())?;
        Ok(Self { tree, expected, lacks_fields: false, buffer, text: Vec::with_capacity(1024) })
    }

    /// Moves the text of all leaves into the tree. Gives whether an object lacks a field that it should have.
    pub(crate) fn finish(self) -> Result<bool, ReadError> {
        u32::try_from(self.text.len()).map_err(|_| TreeFull)?;
        self.tree.fill(self.buffer, self.text.into());
        Ok(self.lacks_fields)
    }

    /// Reads an object into the slots at `base`.
    pub(crate) fn object(
        &mut self,
        object: usize,
        base: u32,
        members: &IndexMap<Name, GraphQlValue>,
    ) -> Result<(), ReadError> {
        let object = &self.expected.objects[object];
        let mut lacks_members = false;
        for field in &object.fields {
            let Some(value) = members.get(&*field.key) else {
                lacks_members = true;
                continue;
            };
            match field.value {
                ReadValue::Leaf => {
                    let value = self.leaf(value)?;
                    if value != Value::Null || !self.tree.get(base, field.slot).is_answered() {
                        self.tree.set(base, field.slot, value);
                    }
                }
                ReadValue::Typename => {
                    let id = match value {
                        GraphQlValue::String(name) => self.expected.types.id(name),
                        GraphQlValue::Enum(name) => self.expected.types.id(name),
                        _ => TypeId::UNKNOWN,
                    };
                    set_type(self.tree, self.expected.types, base, field.slot, id);
                }
                ReadValue::Object(inner) => {
                    let present = self.tree.get(base, field.slot);
                    let value = self.composite(inner, present, value)?;
                    self.tree.set(base, field.slot, value);
                }
            }
        }
        if lacks_members {
            self.lacks_fields |= mark_absent(self.tree, object, base, self.expected.fetch);
        }
        Ok(())
    }

    fn composite(&mut self, object: usize, present: Value, value: &GraphQlValue) -> Result<Value, ReadError> {
        match value {
            GraphQlValue::Object(members) => {
                let base = match present {
                    Value::Object { base } => base,
                    _ => self.tree.allocate(self.expected.objects[object].len)?,
                };
                self.object(object, base, members)?;
                Ok(Value::Object { base })
            }
            GraphQlValue::List(values) => {
                let mut elements = Vec::with_capacity(values.len());
                for (index, value) in values.iter().enumerate() {
                    let index = u32::try_from(index).map_err(|_| TreeFull)?;
                    let present = match present {
                        Value::List { start, len } if index < len => self.tree.get(start, index),
                        _ => Value::Missing,
                    };
                    elements.push(self.composite(object, present, value)?);
                }
                Ok(self.tree.allocate_list(&elements)?)
            }
            GraphQlValue::Null => Ok(if present.is_answered() { present } else { Value::Null }),
            other => self.leaf(other),
        }
    }

    fn leaf(&mut self, value: &GraphQlValue) -> Result<Value, ReadError> {
        if *value == GraphQlValue::Null {
            return Ok(Value::Null);
        }
        let start = self.text.len();
        write_value(&mut self.text, value);
        let span = Span {
            buffer: self.buffer,
            start: u32::try_from(start).map_err(|_| TreeFull)?,
            len: u32::try_from(self.text.len() - start).map_err(|_| TreeFull)?,
        };
        Ok(Value::Leaf(span))
    }
}

/// Writes a value exactly as async-graphql serializes it to JSON.
fn write_value(out: &mut Vec<u8>, value: &GraphQlValue) {
    match value {
        GraphQlValue::Null => out.extend_from_slice(b"null"),
        GraphQlValue::Boolean(true) => out.extend_from_slice(b"true"),
        GraphQlValue::Boolean(false) => out.extend_from_slice(b"false"),
        GraphQlValue::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        GraphQlValue::String(text) => write_string(out, text),
        GraphQlValue::Enum(name) => write_string(out, name),
        GraphQlValue::Binary(bytes) => write_list(out, bytes.iter(), |out, byte| {
            crate::json::write_unsigned(out, u64::from(*byte));
        }),
        GraphQlValue::List(values) => write_list(out, values.iter(), write_value),
        GraphQlValue::Object(members) => {
            out.push(b'{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(out, name);
                out.push(b':');
                write_value(out, value);
            }
            out.push(b'}');
        }
    }
}

fn write_list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, write: impl Fn(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}
