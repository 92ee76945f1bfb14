//! Who sees which alerts: those on the records that the services themselves show, no others, and a visitor none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use service_kit::testing::Asked as Service;
use service_kit::{Principal, Role, ServiceContext, Subgraph};
use sqlx::PgPool;

use crate::city::{
    NOW, at, case, event, found, give, indicator, milestone, operator, parcel, person, problem, project, task, with,
};

/// What is alerted on, in two wards and under two departments.
async fn city(pool: &PgPool) {
    found(pool).await;
    for (code, lead, position, area) in
        [("T-SXD", "SXD", "GD-SXD", "00004"), ("T-BAN", "BAN", "NEVER", "00008"), ("T-SYT", "SYT", "GD-SYT", "00008")]
    {
        let (lead, position, area) = (format!("'{lead}'"), format!("'{position}'"), format!("'{{{area}}}'"));
        task(
            pool,
            code,
            &[("lead_organization_code", &lead), ("accountable_position_code", &position), ("area_codes", &area)],
        )
        .await;
    }
    let late = json!({ "baselineEnd": "2026-06-30", "forecastEnd": "2026-06-30", "accountable": null });
    for (code, owner, area) in [("P-SXD", "SXD", "00004"), ("P-SYT", "SYT", "00008")] {
        give(pool, "projects", &[project(code, with(late.clone(), json!({ "organization": owner, "areas": [area] })))])
            .await;
        let slipped =
            json!({ "observedAt": "2026-05-05T02:00:00Z", "forecastEnd": "2026-09-30", "forecastReason": "Mưa bão" });
        give(
            pool,
            "projects",
            &[with(project(code, with(late.clone(), slipped)), json!({ "organization": owner, "areas": [area] }))],
        )
        .await;
        parcel(pool, &format!("PAY-{code}"), code, area).await;
        let steps = [("NOTIFIED", "2026-03-01"), ("POSTED", "2026-05-04"), ("APPROVED", "2026-05-20")];
        let rows: Vec<Value> = steps.iter().map(|(kind, day)| milestone(&format!("PAY-{code}"), kind, day)).collect();
        give(pool, "parcel-events", &rows).await;
    }
    for (code, owner, area) in [("I-SXD", "SXD", "00004"), ("I-SYT", "SYT", "00008")] {
        give(pool, "indicators", &[indicator(code, json!({ "organization": owner, "accountable": null }))]).await;
        let base = json!({ "externalId": code, "indicator": code, "area": area, "period": "2026-Q3" });
        give(
            pool,
            "targets",
            &[with(
                base.clone(),
                json!({ "observedAt": "2025-01-02T02:00:00Z", "decidedOn": "2025-01-02", "value": "100" }),
            )],
        )
        .await;
        give(
            pool,
            "observations",
            &[with(base, json!({ "observedAt": "2026-10-10T02:00:00Z", "status": "PUBLISHED", "value": "50" }))],
        )
        .await;
    }
    for (code, lead, area) in [("F-SXD", "SXD", "00004"), ("F-SYT", "SYT", "00008")] {
        give(pool, "feedback", &[case(code, "2026-03-02 08:00", json!({ "area": area }))]).await;
        give(pool, "feedback-events", &[event(code, "2026-03-02 09:00", "ASSIGNED", json!({ "organization": lead }))])
            .await;
    }
}

fn everybody() -> Vec<(&'static str, Principal)> {
    let ward = |area: &str| Principal { areas: vec![area.to_owned()], ..person("war", &[Role::Ward], None, None) };
    vec![
        ("a visitor", Principal::default()),
        ("nobody in particular", person("nob", &[], Some("SXD"), Some("GD-SXD"))),
        ("a ward", ward("00004")),
        ("another ward", ward("00008")),
        ("a ward without its area", person("war", &[Role::Ward], None, None)),
        ("a department", person("dep", &[Role::Department], Some("SXD"), None)),
        ("a department below", person("low", &[Role::Department], Some("BAN"), None)),
        ("another department", person("oth", &[Role::Department], Some("SYT"), None)),
        ("a lead", person("lea", &[Role::Lead], Some("SXD"), None)),
        ("a director", person("dir", &[Role::Lead], None, Some("GD-SXD"))),
        ("a handler", person("han", &[Role::Handler], Some("SXD"), None)),
        ("an approver", person("app", &[Role::Approver], Some("UBND"), None)),
        ("an auditor", person("aud", &[Role::Auditor], Some("UBND"), None)),
        ("an inspector", person("ins", &[Role::Inspector], None, None)),
        ("an issuer", person("iss", &[Role::Issuer], None, None)),
        ("an administrator", person("adm", &[Role::Admin], None, None)),
        ("the operations center", operator()),
    ]
}

fn texts(nodes: &Value, key: impl Fn(&Value) -> String) -> BTreeSet<String> {
    nodes.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(key).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn everybody_sees_the_alerts_on_the_records_that_the_services_show(pool: PgPool) {
    type Start = fn(ServiceContext) -> Subgraph;
    city(&pool).await;
    let insights = at(&pool, NOW);
    let all: Vec<String> =
        texts(&insights.data("{ alerts(first: 500) { nodes { id } } }").await["alerts"]["nodes"], |node| {
            node["id"].as_str().expect("an id").to_owned()
        })
        .into_iter()
        .collect();
    let mut shown = 0;
    for (dataset, start, list, key) in [
        ("tasks", tasks::subgraph as Start, "tasks(filter: { overdue: true }, first: 50)", "task { id }"),
        ("projects", projects::subgraph, "projects(filter: { late: true }, first: 50)", "project { id: code }"),
        ("clearance", projects::subgraph, "parcelCases(first: 50)", "parcelCase { id }"),
        ("kpis", kpis::subgraph, "kpiTargets(filter: { rag: [RED] }, first: 50)", "indicator { id: code }"),
        ("feedback", feedback::subgraph, "feedbacks(filter: { overdue: true }, first: 50)", "feedback { id }"),
    ] {
        let service = Service::at(&pool, NOW, start);
        let own_key = match dataset {
            "projects" => "id: code",
            "kpis" => "indicator { id: code }",
            _ => "id",
        };
        for (who, principal) in everybody() {
            let answer = service
                .ask(&principal, &format!("{{ {list} {{ edges {{ node {{ {own_key} }} }} }} }}"), Value::Null)
                .await;
            let name = list.split('(').next().unwrap_or_default();
            let expected = texts(&answer["data"][name]["edges"], |edge| {
                let node = &edge["node"];
                let id = if dataset == "kpis" { &node["indicator"]["id"] } else { &node["id"] };
                id.to_string()
            });
            let document = format!("{{ alerts(first: 500) {{ nodes {{ dataset {key} }} }} }}");
            let answer = insights.ask(&principal, &document, Value::Null).await;
            let field = key.split(' ').next().unwrap_or_default();
            let of_dataset: Vec<Value> = answer["data"]["alerts"]["nodes"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default()
                .iter()
                .filter(|node| node["dataset"] == dataset)
                .cloned()
                .collect();
            let found = texts(&json!(of_dataset), |node| node[field]["id"].to_string());
            assert_eq!(found, expected, "{who} {dataset}");
            shown += found.len();
        }
    }
    assert!(shown > 60, "{shown}");
    // Nobody gets an alert by its id that is not in the list.
    for (who, principal) in everybody() {
        let listed = insights.ask(&principal, "{ alerts(first: 500) { nodes { id } } }", Value::Null).await;
        let listed = texts(&listed["data"]["alerts"]["nodes"], |node| node["id"].as_str().expect("an id").to_owned());
        for id in &all {
            let answer =
                insights.ask(&principal, "query($id: ID!) { alert(id: $id) { id } }", json!({ "id": id })).await;
            assert_eq!(answer["data"]["alert"]["id"] == json!(id), listed.contains(id), "{who} {id} {answer}");
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn everybody_finds_the_changes_of_the_records_that_the_services_show(pool: PgPool) {
    type Start = fn(ServiceContext) -> Subgraph;
    city(&pool).await;
    let insights = at(&pool, NOW);
    let mut shown = 0;
    for (dataset, start, list, own_key, key) in [
        ("TASKS", tasks::subgraph as Start, "tasks", "id", "task { id }"),
        ("PROJECTS", projects::subgraph, "projects", "id: code", "project { id: code }"),
        ("CLEARANCE", projects::subgraph, "parcelCases", "id", "parcelCase { id }"),
        ("KPIS", kpis::subgraph, "kpiTargets", "indicator { id: code }", "indicator { id: code }"),
        ("FEEDBACK", feedback::subgraph, "feedbacks", "id", "feedback { id }"),
    ] {
        let service = Service::at(&pool, NOW, start);
        for (who, principal) in everybody() {
            let document = format!("{{ {list}(first: 50) {{ nodes {{ {own_key} }} }} }}");
            let answer = service.ask(&principal, &document, Value::Null).await;
            let expected =
                texts(&answer["data"][list]["nodes"], |node| node.get("indicator").unwrap_or(node)["id"].to_string());
            let document = format!(
                "{{ changesSince(instant: \"2025-12-01T00:00:00Z\", datasets: [{dataset}], first: 500) {{ totalCount counts {{ count }} nodes {{ {key} }} }} }}"
            );
            let answer = insights.ask(&principal, &document, Value::Null).await;
            let changes = &answer["data"]["changesSince"];
            let field = key.split(' ').next().unwrap_or_default();
            let found = texts(&changes["nodes"], |node| node[field]["id"].to_string());
            assert_eq!(found, expected, "{who} {dataset} {answer}");
            // The counts are those of the list: what one may not see is in no number.
            if let Some(nodes) = changes["nodes"].as_array() {
                let counted: i64 =
                    changes["counts"].as_array().expect("counts").iter().filter_map(|of| of["count"].as_i64()).sum();
                assert_eq!(
                    (changes["totalCount"].as_i64(), counted),
                    (Some(counted), i64::try_from(nodes.len()).expect("few"))
                );
            }
            shown += found.len();
        }
    }
    assert!(shown > 60, "{shown}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn positions_and_sources_are_for_who_has_to_do_with_them_and_a_visitor_gets_none(pool: PgPool) {
    city(&pool).await;
    crate::city::run(
        &pool,
        "INSERT INTO platform.source (code, organization_code, cadence_hours, created_by, created_at) VALUES ('old', 'SYT', 24, 'x', '2026-01-01T00:00:00Z')",
    )
    .await;
    let insights = at(&pool, NOW);
    let document =
        "{ alerts(filter: { kind: [NO_HOLDER, SOURCE_SILENT] }, first: 500) { nodes { source position { code } } } }";
    for (who, principal) in everybody() {
        let answer = insights.ask(&principal, document, Value::Null).await;
        let expected: &[&str] = match who {
            "a visitor" => {
                assert_eq!(problem(&answer).0, "UNAUTHENTICATED");
                continue;
            }
            "nobody in particular" | "a ward without its area" | "a handler" => {
                assert_eq!(problem(&answer).0, "FORBIDDEN", "{who}");
                continue;
            }
            "another ward" | "an approver" | "an inspector" | "an issuer" => &["GD-SYT", "NEVER"],
            "a department" | "a department below" | "a lead" => &["NEVER"],
            "another department" => &["GD-SYT", "old"],
            "an auditor" => &["old"],
            "an administrator" | "the operations center" => &["GD-SYT", "NEVER", "old"],
            _ => &[],
        };
        let found = texts(&answer["data"]["alerts"]["nodes"], |node| {
            node["source"].as_str().or(node["position"]["code"].as_str()).expect("one of both").to_owned()
        });
        assert_eq!(found, expected.iter().map(|code| (*code).to_owned()).collect(), "{who}");
    }
    let answer = insights.ask(&Principal::default(), "{ alerts { totalCount } }", Value::Null).await;
    assert_eq!(problem(&answer).0, "UNAUTHENTICATED");
    let below = "{ _entities(representations: [{ __typename: \"Area\", code: \"00004\" }]) { ... on Area { alerts { totalCount } } } }";
    let answer = insights.ask(&Principal::default(), below, Value::Null).await;
    assert_eq!(problem(&answer).0, "UNAUTHENTICATED");
}

#[test]
fn the_rules_of_alerts_are_those_of_their_records() {
    for (alerts, records) in [
        (&insights::TASK_ALERTS, &tasks::TASKS),
        (&insights::PROJECT_ALERTS, &projects::PROJECTS),
        (&insights::CLEARANCE_ALERTS, &projects::CLEARANCE),
        (&insights::KPI_ALERTS, &kpis::KPIS),
        (&insights::FEEDBACK_ALERTS, &feedback::FEEDBACK),
    ] {
        assert_eq!(alerts.rows, records.rows, "{}", records.name);
    }
}

/// A card shows no count of one to four persons to who does not see all rows, in its own period and in the one before, and has no
/// component of its score that is made of it.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_visitor_gets_no_small_cell_of_a_card_or_of_a_trend(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("DA", json!({}))]).await;
    // Of twenty parties of each ward those that have left.
    for (ward, cleared) in [("00004", 4), ("00008", 5)] {
        for number in 0..20 {
            let id = format!("{ward}-{number:02}");
            parcel(&pool, &id, "DA", ward).await;
            let observed = json!({ "externalId": id, "observedAt": "2025-01-02T02:00:00Z" });
            give(&pool, "parties", &[with(observed.clone(), json!({ "code": id, "kind": "HOUSEHOLD" }))]).await;
            give(&pool, "parcel-rights", &[with(observed, json!({ "parcel": id, "party": id, "share": "1" }))]).await;
            if number < cleared {
                give(&pool, "parcel-events", &[milestone(&id, "HANDED_OVER", "2026-03-02")]).await;
            }
        }
    }
    let insights = at(&pool, NOW);
    let fields = "clearance { parties partiesCleared { numerator } householdsCleared { numerator } }";
    let of = |cleared: Value| {
        let rate = if cleared.is_null() { cleared } else { json!({ "numerator": cleared.to_string() }) };
        json!({ "clearance": { "parties": 20, "partiesCleared": rate, "householdsCleared": rate } })
    };
    for (who, few) in [(Principal::default(), Value::Null), (operator(), json!(4))] {
        let document = format!(
            "{{ scorecards(by: AREA, period: \"2026\", where: {{ code: [\"00004\", \"00008\"] }}, orderBy: [{{ measure: CLEARANCE_PARTIES_CLEARED, direction: ASC }}]) \
               {{ nodes {{ code measures {{ {fields} }} score {{ components {{ component measured }} }} }} }} \
               trend(by: AREA, code: [\"00004\"], period: \"2026-Q2\", grain: QUARTER) {{ points {{ measures {{ {fields} }} previous {{ {fields} }} }} }} }}"
        );
        let answer = insights.ask(&who, &document, Value::Null).await;
        assert!(answer["errors"].is_null(), "{answer}");
        let cards = &answer["data"]["scorecards"]["nodes"];
        // A hidden value comes last.
        let place = usize::from(few.is_null());
        assert_eq!((&cards[place]["code"], &cards[place]["measures"]), (&json!("00004"), &of(few.clone())));
        assert_eq!(cards[1 - place]["measures"], of(json!(5)));
        let components = cards[place]["score"]["components"].as_array().expect("components").iter();
        let parties = components.filter(|component| component["component"] == "PARTIES_CLEARED");
        assert!(parties.clone().all(|component| component["measured"].is_null() == few.is_null()), "{cards}");
        let point = &answer["data"]["trend"][0]["points"][0];
        assert_eq!((&point["measures"], &point["previous"]), (&of(few.clone()), &of(few)), "{point}");
    }
}

/// Fields of an object type with their types.
fn fields(sdl: &str, name: &str) -> BTreeMap<String, String> {
    let from = sdl.split_once(&format!("type {name} {{")).unwrap_or_else(|| panic!("no {name}")).1;
    let lines = from.lines().take_while(|line| *line != "}").filter_map(|line| line.trim().split_once(": "));
    let fields = lines.filter(|(field, _)| field.chars().all(char::is_alphanumeric));
    fields.map(|(field, of)| (field.to_owned(), of.to_owned())).collect()
}

#[test]
fn a_measure_of_persons_is_one_in_a_scorecard_too() {
    for (card, service, measures, compared) in [
        ("ScorecardClearance", projects::sdl(), "ClearanceMeasures", 14),
        ("ScorecardFeedback", feedback::sdl(), "FeedbackMeasures", 7),
    ] {
        let (card, service) = (fields(&insights::sdl(), card), fields(&service, measures));
        let both: Vec<_> = card.iter().filter_map(|(name, of)| Some((name, of, service.get(name)?))).collect();
        assert_eq!(both.len(), compared, "{both:?}");
        for (name, shown, declared) in both {
            assert_eq!(shown, declared, "{name} of {measures}");
        }
    }
}
