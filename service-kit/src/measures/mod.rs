//! Declarations of measures: name, description and SQL. The GraphQL field, the value that `having` and `orderBy`
//! compare, and the columns of the statement are built from the declaration.
//!
//! `types` builds the GraphQL types at start, without a derive, so a measure adds no generated code. `values` resolves
//! measured values, `names` resolves the names of measures in arguments, `persons` hides small cells.

mod names;
mod persons;
mod types;
mod values;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::access::Kind;
use crate::statistics::Statistic;
use crate::store::template::Bare;

pub(crate) use types::field as object_field;

pub use names::{Asked, MeasureDirection, MeasureHaving, MeasureName, MeasureOrder, MeasureTerm, Wanted};
pub use persons::{Whole, hide_few};
pub use values::{Measured, Measures};

/// Aggregate over the rows of a group.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    aggregate: Aggregate,
    condition: &'static str,
    flow: bool,
    sample: Sample,
}

/// Rows of which there must be enough, or none, before everybody sees a value.
#[derive(Debug, Clone, Copy)]
enum Sample {
    None,
    /// Those that satisfy a condition.
    Rows(&'static str),
    /// Those that satisfy each of several conditions, of each by itself.
    Parts(&'static [&'static str]),
}

#[derive(Debug, Clone, Copy)]
enum Aggregate {
    Count,
    Sum(&'static str),
    /// Distinct values of an expression.
    Distinct(&'static str),
    /// Distinct values of the first expression, all of whose rows satisfy the second.
    Whole(&'static str, &'static str),
    /// The value of an expression below which a share of the rows is.
    Quantile(&'static str, &'static str),
    /// The greatest value of an expression.
    Max(&'static str),
}

impl Term {
    /// Counts the rows that satisfy a condition.
    pub const fn count(condition: &'static str) -> Self {
        Self::new(Aggregate::Count, condition)
    }

    /// Sums an expression over the rows that satisfy a condition.
    pub const fn sum(expression: &'static str, condition: &'static str) -> Self {
        Self::new(Aggregate::Sum(expression), condition)
    }

    /// Counts the distinct values of an expression over the rows that satisfy a condition: a household with three parcels
    /// is one.
    pub const fn distinct(expression: &'static str, condition: &'static str) -> Self {
        Self::new(Aggregate::Distinct(expression), condition)
    }

    /// Counts the distinct values of an expression all of whose rows, of those that satisfy the condition, also satisfy
    /// `whole`: the households with all their parcels handed over.
    pub const fn whole(expression: &'static str, whole: &'static str, condition: &'static str) -> Self {
        Self::new(Aggregate::Whole(expression, whole), condition)
    }

    /// The value of an expression below which a share (`"0.9"`) of the rows is; 0 without rows.
    pub const fn quantile(share: &'static str, expression: &'static str, condition: &'static str) -> Self {
        Self::new(Aggregate::Quantile(share, expression), condition)
    }

    /// The greatest value of an expression, for one that is equal in all rows; 0 without rows.
    pub const fn max(expression: &'static str, condition: &'static str) -> Self {
        Self::new(Aggregate::Max(expression), condition)
    }

    const fn new(aggregate: Aggregate, condition: &'static str) -> Self {
        Self { aggregate, condition, flow: false, sample: Sample::None }
    }

    /// Hides the value from who does not see all rows when fewer than [`FEWEST_PERSONS`] rows, and not none, satisfy one of the
    /// conditions: that of the sample, and those of what remains of a whole that is shown too. The value is then negative, so only
    /// shapes of samples may have such a term.
    #[must_use]
    pub const fn of_sample(self, conditions: &'static [&'static str]) -> Self {
        Self { sample: Sample::Parts(conditions), ..self }
    }

    /// The term of a mean or a percentile: of fewer than [`FEWEST_PERSONS`] rows it would tell the values of persons.
    const fn over(self, count: Self) -> Self {
        match (self.sample, count.aggregate) {
            (Sample::None, Aggregate::Count) => Self { sample: Sample::Rows(count.condition), ..self },
            _ => self,
        }
    }

    /// Whether the values of two groups without a common row can be added.
    pub const fn adds_up(self) -> bool {
        matches!(self.aggregate, Aggregate::Count | Aggregate::Sum(_))
    }

    /// A column of a function that another service publishes. The column has the name of the measure ([`columns`]).
    pub const fn published() -> Self {
        Self::count("true")
    }

    /// Makes the term a flow. The condition of a flow puts a row into one bucket by a day, so the sum of the buckets is
    /// the value of the period. A flow is measured as known on the `asOf` of the request. Every other term is a stock,
    /// measured at the end of each bucket.
    #[must_use]
    pub const fn flow(self) -> Self {
        Self { flow: true, ..self }
    }

    /// Whether it is a flow.
    pub const fn is_flow(self) -> bool {
        self.flow
    }

    /// Returns the term as SQL. The two conditions select the rows for stocks and for flows.
    pub fn sql(self, stocks: &str, flows: &str) -> String {
        let (read, condition) = (self.read(stocks, flows), self.condition);
        let rows = format!("FILTER (WHERE {read} AND ({condition}))");
        match self.aggregate {
            Aggregate::Count => format!("count(*) {rows}"),
            Aggregate::Sum(sum) => format!("coalesce(sum({sum}) {rows}, 0)"),
            Aggregate::Distinct(value) => format!("count(DISTINCT {value}) {rows}"),
            Aggregate::Whole(value, whole) => format!(
                "count(DISTINCT {value}) {rows} \
                 - count(DISTINCT {value}) FILTER (WHERE {read} AND ({condition}) AND NOT coalesce({whole}, false))"
            ),
            Aggregate::Quantile(share, value) => {
                format!("coalesce(percentile_disc({share}) WITHIN GROUP (ORDER BY {value}) {rows}, 0)")
            }
            Aggregate::Max(value) => format!("coalesce(max({value}) {rows}, 0)"),
        }
    }

    /// Condition of the rows that make the value what it is: of a sum those that add something, of whole persons those that are as all
    /// their rows must be.
    fn counted(self) -> String {
        let condition = self.condition;
        match self.aggregate {
            Aggregate::Whole(_, whole) => format!("({condition}) AND coalesce({whole}, false)"),
            Aggregate::Sum(sum) => format!("({condition}) AND coalesce({sum}, 0) <> 0"),
            _ => condition.to_owned(),
        }
    }

    const fn read<'a>(self, stocks: &'a str, flows: &'a str) -> &'a str {
        if self.flow { flows } else { stocks }
    }

    /// Returns the term of a set about persons as SQL for who does not see all rows.
    pub fn public_sql(self, stocks: &str, flows: &str) -> String {
        let (sql, read, last) = (self.sql(stocks, flows), self.read(stocks, flows), FEWEST_PERSONS - 1);
        let few = |condition: &str| format!("count(*) FILTER (WHERE {read} AND ({condition})) BETWEEN 1 AND {last}");
        let hides = match self.sample {
            Sample::None => return sql,
            Sample::Rows(condition) => few(condition),
            Sample::Parts(conditions) => {
                conditions.iter().map(|condition| few(condition)).collect::<Vec<_>>().join(" OR ")
            }
        };
        format!("CASE WHEN {hides} THEN -1 ELSE {sql} END")
    }
}

/// Shape of a value that is computed from terms.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A whole number.
    Int(Term),
    /// A `Decimal`: money, land.
    Amount(Term),
    /// A `Rate`: part and whole.
    Rate(Term, Term),
    /// A mean: a sum and a count; null when the count is 0, and when it is of too few persons for the caller.
    Mean(Term, Term),
    /// A value of the rows and their count; null as a mean.
    OfRows(Term, Term),
    /// The size of a sample, or a part of it; null when it is too small for the caller.
    Sample(Term),
    /// A statistic of a sample, computed from its terms; null when it is too small to compare ([`crate::statistics::FEWEST_RANKED`])
    /// in an order, and when it is too small for the caller.
    Statistic(Statistic, &'static [Term]),
    /// An object of its own type.
    Group(&'static str, &'static str, &'static [Measure]),
    /// An object of its own type, which is null where its values are [`UNMEASURED`].
    Dataset(&'static str, &'static str, &'static [Measure]),
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
    /// Of what it is a part, if it is a measure of persons.
    persons: Option<&'static [Whole]>,
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
        Self { name, description, shape, persons: None }
    }

    /// Makes it a measure of persons: for who does not see all rows it is null when it is a small cell, one that counts fewer than
    /// [`FEWEST_PERSONS`] and not none, or that leaves so few of a whole. Only a number or a rate of a set itself can be one, not a
    /// part of its groups.
    #[must_use]
    pub const fn of_persons(self, wholes: &'static [Whole]) -> Self {
        Self { persons: Some(wholes), ..self }
    }

    pub(crate) const fn is_of_persons(&self) -> bool {
        self.persons.is_some()
    }

    pub(crate) fn is_flow(&self) -> bool {
        self.shape.terms().iter().any(|term| term.is_flow())
    }
}

/// The value of each term of a [`Shape::Dataset`] that is not measured, or that the caller must not see, and of a small cell.
pub const UNMEASURED: Decimal = Decimal::MIN;

/// Number of persons from which on a group is shown to everybody.
pub const FEWEST_PERSONS: i64 = 5;

/// Measures that are shown side by side as one GraphQL type.
pub trait MeasureSet: Send + Sync + Sized + 'static {
    /// Prefix of the type names: `Task` gives `TaskMeasures`, `TaskMeasure`, `TaskStatsOrder` and `TaskHaving`.
    const PREFIX: &'static str;
    /// Description of the type.
    const DESCRIPTION: &'static str;
    /// Who sees what is measured.
    const KIND: &'static Kind;
    /// The measures, in the order of the fields.
    const MEASURES: &'static [Measure];
}

/// Measures that are aggregates over rows of stored facts.
pub trait FactMeasures: MeasureSet {
    /// Table of facts, with the columns `from_day` and `to_day`.
    const TABLE: &'static str;
    /// Its partition of the facts that hold today; the number of rows is the cost of one reading.
    const PRESENT: &'static str;
    /// Rows `f` for each reading, as a template that ends in a condition. `{facts}` stands for the facts `d` of each
    /// reading `s`, `{spans}` for the readings alone; `{several:TEXT}` is TEXT when there are several readings, and nothing for one.
    const ROWS: &'static str;
    /// The rows without some joins, for measures of which no term, dimension and filter reads their columns. The first that serve are
    /// read.
    const BARE: &'static [Bare<&'static str>] = &[];
    /// Table of the codes of which a record can have several, as `task_id, dimension, code, from_day, to_day`, and its column of the
    /// record, which the facts have too.
    const CODES: Option<(&'static str, &'static str)> = None;
    /// Conditions that find the facts `d` with codes `$1` of other dimensions before they are read, by dimension.
    const FOUND_BY: &'static [(&'static str, &'static str)] = &[];
    /// Condition that PostgreSQL evaluates once for each statement; it may raise SQLSTATE IOC01 when the rows are not
    /// current (see [`crate::Subgraph::refreshing`]).
    const CURRENT: &'static str = "true";
    /// Kinds of pushed records that the measures are made of.
    const FED_BY: &'static [&'static str] = &[];
    /// Counts the persons whose data a group shows, if it shows data of persons. Who does not see all rows gets no group
    /// with fewer than [`FEWEST_PERSONS`].
    const PERSONS: Option<Term> = None;
}

impl Shape {
    /// The terms, in the order of their values.
    pub fn terms(self) -> Vec<Term> {
        match self {
            Self::Int(term) | Self::Amount(term) | Self::Sample(term) => vec![term],
            Self::Statistic(_, terms) => terms.to_vec(),
            Self::Rate(part, whole) => vec![part, whole],
            Self::Mean(part, whole) | Self::OfRows(part, whole) => vec![part.over(whole), whole.over(whole)],
            Self::Group(_, _, measures) | Self::Dataset(_, _, measures) => terms(measures),
            Self::Breakdown(breakdown) => breakdown.parts.iter().map(|(_, sql)| Term::count(sql)).collect(),
        }
    }

    /// The number of terms. Each field of each row asks for it, so it makes no list of them.
    fn width(self) -> usize {
        match self {
            Self::Int(_) | Self::Amount(_) | Self::Sample(_) => 1,
            Self::Statistic(_, terms) => terms.len(),
            Self::Rate(..) | Self::Mean(..) | Self::OfRows(..) => 2,
            Self::Group(_, _, measures) | Self::Dataset(_, _, measures) => {
                measures.iter().map(|measure| measure.shape.width()).sum()
            }
            Self::Breakdown(breakdown) => breakdown.parts.len(),
        }
    }

    /// Returns the number that `having` and `orderBy` compare.
    fn number(self, values: &[Decimal]) -> Option<f64> {
        match self {
            _ if *values.first()? == UNMEASURED => None,
            Self::Mean(..) | Self::OfRows(..) if *values.get(1)? <= Decimal::ZERO => None,
            Self::Int(_) | Self::Amount(_) | Self::OfRows(..) => values.first()?.to_f64(),
            Self::Sample(_) => values.first().filter(|value| !value.is_sign_negative())?.to_f64(),
            Self::Statistic(statistic, _) => statistic.ranked(values),
            Self::Rate(..) | Self::Mean(..) => schema::Rate::new(*values.first()?, *values.get(1)?).value(),
            Self::Group(..) | Self::Dataset(..) | Self::Breakdown(_) => None,
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
            Shape::Int(term) | Shape::Amount(term) | Shape::Sample(term) => found.push((column(measure, ""), term)),
            Shape::Statistic(_, terms) => {
                let named = ["_part", "_whole", "_prior", "_weight"].into_iter().zip(terms);
                found.extend(named.map(|(part, term)| (column(measure, part), *term)));
            }
            Shape::Rate(..) | Shape::Mean(..) | Shape::OfRows(..) => {
                found.extend(
                    ["_part", "_whole"].map(|part| column(measure, part)).into_iter().zip(measure.shape.terms()),
                );
            }
            Shape::Group(_, _, parts) | Shape::Dataset(_, _, parts) => {
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
