//! Measures of targets: each number is its list, and equal to a plain statement over base rows.

use serde_json::{Value, json};
use service_kit::testing::count_statements;
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator, observed, target};

async fn city(pool: &PgPool) {
    found(pool).await;
    let scopes = json!(["CITY", "AREA", "ORGANIZATION"]);
    let of_health =
        json!({ "direction": "LOWER", "organization": "SYT", "accountable": null, "programmes": [], "scopes": scopes });
    give(
        pool,
        "indicators",
        &[
            indicator("GRDP", "GROWTH", "QUARTER", json!({ "critical": true })),
            indicator(
                "THU",
                "FLOW",
                "MONTH",
                json!({ "overPlaces": "SUM", "bottlenecks": ["FLOODING"], "programmes": ["CT1", "CT2"] }),
            ),
            indicator("NGHEO", "STOCK", "QUARTER", of_health),
        ],
    )
    .await;
    give(
        pool,
        "targets",
        &[
            target("GRDP", "01", "2026", json!({ "value": "11" })),
            target("GRDP", "01", "2026-Q1", json!({ "value": "10.23" })),
            target("THU", "01", "2026", json!({ "value": "120", "trajectory": ["2026-06-30=60"] })),
            target("THU", "00004", "2026", json!({ "value": "12" })),
            target("NGHEO", "01", "2026", json!({ "value": "2", "baseline": "4" })),
            target(
                "NGHEO",
                "",
                "2026",
                json!({ "externalId": "of PHONG", "area": null, "organization": "PHONG", "value": "1" }),
            ),
        ],
    )
    .await;
    let mut seen = vec![observed("GRDP", "01", "2026-Q1", "2026-04-06", json!({ "value": "10.23" }))];
    seen.extend((1..=6).map(|month| {
        observed(
            "THU",
            "01",
            &format!("2026-{month:02}"),
            &format!("2026-{:02}-10", month + 1),
            json!({ "value": "8" }),
        )
    }));
    give(pool, "observations", &seen).await;
}

const MEASURES: [(&str, &str); 10] = [
    ("total", "TOTAL"),
    ("green", "GREEN"),
    ("red", "RED"),
    ("criticalRed", "CRITICAL_RED"),
    ("unjudged", "UNJUDGED"),
    ("observationLate", "OBSERVATION_LATE"),
    ("withoutObservation", "WITHOUT_OBSERVATION"),
    ("onTrack", "ON_TRACK"),
    ("met", "MET"),
    ("indicators", "INDICATORS"),
];

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_number_is_its_list(pool: PgPool) {
    city(&pool).await;
    let asked = asked(&pool);
    let mut checked = 0;
    for (dimension, as_of) in [
        ("INDICATOR", "2026-11-27"),
        ("SCOPE", "2026-08-01"),
        ("AREA", "2026-11-27"),
        ("ORGANIZATION", "2026-05-01"),
        ("AXIS", "2026-11-27"),
        ("LEVEL", "2026-11-27"),
        ("OFFICIAL", "2026-06-30"),
        ("OFFICIAL", "2026-07-01"),
        ("PROGRAMME", "2026-11-27"),
        ("BOTTLENECK", "2026-11-27"),
        ("NATURE", "2026-11-27"),
        ("RAG", "2026-11-27"),
    ] {
        let drills: Vec<String> = MEASURES
            .iter()
            .map(|(name, value)| format!("{name}: drillDown(measure: {value}) {{ filter asOf }}"))
            .collect();
        let answer = asked
            .data(&format!(
                r#"{{ kpiStats(period: "2026", groupBy: [{dimension}], asOf: "{as_of}") {{ rows {{ measures {{ total green red criticalRed unjudged observationLate withoutObservation indicators onTrack {{ denominator }} met {{ denominator }} }} {} }} }} }}"#,
                drills.join(" ")
            ))
            .await;
        for row in answer["kpiStats"]["rows"].as_array().expect("rows") {
            for (name, _) in MEASURES {
                let number = match &row["measures"][name] {
                    Value::Object(rate) => {
                        rate["denominator"].as_str().and_then(|text| text.parse().ok()).expect("a number")
                    }
                    number => number.as_u64().expect("a number"),
                };
                let document = "query($filter: KpiFilter, $asOf: Date) { kpiTargets(filter: $filter, asOf: $asOf, first: 50) { totalCount edges { node { indicator { code } } } } }";
                let who = service_kit::testing::operator();
                let list = asked
                    .ask(&who, document, json!({ "filter": row[name]["filter"], "asOf": row[name]["asOf"] }))
                    .await;
                let found = &list["data"]["kpiTargets"];
                let counted = if name == "indicators" {
                    let codes: std::collections::BTreeSet<String> = found["edges"]
                        .as_array()
                        .unwrap_or_else(|| panic!("{dimension} {name} {} {list}", row[name]))
                        .iter()
                        .map(|edge| edge["node"].to_string())
                        .collect();
                    codes.len() as u64
                } else {
                    found["totalCount"].as_u64().unwrap_or_else(|| panic!("{dimension} {name} {} {list}", row[name]))
                };
                assert_eq!(counted, number, "{dimension} {as_of} {name} {row}");
                checked += 1;
            }
        }
    }
    assert!(checked > 250, "{checked}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_judgements_of_a_day_and_the_coverage_are_those_of_the_rows(pool: PgPool) {
    city(&pool).await;
    let asked = asked(&pool);
    let answer = asked
        .data(r#"{ kpiStats(period: "2026", groupBy: [PROGRAMME], asOf: "2026-08-21") { rows { programme { code } measures { total } } totals { total green amberGreen amberRed red reported { numerator denominator } observationLate met { numerator denominator } } freshness { rowsOverlap } } }"#)
        .await;
    let totals = &answer["kpiStats"]["totals"];
    // THU of the city is 12 of 120 short of its trajectory: amber-red. GRDP of the first quarter is met, that of the year 0.77 of 11 short.
    assert_eq!(
        [&totals["green"], &totals["amberGreen"], &totals["amberRed"], &totals["red"]],
        [&json!(1), &json!(0), &json!(2), &json!(0)]
    );
    assert_eq!(totals["met"], json!({ "numerator": "1", "denominator": "1" }));
    // Due on 21 August with a lag of 20 days: two quarters of four quarterly targets of the year and one of its first quarter (GRDP year 2,
    // quarter 1, NGHEO 2 and 2), seven months of each THU. Published: 1 and 1 of GRDP, six of THU.
    assert_eq!(totals["reported"], json!({ "numerator": "8", "denominator": "21" }));
    assert_eq!(answer["kpiStats"]["freshness"]["rowsOverlap"], json!(true));
    let of = |rows: &Value, code: Option<&str>| {
        let rows = rows.as_array().expect("rows");
        rows.iter().find(|row| row["programme"]["code"].as_str() == code).map(|row| row["measures"]["total"].clone())
    };
    // THU is in both programmes, and once in the total.
    let rows = &answer["kpiStats"]["rows"];
    assert_eq!(
        (of(rows, Some("CT1")), of(rows, Some("CT2")), of(rows, None)),
        (Some(json!(4)), Some(json!(2)), Some(json!(2)))
    );
    assert_eq!(totals["total"], json!(6));
    // The day before, the observation of July was not overdue.
    let before = asked.data(r#"{ kpiStats(period: "2026", filter: { indicator: ["THU"], area: ["01"] }, asOf: "2026-08-20") { totals { observationLate reported { denominator } } } }"#).await;
    assert_eq!(before["kpiStats"]["totals"], json!({ "observationLate": 0, "reported": { "denominator": "6" } }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_period_that_is_over_is_judged_by_what_was_published_after_it(pool: PgPool) {
    city(&pool).await;
    give(&pool, "targets", &[target("GRDP", "01", "2026-Q2", json!({ "value": "10.5" }))]).await;
    give(&pool, "observations", &[observed("GRDP", "01", "2026-Q2", "2026-07-06", json!({ "value": "8" }))]).await;
    let quarters = |as_of: &str| {
        let document = format!(
            r#"{{ kpiStats(period: "2026", filter: {{ indicator: ["GRDP"], span: [QUARTER] }}, grain: QUARTER, asOf: "{as_of}") {{ rows {{ bucket measures {{ total green red unjudged }} }} }} }}"#
        );
        let asked = asked(&pool);
        async move {
            let rows = asked.data(&document).await["kpiStats"]["rows"].clone();
            // A bucket without a target has a row of zeros.
            Value::Array(
                rows.as_array()
                    .expect("rows")
                    .iter()
                    .filter(|row| row["measures"]["total"] != json!(0))
                    .cloned()
                    .collect(),
            )
        }
    };
    let row = |bucket: &str, green: i32, red: i32| json!({ "bucket": bucket, "measures": { "total": 1, "green": green, "red": red, "unjudged": 1 - green - red } });
    assert_eq!(quarters("2026-07-06").await, json!([row("2026-Q1", 1, 0), row("2026-Q2", 0, 1)]));
    assert_eq!(quarters("2026-07-05").await, json!([row("2026-Q1", 1, 0), row("2026-Q2", 0, 0)]));
    assert_eq!(quarters("2026-04-05").await, json!([row("2026-Q1", 0, 0), row("2026-Q2", 0, 0)]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn statements_do_not_grow_with_the_rows(pool: PgPool) {
    city(&pool).await;
    let asked = asked(&pool);
    let document = r#"{ indicators(first: 100) { edges { node { code parent { code } children { code } targets { totalCount edges { node { rag indicator { name } } } } measures(period: "2026") { total }
        series(area: "01", period: "2026") { value } } } } observations(first: 5) { edges { node { indicator { code } vintages { value } } } } }"#;
    asked.data(document).await;
    let (_, few) = count_statements(asked.data(document)).await;
    let more: Vec<Value> =
        (0..40).map(|number| indicator(&format!("Z{number}"), "FLOW", "MONTH", json!({ "parent": "THU" }))).collect();
    give(&pool, "indicators", &more).await;
    let (_, many) = count_statements(asked.data(document)).await;
    // Look-ups of one kind at two places of the query are one batch or two, by when the database answers the one before.
    assert!(many.abs_diff(few) <= 1, "{few} {many}");
}
