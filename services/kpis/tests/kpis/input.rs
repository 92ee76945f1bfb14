//! Rows that contradict a rule are refused with the field and what is accepted.

use serde_json::{Value, json};
use service_kit::push::{PushStatus, RowError};
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
        &[
            indicator("F", "FLOW", "QUARTER", json!({})),
            indicator("C", "FLOW", "QUARTER", json!({ "parent": "F" })),
            indicator("CITY", "RATE", "MONTH", json!({ "scopes": ["CITY"] })),
            indicator("RANGE", "STOCK", "QUARTER", json!({ "direction": "RANGE" })),
        ],
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
        (json!({ "value": "1", "period": "0000" }), "period"),
        (json!({ "value": "1", "trajectory": ["0000-06-30=5"] }), "trajectory"),
        (json!({ "value": "1", "period": "2026-02" }), "period"),
        (json!({ "value": "1", "trajectory": ["2026-06-30=5", "2026-03-31=2"] }), "trajectory"),
        (json!({ "value": "1", "trajectory": ["soon=5"] }), "trajectory"),
        (json!({ "value": "1", "organization": "STC" }), "area"),
        (json!({ "value": "1", "area": null }), "area"),
        (json!({ "value": null, "low": "1", "high": "2" }), "low"),
        (json!({ "indicator": "RANGE", "value": "1" }), "value"),
        (json!({ "indicator": "CITY", "area": "00004", "value": "1" }), "area"),
        (json!({ "area": null, "organization": "STC", "value": "1" }), "area"),
        (json!({ "value": "1", "decidedOn": "2025-01-03" }), "decidedOn"),
        (json!({ "value": "1", "trajectory": ["2025-12-31=5", "2026-03-31=9"] }), "trajectory"),
        (json!({ "value": "1", "trajectory": ["2026-03-31=5", "2027-01-01=9"] }), "trajectory"),
        (json!({ "value": "1", "trajectory": ["2026-02-30=5"] }), "trajectory"),
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
        (json!({ "numerator": "1", "denominator": "2" }), "value"),
        (json!({ "value": "1", "period": "2026-Q3" }), "period"),
        (json!({ "value": "1", "area": null, "organization": "STC" }), "area"),
        (json!({ "indicator": "CITY", "area": "00004", "period": "2026-01", "value": "1" }), "area"),
        (
            json!({ "indicator": "CITY", "period": "2026-01", "value": "55", "numerator": "40", "denominator": "100" }),
            "value",
        ),
    ] {
        let found = refused(&pool, "observations", observed("F", "01", "2026-Q1", "2026-04-10", more.clone())).await;
        assert!(found.contains(&field.to_owned()), "{more}: {found:?}");
    }
    // The last day before a period begins is too early, its first one is not: in the city, where it is seven hours later.
    let early = |at: &str| json!({ "observedAt": at, "period": "2026-Q3", "value": "1", "flags": ["ESTIMATED"] });
    let row = |at: &str| observed("F", "00004", "2026-Q3", "2026-07-01", early(at));
    let results = offer(&pool, "observations", &[row("2026-06-30T16:59:59Z")]).await;
    let error = &results[0].errors[0];
    assert_eq!((results[0].status, error.path.as_str()), (PushStatus::Rejected, "period"));
    assert!(error.en.contains("has not begun") && error.vi.contains("kỳ chưa bắt đầu"), "{error:?}");
    give(&pool, "observations", &[row("2026-06-30T17:00:00Z")]).await;
    // Until it is over its value is an estimate, and says so.
    let value = |at: &str| observed("F", "00008", "2026-Q3", "2026-07-01", json!({ "observedAt": at, "value": "1" }));
    assert_eq!(refused(&pool, "observations", value("2026-09-30T16:59:59Z")).await, ["flags"]);
    give(&pool, "observations", &[value("2026-09-30T17:00:00Z")]).await;
    // A range with one bound, a trajectory up to the last day of its period, and a value rounded beside its parts.
    give(
        &pool,
        "targets",
        &[
            target("RANGE", "01", "2026", json!({ "low": "2.5" })),
            target("F", "00008", "2026", json!({ "value": "1", "trajectory": ["2026-01-01=0", "2026-12-31=1"] })),
        ],
    )
    .await;
    let rounded = json!({ "value": "66.7", "numerator": "2", "denominator": "3" });
    give(&pool, "observations", &[observed("CITY", "01", "2026-01", "2026-02-10", rounded)]).await;
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

/// The first error of a row.
async fn error(pool: &PgPool, kind: &str, row: Value) -> RowError {
    let results = offer(pool, kind, std::slice::from_ref(&row)).await;
    assert_eq!(results[0].status, PushStatus::Rejected, "{row}: {results:?}");
    results[0].errors[0].clone()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_done_or_not_is_one_or_zero(pool: PgPool) {
    found(&pool).await;
    let binary = |code: &str, nature: &str| indicator(code, nature, "QUARTER", json!({ "direction": "BINARY" }));
    give(
        &pool,
        "indicators",
        &[binary("DONE", "STOCK"), binary("PART", "RATE"), indicator("F", "FLOW", "QUARTER", json!({}))],
    )
    .await;
    for value in ["7", "0.5", "-1", "1.0001"] {
        let row = observed("DONE", "01", "2026-Q1", "2026-04-10", json!({ "value": value }));
        let error = error(&pool, "observations", row).await;
        assert_eq!(error.path, "value", "{value}");
        assert!(error.en.contains("accepted: 1 (done) or 0") && error.vi.contains("chỉ nhận 1 (đạt)"), "{error:?}");
    }
    // Also of a value that parts give: 100 × 3 ÷ 4.
    let parts = json!({ "numerator": "3", "denominator": "4" });
    let row = observed("PART", "01", "2026-Q1", "2026-04-10", parts);
    assert_eq!(error(&pool, "observations", row).await.path, "value");
    for (more, field) in [
        (json!({ "value": "7" }), "value"),
        (json!({ "value": "1", "baseline": "0.5" }), "baseline"),
        (json!({ "value": "1", "trajectory": ["2026-06-30=0.5", "2026-12-31=1"] }), "trajectory"),
    ] {
        let error = error(&pool, "targets", target("DONE", "01", "2026", more.clone())).await;
        assert_eq!(error.path, field, "{more}");
        assert!(error.en.contains("accepted: 1 (done) or 0"), "{error:?}");
    }
    let whole = json!({ "value": "1", "baseline": "0", "trajectory": ["2026-06-30=0", "2026-12-31=1"] });
    give(&pool, "targets", &[target("DONE", "01", "2026", whole), target("F", "01", "2026", json!({ "value": "7" }))])
        .await;
    give(
        &pool,
        "observations",
        &[
            observed("DONE", "01", "2026-Q1", "2026-04-10", json!({ "value": "0" })),
            observed("DONE", "01", "2026-Q2", "2026-07-10", json!({ "value": "1.0" })),
            observed("DONE", "00004", "2026-Q1", "2026-04-10", json!({ "flags": ["MISSING"] })),
        ],
    )
    .await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_decision_is_of_a_plausible_day_and_a_baseline_of_an_earlier_period(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("F", "FLOW", "QUARTER", json!({}))]).await;
    for day in ["1800-01-01", "1989-12-31"] {
        let error = error(&pool, "targets", target("F", "01", "2026", json!({ "value": "1", "decidedOn": day }))).await;
        assert_eq!(error.path, "decidedOn", "{day}");
        assert!(error.en.contains("accepted: a day from 1990 to 2100"), "{error:?}");
    }
    let based = |period: &str, baseline: &str| {
        let more = json!({ "value": "9", "baseline": "5", "baselinePeriod": baseline });
        target("F", "01", period, more)
    };
    for (period, baseline) in
        [("2026", "2030"), ("2026", "2026"), ("2026", "2026-Q1"), ("2026-Q2", "2026"), ("2026-Q2", "2026-06")]
    {
        let error = error(&pool, "targets", based(period, baseline)).await;
        assert_eq!(error.path, "baselinePeriod", "{period} {baseline}");
        assert!(error.en.contains("accepted: a period that ends before it"), "{error:?}");
    }
    give(
        &pool,
        "targets",
        &[
            based("2026", "2025"),
            based("2027", "2025-Q4"),
            based("2026-Q2", "2026-03"),
            target("F", "00004", "2026", json!({ "value": "1", "decidedOn": "1990-01-01" })),
        ],
    )
    .await;
}

/// An office that sends back what it exported, under ids of its own.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn rows_of_periods_that_others_have_are_refused_each_and_together(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("F", "FLOW", "MONTH", json!({}))]).await;
    let periods: Vec<String> = (0..24).map(|month| format!("{}-{:02}", 2024 + month / 12, month % 12 + 1)).collect();
    let rows = |id: &str| -> Vec<Value> {
        let of = |(area, period): (&str, &String)| {
            let id = json!({ "externalId": format!("{id}/{area}/{period}"), "value": "1" });
            observed("F", area, period, "2026-01-10", id)
        };
        ["01", "00004"].iter().flat_map(|area| periods.iter().map(move |period| of((*area, period)))).collect()
    };
    give(&pool, "observations", &rows("own")).await;
    let mut again = rows("back");
    let new = observed("F", "00008", "2025-01", "2026-01-10", json!({ "value": "2" }));
    let twice = observed("F", "00008", "2025-01", "2026-01-10", json!({ "externalId": "twice", "value": "3" }));
    again.insert(7, new);
    again.insert(20, twice);
    let results = offer(&pool, "observations", &again).await;
    for (place, result) in results.iter().enumerate() {
        if place == 7 {
            assert_eq!(result.status, PushStatus::Created, "{result:?}");
            continue;
        }
        let error = &result.errors[0];
        assert_eq!(
            (result.status, error.path.as_str(), error.code.clone()),
            (PushStatus::Rejected, "revision", "CONFLICT".to_owned()),
            "{result:?}"
        );
    }
    assert_eq!(results.len(), 50);
    // A target of a day is one, whoever states it.
    give(&pool, "targets", &[target("F", "01", "2026", json!({ "value": "1" }))]).await;
    let other = target("F", "01", "2026", json!({ "externalId": "other", "value": "2" }));
    assert_eq!(refused(&pool, "targets", other).await, ["decidedOn"]);
}
