//! Pushes of cases: repeated and late rows, what events state, and rules with their words.

use serde_json::{Value, json};
use service_kit::push::PushStatus;
use service_kit::store::facts::recompute;
use sqlx::PgPool;

use crate::city::{NOW, at, case, clock, event, found, give, look, offer, rating};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_order_of_arrival_changes_nothing(pool: PgPool) {
    found(&pool).await;
    let fields =
        "status dueAt resolvedAt acknowledgedAt transfers reopenings hoursToResolve brokenDeadlines pauses { hours }";
    let steps = |code: &str| -> Vec<Value> {
        vec![
            event(code, "2026-03-02 09:00", "ACCEPTED", json!({})),
            event(code, "2026-03-02 10:00", "ASSIGNED", json!({})),
            event(code, "2026-03-03 09:00", "IN_PROGRESS", json!({})),
            event(code, "2026-03-03 10:00", "WAITING_CITIZEN", json!({})),
            event(code, "2026-03-04 10:00", "IN_PROGRESS", json!({})),
            event(code, "2026-03-05 10:00", "TRANSFERRED", json!({})),
            event(code, "2026-03-05 11:00", "ASSIGNED", json!({ "organization": "SYT" })),
            event(code, "2026-03-06 11:00", "IN_PROGRESS", json!({})),
            event(code, "2026-03-12 11:00", "RESOLVED", json!({})),
            event(code, "2026-03-13 11:00", "REOPENED", json!({})),
        ]
    };
    let orders: [&[usize]; 4] = [
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        &[4, 0, 9, 3, 7, 1, 8, 2, 6, 5],
        &[1, 3, 5, 7, 9, 0, 2, 4, 6, 8],
    ];
    let mut states = Vec::new();
    for (place, order) in orders.iter().enumerate() {
        let code = format!("O{place}");
        give(&pool, "feedback", &[case(&code, "2026-03-02 08:00", json!({}))]).await;
        let steps = steps(&code);
        for index in *order {
            let results = offer(&pool, "feedback-events", std::slice::from_ref(&steps[*index])).await;
            assert!(matches!(results[0].status, PushStatus::Created), "{results:?}");
        }
        // A repetition says nothing new.
        let again = offer(&pool, "feedback-events", &steps).await;
        assert!(again.iter().all(|result| result.status == PushStatus::Unchanged), "{again:?}");
        states.push(look(&at(&pool, NOW), &code, fields, None).await);
    }
    assert_eq!(states[0]["transfers"], 1, "{}", states[0]);
    assert_eq!(
        (&states[0]["status"], &states[0]["reopenings"], &states[0]["brokenDeadlines"]),
        (&json!("REOPENED"), &json!(1), &json!(2))
    );
    for state in &states {
        assert_eq!(state, &states[0]);
    }
    assert_eq!(recompute(&pool, feedback::FACTS, false, |_, _| {}).await.expect("a rebuild"), 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_case_that_arrives_late_was_received_when_it_was_submitted(pool: PgPool) {
    found(&pool).await;
    // The first row says that it is in progress, three days after the submission.
    let late = json!({ "observedAt": clock("2026-03-05 09:00"), "status": "IN_PROGRESS", "organization": "SXD", "programmes": ["CT1"] });
    give(&pool, "feedback", &[case("L", "2026-03-02 08:00", late)]).await;
    let asked = at(&pool, NOW);
    let before = look(&asked, "L", "status isOpen dueAt acknowledgedAt", Some("2026-03-03")).await;
    assert_eq!(
        (&before["status"], &before["isOpen"], &before["acknowledgedAt"]),
        (&json!("RECEIVED"), &json!(true), &Value::Null)
    );
    let measures = "{ feedbackStats(period: \"2026-03\", asOf: \"2026-03-03\", filter: { programme: [\"CT1\"] }) { totals { received open } } }";
    assert_eq!(asked.data(measures).await["feedbackStats"]["totals"], json!({ "received": 1, "open": 1 }));
    // It was not acknowledged before the first row that says so.
    let ack = crate::city::totals(&asked, "2026-03", None, "ackOnTime { numerator denominator }").await;
    assert_eq!(ack["ackOnTime"], json!({ "numerator": "0", "denominator": "1" }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rule_that_is_broken_is_told_at_its_field(pool: PgPool) {
    found(&pool).await;
    for (more, path) in [
        (json!({ "status": "REJECTED" }), "reason"),
        (json!({ "status": "RESOLVED", "organization": "SXD" }), "reply"),
        (json!({ "status": "WAITING_CITIZEN", "organization": "SXD" }), "reason"),
        (json!({ "status": "MERGED" }), "primary"),
        (json!({ "lat": "21" }), "lat"),
        (json!({ "lat": "100", "lon": "1" }), "lat"),
        (json!({ "lat": "1", "lon": "-181" }), "lon"),
        (json!({ "programmes": ["CT1", "CT1"] }), "programmes"),
        (json!({ "observedAt": clock("2026-03-02 07:59") }), "observedAt"),
        (json!({ "observedAt": clock("2026-02-27 08:00"), "status": "RESOLVED", "reply": "x" }), "observedAt"),
    ] {
        let results = offer(&pool, "feedback", &[case("BAD", "2026-03-02 08:00", more.clone())]).await;
        assert_eq!(results[0].status, PushStatus::Rejected, "{more}");
        assert!(results[0].errors.iter().any(|error| error.path == path), "{more} {results:?}");
        assert_words(&results);
    }
    let parked = offer(&pool, "feedback", &[case("W", "2026-03-02 08:00", json!({ "category": "UNKNOWN" }))]).await;
    assert_eq!(parked[0].status, PushStatus::Parked);
    let orphan = offer(&pool, "feedback-ratings", &[rating("NONE", "2026-03-02 09:00", 5)]).await;
    assert_eq!(orphan[0].status, PushStatus::Parked);
    let answered = json!({ "status": "RESOLVED", "reply": "Đã xử lý" });
    give(&pool, "feedback", &[case("NONE", "2026-03-02 08:00", answered)]).await;
    let rated = crate::city::totals(&at(&pool, NOW), "2026-03", None, "satisfaction { rated }").await;
    assert_eq!(rated["satisfaction"]["rated"], 1, "the rating was waiting for its case");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_deleted_case_is_in_no_list_and_no_measure_from_its_day_on(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("D", "2026-03-02 08:00", json!({}))]).await;
    give(&pool, "feedback", &[json!({ "externalId": "D", "observedAt": clock("2026-03-10 09:00"), "deleted": true })])
        .await;
    let asked = at(&pool, NOW);
    assert_eq!(
        crate::city::totals(&asked, "2026-03", None, "received open").await,
        json!({ "received": 0, "open": 0 })
    );
    assert_eq!(
        crate::city::totals(&asked, "2026-03", Some("2026-03-09"), "received open").await,
        json!({ "received": 1, "open": 1 })
    );
    assert_eq!(asked.data("{ feedbacks { totalCount } }").await["feedbacks"]["totalCount"], 0);
    assert_eq!(recompute(&pool, feedback::FACTS, false, |_, _| {}).await.expect("a rebuild"), 0);
}

/// A refusal says what is accepted in words, not as a rule of the database.
fn assert_words(results: &[service_kit::push::RowResult]) {
    for error in results.iter().flat_map(|result| &result.errors) {
        assert!(error.en.contains("accepted: "), "{error:?}");
        assert!(!error.en.contains("::") && !error.en.contains("(rule") && !error.path.is_empty(), "{error:?}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_event_that_breaks_a_rule_of_its_case_is_told_at_its_field(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &["A", "B"].map(|code| case(code, "2026-03-02 08:00", json!({})))).await;
    give(&pool, "feedback-events", &[event("B", "2026-03-02 09:00", "MERGED", json!({ "primary": "A" }))]).await;
    for (status, more, path) in [
        ("WAITING_CITIZEN", json!({ "reason": null }), "reason"),
        ("REJECTED", json!({ "reason": null }), "reason"),
        ("RESOLVED", json!({ "reply": null }), "reply"),
        ("MERGED", json!({ "primary": "B" }), "primary"),
        ("MERGED", json!({ "primary": "A" }), "primary"),
        ("MERGED", json!({}), "primary"),
    ] {
        let rows = [event("A", "2026-03-03 09:00", status, more)];
        let results = offer(&pool, "feedback-events", &rows).await;
        assert_eq!(results[0].status, PushStatus::Rejected, "{status}");
        assert!(results[0].errors.iter().any(|error| error.path == path), "{status} {results:?}");
        assert_words(&results);
    }
    let sender = json!({ "externalId": "S", "feedback": "A", "exactLat": "91", "exactLon": "1" });
    let results = offer(&pool, "feedback-senders", &[sender]).await;
    assert_eq!((results[0].status, &*results[0].errors[0].path), (PushStatus::Rejected, "exactLat"));
    assert_words(&results);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn nothing_happens_to_a_case_before_it_was_submitted(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &["A", "B"].map(|code| case(code, "2026-02-13 08:00", json!({})))).await;
    let note = |time: &str| json!({ "externalId": format!("note {time}"), "observedAt": clock(time), "feedback": "A", "note": "x" });
    // One of several is refused alone.
    let rows = [
        event("A", "2026-01-15 09:00", "ACCEPTED", json!({})),
        event("A", "2026-02-13 08:00", "ACCEPTED", json!({})),
        note("2026-02-13 07:59"),
        event("B", "2026-02-13 07:59", "RESOLVED", json!({})),
        note("2026-02-16 09:00"),
    ];
    let results = offer(&pool, "feedback-events", &rows).await;
    let rejected: Vec<usize> = (0..rows.len()).filter(|row| results[*row].status == PushStatus::Rejected).collect();
    assert_eq!(rejected, [0, 2, 3], "{results:?}");
    assert!(results.iter().flat_map(|result| &result.errors).all(|error| error.path == "observedAt"), "{results:?}");
    assert_words(&results);
    let rows = [rating("A", "2026-02-13 07:59", 5), rating("A", "2026-02-13 08:00", 5)];
    let results = offer(&pool, "feedback-ratings", &rows).await;
    assert_eq!((results[0].status, &*results[0].errors[0].path), (PushStatus::Rejected, "ratedAt"), "{results:?}");
    assert_eq!(results[1].status, PushStatus::Created);
    assert_words(&results);
    // The submission cannot move behind what is stored.
    let moved =
        |time: &str| json!({ "externalId": "A", "observedAt": clock("2026-02-20 09:00"), "submittedAt": clock(time) });
    let results = offer(&pool, "feedback", &[moved("2026-02-13 08:01")]).await;
    assert_eq!((results[0].status, &*results[0].errors[0].path), (PushStatus::Rejected, "submittedAt"), "{results:?}");
    assert_words(&results);
    give(&pool, "feedback", &[moved("2026-02-12 08:00")]).await;
    // What arrives before its case is judged with it.
    let early = [
        event("LATE", "2026-02-12 09:00", "ACCEPTED", json!({})),
        event("LATE", "2026-02-16 09:00", "ASSIGNED", json!({})),
        rating("LATE", "2026-02-12 09:00", 5),
    ];
    assert_eq!(offer(&pool, "feedback-events", &early[..2]).await[0].status, PushStatus::Parked);
    assert_eq!(offer(&pool, "feedback-ratings", &early[2..]).await[0].status, PushStatus::Parked);
    give(&pool, "feedback", &[case("LATE", "2026-02-13 08:00", json!({}))]).await;
    let settled: Vec<(String, Option<Value>)> = sqlx::query_as(
        "SELECT status, errors #> '{0,path}' FROM platform.receipt_row WHERE external_id LIKE 'LATE/%' ORDER BY kind, row",
    )
    .fetch_all(&pool)
    .await
    .expect("rows");
    let refused = |path: &str| ("REJECTED".to_owned(), Some(json!(path)));
    assert_eq!((&settled[0], &settled[2]), (&refused("observedAt"), &refused("ratedAt")), "{settled:?}");
    let asked = at(&pool, NOW);
    assert_eq!(look(&asked, "LATE", "status", None).await["status"], "ASSIGNED");
    // A list of a day before has none of them, and neither has a measure.
    for (day, cases) in [("2026-01-15", 0), ("2026-02-11", 0), ("2026-02-12", 1), ("2026-02-13", 3)] {
        let list = asked.data(&format!("{{ feedbacks(asOf: \"{day}\") {{ totalCount }} }}")).await;
        let figures = crate::city::totals(&asked, "2026", Some(day), "received open").await;
        assert_eq!((&list["feedbacks"]["totalCount"], &figures["received"]), (&json!(cases), &json!(cases)), "{day}");
    }
}

/// A typing error in a year would be a case of the future: open, and in no figure.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn nothing_was_submitted_or_rated_in_the_future(pool: PgPool) {
    found(&pool).await;
    give(&pool, "feedback", &[case("C", "2026-03-02 08:00", json!({}))]).await;
    let mut late = case("D", "2026-03-02 08:00", json!({}));
    late["submittedAt"] = json!("2030-01-01T08:00:00+07:00");
    let mut rated = rating("C", "2026-03-03 08:00", 5);
    rated["ratedAt"] = json!("2030-03-04T08:00:00+07:00");
    for (kind, row, path) in [("feedback", late, "submittedAt"), ("feedback-ratings", rated, "ratedAt")] {
        let results = offer(&pool, kind, &[row]).await;
        assert_eq!((results[0].status, &*results[0].errors[0].path), (PushStatus::Rejected, path), "{results:?}");
    }
}
