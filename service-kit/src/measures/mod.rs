//! Measures, each declared once: its name, description and SQL. The declaration gives the GraphQL field, the value that
//! `having` and `orderBy` compare, and the columns of the statement.
//!
//! The GraphQL types are made from the declarations at start (`types`) and not by a derive, so a measure adds no generated
//! code. `values` shows what was measured, `names` lets clients name a measure.

mod names;
mod types;
mod values;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

pub use names::{Asked, MeasureDirection, MeasureHaving, MeasureName, MeasureOrder, MeasureTerm, Wanted};
pub use values::{Measured, Measures};

/// An aggregate over the rows of a group. Terms of two groups without a common row may be added.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// What is summed; `None` counts rows.
    sum: Option<&'static str>,
    condition: &'static str,
    flow: bool,
}

impl Term {
    /// Rows that satisfy a condition.
    pub const fn count(condition: &'static str) -> Self {
        Self { sum: None, condition, flow: false }
    }

    /// The sum of an expression over the rows that satisfy a condition.
    pub const fn sum(expression: &'static str, condition: &'static str) -> Self {
        Self { sum: Some(expression), condition, flow: false }
    }

    /// The same as a flow: its condition names the day that puts a row into one bucket, so that the buckets of a period add
    /// up to it. It is taken as known at the request's date. Everything else is a stock, taken at the end of each bucket.
    #[must_use]
    pub const fn flow(self) -> Self {
        Self { flow: true, ..self }
    }

    /// The term as SQL, over rows that are read for stocks or for flows as the two conditions say.
    pub fn sql(self, stocks: &str, flows: &str) -> String {
        let (read, condition) = (if self.flow { flows } else { stocks }, self.condition);
        match self.sum {
            None => format!("count(*) FILTER (WHERE {read} AND ({condition}))"),
            Some(sum) => format!("coalesce(sum({sum}) FILTER (WHERE {read} AND ({condition})), 0)"),
        }
    }
}

/// How terms make a value.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A whole number.
    Int(Term),
    /// A `Rate`: part and whole.
    Rate(Term, Term),
    /// A quotient, null when the second term is 0: what is summed, and over how many.
    Mean(Term, Term),
    /// An object of its own type.
    Group(&'static str, &'static str, &'static [Measure]),
    /// A list with an entry for each part that has rows.
    Breakdown(&'static Breakdown),
}

/// A count by the values of an enum; a row may have several.
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
    /// How it is made.
    pub shape: Shape,
}

impl Measure {
    /// The number of rows that satisfy a condition.
    pub const fn count(name: &'static str, description: &'static str, condition: &'static str) -> Self {
        Self::new(name, description, Shape::Int(Term::count(condition)))
    }

    /// The same as a flow (see [`Term::flow`]).
    pub const fn count_flow(name: &'static str, description: &'static str, condition: &'static str) -> Self {
        Self::new(name, description, Shape::Int(Term::count(condition).flow()))
    }

    /// A measure of any shape.
    pub const fn new(name: &'static str, description: &'static str, shape: Shape) -> Self {
        Self { name, description, shape }
    }
}

/// The measures of a service.
pub trait MeasureSet: Send + Sync + Sized + 'static {
    /// Start of the type names: `Task` gives `TaskMeasures`, `TaskMeasure`, `TaskStatsOrder` and `TaskHaving`.
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

    /// The one number that `having` and `orderBy` compare.
    fn number(self, values: &[Decimal]) -> Option<f64> {
        match self {
            Self::Int(_) => values.first()?.to_f64(),
            Self::Rate(..) | Self::Mean(..) => schema::Rate::new(*values.first()?, *values.get(1)?).value(),
            Self::Group(..) | Self::Breakdown(_) => None,
        }
    }
}

/// The terms of all measures, in the order of [`Measures`]' values.
pub fn terms(measures: &[Measure]) -> Vec<Term> {
    measures.iter().flat_map(|measure| measure.shape.terms()).collect()
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
