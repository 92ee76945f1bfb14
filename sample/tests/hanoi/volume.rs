//! A volume adds tasks and organizations to the city, by the same rules.

use sqlx::PgPool;

use crate::support::{Recorded, count, digests, empty, load, load_volume};

const NOW: &str = "2026-11-26T10:00:00Z";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_task_is_the_fold_of_its_events(pool: PgPool) {
    let loaded = load_volume(&pool, 300, NOW).await.expect("loads");
    assert_eq!(loaded.tasks_created, 530);
    let differing = "SELECT count(*) FROM tasks.task AS t CROSS JOIN LATERAL (
            SELECT platform.fold_events(e.changes ORDER BY e.observed_at, e.ordinal) AS state, count(*) AS events,
                   max(e.observed_at) AS observed_at
            FROM tasks.task_event AS e WHERE e.id = t.id) AS folded
        WHERE (jsonb_strip_nulls(folded.state), folded.events, folded.observed_at) IS DISTINCT FROM
              (jsonb_strip_nulls(to_jsonb(t) - platform.not_state('tasks.task')), t.version::bigint, t.observed_at)";
    assert_eq!(count(&pool, differing).await, 0);
    let versions = i64::try_from(loaded.task_versions).expect("a number of rows");
    assert_eq!(count(&pool, "SELECT count(*) FROM tasks.task_event").await, versions);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn events_written_in_bulk_are_those_that_the_triggers_write(pool: PgPool) {
    for now in ["2025-12-31T03:00:00Z", "2026-03-05T00:00:00Z", "2026-07-13T02:00:00Z", NOW] {
        load_volume(&pool, 300, now).await.expect(now);
    }
    let stepwise = digests(&pool, Recorded::LeftOut).await;
    empty(&pool).await;
    load_volume(&pool, 300, NOW).await.expect("loads at once");
    assert_eq!(digests(&pool, Recorded::LeftOut).await, stepwise);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_volume_leaves_the_sample_as_it_is_and_a_second_load_changes_nothing(pool: PgPool) {
    let plain = "SELECT hashtextextended(string_agg(to_jsonb(t)::text, '' ORDER BY t.code), 0) # hashtextextended(string_agg(u.rows, '' ORDER BY t.code), 1)
        FROM tasks.task AS t CROSS JOIN LATERAL (
            SELECT (SELECT coalesce(string_agg(to_jsonb(e)::text, '' ORDER BY ordinal), '') FROM tasks.task_event AS e WHERE e.id = t.id)
                || (SELECT coalesce(string_agg(to_jsonb(p)::text, '' ORDER BY p.id), '') FROM tasks.progress_update AS p WHERE p.task_id = t.id)
                || (SELECT coalesce(string_agg(to_jsonb(r)::text, '' ORDER BY r.id), '') FROM tasks.relation AS r WHERE t.id IN (r.from_task_id, r.to_task_id))
            AS rows) AS u
        WHERE t.code LIKE 'NV-%'";
    load(&pool, NOW).await.expect("loads");
    let before = count(&pool, plain).await;
    let added = load_volume(&pool, 300, NOW).await.expect("loads the volume");
    assert_eq!((added.tasks_created, added.tasks_kept), (300, 0));
    assert_eq!(count(&pool, plain).await, before);
    let stored = digests(&pool, Recorded::Included).await;
    assert_eq!(load_volume(&pool, 300, NOW).await.expect("loads again"), sample::Summary::default());
    assert_eq!(load(&pool, NOW).await.expect("loads without a volume"), sample::Summary::default());
    assert_eq!(digests(&pool, Recorded::Included).await, stored);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_volume_is_skewed_and_seasonal_and_names_only_what_the_directory_knows(pool: PgPool) {
    load_volume(&pool, 1500, NOW).await.expect("loads");
    let volume = "CREATE TEMPORARY VIEW volume AS SELECT *, extract(month FROM observed_at) AS month FROM tasks.task WHERE code LIKE 'CV-%'";
    let mut db = pool.acquire().await.expect("a connection");
    sqlx::query(volume).execute(&mut *db).await.expect("a view");
    for (range, sql) in [
        (1500..=1500, "SELECT count(*) FROM directory.organization"),
        (1500..=1500, "SELECT count(*) FROM volume"),
        // In a thousand tasks: those of the ten leads with most tasks, and of the ten areas with most.
        (150..=300, "SELECT sum(n)::bigint * 1000 / 1500 FROM (SELECT count(*) AS n FROM volume GROUP BY lead_organization_code ORDER BY 1 DESC LIMIT 10) AS top"),
        (150..=400, "SELECT sum(n)::bigint * 1000 / (SELECT count(*) FROM volume WHERE area_codes <> '{}') FROM
            (SELECT count(*) AS n FROM volume, unnest(area_codes) AS a GROUP BY a ORDER BY 1 DESC LIMIT 10) AS top"),
        (400..=1500, "SELECT count(DISTINCT lead_organization_code) FROM volume"),
        // Due in the last five days of a month; about a sixth of all days, had they been equal.
        (450..=650, "SELECT count(*) * 1000 / 1500 FROM volume WHERE extract(month FROM baseline_due + 5) <> extract(month FROM baseline_due)"),
        (150..=250, "SELECT count(*) * 1000 / 1500 FROM volume WHERE status IN ('IN_PROGRESS', 'ASSIGNED') AND current_due >= '2026-11-26'"),
        (30..=100, "SELECT count(*) * 1000 / 1500 FROM volume WHERE tasks.is_open(status) AND status <> 'SUBMITTED' AND current_due < '2026-11-26'"),
        (0..=0, "SELECT count(*) FROM volume AS t, unnest(coordinating_organization_codes || lead_organization_code || issuer_organization_code) AS c
            WHERE NOT EXISTS (SELECT 1 FROM directory.organization WHERE code = c)"),
        (0..=0, "SELECT count(*) FROM volume AS t, unnest(ARRAY[accountable_position_code, approver_position_code]) AS c
            WHERE c IS NOT NULL AND NOT EXISTS (SELECT 1 FROM directory.position WHERE code = c)"),
        (0..=0, "SELECT count(*) FROM volume, unnest(programme_codes) AS c WHERE NOT EXISTS (SELECT 1 FROM directory.programme WHERE code = c)"),
        (0..=0, "SELECT count(*) FROM volume WHERE lead_organization_code = ANY (coordinating_organization_codes)"),
        (0..=0, "SELECT count(*) FROM tasks.transition AS a JOIN volume AS t ON t.id = a.task_id WHERE a.verb = 'acceptTask' AND a.by_subject = t.submitted_by"),
    ] {
        let counted: i64 = sqlx::query_scalar(sql).fetch_one(&mut *db).await.expect(sql);
        assert!(range.contains(&counted), "{counted}: {sql}");
    }
}
