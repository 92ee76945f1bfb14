//! Reminders and requests to higher levels occur as in an ordinary year, and their figures are those of the base rows.

use sqlx::PgPool;

use crate::support::{count, load, task_facts};

/// Figures of each day of the year, from the facts and once more from the base rows. One row for each difference.
const DIFFERENCES: &str = "
WITH day AS (SELECT d::date AS day FROM generate_series('2026-01-01'::date, '2026-12-31', interval '1 day') AS d),
task AS (SELECT day.day, t.id, t.status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED') AS running
         FROM day CROSS JOIN LATERAL tasks.task_at(platform.day_end(day.day)) AS t WHERE t.status <> 'DRAFT'),
sent AS (SELECT task.day, count(*) AS reminders,
                count(*) FILTER (WHERE running AND (m.answered_on IS NULL OR m.answered_on > task.day)) AS unanswered
         FROM task JOIN tasks.reminder AS m ON m.task_id = task.id AND m.sent_on <= task.day GROUP BY task.day),
waiting AS (SELECT task.day, task.id, b.needs_level, task.day - min(b.requested_on) AS days
            FROM task JOIN tasks.blocker AS b ON b.task_id = task.id AND b.requested_on <= task.day AND running
              AND (b.decided_on IS NULL OR b.decided_on > task.day)
              AND b.opened_at < platform.day_end(task.day) AND (b.resolved_at IS NULL OR b.resolved_at >= platform.day_end(task.day))
            GROUP BY task.day, task.id, b.needs_level),
base AS (SELECT day.day, coalesce(max(sent.reminders), 0) AS reminders, coalesce(max(sent.unanswered), 0) AS unanswered,
                count(*) FILTER (WHERE needs_level = 'CITY') AS city, coalesce(sum(days) FILTER (WHERE needs_level = 'CITY'), 0) AS city_days,
                count(*) FILTER (WHERE needs_level = 'CENTRAL') AS central, coalesce(sum(days) FILTER (WHERE needs_level = 'CENTRAL'), 0) AS central_days
         FROM day LEFT JOIN sent USING (day) LEFT JOIN waiting USING (day) GROUP BY day.day),
fact AS (SELECT day.day, coalesce(sum(f.reminders), 0) AS reminders, coalesce(sum(f.unanswered), 0) AS unanswered,
                count(f.city_since) AS city, coalesce(sum(day.day - f.city_since), 0) AS city_days,
                count(f.central_since) AS central, coalesce(sum(day.day - f.central_since), 0) AS central_days
         FROM day LEFT JOIN tasks.fact AS f ON f.from_day <= day.day AND day.day < f.to_day GROUP BY day.day)
SELECT count(*) FROM base JOIN fact USING (day) WHERE to_jsonb(base) <> to_jsonb(fact)";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_figures_of_every_day_are_those_of_the_base_rows(pool: PgPool) {
    load(&pool, "2027-01-15T00:00:00Z").await.expect("loads");
    assert_eq!(count(&pool, DIFFERENCES).await, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn leads_are_reminded_and_higher_levels_are_asked(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    for (expected, sql) in [
        (48, "SELECT count(*) FROM tasks.reminder"),
        (
            5,
            concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE central_since IS NOT NULL AND indicator_codes <> '{}'"),
        ),
        (5, concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE central_since IS NOT NULL")),
        (
            1,
            concat!(
                "SELECT count(*) FROM ",
                task_facts!("'2026-11-21'"),
                " WHERE central_since IS NOT NULL AND code = 'NV-053' AND 'KDT-OLYMPIC' = ANY (project_codes)"
            ),
        ),
        // Nobody is reminded of a task that is not open, or answers before the reminder; a document is dated.
        (
            0,
            "SELECT count(*) FROM tasks.reminder AS m WHERE NOT EXISTS (
                 SELECT FROM tasks.fact AS f WHERE f.task_id = m.task_id AND f.from_day <= m.sent_on AND m.sent_on < f.to_day AND f.ended_on IS NULL)",
        ),
        (0, "SELECT count(*) FROM tasks.reminder WHERE sent_by = answered_by OR document IS NULL OR answer_due IS NULL"),
        (
            0,
            "SELECT count(*) FROM tasks.reminder WHERE NOT EXISTS (SELECT FROM directory.position AS p
                 WHERE p.code = sender_position_code AND p.organization_code = sender_organization_code)",
        ),
        (0, "SELECT count(*) FROM tasks.blocker WHERE needs_level = 'ORGANIZATION' AND requested_on IS NOT NULL"),
    ] {
        assert_eq!(count(&pool, sql).await, expected, "{sql}");
    }
    for sql in [
        "SELECT count(*) FROM tasks.reminder WHERE answered_on <= answer_due",
        "SELECT count(*) FROM tasks.reminder WHERE answered_on > answer_due",
        "SELECT count(*) FROM tasks.reminder WHERE answered_on IS NULL",
        "SELECT count(*) FROM tasks.blocker WHERE decided_on IS NOT NULL",
        concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE city_since IS NOT NULL"),
        concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE unanswered_reminder_count > 0"),
    ] {
        assert!(count(&pool, sql).await > 0, "{sql}");
    }
}
