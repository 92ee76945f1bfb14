//! The response tree of one request. Objects are ranges of slots in one arena; leaves refer to the subgraphs' bytes.

use bytes::Bytes;

use crate::{
    planning::{ReadObject, ReadValue, Slots},
    supergraph::TypeId,
};

/// The content of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing was fetched.
    Missing,
    /// The subgraph was asked for the value and left it out. `fetch` is the fetch of the plan that asked.
    Absent { fetch: u32 },
    /// The subgraph answered null.
    Null,
    /// JSON text from a subgraph.
    Leaf(Span),
    /// The type of the object that has this slot.
    Type(TypeId),
    /// Consecutive values.
    List { start: u32, len: u32 },
    /// Consecutive slots.
    Object { base: u32 },
}

impl Value {
    /// Whether a subgraph gave a value or null.
    #[inline]
    pub(crate) fn is_answered(self) -> bool {
        !matches!(self, Value::Missing | Value::Absent { .. })
    }

    /// The value, unless it says less than the one that is there already.
    #[inline]
    fn or(self, present: Value) -> Value {
        if self.is_answered() || present == Value::Missing { self } else { present }
    }
}

/// A range in one of the tree's buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) buffer: u16,
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// The tree needs more values or bytes than its indexes can address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the response is too large")]
pub(crate) struct TreeFull;

/// All objects of one response.
pub(crate) struct Tree {
    values: Vec<Value>,
    buffers: Vec<Bytes>,
}

/// Base of the root object.
pub(crate) const ROOT: u32 = 0;

impl Tree {
    /// Creates a tree with only the root object, and allocates memory for `capacity` values.
    pub(crate) fn new(root_len: u32, capacity: usize) -> Self {
        let mut values = Vec::with_capacity(capacity);
        values.resize(root_len as usize, Value::Missing);
        Self { values, buffers: Vec::with_capacity(8) }
    }

    /// Keeps a buffer alive as long as the tree, and returns its index.
    pub(crate) fn keep(&mut self, bytes: Bytes) -> Result<u16, TreeFull> {
        let number = u16::try_from(self.buffers.len()).map_err(|_| TreeFull)?;
        u32::try_from(bytes.len()).map_err(|_| TreeFull)?;
        self.buffers.push(bytes);
        Ok(number)
    }

    /// Replaces a buffer that was kept empty.
    pub(crate) fn fill(&mut self, buffer: u16, bytes: Bytes) {
        if let Some(place) = self.buffers.get_mut(usize::from(buffer)) {
            *place = bytes;
        }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    #[inline]
    pub(crate) fn text(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        &self.buffers[usize::from(span.buffer)][start..start + span.len as usize]
    }

    #[inline]
    pub(crate) fn get(&self, base: u32, slot: u32) -> Value {
        self.values[(base + slot) as usize]
    }

    /// The value of the first filled slot.
    #[inline]
    pub(crate) fn first(&self, base: u32, slots: Slots) -> Value {
        let first = slots.first.map_or(Value::Missing, |slot| self.get(base, slot));
        match slots.second {
            Some(second) if !first.is_answered() => self.get(base, second).or(first),
            _ => first,
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, base: u32, slot: u32, value: Value) {
        self.values[(base + slot) as usize] = value;
    }

    /// Allocates an object without values.
    #[inline]
    pub(crate) fn allocate(&mut self, len: u32) -> Result<u32, TreeFull> {
        let base = u32::try_from(self.values.len()).map_err(|_| TreeFull)?;
        base.checked_add(len).ok_or(TreeFull)?;
        self.values.resize((base + len) as usize, Value::Missing);
        Ok(base)
    }

    /// Allocates a list of values.
    pub(crate) fn allocate_list(&mut self, elements: &[Value]) -> Result<Value, TreeFull> {
        let start = u32::try_from(self.values.len()).map_err(|_| TreeFull)?;
        let len = u32::try_from(elements.len()).map_err(|_| TreeFull)?;
        start.checked_add(len).ok_or(TreeFull)?;
        self.values.extend_from_slice(elements);
        Ok(Value::List { start, len })
    }

    /// Copies the fields of a reading program from one object to another object of the same entity.
    ///
    /// Within one path, inner objects are shared: a later fetch then fills them for all objects. Between paths, they
    /// are copied, because the client may select different fields under equal names there.
    pub(crate) fn copy_fields(&mut self, copy: Copy<'_>, from: u32, to: u32) -> Result<(), TreeFull> {
        for field in &copy.objects[copy.object].fields {
            let value = self.get(from, field.slot);
            let present = self.get(to, field.slot);
            let copied = match field.value {
                ReadValue::Object(inner) => self.copy_value(Copy { object: inner, ..copy }, value, present)?,
                ReadValue::Leaf | ReadValue::Typename => value.or(present),
            };
            self.set(to, field.slot, copied);
        }
        Ok(())
    }

    fn copy_value(&mut self, copy: Copy<'_>, value: Value, present: Value) -> Result<Value, TreeFull> {
        let is_new = present == Value::Null || !present.is_answered();
        match (value, present) {
            (Value::Missing | Value::Absent { .. }, _) => Ok(value.or(present)),
            (Value::Null, _) if !is_new => Ok(present),
            (Value::Object { .. } | Value::List { .. }, _) if is_new && copy.share => Ok(value),
            (Value::Object { base }, Value::Object { base: target }) => {
                if base != target {
                    self.copy_fields(copy, base, target)?;
                }
                Ok(present)
            }
            (Value::Object { base }, _) => {
                let target = self.allocate(copy.objects[copy.object].len)?;
                self.copy_fields(copy, base, target)?;
                Ok(Value::Object { base: target })
            }
            (Value::List { start, len }, present) => {
                let old = match present {
                    Value::List { start: old, len: old_len } if old_len == len => Some(old),
                    _ => None,
                };
                let mut elements = Vec::with_capacity(len as usize);
                for index in 0..len {
                    let target = old.map_or(Value::Missing, |old| self.get(old, index));
                    elements.push(self.copy_value(copy, self.get(start, index), target)?);
                }
                self.allocate_list(&elements)
            }
            (value, _) => Ok(value),
        }
    }
}

/// What is copied between objects.
#[derive(Clone, Copy)]
pub(crate) struct Copy<'a> {
    pub(crate) objects: &'a [ReadObject],
    pub(crate) object: usize,
    pub(crate) share: bool,
}
