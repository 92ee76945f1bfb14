//! Reads a subgraph's JSON response into the tree, following the plan's program. It looks up no key and decodes no
//! scalar.

use bytes::Bytes;

use super::{
    response::{SubgraphError, parse_errors},
    tree::{Span, Tree, TreeFull, Value},
};
use crate::{
    json::{JsonError, Scanner},
    planning::{ReadObject, ReadValue},
    supergraph::{TypeId, TypeTable},
};

/// Deepest nesting of lists of objects. GraphQL types rarely nest more than two.
const MAX_LIST_NESTING: usize = 16;

/// Why a response cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("not the expected JSON: {0}")]
    Json(#[from] JsonError),
    #[error("the response is not UTF-8")]
    Encoding,
    #[error(transparent)]
    Full(#[from] TreeFull),
    #[error("the response has neither data nor errors")]
    Empty,
}

/// Where the members of `data` are written.
pub(crate) trait DataSink {
    /// Reads the `data` object. The scanner is at its opening brace.
    fn read(&mut self, reader: &mut JsonReader<'_, '_>) -> Result<(), ReadError>;
}

/// Reads one response.
pub(crate) struct JsonReader<'t, 'b> {
    pub(crate) tree: &'t mut Tree,
    pub(crate) scanner: Scanner<'b>,
    objects: &'t [ReadObject],
    types: &'t TypeTable,
    buffer: u16,
    elements: Vec<Value>,
}

/// Reads a response body and returns the errors that the subgraph reported.
pub(crate) fn read_json(
    tree: &mut Tree,
    objects: &[ReadObject],
    types: &TypeTable,
    body: &Bytes,
    sink: &mut dyn DataSink,
) -> Result<Vec<SubgraphError>, ReadError> {
    std::str::from_utf8(body).map_err(|_| ReadError::Encoding)?;
    let buffer = tree.keep(body.clone())?;
    let mut reader = JsonReader { tree, scanner: Scanner::new(body), objects, types, buffer, elements: Vec::new() };
    let mut errors = Vec::new();
    let mut has_data = false;
    reader.scanner.expect(b'{', "expected a response object")?;
    if reader.scanner.peek() == b'}' {
        return Err(ReadError::Empty);
    }
    loop {
        let key = reader.scanner.string()?;
        reader.scanner.expect(b':', "expected a colon")?;
        match (key, reader.scanner.peek()) {
            (b"data", b'{') => {
                has_data = true;
                sink.read(&mut reader)?;
            }
            (b"errors", _) => errors = parse_errors(reader.scanner.value()?),
            _ => {
                reader.scanner.value()?;
            }
        }
        match reader.scanner.peek() {
            b',' => reader.scanner.bump(),
            b'}' => break,
            _ => {
                return Err(reader.scanner.error("expected a comma or the end of the response").into());
            }
        }
    }
    reader.scanner.bump();
    reader.scanner.finish()?;
    if has_data || !errors.is_empty() { Ok(errors) } else { Err(ReadError::Empty) }
}

impl JsonReader<'_, '_> {
    /// Reads an object into the slots at `base`. The scanner is at its opening brace.
    pub(crate) fn object(&mut self, object: usize, base: u32) -> Result<(), ReadError> {
        self.scanner.expect(b'{', "expected an object")?;
        if self.scanner.peek() == b'}' {
            self.scanner.bump();
            return Ok(());
        }
        let objects = self.objects;
        let fields = &objects[object].fields;
        // A subgraph normally answers fields in the order of the selection, so the next field is tried first.
        let mut expected = 0;
        loop {
            self.scanner.peek();
            let next = fields.get(expected);
            let field = match next {
                Some(field) if self.scanner.take_prefix(&field.token) => Some(field),
                _ => {
                    let key = self.scanner.string()?;
                    self.scanner.expect(b':', "expected a colon")?;
                    let position = fields.iter().position(|field| field.key.as_bytes() == key);
                    expected = position.unwrap_or(expected);
                    position.map(|position| &fields[position])
                }
            };
            match field {
                Some(field) => {
                    expected += 1;
                    match field.value {
                        ReadValue::Leaf => {
                            let value = self.leaf()?;
                            if value != Value::Null || self.tree.get(base, field.slot) == Value::Missing {
                                self.tree.set(base, field.slot, value);
                            }
                        }
                        ReadValue::Typename => self.typename(base, field.slot)?,
                        ReadValue::Object(inner) => {
                            let present = self.tree.get(base, field.slot);
                            let value = self.composite(inner, present, 0)?;
                            self.tree.set(base, field.slot, value);
                        }
                    }
                }
                None => {
                    self.scanner.value()?;
                }
            }
            match self.scanner.peek() {
                b',' => self.scanner.bump(),
                b'}' => break,
                _ => return Err(self.scanner.error("expected a comma or the end of the object").into()),
            }
        }
        self.scanner.bump();
        Ok(())
    }

    #[inline]
    fn leaf(&mut self) -> Result<Value, ReadError> {
        self.scanner.peek();
        let start = self.scanner.position();
        let text = self.scanner.value()?;
        if text == b"null" {
            return Ok(Value::Null);
        }
        // `Tree::keep` has checked that the buffer is addressable with 32 bits.
        let (start, len) = (u32::try_from(start).unwrap_or(0), u32::try_from(text.len()).unwrap_or(0));
        Ok(Value::Leaf(Span { buffer: self.buffer, start, len }))
    }

    #[inline]
    fn typename(&mut self, base: u32, slot: u32) -> Result<(), ReadError> {
        if self.scanner.peek() != b'"' {
            self.scanner.value()?;
            return Ok(());
        }
        let name = self.scanner.string()?;
        let id = std::str::from_utf8(name).map_or(TypeId::UNKNOWN, |name| self.types.id(name));
        set_type(self.tree, self.types, base, slot, id);
        Ok(())
    }

    fn composite(&mut self, object: usize, present: Value, nesting: usize) -> Result<Value, ReadError> {
        match self.scanner.peek() {
            b'{' => {
                let base = match present {
                    Value::Object { base } => base,
                    _ => self.tree.allocate(self.objects[object].len)?,
                };
                self.object(object, base)?;
                Ok(Value::Object { base })
            }
            b'[' => self.list(object, present, nesting),
            b'n' => {
                self.scanner.value()?;
                Ok(if present == Value::Missing { Value::Null } else { present })
            }
            _ => self.leaf(),
        }
    }

    fn list(&mut self, object: usize, present: Value, nesting: usize) -> Result<Value, ReadError> {
        if nesting >= MAX_LIST_NESTING {
            return Err(self.scanner.error("lists are nested too deeply").into());
        }
        self.scanner.bump();
        let first = self.elements.len();
        let (old_start, old_len) = match present {
            Value::List { start, len } => (start, len),
            _ => (0, 0),
        };
        if self.scanner.peek() == b']' {
            self.scanner.bump();
        } else {
            let mut index = 0;
            loop {
                let present = if index < old_len { self.tree.get(old_start, index) } else { Value::Missing };
                let value = self.composite(object, present, nesting + 1)?;
                self.elements.push(value);
                index += 1;
                match self.scanner.peek() {
                    b',' => self.scanner.bump(),
                    b']' => break,
                    _ => return Err(self.scanner.error("expected a comma or the end of the list").into()),
                }
            }
            self.scanner.bump();
        }
        let list = self.tree.allocate_list(&self.elements[first..])?;
        self.elements.truncate(first);
        Ok(list)
    }
}

/// Sets the type of an object. An interface name, which a subgraph with an `@interfaceObject` sends, never replaces the
/// name of an object type.
#[inline]
pub(super) fn set_type(tree: &mut Tree, types: &TypeTable, base: u32, slot: u32, id: TypeId) {
    let keeps = match tree.get(base, slot) {
        Value::Type(present) => types.is_object(present) && !types.is_object(id),
        _ => false,
    };
    if !keeps {
        tree.set(base, slot, Value::Type(id));
    }
}
