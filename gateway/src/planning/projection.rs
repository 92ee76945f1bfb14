//! Projection programs: how slots become the client's answer, in the order of the client's document.

use super::layout::Slots;
use crate::supergraph::TypeId;

/// How the answer is written.
pub(crate) struct Projection {
    pub(crate) root: usize,
    pub(crate) objects: Vec<ObjectProjection>,
    pub(crate) composites: Vec<Composite>,
    pub(crate) enums: Vec<EnumValues>,
    /// Whether `__schema` or `__type` is asked for.
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
    /// `Type.field`, for messages.
    pub(crate) coordinate: Box<str>,
    pub(crate) output: FieldOutput,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub(crate) enum FieldOutput {
    /// The name of the object's type, which no subgraph may have said.
    Typename { known: bool },
    /// The answer to introspection.
    Introspection,
    /// Slots that a fetch fills.
    Slot { slots: Slots, output: OutputType },
    /// Nowhere: no fetch of the plan asks for the field of this type.
    Unfetched { non_null: bool },
}

/// A type with its wrappers.
#[derive(Debug)]
pub(crate) struct OutputType {
    pub(crate) non_null: bool,
    pub(crate) kind: OutputKind,
}

#[derive(Debug)]
pub(crate) enum OutputKind {
    List(Box<OutputType>),
    Leaf(Leaf),
    /// Objects, by number in [`Projection::composites`].
    Composite(usize),
}

/// What is checked of a leaf.
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
    /// Whether clients may see a value.
    #[inline]
    pub(crate) fn shows(&self, text: &[u8]) -> bool {
        self.visible.binary_search_by(|known| (**known).cmp(text)).is_ok()
    }

    /// Whether a value is one that clients may not see.
    pub(crate) fn hides(&self, text: &[u8]) -> bool {
        self.inaccessible.binary_search_by(|known| (**known).cmp(text)).is_ok()
    }
}

/// Which projection an object gets, by its type at run time.
#[derive(Debug)]
pub(crate) struct Composite {
    /// The projection when the type is known without looking.
    pub(crate) only: Option<usize>,
    /// The projection of an interface itself, for objects of which no subgraph said what type they are: a subgraph with
    /// an `@interfaceObject` knows only the interface.
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
        let admitted = |scalar: BuiltIn| {
            samples
                .into_iter()
                .filter(|text| scalar.admits(text.as_bytes()))
                .collect::<Vec<_>>()
        };
        assert_eq!(admitted(BuiltIn::Int), ["1", "-2147483648", "2147483647", "-0"]);
        assert_eq!(admitted(BuiltIn::Float), samples[..9]);
        assert_eq!(admitted(BuiltIn::String), ["\"\"", "\"1\""]);
        assert_eq!(admitted(BuiltIn::Boolean), ["true", "false"]);
        let ids = [&samples[..6], &["-0", "\"\"", "\"1\""]].concat();
        assert_eq!(admitted(BuiltIn::Id), ids);
    }
}
