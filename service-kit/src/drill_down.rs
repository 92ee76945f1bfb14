//! From a number to its rows: each row of measures gives the arguments of the list with the records that a measure counts.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::{InputType, Json, Object, SimpleObject, TypeName};
use chrono::NaiveDate;
use serde_json::json;

use crate::measures::{MeasureName, MeasureSet};
use crate::scalar::Date;
use crate::stats::Bucket;
use crate::store::reading::Span;

/// Fields of a filter as JSON.
pub type Fields = serde_json::Map<String, serde_json::Value>;

/// Arguments of a list of the records behind a number.
#[derive(SimpleObject)]
#[graphql(shareable)]
pub struct DrillDown {
    /// Value of the argument `filter` of the list.
    filter: Json<serde_json::Value>,
    /// Value of the argument `asOf` of the list.
    as_of: Date,
}

/// Filter and days of the measures in a row.
pub struct Origin<S> {
    filter: Fields,
    days: Option<Span>,
    set: PhantomData<fn() -> S>,
}

impl<S> Default for Origin<S> {
    fn default() -> Self {
        Self { filter: Fields::default(), days: None, set: PhantomData }
    }
}

impl<S> Origin<S> {
    /// The origin of the totals: the filter alone.
    pub fn of_totals(filter: Fields, bucket: &Bucket) -> Self {
        Self { filter, days: Some(bucket.span), set: PhantomData }
    }

    /// The origin of a row: the filter with the values of the dimensions, by the name of the filter's field for each. A record
    /// without a value in a dimension is found by `without`.
    pub fn of_row(mut filter: Fields, bucket: &Bucket, key: &[(&'static str, &'static str, Option<&str>)]) -> Self {
        let mut without = Vec::new();
        for (field, dimension, value) in key {
            match value {
                Some(value) => _ = filter.insert((*field).to_owned(), json!([value])),
                None => without.push(*dimension),
            }
        }
        if !without.is_empty() {
            filter.insert("without".to_owned(), json!(without));
        }
        Self::of_totals(filter, bucket)
    }
}

/// The fields of a filter that the client has set.
pub fn filter_fields(filter: Option<&impl InputType>) -> Fields {
    match filter.map(|filter| filter.to_value().into_json()) {
        Some(Ok(serde_json::Value::Object(mut fields))) => {
            fields.retain(|_, value| !value.is_null());
            fields
        }
        _ => Fields::new(),
    }
}

impl<S: MeasureSet> TypeName for Origin<S> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Origin", S::PREFIX).into()
    }
}

#[Object(name_type)]
impl<S: MeasureSet> Origin<S> {
    /// Arguments of the list of the records which a measure counts; of a rate or a mean those of its denominator, or of its
    /// numerator.
    async fn drill_down(&self, measure: MeasureName<S>, #[graphql(default)] numerator: bool) -> Option<DrillDown> {
        let Span { first, end, as_of, known_on } = self.days?;
        let last: NaiveDate = end.pred_opt()?;
        let mut filter = self.filter.clone();
        let counted =
            json!({ "measure": measure.to_value(), "period": format!("{first}/{last}"), "numerator": numerator });
        filter.insert("counted".to_owned(), counted);
        let as_of = if measure.is_flow() { known_on } else { as_of };
        Some(DrillDown { filter: Json(filter.into()), as_of: as_of.into() })
    }
}
