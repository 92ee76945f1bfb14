//! Limits of the law at their boundary, on both sides of 2026-01-01. What breaks one is stored and reported with the article.

use serde_json::json;
use service_kit::push::PushStatus;
use sqlx::PgPool;

use crate::city::{event, give, offer, parcel, party, right, site, violations, with, with_site};

/// Pushes one parcel with its events and returns its violations.
async fn judged(pool: &PgPool, number: &str, land: &str, events: &[(&str, &str)]) -> Vec<String> {
    give(pool, "parcel-cases", &[parcel(number, "K1", json!({ "landType": land }))]).await;
    let rows: Vec<_> = events.iter().map(|(kind, day)| event(number, kind, day)).collect();
    give(pool, "parcel-events", &rows).await;
    violations(pool, number).await
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_posting_lasts_thirty_days_by_a_notice_of_2025_and_ten_by_one_of_2026(pool: PgPool) {
    with_site(&pool).await;
    for (number, notice, posted, approved, expected) in [
        ("1", "2025-12-31", "2026-03-01", "2026-03-30", vec!["POSTING_TOO_SHORT"]),
        ("2", "2025-12-31", "2026-03-01", "2026-03-31", vec![]),
        ("3", "2026-01-01", "2026-03-01", "2026-03-10", vec!["POSTING_TOO_SHORT"]),
        ("4", "2026-01-01", "2026-03-01", "2026-03-11", vec![]),
        // Posted after the approval.
        ("5", "2026-01-01", "2026-03-12", "2026-03-11", vec!["NOT_POSTED"]),
    ] {
        let found =
            judged(&pool, number, "AGRI", &[("NOTIFIED", notice), ("POSTED", posted), ("APPROVED", approved)]).await;
        assert_eq!(found, expected, "{number}");
    }
    let documents: Vec<(String, String, String)> =
        sqlx::query_as("SELECT document, found, accepted FROM projects.violation WHERE code = 'POSTING_TOO_SHORT' ORDER BY happened_on DESC")
            .fetch_all(&pool)
            .await
            .expect("violations");
    let text = |value: &str| value.to_owned();
    assert_eq!(
        documents,
        [
            (text("31/2024/QH15, article 87(3)(a)"), text("29 days"), text("at least 30 days")),
            (text("254/2025/QH15, article 3(9)(b)"), text("9 days"), text("at least 10 days")),
        ]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_recovery_waits_for_the_notice_unless_all_agree_and_the_notice_lapses_after_a_year(pool: PgPool) {
    with_site(&pool).await;
    let within = |found: Vec<String>| found.contains(&"RECOVERY_WITHIN_NOTICE".to_owned());
    for (number, land, notice, recovery, expected) in [
        ("1", "AGRI", "2025-12-31", "2026-03-30", true),  // 89 days of 90
        ("2", "AGRI", "2025-12-31", "2026-03-31", false), // 90
        ("3", "OTHER", "2025-12-31", "2026-06-28", true), // 179 of 180
        ("4", "RESIDENTIAL", "2025-12-31", "2026-06-29", false),
        ("5", "AGRI", "2026-01-01", "2026-03-01", true), // 59 of 60
        ("6", "AGRI", "2026-01-01", "2026-03-02", false),
        ("7", "OTHER", "2026-01-01", "2026-04-30", true), // 119 of 120
        ("8", "OTHER", "2026-01-01", "2026-05-01", false),
    ] {
        let events = [("NOTIFIED", notice), ("POSTED", notice), ("APPROVED", recovery), ("RECOVERY_DECIDED", recovery)];
        assert_eq!(within(judged(&pool, number, land, &events).await), expected, "{number}");
    }
    let agreed = [("NOTIFIED", "2026-01-01"), ("AGREED", "2026-01-05"), ("RECOVERY_DECIDED", "2026-01-10")];
    assert!(!within(judged(&pool, "9", "OTHER", &agreed).await));
    for (number, recovery, expected) in [("10", "2026-02-01", false), ("11", "2026-02-02", true)] {
        let found = judged(&pool, number, "AGRI", &[("NOTIFIED", "2025-02-01"), ("RECOVERY_DECIDED", recovery)]).await;
        assert_eq!(found.contains(&"NOTICE_LAPSED".to_owned()), expected, "{number}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_recovery_comes_within_ten_days_of_the_approval_and_before_it_only_by_agreement_since_2026(pool: PgPool) {
    with_site(&pool).await;
    let events = |recovery: &'static str| {
        [
            ("NOTIFIED", "2026-01-02"),
            ("POSTED", "2026-04-01"),
            ("APPROVED", "2026-05-04"),
            ("RECOVERY_DECIDED", recovery),
        ]
    };
    assert_eq!(judged(&pool, "1", "AGRI", &events("2026-05-14")).await, Vec::<String>::new());
    assert_eq!(judged(&pool, "2", "AGRI", &events("2026-05-15")).await, ["RECOVERY_LATE"]);
    let early = [("NOTIFIED", "2025-06-02"), ("RECOVERY_DECIDED", "2026-01-05")];
    assert_eq!(judged(&pool, "3", "AGRI", &early).await, ["RECOVERY_BEFORE_APPROVAL"]);
    let consent = |share: &str, code: &str| with(site(code, "DA", "00004"), json!({ "consent": share }));
    give(
        &pool,
        "sites",
        &[consent("0.75", "K2"), consent("0.751", "K3"), with(site("K4", "DA", "00004"), json!({ "urgent": true }))],
    )
    .await;
    for (number, site, recovery, expected) in [
        ("4", "K2", "2026-01-05", true),
        ("5", "K3", "2026-01-05", false),
        // The agreement is accepted since 2026 only.
        ("6", "K3", "2025-12-31", true),
        ("7", "K4", "2026-01-05", false),
    ] {
        give(&pool, "parcel-cases", &[parcel(number, site, json!({}))]).await;
        give(
            &pool,
            "parcel-events",
            &[event(number, "NOTIFIED", "2025-06-02"), event(number, "RECOVERY_DECIDED", recovery)],
        )
        .await;
        assert_eq!(
            violations(&pool, number).await.contains(&"RECOVERY_BEFORE_APPROVAL".to_owned()),
            expected,
            "{number}"
        );
    }
}

/// Whose resettlement comes after the approval: the ten days count from it.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_recovery_comes_within_ten_days_of_the_resettlement(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({})), parcel("2", "K1", json!({}))]).await;
    give(&pool, "parties", &[party("H1"), party("H2"), party("H3")]).await;
    give(&pool, "parcel-rights", &[right("1", "H1", "0.5"), right("1", "H2", "0.5"), right("2", "H3", "1")]).await;
    let events = ["1", "2"].map(|number| {
        [
            event(number, "NOTIFIED", "2025-12-01"),
            event(number, "POSTED", "2026-01-05"),
            event(number, "APPROVED", "2026-03-01"),
            event(number, "RECOVERY_DECIDED", "2026-05-08"),
        ]
    });
    give(&pool, "parcel-events", &events.concat()).await;
    assert_eq!(violations(&pool, "1").await, ["RECOVERY_LATE"]);
    let resettled = |party: &str, day: Option<&str>| json!({ "externalId": party, "site": "K1", "party": party, "form": "LAND", "approvedOn": "2026-03-01", "providedOn": day });
    for (day, expected) in [
        // The one waits for its land; 5 days after the last one; 11 days after.
        (None, vec![]),
        (Some("2026-04-28"), vec![]),
        (Some("2026-04-27"), vec!["RECOVERY_LATE"]),
        (Some("2026-05-04"), vec![]),
        // Provided before the approval: ten days of the approval.
        (Some("2026-03-01"), vec!["RECOVERY_LATE"]),
    ] {
        give(&pool, "resettlements", &[resettled("H1", Some("2026-03-20")), resettled("H2", day)]).await;
        assert_eq!(violations(&pool, "1").await, expected, "{day:?}");
    }
    let found: String = sqlx::query_scalar("SELECT found FROM projects.violation AS v JOIN projects.parcel_case AS p ON p.id = v.parcel_id WHERE p.external_id = '1'")
        .fetch_one(&pool)
        .await
        .expect("a violation");
    // 20 March to 8 May.
    assert_eq!(found, "49 days after the resettlement");
    assert_eq!(violations(&pool, "2").await, ["RECOVERY_LATE"], "the parcel of another party");
    let differ = service_kit::store::facts::recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a check");
    assert_eq!(differ, 0);
}

/// The calendar begins in 2025, the rule in August 2024: the days off of the week are days off before it too.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_weekend_before_the_calendar_is_a_day_off(pool: PgPool) {
    with_site(&pool).await;
    for (number, day, expected) in [
        ("1", "2024-09-28", vec!["ENFORCED_ON_DAY_OFF"]), // a Saturday
        ("2", "2024-09-29", vec!["ENFORCED_ON_DAY_OFF"]),
        ("3", "2024-09-30", vec![]),
        ("4", "2024-07-28", vec![]), // a Sunday before the rule
    ] {
        give(&pool, "parcel-cases", &[parcel(number, "K1", json!({}))]).await;
        let enforced = with(event(number, "ENFORCED", day), json!({ "happenedAt": "09:00" }));
        give(&pool, "parcel-events", &[event(number, "ENFORCEMENT_DECIDED", "2024-07-01"), enforced]).await;
        assert_eq!(violations(&pool, number).await, expected, "{number}");
    }
}

/// Tết of 2026: 16 to 20 February. Fifteen days before and after are 1 February to 7 March.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn nothing_is_enforced_around_tet_at_night_or_on_a_day_off(pool: PgPool) {
    with_site(&pool).await;
    for (number, day, time, expected) in [
        ("1", "2026-01-30", "09:00", vec![]),
        ("2", "2026-02-02", "09:00", vec!["ENFORCED_AT_TET"]),
        ("3", "2026-03-06", "09:00", vec!["ENFORCED_AT_TET"]),
        ("4", "2026-03-09", "09:00", vec![]),
        ("5", "2026-03-09", "05:59", vec!["ENFORCED_AT_NIGHT"]),
        ("6", "2026-03-09", "06:00", vec![]),
        ("7", "2026-03-09", "21:59", vec![]),
        ("8", "2026-03-09", "22:00", vec!["ENFORCED_AT_NIGHT"]),
        ("9", "2026-03-15", "09:00", vec!["ENFORCED_ON_DAY_OFF"]), // a Sunday
        ("10", "2026-08-22", "09:00", vec![]),                     // a Saturday that is a working day by a swap
    ] {
        give(&pool, "parcel-cases", &[parcel(number, "K1", json!({}))]).await;
        let enforced = with(event(number, "ENFORCED", day), json!({ "happenedAt": time }));
        give(&pool, "parcel-events", &[event(number, "ENFORCEMENT_DECIDED", "2025-12-01"), enforced]).await;
        assert_eq!(violations(&pool, number).await, expected, "{number}");
    }
    give(&pool, "parcel-cases", &[parcel("11", "K1", json!({}))]).await;
    give(&pool, "parcel-events", &[with(event("11", "ENFORCED", "2026-03-09"), json!({ "happenedAt": "09:00" }))])
        .await;
    assert_eq!(violations(&pool, "11").await, ["ENFORCED_WITHOUT_DECISION"]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_site_may_have_the_limits_of_another_day_by_a_document(pool: PgPool) {
    with_site(&pool).await;
    let events = [("NOTIFIED", "2025-12-31"), ("POSTED", "2026-03-01"), ("APPROVED", "2026-03-11")];
    assert_eq!(judged(&pool, "1", "AGRI", &events).await, ["POSTING_TOO_SHORT"]);
    let override_ = json!({ "externalId": "K1", "rulesOn": "2026-01-01", "rulesDocument": "12/QĐ-UBND" });
    give(&pool, "sites", &[override_]).await;
    assert_eq!(violations(&pool, "1").await, Vec::<String>::new());
}

/// A rule that changes later moves the facts with it.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_change_of_a_rule_computes_the_facts_anew(pool: PgPool) {
    with_site(&pool).await;
    let events = [("NOTIFIED", "2026-01-02"), ("POSTED", "2026-03-01"), ("APPROVED", "2026-03-12")];
    assert_eq!(judged(&pool, "1", "AGRI", &events).await, Vec::<String>::new());
    crate::city::run(
        &pool,
        "UPDATE directory.legal_rule SET value = 15 WHERE code = 'LAND_POSTING' AND valid_to IS NULL",
    )
    .await;
    let city = crate::city::Asked::at(&pool, crate::city::NOW, projects::subgraph);
    let found = city.data("{ clearanceStats { totals { violations } } }").await;
    assert_eq!(found["clearanceStats"]["totals"]["violations"], 1);
    assert_eq!(violations(&pool, "1").await, ["POSTING_TOO_SHORT"]);
}

/// What happens tomorrow has not happened: a typing error in a year would be an enforcement, a handover, money.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_day_on_which_something_happened_is_not_in_the_future(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    // It is the morning of 27 November in the city.
    for (day, accepted) in [("2026-11-27", true), ("2026-11-28", false), ("2062-11-27", false)] {
        let handed =
            json!({ "externalId": day, "parcel": "1", "kind": "HANDED_OVER", "happenedOn": day, "document": "BB" });
        let paid = json!({ "externalId": day, "project": "DA", "planYear": 2026, "paidOn": day, "amount": "1" });
        for (kind, row, path) in [("parcel-events", handed, "happenedOn"), ("disbursements", paid, "paidOn")] {
            let results = offer(&pool, kind, &[row]).await;
            if accepted {
                assert_eq!(results[0].status, PushStatus::Created, "{kind} {day}: {results:?}");
                continue;
            }
            assert_eq!(results[0].status, PushStatus::Rejected, "{kind} {day}");
            let error = &results[0].errors[0];
            assert_eq!(
                (&*error.path, &*error.en),
                (path, &*format!("{day} is in the future; accepted: a day or a time until now"))
            );
        }
    }
}

/// A typing error in a year is refused wherever a limit of the law is counted from the day.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_day_of_another_century_is_no_day_of_clearance(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parties", &[party("H1")]).await;
    let plan = |id: &str, effective: &str| json!({ "externalId": id, "site": "K1", "party": "H1", "amount": "10", "approvedOn": "2026-03-02", "effectiveOn": effective, "document": "QĐ" });
    give(&pool, "compensation-plans", &[plan("P1", "2027-03-02")]).await;
    let sheet = json!({ "externalId": "S", "site": "K1", "mapSheet": "1", "parcelNumber": "9", "landType": "AGRI", "areaToAcquire": "100", "party": "H1", "paidOn": "1902-03-02" });
    let payment = json!({ "externalId": "T", "plan": "P1", "kind": "PAID", "happenedOn": "1026-03-02", "amount": "1" });
    for (kind, row, path, told) in [
        ("parcel-events", event("1", "NOTIFIED", "1900-01-01"), "happenedOn", "a day from 1990 to 2100"),
        ("clearance-sheet", sheet, "paidOn", "a day from 1990 to 2100"),
        ("compensation-payments", payment, "happenedOn", "a day from 1990 to 2100"),
        (
            "capital-plans",
            json!({ "externalId": "V", "project": "DA", "year": 2026, "basis": "CITY", "amount": "5", "decidedOn": "0026-01-05" }),
            "decidedOn",
            "a day from 1990 to 2100",
        ),
        (
            "contracts",
            json!({ "externalId": "C", "project": "DA", "number": "1", "title": "Xây", "signedOn": "1026-03-01", "amount": "9" }),
            "signedOn",
            "a day from 1990 to 2100",
        ),
        (
            "projects",
            crate::city::project("DB", json!({ "groundbreakingOn": "1926-03-01" })),
            "groundbreakingOn",
            "a day from 1990 to 2100",
        ),
        ("compensation-plans", plan("P2", "9999-12-31"), "effectiveOn", "a year after it"),
        ("compensation-plans", plan("P2", "2027-03-03"), "effectiveOn", "a year after it"),
    ] {
        let row = with(row, json!({ "observedAt": "2026-06-01T02:00:00Z" }));
        let results = offer(&pool, kind, &[row]).await;
        assert_eq!(results[0].status, PushStatus::Rejected, "{kind}: {results:?}");
        let error = &results[0].errors[0];
        assert_eq!(&*error.path, path, "{kind}");
        assert!(error.en.contains(told), "{kind}: {}", error.en);
    }
}
