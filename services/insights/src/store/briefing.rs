//! Briefings.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use service_kit::store::child::Child;
use service_kit::store::page::{OrderTerm, Page, PageArgs};
use service_kit::vocabulary::Direction;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{BRIEFINGS, Briefing, Conclusion};

/// A page of briefings, the latest first: the rows with their sort keys, and the number of all.
///
/// # Errors
/// `VALIDATION` at `first` or `after`, and the problem of the statement.
pub async fn page(reader: &Reader, args: &PageArgs) -> Result<(Page, Vec<(Briefing, Vec<String>)>, i64), Problem> {
    let reader = reader.rows(&BRIEFINGS);
    let terms = vec![
        OrderTerm::new("b.held_at", "timestamptz", Direction::Desc),
        OrderTerm::new("b.id", "uuid", Direction::Desc),
    ];
    let page = Page::new("briefings", terms, args)?;
    let mut sql = QueryBuilder::new(
        "SELECT b.*, ARRAY[b.held_at::text, b.id::text] AS sort_key FROM insights.briefing AS b WHERE b.deleted_at IS NULL",
    );
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    let mut rows = Vec::new();
    for row in sql.build().fetch_all(&reader).await? {
        rows.push((Briefing::from_row(&row)?, row.try_get("sort_key")?));
    }
    let count = "SELECT count(*) FROM insights.briefing WHERE deleted_at IS NULL";
    let total: i64 = sqlx::query_scalar(count).fetch_one(&reader).await?;
    Ok((page, rows, total))
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

/// Those of the ids that are stored.
///
/// # Errors
/// The error of the database.
pub async fn stored(db: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM insights.briefing WHERE id = ANY($1)").bind(ids).fetch_all(db).await
}
