//! Measured values, and their GraphQL resolvers.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaTypeId, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{ContainerType, Context, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::names::MeasureName;
use super::types::object;
use super::{Breakdown, Measure, MeasureSet, Shape, UNMEASURED, terms};
use crate::scalar::Rate;

/// Measures that can be filtered and ordered by name.
pub trait Measured: Clone {
    /// The measures' names, a GraphQL enum.
    type Name: Copy;

    /// Value of a measure; `None` when it has none (denominator 0, or nothing to average).
    fn value(&self, name: Self::Name) -> Option<f64>;
}

/// The measured values of one group.
pub struct Measures<S> {
    pub(super) values: Vec<Decimal>,
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
    /// Adds the measures of other rows, term by term.
    pub fn add(&mut self, others: &Self) {
        self.values.iter_mut().zip(&others.values).for_each(|(value, other)| *value += other);
    }

    /// The values of the terms of a measure, by the path of its field; none if there is no such measure.
    pub fn terms_of(&self, path: &[&str]) -> &[Decimal] {
        let (mut measures, mut values) = (S::MEASURES, self.values.as_slice());
        for name in path {
            let mut place = 0;
            let Some(measure) = measures.iter().find(|measure| {
                let found = measure.name == *name;
                place += if found { 0 } else { measure.shape.width() };
                found
            }) else {
                return &[];
            };
            values = values.get(place..place + measure.shape.width()).unwrap_or_default();
            measures = match measure.shape {
                Shape::Group(_, _, parts) | Shape::Dataset(_, _, parts) => parts,
                _ => &[],
            };
        }
        values
    }

    /// The values of [`terms`], in their order.
    pub fn new(values: Vec<Decimal>) -> Self {
        Self { values, set: PhantomData }
    }
}

impl<S: MeasureSet> Measured for Measures<S> {
    type Name = MeasureName<S>;

    fn value(&self, name: MeasureName<S>) -> Option<f64> {
        name.number(&self.values)
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
            let (own, rest) = values.split_at(measure.shape.width());
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
        Shape::Sample(_) if values[0].is_sign_negative() => Ok(Value::Null),
        Shape::Int(_) | Shape::Rate(..) if values[0] == UNMEASURED => Ok(Value::Null),
        Shape::Int(_) | Shape::Sample(_) => Ok(whole(values[0])),
        Shape::Statistic(statistic, _) => Ok(statistic.value(values).map_or(Value::Null, Value::from)),
        Shape::Amount(_) => Ok(Value::from(values[0].to_string())),
        Shape::Mean(..) | Shape::OfRows(..) => Ok(shape.number(values).map_or(Value::Null, Value::from)),
        Shape::Rate(..) => Rate::from(schema::Rate::new(values[0], values[1])).resolve(&selection, ctx.item).await,
        Shape::Dataset(..) if values.iter().all(|value| *value == UNMEASURED) => Ok(Value::Null),
        Shape::Group(type_name, _, measures) | Shape::Dataset(type_name, _, measures) => {
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
