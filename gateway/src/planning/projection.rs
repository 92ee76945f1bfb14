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
    /// Nothing: a custom scalar may be any JSON, and the value is copied.
    Scalar,
    /// The kind of JSON.
    BuiltIn(BuiltIn),
    /// Whether clients may see the value, by number in [`Projection::enums`].
    Enum(usize),
}

/// A scalar of the GraphQL specification (section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BuiltIn {
    Int,
    Float,
    String,
    Boolean,
    Id,
}

impl BuiltIn {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Int" => Self::Int,
            "Float" => Self::Float,
            "String" => Self::String,
            "Boolean" => Self::Boolean,
            "ID" => Self::Id,
            _ => return None,
        })
    }

    /// Whether a JSON text other than null is a value of the scalar. An `ID` may be written as an integer.
    #[inline]
    pub(crate) fn admits(self, text: &[u8]) -> bool {
        let first = text.first().copied().unwrap_or_default();
        match self {
            Self::String => first == b'"',
            Self::Id => first == b'"' || is_integer(text),
            Self::Boolean => first == b't' || first == b'f',
            Self::Float => first == b'-' || first.is_ascii_digit(),
            // Ten characters are `-2147483648` without its sign.
            Self::Int => is_integer(text) && (text.len() < 10 || is_32_bit(text)),
        }
    }
}

fn is_integer(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

#[cold]
fn is_32_bit(text: &[u8]) -> bool {
    let text = std::str::from_utf8(text).unwrap_or_default();
    text.parse::<i32>().is_ok()
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
        let position = self.by_type.binary_search_by_key(&id, |(candidate, _)| *candidate).ok()?;
        Some(self.by_type[position].1)
    }
}

#[cfg(test)]
mod tests {
    use super::BuiltIn;

    #[test]
    fn a_built_in_scalar_admits_its_own_json_only() {
        let samples = [
            "1",
            "-2147483648",
            "2147483647",
            "2147483648",
            "-2147483649",
            "12345678901234567890",
            "1.0",
            "1e3",
            "-0",
            "\"\"",
            "\"1\"",
            "true",
            "false",
            "{}",
            "[1]",
        ];
        let admitted =
            |scalar: BuiltIn| samples.into_iter().filter(|text| scalar.admits(text.as_bytes())).collect::<Vec<_>>();
        assert_eq!(admitted(BuiltIn::Int), ["1", "-2147483648", "2147483647", "-0"]);
        assert_eq!(admitted(BuiltIn::Float), samples[..9]);
        assert_eq!(admitted(BuiltIn::String), ["\"\"", "\"1\""]);
        assert_eq!(admitted(BuiltIn::Boolean), ["true", "false"]);
        let ids = [&samples[..6], &["-0", "\"\"", "\"1\""]].concat();
        assert_eq!(admitted(BuiltIn::Id), ids);
    }
}
