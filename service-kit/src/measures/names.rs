//! Names of measures in `having` and `orderBy`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use async_graphql::registry::{Deprecation, MetaEnumValue, MetaInputValue, MetaType, MetaTypeId, Registry};
use async_graphql::{InputObject, InputType, InputValueError, InputValueResult, Lookahead, Name, Value};

use rust_decimal::Decimal;

use super::{Measure, MeasureSet, Shape, Term, screaming};
use crate::filter::NumberFilter;
use crate::vocabulary::Direction;

/// Measure with a single number, with its position among the values.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    parent: Option<&'static str>,
    measure: &'static Measure,
    shape: Shape,
    offset: usize,
    /// Position among the measures and the parts of groups.
    place: u32,
}

impl Leaf {
    /// Enum value of a path: `clarity { mean }` is `CLARITY_MEAN`.
    fn name(self) -> String {
        let words = self.parent.into_iter().chain([self.measure.name]).map(screaming);
        words.collect::<Vec<_>>().join("_")
    }
}

/// Returns the measures of a set that have a single number.
fn leaves(measures: &'static [Measure]) -> Vec<Leaf> {
    let mut found = Vec::new();
    let mut offset = 0;
    for (place, (parent, measure)) in (0..).zip(parts(measures)) {
        let shape = measure.shape;
        if !matches!(shape, Shape::Group(..) | Shape::Dataset(..) | Shape::Breakdown(_)) {
            found.push(Leaf { parent: parent.map(|parent| parent.name), measure, shape, offset, place });
        }
        offset += shape.width();
    }
    found
}

/// The measures, and instead of a group its parts, each with its group.
fn parts(measures: &[Measure]) -> impl Iterator<Item = (Option<&Measure>, &Measure)> {
    measures.iter().flat_map(|measure| match measure.shape {
        Shape::Group(_, _, parts) | Shape::Dataset(_, _, parts) => {
            parts.iter().map(|part| (Some(measure), part)).collect::<Vec<_>>()
        }
        _ => vec![(None, measure)],
    })
}

/// The name of a measure as an enum value; a rate is compared by its value.
pub struct MeasureName<S> {
    leaf: Leaf,
    set: PhantomData<fn() -> S>,
}

impl<S> Clone for MeasureName<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for MeasureName<S> {}

impl<S> fmt::Debug for MeasureName<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.leaf.name())
    }
}

impl<S: MeasureSet> MeasureName<S> {
    /// Condition of the rows that it counts; of a rate those of its numerator or of its denominator.
    pub fn condition(self, numerator: bool) -> String {
        let terms = self.leaf.shape.terms();
        let term = if numerator { terms.first() } else { terms.last() };
        term.map_or("false".to_owned(), |term| term.counted())
    }

    /// The field of the measure, and that of the object that it is a part of.
    pub const fn path(self) -> (Option<&'static str>, &'static str) {
        (self.leaf.parent, self.leaf.measure.name)
    }

    /// Whether it is a flow, which is read as known on the date of the request.
    pub fn is_flow(self) -> bool {
        self.leaf.shape.terms().iter().any(|term| term.is_flow())
    }

    /// The number that is compared, from the values of all terms.
    pub(super) fn number(self, values: &[Decimal]) -> Option<f64> {
        self.leaf.shape.number(values.get(self.leaf.offset..)?)
    }
}

impl<S: MeasureSet> InputType for MeasureName<S> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}Measure", S::PREFIX).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: Self::type_name().into_owned(),
            description: Some(
                "Measure that rows are filtered or ordered by; a rate is compared by its value.".to_owned(),
            ),
            enum_values: leaves(S::MEASURES)
                .into_iter()
                .map(|leaf| {
                    let value = MetaEnumValue {
                        name: leaf.name(),
                        description: Some(leaf.measure.description.to_owned()),
                        deprecation: Deprecation::default(),
                        visible: None,
                        inaccessible: false,
                        tags: Vec::new(),
                        directive_invocations: Vec::new(),
                    };
                    (value.name.clone(), value)
                })
                .collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let asked = match &value {
            Some(Value::Enum(name)) => name.as_str(),
            Some(Value::String(name)) => name.as_str(),
            _ => return Err(InputValueError::expected_type(value.unwrap_or_default())),
        };
        let leaf = leaves(S::MEASURES).into_iter().find(|leaf| leaf.name() == asked);
        leaf.map(|leaf| Self { leaf, set: PhantomData })
            .ok_or_else(|| InputValueError::custom(format!("{asked} is no value of {}", Self::type_name())))
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.leaf.name()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Input object with the field `measure` and the fields of `T`.
#[derive(Clone, Copy)]
pub struct MeasureTerm<S, T> {
    /// The measure.
    pub measure: MeasureName<S>,
    /// Direction or bounds.
    pub asked: T,
}

/// Type of an input that refers to a measure.
pub trait Asked: InputType {
    /// Suffix of the type's name.
    const SUFFIX: &'static str;
    /// Description of the type.
    const DESCRIPTION: &'static str;
}

/// Direction of an order by a measure.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct MeasureDirection {
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}

impl Asked for MeasureDirection {
    const SUFFIX: &'static str = "StatsOrder";
    const DESCRIPTION: &'static str =
        "One term of an order of rows. Rows without a value come last either way; ties go by bucket and key.";
}

impl Asked for NumberFilter {
    const SUFFIX: &'static str = "Having";
    const DESCRIPTION: &'static str =
        "Bounds on a measure of a row, joined by AND. A measure without a value satisfies none.";
}

/// One term of `orderBy`.
pub type MeasureOrder<S> = MeasureTerm<S, MeasureDirection>;
/// One term of `having`.
pub type MeasureHaving<S> = MeasureTerm<S, NumberFilter>;

impl<S: MeasureSet, T: Asked> InputType for MeasureTerm<S, T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}{}", S::PREFIX, T::SUFFIX).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| {
            let measure = MetaInputValue {
                name: "measure".to_owned(),
                description: Some("Measure to compare; a rate by its value.".to_owned()),
                ty: MeasureName::<S>::create_type_info(registry),
                deprecation: Deprecation::default(),
                default_value: None,
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                is_secret: false,
                directive_invocations: Vec::new(),
            };
            let mut kind = registry.create_fake_input_type::<T>();
            if let MetaType::InputObject { name, description, input_fields, rust_typename, .. } = &mut kind {
                *name = Self::type_name().into_owned();
                *description = Some(T::DESCRIPTION.to_owned());
                *rust_typename = Some(std::any::type_name::<Self>());
                input_fields.shift_insert(0, "measure".to_owned(), measure);
            }
            kind
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let Some(Value::Object(fields)) = &value else {
            return Err(InputValueError::expected_type(value.unwrap_or_default()));
        };
        Ok(Self {
            measure: InputType::parse(fields.get("measure").cloned()).map_err(InputValueError::propagate)?,
            asked: T::parse(value).map_err(InputValueError::propagate)?,
        })
    }

    fn to_value(&self) -> Value {
        let mut value = self.asked.to_value();
        if let Value::Object(fields) = &mut value {
            fields.insert(Name::new("measure"), self.measure.to_value());
        }
        value
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Measures and parts of groups that a request selects or compares, by their positions ([`parts`]). Only these are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Wanted(u128);

impl Wanted {
    /// The measures that one of the selections has as fields. With any part of a group its samples are wanted, because a change is
    /// computed of them.
    pub fn shown<S: MeasureSet>(selections: &[Lookahead<'_>]) -> Self {
        let shown = |(parent, measure): (Option<&Measure>, &Measure)| {
            selections.iter().any(|fields| match parent {
                None => fields.field(measure.name).exists(),
                Some(parent) => {
                    let group = fields.field(parent.name);
                    group.exists() && (matches!(measure.shape, Shape::Sample(_)) || group.field(measure.name).exists())
                }
            })
        };
        let places = (0..).zip(parts(S::MEASURES)).filter(|(_, part)| shown(*part));
        Self(places.fold(0, |bits, (place, _)| bits | 1 << place))
    }

    /// Adds the measures of another request.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Adds a measure that is compared.
    #[must_use]
    pub fn and<S: MeasureSet>(self, name: MeasureName<S>) -> Self {
        Self(self.0 | 1 << name.leaf.place)
    }

    /// The first wanted measure that is a flow.
    pub fn flow(self, measures: &[Measure]) -> Option<&'static str> {
        let is_wanted = |place: u32| self.0 >> place & 1 == 1;
        let mut wanted =
            (0..).zip(parts(measures)).filter(|(place, _)| is_wanted(*place)).map(|(_, (_, measure))| measure);
        wanted.find(|measure| measure.shape.terms().iter().any(|term| term.is_flow())).map(|measure| measure.name)
    }

    /// Whether the wanted measures of two groups without a common row can be added.
    pub fn adds_up(self, measures: &[Measure]) -> bool {
        self.terms(measures).iter().all(|(term, wanted)| !wanted || term.adds_up())
    }

    /// Returns for each term of the set whether it is computed.
    pub fn terms(self, measures: &[Measure]) -> Vec<(Term, bool)> {
        let of_part = |(place, (_, measure)): (u32, (Option<&Measure>, &Measure))| {
            let wanted = self.0 >> place & 1 == 1;
            measure.shape.terms().into_iter().map(move |term| (term, wanted))
        };
        (0..).zip(parts(measures)).flat_map(of_part).collect()
    }
}
