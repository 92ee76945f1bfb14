//! Boards: the published measures of each service, joined by the code of the entity.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use service_kit::measures::{MeasureSet, Measures, UNMEASURED, columns, terms};
use service_kit::stats::hidden_groups;
use service_kit::store::reading::Span;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::{AssertSqlSafe, Row};

use super::subject::subjects;
use crate::model::{SCORECARDS, ScorecardDimension};
use crate::scorecard::{Board, Card, DATASETS, Dataset, Rules, Score, ScorecardSet};

/// A board of one request: its dimension, its days, and which of [`DATASETS`] are measured.
pub type BoardKey = (ScorecardDimension, Span, BTreeSet<usize>);

/// Loads boards.
#[derive(Debug)]
pub struct Boards(pub Reader);

impl BatchSource for Boards {
    type Key = BoardKey;
    type Value = Arc<Board>;

    async fn load(&self, keys: Vec<BoardKey>) -> Result<HashMap<BoardKey, Arc<Board>>, Problem> {
        let mut found = HashMap::new();
        for key in keys {
            let board = board(&self.0, &key).await?;
            found.insert(key, Arc::new(board));
        }
        Ok(found)
    }
}

/// The rows of one dataset by the code of the entity.
struct Measured {
    values: HashMap<String, Vec<Decimal>>,
    hidden: HashSet<String>,
    observed_at: Option<DateTime<Utc>>,
    fed_by: Vec<String>,
}

async fn board(reader: &Reader, (dimension, span, datasets): &BoardKey) -> Result<Board, Problem> {
    let mut measured: Vec<Option<Measured>> = Vec::new();
    for (place, dataset) in DATASETS.iter().enumerate() {
        let asked = datasets.contains(&place) && dataset.dimensions.contains(dimension);
        measured.push(if asked { Some(measure(reader, dataset, *dimension, *span).await?) } else { None });
    }
    let known = || measured.iter().flatten();
    let codes: BTreeSet<String> = known().flat_map(|dataset| dataset.values.keys().cloned()).collect();
    let codes: Vec<String> = codes.into_iter().collect();
    let rules = rules(reader, span.as_of).await?;
    let cards = subjects(reader, *dimension, span.as_of, &codes).await?.into_iter().map(|subject| {
        let mut values = vec![Decimal::ZERO; 2];
        for (dataset, found) in DATASETS.iter().zip(&measured) {
            let width = terms(dataset.measures).len();
            match found {
                Some(found) if !found.hidden.contains(&subject.code) => match found.values.get(&subject.code) {
                    Some(terms) => values.extend(terms),
                    None => values.extend(std::iter::repeat_n(Decimal::ZERO, width)),
                },
                _ => values.extend(std::iter::repeat_n(UNMEASURED, width)),
            }
        }
        let score = Score::new(&Measures::new(values.clone()), &rules);
        if let Some(value) = score.value {
            (values[0], values[1]) = (value, Decimal::ONE);
        }
        Card { subject, measures: Measures::new(values), score }
    });
    debug_assert_eq!(
        terms(ScorecardSet::MEASURES).len(),
        2 + DATASETS.iter().map(|d| terms(d.measures).len()).sum::<usize>()
    );
    Ok(Board {
        cards: cards.collect(),
        hidden: known().map(|dataset| dataset.hidden.len()).sum(),
        observed_at: known().filter_map(|dataset| dataset.observed_at).max(),
        fed_by: known()
            .flat_map(|dataset| dataset.fed_by.iter().cloned())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    })
}

/// Calls the function of a service, with the rights of an aggregate.
async fn measure(
    reader: &Reader,
    dataset: &Dataset,
    dimension: ScorecardDimension,
    span: Span,
) -> Result<Measured, Problem> {
    let whole = reader.whole();
    let source = format!("SELECT rows, kinds FROM {}_source()", dataset.function);
    let (rows, fed_by): (i64, Vec<String>) = sqlx::query_as(AssertSqlSafe(source)).fetch_one(&whole).await?;
    reader.charge_rows(rows.unsigned_abs())?;
    let names: Vec<String> = columns(dataset.measures).into_iter().map(|(name, _)| name).collect();
    let sql = format!(
        "SELECT key, persons, observed_at, ARRAY[{}]::numeric[] AS terms FROM {}($1, $2, $3, $4, $5)",
        names.join(", "),
        dataset.function
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(dimension.as_str())
        .bind(span.first)
        .bind(span.end)
        .bind(span.known_on)
        .bind(reader.sees_all(&SCORECARDS))
        .fetch_all(&whole)
        .await?;
    let (mut values, mut persons, mut observed_at) = (HashMap::new(), Vec::new(), None);
    for row in rows {
        let key: String = row.try_get("key")?;
        persons.push((key.clone(), row.try_get("persons")?));
        observed_at = observed_at.max(row.try_get("observed_at")?);
        values.insert(key, row.try_get("terms")?);
    }
    Ok(Measured { values, hidden: hidden_groups(persons), observed_at, fed_by })
}

/// The rules of the composite score that hold on a day.
async fn rules(reader: &Reader, day: NaiveDate) -> Result<Rules, Problem> {
    let rules: Vec<(String, Decimal)> = sqlx::query_as(
        "SELECT code, value FROM directory.published_legal_rule \
         WHERE code LIKE 'SCORE\\_%' AND directory.published_runs(valid_from, valid_to, $1)",
    )
    .bind(day)
    .fetch_all(&reader.whole())
    .await?;
    Ok(rules.into_iter().collect())
}
