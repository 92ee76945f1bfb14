//! What the tests share: loading as of a day, and a digest of everything that is stored.

use chrono::{DateTime, Utc};
use sample::{NoProgress, SampleError, Summary};
use sqlx::PgPool;

/// Every table that a load writes.
const TABLES: &[&str] = &[
    "directory.area",
    "directory.area_succession",
    "directory.organization",
    "directory.position",
    "directory.official",
    "directory.appointment",
    "directory.programme",
    "directory.task_group",
    "directory.bottleneck",
    "tasks.task",
    "tasks.task_version",
    "tasks.transition",
    "tasks.milestone",
    "tasks.progress_update",
    "tasks.evidence",
    "tasks.blocker",
    "tasks.extension_request",
    "tasks.relation",
];

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant of the test")
}

pub async fn load(pool: &PgPool, now: &str) -> Result<Summary, SampleError> {
    sample::load("hanoi", pool, instant(now), &NoProgress).await
}

pub async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect(sql)
}

/// A digest of each table, with or without the instants of recording.
pub async fn digests(pool: &PgPool, recorded: Recorded) -> Vec<(String, Option<String>)> {
    let mut digests = Vec::new();
    for table in TABLES {
        let row = match recorded {
            Recorded::Included => "to_jsonb(t)",
            Recorded::LeftOut => "to_jsonb(t) - 'recorded_at'",
        };
        let sql = format!("SELECT md5(string_agg(({row})::text, '|' ORDER BY ({row})::text)) FROM {table} AS t");
        let digest = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(pool)
            .await
            .expect("a digest");
        digests.push(((*table).to_owned(), digest));
    }
    digests
}

/// Whether the instant at which a row was stored counts.
#[derive(Debug, Clone, Copy)]
pub enum Recorded {
    Included,
    LeftOut,
}
