//! Revisions: published values that replaced others.

use chrono::NaiveDate;
use service_kit::{Problem, Reader};
use sqlx::query_as;

use crate::model::Revision;

/// Request of revisions.
#[derive(Debug)]
pub struct Asked {
    /// The first day, and the last.
    pub days: (NaiveDate, NaiveDate),
    /// Codes of the indicators; `None` for all.
    pub indicators: Option<Vec<String>>,
    /// Codes of the areas; `None` for all scopes.
    pub areas: Option<Vec<String>>,
    /// Whether the judgement of a target changed.
    pub flipped: Option<bool>,
    /// Maximum number.
    pub first: i64,
}

/// Reads revisions, the latest first: of each value the one before, and the judgement of each target with the period, on the day and on the day
/// before.
///
/// # Errors
/// The problem of the statement.
pub async fn revisions(reader: &Reader, asked: &Asked) -> Result<Vec<Revision>, Problem> {
    let sql = "SELECT * FROM (
             SELECT s.indicator_code, s.area_code, s.organization_code, c.period, c.from_day AS revised_on, c.vintage, b.value AS before, c.value AS after,
                 t.period AS target_period, y.rag AS rag_before, t.rag AS rag_after, coalesce(y.rag <> t.rag, false) AS flipped, o.reason
             FROM kpis.observed_fact AS c
             JOIN kpis.series AS s ON s.id = c.series_id
             JOIN kpis.observation AS o ON o.id = c.observation_id
             JOIN kpis.observed_fact AS b ON b.series_id = c.series_id AND b.period = c.period AND b.to_day = c.from_day AND b.vintage = c.vintage - 1
             LEFT JOIN kpis.target_fact AS t ON t.series_id = c.series_id AND t.period_first <= c.period_first AND c.period_end <= t.period_end
                 AND t.from_day <= c.from_day AND c.from_day < t.to_day
             LEFT JOIN kpis.target_fact AS y ON y.series_id = t.series_id AND y.period = t.period AND y.from_day < c.from_day AND c.from_day <= y.to_day
             WHERE c.vintage > 1 AND c.from_day BETWEEN $1 AND $2
               AND ($3::text[] IS NULL OR s.indicator_code = ANY($3)) AND ($4::text[] IS NULL OR s.area_code = ANY($4))) AS revised
         WHERE kpis.check_facts() AND ($5::bool IS NULL OR flipped = $5)
         ORDER BY revised_on DESC, indicator_code, area_code, organization_code, period, target_period LIMIT $6";
    let (first, last) = asked.days;
    Ok(query_as(sql)
        .bind(first)
        .bind(last)
        .bind(asked.indicators.as_deref())
        .bind(asked.areas.as_deref())
        .bind(asked.flipped)
        .bind(asked.first)
        .fetch_all(reader)
        .await?)
}
