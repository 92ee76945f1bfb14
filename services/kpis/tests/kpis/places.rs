//! Values over places: together, merged, and what was declared, with what is missing.

use serde_json::{Value, json};
use service_kit::push::PushStatus;
use service_kit::testing::{operator, problem, run};
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator, observed, offer, target};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn places_together_have_their_coverage_and_rates_are_never_averaged(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("F", "FLOW", "MONTH", json!({ "overPlaces": "SUM" })),
            indicator("R", "RATE", "MONTH", json!({ "overPlaces": "RATIO", "numerator": "a", "denominator": "b" })),
            indicator("N", "RATE", "MONTH", json!({})),
        ],
    )
    .await;
    for (area, month, value) in [
        ("00004", "2025-01", "10"),
        ("00004", "2025-02", "5"),
        ("00004", "2025-03", "5"),
        ("00008", "2025-01", "0"),
        ("00008", "2025-02", "0"),
        ("00008", "2025-03", "0"),
        ("00025", "2025-01", "70"),
    ] {
        give(&pool, "observations", &[observed("F", area, month, "2025-04-10", json!({ "value": value }))]).await;
    }
    give(
        &pool,
        "observations",
        &[
            observed("R", "00004", "2025-01", "2025-02-10", json!({ "numerator": "9", "denominator": "10" })),
            observed("R", "00008", "2025-01", "2025-02-10", json!({ "numerator": "10", "denominator": "90" })),
            observed("N", "00004", "2025-01", "2025-02-10", json!({ "value": "4" })),
        ],
    )
    .await;
    let together = |code: &str, period: &str| {
        let document = format!(
            r#"{{ indicator(code: "{code}") {{ together(period: "{period}") {{ value reason coverage {{ numerator denominator }} missing }} }} }}"#
        );
        let asked = asked(&pool);
        async move { asked.data(&document).await["indicator"]["together"].clone() }
    };
    // A zero counts, and a ward that reported one month of three does not.
    assert_eq!(
        together("F", "2025-Q1").await,
        json!({ "value": "20", "reason": null, "coverage": { "numerator": "2", "denominator": "3" }, "missing": ["00025"] })
    );
    assert_eq!(together("F", "2025-01").await["value"], json!("80"));
    assert_eq!(together("R", "2025-01").await["value"], json!("19"));
    assert_eq!(together("F", "2026").await["reason"], json!("PERIOD_NOT_OVER"));
    assert_eq!(together("R", "2025-02").await["reason"], json!("NO_OBSERVATION"));
    assert_eq!(together("N", "2025-01").await["reason"], json!("NOT_ADDITIVE"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_merged_unit_carries_the_values_of_its_parts_and_says_so(pool: PgPool) {
    found(&pool).await;
    run(
        &pool,
        "INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES ('00001', 'Phường cũ A', 'WARD', 'test', now()), ('00002', 'Phường cũ B', 'WARD', 'test', now());
         INSERT INTO directory.area_succession (from_code, from_name, to_code, share, effective_on, source) VALUES
             ('00001', 'A', '00004', 1, '2025-07-01', 'test'), ('00002', 'B', '00004', 0.25, '2025-07-01', 'test'), ('00002', 'B', '00008', 0.75, '2025-07-01', 'test');",
    )
    .await;
    give(
        &pool,
        "indicators",
        &[
            indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" })),
            indicator("N", "STOCK", "QUARTER", json!({})),
        ],
    )
    .await;
    for code in ["F", "N"] {
        give(
            &pool,
            "observations",
            &[
                observed(code, "00001", "2025-Q1", "2025-04-10", json!({ "value": "10" })),
                observed(code, "00002", "2025-Q1", "2025-04-10", json!({ "value": "40" })),
                observed(code, "00001", "2025-Q2", "2025-07-10", json!({ "value": "10" })),
                observed(code, "00004", "2025-Q3", "2025-10-10", json!({ "value": "30" })),
            ],
        )
        .await;
    }
    let points = |code: &str, area: &str| {
        let document = format!(
            r#"{{ indicator(code: "{code}") {{ series(area: "{area}", period: "2025") {{ period value flags carriedFrom }} }} }}"#
        );
        let asked = asked(&pool);
        async move { asked.data(&document).await["indicator"]["series"].clone() }
    };
    let point = |period: &str, value: Value, flags: Value, from: Value| json!({ "period": period, "value": value, "flags": flags, "carriedFrom": from });
    assert_eq!(
        points("F", "00004").await,
        json!([
            point("2025-Q1", json!("20"), json!(["BREAK"]), json!(["00001", "00002"])),
            // One part did not report: nothing is said of the whole.
            point("2025-Q2", Value::Null, json!([]), json!([])),
            point("2025-Q3", json!("30"), json!(["NORMAL"]), json!([])),
            point("2025-Q4", Value::Null, json!([]), json!([])),
        ])
    );
    assert_eq!(points("F", "00008").await[0]["value"], json!("30"));
    // A stock that does not add up is not carried over.
    assert_eq!(points("N", "00004").await[0]["value"], Value::Null);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_area_that_kept_its_code_is_another_one_after_the_merger(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" })),
            indicator("R", "RATE", "QUARTER", json!({ "overPlaces": "RATIO", "numerator": "a", "denominator": "b" })),
        ],
    )
    .await;
    let parts = |numerator: &str, denominator: &str| json!({ "numerator": numerator, "denominator": denominator });
    give(
        &pool,
        "observations",
        &[
            observed("F", "00004", "2024-Q1", "2024-04-10", json!({ "value": "10" })),
            observed("F", "00008", "2024-Q1", "2024-04-10", json!({ "value": "40" })),
            observed("F", "00004", "2025-Q1", "2025-04-10", json!({ "value": "11" })),
            observed("R", "00004", "2025-Q1", "2025-04-10", parts("9", "10")),
            observed("R", "00008", "2025-Q1", "2025-04-10", parts("10", "40")),
        ],
    )
    .await;
    give(&pool, "targets", &[target("F", "00004", "2025", json!({ "value": "100" }))]).await;
    // The succession becomes known last. 00004 takes a quarter of 00008, which goes on with the rest.
    run(
        &pool,
        "INSERT INTO directory.area_succession (from_code, from_name, to_code, share, effective_on, source) VALUES
             ('00004', 'A', '00004', 1, '2025-07-01', 'test'), ('00008', 'B', '00004', 0.25, '2025-07-01', 'test'), ('00008', 'B', '00008', 0.75, '2025-07-01', 'test'),
             ('00025', 'C', '00025', 1, '2025-07-01', 'test');",
    )
    .await;
    give(
        &pool,
        "observations",
        &[
            // The statistics office computed the first quarter of 2025 for the new 00004.
            observed(
                "F",
                "00004",
                "2025-Q1",
                "2025-08-20",
                json!({ "externalId": "again", "revision": 2, "value": "23", "flags": ["ESTIMATED", "BREAK"] }),
            ),
            observed("F", "00004", "2025-Q3", "2025-10-10", json!({ "value": "30" })),
            // The old 00008 is corrected after it was divided.
            observed(
                "F",
                "00008",
                "2024-Q1",
                "2025-09-01",
                json!({ "externalId": "corrected", "revision": 2, "value": "44" }),
            ),
            // Of an area that stayed as it was nothing is carried over.
            observed("F", "00025", "2024-Q1", "2024-04-10", json!({ "value": "7" })),
        ],
    )
    .await;
    let asked = asked(&pool);
    let value = |code: &str, area: &str, period: &str, day: &str| {
        let document = format!(
            r#"{{ indicator(code: "{code}") {{ series(area: "{area}", period: "{period}", asOf: "{day}") {{ value flags vintage carriedFrom }} }} }}"#
        );
        let asked = &asked;
        async move {
            let point = asked.data(&document).await["indicator"]["series"][0].clone();
            (point["value"].clone(), point["flags"].clone(), point["carriedFrom"].clone(), point["vintage"].clone())
        }
    };
    let own = |value: &str, flags: Value, vintage: i32| (json!(value), flags, json!([]), json!(vintage));
    let carried = |value: &str, from: Value| (json!(value), json!(["BREAK"]), from, Value::Null);
    let none = || (Value::Null, json!([]), json!([]), Value::Null);
    assert_eq!(value("F", "00004", "2024-Q1", "2025-06-30").await, own("10", json!(["NORMAL"]), 1));
    // 10 + 40 ÷ 4, and 10 + 44 ÷ 4 after the correction.
    assert_eq!(value("F", "00004", "2024-Q1", "2025-07-01").await, carried("20", json!(["00004", "00008"])));
    assert_eq!(value("F", "00004", "2024-Q1", "2025-09-01").await, carried("21", json!(["00004", "00008"])));
    assert_eq!(value("F", "00008", "2024-Q1", "2025-07-01").await, carried("30", json!(["00008"])));
    assert_eq!(value("F", "00008", "2024-Q1", "2025-09-01").await, carried("33", json!(["00008"])));
    assert_eq!(value("F", "00025", "2024-Q1", "2025-09-01").await, own("7", json!(["NORMAL"]), 1));
    // Of 00008 nothing is known of 2025: neither is of the new 00004, until its own value is stated.
    assert_eq!(value("F", "00004", "2025-Q1", "2025-06-30").await, own("11", json!(["NORMAL"]), 1));
    assert_eq!(value("F", "00004", "2025-Q1", "2025-07-01").await, none());
    assert_eq!(value("F", "00004", "2025-Q1", "2025-08-20").await, own("23", json!(["ESTIMATED", "BREAK"]), 2));
    // (9 + 2.5) of (10 + 10).
    assert_eq!(value("R", "00004", "2025-Q1", "2025-07-01").await, carried("57.5", json!(["00004", "00008"])));
    assert_eq!(value("R", "00004", "2025-Q1", "2025-06-30").await, own("90", json!(["NORMAL"]), 1));
    // A merger is no revision, and neither is what is stated of the new area. The correction of the old one is a revision of what was
    // carried over.
    let revisions = asked.data(r#"{ kpiRevisions(period: "2025", filter: { indicator: ["F"] }) { area { code } revisedOn vintage before after } }"#).await;
    let revised = |area: &str, before: &str, after: &str| json!({ "area": { "code": area }, "revisedOn": "2025-09-01", "vintage": null, "before": before, "after": after });
    assert_eq!(revisions["kpiRevisions"], json!([revised("00004", "20", "21"), revised("00008", "30", "33")]));
    // The target of the year has no part of the old area in it.
    let actual = |day: &str| {
        let document = format!(
            r#"{{ kpiTargets(filter: {{ indicator: ["F"], area: ["00004"] }}, asOf: "{day}") {{ edges {{ node {{ actual }} }} }} }}"#
        );
        let asked = &asked;
        async move { asked.data(&document).await["kpiTargets"]["edges"][0]["node"]["actual"].clone() }
    };
    assert_eq!(actual("2025-06-30").await, json!("11"));
    assert_eq!(actual("2025-07-01").await, Value::Null);
    assert_eq!(actual("2025-10-10").await, json!("53"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn places_together_are_those_of_the_day_that_report_in_whole_periods(pool: PgPool) {
    found(&pool).await;
    run(
        &pool,
        "INSERT INTO directory.area (code, name, kind, valid_from, valid_to, source, observed_at) VALUES ('00001', 'Phường cũ', 'WARD', NULL, '2025-07-01', 'test', now()), ('00002', 'Phường mới', 'WARD', '2025-07-01', NULL, 'test', now());",
    )
    .await;
    give(
        &pool,
        "indicators",
        &[
            indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" })),
            indicator("C", "FLOW", "QUARTER", json!({ "overPlaces": "SUM", "scopes": ["CITY", "ORGANIZATION"] })),
        ],
    )
    .await;
    let asked = asked(&pool);
    let missing = |day: &str| {
        let document = format!(
            r#"{{ indicator(code: "F") {{ together(period: "2025-Q1", asOf: "{day}") {{ missing }} decomposition(period: "2025-Q1", asOf: "{day}") {{ missing {{ code }} }} }} }}"#
        );
        let asked = &asked;
        async move { asked.data(&document).await["indicator"].clone() }
    };
    let these = |codes: [&str; 4]| json!({ "together": { "missing": codes }, "decomposition": { "missing": codes.map(|code| json!({ "code": code })) } });
    assert_eq!(missing("2025-06-30").await, these(["00001", "00004", "00008", "00025"]));
    assert_eq!(missing("2025-07-01").await, these(["00002", "00004", "00008", "00025"]));
    // Nothing is recorded of an area that ended before.
    for kind in ["observations", "targets"] {
        let row = |period: &str| match kind {
            "targets" => target("F", "00001", period, json!({ "value": "1" })),
            _ => observed("F", "00001", period, "2026-01-10", json!({ "value": "1" })),
        };
        let results = offer(&pool, kind, &[row("2025-Q3"), row("2025-Q2")]).await;
        assert_eq!((results[0].status, results[0].errors[0].path.as_str()), (PushStatus::Rejected, "area"), "{kind}");
        assert_eq!(results[1].status, PushStatus::Created, "{kind}");
    }
    for (field, path) in [
        (r#"indicator(code: "F") { together(period: "2025-01") { value } }"#, "period"),
        (r#"indicator(code: "F") { together(period: "2025-W10") { value } }"#, "period"),
        (r#"indicator(code: "F") { together(over: ORGANIZATION, period: "2025") { value } }"#, "over"),
        (r#"indicator(code: "C") { together(period: "2025") { value } }"#, "over"),
        (r#"indicator(code: "F") { series(organization: "STC", period: "2025") { value } }"#, "organization"),
    ] {
        let answer = asked.ask(&operator(), &format!("{{ {field} }}"), Value::Null).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{field}");
    }
    // Of what was merged nobody may have stated the end. Before the merger the areas are those that became others.
    run(
        &pool,
        "INSERT INTO directory.area_succession (from_code, from_name, to_code, share, effective_on, source) VALUES
             ('00008', 'B', '00004', 1, '2025-10-01', 'test'), ('00004', 'A', '00004', 1, '2025-10-01', 'test'), ('09999', 'Z', '00004', 1, '2025-10-01', 'test');",
    )
    .await;
    assert_eq!(missing("2025-10-01").await["together"]["missing"], json!(["00002", "00004", "00025"]));
    assert_eq!(
        missing("2025-09-30").await["together"]["missing"],
        json!(["00002", "00004", "00008", "00025", "09999"])
    );
    // A visitor sees the sum, and not who is missing.
    let visitor = service_kit::Principal::default();
    let answer = asked
        .ask(
            &visitor,
            r#"{ indicator(code: "F") { together(period: "2025") { missing coverage { denominator } } } }"#,
            Value::Null,
        )
        .await;
    assert_eq!(answer["data"]["indicator"]["together"], json!({ "missing": null, "coverage": { "denominator": "3" } }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_the_wards_declared_is_compared_with_the_target_of_the_city(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "indicators",
        &[
            indicator("GRDP", "GROWTH", "QUARTER", json!({})),
            indicator("GOP", "FLOW", "QUARTER", json!({ "parent": "GRDP", "overPlaces": "SUM" })),
        ],
    )
    .await;
    give(
        &pool,
        "targets",
        &[
            target("GRDP", "01", "2026-Q1", json!({ "value": "10.23" })),
            target("GOP", "00004", "2026-Q1", json!({ "value": "4" })),
            target("GOP", "00008", "2026-Q1", json!({ "value": "5" })),
            target("GOP", "00008", "2026-Q2", json!({ "value": "50" })),
        ],
    )
    .await;
    give(&pool, "observations", &[observed("GOP", "00004", "2026-Q1", "2026-04-10", json!({ "value": "3" }))]).await;
    let answer = asked(&pool)
        .data(r#"{ indicator(code: "GRDP") { decomposition(period: "2026-Q1") { target declared covered { numerator denominator } uncovered actual declaring observed { numerator denominator } missing { code } } } }"#)
        .await;
    assert_eq!(
        answer["indicator"]["decomposition"],
        json!({
            "target": "10.23", "declared": "9", "covered": { "numerator": "9", "denominator": "10.23" }, "uncovered": "1.23", "actual": "3",
            "declaring": 2, "observed": { "numerator": "1", "denominator": "2" }, "missing": [{ "code": "00025" }],
        })
    );
    // Less is better: what is declared above the target is too much. A part in another unit adds up to nothing.
    let poor = json!({ "direction": "LOWER", "overPlaces": "SUM", "scopes": ["CITY", "AREA", "ORGANIZATION"] });
    give(&pool, "indicators", &[indicator("POOR", "STOCK", "QUARTER", poor)]).await;
    give(
        &pool,
        "targets",
        &[
            target("POOR", "01", "2026-Q1", json!({ "value": "10" })),
            target("POOR", "00004", "2026-Q1", json!({ "value": "12" })),
            target(
                "POOR",
                "",
                "2026-Q2",
                json!({ "externalId": "of STC", "area": null, "organization": "STC", "value": "1" }),
            ),
        ],
    )
    .await;
    let document = r#"query($code: ID!) { indicator(code: $code) { decomposition(period: "2026-Q1") { target declared covered { numerator } uncovered actual observed { numerator denominator } missingOrganizations { code } } } }"#;
    let answer = asked(&pool).ask(&operator(), document, json!({ "code": "POOR" })).await;
    assert_eq!(
        answer["data"]["indicator"]["decomposition"],
        json!({ "target": "10", "declared": "12", "covered": null, "uncovered": "2", "actual": null, "observed": { "numerator": "0", "denominator": "1" },
            "missingOrganizations": [{ "code": "STC" }] })
    );
    give(
        &pool,
        "indicators",
        &[indicator("SHARE", "FLOW", "QUARTER", json!({ "parent": "GRDP", "overPlaces": "SUM", "unit": "tỷ đồng" }))],
    )
    .await;
    let answer = asked(&pool).ask(&operator(), document, json!({ "code": "GRDP" })).await;
    let found = &answer["data"]["indicator"]["decomposition"];
    assert_eq!(
        (&found["target"], &found["declared"], &found["uncovered"]),
        (&json!("10.23"), &Value::Null, &Value::Null)
    );
}
