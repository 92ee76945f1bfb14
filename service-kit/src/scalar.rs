//! GraphQL scalars and small value types that all subgraphs share.
//!
//! [`Date`] and [`Period`] hold the text of the client. A resolver parses it with the name of the argument, so that the
//! error names the argument.

use async_graphql::{InputValueError, InputValueResult, Json, Scalar, ScalarType, SimpleObject, Value};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::problem::Problem;
use crate::vocabulary::ServedBy;

/// The date as text (`2026-03-15`), as sent by a client or made from a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Date(String);

impl Date {
    /// Parses the calendar date.
    ///
    /// # Errors
    /// `VALIDATION` at the given path.
    pub fn checked(&self, path: &str) -> Result<NaiveDate, Problem> {
        schema::parse_date(&self.0).map_err(|error| Problem::validation(path, error.to_string()))
    }

    /// Parses a day on which work begins, ends or is done: a typing error in the year would spoil every mean of days.
    ///
    /// # Errors
    /// `VALIDATION` at the given path, also for a day that is not from 1990 to 2100.
    pub fn of_work(&self, path: &str) -> Result<NaiveDate, Problem> {
        let day = self.checked(path)?;
        if (1990..=2100).contains(&day.year()) {
            return Ok(day);
        }
        Err(Problem::validation(path, format!("{day}; accepted: a day from 1990 to 2100")))
    }

    /// Parses such a day of something that has happened.
    ///
    /// # Errors
    /// As [`Date::of_work`], also for a day after `today`.
    pub fn past(&self, path: &str, today: NaiveDate) -> Result<NaiveDate, Problem> {
        let day = self.of_work(path)?;
        if day <= today {
            return Ok(day);
        }
        Err(Problem::validation(path, format!("{day} is in the future; accepted: a day up to today, {today}")))
    }
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self(date.format("%Y-%m-%d").to_string())
    }
}

/// Calendar date in the city's time zone, `YYYY-MM-DD`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, "a date as a string, for example \"2026-03-15\"").map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The period as text, as sent by a client or made from a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Period(String);

impl Period {
    /// Parses the period.
    ///
    /// # Errors
    /// `VALIDATION` at the given path.
    pub fn checked(&self, path: &str) -> Result<schema::Period, Problem> {
        self.0.parse().map_err(|error: schema::PeriodError| Problem::validation(path, error.to_string()))
    }
}

impl Period {
    /// The period with a text that a table stores; its constraint takes no text that is none.
    pub fn stored(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<schema::Period> for Period {
    fn from(period: schema::Period) -> Self {
        Self(period.to_string())
    }
}

/// Range of days: `2026`, `2026-Q1`, `2026-03`, `2026-W10`, `2026-03-15` or `2026-01-05/2026-02-20` (both days
/// included).
#[Scalar(name = "Period")]
impl ScalarType for Period {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, "a period as a string, for example \"2026-Q1\"").map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The string inside a value.
fn text<T: async_graphql::InputType>(value: Value, accepted: &str) -> Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(InputValueError::custom(format!("found {other}; accepted: {accepted}"))),
    }
}

/// Checks a decimal number of an argument: sums of many such numbers must fit into the 28 digits of a `Decimal`. Pushed numbers have
/// the same limit (`tabular::Form::NUMBER`).
///
/// # Errors
/// `VALIDATION` at the path when it has more than 15 digits before the point.
pub fn summable(number: Decimal, path: &str) -> Result<Decimal, Problem> {
    if number.abs() < Decimal::from(10_i64.pow(15)) {
        return Ok(number);
    }
    Err(Problem::validation(path, format!("{number} is too large; accepted: at most 15 digits before the point")))
}

/// Share of a whole, with numerator and denominator, so that shares can be added correctly.
#[derive(SimpleObject, Debug, Clone, Copy, PartialEq)]
#[graphql(shareable)]
pub struct Rate {
    /// Part of the total.
    pub numerator: Decimal,
    /// Total of which the numerator is a part.
    pub denominator: Decimal,
    /// Quotient `numerator / denominator`; null when the denominator is 0.
    pub value: Option<f64>,
}

impl From<schema::Rate> for Rate {
    fn from(rate: schema::Rate) -> Self {
        Self { numerator: rate.numerator, denominator: rate.denominator, value: rate.value() }
    }
}

/// Freshness of an answer, and the source of its data.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(shareable)]
pub struct Freshness {
    /// Date as of which the measures were taken.
    pub as_of: Date,
    /// Time of the latest observation in the answer (RFC 3339); null when there is none.
    pub observed_at: Option<DateTime<Utc>>,
    /// Source of the data.
    pub served_by: ServedBy,
    /// Whether the period was not over yet on `asOf`.
    pub partial: bool,
    /// Sources that push what the measures are made of, the longest silent first.
    pub sources: Vec<SourceLag>,
    /// Whether a record can be in several rows, so that the rows do not add up to the totals.
    pub rows_overlap: bool,
    /// Number of rows that are not shown because they are about fewer than five persons, or because they would tell such a
    /// row. Only who sees all records sees them.
    pub hidden_rows: i32,
}

/// Source behind an answer, and how long ago it pushed.
#[derive(SimpleObject, sqlx::FromRow, Debug, Clone)]
#[graphql(shareable)]
pub struct SourceLag {
    /// Name of the source.
    pub source: String,
    /// Time of its last push (RFC 3339).
    pub last_receipt_at: Option<DateTime<Utc>>,
    /// Hours since then; hours of working days if its cadence counts these.
    pub lag_hours: f64,
    /// Whether it should have pushed since then.
    pub silent: bool,
}

/// Point on the globe in degrees (WGS 84).
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(shareable)]
pub struct GeoPoint {
    /// Latitude, north positive.
    pub lat: f64,
    /// Longitude, east positive.
    pub lon: f64,
}

/// Parses a stored `GeoJSON` geometry; `None` when there is none.
pub fn outline(text: Option<&str>) -> Option<Json<serde_json::Value>> {
    serde_json::from_str(text?).ok().map(Json)
}
