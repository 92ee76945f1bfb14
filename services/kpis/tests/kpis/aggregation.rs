//! Values over time, with what is missing, zero or cut.

use serde_json::{Value, json};
use service_kit::testing::{operator, problem};
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator, observed, target};

/// The target of an indicator for the city and 2025, on a day.
async fn of_2025(pool: &PgPool, code: &str, day: &str) -> Value {
    let answer = asked(pool)
        .data(&format!(
            r#"{{ kpiTargets(filter: {{ indicator: ["{code}"], area: ["01"], period: ["2025"] }}, asOf: "{day}") {{ edges {{ node {{
                actual complete coverage {{ numerator denominator }} observedUntil forecast forecastReason needed judged shortfall rag ragReason met attainment attainmentReason before }} }} }} }}"#
        ))
        .await;
    answer["kpiTargets"]["edges"][0]["node"].clone()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_flow_adds_up_and_is_forecast_by_its_season(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" }))]).await;
    give(&pool, "targets", &[target("F", "01", "2025", json!({ "value": "600" }))]).await;
    let quarters = |year: i32, values: [&str; 4]| -> Vec<Value> {
        (1..)
            .zip(values)
            .map(|(quarter, value)| {
                observed("F", "01", &format!("{year}-Q{quarter}"), "2025-01-03", json!({ "value": value }))
            })
            .collect()
    };
    // The first quarter was 100 of 400 and 100 of 600: 110 is a fifth, so the year 550; the mean of the two shares would say 528.
    give(&pool, "observations", &quarters(2023, ["100", "100", "100", "100"])).await;
    give(&pool, "observations", &quarters(2024, ["100", "200", "200", "100"])).await;
    give(&pool, "observations", &[observed("F", "01", "2025-Q1", "2025-04-10", json!({ "value": "110" }))]).await;
    let before = of_2025(&pool, "F", "2025-04-09").await;
    assert_eq!(
        (before["actual"].clone(), before["forecastReason"].clone(), before["ragReason"].clone()),
        (Value::Null, json!("NO_OBSERVATION"), json!("NO_OBSERVATION"))
    );
    let first = of_2025(&pool, "F", "2025-04-10").await;
    assert_eq!(
        (first["actual"].clone(), first["forecast"].clone(), first["judged"].clone()),
        (json!("110"), json!("550"), json!("FORECAST"))
    );
    // The same part of the year before was 100.
    assert_eq!(first["before"], json!("100"));
    // 50 of 600 is short: 8.33 %.
    assert_eq!(first["rag"], json!("AMBER_RED"));
    // A true zero is a value; a missing one is not, and the second quarter stays uncovered.
    give(
        &pool,
        "observations",
        &[
            observed("F", "01", "2025-Q2", "2025-07-10", json!({ "flags": ["MISSING"] })),
            observed("F", "01", "2025-Q3", "2025-10-10", json!({ "value": "0" })),
        ],
    )
    .await;
    let third = of_2025(&pool, "F", "2025-10-10").await;
    assert_eq!((third["actual"].clone(), third["complete"].clone()), (json!("110"), json!(false)));
    assert_eq!(third["coverage"], json!({ "numerator": "2", "denominator": "4" }));
    // The first and third quarters were 200 of 400 and 300 of 600: half.
    assert_eq!(third["forecast"], json!("220"));
    // An earlier year with a gap says nothing.
    give(
        &pool,
        "observations",
        &[
            observed("F", "01", "2023-Q4", "2025-11-01", json!({ "value": null, "flags": ["MISSING"] })),
            observed("F", "01", "2024-Q4", "2025-11-01", json!({ "value": null, "flags": ["MISSING"] })),
        ],
    )
    .await;
    let later = of_2025(&pool, "F", "2025-11-01").await;
    assert_eq!(
        (later["forecast"].clone(), later["forecastReason"].clone(), later["rag"].clone(), later["ragReason"].clone()),
        (Value::Null, json!("NO_EARLIER_YEAR"), Value::Null, json!("NO_EARLIER_YEAR"))
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_forecast_is_no_actual_and_stays_listed(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("S", "STOCK", "YEAR", json!({ "direction": "LOWER", "overPlaces": "SUM" }))])
        .await;
    give(&pool, "targets", &[target("S", "01", "2025", json!({ "value": "30", "baseline": "40" }))]).await;
    let forecast = json!({ "value": "12", "flags": ["FORECAST", "PROVISIONAL"] });
    give(
        &pool,
        "observations",
        &[
            observed("S", "01", "2025", "2025-06-10", forecast.clone()),
            observed("S", "00004", "2025", "2025-06-10", forecast),
        ],
    )
    .await;
    let found = of_2025(&pool, "S", "2025-12-31").await;
    assert_eq!(
        found,
        json!({ "actual": null, "complete": false, "coverage": { "numerator": "0", "denominator": "1" }, "observedUntil": null,
            "forecast": null, "forecastReason": "NO_OBSERVATION", "needed": null, "judged": null, "shortfall": null, "rag": null,
            "ragReason": "NO_OBSERVATION", "met": null, "attainment": null, "attainmentReason": "NO_OBSERVATION", "before": null })
    );
    let answer = asked(&pool)
        .data(r#"{ observations(filter: { flag: [FORECAST], area: ["01"] }) { edges { node { value status vintages { value flags } } } }
            indicator(code: "S") { series(area: "01", period: "2025") { value flags } together(period: "2025") { value reason } } }"#)
        .await;
    assert_eq!(
        answer["observations"]["edges"],
        json!([{ "node": { "value": "12", "status": "PUBLISHED", "vintages": [{ "value": "12", "flags": ["FORECAST", "PROVISIONAL"] }] } }])
    );
    assert_eq!(
        answer["indicator"],
        json!({ "series": [{ "value": null, "flags": ["FORECAST", "PROVISIONAL"] }], "together": { "value": null, "reason": "NO_OBSERVATION" } })
    );
    // What is observed in its place counts.
    let actual = json!({ "revision": 2, "externalId": "actual", "value": "31" });
    give(&pool, "observations", &[observed("S", "01", "2025", "2026-01-10", actual)]).await;
    let found = of_2025(&pool, "S", "2026-01-10").await;
    assert_eq!((&found["actual"], &found["met"], &found["rag"]), (&json!("31"), &json!(false), &json!("AMBER_RED")));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_flow_that_is_better_lower_has_an_attainment_when_its_period_is_over(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("L", "FLOW", "QUARTER", json!({ "direction": "LOWER" }))]).await;
    give(&pool, "targets", &[target("L", "01", "2025", json!({ "value": "200" }))]).await;
    give(&pool, "observations", &[observed("L", "01", "2025-Q1", "2025-04-10", json!({ "value": "13" }))]).await;
    // 200 ÷ 13 would be 1,538 %.
    let part = of_2025(&pool, "L", "2025-04-10").await;
    assert_eq!(
        (&part["actual"], &part["attainment"], &part["attainmentReason"]),
        (&json!("13"), &Value::Null, &json!("PERIOD_NOT_OVER"))
    );
    let rest = [("2025-Q2", "50"), ("2025-Q3", "87"), ("2025-Q4", "100")];
    let rest = rest.map(|(period, value)| observed("L", "01", period, "2026-01-10", json!({ "value": value })));
    give(&pool, "observations", &rest).await;
    // 200 ÷ 250.
    let whole = of_2025(&pool, "L", "2026-01-10").await;
    assert_eq!((&whole["attainment"], &whole["attainmentReason"]), (&json!("0.8"), &Value::Null));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_stock_takes_the_last_and_a_rate_divides_sums(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("S", "STOCK", "MONTH", json!({ "direction": "LOWER" })),
            indicator("R", "RATE", "MONTH", json!({ "overPlaces": "RATIO", "numerator": "a", "denominator": "b" })),
        ],
    )
    .await;
    give(
        &pool,
        "targets",
        &[
            target("S", "01", "2025", json!({ "value": "50", "baseline": "60" })),
            target("R", "01", "2025", json!({ "value": "60" })),
        ],
    )
    .await;
    for (month, value) in [(8, "52"), (9, "54"), (10, "53"), (11, "60")] {
        give(
            &pool,
            "observations",
            &[observed("S", "01", &format!("2025-{month:02}"), "2025-12-20", json!({ "value": value }))],
        )
        .await;
    }
    // The last month is missing: the stock is that of November, the year is not complete, and the line says December.
    let stock = of_2025(&pool, "S", "2025-12-31").await;
    assert_eq!(
        (stock["actual"].clone(), stock["complete"].clone(), stock["observedUntil"].clone()),
        (json!("60"), json!(false), json!("2025-11-30"))
    );
    assert!(
        (stock["forecast"].as_str().and_then(|text| text.parse::<f64>().ok()).expect("a forecast") - 61.166_666_67)
            .abs()
            < 1e-6
    );
    assert_eq!(stock["rag"], json!("RED"));
    give(&pool, "observations", &[observed("S", "01", "2025-12", "2026-01-10", json!({ "value": "50" }))]).await;
    let whole = of_2025(&pool, "S", "2026-01-10").await;
    assert_eq!(
        (
            whole["actual"].clone(),
            whole["complete"].clone(),
            whole["met"].clone(),
            whole["rag"].clone(),
            whole["attainment"].clone()
        ),
        (json!("50"), json!(true), json!(true), json!("GREEN"), json!("1"))
    );
    // 10 h at 50 % and 30 h at 10 % is 20 %, not 30 %.
    give(
        &pool,
        "observations",
        &[
            observed("R", "01", "2025-01", "2025-02-10", json!({ "numerator": "5", "denominator": "10" })),
            observed("R", "01", "2025-02", "2025-03-10", json!({ "numerator": "3", "denominator": "30" })),
        ],
    )
    .await;
    let rate = of_2025(&pool, "R", "2025-03-10").await;
    assert_eq!((rate["actual"].clone(), rate["before"].clone()), (json!("20"), Value::Null));
    // A rate without its parts cannot be added: no figure, and the reason.
    give(&pool, "observations", &[observed("R", "01", "2025-03", "2025-04-10", json!({ "value": "40" }))]).await;
    let mixed = of_2025(&pool, "R", "2025-04-10").await;
    assert_eq!((mixed["actual"].clone(), mixed["ragReason"].clone()), (Value::Null, json!("NO_NUMERATOR")));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn growth_weighs_its_quarters_by_the_levels_a_year_before(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("G", "GROWTH", "QUARTER", json!({}))]).await;
    give(&pool, "targets", &[target("G", "01", "2025", json!({ "value": "8" }))]).await;
    for (quarter, level) in [(1, "100"), (2, "200"), (3, "300"), (4, "400")] {
        give(
            &pool,
            "observations",
            &[observed(
                "G",
                "01",
                &format!("2024-Q{quarter}"),
                "2025-01-03",
                json!({ "numerator": level, "denominator": "100" }),
            )],
        )
        .await;
    }
    give(
        &pool,
        "observations",
        &[
            observed("G", "01", "2025-Q1", "2025-04-10", json!({ "numerator": "110", "denominator": "100" })),
            observed("G", "01", "2025-Q2", "2025-07-10", json!({ "numerator": "210", "denominator": "200" })),
        ],
    )
    .await;
    // 10 % of 100 and 5 % of 200 are 20 of 300; the other 700 need 80 - 20 = 60 of 700.
    let half = of_2025(&pool, "G", "2025-07-10").await;
    let close = |value: &Value, expected: f64| {
        (value.as_str().and_then(|text| text.parse::<f64>().ok()).expect("a number") - expected).abs() < 1e-9
    };
    assert!(close(&half["actual"], 20.0 / 3.0), "{half}");
    assert!(close(&half["needed"], 60.0 / 7.0), "{half}");
    assert_eq!((half["judged"].clone(), half["forecastReason"].clone()), (json!("TO_DATE"), json!("GROWTH_HAS_NEED")));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_trajectory_decides_before_a_forecast_and_versions_hold_from_their_decision(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("S", "STOCK", "QUARTER", json!({}))]).await;
    give(
        &pool,
        "targets",
        &[
            target(
                "S",
                "01",
                "2025",
                json!({ "value": "100", "baseline": "0", "trajectory": ["2025-03-31=20", "2025-06-30=50"] }),
            ),
            target(
                "S",
                "01",
                "2025",
                json!({ "externalId": "second", "observedAt": "2025-08-01T02:00:00Z", "value": "40", "baseline": "0", "decidedOn": "2025-08-01" }),
            ),
        ],
    )
    .await;
    give(
        &pool,
        "observations",
        &[
            observed("S", "01", "2025-Q1", "2025-04-10", json!({ "value": "20" })),
            observed("S", "01", "2025-Q2", "2025-07-10", json!({ "value": "36" })),
        ],
    )
    .await;
    let april = of_2025(&pool, "S", "2025-04-10").await;
    assert_eq!((april["judged"].clone(), april["rag"].clone()), (json!("TRAJECTORY"), json!("GREEN")));
    // 14 of the way of 100 are missing.
    let july = of_2025(&pool, "S", "2025-07-31").await;
    assert_eq!((july["shortfall"].clone(), july["rag"].clone()), (json!("0.14"), json!("AMBER_RED")));
    let august = of_2025(&pool, "S", "2025-08-01").await;
    assert_eq!(
        (august["attainment"].clone(), august["judged"].clone(), august["ragReason"].clone()),
        (json!("0.9"), Value::Null, json!("FEW_POINTS"))
    );
}

/// A new area has the code of one of the areas that it was made from: before the merger its values are of that one alone.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_stated_before_the_end_of_a_period_is_an_estimate_of_it(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("Y", "FLOW", "YEAR", json!({ "direction": "LOWER" })),
            indicator("S", "STOCK", "QUARTER", json!({})),
        ],
    )
    .await;
    give(
        &pool,
        "targets",
        &[
            target("Y", "01", "2025", json!({ "value": "100" })),
            target("S", "01", "2025", json!({ "value": "50", "trajectory": ["2025-12-31=50"] })),
        ],
    )
    .await;
    let estimate = |value: &str| json!({ "value": value, "flags": ["ESTIMATED"] });
    give(
        &pool,
        "observations",
        &[
            observed("Y", "01", "2025", "2025-11-10", estimate("90")),
            observed("S", "01", "2025-Q4", "2025-12-30", estimate("45")),
        ],
    )
    .await;
    let before = of_2025(&pool, "Y", "2025-12-31").await;
    for (field, value) in [
        ("actual", json!("90")),
        ("complete", json!(false)),
        ("judged", json!("ESTIMATE")),
        ("forecast", json!("90")),
        ("met", Value::Null),
        ("attainment", Value::Null),
        ("attainmentReason", json!("PERIOD_NOT_OVER")),
        ("rag", json!("GREEN")),
        ("coverage", json!({ "numerator": "0", "denominator": "1" })),
        ("observedUntil", Value::Null),
    ] {
        assert_eq!(before[field], value, "{field}");
    }
    // The end of the period makes no value of an estimate.
    assert_eq!(of_2025(&pool, "Y", "2026-01-19").await, before);
    let stock = of_2025(&pool, "S", "2025-12-31").await;
    assert_eq!((&stock["judged"], &stock["shortfall"]), (&json!("ESTIMATE"), &json!("0.1")));
    // An estimate from before the end is no report of the period: it is overdue twenty days after it.
    let late = |day: &str| {
        let document = format!(
            r#"{{ kpiStats(period: "2025", asOf: "{day}") {{ totals {{ observationLate met {{ denominator }} }} }} }}"#
        );
        let asked = asked(&pool);
        async move { asked.data(&document).await["kpiStats"]["totals"].clone() }
    };
    assert_eq!(late("2026-01-20").await, json!({ "observationLate": 1, "met": { "denominator": "0" } }));
    give(&pool, "observations", &[observed("Y", "01", "2025", "2026-01-20", json!({ "value": "95" }))]).await;
    // S is late since its first quarter.
    assert_eq!(late("2026-01-21").await, json!({ "observationLate": 1, "met": { "denominator": "1" } }));
    let after = of_2025(&pool, "Y", "2026-01-20").await;
    for (field, value) in [
        ("actual", json!("95")),
        ("complete", json!(true)),
        ("judged", json!("PERIOD")),
        ("forecast", Value::Null),
        ("met", json!(true)),
        ("rag", json!("GREEN")),
        ("coverage", json!({ "numerator": "1", "denominator": "1" })),
        ("observedUntil", json!("2025-12-31")),
    ] {
        assert_eq!(after[field], value, "{field}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_flow_with_a_gap_is_not_compared_with_its_trajectory_and_a_told_gap_is_not_overdue(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("F", "FLOW", "QUARTER", json!({}))]).await;
    let way = json!({ "value": "400", "trajectory": ["2025-03-31=100", "2025-06-30=200", "2025-09-30=300"] });
    give(&pool, "targets", &[target("F", "01", "2025", way)]).await;
    give(
        &pool,
        "observations",
        &[
            observed("F", "01", "2025-Q1", "2025-04-10", json!({ "value": "100" })),
            observed("F", "01", "2025-Q2", "2025-07-10", json!({ "flags": ["MISSING"] })),
            observed("F", "01", "2025-Q3", "2025-10-10", json!({ "value": "100" })),
        ],
    )
    .await;
    let first = of_2025(&pool, "F", "2025-07-10").await;
    assert_eq!((&first["judged"], &first["rag"]), (&json!("TRAJECTORY"), &json!("GREEN")));
    // 200 of three quarters of which one is unknown is not 100 short of 300.
    let third = of_2025(&pool, "F", "2025-10-10").await;
    assert_eq!((&third["actual"], &third["judged"], &third["rag"]), (&json!("200"), &Value::Null, &Value::Null));
    let answer = asked(&pool)
        .data(r#"{ kpiStats(period: "2025", asOf: "2025-12-31") { totals { observationLate reported { numerator denominator } } }
            indicator(code: "F") { series(area: "01", period: "2025", asOf: "2025-12-31") { value toDate yearTarget trajectory } } }"#)
        .await;
    assert_eq!(
        answer["kpiStats"]["totals"],
        json!({ "observationLate": 0, "reported": { "numerator": "2", "denominator": "3" } })
    );
    let point = |value: Value, to_date: Value, trajectory: &str| json!({ "value": value, "toDate": to_date, "yearTarget": "400", "trajectory": trajectory });
    assert_eq!(
        answer["indicator"]["series"],
        json!([
            point(json!("100"), json!("100"), "100"),
            point(Value::Null, Value::Null, "200"),
            point(json!("100"), Value::Null, "300"),
            point(Value::Null, Value::Null, "300"),
        ])
    );
    give(
        &pool,
        "observations",
        &[observed("F", "01", "2025-Q2", "2025-11-10", json!({ "value": "90", "flags": ["NORMAL"] }))],
    )
    .await;
    let answer = asked(&pool)
        .data(r#"{ indicator(code: "F") { series(area: "01", period: "2025", asOf: "2025-12-31") { toDate } } }"#)
        .await;
    assert_eq!(
        answer["indicator"]["series"],
        json!([{ "toDate": "100" }, { "toDate": "190" }, { "toDate": "290" }, { "toDate": null }])
    );
    let whole = of_2025(&pool, "F", "2025-11-10").await;
    assert_eq!((&whole["judged"], &whole["shortfall"]), (&json!("TRAJECTORY"), &json!("0.025")));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_done_or_not_has_no_trend_and_a_part_of_a_flow_no_way_from_the_baseline(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("B", "STOCK", "MONTH", json!({ "direction": "BINARY" })),
            indicator("F", "FLOW", "QUARTER", json!({})),
            indicator("D", "FLOW", "QUARTER", json!({})),
        ],
    )
    .await;
    give(
        &pool,
        "targets",
        &[
            target("B", "01", "2025", json!({ "value": "1" })),
            target("F", "01", "2025", json!({ "value": "500", "baseline": "400" })),
            target("D", "01", "2025", json!({ "value": "-80", "baseline": "-100" })),
        ],
    )
    .await;
    for month in 1..=6 {
        let value = if month == 6 { "1" } else { "0" };
        give(
            &pool,
            "observations",
            &[observed(
                "B",
                "01",
                &format!("2025-{month:02}"),
                &format!("2025-{:02}-05", month + 1),
                json!({ "value": value }),
            )],
        )
        .await;
    }
    let may = of_2025(&pool, "B", "2025-06-30").await;
    assert_eq!(
        (may["forecast"].clone(), may["rag"].clone(), may["ragReason"].clone()),
        (Value::Null, Value::Null, json!("BINARY_HAS_NO_FORECAST"))
    );
    let june = of_2025(&pool, "B", "2025-07-05").await;
    assert_eq!((june["judged"].clone(), june["rag"].clone()), (json!("TO_DATE"), json!("GREEN")));
    // A deficit: a quarter of last year's was -20 of -100, so -18 now is -90 of the year, half of the way from -100 to -80.
    for (code, before) in [("F", ["100", "100", "100", "100"]), ("D", ["-20", "-30", "-30", "-20"])] {
        for (quarter, value) in (1..).zip(before) {
            give(
                &pool,
                "observations",
                &[observed(code, "01", &format!("2024-Q{quarter}"), "2025-01-03", json!({ "value": value }))],
            )
            .await;
        }
    }
    give(
        &pool,
        "observations",
        &[
            observed("F", "01", "2025-Q1", "2025-04-10", json!({ "value": "130" })),
            observed("D", "01", "2025-Q1", "2025-04-10", json!({ "value": "-18" })),
        ],
    )
    .await;
    let part = of_2025(&pool, "F", "2025-04-10").await;
    assert_eq!(
        (part["attainment"].clone(), part["attainmentReason"].clone(), part["forecast"].clone(), part["rag"].clone()),
        (Value::Null, json!("PERIOD_NOT_OVER"), json!("520"), json!("GREEN"))
    );
    let deficit = of_2025(&pool, "D", "2025-04-10").await;
    assert_eq!((deficit["forecast"].clone(), deficit["shortfall"].clone()), (json!("-90"), json!("0.5")));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_not_done_yet_is_not_judged_and_an_estimate_says_so(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("B", "STOCK", "QUARTER", json!({ "direction": "BINARY" })),
            indicator("S", "STOCK", "QUARTER", json!({})),
            indicator("F", "FLOW", "MONTH", json!({})),
        ],
    )
    .await;
    for (code, area, value) in [("B", "00004", "1"), ("B", "00008", "1"), ("S", "00004", "10"), ("F", "00004", "100")] {
        give(&pool, "targets", &[target(code, area, "2026", json!({ "value": value }))]).await;
    }
    give(
        &pool,
        "observations",
        &[
            // Of the running quarter: not done by 2 October, and done by then.
            observed("B", "00004", "2026-Q4", "2026-10-02", json!({ "value": "0" })),
            observed("B", "00008", "2026-Q4", "2026-10-02", json!({ "value": "1" })),
            // A year before only the last quarter is known.
            observed("S", "00004", "2025-Q2", "2025-07-10", json!({ "value": "5" })),
            observed("S", "00004", "2026-Q1", "2026-04-10", json!({ "value": "6" })),
            observed("S", "00004", "2026-Q2", "2026-07-10", json!({ "value": "7" })),
            observed("F", "00004", "2026-10", "2026-11-10", json!({ "value": "8" })),
            observed("F", "00004", "2026-11", "2026-11-20", json!({ "value": "9", "flags": ["ESTIMATED"] })),
        ],
    )
    .await;
    let asked = asked(&pool);
    let shown = async |code: &str, area: &str, day: &str, fields: &str| {
        let document = format!(
            r#"{{ kpiTargets(asOf: "{day}", filter: {{ indicator: ["{code}"], area: ["{area}"] }}) {{ edges {{ node {{ {fields} }} }} }} }}"#
        );
        asked.data(&document).await["kpiTargets"]["edges"][0]["node"].clone()
    };
    let judged = "actual met complete judged rag ragReason observedUntil";
    assert_eq!(
        shown("B", "00004", "2026-11-27", judged).await,
        json!({ "actual": "0", "met": null, "complete": false, "judged": null, "rag": null, "ragReason": "BINARY_HAS_NO_FORECAST", "observedUntil": null })
    );
    assert_eq!(
        shown("B", "00008", "2026-11-27", judged).await,
        json!({ "actual": "1", "met": true, "complete": true, "judged": "PERIOD", "rag": "GREEN", "ragReason": null, "observedUntil": "2026-12-31" })
    );
    assert_eq!(shown("S", "00004", "2026-11-27", "actual before").await, json!({ "actual": "7", "before": "5" }));
    assert_eq!(shown("S", "00004", "2026-06-30", "actual before").await, json!({ "actual": "6", "before": null }));
    let estimated = "actual estimated observedUntil";
    assert_eq!(
        shown("F", "00004", "2026-11-20", estimated).await,
        json!({ "actual": "17", "estimated": true, "observedUntil": "2026-10-31" })
    );
    assert_eq!(
        shown("F", "00004", "2026-11-19", estimated).await,
        json!({ "actual": "8", "estimated": false, "observedUntil": "2026-10-31" })
    );
    // A target cannot have a period in which nothing can be observed.
    let answer = asked
        .ask(&operator(), r#"{ indicator(code: "S") { decomposition(period: "2026-02") { target } } }"#, json!(null))
        .await;
    assert_eq!(problem(&answer), ("VALIDATION".to_owned(), "period".to_owned()));
}
