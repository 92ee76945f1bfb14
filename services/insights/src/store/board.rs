//! Boards: the published measures of each service, joined by the code of the entity.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use futures::future::try_join;
use rust_decimal::Decimal;
use service_kit::measures::{Measures, UNMEASURED, columns, hide_few, terms};
use service_kit::stats::hidden_groups;
use service_kit::store::reading::Span;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::{AssertSqlSafe, Row};

use super::subject::subjects;
use crate::model::{SCORECARDS, ScorecardDimension};
use crate::scorecard::{Board, Card, DATASETS, Dataset, Rules, Score, Subject, Wanted};

/// Number of rows of facts that are read over one connection in any case: they take some tenths of a second.
const ROWS_ALONE: u64 = 200_000;

/// Which boards are asked for: those of the same are read together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Dimension of the entities.
    pub by: ScorecardDimension,
    /// Codes of the entities; `None` for all.
    pub codes: Option<Vec<String>>,
    /// Which measures are computed; the others are 0.
    pub measures: Wanted,
}

/// Loads boards.
#[derive(Debug)]
pub struct Boards(pub Reader);

impl BatchSource for Boards {
    type Key = (Asked, Span);
    type Value = Arc<Board>;

    /// Sends one statement for each dataset, for all spans together.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Arc<Board>>, Problem> {
        let mut alike: HashMap<Asked, Vec<Span>> = HashMap::new();
        for (asked, span) in keys {
            alike.entry(asked).or_default().push(span);
        }
        let mut found = HashMap::new();
        for (asked, spans) in alike {
            let boards = boards(&self.0, &asked, &spans).await?;
            found.extend(spans.into_iter().zip(boards).map(|(span, board)| ((asked.clone(), span), Arc::new(board))));
        }
        Ok(found)
    }
}

/// The groups of one dataset in one span, by the code of the entity.
#[derive(Default)]
struct Groups {
    values: HashMap<String, Vec<Decimal>>,
    persons: Vec<(String, Option<i64>)>,
    observed_at: Option<DateTime<Utc>>,
}

/// One dataset in each span.
struct Measured {
    groups: Vec<Groups>,
    fed_by: Vec<String>,
}

/// Measures the boards of some spans.
async fn boards(reader: &Reader, asked: &Asked, spans: &[Span]) -> Result<Vec<Board>, Problem> {
    let measured = measured(reader, asked, spans).await?;
    let fed_by: BTreeSet<&String> = measured.iter().flatten().flat_map(|dataset| &dataset.fed_by).collect();
    let days: Vec<NaiveDate> = spans.iter().map(|span| span.as_of).collect();
    let with_rows: BTreeSet<&String> =
        measured.iter().flatten().flat_map(|dataset| &dataset.groups).flat_map(|groups| groups.values.keys()).collect();
    let listed = asked.codes.clone().unwrap_or_else(|| with_rows.into_iter().cloned().collect());
    let mut subjects = subjects(reader, asked.by, &days, asked.codes.as_deref(), &listed).await?;
    let mut rules = rules(reader, &days).await?;
    let of_span = |place: usize| {
        let datasets: Vec<Option<&Groups>> =
            measured.iter().map(|dataset| dataset.as_ref().map(|dataset| &dataset.groups[place])).collect();
        let has_row = |code: &String| datasets.iter().flatten().any(|groups| groups.values.contains_key(code));
        let mut subjects = subjects.remove(&place).unwrap_or_default();
        if asked.by == ScorecardDimension::Official && asked.codes.is_none() {
            subjects.retain(|subject| has_row(&subject.code));
        }
        let rules = rules.remove(&place).unwrap_or_default();
        let fed_by = fed_by.iter().copied().cloned().collect();
        board(subjects, &datasets, &rules, fed_by)
    };
    Ok((0..spans.len()).map(of_span).collect())
}

/// Measures each dataset that is asked for, the largest first. Many rows are read over two connections.
async fn measured(reader: &Reader, asked: &Asked, spans: &[Span]) -> Result<Vec<Option<Measured>>, Problem> {
    let mut sources = Vec::new();
    for (place, dataset) in DATASETS.iter().enumerate() {
        if asked.measures.has_any(place) && dataset.dimensions.contains(&asked.by) {
            let (rows, fed_by) = source_of(&reader.whole(), dataset).await?;
            let rows = rows.unsigned_abs().saturating_mul(spans.len() as u64);
            reader.charge_rows(rows)?;
            sources.push((rows, place, fed_by));
        }
    }
    let is_long = sources.len() > 1 && sources.iter().map(|(rows, ..)| *rows).sum::<u64>() > ROWS_ALONE;
    sources.sort_by_key(|(rows, ..)| *rows);
    let queue = Mutex::new(sources);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let lane = async |reader: &Reader| {
        let mut found = Vec::new();
        while let Some((_, place, fed_by)) = next() {
            let groups = measure(reader, place, asked, spans).await?;
            found.push((place, Measured { groups, fed_by }));
        }
        Ok::<_, Problem>(found)
    };
    let beside = if is_long { reader.beside().await? } else { None };
    let mut found = match &beside {
        None => lane(reader).await?,
        Some(beside) => {
            let (mut found, others) = try_join(lane(reader), lane(beside)).await?;
            beside.end().await;
            found.extend(others);
            found
        }
    };
    let mut measured: Vec<Option<Measured>> = DATASETS.iter().map(|_| None).collect();
    for (place, dataset) in found.drain(..) {
        measured[place] = Some(dataset);
    }
    Ok(measured)
}

/// Joins the groups of each dataset by the code of the entity.
fn board(subjects: Vec<Subject>, datasets: &[Option<&Groups>], rules: &Rules, fed_by: Vec<String>) -> Board {
    let hidden: Vec<HashSet<String>> = datasets
        .iter()
        .map(|groups| groups.map(|groups| hidden_groups(groups.persons.iter().cloned())).unwrap_or_default())
        .collect();
    let cards = subjects.into_iter().map(|subject| {
        // The score is known when the others are.
        let mut values = vec![Decimal::ZERO; 2];
        for ((dataset, groups), hidden) in DATASETS.iter().zip(datasets).zip(&hidden) {
            let width = terms(dataset.measures).len();
            match groups {
                Some(groups) if !hidden.contains(&subject.code) => match groups.values.get(&subject.code) {
                    Some(terms) => values.extend(terms),
                    None => values.extend(std::iter::repeat_n(Decimal::ZERO, width)),
                },
                _ => values.extend(std::iter::repeat_n(UNMEASURED, width)),
            }
        }
        let score = Score::new(&Measures::new(values.clone()), rules);
        if let Some(value) = score.value {
            (values[0], values[1]) = (value, Decimal::ONE);
        }
        Card { subject, measures: Measures::new(values), score }
    });
    Board {
        cards: cards.collect(),
        hidden: hidden.iter().map(HashSet::len).sum(),
        observed_at: datasets.iter().flatten().filter_map(|groups| groups.observed_at).max(),
        fed_by,
    }
}

/// Number of rows that a dataset is measured over, and the kinds of pushed records that feed it.
///
/// # Errors
/// The problem of the statement.
pub async fn source_of(reader: &Reader, dataset: &Dataset) -> Result<(i64, Vec<String>), Problem> {
    let sql = format!("SELECT rows, kinds FROM {}_source()", dataset.function);
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_one(reader).await?)
}

/// Calls the function of a service, with the rights of an aggregate.
async fn measure(reader: &Reader, place: usize, asked: &Asked, spans: &[Span]) -> Result<Vec<Groups>, Problem> {
    let dataset = &DATASETS[place];
    let (whole, sees_all) = (reader.whole(), reader.sees_all(&SCORECARDS));
    let wanted: Vec<(String, bool)> = dataset
        .measures
        .iter()
        .enumerate()
        .flat_map(|(measure, declared)| {
            let wanted = asked.measures.has(place, measure);
            columns(std::slice::from_ref(declared)).into_iter().map(move |(name, _)| (name, wanted))
        })
        .collect();
    let names: Vec<&str> = wanted.iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name.as_str()).collect();
    let sql = format!("SELECT * FROM {}($1, $2, $3, $4, $5, $6, $7)", dataset.function);
    let days = |day: fn(&Span) -> NaiveDate| spans.iter().map(day).collect::<Vec<_>>();
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(asked.by.as_str())
        .bind(asked.codes.as_deref())
        .bind(days(|span| span.first))
        .bind(days(|span| span.end))
        .bind(days(|span| span.known_on))
        .bind(sees_all)
        .bind(names)
        .fetch_all(&whole)
        .await?;
    let mut groups: Vec<Groups> = spans.iter().map(|_| Groups::default()).collect();
    for row in rows {
        let span: i32 = row.try_get("span")?;
        let Some(groups) = usize::try_from(span).ok().and_then(|span| groups.get_mut(span)) else { continue };
        let key: String = row.try_get("key")?;
        groups.persons.push((key.clone(), row.try_get("persons")?));
        groups.observed_at = groups.observed_at.max(row.try_get("observed_at")?);
        let mut terms = row.try_get::<Vec<Decimal>, _>("terms")?.into_iter();
        let value =
            |(_, wanted): &(String, bool)| if *wanted { terms.next().unwrap_or_default() } else { Decimal::ZERO };
        let mut values: Vec<Decimal> = wanted.iter().map(value).collect();
        if !sees_all {
            hide_few(dataset.measures, &mut values);
        }
        groups.values.insert(key, values);
    }
    Ok(groups)
}

/// The rules of the composite score that hold on each of some days, by the position of the day.
async fn rules(reader: &Reader, days: &[NaiveDate]) -> Result<HashMap<usize, Rules>, Problem> {
    let rows: Vec<(i64, String, Decimal)> = sqlx::query_as(
        "SELECT asked.place - 1, r.code, r.value FROM unnest($1::date[]) WITH ORDINALITY AS asked(day, place) \
         JOIN directory.published_legal_rule AS r ON directory.published_runs(r.valid_from, r.valid_to, asked.day) \
         WHERE r.code LIKE 'SCORE\\_%'",
    )
    .bind(days)
    .fetch_all(&reader.whole())
    .await?;
    let mut found: HashMap<usize, Rules> = HashMap::new();
    for (place, code, value) in rows {
        found.entry(usize::try_from(place).unwrap_or_default()).or_default().insert(code, value);
    }
    Ok(found)
}
