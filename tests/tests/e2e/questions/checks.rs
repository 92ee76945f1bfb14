//! Checks of an answer, each a section of an SQL file.
//!
//! A section begins with `-- # KIND PATH`. A path names values of the answer, with `*` for each entry of a list; the names of the columns
//! of the query are paths below it. The queries read the tables of `plain.sql`. A query says nothing of how a service computes a figure.
//!
//! - `figures PATH`: the rows of the query are those of the answer, in this order; `figures-in-any-order` compares them as a set.
//! - `among PATH`: each row of the answer is a row of the query. `including PATH`: each row of the query is in the answer.
//! - `twice PATH`: a naive query. Its text columns name a row of the answer. Its numbers are never less than the figures, and at least one
//!   is greater: a join like this would count twice.
//! - `empty VARIABLES`: with these variables nothing is at the paths below. `unloaded`: the same, before the sample is loaded.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sqlx::PgPool;

const PLAIN: &str = include_str!("plain.sql");

/// What a section checks.
#[derive(Debug)]
pub enum Check {
    Figures { ordered: bool },
    Among,
    Including,
    Twice,
    Empty(Value),
    Unloaded,
}

/// A section of a file.
#[derive(Debug)]
pub struct Section<'a> {
    /// Its first line.
    pub head: &'a str,
    pub check: Check,
    path: &'a str,
    body: &'a str,
}

impl<'a> Section<'a> {
    /// Reads the sections of a file.
    ///
    /// # Errors
    /// When a section is of no kind.
    pub fn parse(text: &'a str) -> Result<Vec<Self>> {
        let sections = text.split("-- # ").skip(1).map(|section| {
            let (head, body) = section.split_once('\n').context("a head and a body")?;
            let (kind, path) = head.split_once(' ').unwrap_or((head, ""));
            let check = match kind {
                "figures" => Check::Figures { ordered: true },
                "figures-in-any-order" => Check::Figures { ordered: false },
                "among" => Check::Among,
                "including" => Check::Including,
                "twice" => Check::Twice,
                "empty" => Check::Empty(serde_json::from_str(path)?),
                "unloaded" => Check::Unloaded,
                _ => bail!("no kind of check: {head}"),
            };
            Ok(Self { head, check, path, body })
        });
        sections.collect()
    }
}

/// What is wrong in an answer by a section; `None` when it holds.
///
/// # Errors
/// When the query fails.
pub async fn failures(pool: &PgPool, section: &Section<'_>, answer: &Value) -> Result<Option<String>> {
    if let Check::Empty(_) | Check::Unloaded = section.check {
        return Ok(not_empty(section, answer));
    }
    let rows: Vec<&Value> = values(answer, section.path).into_iter().filter(|row| !row.is_null()).collect();
    if rows.is_empty() {
        return Ok(Some("the answer has no rows".to_owned()));
    }
    let expected = query(pool, section.body).await.context(section.head.to_owned())?;
    Ok(match section.check {
        Check::Twice => counts_once(&rows, &expected),
        Check::Figures { ordered: true } => {
            let first = (0..rows.len().max(expected.len()))
                .find(|place| !matches!((rows.get(*place), expected.get(*place)), (Some(row), Some(plain)) if is_alike(row, plain)));
            first.map(|place| {
                let empty = json!({});
                let plain = expected.get(place);
                let shown = rows.get(place).map(|row| part(row, plain.or(expected.first()).unwrap_or(&empty)));
                format!(
                    "row {place} of {} is {}, and by plain SQL ({} rows) {}",
                    rows.len(),
                    shown.unwrap_or_default(),
                    expected.len(),
                    plain.unwrap_or(&Value::Null)
                )
            })
        }
        Check::Figures { ordered: false } if rows.len() != expected.len() => {
            Some(format!("{} rows, and by plain SQL {}", rows.len(), expected.len()))
        }
        Check::Figures { ordered: false } => unmatched(&rows, &expected),
        Check::Including if expected.is_empty() => Some("plain SQL has no rows".to_owned()),
        Check::Including => {
            let missing = expected.iter().find(|plain| !rows.iter().any(|row| is_alike(row, plain)));
            missing.map(|plain| format!("the answer has no {plain}"))
        }
        Check::Among => {
            let foreign = rows.iter().find(|row| !expected.iter().any(|plain| is_alike(row, plain)));
            foreign.map(|row| format!("plain SQL has no {row}"))
        }
        Check::Empty(_) | Check::Unloaded => None,
    })
}

/// The paths of a section at which there is something, or an answer that is no answer.
fn not_empty(section: &Section<'_>, answer: &Value) -> Option<String> {
    if answer.is_null() {
        return Some("there is no answer".to_owned());
    }
    let mut paths =
        section.body.lines().filter_map(|line| line.strip_prefix("-- ")).filter(|path| path.starts_with('/'));
    paths.find_map(|path| {
        let filled = values(answer, path).into_iter().find(|value| match value {
            Value::Null => false,
            Value::Array(list) => !list.is_empty(),
            value => number(value) != Some(0.0),
        });
        filled.map(|value| format!("{path} is not empty: {value}"))
    })
}

/// Rows of the two sides are matched one by one.
fn unmatched(rows: &[&Value], expected: &[Value]) -> Option<String> {
    let mut left: Vec<&Value> = rows.to_vec();
    for plain in expected {
        let Some(place) = left.iter().position(|row| is_alike(row, plain)) else {
            let others: Vec<String> = left.iter().take(3).map(|row| part(row, plain).to_string()).collect();
            return Some(format!("by plain SQL there is {plain}; the answer has {}", others.join(" and ")));
        };
        left.swap_remove(place);
    }
    None
}

/// Compares the numbers of a naive query with the figures of the rows that it names.
fn counts_once(rows: &[&Value], naive: &[Value]) -> Option<String> {
    let mut is_greater = false;
    for row in rows {
        for counted in naive {
            let columns: Vec<(&String, &Value)> = counted.as_object().into_iter().flatten().collect();
            let (keys, numbers): (Vec<_>, Vec<_>) = columns.into_iter().partition(|(_, value)| value.is_string());
            if !keys.iter().all(|(path, key)| values(row, path).first() == Some(key)) {
                continue;
            }
            for (path, count) in numbers {
                let figure = values(row, path).first().and_then(|figure| number(figure)).unwrap_or_default();
                let count = number(count).unwrap_or_default();
                if count < figure {
                    return Some(format!("{path} is {figure}, and a join that counts twice has only {count}"));
                }
                is_greater |= count > figure;
            }
        }
    }
    (!is_greater).then(|| "no row is there for which this join counts twice".to_owned())
}

/// The rows of a query as objects.
async fn query(pool: &PgPool, body: &str) -> Result<Vec<Value>> {
    let sql = format!("SELECT coalesce(json_agg(row_to_json(answer)), '[]') FROM ({PLAIN} {body}) AS answer");
    let rows: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await?;
    rows.as_array().cloned().context("a list")
}

/// The values at a path; one that leads nowhere gives null.
fn values<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for step in path.split('/').filter(|step| !step.is_empty()) {
        found = match step {
            "*" => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            step => found.into_iter().map(|value| value.get(step).unwrap_or(&Value::Null)).collect(),
        };
    }
    found
}

/// The part of a row of an answer that a row of a query is about.
fn part(row: &Value, plain: &Value) -> Value {
    let columns = plain.as_object().into_iter().flatten();
    columns.map(|(path, _)| (path.clone(), values(row, path).first().copied().cloned().unwrap_or_default())).collect()
}

/// Whether a row of an answer has the values of a row of a query.
fn is_alike(row: &Value, plain: &Value) -> bool {
    let columns = plain.as_object().into_iter().flatten();
    columns.into_iter().all(|(path, expected)| {
        let found = values(row, path).first().copied().unwrap_or(&Value::Null);
        match (number(found), number(expected)) {
            (Some(found), Some(expected)) => (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
            _ => found == expected,
        }
    })
}

/// A number, or a text that is one: amounts are texts on the wire.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The text of an answer without hours that pass while one asks.
pub fn settled(text: &str) -> String {
    let mut parts = text.split("\"lagHours\":");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.')
    })
}
