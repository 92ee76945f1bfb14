//! Rows that contradict a rule are refused with the field and what is accepted.

use serde_json::{Value, json};
use service_kit::push::PushStatus;
use sqlx::PgPool;

use crate::city::{found, give, indicator, observed, offer, target};

/// The fields of the errors of a row.
async fn refused(pool: &PgPool, kind: &str, row: Value) -> Vec<String> {
    let results = offer(pool, kind, std::slice::from_ref(&row)).await;
    assert_eq!(results[0].status, PushStatus::Rejected, "{row}: {results:?}");
    results[0].errors.iter().map(|error| error.path.clone()).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_names_its_field(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[indicator("F", "FLOW", "QUARTER", json!({})), indicator("C", "FLOW", "QUARTER", json!({ "parent": "F" }))],
    )
    .await;
    for (more, field) in [
        (json!({ "overPlaces": "RATIO" }), "overPlaces"),
        (json!({ "nature": "RATE", "overPlaces": "SUM" }), "overPlaces"),
        (json!({ "nature": "RATE", "overPlaces": "RATIO" }), "numerator"),
        (json!({ "scopes": ["CITY", "PLANET"] }), "scopes"),
        (json!({ "parent": "X" }), "parent"),
        (json!({ "direction": "UP" }), "direction"),
        (json!({ "scale": "0" }), "scale"),
    ] {
        let found = refused(&pool, "indicators", indicator("X", "FLOW", "QUARTER", more.clone())).await;
        assert!(found.contains(&field.to_owned()), "{more}: {found:?}");
    }
    assert_eq!(
        refused(
            &pool,
            "indicators",
            json!({ "externalId": "F", "observedAt": "2026-01-01T02:00:00Z", "code": "F", "parent": "C" })
        )
        .await,
        ["parent"]
    );
    for (more, field) in [
        (json!({ "value": null }), "value"),
        (json!({ "value": "1", "low": "1" }), "value"),
        (json!({ "value": null, "low": "3", "high": "2" }), "low"),
        (json!({ "value": "1", "period": "2026-13" }), "period"),
        (json!({ "value": "1", "period": "2026-02" }), "period"),
        (json!({ "value": "1", "trajectory": ["2026-06-30=5", "2026-03-31=2"] }), "trajectory"),
        (json!({ "value": "1", "trajectory": ["soon=5"] }), "trajectory"),
        (json!({ "value": "1", "organization": "STC" }), "area"),
        (json!({ "value": "1", "area": null }), "area"),
    ] {
        let found = refused(&pool, "targets", target("F", "01", "2026", more.clone())).await;
        assert!(found.contains(&field.to_owned()), "{more}: {found:?}");
    }
    for (more, field) in [
        (json!({}), "value"),
        (json!({ "value": "1", "flags": ["MISSING"] }), "flags"),
        (json!({ "value": "1", "flags": ["GUESSED"] }), "flags"),
        (json!({ "value": "1", "flags": [] }), "flags"),
        (json!({ "numerator": "1" }), "denominator"),
        (json!({ "numerator": "1", "denominator": "0" }), "denominator"),
        (json!({ "value": "1", "period": "2026" }), "period"),
        (json!({ "value": "1", "period": "2026-03" }), "period"),
        (json!({ "value": "1", "status": "SECRET" }), "status"),
    ] {
        let found = refused(&pool, "observations", observed("F", "01", "2026-Q1", "2026-04-10", more.clone())).await;
        assert!(found.contains(&field.to_owned()), "{more}: {found:?}");
    }
    // Two rows of one period under different ids contradict each other.
    give(&pool, "observations", &[observed("F", "01", "2026-Q1", "2026-04-10", json!({ "value": "1" }))]).await;
    let other = observed("F", "01", "2026-Q1", "2026-04-11", json!({ "externalId": "other", "value": "2" }));
    assert_eq!(refused(&pool, "observations", other).await, ["revision"]);
    // An observation of an indicator that has not come yet waits for it.
    let results =
        offer(&pool, "observations", &[observed("LATER", "01", "2026-Q1", "2026-04-10", json!({ "value": "1" }))])
            .await;
    assert_eq!(results[0].status, PushStatus::Parked);
}
