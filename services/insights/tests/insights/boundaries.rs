//! Each kind of alert on the first day and not a day earlier, and its end.

use serde_json::json;
use sqlx::PgPool;

use crate::city::{
    NOW, at, case, change, clock, event, found, give, indicator, milestone, open, parcel, project, rating, run, task,
    with,
};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_task_is_overdue_from_the_day_after_its_due_date_until_it_is_done_or_extended(pool: PgPool) {
    found(&pool).await;
    for code in ["DONE", "MOVED", "BACK"] {
        task(&pool, code, &[]).await;
    }
    change(&pool, "DONE", "2026-04-01", "status = 'SUBMITTED', submitted_on = '2026-04-01', submitted_by = 'x'").await;
    change(&pool, "DONE", "2026-04-05", "status = 'COMPLETED', closed_on = '2026-04-05'").await;
    change(&pool, "MOVED", "2026-03-20", "current_due = '2026-03-31'").await;
    change(
        &pool,
        "BACK",
        "2026-03-25",
        "status = 'COMPLETED', submitted_on = '2026-03-25', submitted_by = 'x', closed_on = '2026-03-25'",
    )
    .await;
    change(
        &pool,
        "BACK",
        "2026-05-01",
        "status = 'IN_PROGRESS', submitted_on = NULL, submitted_by = NULL, closed_on = NULL",
    )
    .await;
    // More news of the same is no new alert.
    change(&pool, "BACK", "2026-05-09", "progress = 98").await;
    let city = at(&pool, NOW);
    let late = |code: &str, since: &str| format!("Nhiệm vụ {code} since {since} DUE_DATE_PASSED");
    let none: [String; 0] = [];
    assert_eq!(open(&city, "OVERDUE", "2026-03-14").await, none);
    let all = ["BACK", "DONE", "MOVED"].map(|code| late(code, "2026-03-15"));
    assert_eq!(open(&city, "OVERDUE", "2026-03-15").await, all);
    assert_eq!(open(&city, "OVERDUE", "2026-03-19").await, all);
    assert_eq!(open(&city, "OVERDUE", "2026-03-20").await, [late("BACK", "2026-03-15"), late("DONE", "2026-03-15")]);
    assert_eq!(open(&city, "OVERDUE", "2026-03-31").await, [late("DONE", "2026-03-15")]);
    // The work was submitted late, so it stays overdue until it is accepted; the extended one is overdue anew.
    assert_eq!(open(&city, "OVERDUE", "2026-04-04").await, [late("DONE", "2026-03-15"), late("MOVED", "2026-04-01")]);
    assert_eq!(open(&city, "OVERDUE", "2026-04-05").await, [late("MOVED", "2026-04-01")]);
    // Reopened: the run begins again.
    assert_eq!(open(&city, "OVERDUE", "2026-05-01").await, [late("BACK", "2026-05-01"), late("MOVED", "2026-04-01")]);
    assert_eq!(open(&city, "OVERDUE", "2026-11-27").await, [late("BACK", "2026-05-01"), late("MOVED", "2026-04-01")]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn risk_begins_with_its_first_reason_and_ends_where_the_task_is_overdue(pool: PgPool) {
    found(&pool).await;
    task(&pool, "RISK", &[]).await;
    change(&pool, "RISK", "2026-02-10", "status = 'BLOCKED'").await;
    change(&pool, "RISK", "2026-02-20", "status = 'IN_PROGRESS', self_declared_risk = 'HIGH'").await;
    change(&pool, "RISK", "2026-02-25", "self_declared_risk = 'LOW'").await;
    change(&pool, "RISK", "2026-03-01", "self_declared_risk = 'HIGH'").await;
    let city = at(&pool, NOW);
    for (day, expected) in [
        ("2026-02-09", None),
        ("2026-02-10", Some("Nhiệm vụ RISK since 2026-02-10 BLOCKED")),
        // Another reason, but no day without risk.
        ("2026-02-24", Some("Nhiệm vụ RISK since 2026-02-10 SELF_DECLARED_HIGH")),
        ("2026-02-25", None),
        ("2026-03-14", Some("Nhiệm vụ RISK since 2026-03-01 SELF_DECLARED_HIGH")),
        ("2026-03-15", None),
    ] {
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(open(&city, "AT_RISK", day).await, expected, "{day}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_project_is_overdue_past_its_baseline_or_by_its_forecast_and_not_when_it_has_ended(pool: PgPool) {
    found(&pool).await;
    let past = json!({ "baselineEnd": "2026-06-30", "forecastEnd": "2026-06-30" });
    let done = json!({ "baselineEnd": "2026-06-30", "forecastEnd": "2026-08-31", "forecastReason": "Mưa bão" });
    give(&pool, "projects", &[project("PAST", past), project("DONE", done.clone()), project("SLIP", json!({}))]).await;
    let later =
        |code: &str, day: &str, more| with(project(code, more), json!({ "observedAt": format!("{day}T02:00:00Z") }));
    give(
        &pool,
        "projects",
        &[
            later("SLIP", "2026-05-05", json!({ "forecastEnd": "2027-01-15", "forecastReason": "Mưa bão" })),
            later("DONE", "2026-09-01", with(done, json!({ "phase": "COMPLETED", "endedOn": "2026-09-01" }))),
        ],
    )
    .await;
    let city = at(&pool, NOW);
    let done = "Dự án DONE since 2025-01-02 FORECAST_AFTER_BASELINE";
    let slip = "Dự án SLIP since 2026-05-05 FORECAST_AFTER_BASELINE";
    assert_eq!(open(&city, "OVERDUE", "2025-01-01").await, [""; 0]);
    assert_eq!(open(&city, "OVERDUE", "2026-05-04").await, [done]);
    assert_eq!(open(&city, "OVERDUE", "2026-06-30").await, [done, slip]);
    assert_eq!(
        open(&city, "OVERDUE", "2026-07-01").await,
        ["Dự án DONE since 2025-01-02 BASELINE_PASSED", "Dự án PAST since 2026-07-01 BASELINE_PASSED", slip]
    );
    assert_eq!(open(&city, "OVERDUE", "2026-09-01").await, ["Dự án PAST since 2026-07-01 BASELINE_PASSED", slip]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_notice_lapses_soon_and_a_payment_is_late_by_the_rules_of_the_law(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("DA", json!({ "keyList": true }))]).await;
    for number in ["NOTICE", "DECIDED", "PAY"] {
        parcel(&pool, number, "DA", "00004").await;
    }
    give(
        &pool,
        "parcel-events",
        &[
            // Valid until 2026-12-01; the warning is 60 days.
            milestone("NOTICE", "NOTIFIED", "2025-12-01"),
            milestone("DECIDED", "NOTIFIED", "2025-12-01"),
            milestone("DECIDED", "RECOVERY_DECIDED", "2026-10-20"),
            milestone("PAY", "NOTIFIED", "2026-03-01"),
            milestone("PAY", "POSTED", "2026-05-04"),
            // In effect on 20 May, to be paid within 30 days.
            milestone("PAY", "APPROVED", "2026-05-20"),
            milestone("PAY", "PAID", "2026-07-10"),
        ],
    )
    .await;
    let city = at(&pool, NOW);
    let soon = |number: &str| format!("thửa {number}, tờ 1 since 2026-10-02 NOTICE_LAPSES_SOON");
    assert_eq!(open(&city, "NOTICE_LAPSING", "2026-10-01").await, [""; 0]);
    assert_eq!(open(&city, "NOTICE_LAPSING", "2026-10-02").await, [soon("DECIDED"), soon("NOTICE")]);
    assert_eq!(open(&city, "NOTICE_LAPSING", "2026-10-19").await, [soon("DECIDED"), soon("NOTICE")]);
    assert_eq!(open(&city, "NOTICE_LAPSING", "2026-10-20").await, [soon("NOTICE")]);
    let later = at(&pool, "2026-12-05T02:00:00Z");
    assert_eq!(open(&later, "NOTICE_LAPSING", "2026-12-01").await, [soon("NOTICE")]);
    assert_eq!(open(&later, "NOTICE_LAPSING", "2026-12-02").await, [""; 0]);
    let late = "thửa PAY, tờ 1 since 2026-06-20 PAYMENT_LIMIT_PASSED";
    assert_eq!(open(&city, "PAYMENT_LATE", "2026-06-19").await, [""; 0]);
    assert_eq!(open(&city, "PAYMENT_LATE", "2026-06-20").await, [late]);
    assert_eq!(open(&city, "PAYMENT_LATE", "2026-07-09").await, [late]);
    assert_eq!(open(&city, "PAYMENT_LATE", "2026-07-10").await, [""; 0]);
    // The project answers for its parcels; it is a key project.
    let answer = city
        .data("{ alerts(filter: { kind: [NOTICE_LAPSING] }) { nodes { severity dataset project { code } organization { code } official { code } areas { code } parcelCase { id } } } }")
        .await["alerts"]["nodes"][0]
        .clone();
    assert_eq!(
        (&answer["severity"], &answer["dataset"], &answer["project"]["code"], &answer["organization"]["code"]),
        (&json!("HIGH"), &json!("clearance"), &json!("DA"), &json!("SXD"))
    );
    assert_eq!((&answer["official"]["code"], &answer["areas"]), (&json!("AN"), &json!([{ "code": "00004" }])));
    assert!(answer["parcelCase"]["id"].is_string());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_target_turns_red_with_its_observation_until_a_correction_or_the_end_of_the_next_period(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("THU", json!({ "critical": true })), indicator("CHI", json!({}))]).await;
    let target = |code: &str| {
        json!({ "externalId": code, "observedAt": "2025-01-02T02:00:00Z", "indicator": code, "area": "00004", "period": "2026-Q1",
            "decidedOn": "2025-01-02", "value": "100" })
    };
    give(&pool, "targets", &[target("THU"), target("CHI")]).await;
    let observed = |code: &str, day: &str, value: &str, revision: i64| {
        json!({ "externalId": format!("{code}/{revision}"), "observedAt": format!("{day}T02:00:00Z"), "indicator": code, "area": "00004",
            "period": "2026-Q1", "status": "PUBLISHED", "value": value, "revision": revision })
    };
    give(
        &pool,
        "observations",
        &[
            observed("THU", "2026-04-10", "50", 1),
            observed("CHI", "2026-04-10", "50", 1),
            observed("THU", "2026-05-12", "60", 2),
            observed("CHI", "2026-05-12", "100", 2),
        ],
    )
    .await;
    let city = at(&pool, NOW);
    let red = |code: &str| format!("Chỉ tiêu {code} since 2026-04-10 RED_BY_PERIOD");
    assert_eq!(open(&city, "KPI_RED", "2026-04-09").await, [""; 0]);
    assert_eq!(open(&city, "KPI_RED", "2026-04-10").await, [red("CHI"), red("THU")]);
    assert_eq!(open(&city, "KPI_RED", "2026-05-11").await, [red("CHI"), red("THU")]);
    // One was corrected and is met; the other is still red, by the same run.
    assert_eq!(open(&city, "KPI_RED", "2026-05-12").await, [red("THU")]);
    // The second quarter has ended before 1 July, and is reported within 20 days.
    assert_eq!(open(&city, "KPI_RED", "2026-07-20").await, [red("THU")]);
    assert_eq!(open(&city, "KPI_RED", "2026-07-21").await, [""; 0]);
    let answer = city
        .data("{ alerts(filter: { kind: [KPI_RED] }, asOf: \"2026-05-12\") { nodes { severity period indicator { code } areas { code } organization { code } } } }")
        .await["alerts"]["nodes"]
        .clone();
    assert_eq!(
        answer,
        json!([{ "severity": "CRITICAL", "period": "2026-Q1", "indicator": { "code": "THU" }, "areas": [{ "code": "00004" }], "organization": { "code": "SXD" } }])
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_deadline_is_broken_at_its_instant(pool: PgPool) {
    found(&pool).await;
    // Urgent: to be resolved by 12:00. Acknowledged by 17:00 at every level.
    give(
        &pool,
        "feedback",
        &[
            case("URGENT", "2026-03-02 08:00", json!({ "level": "URGENT" })),
            case("SEEN", "2026-03-02 08:00", json!({})),
        ],
    )
    .await;
    give(
        &pool,
        "feedback-events",
        &[
            event("SEEN", "2026-03-02 09:00", "ASSIGNED", json!({ "organization": "SXD" })),
            event("URGENT", "2026-03-03 09:00", "ASSIGNED", json!({ "organization": "SXD" })),
            event("URGENT", "2026-03-04 10:00", "RESOLVED", json!({ "reply": "Đã xử lý" })),
            event("SEEN", "2026-03-06 16:59", "RESOLVED", json!({ "reply": "Đã xử lý" })),
        ],
    )
    .await;
    let told = |now: &str| {
        let city = at(&pool, &clock(now));
        let day = now[..10].to_owned();
        async move { open(&city, "SLA_BREACH", &day).await }
    };
    let unresolved = "URGENT – Tiếng ồn since 2026-03-02 NOT_RESOLVED_IN_TIME";
    let unseen = "URGENT – Tiếng ồn since 2026-03-02 NOT_ACKNOWLEDGED_IN_TIME";
    assert_eq!(told("2026-03-02 12:00").await, [""; 0], "at its deadline it is in time");
    assert_eq!(told("2026-03-02 12:01").await, [unresolved]);
    assert_eq!(told("2026-03-02 17:01").await, [unseen, unresolved]);
    assert_eq!(told("2026-03-03 10:00").await, [unresolved]);
    assert_eq!(told("2026-03-07 10:00").await, [""; 0]);
    // A past day is its end.
    let city = at(&pool, NOW);
    let alert = city
        .data("{ alerts(filter: { kind: [SLA_BREACH], code: [\"URGENT\"] }, asOf: \"2026-03-03\") { nodes { since sinceAt severity feedback { id } organization { code } } } }")
        .await["alerts"]["nodes"]
        .clone();
    assert_eq!(alert.as_array().map(Vec::len), Some(1), "{alert}");
    assert_eq!(
        (&alert[0]["since"], &alert[0]["severity"], &alert[0]["organization"]["code"]),
        (&json!("2026-03-02"), &json!("CRITICAL"), &json!("SXD"))
    );
    let at: chrono::DateTime<chrono::Utc> = alert[0]["sinceAt"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(at, clock("2026-03-02 12:00").parse::<chrono::DateTime<chrono::Utc>>().expect("a time"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn satisfaction_falls_from_one_whole_month_to_the_next(pool: PgPool) {
    found(&pool).await;
    // 80 of 100, then 65 (z = -2.38), then 50 (z = -2.15), then 45 (z = -0.71).
    for (month, satisfied) in [(3, 80), (4, 65), (5, 50), (6, 45)] {
        let code = |place: usize| format!("F{month}-{place:03}");
        let time = format!("2026-{month:02}-10 08:00");
        let answered = json!({ "status": "RESOLVED", "reply": "Đã xử lý" });
        let cases: Vec<_> = (0..100).map(|place| case(&code(place), &time, answered.clone())).collect();
        give(&pool, "feedback", &cases).await;
        let ratings: Vec<_> =
            (0..100).map(|place| rating(&code(place), &time, if place < satisfied { 4 } else { 3 })).collect();
        give(&pool, "feedback-ratings", &ratings).await;
    }
    let city = at(&pool, NOW);
    let falls = "Phường Ba Đình since 2026-05-01 SATISFACTION_FELL";
    for (day, expected) in [
        ("2026-04-30", None),
        ("2026-05-01", Some(falls)),
        ("2026-05-31", Some(falls)),
        ("2026-06-01", Some(falls)),
        ("2026-06-30", Some(falls)),
        ("2026-07-01", None),
    ] {
        let expected: Vec<&str> = expected.into_iter().collect();
        assert_eq!(open(&city, "SATISFACTION_FALLING", day).await, expected, "{day}");
    }
    // The scorecards of the month say the same, and the committee of the ward must act.
    let card = city
        .data("{ scorecards(by: AREA, period: \"2026-05\", asOf: \"2026-06-15\", where: { satisfactionFalling: true }) { nodes { code } } alerts(filter: { kind: [SATISFACTION_FALLING] }, asOf: \"2026-06-15\") { nodes { organization { code } areas { code } } } }")
        .await;
    assert_eq!(card["scorecards"]["nodes"], json!([{ "code": "00004" }]));
    assert_eq!(card["alerts"]["nodes"], json!([{ "organization": { "code": "P4" }, "areas": [{ "code": "00004" }] }]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_source_is_silent_when_its_cadence_has_passed(pool: PgPool) {
    found(&pool).await;
    run(
        &pool,
        "INSERT INTO platform.source (code, name, organization_code, cadence_hours, working_days, created_by, created_at) VALUES
             ('daily', 'Kho bạc', 'SXD', 24, false, 'x', '2026-01-01T00:00:00Z'), ('office-hours', 'Thống kê', 'SYT', 48, true, 'x', '2026-01-01T00:00:00Z');
         INSERT INTO platform.receipt (id, source, kind, subject, state, format, mode, atomic, received_at, finished_at)
         SELECT gen_random_uuid(), source, 'tasks', 'x', 'DONE', 'NDJSON', 'UPSERT', false, at::timestamptz, at::timestamptz
         FROM (VALUES ('daily', '2026-03-02T10:00:00+07'), ('daily', '2026-03-04T15:00:00+07'), ('office-hours', '2026-03-06T12:00:00+07')) AS r(source, at);
         INSERT INTO platform.source_kind (source, kind, last_receipt_at) VALUES ('daily', 'tasks', '2026-03-04T15:00:00+07'), ('office-hours', 'tasks', '2026-03-06T12:00:00+07')",
    )
    .await;
    let told = |now: &str| {
        let city = at(&pool, &clock(now));
        let day = now[..10].to_owned();
        async move { open(&city, "SOURCE_SILENT", &day).await }
    };
    let silent = "Kho bạc since 2026-03-03 CADENCE_MISSED";
    assert!(!told("2026-03-03 10:00").await.contains(&silent.to_owned()), "24 hours are not over yet");
    assert!(told("2026-03-03 10:01").await.contains(&silent.to_owned()));
    assert!(told("2026-03-04 14:59").await.contains(&silent.to_owned()));
    let before = |found: Vec<String>| found.into_iter().filter(|line| line.starts_with("Kho bạc")).count();
    assert_eq!(before(told("2026-03-04 15:00").await), 0, "it has pushed");
    // A past day is its end.
    let city = at(&pool, NOW);
    assert!(open(&city, "SOURCE_SILENT", "2026-03-03").await.contains(&silent.to_owned()));
    assert_eq!(before(open(&city, "SOURCE_SILENT", "2026-03-04").await), 0);
    // From Friday noon: 12 hours of Friday, 24 of Monday, 12 of Tuesday; Saturday and Sunday do not count.
    let office = "Thống kê since 2026-03-10 CADENCE_MISSED";
    assert!(!told("2026-03-10 12:00").await.contains(&office.to_owned()));
    assert!(told("2026-03-10 12:01").await.contains(&office.to_owned()));
    let answer = city
        .data("{ alerts(filter: { kind: [SOURCE_SILENT], code: [\"office-hours\"] }, asOf: \"2026-03-10\") { nodes { source sinceAt organization { code } } } }")
        .await["alerts"]["nodes"][0]
        .clone();
    assert_eq!((&answer["source"], &answer["organization"]["code"]), (&json!("office-hours"), &json!("SYT")));
    let at: chrono::DateTime<chrono::Utc> = answer["sinceAt"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(at, clock("2026-03-10 12:00").parse::<chrono::DateTime<chrono::Utc>>().expect("a time"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_responsibility_has_no_holder_from_the_end_of_the_last_appointment(pool: PgPool) {
    found(&pool).await;
    task(
        &pool,
        "HEALTH",
        &[
            ("accountable_position_code", "'GD-SYT'"),
            ("lead_organization_code", "'SYT'"),
            ("current_due", "'2026-12-31'"),
        ],
    )
    .await;
    give(&pool, "projects", &[project("DA", json!({ "accountable": "NEVER" }))]).await;
    let city = at(&pool, NOW);
    let never = "Chưa bổ nhiệm since 2025-01-02 NEVER_HELD";
    let ended = "Giám đốc Sở Y tế since 2026-07-01 APPOINTMENT_ENDED";
    assert_eq!(open(&city, "NO_HOLDER", "2025-01-01").await, [""; 0]);
    assert_eq!(open(&city, "NO_HOLDER", "2026-06-30").await, [never]);
    assert_eq!(open(&city, "NO_HOLDER", "2026-07-01").await, [never, ended]);
    run(
        &pool,
        "INSERT INTO directory.appointment (id, official_code, position_code, from_on, source, observed_at) VALUES (gen_random_uuid(), 'AN', 'GD-SYT', '2026-09-01', 'test', now())",
    )
    .await;
    assert_eq!(open(&city, "NO_HOLDER", "2026-08-31").await, [never, ended]);
    assert_eq!(open(&city, "NO_HOLDER", "2026-09-01").await, [never]);
    // Nothing is left for which the position is accountable.
    change(&pool, "HEALTH", "2026-08-01", "status = 'CANCELLED', closed_on = '2026-08-01'").await;
    assert_eq!(open(&city, "NO_HOLDER", "2026-07-31").await, [never, ended]);
    assert_eq!(open(&city, "NO_HOLDER", "2026-08-01").await, [never]);
}
