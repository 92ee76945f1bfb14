//! Writes the client's answer from the tree in one pass, in the order of the client's document.
//!
//! A null where none may be takes its parent with it: what was already written of the parent is cut off again.

use http::HeaderValue;
use serde_json::{Map, Value as Json};

use super::{
    engine::name_request,
    tree::{ROOT, Span, Tree, Value},
};
use crate::{
    error::{ErrorCode, GraphQlError, PathSegment},
    json::Scanner,
    planning::{FieldOutput, FieldProjection, Leaf, OutputKind, OutputType, Projection, TYPENAME_SLOT},
    supergraph::TypeTable,
};

/// A null that must not be, on its way up to the nearest nullable field.
struct Propagated;

#[derive(Clone, Copy)]
enum Step<'p> {
    Key(&'p str),
    Index(u32),
}

/// Writes one answer.
pub(crate) struct Projector<'a> {
    tree: &'a Tree,
    types: &'a TypeTable,
    projection: &'a Projection,
    introspection: Option<&'a Map<String, Json>>,
    out: Vec<u8>,
    path: Vec<Step<'a>>,
    errors: Vec<GraphQlError>,
}

impl<'a> Projector<'a> {
    /// `errors` are those of the fetches; a null that one of them explains is not reported again.
    pub(crate) fn new(
        tree: &'a Tree,
        types: &'a TypeTable,
        projection: &'a Projection,
        introspection: Option<&'a Map<String, Json>>,
        errors: Vec<GraphQlError>,
        capacity: usize,
    ) -> Self {
        Self {
            tree,
            types,
            projection,
            introspection,
            out: Vec::with_capacity(capacity),
            path: Vec::new(),
            errors,
        }
    }

    /// The whole response body, and whether it reports errors.
    pub(crate) fn response(mut self, request_id: Option<&HeaderValue>) -> (Vec<u8>, bool) {
        self.out.extend_from_slice(b"{\"data\":");
        let start = self.out.len();
        if self.object(self.projection.root, ROOT).is_err() {
            self.out.truncate(start);
            self.out.extend_from_slice(b"null");
        }
        if !self.errors.is_empty() {
            name_request(&mut self.errors, request_id);
            self.out.extend_from_slice(b",\"errors\":");
            match serde_json::to_vec(&self.errors) {
                Ok(errors) => self.out.extend_from_slice(&errors),
                Err(_) => self.out.extend_from_slice(b"[]"),
            }
        }
        self.out.push(b'}');
        (self.out, !self.errors.is_empty())
    }

    fn object(&mut self, object: usize, base: u32) -> Result<(), Propagated> {
        let projection = self.projection;
        let object = &projection.objects[object];
        self.out.push(b'{');
        let mut first = true;
        for field in &object.fields {
            if !first {
                self.out.push(b',');
            }
            first = false;
            self.out.extend_from_slice(&field.token);
            match &field.output {
                FieldOutput::Typename { known: true } => self.out.extend_from_slice(&object.typename),
                FieldOutput::Typename { known: false } => {
                    self.path.push(Step::Key(&field.key));
                    self.unexpected_null(field);
                    self.path.pop();
                    return Err(Propagated);
                }
                FieldOutput::Introspection => self.introspected(field),
                FieldOutput::Unfetched { non_null } => {
                    self.path.push(Step::Key(&field.key));
                    self.unfetched(field);
                    self.path.pop();
                    if *non_null {
                        return Err(Propagated);
                    }
                    self.out.extend_from_slice(b"null");
                }
                FieldOutput::Slot { slots, output } => {
                    let value = self.tree.first(base, *slots);
                    if let (OutputKind::Leaf(Leaf::Scalar), Value::Leaf(span)) = (&output.kind, value) {
                        self.out.extend_from_slice(self.tree.text(span));
                    } else {
                        self.path.push(Step::Key(&field.key));
                        let written = self.value(value, output, field);
                        self.path.pop();
                        written?;
                    }
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    fn introspected(&mut self, field: &FieldProjection) {
        let value = self
            .introspection
            .and_then(|introspection| introspection.get(&*field.key));
        match value.map(serde_json::to_vec) {
            Some(Ok(text)) => self.out.extend_from_slice(&text),
            _ => self.out.extend_from_slice(b"null"),
        }
    }

    /// Writes a value of any type; a null that may not be is reported here and cut off by the nearest nullable parent.
    fn value(&mut self, value: Value, output: &'a OutputType, field: &'a FieldProjection) -> Result<(), Propagated> {
        let start = self.out.len();
        let written = match (value, &output.kind) {
            (Value::Missing | Value::Null, _) => Err(Propagated),
            (Value::List { start, len }, OutputKind::List(item)) => self.list(start, len, item, field),
            (Value::Leaf(span), OutputKind::Leaf(leaf)) => self.leaf(span, *leaf),
            (Value::Leaf(span), OutputKind::List(item)) => {
                let text = self.tree.text(span);
                self.raw_list(text, item, field)
            }
            (Value::Object { base }, OutputKind::Composite(composite)) => self.composite(base, *composite, field),
            _ => {
                self.mismatch(field);
                Err(Propagated)
            }
        };
        match written {
            Ok(()) => Ok(()),
            Err(Propagated) if output.non_null => {
                if matches!(value, Value::Missing | Value::Null) {
                    self.unexpected_null(field);
                }
                Err(Propagated)
            }
            Err(Propagated) => {
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn list(
        &mut self,
        start: u32,
        len: u32,
        item: &'a OutputType,
        field: &'a FieldProjection,
    ) -> Result<(), Propagated> {
        self.out.push(b'[');
        for index in 0..len {
            if index > 0 {
                self.out.push(b',');
            }
            self.path.push(Step::Index(index));
            let written = self.value(self.tree.get(start, index), item, field);
            self.path.pop();
            written?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn composite(&mut self, base: u32, composite: usize, field: &FieldProjection) -> Result<(), Propagated> {
        let composite = &self.projection.composites[composite];
        if let Some(object) = composite.only {
            return self.object(object, base);
        }
        let id = match self.tree.get(base, TYPENAME_SLOT) {
            Value::Type(id) => Some(id),
            _ => None,
        };
        if let Some(object) = id.and_then(|id| composite.object(id)) {
            return self.object(object, base);
        }
        match composite.unknown {
            Some(object) if id.is_none_or(|id| self.types.is_interface(id)) => self.object(object, base),
            // GraphQL specification, section 6.4.3: an object of a type that is not possible here, as far as clients
            // can see, is an execution error.
            _ => {
                let message = format!("an object of no type that is possible for {}", field.coordinate);
                self.errors
                    .push(GraphQlError::new(ErrorCode::Internal, message).at(self.place()));
                Err(Propagated)
            }
        }
    }

    fn leaf(&mut self, span: Span, leaf: Leaf) -> Result<(), Propagated> {
        let text = self.tree.text(span);
        self.raw_leaf(text, leaf)
    }

    fn raw_leaf(&mut self, text: &'a [u8], leaf: Leaf) -> Result<(), Propagated> {
        if let Leaf::Enum(number) = leaf
            && self.projection.enums[number]
                .binary_search_by(|known| (**known).cmp(text))
                .is_err()
        {
            let error = GraphQlError::new(ErrorCode::Internal, "the enum value is not part of the schema");
            self.errors.push(error.at(self.place()));
            return Err(Propagated);
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// A list of scalars, which the tree keeps as one piece of JSON.
    fn raw_list(&mut self, text: &'a [u8], item: &'a OutputType, field: &'a FieldProjection) -> Result<(), Propagated> {
        if !text.starts_with(b"[") {
            self.mismatch(field);
            return Err(Propagated);
        }
        if !item.non_null && matches!(item.kind, OutputKind::Leaf(Leaf::Scalar)) {
            self.out.extend_from_slice(text);
            return Ok(());
        }
        let mut scanner = Scanner::new(text);
        scanner.bump();
        self.out.push(b'[');
        let mut index = 0;
        while scanner.peek() != b']' {
            if index > 0 {
                scanner.bump();
                self.out.push(b',');
            }
            scanner.peek();
            let Ok(element) = scanner.value() else {
                return Err(Propagated);
            };
            self.path.push(Step::Index(index));
            let written = self.raw_value(element, item, field);
            self.path.pop();
            written?;
            index += 1;
        }
        self.out.push(b']');
        Ok(())
    }

    fn raw_value(
        &mut self,
        text: &'a [u8],
        output: &'a OutputType,
        field: &'a FieldProjection,
    ) -> Result<(), Propagated> {
        let start = self.out.len();
        let is_null = text == b"null";
        let written = match &output.kind {
            _ if is_null => Err(Propagated),
            OutputKind::Leaf(leaf) => self.raw_leaf(text, *leaf),
            OutputKind::List(item) => self.raw_list(text, item, field),
            OutputKind::Composite(_) => Err(Propagated),
        };
        match written {
            Ok(()) => Ok(()),
            Err(Propagated) if output.non_null => {
                if is_null {
                    self.unexpected_null(field);
                }
                Err(Propagated)
            }
            Err(Propagated) => {
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    #[cold]
    fn unexpected_null(&mut self, field: &FieldProjection) {
        let place = self.place();
        let explained = self.errors.iter().any(|error| {
            error
                .path
                .as_ref()
                .is_none_or(|path| path.starts_with(&place) || place.starts_with(path))
        });
        if !explained {
            let message = format!("cannot return null for non-nullable field {}", field.coordinate);
            self.errors
                .push(GraphQlError::new(ErrorCode::Internal, message).at(place));
        }
    }

    /// A null that says nothing about the data must not look like one of them.
    #[cold]
    fn unfetched(&mut self, field: &FieldProjection) {
        let message = format!(
            "{} cannot be fetched: no subgraph of the plan resolves it here",
            field.coordinate
        );
        let error = GraphQlError::new(ErrorCode::Internal, message).at(self.place());
        self.errors.push(error);
    }

    #[cold]
    fn mismatch(&mut self, field: &FieldProjection) {
        let message = format!("a subgraph gave a value of the wrong kind for {}", field.coordinate);
        let error = GraphQlError::new(ErrorCode::Internal, message).at(self.place());
        self.errors.push(error);
    }

    fn place(&self) -> Vec<PathSegment> {
        let steps = self.path.iter().map(|step| match step {
            Step::Key(key) => PathSegment::Key((*key).to_owned()),
            Step::Index(index) => PathSegment::Index(u64::from(*index)),
        });
        steps.collect()
    }
}
