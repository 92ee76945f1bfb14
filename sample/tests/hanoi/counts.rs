//! The loaded city adds up to what the city has published.

use sqlx::PgPool;

use crate::support::{count, load};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn reference_data_has_the_published_counts(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    for (expected, sql) in [
        (126, "SELECT count(*) FROM directory.area WHERE parent_code = '01'"),
        (51, "SELECT count(*) FROM directory.area WHERE kind = 'WARD' AND valid_to IS NULL"),
        (75, "SELECT count(*) FROM directory.area WHERE kind = 'COMMUNE' AND valid_to IS NULL"),
        // Of the areas that were merged, those that have values of their own.
        (3, "SELECT count(*) FROM directory.area WHERE valid_to = '2025-07-01'"),
        (526, "SELECT count(DISTINCT from_code) FROM directory.area_succession"),
        (126, "SELECT count(DISTINCT to_code) FROM directory.area_succession"),
        (126, "SELECT count(*) FROM directory.organization WHERE level = 'COMMUNE' AND axis = 'COMMITTEE' AND code = 'UBND-' || area_code"),
        (12, "SELECT count(*) FROM directory.task_group"),
        (5, "SELECT count(*) FROM directory.bottleneck"),
        (11, "SELECT count(*) FROM directory.programme WHERE source <> 'sample'"),
        (1, "SELECT count(*) FROM directory.programme WHERE source = 'sample'"),
        (1, "SELECT count(*) FROM directory.programme WHERE code = 'CTHD-DH14' AND supersedes_code = 'CT01-DH18' AND parent_code = 'NQ-DH14'"),
        // A unit that is said to have gone whole into another is in no second one.
        (0, "SELECT count(*) FROM directory.area_succession AS s WHERE share = 1 AND EXISTS
              (SELECT 1 FROM directory.area_succession AS o WHERE o.from_code = s.from_code AND o.to_code <> s.to_code)"),
    ] {
        assert_eq!(count(&pool, sql).await, expected, "{sql}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn tasks_have_the_published_counts_on_every_day_from_mid_february(pool: PgPool) {
    load(&pool, "2027-01-15T00:00:00Z").await.expect("loads");
    let sql = "WITH day AS (SELECT d::date AS day FROM generate_series('2026-02-15'::date, '2026-12-31', interval '1 day') AS d),
         counted AS (
             SELECT day.day,
                    count(*) AS all_tasks,
                    count(*) FILTER (WHERE t.status IN ('DRAFT', 'CANCELLED', 'SUPERSEDED')) AS not_issued,
                    count(*) FILTER (WHERE o.axis = 'COMMITTEE') AS committee,
                    count(DISTINCT o.axis) AS axes,
                    count(*) FILTER (WHERE 'NQ-DH18-HN' = ANY (t.programme_codes)) AS congress
             FROM day CROSS JOIN LATERAL tasks.task_at(platform.day_end(day.day)) AS t
             JOIN directory.organization AS o ON o.code = t.lead_organization_code GROUP BY day.day)
         SELECT count(*) FROM counted
         WHERE (all_tasks, not_issued, committee, axes, congress) IS NOT DISTINCT FROM (230, 0, 168, 4, 82)";
    assert_eq!(count(&pool, sql).await, 320, "days on which all counts hold, of 320");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn tasks_name_only_what_the_directory_knows(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    for sql in [
        "SELECT count(*) FROM tasks.task AS t, unnest(programme_codes) AS c WHERE NOT EXISTS (SELECT 1 FROM directory.programme WHERE code = c)",
        "SELECT count(*) FROM tasks.task AS t, unnest(area_codes) AS c WHERE NOT EXISTS (SELECT 1 FROM directory.area WHERE code = c)",
        "SELECT count(*) FROM tasks.task AS t, unnest(bottleneck_codes) AS c WHERE NOT EXISTS (SELECT 1 FROM directory.bottleneck WHERE code = c)",
        "SELECT count(*) FROM tasks.task AS t, unnest(coordinating_organization_codes || lead_organization_code || issuer_organization_code) AS c
         WHERE NOT EXISTS (SELECT 1 FROM directory.organization WHERE code = c)",
        "SELECT count(*) FROM tasks.task WHERE lead_organization_code = ANY (coordinating_organization_codes)",
        "SELECT count(*) FROM tasks.task AS t WHERE NOT EXISTS (SELECT 1 FROM directory.task_group WHERE code = t.group_code)",
        "SELECT count(*) FROM tasks.task AS t, unnest(ARRAY[accountable_position_code, approver_position_code]) AS c
         WHERE c IS NOT NULL AND NOT EXISTS (SELECT 1 FROM directory.position WHERE code = c)",
        "SELECT count(*) FROM tasks.task WHERE source <> 'sample' OR recorded_by NOT LIKE 'sample:%'",
        "SELECT count(*) FROM tasks.progress_update WHERE source <> 'sample'",
        "SELECT count(*) FROM (SELECT title FROM tasks.task GROUP BY title HAVING count(*) > 1) AS twice",
    ] {
        assert_eq!(count(&pool, sql).await, 0, "{sql}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn positions_change_hands_and_some_have_no_holder(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    let vacant = "SELECT count(*) FROM directory.position AS p WHERE NOT EXISTS
        (SELECT 1 FROM directory.appointment AS a WHERE a.position_code = p.code AND a.to_on IS NULL)";
    assert_eq!(count(&pool, vacant).await, 3);
    let ended = "SELECT count(*) FROM directory.appointment WHERE to_on IS NOT NULL";
    assert_eq!(count(&pool, ended).await, 11);
    let unnamed =
        "SELECT count(*) FROM directory.official AS o JOIN directory.appointment AS a ON a.official_code = o.code
        JOIN directory.position AS p ON p.code = a.position_code WHERE o.display_name NOT LIKE p.title || '%'";
    let named = count(&pool, unnamed).await;
    assert_eq!(named, 0, "an official is shown by the title of the position");
}
