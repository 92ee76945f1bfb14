//! Measures of targets, and the lists behind them.

use serde_json::json;
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator, observed, target};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_number_is_its_list(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("GRDP", "GROWTH", "QUARTER", json!({ "critical": true })),
            indicator("THU", "FLOW", "MONTH", json!({ "unit": "tỷ đồng", "overPlaces": "SUM", "bottlenecks": ["FLOODING"], "programmes": ["CT1", "CT2"] })),
            indicator("NGHEO", "STOCK", "QUARTER", json!({ "direction": "LOWER", "organization": "SYT", "accountable": null })),
        ],
    )
    .await;
    give(
        &pool,
        "targets",
        &[
            target("GRDP", "01", "2026", json!({ "value": "11" })),
            target("GRDP", "01", "2026-Q1", json!({ "value": "10.23" })),
            target("THU", "01", "2026", json!({ "value": "120" })),
            target("THU", "00004", "2026", json!({ "value": "12" })),
            target("NGHEO", "01", "2026", json!({ "value": "2", "baseline": "4" })),
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
    give(&pool, "observations", &seen).await;
    let asked = asked(&pool);
    let answer = asked
        .data(
            r#"{ kpiStats(period: "2026", groupBy: [ORGANIZATION]) {
                rows { organization { code } measures { total red unjudged withoutObservation observationLate reported { numerator denominator } met { numerator denominator } } drillDown(measure: TOTAL) { filter asOf } }
                totals { total indicators green red unjudged withoutObservation observationLate judgements { rag targets } onTrack { numerator denominator } } freshness { rowsOverlap } }
              kpiTargets(first: 10) { totalCount edges { node { indicator { code name organization { code } } area { code } period value actual complete coverage { numerator denominator } observedUntil lateFrom observationLate
                 forecast forecastReason needed attainment attainmentReason gap met judged shortfall rag ragReason decidedOn trajectory { on value } } } }
              indicators(first: 10) { totalCount edges { node { code children { code } targets(first: 5) { totalCount } measures(period: "2026") { total } } } }
              observations(first: 3) { totalCount edges { node { period value status vintages { vintage value from until } } } }
              kpiRevisions(period: "2026") { vintage } }"#,
        )
        .await;
    let series = asked.data(r#"{ indicator(code: "THU") { series(area: "01", period: "2026") { period value target trajectory forecast forecastLow forecastHigh flags vintage carriedFrom }
        together(period: "2026-Q1") { value reason coverage { numerator denominator } missing } decomposition(period: "2026") { target declared covered { value } uncovered actual declaring observed { value } missing { code } } } }"#).await;
}
