//! Readings: the time spans of measures as SQL, and the facts of each.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Postgres, QueryBuilder};

use super::plan::Plan;
use super::template::push_template;
use crate::reader::Reader;

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

/// Span as of one day: for stocks, for flows, or for both when the days are equal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    span: i32,
    first: NaiveDate,
    end: NaiveDate,
    pub(super) as_of: NaiveDate,
    /// The day of the request: `as_of` of flows, and not before that of stocks.
    known_on: NaiveDate,
    stocks: bool,
    flows: bool,
    /// The instant of `as_of`: its end, or the present; `None` outside of a request.
    at: Option<DateTime<Utc>>,
}

impl Reading {
    /// The reading of a period as of one day.
    pub(super) fn of(first: NaiveDate, end: NaiveDate, as_of: NaiveDate) -> Self {
        Self { span: 0, first, end, as_of, known_on: as_of, stocks: true, flows: true, at: None }
    }

    /// The same reading at the instant that a reader has for its day.
    pub(super) fn at(self, reader: &Reader) -> Self {
        Self { at: reader.moment(self.as_of), ..self }
    }
}

/// The readings of the spans: of stocks, of flows or of both, as they are wanted, in the order of their days.
pub(super) fn readings(spans: &[Span], stocks: bool, flows: bool) -> Vec<Reading> {
    let of_span = |(span, days): (i32, &Span)| {
        let (first, end) = (days.first, days.end);
        let known_on = days.known_on;
        let reading = |as_of, stocks, flows| Reading { span, first, end, as_of, known_on, stocks, flows, at: None };
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

/// Number of readings up to which the rows of each are read by themselves.
pub(super) const READ_ALONE: usize = 4;

/// The readings in parts whose rows are read together: few each by itself, otherwise those of each of few days, because a statement of
/// one day is planned for it; otherwise all.
pub(super) fn parts(readings: &[Reading]) -> Vec<&[Reading]> {
    if readings.len() <= READ_ALONE {
        return readings.chunks(1).collect();
    }
    let days: Vec<&[Reading]> = readings.chunk_by(|one, next| one.as_of == next.as_of).collect();
    if days.len() <= READ_ALONE { days } else { vec![readings] }
}

/// The day of readings that have the same.
pub(super) fn day_of(readings: &[Reading]) -> Option<NaiveDate> {
    let (first, others) = readings.split_first()?;
    others.iter().all(|reading| reading.as_of == first.as_of).then_some(first.as_of)
}

/// Pushes the rows of a set of measures for each reading, by its template.
pub(super) fn push_rows(
    sql: &mut QueryBuilder<Postgres>,
    rows: &'static str,
    table: &'static str,
    readings: &[Reading],
    plan: Plan,
) {
    push_template(sql, rows, |sql, name| match (name, name.strip_prefix(SEVERAL)) {
        ("facts", _) => push_facts(sql, table, readings, plan),
        (_, Some(text)) if readings.len() > 1 => _ = sql.push(text),
        (_, Some(_)) => {}
        _ => push_readings(sql, readings, plan),
    });
}

/// Begin of a placeholder whose text is there for several readings only.
pub(super) const SEVERAL: &str = "several:";

/// Pushes the facts `d` of each reading `s`.
///
/// A single reading is written as constants, so that the planner evaluates expressions of the day once and knows how many facts it
/// has. Several are arrays. Those of one day are joined with its facts; of more days, one pass over all facts finds the readings of each by
/// binary search.
fn push_facts(sql: &mut QueryBuilder<Postgres>, table: &'static str, readings: &[Reading], plan: Plan) {
    if let Some(day) = day_of(readings) {
        push_readings(sql, readings, plan);
        sql.push(" JOIN ").push(table).push(" AS d ON d.from_day <= ");
        plan.day(day).push(sql);
        sql.push(" AND ");
        plan.day(day).push(sql);
        sql.push(" < d.to_day");
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
fn push_readings(sql: &mut QueryBuilder<Postgres>, readings: &[Reading], plan: Plan) {
    if let [reading] = readings {
        return push_reading(sql, reading, plan);
    }
    sql.push("unnest(");
    push_columns(sql, readings, |sql| {
        sql.push(")");
    });
    sql.push(format!(") AS s({})", COLUMNS.join(", ")));
}

const COLUMNS: [&str; 8] = ["span", "first_day", "end_day", "as_of", "known_on", "stocks", "flows", "at"];

/// Pushes each column of the readings as `(array`, and what `end` pushes.
fn push_columns(
    sql: &mut QueryBuilder<Postgres>,
    readings: &[Reading],
    mut end: impl FnMut(&mut QueryBuilder<Postgres>),
) {
    sql.push("(").push_bind(readings.iter().map(|reading| reading.span).collect::<Vec<_>>()).push("::int[]");
    end(sql);
    for day in [
        |reading: &Reading| reading.first,
        |reading: &Reading| reading.end,
        |reading: &Reading| reading.as_of,
        |reading: &Reading| reading.known_on,
    ] {
        sql.push(", (").push_bind(readings.iter().map(day).collect::<Vec<_>>()).push("::date[]");
        end(sql);
    }
    for flag in [|reading: &Reading| reading.stocks, |reading: &Reading| reading.flows] {
        sql.push(", (").push_bind(readings.iter().map(flag).collect::<Vec<_>>()).push("::bool[]");
        end(sql);
    }
    sql.push(", (").push_bind(readings.iter().map(|reading| reading.at).collect::<Vec<_>>()).push("::timestamptz[]");
    end(sql);
}

/// Pushes a single reading as constants.
fn push_reading(sql: &mut QueryBuilder<Postgres>, reading: &Reading, plan: Plan) {
    plan.push_number(sql.push("(SELECT "), reading.span.into());
    sql.push("::int AS span, ");
    for (day, name) in [
        (reading.first, "first_day"),
        (reading.end, "end_day"),
        (reading.as_of, "as_of"),
        (reading.known_on, "known_on"),
    ] {
        plan.day(day).push(sql);
        sql.push("::date AS ").push(name).push(", ");
    }
    sql.push(format!("{} AS stocks, {} AS flows, ", reading.stocks, reading.flows));
    if let Some(at) = reading.at {
        sql.push_bind(at).push("::timestamptz");
    } else {
        // The conditions of a list have no reader; its transaction knows the present.
        plan.day(reading.as_of).push(sql.push("(SELECT platform.moment("));
        sql.push("))");
    }
    sql.push(" AS at) AS s");
}
