//! Queries that depend on a date: holders of positions, rules in force, working days.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::{FromRow, Row};

use crate::model::{CalendarDay, LegalRule, Official};

/// Loads the holder of each position on a day. A vacant position has no entry.
#[derive(Debug)]
pub struct HolderOn(pub Reader);

impl BatchSource for HolderOn {
    type Key = (String, NaiveDate);
    type Value = Official;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Official>, Problem> {
        let (positions, days): (Vec<String>, Vec<NaiveDate>) = keys.into_iter().unzip();
        let rows = sqlx::query(
            "SELECT asked.position_code, asked.day, f.*
             FROM unnest($1::text[], $2::date[]) AS asked(position_code, day)
             JOIN directory.appointment AS a ON a.position_code = asked.position_code AND a.deleted_at IS NULL
                  AND directory.published_runs(a.from_on, a.to_on, asked.day)
             JOIN directory.official AS f ON f.code = a.official_code AND f.deleted_at IS NULL",
        )
        .bind(positions)
        .bind(days)
        .fetch_all(&self.0)
        .await?;
        let holder =
            |row| Ok(((Row::try_get(row, "position_code")?, Row::try_get(row, "day")?), Official::from_row(row)?));
        rows.iter().map(holder).collect()
    }
}

/// Reads the rules in force on a date: all, or those with the given names.
pub async fn rules(reader: &Reader, codes: Option<&[String]>, as_of: NaiveDate) -> Result<Vec<LegalRule>, Problem> {
    Ok(sqlx::query_as!(
        LegalRule,
        "SELECT code, value, unit, valid_from, valid_to, document FROM directory.legal_rule
         WHERE deleted_at IS NULL AND ($1::text[] IS NULL OR code = ANY($1)) AND valid_from <= $2 AND (valid_to IS NULL OR $2 < valid_to)
         ORDER BY code",
        codes,
        as_of
    )
    .fetch_all(reader)
    .await?)
}

/// Reads the calendar from one day to another, both included.
pub async fn calendar(reader: &Reader, from: NaiveDate, to: NaiveDate) -> Result<Vec<CalendarDay>, Problem> {
    Ok(sqlx::query_as!(
        CalendarDay,
        "SELECT day, working, name, document, provisional FROM directory.calendar_day WHERE deleted_at IS NULL AND day BETWEEN $1 AND $2 ORDER BY day",
        from,
        to
    )
    .fetch_all(reader)
    .await?)
}

/// Counts the working days from one day (included) to another (excluded); `None` when the calendar does not cover all
/// of them.
pub async fn working_days(reader: &Reader, from: NaiveDate, until: NaiveDate) -> Result<Option<i64>, Problem> {
    let days = sqlx::query_scalar!("SELECT directory.published_working_days($1, $2)", from, until);
    Ok(days.fetch_one(reader).await?)
}
