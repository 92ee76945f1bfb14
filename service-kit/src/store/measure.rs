//! SQL of measures over groups of rows: one statement for any number of time spans.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{QueryBuilder, Row};

use super::codes::CodeKind;
use super::condition::{Conditions, DaySql, push_texts};
use super::plan::Plan;
use super::reading::{READ_ALONE, Span, day_of, parts, push_rows, readings};
use super::template::Bare;
use crate::loader::BatchSource;
use crate::measures::{FEWEST_PERSONS, FactMeasures, Measures, Term, Wanted};
use crate::problem::Problem;
use crate::reader::Reader;

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
    /// Whether a row can have several values, so that it is in several groups.
    pub several: bool,
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
    /// Number of persons whose data the group shows, if the caller does not see every row.
    pub persons: Option<i64>,
}

impl<S> GroupOfSpan<S> {
    /// Whether the group is about so few persons that the caller must not see it.
    pub fn is_small(&self) -> bool {
        self.persons.is_some_and(|persons| (1..FEWEST_PERSONS).contains(&persons))
    }
}

/// Measures the groups of each span over all rows, of which the caller may see none ([`crate::access`]).
///
/// # Errors
/// The problem of the statement.
pub async fn measure<S: FactMeasures>(reader: &Reader, spec: Spec<'_>) -> Result<Vec<GroupOfSpan<S>>, Problem> {
    if spec.spans.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<String> = spec.dimensions.iter().map(|dimension| format!("{}::text", dimension.key)).collect();
    let asked = spec.wanted.terms(S::MEASURES);
    let any = |flow: bool| asked.iter().any(|(term, wanted)| *wanted && term.is_flow() == flow);
    let readings: Vec<_> =
        readings(spec.spans, any(false), any(true)).into_iter().map(|reading| reading.at(reader)).collect();
    let sees_all = reader.sees_all(S::KIND);
    let term = |(term, wanted): (Term, bool)| match (wanted, sees_all) {
        (false, _) => "0".to_owned(),
        (true, false) if S::PERSONS.is_some() => term.public_sql("f.stocks", "f.flows"),
        (true, _) => term.sql("f.stocks", "f.flows"),
    };
    let terms: Vec<String> = asked.into_iter().map(term).collect();
    let persons = S::PERSONS.filter(|_| !sees_all).map(|term| term.sql("f.stocks", "f.flows"));
    reader.charge(S::PRESENT, readings.len() * (1 + spec.dimensions.len()))?;
    let reader = reader.whole();
    let plan = reader.plan(readings.len() <= READ_ALONE && spec.conditions.have_one_plan());
    let is_one_span = spec.spans.len() == 1;
    let read = terms.iter().chain(&keys).chain(&persons).map(String::as_str);
    let read = read.chain(spec.dimensions.iter().map(|dimension| dimension.join)).chain(spec.conditions.templates());
    let rows = Bare::for_parts(S::BARE, &read).unwrap_or(S::ROWS);
    let mut sql = QueryBuilder::new(format!(
        "SELECT {}, ARRAY[{}]::text[] AS key, ARRAY[{}]::numeric[] AS measures, max(f.observed_at) AS observed_at, {} AS persons FROM ((",
        if is_one_span { "0 AS span" } else { "f.span" },
        keys.join(", "),
        terms.join(", "),
        persons.as_deref().unwrap_or("NULL::bigint"),
    ));
    for (place, part) in parts(&readings).into_iter().enumerate() {
        let day = day_of(part).map_or(DaySql::Column("s.as_of"), |day| plan.day(day));
        sql.push(if place == 0 { "" } else { " OFFSET 0) UNION ALL (" });
        push_rows(&mut sql, rows, S::TABLE, part, plan);
        spec.conditions.push(&mut sql, day);
    }
    // With `OFFSET 0` PostgreSQL computes each value once for a row, for all measures that read it. A value that no
    // measure reads is not computed.
    sql.push(" OFFSET 0)) AS f");
    // Two dimensions may need the same join; it is made once.
    let joins: BTreeSet<&str> = spec.dimensions.iter().map(|dimension| dimension.join).collect();
    for join in joins {
        sql.push(" ").push(join);
    }
    sql.push(" WHERE ").push(S::CURRENT);
    for dimension in spec.dimensions {
        if let Some(values) = spec.conditions.values_of(dimension.field) {
            push_texts(sql.push(format!(" AND {}::text = ANY(", dimension.key)), values);
            sql.push(")");
        }
    }
    // By each key: an array of them is several times slower to sort. Rows of one group are not sorted at all.
    let groups: Vec<&str> =
        (!is_one_span).then_some("f.span").into_iter().chain(keys.iter().map(String::as_str)).collect();
    if groups.is_empty() {
        sql.push(" HAVING count(*) > 0");
    } else {
        sql.push(" GROUP BY ").push(groups.join(", "));
    }
    let rows = sql.build().fetch_all(&reader.planned(plan)).await?;
    rows.iter()
        .map(|row| {
            let span: i32 = row.try_get("span")?;
            Ok(GroupOfSpan {
                span: usize::try_from(span).unwrap_or_default(),
                key: row.try_get("key")?,
                measures: Measures::new(row.try_get::<Vec<Decimal>, _>("measures")?),
                observed_at: row.try_get("observed_at")?,
                persons: row.try_get("persons")?,
            })
        })
        .collect()
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

impl Parent {
    /// The kind of its codes.
    pub(super) const fn kind(&self) -> CodeKind {
        CodeKind::of_dimension(self.dimension.field)
    }
}

/// Loads the measures of many entities.
#[derive(Debug)]
pub struct MeasuresOf<S> {
    reader: Reader,
    set: PhantomData<fn() -> S>,
}

impl<S> MeasuresOf<S> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, set: PhantomData }
    }
}

impl<S: FactMeasures> BatchSource for MeasuresOf<S> {
    type Key = (Parent, String, Span, Wanted);
    /// `None` when the entity's group is about too few persons, and for an area that is divided into others and has no row itself:
    /// 0 would be read as that of all its parts.
    type Value = Option<Measures<S>>;

    /// Sends one statement for each kind of entity, span and set of measures, for all entities together.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Problem> {
        let mut by_span: HashMap<(Parent, Span, Wanted), Vec<String>> = HashMap::new();
        for (parent, code, span, wanted) in keys {
            by_span.entry((parent, span, wanted)).or_default().push(code);
        }
        let mut found: HashMap<Self::Key, Self::Value> = HashMap::new();
        for ((parent, span, wanted), codes) in by_span {
            let mut conditions = Conditions::default();
            conditions.codes(parent.kind(), parent.dimension.field, parent.filter, Some(&codes));
            // The rows of one entity are one group.
            let (alone, dimensions) = match codes.as_slice() {
                [code] => (Some(code), &[][..]),
                _ => (None, &[parent.dimension][..]),
            };
            let spec = Spec { conditions: &conditions, dimensions, spans: &[span], wanted };
            for mut group in measure(&self.reader, spec).await? {
                if !self.reader.sees_all(S::KIND) {
                    group.measures.hide(&group.measures.few());
                }
                let is_small = group.is_small();
                let shown = (!is_small).then_some(group.measures);
                let key = group.key.first().and_then(Option::as_ref);
                if let Some(code) = alone.or(key) {
                    found.insert((parent, code.clone(), span, wanted), shown);
                }
            }
            if parent.dimension.field == "area" {
                let key = |code: String| (parent, code, span, wanted);
                let absent: Vec<String> =
                    codes.into_iter().filter(|code| !found.contains_key(&key(code.clone()))).collect();
                for code in divided(&self.reader, &absent).await? {
                    found.insert(key(code), None);
                }
            }
        }
        Ok(found)
    }
}

/// Those of some areas that are divided into others.
async fn divided(reader: &Reader, codes: &[String]) -> Result<Vec<String>, Problem> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT DISTINCT parent_code FROM directory.published_area WHERE parent_code = ANY($1)";
    Ok(sqlx::query_scalar(sql).bind(codes).fetch_all(&reader.whole().planned(Plan::Kept)).await?)
}
