//! Filters and orders of lists; each number equals the list behind it; a page costs a constant number of statements.

use serde_json::{Value, json};
use service_kit::testing::{count_statements, operator, run};
use sqlx::PgPool;

use crate::city::{NOW, at, case, event, found, give, happen, rating};

/// Cases of every state.
async fn varied(pool: &PgPool) {
    found(pool).await;
    let more = [
        json!({ "category": "FLOODING", "bottlenecks": ["FLOODING"], "programmes": ["CT1"], "sender": "BUSINESS", "channel": "HOTLINE_1022" }),
        json!({ "kind": "INITIATIVE", "category": "INITIATIVE", "area": "00008", "public": false }),
        json!({ "level": "URGENT", "anonymous": true }),
        json!({ "level": "COMPLEX", "text": "Đèn đường hỏng ở phố Núi Trúc" }),
        json!({}),
        json!({}),
        json!({}),
    ];
    let cases: Vec<Value> = (0..)
        .zip(more)
        .map(|(place, more)| case(&format!("C{place}"), &format!("2026-11-{:02} 09:00", 9 + place), more))
        .collect();
    give(pool, "feedback", &cases).await;
    happen(
        pool,
        "C0",
        &[("2026-11-09 10:00", "ASSIGNED"), ("2026-11-10 09:00", "IN_PROGRESS"), ("2026-11-10 10:00", "RESOLVED")],
    )
    .await;
    happen(pool, "C1", &[("2026-11-11 09:00", "REJECTED")]).await;
    happen(pool, "C2", &[("2026-11-11 10:00", "ASSIGNED"), ("2026-11-12 10:00", "TRANSFERRED")]).await;
    give(pool, "feedback-events", &[event("C2", "2026-11-13 10:00", "ASSIGNED", json!({ "organization": "SYT" }))])
        .await;
    happen(
        pool,
        "C3",
        &[
            ("2026-11-13 10:00", "ASSIGNED"),
            ("2026-11-16 10:00", "IN_PROGRESS"),
            ("2026-11-17 10:00", "WAITING_CITIZEN"),
        ],
    )
    .await;
    give(pool, "feedback-events", &[event("C5", "2026-11-16 10:00", "MERGED", json!({ "primary": "C4" }))]).await;
    happen(
        pool,
        "C6",
        &[
            ("2026-11-16 08:00", "ASSIGNED"),
            ("2026-11-16 09:00", "IN_PROGRESS"),
            ("2026-11-17 09:00", "RESOLVED"),
            ("2026-11-19 09:00", "REOPENED"),
        ],
    )
    .await;
    give(pool, "feedback-ratings", &[rating("C0", "2026-11-12 09:00", 5), rating("C5", "2026-11-20 09:00", 2)]).await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_filter_finds_its_cases(pool: PgPool) {
    varied(&pool).await;
    let asked = at(&pool, NOW);
    for (filter, expected) in [
        ("search: \"den duong nui\"", "C3"),
        ("code: [\"C1\", \"C2\"]", "C1 C2"),
        ("source: [\"ihanoi\"], status: [REJECTED]", "C1"),
        ("kind: [INITIATIVE]", "C1"),
        ("sender: [BUSINESS]", "C0"),
        ("channel: [HOTLINE_1022]", "C0"),
        ("category: [\"FLOODING\"]", "C0"),
        ("level: [URGENT, COMPLEX]", "C2 C3"),
        ("status: [CLOSED]", "C0"),
        ("area: [\"00008\"]", "C1"),
        ("organization: [\"SYT\"]", "C2"),
        ("axis: [COMMITTEE]", "C0 C2 C3 C6"),
        ("programme: [\"CT1\"]", "C0"),
        ("bottleneck: [\"FLOODING\"]", "C0"),
        ("primary: [\"C4\"]", "C5"),
        ("open: true", "C2 C3 C4 C6"),
        ("overdue: true", "C2 C4 C6"),
        ("public: false", "C1"),
        ("anonymous: true", "C2"),
        ("reopened: true", "C6"),
        ("transfersAtLeast: 1", "C2"),
        ("submittedOn: { on: \"2026-11-09\" }", "C0"),
        ("resolvedOn: { from: \"2026-11-01\" }", "C0"),
        ("without: [ORGANIZATION], open: true", "C4"),
        ("without: [BOTTLENECK], kind: [INITIATIVE]", "C1"),
    ] {
        let document = format!(
            "{{ feedbacks(filter: {{ {filter} }}, orderBy: [{{ field: SUBMITTED_AT }}]) {{ totalCount edges {{ node {{ code }} }} }} }}"
        );
        let answer = asked.data(&document).await["feedbacks"].clone();
        let codes: Vec<&str> = answer["edges"]
            .as_array()
            .expect("edges")
            .iter()
            .filter_map(|edge| edge["node"]["code"].as_str())
            .collect();
        assert_eq!(codes.join(" "), expected, "{filter}");
        assert_eq!(answer["totalCount"], codes.len(), "{filter}");
    }
    for (filter, path) in [
        ("area: [\"99999\"]", "filter.area.0"),
        ("category: [\"FLOODING\", \"FLODING\"]", "filter.category.1"),
        ("source: [\"ihanoi\", \"ihannoi\"]", "filter.source.1"),
    ] {
        let list = format!("{{ feedbacks(filter: {{ {filter} }}) {{ totalCount }} }}");
        let stats =
            format!("{{ feedbackStats(period: \"2026\", filter: {{ {filter} }}) {{ totals {{ received }} }} }}");
        for document in [list, stats] {
            let refused = asked.ask(&operator(), &document, json!({})).await;
            assert_eq!(crate::city::problem(&refused), ("VALIDATION".into(), path.into()), "{document}");
        }
    }
    // A category in which nothing new is reported still has its cases.
    run(&pool, "UPDATE feedback.category SET is_active = false WHERE code = 'FLOODING'").await;
    let old = asked.data("{ feedbacks(filter: { category: [\"FLOODING\"] }) { totalCount } }").await;
    assert_eq!(old["feedbacks"]["totalCount"], 1);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_count_equals_the_list_behind_it_on_every_day(pool: PgPool) {
    varied(&pool).await;
    let asked = at(&pool, NOW);
    let mut compared = 0;
    for day in 9..=27 {
        let document = format!(
            "{{ feedbackStats(period: \"2026-11\", asOf: \"2026-11-{day:02}\", groupBy: [STATUS]) {{ rows {{ status measures {{ received resolved open overdue dueSoon waiting rejected merged onTime {{ numerator denominator }} }}
                received: drillDown(measure: RECEIVED) {{ filter asOf }} resolved: drillDown(measure: RESOLVED) {{ filter asOf }} open: drillDown(measure: OPEN) {{ filter asOf }}
                overdue: drillDown(measure: OVERDUE) {{ filter asOf }} dueSoon: drillDown(measure: DUE_SOON) {{ filter asOf }} waiting: drillDown(measure: WAITING) {{ filter asOf }}
                rejected: drillDown(measure: REJECTED) {{ filter asOf }} merged: drillDown(measure: MERGED) {{ filter asOf }} }} }} }}"
        );
        for row in asked.data(&document).await["feedbackStats"]["rows"].as_array().expect("rows") {
            for measure in ["received", "resolved", "open", "overdue", "dueSoon", "waiting", "rejected", "merged"] {
                let list = "query($filter: FeedbackFilter, $asOf: Date) { feedbacks(filter: $filter, asOf: $asOf) { totalCount } }";
                let answer = asked.ask(&operator(), list, row[measure].clone()).await;
                assert_eq!(
                    answer["data"]["feedbacks"]["totalCount"], row["measures"][measure],
                    "{day} {measure} {row} {answer}"
                );
                compared += i64::from(row["measures"][measure].as_i64() > Some(0));
            }
        }
    }
    assert!(compared > 80, "{compared}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn groups_of_a_dimension_add_up_to_the_totals(pool: PgPool) {
    varied(&pool).await;
    let asked = at(&pool, NOW);
    for dimension in [
        "KIND",
        "SENDER",
        "CHANNEL",
        "CATEGORY",
        "LEVEL",
        "STATUS",
        "AREA",
        "ORGANIZATION",
        "AXIS",
        "PROJECT",
        "OFFICIAL",
    ] {
        let document = format!(
            "{{ feedbackStats(period: \"2026-11\", groupBy: [{dimension}]) {{ rows {{ measures {{ received }} category {{ code }} }} totals {{ received }} }} }}"
        );
        let found = asked.data(&document).await["feedbackStats"].clone();
        let sum: i64 =
            found["rows"].as_array().expect("rows").iter().filter_map(|row| row["measures"]["received"].as_i64()).sum();
        assert_eq!((found["totals"]["received"].as_i64(), sum), (Some(7), 7), "{dimension}");
    }
    let trend = asked
        .data("{ feedbackStats(period: \"2026-11\", grain: WEEK) { rows { bucket measures { received open } } } }")
        .await;
    let rows: Vec<(Option<i64>, Option<i64>)> = trend["feedbackStats"]["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["measures"]["received"].as_i64(), row["measures"]["open"].as_i64()))
        .collect();
    // The weeks from the 1st (a Sunday), 2nd, 9th, 16th and 23rd.
    assert_eq!(
        rows,
        [(Some(0), Some(0)), (Some(0), Some(0)), (Some(7), Some(5)), (Some(0), Some(4)), (Some(0), Some(4))]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_page_costs_a_constant_number_of_statements(pool: PgPool) {
    varied(&pool).await;
    let asked = at(&pool, NOW);
    let document = |first: i32| {
        format!(
            "{{ feedbacks(first: {first}) {{ totalCount edges {{ node {{ code category {{ name attributes {{ code }} }} area {{ code }} events {{ status }} attachments {{ uri }} ratings {{ score }} pauses {{ hours }} }} }} }} }}"
        )
    };
    let (_, one) = count_statements(asked.data(&document(1))).await;
    let (_, seven) = count_statements(asked.data(&document(7))).await;
    assert_eq!(one, seven);
    assert!(one > 0);
    let entities = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Area { code feedbackMeasures(period: \"2026\") { received } feedbacks { totalCount } } } }";
    let of = |codes: &[&str]| json!({ "of": codes.iter().map(|code| json!({ "__typename": "Area", "code": code })).collect::<Vec<_>>() });
    let (_, one) = count_statements(asked.ask(&operator(), entities, of(&["00004"]))).await;
    let (answer, two) = count_statements(asked.ask(&operator(), entities, of(&["00004", "00008"]))).await;
    let (_, three) = count_statements(asked.ask(&operator(), entities, of(&["00004", "00008", "00235"]))).await;
    // The cases of a single area are counted with its page; whether an area without a case is divided is asked.
    assert_eq!((one + 1, two + 1), (two, three));
    assert_eq!(answer["data"]["_entities"][1]["feedbackMeasures"]["received"], 1, "{answer}");
    assert_eq!(answer["data"]["_entities"][1]["feedbacks"]["totalCount"], 1);
}

/// What hangs on a case as of a past day is what there was at its end.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn children_of_a_past_day_are_those_of_the_day(pool: PgPool) {
    varied(&pool).await;
    happen(&pool, "C3", &[("2026-11-19 10:00", "IN_PROGRESS")]).await;
    let asked = at(&pool, NOW);
    let of = async |code: &str, day: &str| {
        asked
            .data(&format!(
                "{{ feedbacks(filter: {{ code: [\"{code}\"] }}, asOf: \"{day}\") {{ nodes {{ events {{ status }} ratings {{ score }} pauses {{ toAt hours }} }} }} }}"
            ))
            .await["feedbacks"]["nodes"][0]
            .clone()
    };
    let steps = |found: &Value| found["events"].as_array().map(Vec::len);
    let (before, after) = (of("C0", "2026-11-11").await, of("C0", "2026-11-12").await);
    assert_eq!((steps(&before), &before["ratings"]), (Some(3), &json!([])));
    assert_eq!(after["ratings"], json!([{ "score": 5 }]));
    assert_eq!(steps(&of("C0", "2026-11-09").await), Some(1));
    let pauses = async |day: &str| of("C3", day).await["pauses"].clone();
    assert_eq!(pauses("2026-11-16").await, json!([]));
    assert_eq!(pauses("2026-11-18").await, json!([{ "toAt": null, "hours": null }]), "it still lasts");
    // From 10:00 on the 17th to 10:00 on the 19th: two days of eight working hours.
    assert_eq!(pauses("2026-11-19").await, json!([{ "toAt": "2026-11-19T03:00:00+00:00", "hours": 16.0 }]));
}
