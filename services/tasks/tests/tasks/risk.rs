//! Each reason for being at risk, at its boundary.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::city::{data, found, run, task};

/// The reasons of a task on 15 March 2026.
async fn reasons(pool: &PgPool, code: &str) -> Value {
    let query = format!(
        "{{ tasks(filter: {{code: [\"{code}\"]}}) {{ edges {{ node {{ atRiskReasons expectedProgress }} }} }} }}"
    );
    data(pool, &query).await["tasks"]["edges"][0]["node"].take()
}

/// A task that nothing is wrong with: half of its time has passed on 15 March, and half of the work is done.
async fn calm(pool: &PgPool, code: &str, columns: &[(&str, &str)]) -> uuid::Uuid {
    let mut row = vec![
        ("start_on", "'2026-01-14'"),
        ("baseline_due", "'2026-05-14'"),
        ("current_due", "'2026-05-14'"),
        ("progress", "50"),
        ("last_update_on", "'2026-03-15'"),
        ("reporting_cadence_days", "10"),
    ];
    row.retain(|(name, _)| !columns.iter().any(|(other, _)| other == name));
    row.extend_from_slice(columns);
    task(pool, code, "IN_PROGRESS", &row).await
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn progress_may_lag_by_the_rule_and_not_by_more(pool: PgPool) {
    found(&pool).await;
    calm(&pool, "CALM", &[]).await;
    calm(&pool, "AT-LIMIT", &[("progress", "35")]).await;
    calm(&pool, "BEYOND", &[("progress", "34")]).await;
    assert_eq!(reasons(&pool, "CALM").await, json!({ "atRiskReasons": [], "expectedProgress": 0.5 }));
    assert_eq!(reasons(&pool, "AT-LIMIT").await["atRiskReasons"], json!([]));
    assert_eq!(reasons(&pool, "BEYOND").await["atRiskReasons"], json!(["BEHIND_SCHEDULE"]));
    // The limit is data: an operator ends a row and adds another.
    run(&pool, "UPDATE directory.legal_rule SET valid_to = '2026-03-01' WHERE code = 'TASK_AT_RISK_PROGRESS_GAP';
        INSERT INTO directory.legal_rule VALUES ('TASK_AT_RISK_PROGRESS_GAP', 0.2, 'share', '2026-03-01', NULL, 'test')".to_owned()).await;
    assert_eq!(reasons(&pool, "BEYOND").await["atRiskReasons"], json!([]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_task_of_one_day_is_expected_done_on_that_day(pool: PgPool) {
    found(&pool).await;
    for (code, day, expected) in [("TOMORROW", "'2026-03-16'", 0.0), ("TODAY", "'2026-03-15'", 1.0)] {
        calm(&pool, code, &[("start_on", day), ("baseline_due", day), ("current_due", day), ("progress", "0")]).await;
        assert_eq!(reasons(&pool, code).await["expectedProgress"], json!(expected), "{code}");
    }
    assert_eq!(reasons(&pool, "TOMORROW").await["atRiskReasons"], json!([]));
    assert_eq!(reasons(&pool, "TODAY").await["atRiskReasons"], json!(["BEHIND_SCHEDULE"]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn silence_is_counted_in_cadences_from_the_last_report_or_the_start(pool: PgPool) {
    found(&pool).await;
    // A cadence of 10 days allows 15 days of silence.
    calm(&pool, "FIFTEEN", &[("last_update_on", "'2026-02-28'")]).await;
    calm(&pool, "SIXTEEN", &[("last_update_on", "'2026-02-27'")]).await;
    calm(&pool, "NEVER", &[("last_update_on", "NULL")]).await;
    calm(&pool, "JUST-BEGUN", &[("last_update_on", "NULL"), ("start_on", "'2026-03-10'"), ("progress", "5")]).await;
    for (code, expected) in [
        ("FIFTEEN", json!([])),
        ("SIXTEEN", json!(["NO_UPDATE"])),
        ("NEVER", json!(["NO_UPDATE"])),
        ("JUST-BEGUN", json!([])),
    ] {
        assert_eq!(reasons(&pool, code).await["atRiskReasons"], expected, "{code}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_late_predecessor_threatens_what_waits_for_it_and_parts_threaten_nothing(pool: PgPool) {
    found(&pool).await;
    let late = calm(&pool, "LATE", &[("baseline_due", "'2026-03-14'"), ("current_due", "'2026-03-14'")]).await;
    let in_time = calm(&pool, "IN-TIME", &[]).await;
    for (code, from, to, kind, expected) in [
        ("FOLLOWS", "it", "LATE", "FOLLOWS", true),
        ("REQUIRES", "it", "LATE", "REQUIRES", true),
        ("BLOCKED-BY", "LATE", "it", "BLOCKS", true),
        ("BLOCKING", "it", "LATE", "BLOCKS", false),
        ("PART", "it", "LATE", "PART_OF", false),
        ("WHOLE", "LATE", "it", "PART_OF", false),
        ("AFTER-CALM", "it", "IN-TIME", "FOLLOWS", false),
    ] {
        let it = calm(&pool, code, &[]).await;
        let id = |name: &str| match name {
            "LATE" => late,
            "IN-TIME" => in_time,
            _ => it,
        };
        // One at a time, or the ties of all of them would form a cycle.
        run(&pool, format!("DELETE FROM tasks.relation; INSERT INTO tasks.relation (id, from_task_id, to_task_id, kind, created_by, created_at) VALUES (gen_random_uuid(), '{}', '{}', '{kind}', 'x', '2026-02-01')", id(from), id(to))).await;
        let expected = if expected { json!(["PREDECESSOR_OVERDUE"]) } else { json!([]) };
        assert_eq!(reasons(&pool, code).await["atRiskReasons"], expected, "{code}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_declared_risk_counts_when_high_and_an_overdue_or_closed_task_is_not_at_risk(pool: PgPool) {
    found(&pool).await;
    calm(&pool, "MEDIUM", &[("self_declared_risk", "'MEDIUM'")]).await;
    calm(&pool, "HIGH", &[("self_declared_risk", "'HIGH'")]).await;
    calm(
        &pool,
        "OVERDUE",
        &[("self_declared_risk", "'HIGH'"), ("baseline_due", "'2026-03-14'"), ("current_due", "'2026-03-14'")],
    )
    .await;
    task(&pool, "DONE", "COMPLETED", &[("self_declared_risk", "'HIGH'")]).await;
    for (code, expected) in
        [("MEDIUM", json!([])), ("HIGH", json!(["SELF_DECLARED_HIGH"])), ("OVERDUE", json!([])), ("DONE", json!([]))]
    {
        assert_eq!(reasons(&pool, code).await["atRiskReasons"], expected, "{code}");
    }
}
