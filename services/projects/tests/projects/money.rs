//! Capital: the plan in force decides, the basis is named, and what was paid too late does not count.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::city::{Asked, NOW, found, give, project};

fn plan(id: &str, project: &str, year: i32, basis: &str, amount: &str, decided: &str) -> Value {
    json!({ "externalId": id, "observedAt": format!("{decided}T02:00:00Z"), "project": project, "year": year, "basis": basis,
            "amount": amount, "decidedOn": decided })
}

fn paid(id: &str, project: &str, year: i32, day: &str, amount: &str) -> Value {
    json!({ "externalId": id, "observedAt": format!("{day}T02:00:00Z"), "project": project, "planYear": year, "paidOn": day, "amount": amount })
}

const RATES: &str =
    "disbursed disbursement { pm { numerator denominator value } city { numerator denominator value } }";

async fn totals(city: &Asked, period: &str, as_of: &str) -> Value {
    let document = format!("{{ projectStats(period: \"{period}\", asOf: \"{as_of}\") {{ totals {{ {RATES} }} }} }}");
    city.data(&document).await["projectStats"]["totals"].clone()
}

/// 44,428 bn paid on plans of 87,693 bn and 107,134 bn: 50.66 % and 41.47 %.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn one_money_gives_two_rates_on_two_bases(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("A", json!({})), project("B", json!({}))]).await;
    give(
        &pool,
        "capital-plans",
        &[
            plan("1", "A", 2025, "PM", "80000000000000", "2025-01-05"),
            plan("2", "B", 2025, "PM", "7693000000000", "2025-01-05"),
            plan("3", "A", 2025, "CITY", "90000000000000", "2025-01-10"),
            plan("4", "B", 2025, "CITY", "17134000000000", "2025-01-10"),
        ],
    )
    .await;
    give(
        &pool,
        "disbursements",
        &[
            paid("1", "A", 2025, "2025-06-30", "40000000000000"),
            paid("2", "B", 2025, "2025-10-31", "5000000000000"),
            paid("3", "B", 2025, "2025-10-31", "-572000000000"),
            paid("4", "B", 2025, "2025-11-03", "1000000000000"),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let found = totals(&city, "2025", "2025-10-31").await;
    assert_eq!(found["disbursed"], "44428000000000");
    let rate = |basis: &str| {
        let rate = &found["disbursement"][basis];
        (
            rate["denominator"].as_str().expect("a plan").to_owned(),
            (rate["value"].as_f64().expect("a rate") * 10_000.0).round(),
        )
    };
    assert_eq!(rate("pm"), ("87693000000000".to_owned(), 5066.0));
    assert_eq!(rate("city"), ("107134000000000".to_owned(), 4147.0));
    // The day after the next payment.
    assert_eq!(totals(&city, "2025", "2025-11-03").await["disbursed"], "45428000000000");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_plan_in_force_decides_and_a_payment_after_its_last_day_does_not_count(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("A", json!({})), project("LATE", json!({}))]).await;
    give(
        &pool,
        "capital-plans",
        &[
            plan("1", "A", 2025, "CITY", "1000", "2025-01-10"),
            plan("2", "A", 2025, "CITY", "2000", "2025-07-01"),
            // Added after 30 September: until 31 December of the next year.
            plan("3", "LATE", 2025, "CITY", "500", "2025-10-01"),
        ],
    )
    .await;
    give(
        &pool,
        "disbursements",
        &[
            paid("1", "A", 2025, "2025-03-01", "300"),
            paid("2", "A", 2025, "2026-01-31", "400"),
            paid("3", "A", 2025, "2026-02-01", "800"),
            paid("4", "LATE", 2025, "2026-02-01", "100"),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let rate = |as_of: &'static str| {
        let city = &city;
        async move {
            let found = totals(city, "2025", as_of).await;
            let rate = &found["disbursement"]["city"];
            (
                rate["numerator"].as_str().unwrap_or_default().to_owned(),
                rate["denominator"].as_str().unwrap_or_default().to_owned(),
            )
        }
    };
    let pair = |paid: &str, planned: &str| (paid.to_owned(), planned.to_owned());
    // Before the first plan, between the plans, and after the second.
    assert_eq!(rate("2025-01-09").await, pair("0", "0"));
    assert_eq!(rate("2025-06-30").await, pair("300", "1000"));
    assert_eq!(rate("2025-07-01").await, pair("300", "2000"));
    assert_eq!(rate("2025-12-31").await, pair("300", "2500"));
    assert_eq!(rate("2026-01-30").await, pair("300", "2500"));
    assert_eq!(rate("2026-01-31").await, pair("700", "2500"));
    assert_eq!(rate("2026-02-01").await, pair("800", "2500"));
    // What was paid by the end of a part of the year is that of the end of the part.
    for part in ["2025-Q4", "2025-12", "2025-02-01/2026-01-15"] {
        let found = totals(&city, part, "2026-11-27").await;
        assert_eq!(found["disbursement"]["city"]["numerator"], "300", "{part}");
    }
    let document = "{ projectStats(period: \"2025\", grain: MONTH) { rows { bucket measures { disbursed } } totals { disbursed } } }";
    let months = city.data(document).await["projectStats"].take();
    assert_eq!(months["rows"][11], json!({ "bucket": "2025-12", "measures": { "disbursed": "300" } }));
    assert_eq!(months["totals"]["disbursed"], "1600");
    let found = totals(&city, "2025", "2026-11-27").await;
    assert_eq!(found["disbursement"]["city"]["numerator"], "800", "300 + 400 of A in time, 100 of LATE");
    assert_eq!(found["disbursement"]["city"]["denominator"], "2500");
    assert_eq!(found["disbursed"], "1600", "all that was paid");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn plans_with_several_payments_count_once_and_a_deleted_payment_not_at_all(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("A", json!({ "areas": ["00004", "00008", "00025"] })), project("B", json!({}))])
        .await;
    give(
        &pool,
        "capital-plans",
        &[plan("1", "A", 2026, "CITY", "100", "2026-01-10"), plan("2", "B", 2026, "CITY", "200", "2026-01-10")],
    )
    .await;
    give(
        &pool,
        "disbursements",
        &[
            paid("1", "A", 2026, "2026-02-01", "10"),
            paid("2", "A", 2026, "2026-03-01", "20"),
            paid("3", "A", 2026, "2026-04-01", "30"),
            paid("4", "B", 2026, "2026-02-01", "50"),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let document = "{ projectStats(period: \"2026\", groupBy: [AREA]) { rows { area { code } measures { planned { city } disbursed } } \
                    totals { total planned { city } disbursed disbursement { city { value } } } freshness { rowsOverlap } } }";
    let found = city.data(document).await["projectStats"].clone();
    assert_eq!(found["totals"]["planned"]["city"], "300", "{found}");
    assert_eq!((found["totals"]["total"].as_i64(), found["totals"]["disbursed"].as_str()), (Some(2), Some("110")));
    let rows: Vec<(String, String)> = found["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            (
                row["area"]["code"].as_str().unwrap_or_default().to_owned(),
                row["measures"]["planned"]["city"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let expected =
        [("00004", "300"), ("00008", "100"), ("00025", "100")].map(|(area, sum)| (area.to_owned(), sum.to_owned()));
    assert_eq!(rows, expected);
    assert_eq!(found["freshness"]["rowsOverlap"], true);
    give(&pool, "disbursements", &[json!({ "externalId": "3", "deleted": true })]).await;
    let found = totals(&city, "2026", "2026-11-27").await;
    assert_eq!(found["disbursed"], "80");
}

/// The largest amounts that a push takes: their sum needs more digits than each of them.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn sums_of_the_longest_amounts_can_be_read(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("A", json!({}))]).await;
    let amounts = ["999999999999999", "999999999999998.0000000000001", "0.0000000000000000000000000001"];
    let rows: Vec<Value> =
        amounts.iter().map(|amount| paid(&format!("D-{amount}"), "A", 2025, "2025-06-30", amount)).collect();
    give(&pool, "disbursements", &rows).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let disbursed = totals(&city, "2025", "2025-10-31").await["disbursed"].clone();
    assert_eq!(disbursed.as_str().expect("a sum").get(..16), Some("1999999999999997"));
}
