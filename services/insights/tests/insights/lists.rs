//! Lists of alerts: pages, order, counts, filters, entities, statements, invalid input.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_kit::testing::count_statements;
use sqlx::PgPool;

use crate::city::{Asked, NOW, at, found, give, operator, problem, project, task};

/// Thirty overdue tasks, every third of them urgent, three of another organization, five of a programme, and a late project.
async fn many(pool: &PgPool) {
    found(pool).await;
    for number in 0..30 {
        let due = format!("'2026-03-{:02}'", 1 + number % 10);
        let mut columns = vec![("current_due", due.as_str()), ("baseline_due", due.as_str())];
        if number % 3 == 0 {
            columns.push(("priority", "'URGENT'"));
        }
        if number < 3 {
            columns.extend([
                ("lead_organization_code", "'SYT'"),
                ("accountable_position_code", "'GD-SYT'"),
                ("area_codes", "'{00008}'"),
            ]);
        }
        if number >= 25 {
            columns.extend([("programme_codes", "'{CT1}'"), ("area_codes", "'{00004,00008}'")]);
        }
        task(pool, &format!("T{number:02}"), &columns).await;
    }
    give(
        pool,
        "projects",
        &[project("DA", json!({ "baselineEnd": "2026-06-30", "forecastEnd": "2026-06-30", "accountable": null }))],
    )
    .await;
}

async fn ids(city: &Asked, arguments: &str) -> Vec<String> {
    let answer = city.data(&format!("{{ alerts({arguments}) {{ nodes {{ id }} }} }}")).await;
    answer["alerts"]["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].to_string()).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn pages_follow_each_other_and_counts_are_those_of_the_whole_list(pool: PgPool) {
    many(&pool).await;
    let city = at(&pool, NOW);
    let all = ids(&city, "filter: { kind: [OVERDUE] }, first: 500").await;
    assert_eq!(all.len(), 31);
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let document = format!(
            "{{ alerts(filter: {{ kind: [OVERDUE] }}, first: 7, after: {after}) {{ totalCount asOf byKind {{ kind count }} bySeverity {{ severity count }} pageInfo {{ hasNextPage endCursor }} nodes {{ id }} }} }}"
        );
        let page = city.data(&document).await["alerts"].clone();
        assert_eq!((&page["totalCount"], &page["asOf"]), (&json!(31), &json!("2026-11-27")));
        assert_eq!(page["byKind"], json!([{ "kind": "OVERDUE", "count": 31 }]));
        assert_eq!(
            page["bySeverity"],
            json!([{ "severity": "CRITICAL", "count": 10 }, { "severity": "HIGH", "count": 21 }])
        );
        paged.extend(page["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].to_string()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, all);
    // The gravest first, of these the latest.
    let document = "{ alerts(filter: { kind: [OVERDUE] }, first: 500) { nodes { severity since } } }";
    let nodes = city.data(document).await["alerts"]["nodes"].clone();
    let order: Vec<(bool, String)> = nodes
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| (node["severity"] == "CRITICAL", node["since"].to_string()))
        .collect();
    assert!(order.windows(2).all(|pair| pair[0] >= pair[1]), "{order:?}");
    let oldest = "{ alerts(filter: { kind: [OVERDUE] }, orderBy: [{ field: SINCE }], first: 500) { nodes { since } } }";
    let oldest = city.data(oldest).await["alerts"]["nodes"].clone();
    let days: Vec<String> = oldest.as_array().expect("nodes").iter().map(|node| node["since"].to_string()).collect();
    assert!(days.is_sorted(), "{days:?}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn filters_and_entities_show_the_same_alerts(pool: PgPool) {
    many(&pool).await;
    let city = at(&pool, NOW);
    for (filter, count) in [
        ("severity: [CRITICAL]", 10),
        ("organization: [\"SYT\"]", 3),
        ("area: [\"00004\"]", 6),
        ("area: [\"00008\"]", 8),
        // Nobody holds the position of the three.
        ("official: [\"AN\"]", 27),
        ("official: [\"BA\"]", 0),
        ("programme: [\"CT1\"]", 6),
        ("programme: [\"CT2\"]", 0),
        ("code: [\"T05\", \"DA\"]", 2),
        ("since: \"2026-03-11\"", 4),
        ("since: \"2026-07-01\"", 1),
        ("acknowledged: true", 0),
        ("acknowledged: false", 31),
        ("organization: [\"SXD\"], area: [\"00008\"]", 5),
    ] {
        let found = ids(&city, &format!("filter: {{ kind: [OVERDUE], {filter} }}, first: 500")).await;
        assert_eq!(found.len(), count, "{filter}");
    }
    // All kinds: what an entity shows is what the filter shows.
    for (name, code, filter) in [
        ("Organization", "SYT", "organization"),
        ("Organization", "SXD", "organization"),
        ("Area", "00008", "area"),
        ("Official", "AN", "official"),
    ] {
        let document = format!(
            "{{ _entities(representations: [{{ __typename: \"{name}\", code: \"{code}\" }}]) {{ ... on {name} {{ alerts(first: 500) {{ totalCount nodes {{ id }} }} }} }} }}"
        );
        let answer = city.data(&document).await["_entities"][0]["alerts"].clone();
        let nodes: Vec<String> =
            answer["nodes"].as_array().expect("nodes").iter().map(|node| node["id"].to_string()).collect();
        let listed = ids(&city, &format!("filter: {{ {filter}: [\"{code}\"] }}, first: 500")).await;
        assert_eq!(nodes, listed, "{name} {code}");
        assert!(!nodes.is_empty(), "{name} {code}");
    }
    // One by its id.
    for id in ids(&city, "first: 500").await {
        let answer = city.data(&format!("{{ alert(id: {id}) {{ id title }} }}")).await;
        assert_eq!(answer["alert"]["id"].to_string(), id);
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn ids_stay_while_alerts_are_open_and_statements_do_not_grow_with_the_page(pool: PgPool) {
    many(&pool).await;
    let days: Vec<BTreeSet<String>> = {
        let mut days = Vec::new();
        for (now, day) in [(NOW, "2026-07-01"), (NOW, "2026-11-27"), ("2026-12-24T08:00:00Z", "2026-12-24")] {
            let found =
                ids(&at(&pool, now), &format!("filter: {{ kind: [OVERDUE] }}, asOf: \"{day}\", first: 500")).await;
            days.push(found.into_iter().collect());
        }
        days
    };
    assert_eq!(days[0].len(), 31);
    assert!(days.windows(2).all(|pair| pair[0] == pair[1]));
    let document = |first: usize| {
        format!(
            "{{ alerts(first: {first}) {{ totalCount nodes {{ title titleEn severity acknowledgedAt organization {{ code }} areas {{ code }} }} }} }}"
        )
    };
    let city = at(&pool, NOW);
    let (_, few) = count_statements(city.data(&document(2))).await;
    let (answer, all) = count_statements(city.data(&document(500))).await;
    // And the position that nobody holds.
    assert_eq!(answer["alerts"]["totalCount"], 32);
    assert_eq!(few, all);
    // Of one kind only its dataset is read: the budget, the alerts; the rest is the transaction's.
    let (_, one) = count_statements(city.data("{ alerts(filter: { kind: [AT_RISK] }) { totalCount } }")).await;
    assert!(one + 6 <= all, "{one} statements of one kind, {all} of all");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn invalid_input_names_its_field(pool: PgPool) {
    found(&pool).await;
    let city = at(&pool, NOW);
    for (document, path) in [
        ("{ alerts(asOf: \"2026-02-30\") { totalCount } }", "asOf"),
        ("{ alerts(asOf: \"2026-11-28\") { totalCount } }", "asOf"),
        ("{ alerts(filter: { since: \"gestern\" }) { totalCount } }", "filter.since"),
        ("{ alerts(first: 501) { totalCount } }", "first"),
        ("{ alerts(after: \"x\") { totalCount } }", "after"),
        ("{ alert(id: \"x\") { id } }", "id"),
        ("{ alert(id: \"NO_RULE:x:2026-01-01\") { id } }", "id"),
    ] {
        let answer = city.ask(&operator(), document, Value::Null).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{document}");
    }
    // A record that is none has no alert.
    let answer = city.data("{ alert(id: \"TASK_OVERDUE:not-a-uuid:2026-01-01\") { id } }").await;
    assert_eq!(answer["alert"], Value::Null);
}
