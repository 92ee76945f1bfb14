//! What the tests share: loading as of a day, and a digest of everything that is stored.

use chrono::{DateTime, Utc};
use sample::{NoProgress, SampleError, Summary, Volume};
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
    "tasks.task_event",
    "tasks.transition",
    "tasks.milestone",
    "tasks.progress_update",
    "tasks.evidence",
    "tasks.blocker",
    "tasks.reminder",
    "tasks.extension_request",
    "tasks.relation",
];

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant of the test")
}

/// Loads the tasks of the city.
pub async fn load(pool: &PgPool, now: &str) -> Result<Summary, SampleError> {
    sample::load_tasks("hanoi", None, pool, instant(now), &NoProgress).await
}

/// Loads the city with this number of tasks in addition.
pub async fn load_volume(pool: &PgPool, tasks: usize, now: &str) -> Result<Summary, SampleError> {
    sample::load_tasks("hanoi", Some(Volume::Tasks(tasks)), pool, instant(now), &NoProgress).await
}

pub async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect(sql)
}

/// The tasks at the end of a day, given as SQL, with what is derived of them: a source of rows `f`.
macro_rules! task_facts {
    ($day:literal) => {
        concat!(
            "(SELECT t.*, d.* FROM tasks.task_at(platform.day_end(",
            $day,
            ")) AS t CROSS JOIN LATERAL tasks.derived(t, ",
            $day,
            ") AS d) AS f"
        )
    };
}
pub(crate) use task_facts;

/// Empties what grows with the days. The history refuses that, unless its triggers are off.
pub async fn empty(pool: &PgPool) {
    let truncate = "DO $$ BEGIN EXECUTE (
            SELECT string_agg(format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname), ';')
            FROM pg_trigger WHERE tgname IN ('append_only', 'refuse_truncate')); END $$;
        TRUNCATE tasks.task, tasks.task_event, tasks.milestone_event, tasks.progress_update_event, tasks.evidence_event, tasks.blocker_event,
            tasks.reminder_event, directory.appointment, directory.appointment_event CASCADE";
    sqlx::raw_sql(truncate).execute(pool).await.expect("emptied");
}

/// A digest of each table, with or without what depends on when and in which order rows were stored.
pub async fn digests(pool: &PgPool, recorded: Recorded) -> Vec<(String, Option<String>)> {
    let mut digests = Vec::new();
    for table in TABLES {
        let row = match recorded {
            Recorded::Included => "to_jsonb(t)",
            // What the import does not state is given by the time of the load, or at random.
            Recorded::LeftOut if *table == "directory.area_succession" => {
                "to_jsonb(t) - '{recorded_at,observed_at,id}'::text[]"
            }
            Recorded::LeftOut
                if ["tasks.milestone", "tasks.evidence", "tasks.blocker", "tasks.reminder"].contains(table) =>
            {
                "to_jsonb(t) - '{recorded_at,observed_at}'::text[]"
            }
            Recorded::LeftOut => "to_jsonb(t) - 'recorded_at' - 'ordinal'",
        };
        let sql = format!("SELECT md5(string_agg(({row})::text, '|' ORDER BY ({row})::text)) FROM {table} AS t");
        let digest = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.expect("a digest");
        digests.push(((*table).to_owned(), digest));
    }
    digests
}

/// Whether it counts when and in which order a row was stored.
#[derive(Debug, Clone, Copy)]
pub enum Recorded {
    Included,
    LeftOut,
}

/// Asserts what statements with one text return.
pub async fn assert_texts(pool: &PgPool, expected: &[(&str, &'static str)]) {
    for (expected, sql) in expected {
        let text: Option<String> = sqlx::query_scalar(*sql).fetch_one(pool).await.expect(sql);
        assert_eq!(text.as_deref().unwrap_or("NULL"), *expected, "{sql}");
    }
}
