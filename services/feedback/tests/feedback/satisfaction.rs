//! Satisfaction and other shares of small samples, against the values of the domain.

use serde_json::{Value, json};
use service_kit::Principal;
use sqlx::PgPool;

use crate::city::{NOW, at, case, found, give, happen, intake, rating, totals};

/// Gives answered cases with ratings: so many of an area, of which some are satisfied.
async fn rated(pool: &PgPool, name: &str, area: &str, day: &str, (satisfied, all): (usize, usize), more: Value) {
    let code = |place: usize| format!("{name}-{place:04}");
    let time = format!("{day} 08:00");
    let cases: Vec<Value> = (0..all)
        .map(|place| {
            let answered = json!({ "area": area, "status": "RESOLVED", "organization": "SXD", "reply": "Đã xử lý" });
            case(&code(place), &time, crate::city::with(answered, more.clone()))
        })
        .collect();
    give(pool, "feedback", &cases).await;
    let time = format!("{day} 15:00");
    let ratings: Vec<Value> =
        (0..all).map(|place| rating(&code(place), &time, if place < satisfied { 4 } else { 3 })).collect();
    give(pool, "feedback-ratings", &ratings).await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn four_of_four_rank_below_480_of_500(pool: PgPool) {
    found(&pool).await;
    rated(&pool, "FEW", "00004", "2026-03-02", (4, 4), json!({})).await;
    rated(&pool, "MANY", "00008", "2026-03-02", (480, 500), json!({})).await;
    let document = "{ feedbackStats(period: \"2026-03\", groupBy: [AREA], orderBy: [{ measure: SATISFACTION_WILSON_LOW, direction: DESC }])
        { rows { area { code } measures { satisfaction { rated satisfied rate wilsonLow wilsonHigh shrunk } } } } }";
    let rows = at(&pool, NOW).data(document).await["feedbackStats"]["rows"].clone();
    assert_eq!((&rows[0]["area"]["code"], &rows[1]["area"]["code"]), (&json!("00008"), &json!("00004")));
    let (many, few) = (&rows[0]["measures"]["satisfaction"], &rows[1]["measures"]["satisfaction"]);
    let close = |value: &Value, expected: f64| (value.as_f64().expect("a number") - expected).abs() < 1e-6;
    assert!(close(&many["wilsonLow"], 0.939_026) && close(&many["wilsonHigh"], 0.973_959), "{many}");
    assert!(close(&few["wilsonLow"], 0.510_109) && close(&few["wilsonHigh"], 1.0), "{few}");
    // (s + 20 p) ÷ (n + 20) with the city's share p = 484 ÷ 504.
    let prior = 484.0 / 504.0;
    assert!(
        close(&few["shrunk"], (4.0 + 20.0 * prior) / 24.0) && close(&many["shrunk"], (480.0 + 20.0 * prior) / 520.0),
        "{few} {many}"
    );
    // `having` compares only what is ranked.
    let having = "{ feedbackStats(period: \"2026-03\", groupBy: [AREA], having: [{ measure: SATISFACTION_RATE, gte: 0.5 }]) { rows { area { code } } } }";
    assert_eq!(at(&pool, NOW).data(having).await["feedbackStats"]["rows"], json!([{ "area": { "code": "00008" } }]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn satisfaction_of_people_and_of_businesses_is_apart_and_the_last_rating_counts(pool: PgPool) {
    found(&pool).await;
    rated(&pool, "P", "00004", "2026-03-02", (3, 6), json!({})).await;
    rated(&pool, "B", "00004", "2026-03-02", (5, 5), json!({ "sender": "BUSINESS" })).await;
    rated(&pool, "O", "00004", "2026-03-02", (0, 1), json!({ "sender": "ORGANIZATION" })).await;
    // One changes their mind on the next day; the day before stays.
    give(&pool, "feedback-ratings", &[rating("P-0000", "2026-03-03 09:00", 1)]).await;
    let fields = "satisfaction { rated satisfied } satisfactionOfPeople { rated satisfied rate } satisfactionOfBusinesses { rated satisfied rate }";
    let found = totals(&at(&pool, NOW), "2026-03", None, fields).await;
    assert_eq!(found["satisfaction"], json!({ "rated": 12, "satisfied": 7 }));
    assert_eq!(
        (&found["satisfactionOfPeople"]["satisfied"], &found["satisfactionOfBusinesses"]["rate"]),
        (&json!(2), &json!(1.0))
    );
    assert_eq!(found["satisfactionOfPeople"]["rate"].as_f64(), Some(2.0 / 6.0));
    let before = totals(&at(&pool, NOW), "2026-03", Some("2026-03-02"), fields).await;
    assert_eq!(before["satisfaction"], json!({ "rated": 12, "satisfied": 8 }));
    // Nobody has rated: no share, and not zero.
    let none = totals(&at(&pool, NOW), "2026-05", None, "satisfaction { rated rate wilsonLow shrunk }").await;
    assert_eq!(none["satisfaction"], json!({ "rated": 0, "rate": null, "wilsonLow": null, "shrunk": null }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_fall_is_one_of_the_pooled_test_with_thirty_ratings_on_both_sides(pool: PgPool) {
    found(&pool).await;
    for (name, area, before, after) in [("X", "00004", (24, 30), (18, 30)), ("Y", "00008", (23, 30), (17, 30))] {
        rated(&pool, &format!("{name}1"), area, "2026-03-02", before, json!({})).await;
        rated(&pool, &format!("{name}2"), area, "2026-04-01", after, json!({})).await;
    }
    let ask = |more: &str| {
        format!(
            "{{ feedbackStats(period: \"2026-04\", groupBy: [AREA], compareTo: PREVIOUS {more}) {{ rowCount rows {{ area {{ code }} measures {{ satisfaction {{ rate }} }} previous {{ satisfaction {{ rate }} }} satisfactionChange {{ z isFalling }} }} }} }}"
        )
    };
    let asked = at(&pool, NOW);
    let rows = asked.data(&ask("")).await["feedbackStats"]["rows"].clone();
    let z = |row: &Value| row["satisfactionChange"]["z"].as_f64().expect("a value");
    assert!((z(&rows[0]) + 1.690_309).abs() < 1e-6 && (z(&rows[1]) + 1.6432).abs() < 1e-4, "{rows}");
    assert_eq!(
        (&rows[0]["satisfactionChange"]["isFalling"], &rows[1]["satisfactionChange"]["isFalling"]),
        (&json!(true), &json!(false))
    );
    let falling = asked.data(&ask(", falling: true")).await["feedbackStats"]["rows"].clone();
    assert_eq!(falling.as_array().map(Vec::len), Some(1));
    assert_eq!(falling[0]["area"]["code"], "00004");
    // The other area is before it in this order.
    let order = ", first: 1, orderBy: [{ measure: SATISFACTION_RATE, direction: ASC }]";
    for (more, area, count) in [("", "00008", 2), (", falling: true", "00004", 1), (", falling: false", "00008", 1)] {
        let found = asked.data(&ask(&format!("{order}{more}"))).await["feedbackStats"].clone();
        assert_eq!((&found["rows"][0]["area"]["code"], &found["rowCount"]), (&json!(area), &json!(count)), "{more}");
    }
    let count = "{ feedbackStats(period: \"2026-04\", groupBy: [AREA], first: 1) { rowCount totals { received } } }";
    assert_eq!(asked.data(count).await["feedbackStats"], json!({ "rowCount": 2, "totals": { "received": 60 } }));
    let refused = asked
        .ask(&intake(), "{ feedbackStats(period: \"2026-04\", falling: true) { totals { received } } }", json!({}))
        .await;
    assert_eq!(crate::city::problem(&refused), ("VALIDATION".into(), "falling".into()));
}

/// 523 of 846 were resolved; most of the others are open and late.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn open_and_late_cases_are_in_the_denominator(pool: PgPool) {
    found(&pool).await;
    let code = |place: usize| format!("C-{place:04}");
    let cases: Vec<Value> = (0..846)
        .map(|place| case(&code(place), "2026-03-02 08:00", json!({ "status": "IN_PROGRESS", "organization": "SXD" })))
        .collect();
    give(&pool, "feedback", &cases).await;
    let answers: Vec<Value> = (0..523)
        .map(|place| {
            // 507 of 523, which is 97 %, in time.
            let time = if place < 507 { "2026-03-05 09:00" } else { "2026-03-10 09:00" };
            crate::city::event(&code(place), time, "RESOLVED", json!({}))
        })
        .collect();
    give(&pool, "feedback-events", &answers).await;
    let found = totals(
        &at(&pool, NOW),
        "2026-03",
        None,
        "received resolved open overdue onTime { numerator denominator value }",
    )
    .await;
    assert_eq!(
        (&found["received"], &found["resolved"], &found["open"], &found["overdue"]),
        (&json!(846), &json!(523), &json!(323), &json!(323))
    );
    assert_eq!((&found["onTime"]["numerator"], &found["onTime"]["denominator"]), (&json!("507"), &json!("846")));
    assert!(found["onTime"]["value"].as_f64().is_some_and(|rate| rate < 0.6), "{found}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn working_hours_to_the_answer_are_exact_and_leave_out_pauses(pool: PgPool) {
    found(&pool).await;
    // Ten cases, answered after 1 to 10 working hours, of which the last waited two hours for its sender.
    for hours in 1..=10 {
        let code = format!("H-{hours}");
        give(
            &pool,
            "feedback",
            &[case(&code, "2026-03-02 08:00", json!({ "status": "IN_PROGRESS", "organization": "SXD" }))],
        )
        .await;
        let time = ["09:00", "10:00", "11:00", "12:00", "14:00", "15:00", "16:00", "17:00"].get(hours - 1);
        match time {
            Some(time) => happen(&pool, &code, &[(&format!("2026-03-02 {time}"), "RESOLVED")]).await,
            None if hours == 9 => happen(&pool, &code, &[("2026-03-03 09:00", "RESOLVED")]).await,
            None => {
                let steps = [
                    ("2026-03-03 08:00", "WAITING_CITIZEN"),
                    ("2026-03-03 10:00", "IN_PROGRESS"),
                    ("2026-03-03 12:00", "RESOLVED"),
                ];
                happen(&pool, &code, &steps).await;
            }
        }
    }
    let found = totals(&at(&pool, NOW), "2026-03", None, "hoursToResolve { p50 p90 }").await;
    assert_eq!(found["hoursToResolve"], json!({ "p50": 5.0, "p90": 9.0 }));
    let none = totals(&at(&pool, NOW), "2026-05", None, "hoursToResolve { p50 p90 }").await;
    assert_eq!(none["hoursToResolve"], json!({ "p50": null, "p90": null }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_sees_no_rows_gets_no_satisfaction_of_fewer_than_five(pool: PgPool) {
    found(&pool).await;
    rated(&pool, "R", "00004", "2026-03-02", (3, 4), json!({})).await;
    let unrated: Vec<Value> = (0..6).map(|place| case(&format!("U-{place}"), "2026-03-02 08:00", json!({}))).collect();
    give(&pool, "feedback", &unrated).await;
    let document = "{ feedbackStats(period: \"2026-03\") { totals { received satisfaction { rated satisfied rate wilsonLow wilsonHigh shrunk } satisfactionOfBusinesses { rated } } } }";
    let public =
        at(&pool, NOW).ask(&Principal::default(), document, json!({})).await["data"]["feedbackStats"]["totals"].clone();
    assert_eq!(
        public,
        json!({ "received": 10, "satisfaction": { "rated": null, "satisfied": null, "rate": null, "wilsonLow": null, "wilsonHigh": null, "shrunk": null },
                "satisfactionOfBusinesses": { "rated": null } })
    );
    let seen = at(&pool, NOW).ask(&intake(), document, json!({})).await["data"]["feedbackStats"]["totals"].clone();
    assert_eq!((&seen["satisfaction"]["rated"], &seen["satisfaction"]["rate"]), (&json!(4), &json!(0.75)));
}

/// What a visitor sees of people and of businesses beside the whole must not tell of fewer than five others.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn no_difference_of_satisfactions_tells_of_fewer_than_five(pool: PgPool) {
    found(&pool).await;
    let cases = [
        // People and businesses, and which of the two are shown.
        ("00004", (7, 2), (false, false)),
        ("00008", (7, 6), (true, true)),
    ];
    for (area, (people, businesses), _) in cases {
        rated(&pool, &format!("P{area}"), area, "2026-03-02", (people, people), json!({})).await;
        rated(&pool, &format!("B{area}"), area, "2026-03-02", (0, businesses), json!({ "sender": "BUSINESS" })).await;
    }
    let visitor = async |area: &str| {
        let document = format!(
            "{{ feedbackStats(period: \"2026-03\", filter: {{ area: [\"{area}\"] }}) {{ totals {{ satisfaction {{ rated }} satisfactionOfPeople {{ rated satisfied rate }} satisfactionOfBusinesses {{ rated rate }} }} }} }}"
        );
        at(&pool, NOW).ask(&Principal::default(), &document, json!({})).await["data"]["feedbackStats"]["totals"].take()
    };
    for (area, (people, businesses), shown) in cases {
        let found = visitor(area).await;
        assert_eq!(found["satisfaction"]["rated"], people + businesses, "{area}");
        let seen = (
            found["satisfactionOfPeople"]["rated"].is_number(),
            found["satisfactionOfBusinesses"]["rated"].is_number(),
        );
        assert_eq!(seen, shown, "{area} {found}");
        assert_eq!(found["satisfactionOfPeople"]["rate"].is_number(), shown.0, "{area} {found}");
    }
    // One rating of an organization is what people and businesses leave of the whole.
    rated(&pool, "O", "00008", "2026-03-02", (1, 1), json!({ "sender": "ORGANIZATION" })).await;
    let found = visitor("00008").await;
    assert_eq!(
        (
            &found["satisfaction"]["rated"],
            &found["satisfactionOfPeople"]["rated"],
            &found["satisfactionOfBusinesses"]["rated"]
        ),
        (&json!(14), &json!(7), &Value::Null)
    );
}

/// A mean or a percentile of fewer than five cases would tell the hours of each.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_sees_no_rows_gets_no_hours_of_fewer_than_five_answers(pool: PgPool) {
    found(&pool).await;
    let code = |place: usize| format!("H-{place}");
    let cases: Vec<Value> = (0..8).map(|place| case(&code(place), "2026-03-02 08:00", json!({}))).collect();
    give(&pool, "feedback", &cases).await;
    let fields = "resolved hoursToResolve { p50 p90 } transfersPerCase";
    let document = format!("{{ feedbackStats(period: \"2026-03\") {{ totals {{ {fields} }} }} }}");
    let mut shown = Vec::new();
    for place in 0..5 {
        happen(
            &pool,
            &code(place),
            &[("2026-03-02 09:00", "ASSIGNED"), ("2026-03-02 09:00", "IN_PROGRESS"), ("2026-03-02 10:00", "RESOLVED")],
        )
        .await;
        let answer = at(&pool, NOW).ask(&Principal::default(), &document, json!({})).await;
        let found = &answer["data"]["feedbackStats"]["totals"];
        assert_eq!(
            (&found["resolved"], &found["transfersPerCase"]),
            (&json!(place + 1), &json!(0.0)),
            "of eight received"
        );
        shown.push(found["hoursToResolve"]["p50"].clone());
    }
    assert_eq!(shown, [Value::Null, Value::Null, Value::Null, Value::Null, json!(2.0)]);
    let own = totals(&at(&pool, NOW), "2026-03", None, fields).await;
    assert_eq!(own["hoursToResolve"]["p90"], 2.0);
}

/// The published month of the city's app: 19,871 resolved, 1,501 rejected, 1,238 and 1,300 in other states, of 23,910.
#[test]
fn the_published_month_gives_the_published_rates() {
    let (resolved, rejected, all) = (19_871.0, 1_501.0, 19_871.0 + 1_501.0 + 1_238.0 + 1_300.0);
    let percent = |share: f64| (share * 1000.0_f64).round() / 10.0;
    assert_eq!((all, percent(resolved / all), percent(resolved / (all - rejected))), (23_910.0, 83.1, 88.7));
}

/// Who does not see all rows must not get a group of fewer than five, so its persons are counted whatever is asked for, and for however
/// many periods.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_persons_of_a_published_group_are_counted_whatever_is_asked_for(pool: PgPool) {
    found(&pool).await;
    rated(&pool, "FEW", "00004", "2026-03-02", (4, 4), json!({})).await;
    rated(&pool, "MORE", "00008", "2026-03-02", (5, 6), json!({})).await;
    service_kit::store::published::publish(&pool, feedback::published()).await.expect("published");
    // Terms, with those of the two areas.
    for (asked, few, more) in [
        (vec!["received"], vec![4], vec![6]),
        (vec!["open"], vec![0], vec![0]),
        (vec!["open", "received"], vec![0, 4], vec![0, 6]),
    ] {
        // Few periods are read each by itself, more in one pass.
        for spans in [1, 4, 5] {
            for codes in [None, Some(vec!["00004", "00008"])] {
                let rows: Vec<(i32, String, i64, Vec<i64>)> = sqlx::query_as(
                    "SELECT span, key, persons, terms::bigint[] FROM feedback.published_measures('AREA', $1,
                         array_fill('2026-03-01'::date, ARRAY[$2]), array_fill('2026-04-01'::date, ARRAY[$2]),
                         array_fill('2026-03-03'::date, ARRAY[$2]), false, $3) ORDER BY span, key",
                )
                .bind(&codes)
                .bind(spans)
                .bind(&asked)
                .fetch_all(&pool)
                .await
                .expect("read");
                let expected: Vec<_> = (0..spans)
                    .flat_map(|span| {
                        [(span, "00004".to_owned(), 4, few.clone()), (span, "00008".to_owned(), 6, more.clone())]
                    })
                    .collect();
                assert_eq!(rows, expected, "{asked:?} {spans} {codes:?}");
            }
        }
    }
}

/// A rating can arrive before the answer. It is one of the answer, so it counts from its day on.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rating_counts_only_from_an_answer_on(pool: PgPool) {
    found(&pool).await;
    let codes = ["NEVER", "LATER", "AGAIN"];
    give(&pool, "feedback", &codes.map(|code| case(code, "2026-03-02 08:00", json!({})))).await;
    give(&pool, "feedback-ratings", &codes.map(|code| rating(code, "2026-03-03 09:00", 5))).await;
    give(&pool, "feedback-ratings", &[rating("AGAIN", "2026-03-04 09:00", 1)]).await;
    happen(&pool, "NEVER", &[("2026-03-04 09:00", "REJECTED")]).await;
    happen(&pool, "LATER", &[("2026-03-05 09:00", "RESOLVED")]).await;
    happen(&pool, "AGAIN", &[("2026-03-06 09:00", "RESOLVED"), ("2026-03-06 10:00", "REOPENED")]).await;
    let asked = at(&pool, NOW);
    for (period, as_of, rated, satisfied) in [
        ("2026-03", Some("2026-03-04"), 0, 0),
        ("2026-03", Some("2026-03-05"), 1, 1),
        ("2026-03", Some("2026-03-06"), 2, 1),
        ("2026-03", None, 2, 1),
        ("2026-03-03", None, 0, 0),
        ("2026-03-05", None, 1, 1),
        ("2026-03-06", None, 1, 0),
    ] {
        let found = totals(&asked, period, as_of, "satisfaction { rated satisfied }").await;
        assert_eq!(found["satisfaction"], json!({ "rated": rated, "satisfied": satisfied }), "{period} {as_of:?}");
    }
    let published: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT rated_on::text FROM feedback.published_rating ORDER BY 1")
            .fetch_all(&pool)
            .await
            .expect("ratings");
    assert_eq!(published, ["2026-03-05", "2026-03-06"]);
}
