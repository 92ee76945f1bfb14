//! Deadlines of cases: pauses, transfers, changes of the level, reopenings, dated rules. Expected instants are those of the domain,
//! or computed by hand.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::city::{NOW, at, case, clock, event, found, give, happen, look, totals};

/// A time of the city's clock as the service writes instants.
fn utc(time: &str) -> Value {
    let instant: chrono::DateTime<chrono::Utc> = clock(time).parse().expect("a time");
    json!(instant.to_rfc3339())
}

async fn dates(pool: &PgPool, code: &str, as_of: Option<&str>) -> Value {
    look(&at(pool, NOW), code, "ackDueAt dueAt isOverdue", as_of).await
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_case_is_acknowledged_in_eight_hours_and_resolved_by_its_level_and_category(pool: PgPool) {
    found(&pool).await;
    let submitted = "2026-03-02 08:00";
    for (code, level, category, due) in [
        ("URGENT", "URGENT", "NOISE", "2026-03-02 12:00"),
        // An urgent case of a category with a rule of its own for normal cases.
        ("URGENT-GARBAGE", "URGENT", "GARBAGE", "2026-03-02 12:00"),
        ("NORMAL", "NORMAL", "NOISE", "2026-03-06 17:00"),
        ("GARBAGE", "NORMAL", "GARBAGE", "2026-03-03 17:00"),
        ("COMPLEX", "COMPLEX", "NOISE", "2026-03-20 17:00"),
    ] {
        let more = json!({ "level": level, "category": category });
        give(&pool, "feedback", &[case(code, submitted, more)]).await;
        let found = dates(&pool, code, None).await;
        assert_eq!((&found["ackDueAt"], &found["dueAt"]), (&utc("2026-03-02 17:00"), &utc(due)), "{code}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_clock_stands_still_only_while_the_sender_is_asked(pool: PgPool) {
    found(&pool).await;
    // Sixteen hours, from Thursday 10:00; it waits from Friday 15:00 until after Tết.
    give(&pool, "feedback", &[case("TET", "2026-02-12 10:00", json!({ "category": "GARBAGE" }))]).await;
    happen(
        &pool,
        "TET",
        &[
            ("2026-02-12 11:00", "ASSIGNED"),
            ("2026-02-12 14:00", "IN_PROGRESS"),
            ("2026-02-13 15:00", "WAITING_CITIZEN"),
            ("2026-02-24 09:00", "IN_PROGRESS"),
        ],
    )
    .await;
    assert_eq!(dates(&pool, "TET", None).await["dueAt"], utc("2026-02-24 14:00"));
    // While it waits it has no deadline, and what is left of it: 16 hours less 6 on Thursday and 6 on Friday.
    let waiting = look(
        &at(&pool, NOW),
        "TET",
        "status dueAt hoursLeft isOverdue pauses { fromAt toAt hours }",
        Some("2026-02-20"),
    )
    .await;
    assert_eq!(
        (&waiting["status"], &waiting["dueAt"], waiting["hoursLeft"].as_f64(), &waiting["isOverdue"]),
        (&json!("WAITING_CITIZEN"), &Value::Null, Some(4.0), &json!(false))
    );
    assert_eq!(waiting["pauses"], json!([{ "fromAt": utc("2026-02-13 15:00"), "toAt": null, "hours": null }]));
    let after = look(&at(&pool, NOW), "TET", "pauses { fromAt toAt hours }", None).await;
    assert_eq!(
        after["pauses"],
        json!([{ "fromAt": utc("2026-02-13 15:00"), "toAt": utc("2026-02-24 09:00"), "hours": 11.0 }])
    );
    assert_eq!(dates(&pool, "TET", Some("2026-02-12")).await["dueAt"], utc("2026-02-23 10:00"));
    // From Friday 16:00 to Monday 09:00 the deadline moves by two working hours (glpi#10594).
    give(&pool, "feedback", &[case("WEEKEND", "2026-03-05 09:00", json!({ "category": "GARBAGE" }))]).await;
    happen(&pool, "WEEKEND", &[("2026-03-05 10:00", "ASSIGNED"), ("2026-03-05 11:00", "IN_PROGRESS")]).await;
    assert_eq!(dates(&pool, "WEEKEND", None).await["dueAt"], utc("2026-03-09 09:00"));
    happen(&pool, "WEEKEND", &[("2026-03-06 16:00", "WAITING_CITIZEN"), ("2026-03-09 09:00", "IN_PROGRESS")]).await;
    assert_eq!(dates(&pool, "WEEKEND", None).await["dueAt"], utc("2026-03-09 11:00"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_question_after_the_deadline_does_not_mend_it(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("LATE", "2026-03-02 08:00", json!({ "level": "URGENT" }))]).await;
    happen(
        &pool,
        "LATE",
        &[
            ("2026-03-02 08:30", "ASSIGNED"),
            ("2026-03-02 09:00", "IN_PROGRESS"),
            ("2026-03-03 09:00", "WAITING_CITIZEN"),
        ],
    )
    .await;
    let waiting = dates(&pool, "LATE", Some("2026-03-03")).await;
    assert_eq!((&waiting["dueAt"], &waiting["isOverdue"]), (&utc("2026-03-02 12:00"), &json!(true)));
    happen(&pool, "LATE", &[("2026-03-05 09:00", "IN_PROGRESS"), ("2026-03-05 09:30", "RESOLVED")]).await;
    assert_eq!(dates(&pool, "LATE", None).await["dueAt"], utc("2026-03-02 12:00"));
    let on_time = totals(&at(&pool, NOW), "2026-03-02", None, "onTime { numerator denominator }").await;
    assert_eq!(on_time["onTime"], json!({ "numerator": "0", "denominator": "1" }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_transfer_resets_nothing(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("PASSED", "2026-03-02 08:00", json!({}))]).await;
    let due = dates(&pool, "PASSED", None).await["dueAt"].clone();
    happen(&pool, "PASSED", &[("2026-03-02 09:00", "ASSIGNED"), ("2026-03-03 09:00", "TRANSFERRED")]).await;
    give(
        &pool,
        "feedback-events",
        &[event("PASSED", "2026-03-04 09:00", "ASSIGNED", json!({ "organization": "SYT" }))],
    )
    .await;
    let found = look(&at(&pool, NOW), "PASSED", "dueAt transfers leadOrganization { code }", None).await;
    assert_eq!(found, json!({ "dueAt": due, "transfers": 1, "leadOrganization": { "code": "SYT" } }));
    assert_eq!(due, utc("2026-03-06 17:00"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_change_of_the_level_computes_anew_and_keeps_the_pauses(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("LEVEL", "2026-03-02 08:00", json!({}))]).await;
    happen(
        &pool,
        "LEVEL",
        &[
            ("2026-03-02 09:00", "ASSIGNED"),
            ("2026-03-02 10:00", "IN_PROGRESS"),
            ("2026-03-03 08:00", "WAITING_CITIZEN"),
        ],
    )
    .await;
    // During the pause of two working days it becomes complex: 120 hours and the pause (glpi#15605).
    let complex = json!({ "externalId": "complex", "observedAt": clock("2026-03-04 08:00"), "feedback": "LEVEL", "level": "COMPLEX" });
    give(&pool, "feedback-events", &[complex]).await;
    assert_eq!(dates(&pool, "LEVEL", Some("2026-03-04")).await["dueAt"], Value::Null);
    happen(&pool, "LEVEL", &[("2026-03-05 08:00", "IN_PROGRESS")]).await;
    assert_eq!(dates(&pool, "LEVEL", None).await["dueAt"], utc("2026-03-24 17:00"));
    // It becomes urgent: four hours from the submission, all of them before the pause.
    let urgent = json!({ "externalId": "urgent", "observedAt": clock("2026-03-06 08:00"), "feedback": "LEVEL", "level": "URGENT" });
    give(&pool, "feedback-events", &[urgent]).await;
    let found = dates(&pool, "LEVEL", Some("2026-03-06")).await;
    assert_eq!((&found["dueAt"], &found["isOverdue"]), (&utc("2026-03-02 12:00"), &json!(true)));
    // The day before is as it was.
    assert_eq!(dates(&pool, "LEVEL", Some("2026-03-05")).await["dueAt"], utc("2026-03-24 17:00"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_reopening_begins_a_new_term_and_keeps_the_old_breach(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("AGAIN", "2026-03-02 08:00", json!({ "level": "URGENT" }))]).await;
    happen(
        &pool,
        "AGAIN",
        &[
            ("2026-03-02 09:00", "ASSIGNED"),
            ("2026-03-02 10:00", "IN_PROGRESS"),
            ("2026-03-02 14:00", "RESOLVED"),
            ("2026-03-04 15:00", "REOPENED"),
            ("2026-03-04 15:30", "ASSIGNED"),
            ("2026-03-04 15:40", "IN_PROGRESS"),
            ("2026-03-05 09:00", "RESOLVED"),
        ],
    )
    .await;
    let found =
        look(&at(&pool, NOW), "AGAIN", "dueAt resolvedAt reopenings brokenDeadlines hoursToResolve", None).await;
    // The second term: two hours on Wednesday, and two on Thursday, of which one is used.
    assert_eq!(
        found,
        json!({ "dueAt": utc("2026-03-05 10:00"), "resolvedAt": utc("2026-03-05 09:00"), "reopenings": 1, "brokenDeadlines": 1, "hoursToResolve": 3.0 })
    );
    let asked = at(&pool, NOW);
    // Of a case that was answered again the hours of its last term count, in the period of that answer.
    for (period, as_of, hours) in [
        ("2026-03", None, json!(3.0)),
        ("2026-03-02", None, Value::Null),
        ("2026-03-02", Some("2026-03-03"), json!(5.0)),
        ("2026-03", Some("2026-03-04"), Value::Null),
    ] {
        let found = totals(&asked, period, as_of, "hoursToResolve { p50 }").await;
        assert_eq!(found["hoursToResolve"]["p50"], hours, "{period} {as_of:?}");
    }
    let rate = "onTime { numerator denominator } reopenRate { numerator denominator } resolved received";
    assert_eq!(
        totals(&asked, "2026-03", None, rate).await,
        json!({ "onTime": { "numerator": "1", "denominator": "2" }, "reopenRate": { "numerator": "1", "denominator": "1" }, "resolved": 1, "received": 1 })
    );
    // As of the day of the first answer there is one term, which is broken, and no reopening.
    assert_eq!(
        totals(&asked, "2026-03", Some("2026-03-03"), rate).await,
        json!({ "onTime": { "numerator": "0", "denominator": "1" }, "reopenRate": { "numerator": "0", "denominator": "1" }, "resolved": 1, "received": 1 })
    );
}

/// Nothing is written between the three looks.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_is_late_is_a_matter_of_the_minute(pool: PgPool) {
    found(&pool).await;
    // Due on 27 November at 12:00 in the city, which is 05:00 UTC.
    give(&pool, "feedback", &[case("SOON", "2026-11-27 08:00", json!({ "level": "URGENT" }))]).await;
    // Forty hours before: due on 30 November at 09:00, soon from 14:00 on the 27th.
    give(&pool, "feedback", &[case("LATER", "2026-11-23 09:00", json!({}))]).await;
    for (now, overdue, soon) in [
        ("2026-11-27T04:59:59Z", json!([]), json!(["SOON"])),
        ("2026-11-27T05:00:00Z", json!([]), json!(["SOON"])),
        ("2026-11-27T05:00:01Z", json!(["SOON"]), json!([])),
        ("2026-11-27T07:00:00Z", json!(["SOON"]), json!(["LATER"])),
        ("2026-11-30T02:00:01Z", json!(["LATER", "SOON"]), json!([])),
    ] {
        let asked = at(&pool, now);
        for (filter, measure, expected) in [("overdue", "overdue", &overdue), ("dueSoon", "dueSoon", &soon)] {
            let list = format!(
                "{{ feedbacks(filter: {{ {filter}: true }}, orderBy: [{{ field: DUE_AT, direction: DESC }}]) {{ totalCount edges {{ node {{ code }} }} }} }}"
            );
            let answer = asked.data(&list).await["feedbacks"].clone();
            let codes: Vec<Value> =
                answer["edges"].as_array().expect("edges").iter().map(|edge| edge["node"]["code"].clone()).collect();
            assert_eq!(&json!(codes), expected, "{now} {filter}");
            assert_eq!(answer["totalCount"], codes.len(), "{now} {filter}");
            let figure = totals(&asked, "2026-11", None, measure).await[measure].clone();
            assert_eq!(figure, codes.len(), "{now} {measure}");
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_change_of_a_rule_or_of_the_calendar_computes_the_deadlines_anew(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("RULED", "2026-03-02 08:00", json!({}))]).await;
    assert_eq!(dates(&pool, "RULED", None).await["dueAt"], utc("2026-03-06 17:00"));
    crate::city::run(&pool, "UPDATE directory.legal_rule SET value = 16 WHERE code = 'FEEDBACK_RESOLVE_NORMAL'").await;
    assert_eq!(dates(&pool, "RULED", None).await["dueAt"], utc("2026-03-03 17:00"));
    crate::city::run(&pool, "UPDATE directory.calendar_day SET working = false WHERE day = '2026-03-03'").await;
    assert_eq!(dates(&pool, "RULED", None).await["dueAt"], utc("2026-03-04 17:00"));
    crate::city::run(&pool, "UPDATE directory.legal_rule SET value = 16 WHERE code = 'OFFICE_AFTERNOON_TO'").await;
    assert_eq!(dates(&pool, "RULED", None).await["dueAt"], utc("2026-03-05 10:00"));
    // A rule holds by the day on which the term begins.
    crate::city::run(
        &pool,
        "UPDATE directory.legal_rule SET valid_to = '2026-03-02' WHERE code = 'FEEDBACK_RESOLVE_NORMAL';
         INSERT INTO directory.legal_rule (code, value, unit, valid_from, document) VALUES ('FEEDBACK_RESOLVE_NORMAL', 1, 'working hours', '2026-03-02', 'test')",
    )
    .await;
    assert_eq!(dates(&pool, "RULED", None).await["dueAt"], utc("2026-03-02 09:00"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rejected_or_merged_case_is_in_no_deadline(pool: PgPool) {
    found(&pool).await;
    let codes = ["OPEN", "REJECTED", "MERGED"];
    give(&pool, "feedback", &codes.map(|code| case(code, "2026-03-02 08:00", json!({})))).await;
    happen(&pool, "REJECTED", &[("2026-03-03 09:00", "REJECTED")]).await;
    give(&pool, "feedback-events", &[event("MERGED", "2026-03-03 09:00", "MERGED", json!({ "primary": "OPEN" }))])
        .await;
    let asked = at(&pool, NOW);
    let due_on = async |as_of: &str| {
        let document = format!(
            "{{ feedbacks(filter: {{ dueOn: {{ on: \"2026-03-06\" }} }}, asOf: \"{as_of}\") {{ totalCount }} }}"
        );
        asked.data(&document).await["feedbacks"]["totalCount"].clone()
    };
    assert_eq!((due_on("2026-03-02").await, due_on("2026-03-03").await), (json!(3), json!(1)));
    for (code, before, after) in [("OPEN", true, true), ("REJECTED", true, false), ("MERGED", true, false)] {
        let due = |is_due: bool| if is_due { utc("2026-03-06 17:00") } else { Value::Null };
        assert_eq!(dates(&pool, code, Some("2026-03-02")).await["dueAt"], due(before), "{code}");
        let now = look(&asked, code, "dueAt isOverdue brokenDeadlines", None).await;
        let expected = json!({ "dueAt": due(after), "isOverdue": after, "brokenDeadlines": i32::from(after) });
        assert_eq!(now, expected, "{code}");
    }
    let on_time = totals(&asked, "2026-03", None, "onTime { numerator denominator } ackOnTime { denominator }").await;
    assert_eq!(
        on_time,
        json!({ "onTime": { "numerator": "0", "denominator": "1" }, "ackOnTime": { "denominator": "3" } })
    );
}
