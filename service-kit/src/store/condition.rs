//! Filters as lists of SQL conditions: each field of a filter is one line with its name, its SQL and its value.
//!
//! The same conditions restrict lists, totals and measures, so these agree with each other.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use async_graphql::ID;
use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use super::codes::{CodeKind, KnownCodes, NamedCodes};
use super::plan::Plan;
use super::reading::{Reading, push_rows};
use super::search::{check_search, push_words};
use super::template::push_template;
use crate::filter::DateFilter;
use crate::loader::Loader;
use crate::measures::{FactMeasures, MeasureName};
use crate::problem::Problem;
use crate::vocabulary::Spelled;

/// Day in a statement.
#[derive(Debug, Clone, Copy)]
pub enum DaySql {
    /// A bound value.
    Bound(NaiveDate),
    /// A constant of the text.
    Written(NaiveDate),
    /// A column of the statement, when it reads several days.
    Column(&'static str),
}

impl DaySql {
    /// Pushes it.
    pub fn push(self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Bound(day) => sql.push_bind(day),
            Self::Written(day) => sql.push(format!("'{day}'::date")),
            Self::Column(column) => sql.push(column),
        };
    }
}

/// Checked conditions, joined by AND. Templates hold `{}` for the value and `{day}` for the day of the statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Conditions(Vec<Condition>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Condition {
    field: &'static str,
    template: &'static str,
    value: Value,
    codes: Option<Codes>,
    /// Why no measure can have the condition, and what can.
    in_lists: Option<&'static str>,
    /// Whether it is also about the rows that a measure counts, each by itself.
    of_facts: bool,
}

/// Kind of the codes of a condition, and whether its field is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Codes {
    One(CodeKind),
    Several(CodeKind),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Value {
    Texts(Vec<String>),
    Number(i32),
    Day(NaiveDate),
    Flag(bool),
    /// Whether a condition is true; when it is not known, it is not.
    Holds(bool),
    Search(String),
    Counted(Counted),
    /// Bits of real numbers, so that conditions can be compared and hashed.
    Numbers(Vec<u64>),
}

/// The rows that a measure counts in a period. As of a day it is known when the statement is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Counted {
    table: &'static str,
    rows: &'static str,
    condition: String,
    first: NaiveDate,
    end: NaiveDate,
}

impl Conditions {
    fn add(&mut self, field: &'static str, template: &'static str, value: Value) {
        self.0.push(Condition { field, template, value, codes: None, in_lists: None, of_facts: false });
    }

    /// Adds a search for words in a column of folded text, in any order.
    ///
    /// # Errors
    /// `VALIDATION` below `filter.` and the field, when the text is too long.
    pub fn search(&mut self, field: &'static str, column: &'static str, text: Option<&String>) -> Result<(), Problem> {
        if let Some(text) = text {
            check_search(text, &format!("filter.{field}"))?;
            self.add(field, column, Value::Search(text.clone()));
        }
        Ok(())
    }

    /// Adds a list of which any value matches: `f.kind = ANY({})`.
    pub fn any<T: Spelled>(&mut self, field: &'static str, template: &'static str, values: Option<&Vec<T>>) {
        if let Some(values) = values {
            let values = values.iter().map(|value| value.spelled().to_owned());
            self.add(field, template, Value::Texts(values.collect()));
        }
    }

    /// Adds a single value: `f.parent_code = ANY({})`.
    pub fn one<T: Spelled>(&mut self, field: &'static str, template: &'static str, value: Option<&T>) {
        if let Some(value) = value {
            self.add(field, template, Value::Texts(vec![value.spelled().to_owned()]));
        }
    }

    /// Adds a list of codes, which are checked against the directory.
    pub fn codes<T: Spelled>(
        &mut self,
        kind: CodeKind,
        field: &'static str,
        template: &'static str,
        codes: Option<&Vec<T>>,
    ) {
        if let Some(codes) = codes {
            self.any(field, template, Some(codes));
            self.check_last(Codes::Several(kind));
        }
    }

    /// Adds a code, which is checked against the directory: `f.parent_code = ANY({})`.
    pub fn code(&mut self, kind: CodeKind, field: &'static str, template: &'static str, code: Option<&ID>) {
        if code.is_some() {
            self.one(field, template, code);
            self.check_last(Codes::One(kind));
        }
    }

    fn check_last(&mut self, codes: Codes) {
        if let Some(condition) = self.0.last_mut() {
            condition.codes = Some(codes);
        }
    }

    /// Adds a condition that must be true, or must be false. A row about which it is not known has neither.
    pub fn flag(&mut self, field: &'static str, condition: &'static str, wanted: Option<bool>) {
        if let Some(wanted) = wanted {
            self.add(field, condition, Value::Flag(wanted));
        }
    }

    /// Adds a condition that must be true, or must not: a deadline that does not exist has not passed. It is not written as `coalesce(…,
    /// false)`, from which PostgreSQL does not see which partial index has the rows.
    pub fn holds(&mut self, field: &'static str, condition: &'static str, wanted: Option<bool>) {
        if let Some(wanted) = wanted {
            self.add(field, condition, Value::Holds(wanted));
        }
    }

    /// A bound on a number within a range: `f.extensions >= {}`.
    ///
    /// # Errors
    /// `VALIDATION` below `filter.` and the field, when the bound is outside the range.
    pub fn number(
        &mut self,
        field: &'static str,
        template: &'static str,
        range: RangeInclusive<i32>,
        bound: Option<i32>,
    ) -> Result<(), Problem> {
        let Some(bound) = bound else { return Ok(()) };
        if !range.contains(&bound) {
            let accepted = match *range.end() {
                i32::MAX => format!("{} or more", range.start()),
                last => format!("{} to {last}", range.start()),
            };
            return Err(Problem::validation(format!("filter.{field}"), format!("{bound}; accepted: {accepted}")));
        }
        self.add(field, template, Value::Number(bound));
        Ok(())
    }

    /// Bounds on a number within a range, each a field with its template: first the lower one, then the upper one.
    ///
    /// # Errors
    /// `VALIDATION` at a field whose bound is outside the range, or when no number is within both bounds.
    pub fn number_between(
        &mut self,
        [(from, from_template), (to, to_template)]: [(&'static str, &'static str); 2],
        range: &RangeInclusive<i32>,
        (least, most): (Option<i32>, Option<i32>),
    ) -> Result<(), Problem> {
        self.number(from, from_template, range.clone(), least)?;
        self.number(to, to_template, range.clone(), most)?;
        match (least, most) {
            (Some(least), Some(most)) if least > most => Err(Problem::validation(
                format!("filter.{from}"),
                format!("{least}, but {to} is {most}; accepted: up to {most}"),
            )),
            _ => Ok(()),
        }
    }

    /// Adds a condition on real numbers, which its template names by their positions: `f.lat BETWEEN {0} AND {1}`.
    pub fn numbers(&mut self, field: &'static str, template: &'static str, numbers: &[f64]) {
        self.add(field, template, Value::Numbers(numbers.iter().map(|number| number.to_bits()).collect()));
    }

    /// Adds bounds on a day: two templates, `f.due >= {}` and `f.due <= {}`.
    ///
    /// # Errors
    /// `VALIDATION` below `filter.` and the field, when a day is not a date or the interval is empty.
    pub fn days(
        &mut self,
        field: &'static str,
        templates: [&'static str; 2],
        bounds: Option<&DateFilter>,
    ) -> Result<(), Problem> {
        let Some(bounds) = bounds else { return Ok(()) };
        let (from, to) = bounds.checked(&format!("filter.{field}"))?;
        for (template, day) in templates.into_iter().zip([from, to]) {
            if let Some(day) = day {
                self.add(field, template, Value::Day(day));
            }
        }
        Ok(())
    }

    /// Adds the condition of a measure: the rows that it counts in a period. `template` compares a row with theirs:
    /// `f.task_id IN (SELECT f.task_id FROM {})`.
    pub fn counted<S: FactMeasures>(
        &mut self,
        field: &'static str,
        template: &'static str,
        (measure, numerator): (MeasureName<S>, bool),
        period: schema::Period,
    ) {
        let (first, end) = (period.first_day(), period.end());
        let condition = measure.condition(numerator);
        self.add(field, template, Value::Counted(Counted { table: S::TABLE, rows: S::ROWS, condition, first, end }));
        self.only_in_lists(field, "lists the rows behind a number; accepted: in the filter of a list");
    }

    /// Declares that the conditions of a field are about each row of facts of a record by itself. So a row that a measure counts
    /// meets them too, and not only another row of the same record.
    pub fn of_facts(&mut self, field: &'static str) {
        for condition in self.0.iter_mut().filter(|condition| condition.field == field) {
            condition.of_facts = true;
        }
    }

    /// Declares that only a list can have the conditions of a field; measures refuse it with the message.
    pub fn only_in_lists(&mut self, field: &'static str, message: &'static str) {
        for condition in self.0.iter_mut().filter(|condition| condition.field == field) {
            condition.in_lists = Some(message);
        }
    }

    /// Checks that measures can have the conditions.
    ///
    /// # Errors
    /// `VALIDATION` at the first field that only a list can have.
    pub fn check_measurable(&self) -> Result<(), Problem> {
        let refused = self.0.iter().find_map(|condition| Some((condition.field, condition.in_lists?)));
        refused.map_or(Ok(()), |(field, message)| Err(Problem::validation(format!("filter.{field}"), message)))
    }

    /// Whether the rows that a measure counts are asked for.
    pub fn is_counted(&self) -> bool {
        self.0.iter().any(|condition| matches!(condition.value, Value::Counted(_)))
    }

    /// Checks the codes, with at most one statement for the whole request.
    ///
    /// # Errors
    /// `VALIDATION` at the first field whose code the directory does not know.
    pub async fn check_codes(&self, loader: &Loader<KnownCodes>) -> Result<(), Problem> {
        let mut named = NamedCodes::default();
        for condition in &self.0 {
            let Value::Texts(texts) = &condition.value else { continue };
            let (texts, path) = (texts.iter().map(String::as_str), format!("filter.{}", condition.field));
            match condition.codes {
                Some(Codes::Several(kind)) => named.add_all(kind, texts, &path),
                Some(Codes::One(kind)) => texts.for_each(|text| named.add(kind, Some(&ID(text.to_owned())), &path)),
                None => {}
            }
        }
        named.check_once(loader).await
    }

    /// Returns the values of a list field.
    pub fn values_of(&self, field: &str) -> Option<&[String]> {
        self.0.iter().find_map(|condition| match &condition.value {
            Value::Texts(values) if condition.field == field => Some(values.as_slice()),
            _ => None,
        })
    }

    /// Whether one plan serves all values of the conditions: there are none, or one code of a kind that has so many codes that the rows
    /// of any of them are best found by it. Of a state, a category or a programme one may be rare and another frequent: the rows of the
    /// one are found by it, those of the other are nearly all rows.
    pub(super) fn have_one_plan(&self) -> bool {
        let mut values = self.0.iter().filter(|condition| !matches!(condition.value, Value::Flag(_) | Value::Holds(_)));
        let is_one = |condition: &Condition| {
            matches!(&condition.value, Value::Texts(texts) if texts.len() == 1)
                && matches!(condition.codes, Some(Codes::One(kind) | Codes::Several(kind)) if kind.has_many_codes())
        };
        values.next().is_none_or(is_one) && values.next().is_none()
    }

    /// Whether a row must meet this condition and no other, or none at all.
    pub(super) fn are_only(&self, flag: Option<&'static str>) -> bool {
        let conditions = self.0.iter().map(|condition| (condition.template, &condition.value));
        conditions.eq(flag.map(|template| (template, &Value::Flag(true))))
    }

    /// The one code of the condition with this template, and the other conditions.
    pub(super) fn split_one(&self, template: &str) -> Option<(String, Self)> {
        let at = self.0.iter().position(|condition| condition.template == template)?;
        let Value::Texts(codes) = &self.0[at].value else { return None };
        let [code] = &codes[..] else { return None };
        let mut others = self.clone();
        others.0.remove(at);
        Some((code.clone(), others))
    }

    /// The templates of the conditions.
    pub(super) fn templates(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|condition| condition.template)
    }

    /// Pushes ` AND …` for each condition.
    pub fn push(&self, sql: &mut QueryBuilder<Postgres>, day: DaySql) {
        for condition in &self.0 {
            self.push_one(sql, condition, day);
        }
    }

    fn push_one(&self, sql: &mut QueryBuilder<Postgres>, Condition { template, value, .. }: &Condition, day: DaySql) {
        if let Value::Search(text) = value {
            return push_words(sql, template, text);
        }
        sql.push(if *value == Value::Flag(false) { " AND NOT (" } else { " AND (" });
        push_template(sql, &equal_to_one(template, value), |sql, name| match (name, value) {
            ("day", _) => day.push(sql),
            (ONE, Value::Texts(texts)) => _ = sql.push_bind(texts.first().cloned()).push("::text"),
            (_, Value::Texts(texts)) => push_texts(sql, texts),
            (_, Value::Number(number)) => _ = sql.push_bind(*number),
            (_, Value::Day(day)) => _ = sql.push_bind(*day),
            (_, Value::Counted(counted)) => self.push_counted(sql, counted, day),
            (place, Value::Numbers(numbers)) => {
                let number = place.parse().ok().and_then(|place: usize| numbers.get(place));
                sql.push_bind(number.map(|bits| f64::from_bits(*bits)));
            }
            (_, Value::Flag(_) | Value::Holds(_) | Value::Search(_)) => {}
        });
        sql.push(if *value == Value::Holds(false) { ") IS NOT TRUE" } else { ")" });
    }

    fn push_counted(&self, sql: &mut QueryBuilder<Postgres>, counted: &Counted, day: DaySql) {
        // Measures of several days refuse the condition before.
        let (as_of, plan) = match day {
            DaySql::Bound(day) => (day, Plan::ForValues),
            DaySql::Written(day) => (day, Plan::Kept),
            DaySql::Column(_) => return,
        };
        sql.push("(");
        push_rows(sql, counted.rows, counted.table, &[Reading::of(counted.first, counted.end, as_of)], plan);
        sql.push(" OFFSET 0) AS f WHERE ").push(&counted.condition);
        for condition in self.0.iter().filter(|condition| condition.of_facts) {
            self.push_one(sql, condition, day);
        }
    }
}

/// Name of the placeholder of a single text.
const ONE: &str = "one";

/// The template with a comparison instead of `= ANY({})` when there is one text only. Then PostgreSQL knows that the rows have this one
/// value, and finds them in the order of an index that begins with it.
fn equal_to_one(template: &'static str, value: &Value) -> Cow<'static, str> {
    match value {
        Value::Texts(texts) if texts.len() == 1 => Cow::Owned(template.replace("= ANY({})", "= {one}")),
        _ => Cow::Borrowed(template),
    }
}

/// Pushes texts as an array. That there is one only is known to a plan for all values.
pub(super) fn push_texts(sql: &mut QueryBuilder<Postgres>, texts: &[String]) {
    match texts {
        [text] => sql.push("ARRAY[").push_bind(text.clone()).push("::text]"),
        texts => sql.push_bind(texts.to_vec()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(add: impl FnOnce(&mut Conditions)) -> Conditions {
        let mut conditions = Conditions::default();
        add(&mut conditions);
        conditions
    }

    fn named(kind: CodeKind, codes: &[&str]) -> Conditions {
        let codes = codes.iter().map(|code| ID((*code).to_owned())).collect();
        conditions(|list| list.codes(kind, "code", "f.code = ANY({})", Some(&codes)))
    }

    #[test]
    fn one_plan_serves_only_when_no_value_is_rare_and_another_frequent() {
        assert!(Conditions::default().have_one_plan());
        assert!(conditions(|list| list.flag("open", "f.is_open", Some(false))).have_one_plan());
        assert!(named(CodeKind::ORGANIZATION, &["SXD"]).have_one_plan());
        assert!(!named(CodeKind::ORGANIZATION, &["SXD", "STC"]).have_one_plan());
        assert!(!named(CodeKind::ORGANIZATION, &[]).have_one_plan());
        assert!(!named(CodeKind::CATEGORY, &["FLOODING"]).have_one_plan());
        assert!(!named(CodeKind::PROGRAMME, &["CTHD-DH14"]).have_one_plan());
        assert!(named(CodeKind::of_dimension("area"), &["00004"]).have_one_plan());
        assert!(!named(CodeKind::of_dimension("programme"), &["CTHD-DH14"]).have_one_plan());
        let status = |list: &mut Conditions| list.one("status", "f.status = ANY({})", Some(&ID("DONE".to_owned())));
        assert!(!conditions(status).have_one_plan());
        let two = conditions(|list| {
            list.code(CodeKind::AREA, "area", "f.area = ANY({})", Some(&ID("00004".to_owned())));
            status(list);
        });
        assert!(!two.have_one_plan());
        let number =
            conditions(|list| list.number("extended", "f.extensions >= {}", 0..=9, Some(1)).expect("within the range"));
        assert!(!number.have_one_plan());
    }

    #[test]
    fn what_is_not_known_of_a_row_does_not_hold_and_is_neither_flag() {
        let text = |add: &dyn Fn(&mut Conditions)| {
            let mut sql = QueryBuilder::<Postgres>::new("");
            conditions(|list| add(list)).push(&mut sql, DaySql::Column("s.as_of"));
            sql.sql().as_str().to_owned()
        };
        let late = "f.late_from <= {day}";
        assert_eq!(
            [
                text(&|list| list.holds("late", late, Some(true))),
                text(&|list| list.holds("late", late, Some(false))),
                text(&|list| list.flag("late", late, Some(true))),
                text(&|list| list.flag("late", late, Some(false))),
                text(&|list| list.holds("late", late, None)),
            ],
            [
                " AND (f.late_from <= s.as_of)",
                " AND (f.late_from <= s.as_of) IS NOT TRUE",
                " AND (f.late_from <= s.as_of)",
                " AND NOT (f.late_from <= s.as_of)",
                "",
            ]
        );
    }

    #[test]
    fn a_single_text_is_compared_and_several_are_an_array_and_a_written_day_is_no_parameter() {
        let of = |codes: &[&str]| {
            let codes: Vec<ID> = codes.iter().map(|code| ID((*code).to_owned())).collect();
            conditions(|list| {
                list.any("area", "(f.area = ANY({}) OR f.areas && {}) AND f.due <= {day}", Some(&codes));
            })
        };
        let list = of(&["00004"]);
        let day = NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day");
        let text = |list: &Conditions, day: DaySql| {
            let mut sql = QueryBuilder::<Postgres>::new("");
            list.push(&mut sql, day);
            sql.sql().as_str().to_owned()
        };
        assert_eq!(
            text(&list, DaySql::Written(day)),
            " AND ((f.area = $1::text OR f.areas && ARRAY[$2::text]) AND f.due <= '2026-11-28'::date)"
        );
        assert_eq!(
            text(&list, DaySql::Bound(day)),
            " AND ((f.area = $1::text OR f.areas && ARRAY[$2::text]) AND f.due <= $3)"
        );
        for several in [of(&[]), of(&["00004", "00008"])] {
            assert_eq!(
                text(&several, DaySql::Bound(day)),
                " AND ((f.area = ANY($1) OR f.areas && $2) AND f.due <= $3)"
            );
        }
    }
}
