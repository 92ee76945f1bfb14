//! Statements of the mutations.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use service_kit::Problem;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::model::{CompensationRow, Milestone, MilestoneKind, Violation};

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

/// Area in m² of a parcel that is handed over: what the parcel states, or what its milestones sum to.
pub async fn handed_over(db: &mut PgConnection, parcel: Uuid) -> Result<Decimal, Problem> {
    let sql = "SELECT least(p.area_to_acquire, greatest(p.area_handed_over, coalesce((SELECT sum(coalesce(m.area, p.area_to_acquire)) FROM projects.milestone AS m \
        WHERE m.parcel_id = p.id AND m.deleted_at IS NULL AND m.kind IN ('HANDED_OVER', 'ENFORCED')), 0))) FROM projects.parcel_case AS p WHERE p.id = $1";
    Ok(sqlx::query_scalar(sql).bind(parcel).fetch_one(db).await?)
}

/// Takes the area of a handover that did not happen from its parcel.
pub async fn take_back_area(db: &mut PgConnection, milestone: &Milestone, now: DateTime<Utc>) -> Result<(), Problem> {
    let sql = "UPDATE projects.parcel_case SET area_handed_over = greatest(0, area_handed_over - coalesce($2, area_to_acquire)), version = version + 1, \
        recorded_at = now(), observed_at = greatest($3, observed_at + interval '1 microsecond') WHERE id = $1 AND area_handed_over > 0";
    sqlx::query(sql).bind(milestone.parcel_id).bind(milestone.area).bind(now).execute(db).await?;
    Ok(())
}

/// A rule that a milestone breaks as it is to be, and that the parcel does not break as it is.
pub async fn new_violation(db: &mut PgConnection, milestone: &Milestone) -> Result<Option<Violation>, Problem> {
    const BROKEN: &str = "SELECT * FROM projects.violations_of(ARRAY[$1]) WHERE milestone IS NOT NULL ORDER BY code";
    let before: Vec<Violation> = sqlx::query_as(BROKEN).bind(milestone.parcel_id).fetch_all(&mut *db).await?;
    let mut attempt = db.begin().await?;
    sqlx::query(
        "UPDATE projects.milestone SET happened_on = $2, document = $3, deleted_at = $4, version = version + 1, \
         observed_at = observed_at + interval '1 microsecond' WHERE id = $1",
    )
    .bind(milestone.meta.id)
    .bind(milestone.happened_on)
    .bind(&milestone.document)
    .bind(milestone.meta.deleted_at)
    .execute(&mut *attempt)
    .await?;
    let after: Vec<Violation> = sqlx::query_as(BROKEN).bind(milestone.parcel_id).fetch_all(&mut *attempt).await?;
    attempt.rollback().await?;
    Ok(after.into_iter().find(|broken| before.iter().all(|known| known.code != broken.code)))
}

/// Least and most of what was paid or deposited under a plan and its earlier revisions, and not taken back, from a day on.
pub async fn settled(db: &mut PgConnection, plan: Uuid, day: NaiveDate) -> Result<(Decimal, Decimal), Problem> {
    let sql = "WITH payment AS (SELECT happened_on AS day, CASE kind WHEN 'REVERSED' THEN -amount WHEN 'REFUSED' THEN 0 ELSE amount END AS net FROM projects.payment \
            WHERE plan_id IN (SELECT projects.revisions_of(c) FROM projects.compensation_plan AS c WHERE c.id = $1) AND deleted_at IS NULL) \
        SELECT min(b.settled), max(b.settled) FROM (SELECT $2 AS day UNION SELECT day FROM payment WHERE day > $2) AS d \
        CROSS JOIN LATERAL (SELECT coalesce(sum(net), 0) AS settled FROM payment AS p WHERE p.day <= d.day) AS b";
    Ok(sqlx::query_as(sql).bind(plan).bind(day).fetch_one(db).await?)
}

/// Number of days for which a plan must be posted, with the document: by the first notice to its party on the site, or by the
/// posting if none is recorded, as for the parcels (`projects.milestones_of`).
pub async fn posting_rule(
    db: &mut PgConnection,
    plan: &CompensationRow,
    posted: NaiveDate,
) -> Result<Option<(i32, String)>, Problem> {
    let sql = "SELECT projects.parcel_rule('LAND_POSTING', by.day)::int, projects.rule_document('LAND_POSTING', by.day) \
        FROM (SELECT coalesce((SELECT min(m.rules_on) FROM projects.milestones_of(ARRAY(SELECT p.id FROM projects.parcel_case AS p \
            JOIN projects.parcel_right AS r ON r.parcel_id = p.id AND r.party_code = $2 AND r.deleted_at IS NULL \
            WHERE p.site_code = $1 AND p.deleted_at IS NULL)) AS m), (SELECT rules_on FROM projects.site WHERE code = $1 AND deleted_at IS NULL), $3) AS day) AS by";
    let (days, document): (Option<i32>, Option<String>) =
        sqlx::query_as(sql).bind(&plan.site_code).bind(&plan.party_code).bind(posted).fetch_one(db).await?;
    Ok(days.zip(document))
}

/// Returns the name of the constraint that a write violates.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
