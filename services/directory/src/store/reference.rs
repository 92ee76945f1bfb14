//! Task groups, bottlenecks, dated rules and the working-day calendar.

use chrono::NaiveDate;
use service_kit::Problem;
use sqlx::PgPool;

use crate::model::{CalendarDay, LegalRule, TaskGroup};

/// Every task group, in the order of the programme.
pub async fn task_groups(pool: &PgPool) -> Result<Vec<TaskGroup>, Problem> {
    Ok(sqlx::query_as!(
        TaskGroup,
        "SELECT code, ordinal, title, programme_code FROM directory.task_group ORDER BY ordinal, code"
    )
    .fetch_all(pool)
    .await?)
}

/// Task groups by their code.
pub async fn task_groups_by_code(
    pool: &PgPool,
    codes: &[String],
) -> Result<std::collections::HashMap<String, TaskGroup>, Problem> {
    let rows = sqlx::query_as!(
        TaskGroup,
        "SELECT code, ordinal, title, programme_code FROM directory.task_group WHERE code = ANY($1)",
        codes
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// Every bottleneck: code and title.
pub async fn bottlenecks(pool: &PgPool) -> Result<Vec<(String, String)>, Problem> {
    let rows = sqlx::query!("SELECT code, title FROM directory.bottleneck ORDER BY code")
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.title)).collect())
}

/// The rules in force on a date, all or those named.
pub async fn rules(pool: &PgPool, codes: Option<&[String]>, as_of: NaiveDate) -> Result<Vec<LegalRule>, Problem> {
    Ok(sqlx::query_as!(
        LegalRule,
        "SELECT code, value, unit, valid_from, valid_to, document FROM directory.legal_rule
         WHERE ($1::text[] IS NULL OR code = ANY($1)) AND valid_from <= $2 AND (valid_to IS NULL OR $2 < valid_to)
         ORDER BY code",
        codes,
        as_of
    )
    .fetch_all(pool)
    .await?)
}

/// The days of the calendar from one day to another, both included.
pub async fn calendar(pool: &PgPool, from: NaiveDate, to: NaiveDate) -> Result<Vec<CalendarDay>, Problem> {
    Ok(sqlx::query_as!(
        CalendarDay,
        "SELECT day, working, name, document, provisional FROM directory.calendar_day
         WHERE day BETWEEN $1 AND $2 ORDER BY day",
        from,
        to
    )
    .fetch_all(pool)
    .await?)
}

/// Working days from one day until (not including) another; `None` when the calendar does not cover them all.
pub async fn working_days(pool: &PgPool, from: NaiveDate, until: NaiveDate) -> Result<Option<i64>, Problem> {
    Ok(
        sqlx::query_scalar!("SELECT directory.published_working_days($1, $2)", from, until)
            .fetch_one(pool)
            .await?,
    )
}
