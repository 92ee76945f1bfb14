//! SQL of measures over groups of rows: one statement for any number of time spans.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{PgPool, Postgres, QueryBuilder, Row};

use super::condition::{Conditions, DaySql, push_template};
use crate::loader::BatchSource;
use crate::measures::{MeasureSet, Measures, Term, Wanted};
use crate::problem::Problem;

/// The days of a period, half open, and the days as of which they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first day.
    pub first: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
    /// Stocks are taken at the end of this day.
    pub as_of: NaiveDate,
    /// Flows are taken as known at the end of this day.
    pub known_on: NaiveDate,
}

/// Dimension: the key by which rows are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dimension {
    /// Field of the filter for the same key. When a row has several values and the filter names some, only these make
    /// groups.
    pub field: &'static str,
    /// The join that the key needs.
    pub join: &'static str,
    /// The key.
    pub key: &'static str,
}

/// Request of measures.
#[derive(Debug, Clone, Copy)]
pub struct Spec<'a> {
    /// Filter of the rows.
    pub conditions: &'a Conditions,
    /// Dimensions of the groups; without one, each span with a row is one group.
    pub dimensions: &'a [Dimension],
    /// Time spans.
    pub spans: &'a [Span],
    /// Measures to compute; the others are 0.
    pub wanted: Wanted,
}

/// Values of the dimensions, in the order of `groupBy`; `None` when a row has no such value.
pub type GroupKey = Vec<Option<String>>;

/// The measures of one group in one span.
#[derive(Debug, Clone)]
pub struct GroupOfSpan<S> {
    /// Position of the span in [`Spec::spans`].
    pub span: usize,
    /// The group.
    pub key: GroupKey,
    /// Measured values.
    pub measures: Measures<S>,
    /// Time of the latest observation in the group.
    pub observed_at: Option<DateTime<Utc>>,
}

/// Measures the groups of each span.
///
/// # Errors
/// The problem of the statement.
pub async fn measure<S: MeasureSet>(pool: &PgPool, spec: Spec<'_>) -> Result<Vec<GroupOfSpan<S>>, Problem> {
    if spec.spans.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<String> = spec.dimensions.iter().map(|dimension| format!("{}::text", dimension.key)).collect();
    let asked = spec.wanted.terms(S::MEASURES);
    let any = |flow: bool| asked.iter().any(|(term, wanted)| *wanted && term.is_flow() == flow);
    let readings = readings(spec.spans, any(false), any(true));
    let term = |(term, wanted): (Term, bool)| if wanted { term.sql("f.stocks", "f.flows") } else { "0".to_owned() };
    let terms: Vec<String> = asked.into_iter().map(term).collect();
    let mut sql = QueryBuilder::new(format!(
        "SELECT f.span, ARRAY[{}]::text[] AS key, ARRAY[{}]::numeric[] AS measures, max(f.observed_at) AS observed_at FROM (",
        keys.join(", "),
        terms.join(", ")
    ));
    let day = match readings.as_slice() {
        [reading] => DaySql::Day(reading.as_of),
        _ => DaySql::Column("s.as_of"),
    };
    push_template(&mut sql, S::ROWS, |sql, name| match name {
        "facts" => push_facts(sql, S::TABLE, &readings),
        _ => push_readings(sql, &readings),
    });
    spec.conditions.push(&mut sql, day);
    // With `OFFSET 0` PostgreSQL computes each value once for a row, for all measures that read it. A value that no
    // measure reads is not computed.
    sql.push(" OFFSET 0) AS f");
    // Two dimensions may need the same join; it is made once.
    let joins: BTreeSet<&str> = spec.dimensions.iter().map(|dimension| dimension.join).collect();
    for join in joins {
        sql.push(" ").push(join);
    }
    sql.push(" WHERE ").push(S::CURRENT);
    for dimension in spec.dimensions {
        if let Some(values) = spec.conditions.values_of(dimension.field) {
            sql.push(format!(" AND {} = ANY(", dimension.key)).push_bind(values.to_vec()).push(")");
        }
    }
    sql.push(" GROUP BY 1, 2");
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter()
        .map(|row| {
            let span: i32 = row.try_get("span")?;
            Ok(GroupOfSpan {
                span: usize::try_from(span).unwrap_or_default(),
                key: row.try_get("key")?,
                measures: Measures::new(row.try_get::<Vec<Decimal>, _>("measures")?),
                observed_at: row.try_get("observed_at")?,
            })
        })
        .collect()
}

/// Span as of one day: for stocks, for flows, or for both when the days are equal.
#[derive(Debug, Clone, Copy)]
struct Reading {
    span: i32,
    first: NaiveDate,
    end: NaiveDate,
    as_of: NaiveDate,
    stocks: bool,
    flows: bool,
}

/// The readings of the spans: of stocks, of flows or of both, as they are wanted, in the order of their days.
fn readings(spans: &[Span], stocks: bool, flows: bool) -> Vec<Reading> {
    let of_span = |(span, days): (i32, &Span)| {
        let (first, end) = (days.first, days.end);
        let reading = |as_of, stocks, flows| Reading { span, first, end, as_of, stocks, flows };
        match (stocks, flows) {
            (true, true) if days.as_of != days.known_on => {
                vec![reading(days.as_of, true, false), reading(days.known_on, false, true)]
            }
            (false, true) => vec![reading(days.known_on, true, true)],
            _ => vec![reading(days.as_of, true, true)],
        }
    };
    let mut readings: Vec<Reading> = (0..).zip(spans).flat_map(of_span).collect();
    readings.sort_by_key(|reading| reading.as_of);
    readings
}

/// Pushes the facts `d` of each reading `s`.
///
/// A single reading is written as constants, so that the planner evaluates expressions of the day once. Several are
/// arrays in the order of their days: one pass over the facts finds the readings of each by binary search.
fn push_facts(sql: &mut QueryBuilder<Postgres>, table: &'static str, readings: &[Reading]) {
    if let [reading] = readings {
        push_reading(sql, reading);
        sql.push(" CROSS JOIN LATERAL (SELECT * FROM ").push(table);
        sql.push(" AS d WHERE d.from_day <= s.as_of AND s.as_of < d.to_day) AS d");
        return;
    }
    let days: Vec<NaiveDate> = readings.iter().map(|reading| reading.as_of).collect();
    sql.push(table).push(" AS d CROSS JOIN LATERAL generate_series(width_bucket(d.from_day - 1, ");
    sql.push_bind(days.clone()).push("::date[]) + 1, width_bucket(d.to_day - 1, ");
    sql.push_bind(days).push("::date[])) AS place CROSS JOIN LATERAL (SELECT ");
    let mut names = COLUMNS.into_iter();
    push_columns(sql, readings, |sql| {
        sql.push(")[place] AS ").push(names.next().unwrap_or_default());
    });
    sql.push(") AS s");
}

/// Pushes the readings alone.
fn push_readings(sql: &mut QueryBuilder<Postgres>, readings: &[Reading]) {
    if let [reading] = readings {
        return push_reading(sql, reading);
    }
    sql.push("unnest(");
    push_columns(sql, readings, |sql| {
        sql.push(")");
    });
    sql.push(format!(") AS s({})", COLUMNS.join(", ")));
}

const COLUMNS: [&str; 6] = ["span", "first_day", "end_day", "as_of", "stocks", "flows"];

/// Pushes each column of the readings as `(array`, and what `end` pushes.
fn push_columns(
    sql: &mut QueryBuilder<Postgres>,
    readings: &[Reading],
    mut end: impl FnMut(&mut QueryBuilder<Postgres>),
) {
    sql.push("(").push_bind(readings.iter().map(|reading| reading.span).collect::<Vec<_>>()).push("::int[]");
    end(sql);
    for day in [|reading: &Reading| reading.first, |reading: &Reading| reading.end, |reading: &Reading| reading.as_of] {
        sql.push(", (").push_bind(readings.iter().map(day).collect::<Vec<_>>()).push("::date[]");
        end(sql);
    }
    for flag in [|reading: &Reading| reading.stocks, |reading: &Reading| reading.flows] {
        sql.push(", (").push_bind(readings.iter().map(flag).collect::<Vec<_>>()).push("::bool[]");
        end(sql);
    }
}

/// Pushes a single reading as constants.
fn push_reading(sql: &mut QueryBuilder<Postgres>, reading: &Reading) {
    sql.push("(SELECT ").push_bind(reading.span).push("::int AS span, ");
    sql.push_bind(reading.first).push("::date AS first_day, ");
    sql.push_bind(reading.end).push("::date AS end_day, ");
    sql.push_bind(reading.as_of).push("::date AS as_of, true AS stocks, true AS flows) AS s");
}

/// Entity that is the parent of lists and measures: how rows are joined with it, filtered by it and grouped by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parent {
    /// Name of its list, to which cursors belong: `area.tasks`.
    pub list: &'static str,
    /// Condition that joins a row with `parent.code`, written so that PostgreSQL can use an index.
    pub tie: &'static str,
    /// The condition on a list of codes: `f.area_codes && {}`.
    pub filter: &'static str,
    /// The dimension that groups by it.
    pub dimension: Dimension,
}

/// Loads the measures of many entities.
#[derive(Debug)]
pub struct MeasuresOf<S> {
    pool: PgPool,
    set: PhantomData<fn() -> S>,
}

impl<S> MeasuresOf<S> {
    /// A source over the database.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, set: PhantomData }
    }
}

impl<S: MeasureSet> BatchSource for MeasuresOf<S> {
    type Key = (Parent, String, Span, Wanted);
    type Value = Measures<S>;

    /// Sends one statement for each kind of entity, span and set of measures, for all entities together.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Measures<S>>, Problem> {
        let mut by_span: HashMap<(Parent, Span, Wanted), Vec<String>> = HashMap::new();
        for (parent, code, span, wanted) in keys {
            by_span.entry((parent, span, wanted)).or_default().push(code);
        }
        let mut found = HashMap::new();
        for ((parent, span, wanted), codes) in by_span {
            let mut conditions = Conditions::default();
            conditions.any(parent.dimension.field, parent.filter, Some(&codes));
            let dimensions = [parent.dimension];
            let spec = Spec { conditions: &conditions, dimensions: &dimensions, spans: &[span], wanted };
            for group in measure(&self.pool, spec).await? {
                if let [Some(code)] = group.key.as_slice() {
                    found.insert((parent, code.clone(), span, wanted), group.measures);
                }
            }
        }
        Ok(found)
    }
}
