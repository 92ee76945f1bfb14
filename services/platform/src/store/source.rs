//! SQL of sources.

use service_kit::{Problem, Reader};
use sqlx::PgConnection;

use crate::model::Source;
use crate::sources::NewSource;

/// Every source, the longest silent first.
pub async fn all(reader: &Reader) -> Result<Vec<Source>, Problem> {
    Ok(sqlx::query_as("SELECT * FROM platform.source_state ORDER BY is_silent DESC, lag_hours DESC, code")
        .fetch_all(reader)
        .await?)
}

/// Whether a source is known.
pub async fn is_registered(db: &mut PgConnection, code: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM platform.source WHERE code = $1)").bind(code).fetch_one(db).await
}

/// Registers a source, or changes what is known of it.
pub async fn register(db: &mut PgConnection, new: &NewSource<'_>, by: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO platform.source (code, name, organization_code, cadence_hours, working_days, open_to_verbs, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, organization_code = excluded.organization_code,
             cadence_hours = excluded.cadence_hours, working_days = excluded.working_days, open_to_verbs = excluded.open_to_verbs",
    )
    .bind(new.code)
    .bind(new.name)
    .bind(new.organization)
    .bind(new.cadence_hours)
    .bind(new.working_days)
    .bind(new.open_to_verbs)
    .bind(by)
    .execute(db)
    .await?;
    Ok(())
}
