//! Observations of every kind, an export of them, and pushes of tables.

use futures::TryStreamExt;
use kpis::sdmx::{Asked, Chunk, Export, LAYOUT, Selection, Stated};
use serde_json::json;
use service_kit::push::{RowError, RowResult};
use service_kit::testing::{instant, push_table};
use service_kit::{Database, Principal, Problem};
use sqlx::PgPool;

use crate::city::{NOW, found, give, indicator, observed, with};

/// Indicators of each frequency and nature.
pub async fn catalogue(pool: &PgPool) {
    found(pool).await;
    let parts = json!({ "overPlaces": "RATIO", "numerator": "Đúng hạn", "denominator": "Đã giải quyết", "scopes": ["CITY", "ORGANIZATION"] });
    give(
        pool,
        "indicators",
        &[
            indicator("GRDP", "GROWTH", "QUARTER", json!({})),
            indicator("HO-SO", "RATE", "MONTH", parts),
            indicator("THU.NS", "FLOW", "MONTH", json!({ "unit": "tỷ đồng, giá \"hiện hành\"", "overPlaces": "SUM" })),
            indicator("DÂN", "STOCK", "YEAR", json!({ "unit": "người", "overPlaces": "SUM" })),
        ],
    )
    .await;
}

/// Observations with gaps, several flags, a correction, a change, a draft, and both kinds of scopes.
pub async fn observations(pool: &PgPool) {
    let of = |organization: &str, period: &str, day: &str, more| {
        let scope = json!({ "externalId": format!("HO-SO/{organization}/{period}"), "area": null, "organization": organization });
        with(observed("HO-SO", "01", period, day, scope), more)
    };
    give(
        pool,
        "observations",
        &[
            observed("GRDP", "01", "2025-Q4", "2026-01-06", json!({ "value": "8.50", "flags": ["ESTIMATED"] })),
            // A correction.
            observed(
                "GRDP",
                "01",
                "2025-Q4",
                "2026-02-06",
                json!({ "externalId": "GRDP, \"sửa\"", "revision": 2, "value": "8.16", "flags": ["NORMAL"] }),
            ),
            observed(
                "GRDP",
                "01",
                "2026-Q1",
                "2026-04-06",
                json!({ "value": "10.23", "flags": ["PROVISIONAL", "BREAK"] }),
            ),
            observed("GRDP", "00004", "2026-Q1", "2026-04-06", json!({ "value": "-1.5" })),
            of("STC", "2026-01", "2026-02-10", json!({ "numerator": "1845", "denominator": "1902" })),
            of("PHONG", "2026-01", "2026-02-10", json!({ "numerator": "0", "denominator": "12" })),
            of(
                "SYT",
                "2026-01",
                "2026-02-10",
                json!({ "value": "3", "numerator": "1", "denominator": "33", "flags": ["SUPPRESSED"] }),
            ),
            observed("THU.NS", "01", "2026-01", "2026-02-10", json!({ "value": "1.234" })),
            observed("THU.NS", "01", "2026-02", "2026-03-10", json!({ "flags": ["MISSING"] })),
            observed("THU.NS", "01", "2026-03", "2026-04-10", json!({ "value": "0" })),
            observed("THU.NS", "01", "2026-04", "2026-05-10", json!({ "value": "9", "status": "DRAFT" })),
            observed("DÂN", "01", "2025", "2026-03-10", json!({ "value": "8800000" })),
            // A value that the source changed in place.
            observed("DÂN", "00008", "2025", "2026-03-10", json!({ "value": "40000" })),
            observed("DÂN", "00008", "2025", "2026-03-20", json!({ "value": "40001" })),
        ],
    )
    .await;
}

/// The whole table of an export.
pub async fn exported(pool: &PgPool, principal: Principal, stated: Stated) -> Result<String, Problem> {
    let now = instant(NOW);
    let selection = Selection::read(stated, "2026-11-27".parse().expect("a day"))?;
    let export = Export::begin(&Database::from_pool(pool.clone()), Asked { principal, selection, now }).await?;
    let total = export.total();
    let chunks: Vec<Chunk> = export.into_chunks().try_collect().await?;
    assert_eq!(chunks.iter().map(|chunk| chunk.series).sum::<u64>(), total);
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.bytes).collect();
    Ok(String::from_utf8(bytes).expect("UTF-8"))
}

/// Pushes a table of SDMX-CSV.
pub async fn pushed(pool: &PgPool, source: &str, table: &str) -> (Vec<RowResult>, Option<RowError>) {
    pushed_at(pool, NOW, source, table).await
}

/// Pushes a table of SDMX-CSV at a time.
pub async fn pushed_at(pool: &PgPool, now: &str, source: &str, table: &str) -> (Vec<RowResult>, Option<RowError>) {
    push_table(pool, now, kpis::push::KINDS, ("observations", source), &LAYOUT, table).await
}

/// Published values by scope and period: value, parts, flags and the day of their publication.
pub async fn published(pool: &PgPool) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', s.indicator_code, s.area_code, s.organization_code, f.period, '=', coalesce(f.value::text, '?'),
            f.numerator || '/' || f.denominator, f.flags, f.from_day)
        FROM kpis.observed_fact AS f JOIN kpis.series AS s ON s.id = f.series_id WHERE f.to_day = 'infinity'
        ORDER BY s.indicator_code, s.area_code, s.organization_code, f.period";
    sqlx::query_scalar(sql).fetch_all(pool).await.expect("facts")
}
