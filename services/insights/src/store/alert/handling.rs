//! What people added to alerts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use service_kit::store::record;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::PgConnection;

use crate::model::AlertHandling;

/// What was added to alerts by an instant, by the id of the alert. The caller must see the alerts.
///
/// # Errors
/// The problem of the statement.
pub async fn handled(
    reader: &Reader,
    at: DateTime<Utc>,
    alerts: &[String],
) -> Result<HashMap<String, AlertHandling>, Problem> {
    let rows: Vec<AlertHandling> = sqlx::query_as(
        "SELECT s.* FROM insights.alert_handling_at($1, ARRAY(SELECT h.id FROM insights.alert_handling AS h WHERE h.external_id = ANY($2))) AS s",
    )
    .bind(at)
    .bind(alerts)
    .fetch_all(&reader.whole())
    .await?;
    Ok(rows.into_iter().map(|row| (row.meta.external_id.clone(), row)).collect())
}

/// Loads what was added to alerts by an instant.
#[derive(Debug)]
pub struct HandledAlerts(pub Reader);

impl BatchSource for HandledAlerts {
    type Key = (DateTime<Utc>, String);
    type Value = AlertHandling;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, AlertHandling>, Problem> {
        let mut groups: HashMap<DateTime<Utc>, Vec<String>> = HashMap::new();
        for (at, alert) in keys {
            groups.entry(at).or_default().push(alert);
        }
        let mut found = HashMap::new();
        for (at, alerts) in groups {
            let rows = handled(&self.0, at, &alerts).await?;
            found.extend(rows.into_iter().map(|(alert, row)| ((at, alert), row)));
        }
        Ok(found)
    }
}

/// Whether an organization is the one that must act, or above it.
///
/// # Errors
/// The problem of the statement.
pub async fn answers_for(db: &mut PgConnection, organization: &str, acting: &str) -> Result<bool, Problem> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM directory.published_with_subordinates(ARRAY[$1::text]) AS below(code) WHERE below.code = $2)",
    );
    Ok(found.bind(organization).bind(acting).fetch_one(db).await?)
}

/// Stores the first version of what is added to an alert, or the next one.
///
/// # Errors
/// `CONFLICT` when it was changed at the same time.
pub async fn save(db: &mut PgConnection, row: &AlertHandling) -> Result<(), Problem> {
    let conflict = || Problem::conflict("the alert was handled at the same time; read it again and decide anew");
    if row.meta.version > 1 {
        return if record::save(db, std::slice::from_ref(row)).await? == 1 { Ok(()) } else { Err(conflict()) };
    }
    record::insert(db, std::slice::from_ref(row)).await.map_err(|error| {
        let is_double = error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation);
        if is_double { conflict() } else { error.into() }
    })
}
