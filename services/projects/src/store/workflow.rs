//! Statements of the mutations.

use chrono::NaiveDate;
use service_kit::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::model::{MilestoneKind, Violation};

/// Milestones of a parcel that are recorded, with their days, in the order of their days.
pub async fn recorded(db: &mut PgConnection, parcel: Uuid) -> Result<Vec<(MilestoneKind, NaiveDate)>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT kind AS "kind: MilestoneKind", happened_on FROM projects.milestone
           WHERE parcel_id = $1 AND deleted_at IS NULL ORDER BY happened_on, recorded_at"#,
        parcel
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.happened_on)).collect())
}

/// Whether a parcel is on hold after all that is recorded.
pub async fn on_hold(db: &mut PgConnection, parcel: Uuid) -> Result<bool, Problem> {
    let sql = "SELECT on_hold FROM projects.holds_of(ARRAY[$1]) ORDER BY day DESC LIMIT 1";
    Ok(sqlx::query_scalar(sql).bind(parcel).fetch_optional(db).await?.unwrap_or(false))
}

/// Rules of the law that a milestone of a parcel breaks.
pub async fn broken_by(db: &mut PgConnection, parcel: Uuid, kind: MilestoneKind) -> Result<Vec<Violation>, Problem> {
    Ok(sqlx::query_as("SELECT * FROM projects.violations_of(ARRAY[$1]) WHERE milestone = $2 ORDER BY code")
        .bind(parcel)
        .bind(kind.as_str())
        .fetch_all(db)
        .await?)
}

/// What was paid or deposited under a plan and its earlier revisions, and not taken back.
pub async fn settled(db: &mut PgConnection, plan: Uuid) -> Result<rust_decimal::Decimal, Problem> {
    let sql = "SELECT coalesce(sum(CASE kind WHEN 'REVERSED' THEN -amount WHEN 'REFUSED' THEN 0 ELSE amount END), 0) FROM projects.payment \
        WHERE plan_id IN (SELECT projects.revisions_of(c) FROM projects.compensation_plan AS c WHERE c.id = $1) AND deleted_at IS NULL";
    Ok(sqlx::query_scalar(sql).bind(plan).fetch_one(db).await?)
}

/// Number of days for which a plan must be posted, by the rules of its day, with the document.
pub async fn posting_rule(db: &mut PgConnection, site: &str, day: NaiveDate) -> Result<Option<(i32, String)>, Problem> {
    let row = sqlx::query!(
        r#"SELECT projects.parcel_rule('LAND_POSTING', by.day)::int AS days, projects.rule_document('LAND_POSTING', by.day) AS document
           FROM (SELECT coalesce((SELECT rules_on FROM projects.site WHERE code = $1 AND deleted_at IS NULL), $2) AS day) AS by"#,
        site,
        day
    )
    .fetch_one(db)
    .await?;
    Ok(row.days.zip(row.document))
}

/// Returns the name of the constraint that a write violates.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
