//! Who sees which projects, parcels and personal data. The expectations are written from the rules of the domain: a ward sees its
//! own area, a department its own projects and its subordinates', the operations center all without personal data, a handler the
//! personal data of its parcels for a stated purpose, and everybody aggregates about at least five parties.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_kit::testing::operator;
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{Asked, NOW, event, found, give, parcel, party, person, problem, project, right, site};

/// Projects of two departments; sites in two wards; one household a parcel.
async fn city(pool: &PgPool) -> Asked {
    found(pool).await;
    give(
        pool,
        "projects",
        &[
            project("OWN", json!({ "areas": [] })),
            project("BELOW", json!({ "organization": "BAN", "areas": ["00025"] })),
            project("HEALTH", json!({ "organization": "SYT", "areas": ["00004"] })),
        ],
    )
    .await;
    give(pool, "sites", &[site("K-OWN", "OWN", "00008"), site("K-HEALTH", "HEALTH", "00004")]).await;
    let mut parcels = Vec::new();
    for (site, count) in [("K-OWN", 6), ("K-HEALTH", 3)] {
        for number in 1..=count {
            parcels.push(parcel(&format!("{site}/{number}"), site, json!({ "parcelNumber": format!("{number}") })));
        }
    }
    give(pool, "parcel-cases", &parcels).await;
    let ids: Vec<String> =
        parcels.iter().map(|row| row["externalId"].as_str().unwrap_or_default().to_owned()).collect();
    give(pool, "parties", &ids.iter().map(|id| party(&format!("H-{id}"))).collect::<Vec<_>>()).await;
    give(pool, "parcel-rights", &ids.iter().map(|id| right(id, &format!("H-{id}"), "1")).collect::<Vec<_>>()).await;
    give(
        pool,
        "party-identities",
        &ids.iter()
            .map(|id| json!({ "externalId": id, "party": format!("H-{id}"), "name": format!("Chủ hộ {id}") }))
            .collect::<Vec<_>>(),
    )
    .await;
    give(pool, "parcel-events", &ids.iter().map(|id| event(id, "NOTIFIED", "2026-01-05")).collect::<Vec<_>>()).await;
    Asked::at(pool, NOW, projects::subgraph)
}

fn in_areas(role: Role, areas: &[&str]) -> Principal {
    Principal { areas: areas.iter().map(|area| (*area).to_owned()).collect(), ..person("war", &[role], None, None) }
}

fn codes(answer: &Value, field: &str) -> BTreeSet<String> {
    let edges = answer["data"][field]["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
    edges.iter().filter_map(|edge| Some(edge["node"]["code"].as_str()?.to_owned())).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_sees_its_own_projects_and_sites_in_lists_objects_and_entities(pool: PgPool) {
    let city = city(&pool).await;
    let all: &[&str] = &["BELOW", "HEALTH", "OWN"];
    for (who, principal, seen, parcels) in [
        ("a ward with a site of another department", in_areas(Role::Ward, &["00008"]), &["OWN"][..], 6),
        ("a ward of a project", in_areas(Role::Ward, &["00004"]), &["HEALTH"], 3),
        ("a ward without a site", in_areas(Role::Ward, &["00025"]), &["BELOW"], 0),
        ("a department", person("dep", &[Role::Department], Some("SXD"), None), &["BELOW", "OWN"], 6),
        ("a department below", person("low", &[Role::Department], Some("BAN"), None), &["BELOW"], 0),
        ("another department", person("oth", &[Role::Department], Some("SYT"), None), &["HEALTH"], 3),
        ("the operations center", operator(), all, 9),
        ("an issuer", person("iss", &[Role::Issuer], None, None), all, 9),
    ] {
        let expected: BTreeSet<String> = seen.iter().map(|code| (*code).to_owned()).collect();
        let answer = city.ask(&principal, "{ projects { totalCount edges { node { code } } } }", json!({})).await;
        assert_eq!(codes(&answer, "projects"), expected, "{who}");
        assert_eq!(answer["data"]["projects"]["totalCount"], expected.len(), "{who}");
        let answer = city
            .ask(
                &principal,
                "{ parcelCases(first: 50) { totalCount edges { node { site { code } rights { party { code } } } } } }",
                json!({}),
            )
            .await;
        assert_eq!(answer["data"]["parcelCases"]["totalCount"], parcels, "{who} {answer}");
        let answer = city.ask(&principal, "query($of: [_Any!]!) { _entities(representations: $of) { ... on Project { code name } } }",
            json!({ "of": all.iter().map(|code| json!({ "__typename": "Project", "code": code })).collect::<Vec<_>>() })).await;
        for (code, entity) in
            all.iter().zip(answer["data"]["_entities"].as_array().unwrap_or_else(|| panic!("{who} {answer}")))
        {
            assert_eq!(entity.is_null(), !expected.contains(*code), "{who} {code}");
        }
    }
    for (principal, code) in
        [(Principal::default(), "UNAUTHENTICATED"), (person("nob", &[Role::Auditor], Some("SXD"), None), "FORBIDDEN")]
    {
        for list in ["projects", "parcelCases"] {
            assert_eq!(
                problem(&city.ask(&principal, &format!("{{ {list} {{ totalCount }} }}"), json!({})).await).0,
                code,
                "{list}"
            );
        }
        assert_eq!(problem(&city.ask(&principal, "{ clearanceWarnings { kind } }", json!({})).await).0, code);
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn everybody_gets_aggregates_about_five_parties_and_nobody_else_smaller_ones(pool: PgPool) {
    let city = city(&pool).await;
    let document = "{ clearanceStats(groupBy: [AREA]) { rows { area { code } measures { parcels parties } } totals { parties } freshness { hiddenRows } } }";
    let whole = city.ask(&operator(), document, json!({})).await["data"]["clearanceStats"].clone();
    assert_eq!(whole["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(whole["freshness"]["hiddenRows"], 0);
    let public = city.ask(&Principal::default(), document, json!({})).await["data"]["clearanceStats"].clone();
    // Ward 00004 has three parties. Its figure would be the difference of the total and the other ward's, so both are hidden.
    assert_eq!(
        (public["rows"].clone(), public["freshness"]["hiddenRows"].as_i64(), public["totals"]["parties"].as_i64()),
        (json!([]), Some(2), Some(9)),
        "{public}"
    );
    let small = city
        .ask(
            &Principal::default(),
            "{ clearanceStats(filter: { area: [\"00004\"] }) { totals { parties } } }",
            json!({}),
        )
        .await;
    assert_eq!(small["data"]["clearanceStats"]["totals"], Value::Null, "{small}");
    let entity = city.ask(&Principal::default(), "query($of: [_Any!]!) { _entities(representations: $of) { ... on Area { clearanceMeasures { parties } } } }",
        json!({ "of": [{ "__typename": "Area", "code": "00004" }, { "__typename": "Area", "code": "00008" }] })).await;
    assert_eq!(
        entity["data"]["_entities"],
        json!([{ "clearanceMeasures": null }, { "clearanceMeasures": { "parties": 6 } }]),
        "{entity}"
    );
    let refused =
        city.ask(&Principal::default(), "{ clearanceStats(groupBy: [SITE]) { totals { parties } } }", json!({})).await;
    assert_eq!(problem(&refused), ("UNAUTHENTICATED".into(), "groupBy".into()));
    let refused = city
        .ask(
            &Principal::default(),
            "{ clearanceStats(filter: { party: [\"H-K-OWN/1\"] }) { totals { parties } } }",
            json!({}),
        )
        .await;
    assert_eq!(problem(&refused), ("UNAUTHENTICATED".into(), "filter.party".into()));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn only_a_handler_reads_personal_data_for_a_purpose_and_it_leaves_a_trace(pool: PgPool) {
    let city = city(&pool).await;
    let read = |purpose: &str| {
        format!(
            "{{ parcelCases(first: 50) {{ edges {{ node {{ rights {{ party {{ code identity(purpose: \"{purpose}\") {{ name }} }} }} }} }} }} }}"
        )
    };
    let trail = || async {
        sqlx::query_scalar::<_, i64>(
            "SELECT count(*) FROM platform.audit_entry WHERE action = 'READ' AND reason = 'Chi trả bồi thường'",
        )
        .fetch_one(&pool)
        .await
        .expect("a count")
    };
    for principal in
        [operator(), in_areas(Role::Ward, &["00004"]), person("dep", &[Role::Department], Some("SYT"), None)]
    {
        let answer = city.ask(&principal, &read("Chi trả bồi thường"), json!({})).await;
        assert!(!answer.to_string().contains("Chủ hộ"), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    }
    assert_eq!(trail().await, 0);
    let handler = in_areas(Role::Handler, &["00004"]);
    let answer = city.ask(&handler, &read("x"), json!({})).await;
    assert!(
        answer["errors"]
            .as_array()
            .is_some_and(|errors| errors.iter().all(|error| error["extensions"]["path"] == "purpose")),
        "{answer}"
    );
    let answer = city.ask(&handler, &read("Chi trả bồi thường"), json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    let text = answer.to_string();
    assert!(text.contains("Chủ hộ K-HEALTH/1") && !text.contains("K-OWN"), "{text}");
    assert_eq!(trail().await, 3);
}

/// Parties that refused, whose payments are late or who left are few of a large group: who does not see all parcels gets no count of one to
/// four of them, no rate over it, and no rate of households that leaves so few others.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_visitor_gets_no_count_of_fewer_than_five_parties_in_a_group(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("DA", json!({}))]).await;
    // Refused and cleared of the twenty parties of each ward, and those of another kind than households, which are cleared.
    let wards = [("00004", 3, 4, 0), ("00008", 5, 15, 4), ("00025", 0, 16, 5)];
    for (ward, refused, cleared, others) in wards {
        give(&pool, "sites", &[site(ward, "DA", ward)]).await;
        let ids: Vec<String> = (1..=20).map(|number| format!("{ward}/{number}")).collect();
        let rows = |make: &dyn Fn(&String, usize) -> Value| -> Vec<Value> {
            ids.iter().enumerate().map(|(place, id)| make(id, place)).collect()
        };
        give(&pool, "parcel-cases", &rows(&|id, _| parcel(id, ward, json!({ "parcelNumber": id })))).await;
        let kind = |place: usize| if place < others { "ORGANIZATION" } else { "HOUSEHOLD" };
        give(&pool, "parties", &rows(&|id, place| crate::city::with(party(id), json!({ "kind": kind(place) })))).await;
        give(&pool, "parcel-rights", &rows(&|id, _| right(id, id, "1"))).await;
        let left = rows(&|id, _| event(id, "HANDED_OVER", "2026-03-02"));
        give(&pool, "parcel-events", &left[..cleared]).await;
        let plans = rows(&|id, _| {
            json!({ "externalId": id, "observedAt": "2026-02-01T02:00:00Z", "site": ward, "party": id, "amount": "10",
            "postedOn": "2026-02-01", "approvedOn": "2026-03-02", "effectiveOn": "2026-03-02", "document": "QĐ" })
        });
        give(&pool, "compensation-plans", &plans).await;
        let payments = rows(&|id, _| {
            json!({ "externalId": id, "observedAt": "2026-03-03T02:00:00Z", "plan": id, "kind": "REFUSED",
            "amount": "10", "happenedOn": "2026-03-03" })
        });
        give(&pool, "compensation-payments", &payments[20 - refused..]).await;
    }
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let fields = "parties refused partiesCleared { numerator } householdsCleared { numerator denominator }";
    let stats = format!("{{ clearanceStats(groupBy: [AREA]) {{ rows {{ measures {{ {fields} }} }} }} }}");
    let entities = format!(
        "query($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on Area {{ clearanceMeasures {{ {fields} }} }} }} }}"
    );
    let of = json!({ "of": wards.map(|(ward, ..)| json!({ "__typename": "Area", "code": ward })) });
    let read = async |principal: &Principal| -> [Value; 3] {
        let answer = city.ask(principal, &stats, json!({})).await;
        let rows = [0, 1, 2].map(|place| answer["data"]["clearanceStats"]["rows"][place]["measures"].clone());
        let answer = city.ask(principal, &entities, of.clone()).await;
        let below = [0, 1, 2].map(|place| answer["data"]["_entities"][place]["clearanceMeasures"].clone());
        assert_eq!(rows, below, "an entity shows what a group does");
        rows
    };
    let rate =
        |cleared: i64, parties: i64| json!({ "numerator": cleared.to_string(), "denominator": parties.to_string() });
    let measures = |refused: Value, cleared: Value, households: Value| {
        let cleared = if cleared.is_null() { cleared } else { json!({ "numerator": cleared.to_string() }) };
        json!({ "parties": 20, "refused": refused, "partiesCleared": cleared, "householdsCleared": households })
    };
    assert_eq!(
        read(&operator()).await,
        [
            measures(json!(3), json!(4), rate(4, 20)),
            measures(json!(5), json!(15), rate(11, 16)),
            measures(json!(0), json!(16), rate(11, 15)),
        ]
    );
    assert_eq!(
        read(&Principal::default()).await,
        [
            measures(Value::Null, Value::Null, Value::Null),
            // Four parties are no households.
            measures(json!(5), json!(15), Value::Null),
            // Four parties, and four households, have not left.
            measures(json!(0), Value::Null, Value::Null),
        ]
    );
}
