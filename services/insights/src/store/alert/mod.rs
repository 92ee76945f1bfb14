//! Alerts of a day, read from what the services publish: one statement for each dataset of which an alert is asked for.

mod entity;
mod handling;
mod names;
mod records;
mod satisfaction;
mod sources;
mod vacancy;

use chrono::{DateTime, NaiveDate, Utc};
use service_kit::{Problem, Reader};
use sqlx::AssertSqlSafe;

use crate::alert::{Alert, Dataset, Rule, Selection};

pub use entity::{AlertsOf, Tie};
pub use handling::{HandledAlerts, answers_for, handled, save};
pub use names::{Named, Names};

/// What is asked of alerts.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The rules whose alerts are read.
    pub rules: Vec<&'static Rule>,
    /// Day at whose end, or now, the alerts are open.
    pub day: NaiveDate,
    /// Which alerts.
    pub selection: Selection,
    /// The only record that is asked for.
    pub record: Option<String>,
    /// Whether the areas of each alert are read.
    pub with_areas: bool,
}

/// The day with its instant: its end, or the present.
#[derive(Debug, Clone, Copy)]
struct Moment {
    day: NaiveDate,
    at: DateTime<Utc>,
}

/// Reads the open alerts that the caller sees, in no order.
///
/// # Errors
/// The problem of a statement.
pub async fn alerts(reader: &Reader, asked: &Asked) -> Result<Vec<Alert>, Problem> {
    let mut datasets: Vec<Dataset> = asked.rules.iter().map(|rule| rule.dataset).collect();
    datasets.sort_unstable();
    datasets.dedup();
    charge(reader, &datasets).await?;
    let at = match reader.moment(asked.day) {
        Some(at) => at,
        None => sqlx::query_scalar("SELECT platform.moment($1)").bind(asked.day).fetch_one(&reader.whole()).await?,
    };
    let moment = Moment { day: asked.day, at };
    let mut found = Vec::new();
    for dataset in datasets {
        let reader = reader.rows(dataset.kind());
        let rules: Vec<&'static Rule> = asked.rules.iter().copied().filter(|rule| rule.dataset == dataset).collect();
        let mut derived = Vec::new();
        match dataset {
            Dataset::Tasks | Dataset::Projects | Dataset::Clearance | Dataset::Kpis | Dataset::Feedback => {
                found.extend(records::open(&reader, dataset, &rules, moment, asked).await?);
            }
            Dataset::Satisfaction => derived = satisfaction::falling(&reader, &rules, moment).await?,
            Dataset::Sources => derived = sources::silent(&reader, &rules, moment).await?,
            Dataset::Positions => derived = vacancy::vacant(&reader, &rules, moment).await?,
        }
        let is_asked = |alert: &Alert| {
            asked.selection.keeps(alert) && asked.record.as_ref().is_none_or(|record| *record == alert.record)
        };
        found.extend(derived.into_iter().filter(is_asked));
    }
    found.retain(|alert| asked.selection.admits(alert));
    Ok(found)
}

/// Charges the budget with the present facts of the datasets.
async fn charge(reader: &Reader, datasets: &[Dataset]) -> Result<(), Problem> {
    let function = |dataset: &Dataset| match dataset {
        Dataset::Tasks => Some("tasks.published_measures_source"),
        Dataset::Projects => Some("projects.published_measures_source"),
        Dataset::Clearance => Some("projects.published_clearance_measures_source"),
        Dataset::Kpis => Some("kpis.published_measures_source"),
        Dataset::Feedback | Dataset::Satisfaction => Some("feedback.published_measures_source"),
        Dataset::Sources | Dataset::Positions => None,
    };
    let mut functions: Vec<&str> = datasets.iter().filter_map(function).collect();
    if datasets.contains(&Dataset::Positions) {
        functions.extend([
            "tasks.published_measures_source",
            "projects.published_measures_source",
            "kpis.published_measures_source",
        ]);
    }
    if functions.is_empty() {
        return Ok(());
    }
    let sums: Vec<String> = functions.iter().map(|function| format!("(SELECT rows FROM {function}())")).collect();
    let sql = format!("SELECT {}", sums.join(" + "));
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&reader.whole()).await?;
    reader.charge_rows(rows.unsigned_abs())
}
