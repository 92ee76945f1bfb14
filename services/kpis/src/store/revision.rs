//! Revisions: published values that replaced others, and withdrawals.

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

/// Reads revisions, the latest first: each value that was published after another one of its period, and each withdrawal that left
/// none, with the judgement of each target whose period has it, on the day and on the day before. A merger of areas is none; a change
/// of what was carried over is one.
///
/// The reason is that of what ended the value before: the correction, or the withdrawal, after which an earlier revision counts again
/// or none does.
///
/// # Errors
/// The problem of the statement.
pub async fn revisions(reader: &Reader, asked: &Asked) -> Result<Vec<Revision>, Problem> {
    let sql = "SELECT * FROM (
             SELECT s.indicator_code, s.area_code, s.organization_code, c.period, c.revised_on, c.vintage, c.before, c.after,
                 t.period AS target_period, c.at, y.rag AS rag_before, t.rag AS rag_after, y.target_id IS NOT NULL AND y.rag IS DISTINCT FROM t.rag AS flipped,
                 CASE WHEN taken.id IS NULL OR taken.revision < ended.revision THEN ended.withdrawal_reason ELSE taken.reason END AS reason
             FROM kpis.revised AS c
             JOIN kpis.series AS s ON s.id = c.series_id
             LEFT JOIN kpis.observation AS ended ON ended.id = c.left_id
             LEFT JOIN kpis.observation AS taken ON taken.id = c.taken_id
             LEFT JOIN kpis.target_fact AS t ON t.series_id = c.series_id AND t.period_first <= c.period_first AND c.period_end <= t.period_end
                 AND c.is_judged AND t.from_day <= c.revised_on AND c.revised_on < t.to_day
             LEFT JOIN kpis.target_fact AS y ON y.series_id = t.series_id AND y.period = t.period AND y.from_day < c.revised_on AND c.revised_on <= y.to_day
             WHERE c.revised_on BETWEEN $1 AND $2 AND ($3::text[] IS NULL OR s.indicator_code = ANY($3)) AND ($4::text[] IS NULL OR s.area_code = ANY($4))) AS revised
         WHERE kpis.check_facts() AND ($5::bool IS NULL OR flipped = $5)
         ORDER BY revised_on DESC, indicator_code, area_code, organization_code, period, at DESC, target_period LIMIT $6";
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
