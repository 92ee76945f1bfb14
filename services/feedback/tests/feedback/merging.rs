//! Merged cases: chains, loops, ratings and reopenings that reach the primary, and what each measure counts before and after.

use serde_json::{Value, json};
use service_kit::push::PushStatus;
use service_kit::store::facts::recompute;
use sqlx::PgPool;

use crate::city::{NOW, at, case, event, found, give, happen, intake, look, offer, problem, rating, row, totals};

/// Three cases of one thing, of which the third was answered.
async fn three(pool: &PgPool) {
    found(pool).await;
    let all: Vec<Value> = ["A", "B", "P"]
        .iter()
        .map(|code| case(code, "2026-03-02 08:00", json!({ "status": "ASSIGNED", "organization": "SXD" })))
        .collect();
    give(pool, "feedback", &all).await;
    happen(pool, "P", &[("2026-03-04 09:00", "IN_PROGRESS"), ("2026-03-05 09:00", "RESOLVED")]).await;
}

async fn merge(pool: &PgPool, code: &str, into: &str, time: &str) -> PushStatus {
    offer(pool, "feedback-events", &[event(code, time, "MERGED", json!({ "primary": into }))]).await[0].status
}

const FIELDS: &str = "received resolved open merged onTime { numerator denominator } ackOnTime { denominator } satisfaction { rated satisfied }";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_merged_case_is_no_longer_open_or_due_and_its_rating_is_its_primarys(pool: PgPool) {
    three(&pool).await;
    give(&pool, "feedback-ratings", &[rating("B", "2026-03-12 09:00", 5), rating("P", "2026-03-12 10:00", 2)]).await;
    assert_eq!(merge(&pool, "A", "B", "2026-03-09 09:00").await, PushStatus::Created);
    assert_eq!(merge(&pool, "B", "P", "2026-03-10 09:00").await, PushStatus::Created);
    give(&pool, "feedback-ratings", &[rating("A", "2026-03-13 09:00", 4)]).await;
    let asked = at(&pool, NOW);
    let of = |received: i64, resolved: i64, open: i64, merged: i64, on_time: (i64, i64), rated: (i64, i64)| {
        let text = |number: i64| number.to_string();
        json!({ "received": received, "resolved": resolved, "open": open, "merged": merged,
                "onTime": { "numerator": text(on_time.0), "denominator": text(on_time.1) }, "ackOnTime": { "denominator": "3" },
                "satisfaction": { "rated": rated.0, "satisfied": rated.1 } })
    };
    // The deadlines of all were on Friday 6 March; P kept its, and was answered on the 5th.
    for (as_of, expected) in [
        ("2026-03-08", of(3, 1, 2, 0, (1, 3), (0, 0))),
        ("2026-03-09", of(3, 1, 1, 1, (1, 2), (0, 0))),
        ("2026-03-10", of(3, 1, 0, 2, (1, 1), (0, 0))),
        ("2026-03-12", of(3, 1, 0, 2, (1, 1), (2, 1))),
        ("2026-03-13", of(3, 1, 0, 2, (1, 1), (3, 2))),
    ] {
        assert_eq!(totals(&asked, "2026-03", Some(as_of), FIELDS).await, expected, "{as_of}");
    }
    // The list of the primary's.
    let merged = asked.data("{ feedbacks(filter: { primary: [\"P\"] }) { edges { node { code primary } } } }").await;
    assert_eq!(merged["feedbacks"]["edges"], json!([{ "node": { "code": "B", "primary": "P" } }]));
    assert_eq!(recompute(&pool, feedback::FACTS, false, |_, _| {}).await.expect("a rebuild"), 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_rating_counts_where_the_primary_is_and_for_the_sender_who_rated(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "feedback",
        &[
            case("A", "2026-03-02 08:00", json!({ "area": "00008", "sender": "BUSINESS" })),
            case("P", "2026-03-02 08:00", json!({ "area": "00004" })),
        ],
    )
    .await;
    // Only the primary is answered.
    happen(&pool, "P", &[("2026-03-02 09:00", "RESOLVED")]).await;
    give(&pool, "feedback-ratings", &[rating("A", "2026-03-03 09:00", 5)]).await;
    let by = "{ feedbackStats(period: \"2026-03\", groupBy: [AREA]) { rows { area { code } measures { satisfaction { rated } satisfactionOfBusinesses { rated } satisfactionOfPeople { rated } } } } }";
    let rated = |answer: &Value| {
        let rows = answer["feedbackStats"]["rows"].as_array().expect("rows").clone();
        rows.iter()
            .map(|row| {
                (
                    row["area"]["code"].as_str().unwrap_or_default().to_owned(),
                    row["measures"]["satisfaction"]["rated"].as_i64(),
                    row["measures"]["satisfactionOfBusinesses"]["rated"].as_i64(),
                )
            })
            .collect::<Vec<_>>()
    };
    let asked = at(&pool, NOW);
    assert_eq!(rated(&asked.data(by).await), [("00004".into(), Some(0), Some(0)), ("00008".into(), Some(0), Some(0))]);
    merge(&pool, "A", "P", "2026-03-04 09:00").await;
    assert_eq!(rated(&asked.data(by).await), [("00004".into(), Some(1), Some(1)), ("00008".into(), Some(0), Some(0))]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_loop_is_refused_by_mutations_and_pushes(pool: PgPool) {
    three(&pool).await;
    merge(&pool, "A", "B", "2026-03-09 09:00").await;
    merge(&pool, "B", "P", "2026-03-10 09:00").await;
    let asked = at(&pool, NOW);
    give(&pool, "feedback-events", &[event("P", "2026-03-11 08:00", "REOPENED", json!({}))]).await;
    for (into, path) in
        [("A", "input.primary"), ("B", "input.primary"), ("P", "input.primary"), ("NONE", "input.primary")]
    {
        let (id, version) = row(&pool, "P").await;
        let document = format!(
            "mutation {{ mergeFeedback(input: {{ id: \"{id}\", expectedVersion: {version}, primary: \"{into}\" }}) {{ feedback {{ code }} }} }}"
        );
        assert_eq!(
            problem(&asked.ask(&intake(), &document, json!({})).await),
            ("VALIDATION".to_owned(), path.to_owned()),
            "{into}"
        );
    }
    let results = offer(
        &pool,
        "feedback",
        &[json!({ "externalId": "P", "observedAt": "2026-03-12T02:00:00Z", "status": "MERGED", "primary": "A" })],
    )
    .await;
    assert_eq!(results[0].status, PushStatus::Rejected);
    assert!(results[0].errors.iter().any(|error| error.path == "primary"), "{results:?}");
    assert_eq!(look(&asked, "P", "status", None).await["status"], "REOPENED");
    // A case that is not there yet is waited for.
    assert_eq!(merge(&pool, "P", "LATER", "2026-03-12 09:00").await, PushStatus::Parked);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_reopening_of_a_merged_case_reopens_its_primary(pool: PgPool) {
    three(&pool).await;
    merge(&pool, "A", "B", "2026-03-09 09:00").await;
    merge(&pool, "B", "P", "2026-03-10 09:00").await;
    let asked = at(&pool, NOW);
    let (id, version) = row(&pool, "A").await;
    let document = format!(
        "mutation {{ reopenFeedback(input: {{ id: \"{id}\", expectedVersion: {version}, reason: \"Vẫn ngập\" }}) {{ feedback {{ code status }} }} }}"
    );
    let answer = asked.ask(&intake(), &document, json!({})).await;
    assert_eq!(answer["data"]["reopenFeedback"]["feedback"], json!({ "code": "A", "status": "MERGED" }), "{answer}");
    let primary = look(&asked, "P", "status reopenings reason", None).await;
    assert_eq!(primary, json!({ "status": "REOPENED", "reopenings": 1, "reason": "Vẫn ngập" }));
    // Once more: there is no answer to come back to, and the refusal says whose.
    let (_, version) = row(&pool, "A").await;
    let again = document.replace("Vẫn ngập", "Lại ngập").replacen(
        &format!("expectedVersion: {}", version - 1),
        &format!("expectedVersion: {version}"),
        1,
    );
    let answer = asked.ask(&intake(), &again, json!({})).await;
    assert_eq!(
        (&answer["errors"][0]["extensions"]["code"], &answer["errors"][0]["message"]),
        (
            &json!("CONFLICT"),
            &json!(
                "the case is MERGED into P, which is REOPENED; its reopening is one of P, which must be RESOLVED or CLOSED"
            )
        )
    );
    assert_eq!(row(&pool, "A").await.1, version);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_pushed_reopening_of_a_merged_case_reaches_its_primary_once(pool: PgPool) {
    three(&pool).await;
    merge(&pool, "A", "P", "2026-03-10 09:00").await;
    let again = event("A", "2026-03-11 09:00", "REOPENED", json!({ "reason": "Vẫn ngập" }));
    for _ in 0..2 {
        give(&pool, "feedback-events", std::slice::from_ref(&again)).await;
    }
    let asked = at(&pool, NOW);
    assert_eq!(look(&asked, "A", "status", None).await["status"], "MERGED");
    assert_eq!(look(&asked, "P", "status reopenings", None).await, json!({ "status": "REOPENED", "reopenings": 1 }));
    assert_eq!(
        look(&asked, "P", "status reopenings", Some("2026-03-10")).await,
        json!({ "status": "RESOLVED", "reopenings": 0 })
    );
    assert_eq!(recompute(&pool, feedback::FACTS, false, |_, _| {}).await.expect("a rebuild"), 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn nothing_is_merged_into_a_rejected_case(pool: PgPool) {
    three(&pool).await;
    merge(&pool, "B", "A", "2026-03-09 09:00").await;
    give(&pool, "feedback", &[case("OPEN", "2026-03-10 08:00", json!({}))]).await;
    happen(&pool, "A", &[("2026-03-10 09:00", "REJECTED")]).await;
    let asked = at(&pool, NOW);
    let (id, version) = row(&pool, "OPEN").await;
    // B was merged into the rejected case.
    for (into, refused) in [("A", true), ("B", true), ("P", false)] {
        let document = format!(
            "mutation {{ mergeFeedback(input: {{ id: \"{id}\", expectedVersion: {version}, primary: \"{into}\" }}) {{ feedback {{ status }} }} }}"
        );
        let answer = asked.ask(&intake(), &document, json!({})).await;
        if refused {
            assert_eq!(problem(&answer), ("VALIDATION".to_owned(), "input.primary".to_owned()), "{into}");
            assert!(
                answer["errors"][0]["message"].as_str().is_some_and(|text| text.contains("A is REJECTED")),
                "{answer}"
            );
        } else {
            assert_eq!(answer["data"]["mergeFeedback"]["feedback"]["status"], "MERGED", "{answer}");
        }
    }
}
