//! Who sees which targets and observations, in lists, objects, series and measures.

use serde_json::{Value, json};
use service_kit::testing::{Asked, person, problem};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{asked, found, give, indicator, observed, target};

async fn city(pool: &PgPool) -> Asked {
    found(pool).await;
    give(
        pool,
        "indicators",
        &[
            indicator("F", "FLOW", "QUARTER", json!({ "overPlaces": "SUM" })),
            indicator(
                "Y",
                "STOCK",
                "QUARTER",
                json!({ "organization": "SYT", "accountable": null, "overPlaces": "SUM", "scopes": ["CITY", "AREA", "ORGANIZATION"] }),
            ),
        ],
    )
    .await;
    for code in ["F", "Y"] {
        for area in ["01", "00004", "00008"] {
            give(pool, "targets", &[target(code, area, "2026", json!({ "value": "10" }))]).await;
            give(pool, "observations", &[observed(code, area, "2026-Q1", "2026-04-10", json!({ "value": "3" }))]).await;
        }
    }
    give(
        pool,
        "targets",
        &[target(
            "Y",
            "",
            "2026",
            json!({ "externalId": "of STC", "area": null, "organization": "STC", "value": "1" }),
        )],
    )
    .await;
    asked(pool)
}

fn ward(areas: &[&str]) -> Principal {
    Principal {
        areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        ..person("ward", &[Role::Ward], None, None)
    }
}

/// Indicator and scope of each target and observation that a caller lists, with the totals.
async fn seen(asked: &Asked, who: &Principal) -> (Vec<String>, Value, Value) {
    let answer = asked
        .ask(who, r"{ kpiTargets(first: 50) { totalCount edges { node { indicator { code } area { code } organization { code } } } } observations(first: 50) { totalCount edges { node { id } } } }", Value::Null)
        .await;
    let edges = answer["data"]["kpiTargets"]["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let name = |edge: &Value| {
        let node = &edge["node"];
        let scope = node["area"]["code"].as_str().or(node["organization"]["code"].as_str()).unwrap_or_default();
        format!("{} {scope}", node["indicator"]["code"].as_str().unwrap_or_default())
    };
    let totals = |field: &str| answer["data"][field]["totalCount"].clone();
    (edges.iter().map(name).collect(), totals("kpiTargets"), totals("observations"))
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_sees_its_own_scopes_and_indicators(pool: PgPool) {
    let asked = city(&pool).await;
    for (who, expected, observations) in [
        (ward(&["00004"]), vec!["F 00004", "Y 00004"], 2),
        (ward(&["00004", "00008"]), vec!["F 00004", "F 00008", "Y 00004", "Y 00008"], 4),
        // The owner of an indicator sees all its scopes; its own scope of another's indicator; and a unit below it nothing above it.
        (person("stc", &[Role::Department], Some("STC"), None), vec!["F 00004", "F 00008", "F 01", "Y STC"], 3),
        (person("phong", &[Role::Department], Some("PHONG"), None), vec![], 0),
        (
            person("ubnd", &[Role::Department], Some("UBND"), None),
            vec!["F 00004", "F 00008", "F 01", "Y 00004", "Y 00008", "Y 01", "Y STC"],
            6,
        ),
        (person("gd", &[Role::Lead], None, Some("GD-STC")), vec!["F 00004", "F 00008", "F 01"], 3),
        (
            person("ioc", &[Role::Ioc], None, None),
            vec!["F 00004", "F 00008", "F 01", "Y 00004", "Y 00008", "Y 01", "Y STC"],
            6,
        ),
        (
            person("both", &[Role::Ioc, Role::Ward], None, None),
            vec!["F 00004", "F 00008", "F 01", "Y 00004", "Y 00008", "Y 01", "Y STC"],
            6,
        ),
    ] {
        let (names, targets, seen_observations) = seen(&asked, &who).await;
        assert_eq!(names, expected, "{who:?}");
        assert_eq!((targets, seen_observations), (json!(expected.len()), json!(observations)), "{who:?}");
    }
    // A visitor sees the catalogue, and no row.
    let visitor = Principal::default();
    let answer = asked.ask(&visitor, "{ indicators { totalCount } }", Value::Null).await;
    assert_eq!(answer["data"]["indicators"]["totalCount"], json!(2));
    for document in [
        "{ kpiTargets { totalCount } }",
        "{ observations { totalCount } }",
        r#"{ kpiRevisions(period: "2026") { vintage } }"#,
        r#"{ indicator(code: "F") { series(area: "00004", period: "2026") { value } } }"#,
        r#"{ kpiStats(period: "2026", groupBy: [OFFICIAL]) { totals { total } } }"#,
        r#"{ kpiStats(period: "2026", filter: { search: "F" }) { totals { total } } }"#,
        r#"{ kpiStats(period: "2026", filter: { met: true }) { totals { total } } }"#,
    ] {
        assert_eq!(problem(&asked.ask(&visitor, document, Value::Null).await).0, "UNAUTHENTICATED", "{document}");
        let stranger = person("stranger", &[Role::Handler], None, None);
        assert_eq!(problem(&asked.ask(&stranger, document, Value::Null).await).0, "FORBIDDEN", "{document}");
    }
    // Aggregates are public over the listed dimensions.
    let answer = asked
        .ask(&visitor, r#"{ kpiStats(period: "2026", groupBy: [AREA], filter: { indicator: ["F"] }) { rows { area { code } measures { total } } totals { total } } indicator(code: "F") { together(period: "2026-Q1") { value } } }"#, Value::Null)
        .await;
    assert_eq!(answer["data"]["kpiStats"]["totals"]["total"], json!(3), "{answer}");
    assert_eq!(answer["data"]["indicator"]["together"]["value"], json!("6"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_one_may_not_see_is_absent_by_id_in_series_revisions_and_verbs(pool: PgPool) {
    let asked = city(&pool).await;
    give(&pool, "observations", &[observed("F", "00008", "2026-Q1", "2026-05-10", json!({ "value": "4" }))]).await;
    let id: String = sqlx::query_scalar("SELECT id::text FROM kpis.observation WHERE external_id = 'F/00008/2026-Q1'")
        .fetch_one(&pool)
        .await
        .expect("an id");
    let target: String = sqlx::query_scalar("SELECT id::text FROM kpis.target WHERE external_id = 'F/00008/2026'")
        .fetch_one(&pool)
        .await
        .expect("an id");
    let document = r#"query($id: ID!, $target: ID!) { observation(id: $id) { id vintages { value } } kpiTarget(id: $target) { id }
        indicator(code: "F") { series(area: "00008", period: "2026-Q1") { value } targets { totalCount } } kpiRevisions(period: "2026") { after } }"#;
    let ask = |who: Principal| {
        let (asked, variables) = (&asked, json!({ "id": id, "target": target }));
        async move { asked.ask(&who, document, variables).await }
    };
    let own = ask(ward(&["00008"])).await["data"].clone();
    assert_eq!(own["kpiRevisions"], json!([{ "after": "4" }]));
    assert_eq!(own["observation"]["vintages"], json!([{ "value": "3" }, { "value": "4" }]));
    let answer = ask(ward(&["00004"])).await;
    // Points without values would say that nothing was observed.
    assert_eq!(problem(&answer), ("FORBIDDEN".to_owned(), "area".to_owned()));
    let other = answer["data"].clone();
    assert_eq!((other["observation"].clone(), other["kpiTarget"].clone()), (Value::Null, Value::Null));
    assert_eq!(
        (&other["indicator"]["series"], &other["indicator"]["targets"]["totalCount"]),
        (&Value::Null, &json!(1))
    );
    // A scope of its own of which nothing was observed has points; another one has none, and says so beside it.
    let mixed = r#"{ indicator(code: "F") { own: series(area: "00025", period: "2026-Q1") { value } city: series(area: "01", period: "2026-Q1") { value } } }"#;
    let answer = asked.ask(&ward(&["00025"]), mixed, Value::Null).await;
    let found = &answer["data"]["indicator"];
    assert_eq!((&found["own"], &found["city"]), (&json!([{ "value": null }]), &Value::Null), "{answer}");
    assert_eq!(problem(&answer), ("FORBIDDEN".to_owned(), "area".to_owned()));
    assert_eq!(other["kpiRevisions"], json!([]));
    let verb = "mutation($input: SubmitObservationInput!) { submitObservation(input: $input) { observation { id } } }";
    let input = json!({ "input": { "id": id, "expectedVersion": 2 } });
    assert_eq!(
        problem(&asked.ask(&ward(&["00004"]), verb, input).await),
        ("NOT_FOUND".to_owned(), "input.id".to_owned())
    );
}
