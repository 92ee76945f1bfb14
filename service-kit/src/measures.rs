//! Declarations of measures: name, description and SQL. The GraphQL field, the value that `having` and `orderBy`
//! compare, and the columns of the statement are built from the declaration.
//!
//! The GraphQL types are built at start and not by a derive, so a measure adds no generated code.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::{Deprecation, MetaEnumValue, MetaField, MetaInputValue, MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    CacheControl, ContainerType, Context, ContextSelectionSet, InputObject, InputType, InputValueError,
    InputValueResult, Lookahead, Name, OutputType, Positioned, ServerResult, Value,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::filter::NumberFilter;
use crate::scalar::Rate;
use crate::vocabulary::Direction;

/// Aggregate over the rows of a group. Terms of two groups without a common row can be added.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// Expression to sum; `None` counts rows.
    sum: Option<&'static str>,
    condition: &'static str,
    flow: bool,
}

impl Term {
    /// Counts the rows that satisfy a condition.
    pub const fn count(condition: &'static str) -> Self {
        Self { sum: None, condition, flow: false }
    }

    /// Sums an expression over the rows that satisfy a condition.
    pub const fn sum(expression: &'static str, condition: &'static str) -> Self {
        Self { sum: Some(expression), condition, flow: false }
    }

    /// Makes the term a flow. The condition of a flow puts a row into one bucket by a day, so the sum of the buckets is
    /// the value of the period. A flow is measured as known on the `asOf` of the request. Every other term is a stock,
    /// measured at the end of each bucket.
    #[must_use]
    pub const fn flow(self) -> Self {
        Self { flow: true, ..self }
    }

    /// Returns the term as SQL. The two conditions select the rows for stocks and for flows.
    pub fn sql(self, stocks: &str, flows: &str) -> String {
        let (read, condition) = (if self.flow { flows } else { stocks }, self.condition);
        match self.sum {
            None => format!("count(*) FILTER (WHERE {read} AND ({condition}))"),
            Some(sum) => format!("coalesce(sum({sum}) FILTER (WHERE {read} AND ({condition})), 0)"),
        }
    }
}

/// Shape of a value that is computed from terms.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A whole number.
    Int(Term),
    /// A `Rate`: part and whole.
    Rate(Term, Term),
    /// A mean: a sum and a count; null when the count is 0.
    Mean(Term, Term),
    /// An object of its own type.
    Group(&'static str, &'static str, &'static [Measure]),
    /// A breakdown: a list with an entry for each part that has rows.
    Breakdown(&'static Breakdown),
}

/// Counts by the values of an enum. A row can have several values.
#[derive(Debug)]
pub struct Breakdown {
    /// Name and description of the entry's type.
    pub entry: (&'static str, &'static str),
    /// Field and enum type of the value.
    pub key: (&'static str, &'static str),
    /// Field of the count.
    pub count: &'static str,
    /// Each value with its condition.
    pub parts: &'static [(&'static str, &'static str)],
}

/// A measure.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Name of the GraphQL field.
    pub name: &'static str,
    /// Description of the field.
    pub description: &'static str,
    /// Shape of the value.
    pub shape: Shape,
}

impl Measure {
    /// Declares a count of the rows that satisfy a condition.
    pub const fn count(name: &'static str, description: &'static str, condition: &'static str) -> Self {
        Self::new(name, description, Shape::Int(Term::count(condition)))
    }

    /// Declares the same count as a flow (see [`Term::flow`]).
    pub const fn count_flow(name: &'static str, description: &'static str, condition: &'static str) -> Self {
        Self::new(name, description, Shape::Int(Term::count(condition).flow()))
    }

    /// Declares a measure of any shape.
    pub const fn new(name: &'static str, description: &'static str, shape: Shape) -> Self {
        Self { name, description, shape }
    }
}

/// The measures of a service.
pub trait MeasureSet: Send + Sync + Sized + 'static {
    /// Prefix of the type names: `Task` gives `TaskMeasures`, `TaskMeasure`, `TaskStatsOrder` and `TaskHaving`.
    const PREFIX: &'static str;
    /// Description of the type.
    const DESCRIPTION: &'static str;
    /// The measures, in the order of the fields.
    const MEASURES: &'static [Measure];
    /// Rows `f` for each span, as a template with `{spans}` and `{zone}` that ends in a condition.
    const FACTS: &'static str;
}

impl Shape {
    /// The terms, in the order of their values.
    pub fn terms(self) -> Vec<Term> {
        match self {
            Self::Int(term) => vec![term],
            Self::Rate(part, whole) | Self::Mean(part, whole) => vec![part, whole],
            Self::Group(_, _, measures) => terms(measures),
            Self::Breakdown(breakdown) => breakdown.parts.iter().map(|(_, sql)| Term::count(sql)).collect(),
        }
    }

    /// Returns the number that `having` and `orderBy` compare.
    fn number(self, values: &[Decimal]) -> Option<f64> {
        match self {
            Self::Int(_) => values.first()?.to_f64(),
            Self::Rate(..) | Self::Mean(..) => schema::Rate::new(*values.first()?, *values.get(1)?).value(),
            Self::Group(..) | Self::Breakdown(_) => None,
        }
    }

    fn register(self, registry: &mut Registry) -> String {
        match self {
            Self::Int(_) => "Int!".to_owned(),
            Self::Rate(..) => Rate::create_type_info(registry),
            Self::Mean(..) => "Float".to_owned(),
            Self::Group(name, description, measures) => {
                let kind = object(registry, name, description, measures);
                registry.types.insert(name.to_owned(), kind);
                format!("{name}!")
            }
            Self::Breakdown(breakdown) => {
                let (name, description) = breakdown.entry;
                let mut kind = object(registry, name, description, &[]);
                if let MetaType::Object { fields, .. } = &mut kind {
                    let (key, key_type) = breakdown.key;
                    let count = breakdown.count;
                    fields.insert(key.to_owned(), field(key, "Value counted.", format!("{key_type}!")));
                    fields.insert(count.to_owned(), field(count, "Rows that have it.", "Int!".to_owned()));
                }
                registry.types.insert(name.to_owned(), kind);
                format!("[{name}!]!")
            }
        }
    }
}

/// The terms of all measures, in the order of [`Measures`]' values.
pub fn terms(measures: &[Measure]) -> Vec<Term> {
    measures.iter().flat_map(|measure| measure.shape.terms()).collect()
}

/// Measures that a request selects or compares, by their positions in the set. Only these are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Wanted(u64);

impl Wanted {
    /// Adds the measures that one of the selections has as fields.
    pub fn shown<S: MeasureSet>(selections: &[Lookahead<'_>]) -> Self {
        let shown = |measure: &Measure| selections.iter().any(|fields| fields.field(measure.name).exists());
        let places = (0..).zip(S::MEASURES).filter(|(_, measure)| shown(measure));
        Self(places.fold(0, |bits, (place, _)| bits | 1 << place))
    }

    /// Adds a measure that is compared.
    #[must_use]
    pub fn and<S: MeasureSet>(self, name: MeasureName<S>) -> Self {
        Self(self.0 | 1 << name.leaf.place)
    }

    /// Returns for each term of the set whether it is computed.
    pub fn terms(self, measures: &[Measure]) -> Vec<(Term, bool)> {
        let of_measure = |(place, measure): (u32, &Measure)| {
            let wanted = self.0 >> place & 1 == 1;
            measure.shape.terms().into_iter().map(move |term| (term, wanted))
        };
        (0..).zip(measures).flat_map(of_measure).collect()
    }
}

/// The terms of all measures with the names of their columns: `at_risk`, `on_time_part`, `clarity_complete`.
pub fn columns(measures: &[Measure]) -> Vec<(String, Term)> {
    let column = |measure: &Measure, part: &str| format!("{}{part}", screaming(measure.name).to_lowercase());
    let mut found = Vec::new();
    for measure in measures {
        match measure.shape {
            Shape::Int(term) => found.push((column(measure, ""), term)),
            Shape::Rate(part, whole) | Shape::Mean(part, whole) => {
                found.extend([(column(measure, "_part"), part), (column(measure, "_whole"), whole)]);
            }
            Shape::Group(_, _, parts) => {
                found.extend(columns(parts).into_iter().map(|(name, term)| (column(measure, "_") + &name, term)));
            }
            Shape::Breakdown(breakdown) => found.extend(
                breakdown
                    .parts
                    .iter()
                    .map(|(value, condition)| (column(measure, "_") + &value.to_lowercase(), Term::count(condition))),
            ),
        }
    }
    found
}

fn field(name: &str, description: &str, ty: String) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        args: IndexMap::default(),
        ty,
        deprecation: Deprecation::default(),
        cache_control: CacheControl::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn object(registry: &mut Registry, name: &str, description: &str, measures: &[Measure]) -> MetaType {
    let fields = measures
        .iter()
        .map(|measure| {
            let ty = measure.shape.register(registry);
            (measure.name.to_owned(), field(measure.name, measure.description, ty))
        })
        .collect();
    MetaType::Object {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        fields,
        cache_control: CacheControl::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Measures that can be filtered and ordered by name.
pub trait Measured: Clone {
    /// The measures' names, a GraphQL enum.
    type Name: Copy;

    /// Value of a measure; `None` when it has none (denominator 0, or nothing to average).
    fn value(&self, name: Self::Name) -> Option<f64>;
}

/// The measured values of one group.
pub struct Measures<S> {
    values: Vec<Decimal>,
    set: PhantomData<fn() -> S>,
}

impl<S> Clone for Measures<S> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), set: PhantomData }
    }
}

impl<S> fmt::Debug for Measures<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measures").field(&self.values).finish()
    }
}

impl<S: MeasureSet> Default for Measures<S> {
    fn default() -> Self {
        Self::new(vec![Decimal::ZERO; terms(S::MEASURES).len()])
    }
}

impl<S: MeasureSet> Measures<S> {
    /// The values of [`terms`], in their order.
    pub fn new(values: Vec<Decimal>) -> Self {
        Self { values, set: PhantomData }
    }
}

impl<S: MeasureSet> Measured for Measures<S> {
    type Name = MeasureName<S>;

    fn value(&self, name: MeasureName<S>) -> Option<f64> {
        name.leaf.shape.number(self.values.get(name.leaf.offset..)?)
    }
}

impl<S: MeasureSet> OutputType for Measures<S> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Measures", S::PREFIX).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            object(registry, &Self::type_name(), S::DESCRIPTION, S::MEASURES)
        })
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let object = Object { type_name: &Self::type_name(), measures: S::MEASURES, values: &self.values };
        resolve_container(ctx, &object).await
    }
}

/// Measures and their values as a GraphQL object.
struct Object<'a> {
    type_name: &'a str,
    measures: &'static [Measure],
    values: &'a [Decimal],
}

impl OutputType for Object<'_> {
    fn type_name() -> Cow<'static, str> {
        "Measures".into()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.type_name.to_owned().into()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::type_name().into_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Box::pin(resolve_container(ctx, self)).await
    }
}

impl ContainerType for Object<'_> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let asked = ctx.item.node.name.node.as_str();
        let mut values = self.values;
        for measure in self.measures {
            let (own, rest) = values.split_at(measure.shape.terms().len());
            if measure.name == asked {
                return resolve_shape(ctx, measure.shape, own).await.map(Some);
            }
            values = rest;
        }
        Ok(None)
    }
}

async fn resolve_shape(ctx: &Context<'_>, shape: Shape, values: &[Decimal]) -> ServerResult<Value> {
    let selection = ctx.with_selection_set(&ctx.item.node.selection_set);
    match shape {
        Shape::Int(_) => Ok(whole(values[0])),
        Shape::Mean(..) => Ok(shape.number(values).map_or(Value::Null, Value::from)),
        Shape::Rate(..) => Rate::from(schema::Rate::new(values[0], values[1])).resolve(&selection, ctx.item).await,
        Shape::Group(type_name, _, measures) => {
            Object { type_name, measures, values }.resolve(&selection, ctx.item).await
        }
        Shape::Breakdown(breakdown) => {
            let entries = breakdown.parts.iter().zip(values).filter(|(_, count)| !count.is_zero());
            let entries =
                entries.map(|((value, _), count)| Entry { breakdown, value, count: *count }).collect::<Vec<_>>();
            entries.resolve(&selection, ctx.item).await
        }
    }
}

fn whole(value: Decimal) -> Value {
    value.to_i64().map_or(Value::Null, Value::from)
}

/// A part of a breakdown that has rows.
struct Entry {
    breakdown: &'static Breakdown,
    value: &'static str,
    count: Decimal,
}

impl OutputType for Entry {
    fn type_name() -> Cow<'static, str> {
        "Breakdown".into()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.breakdown.entry.0.into()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::type_name().into_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Entry {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let asked = ctx.item.node.name.node.as_str();
        Ok(if asked == self.breakdown.key.0 {
            Some(Value::Enum(Name::new(self.value)))
        } else {
            (asked == self.breakdown.count).then(|| whole(self.count))
        })
    }
}

/// Measure with a single number, with its position among the values.
#[derive(Debug, Clone, Copy)]
struct Leaf {
    parent: Option<&'static str>,
    measure: &'static Measure,
    shape: Shape,
    offset: usize,
    /// Position of the measure, or of the measure that it is a part of.
    place: u32,
}

impl Leaf {
    /// Enum value of a path: `clarity { mean }` is `CLARITY_MEAN`.
    fn name(self) -> String {
        let words = self.parent.into_iter().chain([self.measure.name]).map(screaming);
        words.collect::<Vec<_>>().join("_")
    }
}

fn screaming(name: &str) -> String {
    let mut words = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && index > 0 {
            words.push('_');
        }
        words.push(letter.to_ascii_uppercase());
    }
    words
}

/// Returns the measures of a set that have a single number.
fn leaves(measures: &'static [Measure]) -> Vec<Leaf> {
    let mut found = Vec::new();
    let mut offset = 0;
    for (place, measure) in (0..).zip(measures) {
        let parts = match measure.shape {
            Shape::Group(_, _, parts) => parts.iter().map(|part| (Some(measure.name), part)).collect(),
            _ => vec![(None, measure)],
        };
        for (parent, measure) in parts {
            let shape = measure.shape;
            if !matches!(shape, Shape::Group(..) | Shape::Breakdown(_)) {
                found.push(Leaf { parent, measure, shape, offset, place });
            }
            offset += shape.terms().len();
        }
    }
    found
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
