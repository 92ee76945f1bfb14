//! Corrections of published values: what was shown stays the answer for its day, and what flipped is found.

use serde_json::{Value, json};
use service_kit::testing::{operator, problem};
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator, observed, target};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_estimate_of_november_is_the_answer_for_november(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("GRDP", "GROWTH", "YEAR", json!({}))]).await;
    give(&pool, "targets", &[target("GRDP", "01", "2025", json!({ "value": "8.5" }))]).await;
    give(
        &pool,
        "observations",
        &[
            observed("GRDP", "01", "2025", "2025-11-05", json!({ "value": "8.5", "flags": ["ESTIMATED"] })),
            observed(
                "GRDP",
                "01",
                "2025",
                "2026-01-06",
                json!({ "value": "8.16", "flags": ["PROVISIONAL"], "reason": "Số liệu sơ bộ cả năm" }),
            ),
        ],
    )
    .await;
    let asked = asked(&pool);
    let of = |day: &str| {
        let document = format!(
            r#"{{ kpiTargets(asOf: "{day}") {{ edges {{ node {{ actual rag }} }} }} indicator(code: "GRDP") {{ series(area: "01", period: "2025", asOf: "{day}") {{ value vintage flags }} }}
               kpiStats(period: "2025", asOf: "{day}") {{ totals {{ green red }} }} }}"#
        );
        let asked = &asked;
        async move { asked.data(&document).await }
    };
    let november = of("2025-11-30").await;
    assert_eq!(november["kpiTargets"]["edges"][0]["node"], json!({ "actual": "8.5", "rag": "GREEN" }));
    assert_eq!(november["indicator"]["series"], json!([{ "value": "8.5", "vintage": 1, "flags": ["ESTIMATED"] }]));
    assert_eq!(november["kpiStats"]["totals"], json!({ "green": 1, "red": 0 }));
    let january = of("2026-01-06").await;
    assert_eq!(january["kpiTargets"]["edges"][0]["node"], json!({ "actual": "8.16", "rag": "AMBER_GREEN" }));
    assert_eq!(january["indicator"]["series"], json!([{ "value": "8.16", "vintage": 2, "flags": ["PROVISIONAL"] }]));
    let revised = asked
        .data(r#"{ kpiRevisions(period: "2026-01", filter: { flipped: true }) { indicator { code } area { code } period revisedOn vintage before after targetPeriod ragBefore ragAfter flipped reason } }"#)
        .await;
    assert_eq!(
        revised["kpiRevisions"],
        json!([{
            "indicator": { "code": "GRDP" }, "area": { "code": "01" }, "period": "2025", "revisedOn": "2026-01-06", "vintage": 2, "before": "8.5", "after": "8.16",
            "targetPeriod": "2025", "ragBefore": "GREEN", "ragAfter": "AMBER_GREEN", "flipped": true, "reason": "Số liệu sơ bộ cả năm",
        }])
    );
    let none = asked.data(r#"{ kpiRevisions(period: "2025") { vintage } }"#).await;
    assert_eq!(none["kpiRevisions"], json!([]));
    // A mistyped code is no empty answer.
    for (document, path) in [
        (
            r#"{ kpiRevisions(period: "2026", filter: { indicator: ["GRDP", "NOPE"] }) { vintage } }"#,
            "filter.indicator.1",
        ),
        (r#"{ kpiRevisions(period: "2026", filter: { area: ["NOPE"] }) { vintage } }"#, "filter.area.0"),
        (r#"{ indicator(code: "GRDP") { series(area: "NOPE", period: "2025") { value } } }"#, "area"),
        (r#"{ indicator(code: "GRDP") { series(organization: "NOPE", period: "2025") { value } } }"#, "organization"),
    ] {
        let answer = asked.ask(&operator(), document, Value::Null).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{document}");
        assert!(answer.to_string().contains("NOPE"), "{answer}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_late_row_changes_the_past_and_a_removed_one_leaves_it(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("S", "STOCK", "QUARTER", json!({}))]).await;
    give(&pool, "observations", &[observed("S", "01", "2026-Q1", "2026-06-01", json!({ "value": "7" }))]).await;
    // It was already known in April, says a row that comes later.
    give(&pool, "observations", &[observed("S", "01", "2026-Q1", "2026-04-10", json!({ "value": "5" }))]).await;
    give(
        &pool,
        "observations",
        &[json!({ "externalId": "S/01/2026-Q1", "observedAt": "2026-09-01T02:00:00Z", "deleted": true })],
    )
    .await;
    let asked = asked(&pool);
    for (day, value, vintage) in [
        ("2026-04-09", Value::Null, Value::Null),
        ("2026-04-10", json!("5"), json!(1)),
        ("2026-05-31", json!("5"), json!(1)),
        ("2026-06-01", json!("7"), json!(2)),
        ("2026-09-01", Value::Null, Value::Null),
    ] {
        let answer = asked
            .data(&format!(r#"{{ indicator(code: "S") {{ series(area: "01", period: "2026-Q1", asOf: "{day}") {{ value vintage }} }} }}"#))
            .await;
        assert_eq!(answer["indicator"]["series"], json!([{ "value": value, "vintage": vintage }]), "{day}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_confidential_value_has_no_parts(pool: PgPool) {
    found(&pool).await;
    let rate =
        indicator("R", "RATE", "QUARTER", json!({ "overPlaces": "RATIO", "numerator": "a", "denominator": "b" }));
    give(&pool, "indicators", &[rate]).await;
    give(
        &pool,
        "observations",
        &[observed(
            "R",
            "01",
            "2026-Q1",
            "2026-04-10",
            json!({ "numerator": "1", "denominator": "3", "flags": ["SUPPRESSED"] }),
        )],
    )
    .await;
    let answer = asked(&pool).data(r#"{ indicator(code: "R") { series(area: "01", period: "2026-Q1") { value numerator denominator flags } } }"#).await;
    assert_eq!(
        answer["indicator"]["series"],
        json!([{ "value": null, "numerator": null, "denominator": null, "flags": ["SUPPRESSED"] }])
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_withdrawal_and_what_is_published_after_it_are_revisions(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("GRDP", "GROWTH", "YEAR", json!({}))]).await;
    for area in ["01", "00004", "00008"] {
        give(&pool, "targets", &[target("GRDP", area, "2025", json!({ "value": "8.5" }))]).await;
    }
    let decided = json!({ "value": "8.5", "decidedOn": "2026-01-06", "observedAt": "2026-01-06T02:00:00Z" });
    give(&pool, "targets", &[target("GRDP", "00025", "2025", decided)]).await;
    let first =
        |area: &str| observed("GRDP", area, "2025", "2025-11-05", json!({ "value": "8.5", "flags": ["ESTIMATED"] }));
    let next = |area: &str, value: &str| {
        let id = format!("GRDP/{area}/2025/2");
        observed(
            "GRDP",
            area,
            "2025",
            "2026-01-06",
            json!({ "externalId": id, "revision": 2, "value": value, "reason": "Tính lại" }),
        )
    };
    let withdrawn = |id: &str, day: &str| json!({ "externalId": id, "observedAt": format!("{day}T02:00:00Z"), "status": "WITHDRAWN", "withdrawalReason": "Nhầm" });
    give(
        &pool,
        "observations",
        &[
            // Withdrawn, and published again with another value.
            first("01"),
            withdrawn("GRDP/01/2025", "2025-12-01"),
            next("01", "8.16"),
            // Withdrawn, and published again as it was.
            first("00004"),
            withdrawn("GRDP/00004/2025", "2025-12-01"),
            next("00004", "8.5"),
            // A correction that was withdrawn: the value before counts again.
            first("00008"),
            next("00008", "8.16"),
            withdrawn("GRDP/00008/2025/2", "2026-02-10"),
            // A correction on the day on which its target was set.
            first("00025"),
            next("00025", "8.16"),
        ],
    )
    .await;
    let asked = asked(&pool);
    let listed = async |area: &str, filter: &str| {
        let document = format!(
            r#"{{ earlier: kpiRevisions(period: "2025", filter: {{ area: ["{area}"] {filter} }}) {{ ...all }} kpiRevisions(period: "2026", filter: {{ area: ["{area}"] {filter} }}) {{ ...all }} }}
               fragment all on KpiRevision {{ revisedOn vintage before after ragBefore ragAfter flipped reason }}"#
        );
        let answer = asked.data(&document).await;
        let rows = ["kpiRevisions", "earlier"].map(|field| answer[field].as_array().cloned().expect("a list")).concat();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fields = ["revisedOn", "vintage", "before", "after", "ragBefore", "ragAfter", "flipped", "reason"];
        rows.iter().map(|row| fields.map(|field| text(&row[field])).join(" ")).collect::<Vec<_>>()
    };
    // 0.34 of 8.5 is short: 4 %.
    let withdrawal = "2025-12-01 null 8.5 null GREEN null true Nhầm";
    assert_eq!(listed("01", "").await, ["2026-01-06 2 8.5 8.16 null AMBER_GREEN true Tính lại", withdrawal]);
    assert_eq!(listed("00004", "").await, ["2026-01-06 2 8.5 8.5 null GREEN true Tính lại", withdrawal]);
    assert_eq!(
        listed("00008", "").await,
        ["2026-02-10 3 8.16 8.5 AMBER_GREEN GREEN true Nhầm", "2026-01-06 2 8.5 8.16 GREEN AMBER_GREEN true Tính lại",]
    );
    assert_eq!(listed("00025", "").await, ["2026-01-06 2 8.5 8.16 null AMBER_GREEN false Tính lại"]);
    assert_eq!(listed("01", "flipped: true").await.len(), 2);
    assert_eq!(listed("00025", "flipped: true").await, Vec::<String>::new());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_was_published_and_replaced_on_one_day_is_told(pool: PgPool) {
    found(&pool).await;
    give(&pool, "indicators", &[indicator("GRDP", "GROWTH", "YEAR", json!({}))]).await;
    for area in ["01", "00004", "00008", "00025"] {
        give(&pool, "targets", &[target("GRDP", area, "2025", json!({ "value": "8.5" }))]).await;
    }
    let stated = |area: &str, revision: i32, at: &str, more: Value| {
        let id = format!("GRDP/{area}/2025/{revision}");
        let at = json!({ "externalId": id, "revision": revision, "observedAt": format!("{at}:00+07:00") });
        crate::city::with(observed("GRDP", area, "2025", "2026-01-06", more), at)
    };
    let withdrawn = |area: &str, revision: i32, at: &str| json!({ "externalId": format!("GRDP/{area}/2025/{revision}"), "observedAt": format!("{at}:00+07:00"), "status": "WITHDRAWN", "withdrawalReason": "Nhầm" });
    give(
        &pool,
        "observations",
        &[
            // Published on one day, and on the next corrected twice, of which the second correction was withdrawn.
            stated("01", 1, "2026-01-06T08:00", json!({ "value": "8.5" })),
            stated("01", 2, "2026-01-07T08:00", json!({ "value": "8", "reason": "Sửa" })),
            stated("01", 3, "2026-01-07T09:00", json!({ "value": "9", "reason": "Sửa lại" })),
            withdrawn("01", 3, "2026-01-07T23:59"),
            // Withdrawn on its own day, and never published again.
            stated("00004", 1, "2026-01-06T08:00", json!({ "value": "7" })),
            withdrawn("00004", 1, "2026-01-06T09:00"),
            // Other flags are another vintage and no other value; a remark is neither.
            stated("00008", 1, "2026-01-06T08:00", json!({ "value": "8.5", "flags": ["PROVISIONAL"] })),
            stated(
                "00008",
                1,
                "2026-01-06T09:00",
                json!({ "value": "8.5", "flags": ["PROVISIONAL"], "note": "Ghi chú" }),
            ),
            stated("00008", 1, "2026-02-06T08:00", json!({ "value": "8.5", "flags": ["NORMAL"], "note": "Ghi chú" })),
            stated("00008", 1, "2026-03-06T08:00", json!({ "value": "8.5", "note": "Ghi chú khác" })),
            // A forecast that becomes a value is a revision, though the number is the same.
            stated("00025", 1, "2025-06-06T08:00", json!({ "value": "8.5", "flags": ["FORECAST"] })),
            stated("00025", 1, "2026-01-06T08:00", json!({ "value": "8.5", "flags": ["NORMAL"] })),
            // Withdrawn and published again on one day.
            withdrawn("00025", 1, "2026-01-06T09:00"),
            stated("00025", 2, "2026-01-06T10:00", json!({ "value": "8.5", "reason": "Lại" })),
        ],
    )
    .await;
    let asked = asked(&pool);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rows = |list: &Value, fields: &[&str]| -> Vec<String> {
        let list = list.as_array().unwrap_or_else(|| panic!("{list}"));
        list.iter().map(|row| fields.iter().map(|field| text(&row[field])).collect::<Vec<_>>().join(" ")).collect()
    };
    let of = async |area: &str| {
        let document = format!(
            r#"{{ observations(filter: {{ area: ["{area}"] }}, first: 1) {{ edges {{ node {{ vintages {{ vintage value from until }} }} }} }}
                 kpiRevisions(period: "2026", filter: {{ area: ["{area}"] }}) {{ revisedOn vintage before after ragBefore ragAfter flipped reason }} }}"#
        );
        let answer = asked.data(&document).await;
        let revised = ["revisedOn", "vintage", "before", "after", "ragBefore", "ragAfter", "flipped", "reason"];
        (
            rows(&answer["observations"]["edges"][0]["node"]["vintages"], &["vintage", "value", "from", "until"]),
            rows(&answer["kpiRevisions"], &revised),
        )
    };
    let (vintages, revisions) = of("01").await;
    assert_eq!(
        vintages,
        [
            "1 8.5 2026-01-06 2026-01-07",
            "2 8 2026-01-07 2026-01-07",
            "3 9 2026-01-07 2026-01-07",
            "4 8 2026-01-07 null"
        ]
    );
    // 0.5 of 8.5 is short: 5.9 %. Only what the day ended with has a judgement.
    assert_eq!(
        revisions,
        [
            "2026-01-07 4 9 8 GREEN AMBER_RED true Nhầm",
            "2026-01-07 3 8 9 null null false Sửa lại",
            "2026-01-07 2 8.5 8 null null false Sửa",
        ]
    );
    let (vintages, revisions) = of("00004").await;
    assert_eq!(vintages, ["1 7 2026-01-06 2026-01-06"]);
    assert_eq!(revisions, ["2026-01-06 null 7 null null null false Nhầm"]);
    let (vintages, revisions) = of("00008").await;
    assert_eq!(vintages, ["1 8.5 2026-01-06 2026-02-06", "2 8.5 2026-02-06 null"]);
    assert_eq!(revisions, Vec::<String>::new());
    let (vintages, revisions) = of("00025").await;
    assert_eq!(vintages, ["1 8.5 2025-06-06 2026-01-06", "2 8.5 2026-01-06 2026-01-06", "3 8.5 2026-01-06 null"]);
    assert_eq!(
        revisions,
        [
            "2026-01-06 3 8.5 8.5 null GREEN true Lại",
            "2026-01-06 null 8.5 null null null false Nhầm",
            "2026-01-06 2 8.5 8.5 null null false null",
        ]
    );
    // Each change is told at its own time.
    let told: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(' ', to_char(at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI'), coalesce(before, '-'), coalesce(after, '-'))
         FROM kpis.published_changes('2026-01-05T17:00:00Z', '2026-11-27T02:00:00Z') WHERE kind = 'CORRECTED' AND areas = '{01}' ORDER BY at",
    )
    .fetch_all(&pool)
    .await
    .expect("changes");
    assert_eq!(told, ["08:00 8.5 8", "09:00 8 9", "23:59 9 8"]);
    let told: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(' ', before, coalesce(after, '-')) FROM kpis.published_changes('2026-01-06T01:30:00Z', '2026-01-06T02:00:00Z') WHERE kind = 'CORRECTED' ORDER BY areas",
    )
    .fetch_all(&pool)
    .await
    .expect("changes");
    assert_eq!(told, ["7 -", "8.5 -"], "two withdrawals at nine");
    // What is shown of a day is what it ended with.
    for (day, value) in [("2026-01-06", json!("8.5")), ("2026-01-07", json!("8"))] {
        let shown = asked
            .data(&format!(
                r#"{{ kpiTargets(asOf: "{day}", filter: {{ area: ["01"] }}) {{ edges {{ node {{ actual }} }} }} }}"#
            ))
            .await;
        assert_eq!(shown["kpiTargets"]["edges"][0]["node"]["actual"], value, "{day}");
    }
}
