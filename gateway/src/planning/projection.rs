//! Projection programs: how slots become the client's answer, in the order of the client's document.

use super::layout::Slots;
use crate::supergraph::TypeId;

/// How the answer is written.
pub(crate) struct Projection {
    pub(crate) root: usize,
    pub(crate) objects: Vec<ObjectProjection>,
    pub(crate) composites: Vec<Composite>,
    pub(crate) enums: Vec<EnumValues>,
    /// Whether the operation selects `__schema` or `__type`.
    pub(crate) introspects: bool,
}

/// How an object of one type is written at one position.
#[derive(Debug)]
pub(crate) struct ObjectProjection {
    /// The type name as JSON text.
    pub(crate) typename: Box<[u8]>,
    pub(crate) fields: Box<[FieldProjection]>,
}

/// How one field is written.
#[derive(Debug)]
pub(crate) struct FieldProjection {
    /// `"key":` as it is written.
    pub(crate) token: Box<[u8]>,
    pub(crate) key: Box<str>,
    /// `Type.field`, for error messages.
    pub(crate) coordinate: Box<str>,
    pub(crate) output: FieldOutput,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub(crate) enum FieldOutput {
    /// The type name of the object. `known` is `false` for an interface, where only a subgraph can tell the type.
    Typename { known: bool },
    /// The answer to introspection.
    Introspection,
    /// Slots that a fetch fills.
    Slot { slots: Slots, output: OutputType },
    /// Nothing: no fetch of the plan selects this field for this type.
    Unfetched { non_null: bool },
}

/// A type with its list and non-null wrappers.
#[derive(Debug)]
pub(crate) struct OutputType {
    pub(crate) non_null: bool,
    pub(crate) kind: OutputKind,
}

#[derive(Debug)]
pub(crate) enum OutputKind {
    List(Box<OutputType>),
    Leaf(Leaf),
    /// Objects, by index in [`Projection::composites`].
    Composite(usize),
}

/// How a leaf value is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// Not at all: the value is copied.
    Scalar,
    /// The value must be visible to clients. The index is into [`Projection::enums`].
    Enum(usize),
}

/// The values of an enum as JSON text, sorted.
#[derive(Debug)]
pub(crate) struct EnumValues {
    pub(crate) visible: Box<[Box<[u8]>]>,
    pub(crate) inaccessible: Box<[Box<[u8]>]>,
}

impl EnumValues {
    /// Whether a value is visible to clients.
    #[inline]
    pub(crate) fn shows(&self, text: &[u8]) -> bool {
        self.visible.binary_search_by(|known| (**known).cmp(text)).is_ok()
    }

    /// Whether a value is `@inaccessible`.
    pub(crate) fn hides(&self, text: &[u8]) -> bool {
        self.inaccessible.binary_search_by(|known| (**known).cmp(text)).is_ok()
    }
}

/// Selects the projection of an object by its type at run time.
#[derive(Debug)]
pub(crate) struct Composite {
    /// The projection when only one type is possible.
    pub(crate) only: Option<usize>,
    /// The projection of an interface itself, for objects whose type no subgraph reported. A subgraph with an
    /// `@interfaceObject` knows only the interface.
    pub(crate) unknown: Option<usize>,
    /// Sorted by type.
    pub(crate) by_type: Box<[(TypeId, usize)]>,
}

impl Composite {
    /// The projection for objects of a type.
    #[inline]
    pub(crate) fn object(&self, id: TypeId) -> Option<usize> {
        let position = self
            .by_type
            .binary_search_by_key(&id, |(candidate, _)| *candidate)
            .ok()?;
        Some(self.by_type[position].1)
    }
}
