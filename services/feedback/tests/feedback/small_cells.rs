//! Counts of fewer than five persons within groups that are shown: hidden from who does not see all feedback, with what would tell them.

use serde_json::{Value, json};
use service_kit::Principal;
use sqlx::PgPool;

use crate::city::{Asked, NOW, at, case, found, give, happen, intake};

/// Gives twenty cases of an area at a day, of which the first ones come to a status.
async fn twenty(pool: &PgPool, area: &str, day: &str, status: &str, count: usize) {
    let (code, time) = (|place: usize| format!("{area}-{day}-{place:02}"), format!("{day} 08:00"));
    let cases: Vec<Value> = (0..20).map(|place| case(&code(place), &time, json!({ "area": area }))).collect();
    give(pool, "feedback", &cases).await;
    for place in 0..count {
        let later = |hour: u32| format!("{day} {hour:02}:00");
        let steps = [("ASSIGNED", 9), ("IN_PROGRESS", 10), ("WAITING_CITIZEN", 11)];
        if status == "WAITING_CITIZEN" {
            let steps = steps.map(|(status, hour)| (later(hour), status));
            happen(pool, &code(place), &steps.each_ref().map(|(time, status)| (time.as_str(), *status))).await;
        } else {
            happen(pool, &code(place), &[(&later(9), status)]).await;
        }
    }
}

async fn stats(asked: &Asked, principal: &Principal, arguments: &str, fields: &str) -> Value {
    let answer = asked.ask(principal, &format!("{{ feedbackStats({arguments}) {{ {fields} }} }}"), json!({})).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["feedbackStats"].clone()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_visitor_gets_no_count_of_one_to_four_and_no_rate_over_it(pool: PgPool) {
    found(&pool).await;
    let asked = at(&pool, NOW);
    // Rejected of the twenty of a month, and whether a visitor sees it alone, beside `received`, and as a rate.
    for (month, rejected, alone, beside) in [
        ("2026-01", 0, true, true),
        ("2026-02", 1, false, false),
        ("2026-03", 4, false, false),
        ("2026-04", 5, true, true),
        ("2026-05", 15, true, true),
        // Four that were not rejected are the second cell of the total.
        ("2026-06", 16, true, false),
        ("2026-07", 20, true, true),
    ] {
        twenty(&pool, "00004", &format!("{month}-05"), "REJECTED", rejected).await;
        let period = format!("period: \"{month}\"");
        let read = async |principal: &Principal, fields: &str| {
            stats(&asked, principal, &period, &format!("totals {{ {fields} }}")).await["totals"].clone()
        };
        let all = "received rejected rejectionRate { numerator denominator }";
        let shown = |is_shown: bool, value: Value| if is_shown { value } else { Value::Null };
        let rate = json!({ "numerator": rejected.to_string(), "denominator": "20" });
        assert_eq!(
            read(&Principal::default(), all).await,
            json!({ "received": 20, "rejected": shown(beside, json!(rejected)), "rejectionRate": shown(beside, rate.clone()) }),
            "{rejected}"
        );
        let one = read(&Principal::default(), "rejected").await;
        assert_eq!(one, json!({ "rejected": shown(alone, json!(rejected)) }), "{rejected}");
        let whole = json!({ "received": 20, "rejected": rejected, "rejectionRate": rate });
        assert_eq!(read(&intake(), all).await, whole, "{rejected}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn cases_that_wait_for_their_senders_are_hidden_beside_the_ages_too(pool: PgPool) {
    found(&pool).await;
    twenty(&pool, "00004", "2026-03-02", "WAITING_CITIZEN", 4).await;
    twenty(&pool, "00008", "2026-03-02", "WAITING_CITIZEN", 17).await;
    let asked = at(&pool, NOW);
    let read = async |principal: &Principal, fields: &str| {
        let rows = stats(
            &asked,
            principal,
            "period: \"2026\", groupBy: [AREA]",
            &format!("rows {{ measures {{ {fields} }} }}"),
        )
        .await;
        [0, 1].map(|place| rows["rows"][place]["measures"]["waiting"].clone())
    };
    let visitor = Principal::default();
    assert_eq!(read(&visitor, "waiting").await, [Value::Null, json!(17)]);
    for whole in ["waiting open", "waiting age { upTo7 from8To30 from31To90 over90 }"] {
        assert_eq!(read(&visitor, whole).await, [Value::Null, Value::Null], "{whole}");
        assert_eq!(read(&intake(), whole).await, [json!(4), json!(17)], "{whole}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_total_does_not_tell_the_one_cell_that_is_hidden(pool: PgPool) {
    found(&pool).await;
    twenty(&pool, "00004", "2026-03-02", "REJECTED", 3).await;
    twenty(&pool, "00008", "2026-03-02", "REJECTED", 6).await;
    let asked = at(&pool, NOW);
    let grouped = "period: \"2026-03\", groupBy: [AREA]";
    let rows = "rows { area { code } measures { rejected } }";
    let values = |answer: &Value| -> Vec<(String, Value)> {
        let rows = answer["rows"].as_array().expect("rows").iter();
        rows.map(|row| (row["area"]["code"].as_str().expect("a code").to_owned(), row["measures"]["rejected"].clone()))
            .collect()
    };
    let of = |values: [(&str, Value); 2]| values.map(|(area, value)| (area.to_owned(), value)).to_vec();
    let visitor = Principal::default();
    let alone = stats(&asked, &visitor, grouped, rows).await;
    assert_eq!(values(&alone), of([("00004", Value::Null), ("00008", json!(6))]));
    let both = format!("{rows} totals {{ rejected }}");
    let beside = stats(&asked, &visitor, grouped, &both).await;
    assert_eq!(values(&beside), of([("00004", Value::Null), ("00008", Value::Null)]));
    assert_eq!(beside["totals"]["rejected"], 9);
    let seen = stats(&asked, &intake(), grouped, &both).await;
    assert_eq!(values(&seen), of([("00004", json!(3)), ("00008", json!(6))]));

    // A hidden value has no place in an order, and no bound is true of it.
    for (direction, visitors, whole) in
        [("ASC", ["00008", "00004"], ["00004", "00008"]), ("DESC", ["00008", "00004"], ["00008", "00004"])]
    {
        let ordered = format!("{grouped}, orderBy: [{{ measure: REJECTED, direction: {direction} }}]");
        let codes = |answer: Value| values(&answer).into_iter().map(|(area, _)| area).collect::<Vec<_>>();
        assert_eq!(codes(stats(&asked, &visitor, &ordered, rows).await), visitors, "{direction}");
        assert_eq!(codes(stats(&asked, &intake(), &ordered, rows).await), whole, "{direction}");
    }
    for (bound, visitors, whole) in [("lt: 5", 0, 1), ("gte: 0", 1, 2), ("gte: 5", 1, 1)] {
        let bounded = format!("{grouped}, having: [{{ measure: REJECTED, {bound} }}]");
        for (principal, count) in [(&visitor, visitors), (&intake(), whole)] {
            let found = stats(&asked, principal, &bounded, "rowCount rows { bucket }").await;
            assert_eq!(found["rowCount"], count, "{bound}");
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_earlier_period_shows_nothing_that_is_hidden(pool: PgPool) {
    found(&pool).await;
    for (month, rejected) in [("2026-04", 6), ("2026-05", 3), ("2026-06", 8)] {
        twenty(&pool, "00004", &format!("{month}-05"), "REJECTED", rejected).await;
    }
    let asked = at(&pool, NOW);
    let trend = "period: \"2026-Q2\", grain: MONTH, compareTo: PREVIOUS";
    let rows = "rows { measures { rejected } previous { rejected } }";
    let read = async |principal: &Principal, more: &str| -> Vec<(Value, Value)> {
        let answer = stats(&asked, principal, trend, &format!("{rows} {more}")).await;
        let rows = answer["rows"].as_array().expect("rows").iter();
        rows.map(|row| (row["measures"]["rejected"].clone(), row["previous"]["rejected"].clone())).collect()
    };
    let visitor = Principal::default();
    let hidden = Value::Null;
    // March had no case: those of April were not there yet.
    let none = Value::Null;
    // May is hidden, also as the month before June.
    assert_eq!(
        read(&visitor, "").await,
        [(json!(6), none.clone()), (hidden.clone(), json!(6)), (json!(8), hidden.clone())]
    );
    // The months add up to the total, so April is hidden with May, in both places.
    assert_eq!(
        read(&visitor, "totals { rejected }").await,
        [(hidden.clone(), none.clone()), (hidden.clone(), hidden.clone()), (json!(8), hidden.clone())]
    );
    assert_eq!(
        read(&intake(), "totals { rejected }").await,
        [(json!(6), none), (json!(3), json!(6)), (json!(8), json!(3))]
    );
}
