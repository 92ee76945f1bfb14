//! Loading: again, later, at the same time, and over what people have changed.

use sample::SampleError;
use sqlx::PgPool;

use crate::support::{Recorded, count, digests, empty, instant, load};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn loading_twice_changes_nothing(pool: PgPool) {
    let first = load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    assert_eq!(first.tasks_created, 230);
    let stored = digests(&pool, Recorded::Included).await;
    for (rows, unnamed) in UNNAMED {
        assert!(count(&pool, rows).await > 0 && count(&pool, unnamed).await == 0, "{unnamed}");
    }
    let entries = count(&pool, ENTRIES).await;
    let second = load(&pool, "2026-11-21T10:00:00Z").await.expect("loads again");
    assert_eq!(second, sample::Summary::default());
    assert_eq!(digests(&pool, Recorded::Included).await, stored);
    assert_eq!(count(&pool, ENTRIES).await, entries, "what wrote nothing has no entry");
}

const ENTRIES: &str = "SELECT count(*) FROM platform.audit_entry";

/// The rows of a table, and those whose version no entry of the audit trail names.
const UNNAMED: [(&str, &str); 3] = [
    (
        "SELECT count(*) FROM tasks.task",
        "SELECT count(*) FROM tasks.task AS t WHERE NOT EXISTS (
             SELECT FROM platform.audit_entry AS e, jsonb_array_elements(e.rows) AS r
             WHERE e.subject = 'sample' AND r = jsonb_build_array('tasks.task', t.id::text, t.version))",
    ),
    (
        "SELECT count(*) FROM directory.organization",
        "SELECT count(*) FROM directory.organization AS t WHERE NOT EXISTS (
             SELECT FROM platform.audit_entry AS e, jsonb_array_elements(e.rows) AS r
             WHERE e.subject = 'sample' AND r = jsonb_build_array('directory.organization', t.code, t.version))",
    ),
    (
        "SELECT count(*) FROM directory.area_succession",
        "SELECT count(*) FROM directory.area_succession AS t WHERE NOT EXISTS (
             SELECT FROM platform.audit_entry AS e, jsonb_array_elements(e.rows) AS r
             WHERE e.subject = 'sample' AND r ->> 0 = 'directory.area_succession' AND r ->> 1 LIKE t.from_code || ' ' || t.to_code || '%')",
    ),
];

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_city_loaded_week_by_week_equals_one_loaded_at_once(pool: PgPool) {
    for now in [
        "2025-11-01T00:00:00Z",
        "2025-12-31T03:00:00Z",
        "2026-02-10T02:30:00Z",
        "2026-02-28T00:00:00Z",
        "2026-06-30T17:00:00Z",
        "2026-07-13T02:00:00Z",
        "2026-10-01T00:00:00Z",
        "2026-11-21T10:00:00Z",
    ] {
        load(&pool, now).await.expect(now);
    }
    let stepwise = digests(&pool, Recorded::LeftOut).await;
    // An earlier day adds nothing and takes nothing away.
    let earlier = load(&pool, "2026-05-01T00:00:00Z").await.expect("loads");
    assert_eq!(earlier, sample::Summary::default());
    assert_eq!(digests(&pool, Recorded::LeftOut).await, stepwise);
    empty(&pool).await;
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads at once");
    assert_eq!(digests(&pool, Recorded::LeftOut).await, stepwise);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_task_that_somebody_changed_is_left_alone(pool: PgPool) {
    load(&pool, "2026-05-04T00:00:00Z").await.expect("loads");
    sqlx::query(
        "UPDATE tasks.task SET title = 'Changed', version = version + 1, observed_at = '2026-05-04T01:00:00Z', recorded_by = 'person'
         WHERE code = 'NV-001'",
    )
    .execute(&pool)
    .await
    .expect("a person's change");
    let later = load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    assert_eq!(later.tasks_kept, 1);
    let changed = "SELECT count(*) FROM tasks.task WHERE code = 'NV-001' AND title = 'Changed'";
    assert_eq!(count(&pool, changed).await, 1);
    let children = "SELECT count(*) FROM tasks.progress_update AS u JOIN tasks.task AS t ON t.id = u.task_id
        WHERE t.code = 'NV-001' AND u.observed_at > '2026-05-04'";
    assert_eq!(count(&pool, children).await, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_area_that_somebody_changed_is_left_alone(pool: PgPool) {
    load(&pool, "2026-05-04T00:00:00Z").await.expect("loads");
    sqlx::query("UPDATE directory.area SET population = 1000, version = version + 1 WHERE code = '00004'")
        .execute(&pool)
        .await
        .expect("a person's change");
    load(&pool, "2026-05-04T00:00:00Z").await.expect("loads again");
    let population = "SELECT population FROM directory.area WHERE code = '00004'";
    assert_eq!(count(&pool, population).await, 1000);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_load_that_fails_in_the_middle_leaves_no_part_of_a_task_and_is_completed_by_the_next(pool: PgPool) {
    sqlx::query("ALTER TABLE tasks.relation ADD CONSTRAINT refuse_all CHECK (false)")
        .execute(&pool)
        .await
        .expect("a table that refuses the last statement");
    let error = load(&pool, "2026-11-21T10:00:00Z").await.expect_err("the last statement is refused");
    assert!(matches!(error, SampleError::Database { stage: "tasks", .. }), "{error}");
    assert_eq!(count(&pool, "SELECT count(*) FROM tasks.task").await, 0);
    assert_eq!(count(&pool, "SELECT count(*) FROM tasks.task_event").await, 0);
    sqlx::query("ALTER TABLE tasks.relation DROP CONSTRAINT refuse_all").execute(&pool).await.expect("mended");
    let completed = load(&pool, "2026-11-21T10:00:00Z").await.expect("completes");
    assert_eq!(completed.tasks_created, 230);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn two_loads_at_the_same_time_store_each_row_once(pool: PgPool) {
    let (one, other) = tokio::join!(load(&pool, "2026-11-21T10:00:00Z"), load(&pool, "2026-11-21T10:00:00Z"));
    let created = one.expect("loads").tasks_created + other.expect("loads").tasks_created;
    assert_eq!(created, 230);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_unknown_city_is_refused_by_name(pool: PgPool) {
    let now = instant("2026-11-21T10:00:00Z");
    let loaded = sample::load("atlantis", &pool, now, &sample::NoProgress).await;
    let error = loaded.expect_err("there is none");
    assert_eq!(error.to_string(), "there is no sample city `atlantis`; bundled: hanoi");
}
