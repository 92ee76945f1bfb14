//! Reads a subgraph's JSON response into the tree, following the plan's program. It looks up no key and decodes no
//! scalar.

use bytes::Bytes;

use super::{
    response::{SubgraphError, parse_errors},
    tree::{Span, Tree, TreeFull, Value},
    unanswered::mark_absent,
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

/// What is known of the responses to a fetch.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'t> {
    /// Index of the fetch.
    pub(crate) fetch: u32,
    pub(crate) objects: &'t [ReadObject],
    pub(crate) types: &'t TypeTable,
}

/// What a response has beside its data.
#[derive(Default)]
pub(crate) struct Reported {
    pub(crate) errors: Vec<SubgraphError>,
    /// Whether an object lacks a field that it should have.
    pub(crate) lacks_fields: bool,
}

impl Reported {
    pub(crate) fn of(errors: Vec<async_graphql::ServerError>) -> Self {
        Self { errors: errors.into_iter().map(Into::into).collect(), lacks_fields: false }
    }
}

/// Reads one response.
pub(crate) struct JsonReader<'t, 'b> {
    pub(crate) tree: &'t mut Tree,
    pub(crate) scanner: Scanner<'b>,
    expected: Expected<'t>,
    lacks_fields: bool,
    buffer: u16,
    elements: Vec<Value>,
}

/// Reads a response body.
pub(crate) fn read_json(
    tree: &mut Tree,
    expected: Expected<'_>,
    body: &Bytes,
    sink: &mut dyn DataSink,
) -> Result<Reported, ReadError> {
    std::str::from_utf8(body).map_err(|_| ReadError::Encoding)?;
    let buffer = tree.keep(body.clone())?;
    let scanner = Scanner::new(body);
    let mut reader = JsonReader { tree, scanner, expected, lacks_fields: false, buffer, elements: Vec::new() };
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
    let lacks_fields = reader.lacks_fields;
    if has_data || !errors.is_empty() { Ok(Reported { errors, lacks_fields }) } else { Err(ReadError::Empty) }
}

impl JsonReader<'_, '_> {
    /// Reads an object into the slots at `base`. The scanner is at its opening brace.
    pub(crate) fn object(&mut self, object: usize, base: u32) -> Result<(), ReadError> {
        self.scanner.expect(b'{', "expected an object")?;
        let object = &self.expected.objects[object];
        if self.scanner.peek() == b'}' {
            self.scanner.bump();
            self.mark_absent(object, base);
            return Ok(());
        }
        let fields = &object.fields;
        // A subgraph normally answers fields in the order of the selection, so the next field is tried first. Then
        // nothing is absent.
        let mut expected = 0;
        let mut in_order = true;
        loop {
            self.scanner.peek();
            let next = fields.get(expected);
            let field = match next {
                Some(field) if self.scanner.take_prefix(&field.token) => Some(field),
                _ => {
                    let key = self.scanner.string()?;
                    self.scanner.expect(b':', "expected a colon")?;
                    let position = fields.iter().position(|field| field.key.as_bytes() == key);
                    in_order &= position.is_none_or(|position| position == expected);
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
                            if value != Value::Null || !self.tree.get(base, field.slot).is_answered() {
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
        if !in_order || expected < fields.len() {
            self.mark_absent(object, base);
        }
        Ok(())
    }

    fn mark_absent(&mut self, object: &ReadObject, base: u32) {
        self.lacks_fields |= mark_absent(self.tree, object, base, self.expected.fetch);
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
            if self.tree.get(base, slot) == Value::Missing {
                self.tree.set(base, slot, Value::Absent { fetch: self.expected.fetch });
                self.lacks_fields = true;
            }
            return Ok(());
        }
        let name = self.scanner.string()?;
        let id = std::str::from_utf8(name).map_or(TypeId::UNKNOWN, |name| self.expected.types.id(name));
        set_type(self.tree, self.expected.types, base, slot, id);
        Ok(())
    }

    fn composite(&mut self, object: usize, present: Value, nesting: usize) -> Result<Value, ReadError> {
        match self.scanner.peek() {
            b'{' => {
                let base = match present {
                    Value::Object { base } => base,
                    _ => self.tree.allocate(self.expected.objects[object].len)?,
                };
                self.object(object, base)?;
                Ok(Value::Object { base })
            }
            b'[' => self.list(object, present, nesting),
            b'n' => {
                self.scanner.value()?;
                Ok(if present.is_answered() { present } else { Value::Null })
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
