//! Briefings.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use service_kit::access::Kind;
use service_kit::lists::Filter;
use service_kit::store::child::Child;
use service_kit::store::condition::Conditions;
use service_kit::store::list::Listed;
use service_kit::store::page::OrderTerm;
use service_kit::vocabulary::Direction;
use service_kit::{BatchSource, Problem, Reader, RequestScope};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::filter::BriefingFilter;
use crate::model::{BRIEFINGS, Briefing, Conclusion};

impl Filter for BriefingFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        let mut periods = Vec::new();
        for (place, period) in self.period.iter().flatten().enumerate() {
            periods.push(period.checked(&format!("filter.period.{place}"))?.to_string());
        }
        list.any("period", "f.period = ANY({})", self.period.as_ref().map(|_| &periods));
        let held = ["platform.day_of(f.held_at) >= {}", "platform.day_of(f.held_at) <= {}"];
        list.days("heldOn", held, self.held_on.as_ref())?;
        Ok(list)
    }
}

impl Listed for Briefing {
    const KIND: &'static Kind = &BRIEFINGS;
    const SOURCES: &'static [&'static str] = &["insights.briefing AS f WHERE f.deleted_at IS NULL"];
}

/// The latest briefings first.
pub fn latest_first() -> Vec<OrderTerm> {
    vec![OrderTerm::new("f.held_at", "timestamptz", Direction::Desc), OrderTerm::new("f.id", "uuid", Direction::Desc)]
}

/// A briefing that the caller sees.
///
/// # Errors
/// The problem of the statement.
pub async fn by_id(reader: &Reader, id: Uuid) -> Result<Option<Briefing>, Problem> {
    let sql = "SELECT * FROM insights.briefing WHERE id = $1 AND deleted_at IS NULL";
    Ok(sqlx::query_as(sql).bind(id).fetch_optional(&reader.rows(&BRIEFINGS)).await?)
}

/// Loads briefings that the caller sees.
#[derive(Debug)]
pub struct BriefingById(pub Reader);

impl BatchSource for BriefingById {
    type Key = Uuid;
    type Value = Briefing;

    async fn load(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Briefing>, Problem> {
        let sql = "SELECT * FROM insights.briefing WHERE id = ANY ($1) AND deleted_at IS NULL";
        let rows: Vec<Briefing> = sqlx::query_as(sql).bind(ids).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.meta.id, row)).collect())
    }
}

/// Loads conclusions of briefings that the caller sees.
#[derive(Debug)]
pub struct ConclusionById(pub Reader);

impl BatchSource for ConclusionById {
    type Key = Uuid;
    type Value = Conclusion;

    async fn load(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Conclusion>, Problem> {
        let sql = "SELECT * FROM insights.conclusion WHERE id = ANY ($1)";
        let rows: Vec<Conclusion> = sqlx::query_as(sql).bind(ids).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The latest briefing that was held by an instant.
///
/// # Errors
/// The problem of the statement.
pub async fn latest(reader: &Reader, by: DateTime<Utc>) -> Result<Option<Briefing>, Problem> {
    let sql = "SELECT * FROM insights.briefing WHERE held_at <= $1 AND deleted_at IS NULL ORDER BY held_at DESC, id DESC LIMIT 1";
    Ok(sqlx::query_as(sql).bind(by).fetch_optional(&reader.rows(&BRIEFINGS)).await?)
}

/// The number after the largest one of a briefing.
///
/// # Errors
/// The problem of the statement.
pub async fn next_number<C: Child>(db: &mut PgConnection, briefing: Uuid) -> Result<i32, Problem> {
    let sql = format!("SELECT coalesce(max(number), 0) + 1 FROM {} WHERE briefing_id = $1", C::TABLE);
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(briefing).fetch_one(db).await?)
}

/// The first day on which the work of a conclusion of a briefing ends.
///
/// # Errors
/// The problem of the statement.
pub async fn earliest_due(db: &mut PgConnection, briefing: Uuid) -> Result<Option<NaiveDate>, Problem> {
    let sql = "SELECT min(due_on) FROM insights.conclusion WHERE briefing_id = $1";
    Ok(sqlx::query_scalar(sql).bind(briefing).fetch_one(db).await?)
}

/// Those of the ids that are stored.
///
/// # Errors
/// The error of the database.
pub async fn stored(db: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM insights.briefing WHERE id = ANY($1)").bind(ids).fetch_all(db).await
}
