//! Statements of the mutations.

use service_kit::Problem;
use service_kit::store::record;
use sqlx::{PgConnection, query_scalar};

use crate::model::{Observation, StoredTarget};

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
    Ok(sqlx::query_as(sql).bind(indicator).fetch_optional(db).await?)
}

/// The highest revision of the period of an observation.
pub async fn last_revision(db: &mut PgConnection, observation: &Observation) -> Result<i32, Problem> {
    let sql = "SELECT max(revision) FROM kpis.observation WHERE deleted_at IS NULL AND period = $4 AND series_id = kpis.series_of($1, $2, $3)";
    let found: Option<i32> = query_scalar(sql)
        .bind(&observation.indicator_code)
        .bind(&observation.area_code)
        .bind(&observation.organization_code)
        .bind(&observation.period)
        .fetch_one(db)
        .await?;
    Ok(found.unwrap_or_default())
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
