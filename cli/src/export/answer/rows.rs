//! Rows of a table: the values of its columns, from the JSON of an answer.

use serde_json::Value;
use tabular::Datum;

use super::parts::{Column, Kind, Part};

/// Between the values of a list.
const SEPARATOR: &str = "; ";
/// Between the values of a list in a list.
const INNER_SEPARATOR: &str = ", ";

/// The values of the columns in a row.
pub fn row(columns: &[Column], item: &Value) -> Vec<Datum> {
    columns.iter().map(|column| datum(column, item)).collect()
}

impl Part {
    /// The rows that an item has: one, or one for each object of its list; without an object still one.
    pub fn rows_of(&self, item: &Value) -> Vec<Vec<Datum>> {
        let objects = self.each.as_ref().and_then(|each| item.get(each)).and_then(Value::as_array);
        let Some((each, objects)) = self.each.as_ref().zip(objects) else {
            return vec![row(&self.columns, item)];
        };
        let with = |object: &Value| {
            let mut item = item.clone();
            item[each.as_str()] = object.clone();
            row(&self.columns, &item)
        };
        if objects.is_empty() { vec![with(&Value::Null)] } else { objects.iter().map(with).collect() }
    }
}

/// The value at response keys.
pub fn at<'a>(value: &'a Value, steps: &[String]) -> &'a Value {
    steps.iter().fold(value, |value, step| value.get(step).unwrap_or(&Value::Null))
}

fn datum(column: &Column, item: &Value) -> Datum {
    match found(item, &column.steps) {
        Found::One(value) => typed(column.kind, value),
        Found::List(list) => joined(&list, SEPARATOR).map_or(Datum::Empty, Datum::Text),
    }
}

/// What is at response keys, through lists.
enum Found<'a> {
    One(&'a Value),
    List(Vec<Found<'a>>),
}

fn found<'a>(value: &'a Value, steps: &[String]) -> Found<'a> {
    match (value, steps) {
        (Value::Array(items), _) => Found::List(items.iter().map(|item| found(item, steps)).collect()),
        (_, [step, rest @ ..]) => found(value.get(step).unwrap_or(&Value::Null), rest),
        (_, []) => Found::One(value),
    }
}

/// The values of a list in one text, in their order. A missing value keeps its place, so that the columns of one list have
/// as many values each; a list without any value has no text.
fn joined(list: &[Found<'_>], separator: &str) -> Option<String> {
    let texts: Vec<Option<String>> = list
        .iter()
        .map(|found| match found {
            Found::One(value) => text(value),
            Found::List(list) => joined(list, INNER_SEPARATOR),
        })
        .collect();
    let is_stated = texts.iter().any(Option::is_some);
    is_stated.then(|| texts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(separator))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn typed(kind: Kind, value: &Value) -> Datum {
    let Some(text) = text(value) else { return Datum::Empty };
    match (kind, value) {
        (Kind::Boolean, Value::Bool(value)) => Datum::Boolean(*value),
        (Kind::Number, _) => Datum::Number(text),
        (Kind::Date, _) => Datum::Date(text),
        (Kind::Instant, _) => Datum::Instant(text),
        (Kind::Text | Kind::Boolean, _) => Datum::Text(text),
    }
}
