//! Writes the client's answer from the tree in one pass, in the order of the client's document.
//!
//! Null propagation: when a non-null field has no value, the nearest nullable parent becomes null, and the text already
//! written for that parent is truncated.
//!
//! An `@inaccessible` value becomes null without an error where null is allowed, because the authors of the graph hid
//! it on purpose. As in Apollo's gateways, `extensions.valueCompletion` has the position.

use http::HeaderValue;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    engine::name_request,
    failure::Failures,
    tree::{ROOT, Tree, Value},
};
use crate::{
    error::{ErrorCode, GraphQlError, PathSegment},
    json::Scanner,
    planning::{FieldOutput, FieldProjection, Leaf, OutputKind, OutputType, Plan, Projection, TYPENAME_SLOT},
    supergraph::TypeTable,
};

/// Why there is no value. Passed up to the nearest nullable field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nothing {
    /// A null in a non-null position, or an invalid value. An error is reported for it.
    Faulty,
    /// A null, or a value that was not fetched.
    Null,
    /// An `@inaccessible` value.
    Hidden,
}

/// A value that became null without an error.
#[derive(Serialize)]
pub(crate) struct Completion {
    message: &'static str,
    path: Vec<PathSegment>,
}

const HIDDEN: &str = "the value is one that clients may not see";

#[derive(Clone, Copy)]
enum Step<'p> {
    Key(&'p str),
    Index(u32),
}

/// Whether a leaf can be copied without a further look. Enum values cannot.
#[inline]
fn is_fit(leaf: Leaf, text: &[u8]) -> bool {
    match leaf {
        Leaf::Scalar => true,
        Leaf::BuiltIn(scalar) => scalar.admits(text),
        Leaf::Enum(_) => false,
    }
}

/// Writes one answer.
pub(crate) struct Projector<'a> {
    tree: &'a Tree,
    types: &'a TypeTable,
    plan: &'a Plan,
    projection: &'a Projection,
    introspection: Option<&'a Map<String, Json>>,
    out: Vec<u8>,
    path: Vec<Step<'a>>,
    errors: Vec<GraphQlError>,
    completions: Vec<Completion>,
}

/// The answer without its closing brace, so that extensions can follow.
pub(crate) struct Projected {
    pub(crate) body: Vec<u8>,
    pub(crate) has_errors: bool,
    pub(crate) completions: Vec<Completion>,
}

impl<'a> Projector<'a> {
    /// `errors` are those of the fetches. A null that one of them explains is not reported again.
    pub(crate) fn new(
        tree: &'a Tree,
        types: &'a TypeTable,
        plan: &'a Plan,
        introspection: Option<&'a Map<String, Json>>,
        errors: Vec<GraphQlError>,
        capacity: usize,
    ) -> Self {
        Self {
            tree,
            types,
            plan,
            projection: &plan.projection,
            introspection,
            out: Vec::with_capacity(capacity),
            path: Vec::new(),
            errors,
            completions: Vec::new(),
        }
    }

    /// Writes `data` and `errors`.
    pub(crate) fn response(mut self, request_id: Option<&HeaderValue>) -> Projected {
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
        Projected { body: self.out, has_errors: !self.errors.is_empty(), completions: self.completions }
    }

    fn object(&mut self, object: usize, base: u32) -> Result<(), Nothing> {
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
                    return Err(Nothing::Faulty);
                }
                FieldOutput::Introspection => self.introspected(field),
                FieldOutput::Unfetched { non_null } => {
                    self.path.push(Step::Key(&field.key));
                    self.unfetched(field);
                    self.path.pop();
                    if *non_null {
                        return Err(Nothing::Faulty);
                    }
                    self.out.extend_from_slice(b"null");
                }
                FieldOutput::Slot { slots, output } => {
                    let value = self.tree.first(base, *slots);
                    if let (OutputKind::Leaf(leaf), Value::Leaf(span)) = (&output.kind, value)
                        && let text = self.tree.text(span)
                        && is_fit(*leaf, text)
                    {
                        self.out.extend_from_slice(text);
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
        let value = self.introspection.and_then(|introspection| introspection.get(&*field.key));
        match value.map(serde_json::to_vec) {
            Some(Ok(text)) => self.out.extend_from_slice(&text),
            _ => self.out.extend_from_slice(b"null"),
        }
    }

    /// Writes a value of any type. A null in a non-null position is reported here, and truncated by the nearest
    /// nullable parent.
    fn value(&mut self, value: Value, output: &'a OutputType, field: &'a FieldProjection) -> Result<(), Nothing> {
        let start = self.out.len();
        let written = match (value, &output.kind) {
            (Value::Missing | Value::Null, _) => Err(Nothing::Null),
            (Value::Absent { fetch }, _) => Err(self.unanswered(fetch)),
            (Value::List { start, len }, OutputKind::List(item)) => self.list(start, len, item, field),
            (Value::Leaf(span), OutputKind::Leaf(leaf)) => self.raw_leaf(self.tree.text(span), *leaf, field),
            (Value::Leaf(span), OutputKind::List(item)) => {
                let text = self.tree.text(span);
                self.raw_list(text, item, field)
            }
            (Value::Object { base }, OutputKind::Composite(composite)) => self.composite(base, *composite, field),
            _ => {
                self.mismatch(field);
                Err(Nothing::Faulty)
            }
        };
        written.or_else(|nothing| self.nothing(nothing, start, output, field))
    }

    /// Writes null if it is allowed. Otherwise reports an error.
    #[cold]
    fn nothing(
        &mut self,
        nothing: Nothing,
        start: usize,
        output: &OutputType,
        field: &FieldProjection,
    ) -> Result<(), Nothing> {
        if output.non_null {
            match nothing {
                Nothing::Faulty => {}
                Nothing::Null => self.unexpected_null(field),
                Nothing::Hidden => {
                    let error = GraphQlError::new(ErrorCode::Internal, HIDDEN).at(self.place());
                    self.errors.push(error);
                }
            }
            return Err(Nothing::Faulty);
        }
        if nothing == Nothing::Hidden {
            let (message, path) = (HIDDEN, self.place());
            self.completions.push(Completion { message, path });
        }
        self.out.truncate(start);
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn list(&mut self, start: u32, len: u32, item: &'a OutputType, field: &'a FieldProjection) -> Result<(), Nothing> {
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

    fn composite(&mut self, base: u32, composite: usize, field: &FieldProjection) -> Result<(), Nothing> {
        let composite = &self.projection.composites[composite];
        if let Some(object) = composite.only {
            return self.object(object, base);
        }
        let id = match self.tree.get(base, TYPENAME_SLOT) {
            Value::Type(id) => Some(id),
            Value::Absent { fetch } => return Err(self.unanswered(fetch)),
            _ => None,
        };
        if let Some(object) = id.and_then(|id| composite.object(id)) {
            return self.object(object, base);
        }
        match composite.unknown {
            Some(object) if id.is_none_or(|id| self.types.is_interface(id)) => self.object(object, base),
            _ if id.is_some_and(|id| self.types.is_inaccessible(id)) => Err(Nothing::Hidden),
            // GraphQL specification, section 6.4.3: it is an execution error when the object's type is not a possible
            // type, as far as clients can see.
            _ => {
                let message = format!("an object of no type that is possible for {}", field.coordinate);
                self.errors.push(GraphQlError::new(ErrorCode::Internal, message).at(self.place()));
                Err(Nothing::Faulty)
            }
        }
    }

    fn raw_leaf(&mut self, text: &'a [u8], leaf: Leaf, field: &FieldProjection) -> Result<(), Nothing> {
        if let Leaf::BuiltIn(scalar) = leaf
            && !scalar.admits(text)
        {
            self.mismatch(field);
            return Err(Nothing::Faulty);
        }
        if let Leaf::Enum(number) = leaf {
            let values = &self.projection.enums[number];
            if !values.shows(text) {
                if values.hides(text) {
                    return Err(Nothing::Hidden);
                }
                let error = GraphQlError::new(ErrorCode::Internal, "the enum value is not part of the schema");
                self.errors.push(error.at(self.place()));
                return Err(Nothing::Faulty);
            }
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// Writes a list of scalars, which the tree stores as one piece of JSON.
    fn raw_list(&mut self, text: &'a [u8], item: &'a OutputType, field: &'a FieldProjection) -> Result<(), Nothing> {
        if !text.starts_with(b"[") {
            self.mismatch(field);
            return Err(Nothing::Faulty);
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
                self.mismatch(field);
                return Err(Nothing::Faulty);
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

    fn raw_value(&mut self, text: &'a [u8], output: &'a OutputType, field: &'a FieldProjection) -> Result<(), Nothing> {
        let start = self.out.len();
        let written = match &output.kind {
            _ if text == b"null" => Err(Nothing::Null),
            OutputKind::Leaf(leaf) => self.raw_leaf(text, *leaf, field),
            OutputKind::List(item) => self.raw_list(text, item, field),
            OutputKind::Composite(_) => {
                self.mismatch(field);
                Err(Nothing::Faulty)
            }
        };
        written.or_else(|nothing| self.nothing(nothing, start, output, field))
    }

    /// Whether a subgraph's error says why there is no value.
    fn is_explained(&self, place: &[PathSegment]) -> bool {
        let covers = |path: &Vec<PathSegment>| path.starts_with(place) || place.starts_with(path);
        self.errors.iter().any(|error| error.path.as_ref().is_none_or(covers))
    }

    /// Reports an error for a value that a subgraph left out of its answer.
    #[cold]
    fn unanswered(&mut self, fetch: u32) -> Nothing {
        let place = self.place();
        if !self.is_explained(&place) {
            self.errors.push(Failures::unanswered(&self.plan.fetches[fetch as usize].service, place));
        }
        Nothing::Faulty
    }

    #[cold]
    fn unexpected_null(&mut self, field: &FieldProjection) {
        let place = self.place();
        if !self.is_explained(&place) {
            let message = format!("cannot return null for non-nullable field {}", field.coordinate);
            self.errors.push(GraphQlError::new(ErrorCode::Internal, message).at(place));
        }
    }

    /// Reports an error for a field that was not fetched, so that its null cannot be confused with data.
    #[cold]
    fn unfetched(&mut self, field: &FieldProjection) {
        let message = format!("{} cannot be fetched: no subgraph of the plan resolves it here", field.coordinate);
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
