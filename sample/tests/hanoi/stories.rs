//! Each task's history is one that the state machine allows, in the order of time.

use sqlx::PgPool;
use tasks::{TRANSITIONS, TaskStatus};

use crate::support::{count, load, task_facts};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_move_is_one_of_the_state_machine(pool: PgPool) {
    load(&pool, "2027-01-15T00:00:00Z").await.expect("loads");
    let moves: Vec<(String, String, Option<String>, String)> = sqlx::query_as(
        "SELECT t.code, m.verb, m.from_status, m.to_status FROM tasks.transition AS m JOIN tasks.task AS t ON t.id = m.task_id
         ORDER BY t.code, m.at, m.id",
    )
    .fetch_all(&pool)
    .await
    .expect("the log");
    let mut last: Option<(String, TaskStatus)> = None;
    for (code, verb, from, to) in moves {
        let to: TaskStatus = to.parse().expect("a status");
        match from {
            None => {
                assert_eq!((verb.as_str(), to), ("createTask", TaskStatus::Draft), "{code}");
                assert_ne!(last.as_ref().map(|(last, _)| last), Some(&code), "{code} is created twice");
            }
            Some(from) => {
                let from: TaskStatus = from.parse().expect("a status");
                assert_eq!(last, Some((code.clone(), from)), "{code}: {verb} goes on where the last move ended");
                assert!(
                    TRANSITIONS.iter().any(|row| row.verb.as_str() == verb && row.from.contains(&from) && row.to == to),
                    "{code}: {verb} from {from} to {to}"
                );
            }
        }
        last = Some((code, to));
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn versions_follow_each_other_in_number_time_and_status(pool: PgPool) {
    load(&pool, "2027-01-15T00:00:00Z").await.expect("loads");
    // Each version as the fold of its task's events up to its own.
    let every_version = "CREATE TEMPORARY TABLE every_version AS SELECT past.* FROM tasks.task_event AS e
        CROSS JOIN LATERAL tasks.task_known(e.id, e.observed_at + interval '1 microsecond', 'infinity') AS past";
    let mut connection = pool.acquire().await.expect("a connection");
    let created = sqlx::query(every_version).execute(&mut *connection).await;
    created.expect("every version");
    for sql in [
        // No gap, no step back, no version without its own time.
        "SELECT count(*) FROM (SELECT version, lead(version) OVER w AS next, observed_at, lead(observed_at) OVER w AS next_at
             FROM every_version WINDOW w AS (PARTITION BY id ORDER BY version)) AS v
         WHERE next IS NOT NULL AND (next <> version + 1 OR next_at <= observed_at)",
        // The last version is the task as it is stored.
        "SELECT count(*) FROM tasks.task AS t LEFT JOIN every_version AS v USING (id, version)
         WHERE to_jsonb(t) - 'recorded_at' IS DISTINCT FROM to_jsonb(v) - 'recorded_at'",
        // A change of status is a logged move of that instant, and each move changed the status.
        "SELECT count(*) FROM (SELECT id, observed_at, status, lag(status) OVER (PARTITION BY id ORDER BY version) AS before FROM every_version) AS v
         FULL JOIN tasks.transition AS m ON m.task_id = v.id AND m.at = v.observed_at
         WHERE (v.status IS DISTINCT FROM v.before AND (m.id IS NULL OR m.to_status <> v.status OR m.from_status IS DISTINCT FROM v.before))
            OR v.id IS NULL",
        // A due date moves only through an approved extension.
        "SELECT count(*) FROM (SELECT id, observed_at, current_due, lag(current_due) OVER (PARTITION BY id ORDER BY version) AS before, version FROM every_version) AS v
         WHERE version > 1 AND current_due IS DISTINCT FROM before AND NOT EXISTS (
             SELECT 1 FROM tasks.extension_request AS e WHERE e.task_id = v.id AND e.status = 'APPROVED'
                AND e.decided_at = v.observed_at AND e.previous_due = v.before AND e.requested_due = v.current_due)",
        // Nobody decides on their own submission or request.
        "SELECT count(*) FROM tasks.extension_request WHERE decided_by = requested_by",
        "SELECT count(*) FROM tasks.transition AS a JOIN tasks.task AS t ON t.id = a.task_id WHERE a.verb = 'acceptTask' AND a.by_subject = t.submitted_by",
        // A submission has evidence.
        "SELECT count(*) FROM tasks.transition AS m WHERE verb = 'submitTask' AND NOT EXISTS
             (SELECT 1 FROM tasks.evidence AS e WHERE e.task_id = m.task_id AND e.added_at <= m.at)",
        // A handover within the year stays on its axis.
        "SELECT count(*) FROM every_version AS v JOIN tasks.task AS t USING (id)
         JOIN directory.organization AS was ON was.code = v.lead_organization_code
         JOIN directory.organization AS is_now ON is_now.code = t.lead_organization_code WHERE was.axis <> is_now.axis",
    ] {
        let broken: i64 = sqlx::query_scalar(sql).fetch_one(&mut *connection).await.expect(sql);
        assert_eq!(broken, 0, "{sql}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_year_has_every_kind_of_story(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    for sql in [
        "SELECT count(*) FROM tasks.task WHERE last_update_on IS NULL",
        concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE lead_changes > 0"),
        concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE returned_count > 0"),
        concat!("SELECT count(*) FROM ", task_facts!("'2026-11-21'"), " WHERE extension_count >= 2"),
        "SELECT count(*) FROM tasks.task WHERE current_due IS NULL",
        "SELECT count(*) FROM tasks.task WHERE acceptance_criteria IS NULL",
        "SELECT count(*) FROM tasks.task WHERE self_declared_risk = 'HIGH'",
        "SELECT count(*) FROM tasks.task WHERE status = 'BLOCKED'",
        "SELECT count(*) FROM tasks.task WHERE status = 'SUBMITTED'",
        "SELECT count(*) FROM tasks.transition WHERE verb = 'rejectSubmission'",
        "SELECT count(*) FROM tasks.extension_request WHERE status = 'REJECTED'",
        "SELECT count(*) FROM tasks.blocker WHERE needs_level = 'CENTRAL'",
        "SELECT count(*) FROM tasks.milestone WHERE completed_on > due_on",
        "SELECT count(*) FROM tasks.relation WHERE kind = 'BLOCKS'",
        "SELECT count(*) FROM tasks.relation WHERE kind = 'PART_OF'",
    ] {
        assert!(count(&pool, sql).await > 0, "{sql}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_told_of_some_tasks_holds_until_the_end_of_the_year(pool: PgPool) {
    load(&pool, "2027-01-15T00:00:00Z").await.expect("loads");
    for (expected, sql) in [
        // Due in March, open all year, and for projects that wait for land.
        (
            4,
            "SELECT count(*) FROM tasks.task WHERE current_due BETWEEN '2026-03-01' AND '2026-03-31' AND tasks.is_open(status)
                AND baseline_due = current_due AND project_codes && '{DL-SONG-HONG,HO-YEN-SO,DUONG-TRUC-DONG-ANH}'",
        ),
        (
            2,
            "SELECT count(DISTINCT accountable_position_code) FROM tasks.task
             WHERE current_due < '2026-04-01' AND tasks.is_open(status) AND accountable_position_code IN ('SXD-TT', 'SNNMT-TT')",
        ),
        // Extended twice before November.
        (
            3,
            "SELECT count(*) FROM tasks.task AS t WHERE project_codes && '{KDT-OLYMPIC,VANH-DAI-4,HO-YEN-SO}' AND
                (SELECT count(*) FROM tasks.extension_request AS e WHERE e.task_id = t.id AND status = 'APPROVED' AND decided_at < '2026-11-01') = 2",
        ),
        // Under no programme, and open all year.
        (1, "SELECT count(*) FROM tasks.task WHERE programme_codes = '{}' AND tasks.is_open(status)"),
        (1, "SELECT count(*) FROM tasks.task WHERE programme_codes = '{}'"),
    ] {
        assert_eq!(count(&pool, sql).await, expected, "{sql}");
    }
    // Nothing is under the programme of the autumn.
    let named = "SELECT count(*) FROM directory.programme AS p WHERE source = 'sample'
        AND NOT EXISTS (SELECT FROM tasks.task WHERE p.code = ANY (programme_codes))";
    assert_eq!(count(&pool, named).await, 1);
}
