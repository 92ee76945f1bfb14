//! Statements of the mutations.

use chrono::NaiveDate;
use service_kit::Problem;
use service_kit::store::record;
use sqlx::{PgConnection, query, query_as, query_scalar};
use uuid::Uuid;

use crate::model::{Observation, ObservationStatus, StoredTarget};

/// What decides who acts for an indicator.
#[derive(sqlx::FromRow, Debug, Clone)]
pub struct Owner {
    /// Code of the owner.
    pub organization: Option<String>,
    /// Code of the accountable position.
    pub position: Option<String>,
}

/// The owner of an indicator.
pub async fn owner(db: &mut PgConnection, indicator: &str) -> Result<Option<Owner>, Problem> {
    let sql = "SELECT owner_organization_code AS organization, accountable_position_code AS position \
               FROM kpis.indicator WHERE code = $1 AND deleted_at IS NULL";
    Ok(query_as(sql).bind(indicator).fetch_optional(db).await?)
}

/// The revisions of an observation's period.
#[derive(Debug, Clone)]
pub struct Revisions {
    /// The highest number; 0 when there is none.
    pub last: i32,
    /// The latest one that was not withdrawn, and its state.
    pub standing: Option<(i32, ObservationStatus)>,
}

/// The revisions of the period of an observation. The number of a withdrawn one is not used again.
pub async fn revisions(db: &mut PgConnection, observation: &Observation) -> Result<Revisions, Problem> {
    let sql = "SELECT revision, status FROM kpis.observation WHERE deleted_at IS NULL AND period = $4 AND series_id = kpis.series_of($1, $2, $3) \
               ORDER BY revision DESC";
    let found: Vec<(i32, ObservationStatus)> = query_as(sql)
        .bind(&observation.indicator_code)
        .bind(&observation.area_code)
        .bind(&observation.organization_code)
        .bind(&observation.period)
        .fetch_all(db)
        .await?;
    let last = found.first().map_or(0, |(revision, _)| *revision);
    let standing = found.into_iter().find(|(_, status)| *status != ObservationStatus::Withdrawn);
    Ok(Revisions { last, standing })
}

/// Locks the target of a series and a period. Until the transaction ends no other one gets this far for the same target, so the
/// versions that are read after this stay as they are. Returns the id of the series.
async fn lock_target(db: &mut PgConnection, target: &StoredTarget) -> Result<Uuid, Problem> {
    let series = query_scalar("SELECT kpis.series_of($1, $2, $3)")
        .bind(&target.indicator_code)
        .bind(&target.area_code)
        .bind(&target.organization_code);
    let series: Uuid = series.fetch_one(&mut *db).await?;
    query("SELECT pg_advisory_xact_lock(hashtextextended('kpis.target/' || $1::text || '/' || $2, 0))")
        .bind(series)
        .bind(&target.period)
        .execute(&mut *db)
        .await?;
    Ok(series)
}

/// The version in force of the target of a series and a period: the one decided last. The target is locked before.
pub async fn last_target(db: &mut PgConnection, target: &StoredTarget) -> Result<Option<StoredTarget>, Problem> {
    let series = lock_target(&mut *db, target).await?;
    let sql = "SELECT * FROM kpis.target WHERE series_id = $1 AND period = $2 AND deleted_at IS NULL ORDER BY decided_on DESC LIMIT 1";
    Ok(query_as(sql).bind(series).bind(&target.period).fetch_optional(db).await?)
}

/// The days of decision that a version of a target can have beside the others of its series and period: the first after the version
/// before or after its withdrawal, and the last before the version after. The target is locked before.
pub async fn days_beside(
    db: &mut PgConnection,
    target: &StoredTarget,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Problem> {
    let series = lock_target(&mut *db, target).await?;
    let sql = "WITH beside AS (SELECT decided_on, withdrawn_on FROM kpis.target \
                   WHERE series_id = $1 AND period = $2 AND deleted_at IS NULL AND id <> $3) \
               SELECT (SELECT greatest(decided_on + 1, withdrawn_on) FROM beside WHERE decided_on < $4 ORDER BY decided_on DESC LIMIT 1), \
                   (SELECT min(decided_on) - 1 FROM beside WHERE decided_on > $4)";
    let days = query_as(sql).bind(series).bind(&target.period).bind(target.meta.id).bind(target.decided_on);
    Ok(days.fetch_one(db).await?)
}

/// Inserts an observation.
///
/// # Errors
/// The error of the database, so that the caller can convert the violation of a constraint.
pub async fn add_observation(db: &mut PgConnection, row: &Observation) -> Result<(), sqlx::Error> {
    record::insert(db, std::slice::from_ref(row)).await
}

/// Inserts a version of a target.
///
/// # Errors
/// As [`add_observation`].
pub async fn add_target(db: &mut PgConnection, row: &StoredTarget) -> Result<(), sqlx::Error> {
    record::insert(db, std::slice::from_ref(row)).await
}

/// Returns the name of the constraint that a write violates.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
