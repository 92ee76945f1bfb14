//! Changes since an instant, from what each service publishes.

use chrono::{DateTime, Utc};
use service_kit::{Problem, Reader};
use sqlx::{AssertSqlSafe, FromRow};

use crate::model::{ChangeDataset, ChangeKind};

/// What is asked of changes.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Instant after which they happened.
    pub since: DateTime<Utc>,
    /// Last instant.
    pub until: DateTime<Utc>,
    /// Datasets, each of which the caller may list.
    pub datasets: Vec<ChangeDataset>,
    /// Codes of organizations.
    pub organizations: Option<Vec<String>>,
    /// Codes of areas.
    pub areas: Option<Vec<String>>,
    /// Codes of programmes.
    pub programmes: Option<Vec<String>>,
}

/// A change.
#[derive(FromRow, Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Dataset.
    pub dataset: ChangeDataset,
    /// Kind.
    pub kind: ChangeKind,
    /// When it happened; of a correction when it became known.
    pub at: DateTime<Utc>,
    /// Id of the record.
    pub record: String,
    /// Code by which people know it.
    pub code: String,
    /// Its name.
    pub title: Option<String>,
    /// What makes the change unique for its record and kind.
    pub part: String,
    /// Organization that answers for it now.
    pub organization: Option<String>,
    /// Its areas now.
    pub areas: Vec<String>,
    /// State, date or value before.
    pub before: Option<String>,
    /// State, date or value after.
    pub after: Option<String>,
}

impl Changed {
    /// Identifies the change in a list.
    pub fn key(&self) -> String {
        format!("{}:{}:{}:{}:{}", self.dataset, self.record, self.kind, self.part, self.at.timestamp_micros())
    }
}

/// Reads the changes of records that the caller sees: the latest first, then by dataset, code, kind and part.
///
/// # Errors
/// The problem of a statement.
pub async fn changes(reader: &Reader, asked: &Asked) -> Result<Vec<Changed>, Problem> {
    let mut found = Vec::new();
    for dataset in &asked.datasets {
        let sql = format!(
            "SELECT dataset, kind, at, record, code, title, part, organization, areas, before, after FROM {}($1, $2) \
             WHERE ($3::text[] IS NULL OR organization = ANY($3)) AND ($4::text[] IS NULL OR areas && $4) \
             AND ($5::text[] IS NULL OR programmes && $5)",
            dataset.function()
        );
        let rows: Vec<Changed> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(asked.since)
            .bind(asked.until)
            .bind(&asked.organizations)
            .bind(&asked.areas)
            .bind(&asked.programmes)
            .fetch_all(&reader.rows(dataset.kind()))
            .await?;
        reader.charge_rows(u64::try_from(rows.len()).unwrap_or(u64::MAX))?;
        found.extend(rows);
    }
    found.sort_by(|one, other| {
        let key = |row: &Changed| (row.dataset, row.code.clone(), row.kind, row.record.clone(), row.part.clone());
        other.at.cmp(&one.at).then_with(|| key(one).cmp(&key(other)))
    });
    Ok(found)
}
