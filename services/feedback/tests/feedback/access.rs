//! Who sees which cases and whose names. The expectations are written from the rules of the domain: a ward sees its area, a
//! department its own cases and its subordinates', the operations center all without personal data, a handler the sender of its
//! cases for a stated purpose, the organization complained about never, and everybody aggregates about at least five cases.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_kit::testing::operator;
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{Asked, NOW, at, case, found, give, person, problem};

/// Six cases: with a department, with one below it and with another, in two wards, one of which complains about its handler.
async fn city(pool: &PgPool) -> Asked {
    found(pool).await;
    let with = |organization: &str, area: &str, more: Value| {
        crate::city::with(json!({ "status": "ASSIGNED", "organization": organization, "area": area }), more)
    };
    give(
        pool,
        "feedback",
        &[
            case("OWN", "2026-03-02 08:00", with("SXD", "00008", json!({ "accountable": "GD-SXD" }))),
            case("BELOW", "2026-03-02 08:00", with("DOI", "00008", json!({}))),
            case("HEALTH", "2026-03-02 08:00", with("SYT", "00004", json!({}))),
            case("ABOUT", "2026-03-02 08:00", with("SXD", "00004", json!({ "aboutOrganization": "SXD" }))),
            case("ABOUT-BELOW", "2026-03-02 08:00", with("SXD", "00004", json!({ "aboutOrganization": "DOI" }))),
            case("ANONYMOUS", "2026-03-02 08:00", with("SXD", "00004", json!({ "anonymous": true }))),
        ],
    )
    .await;
    let senders: Vec<Value> = ["OWN", "BELOW", "HEALTH", "ABOUT", "ABOUT-BELOW", "ANONYMOUS"]
        .iter()
        .map(|code| json!({ "externalId": format!("S-{code}"), "feedback": code, "name": format!("Người {code}"), "phone": "0900",
                            "exactLat": "21.0345678", "exactLon": "105.8191234" }))
        .collect();
    give(pool, "feedback-senders", &senders).await;
    at(pool, NOW)
}

fn in_areas(role: Role, areas: &[&str]) -> Principal {
    Principal { areas: areas.iter().map(|area| (*area).to_owned()).collect(), ..person("war", &[role], None, None) }
}

fn codes(answer: &Value) -> BTreeSet<String> {
    let edges = answer["data"]["feedbacks"]["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
    edges.iter().filter_map(|edge| Some(edge["node"]["code"].as_str()?.to_owned())).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_sees_its_own_cases_in_lists_objects_and_entities(pool: PgPool) {
    let city = city(&pool).await;
    let all: &[&str] = &["ABOUT", "ABOUT-BELOW", "ANONYMOUS", "BELOW", "HEALTH", "OWN"];
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT id::text, code FROM feedback.feedback ORDER BY code")
        .fetch_all(&pool)
        .await
        .expect("rows");
    for (who, principal, seen) in [
        ("a ward", in_areas(Role::Ward, &["00008"]), &["BELOW", "OWN"][..]),
        ("another ward", in_areas(Role::Ward, &["00004"]), &["ABOUT", "ABOUT-BELOW", "ANONYMOUS", "HEALTH"]),
        (
            "a department",
            person("dep", &[Role::Department], Some("SXD"), None),
            &["ABOUT", "ABOUT-BELOW", "ANONYMOUS", "BELOW", "OWN"],
        ),
        ("a department below", person("low", &[Role::Department], Some("DOI"), None), &["BELOW"]),
        ("another department", person("oth", &[Role::Department], Some("SYT"), None), &["HEALTH"]),
        ("who holds the position", person("pos", &[Role::Lead], None, Some("GD-SXD")), &["OWN"]),
        ("a handler", person("han", &[Role::Handler], Some("SYT"), None), &["HEALTH"]),
        ("the operations center", operator(), all),
        ("an inspector", person("ins", &[Role::Inspector], None, None), all),
    ] {
        let expected: BTreeSet<String> = seen.iter().map(|code| (*code).to_owned()).collect();
        let answer =
            city.ask(&principal, "{ feedbacks { totalCount edges { node { code events { id } } } } }", json!({})).await;
        assert_eq!(codes(&answer), expected, "{who}");
        assert_eq!(answer["data"]["feedbacks"]["totalCount"], expected.len(), "{who}");
        let past =
            city.ask(&principal, "{ feedbacks(asOf: \"2026-03-05\") { edges { node { code } } } }", json!({})).await;
        assert_eq!(codes(&past), expected, "{who}");
        let of: Vec<Value> = rows.iter().map(|(id, _)| json!({ "__typename": "Feedback", "id": id })).collect();
        let entities = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Feedback { code } } }";
        let answer = city.ask(&principal, entities, json!({ "of": of })).await;
        for ((id, code), entity) in
            rows.iter().zip(answer["data"]["_entities"].as_array().unwrap_or_else(|| panic!("{who} {answer}")))
        {
            assert_eq!(entity.is_null(), !expected.contains(code), "{who} {code}");
            let single = city.ask(&principal, &format!("{{ feedback(id: \"{id}\") {{ code }} }}"), json!({})).await;
            assert_eq!(single["data"]["feedback"].is_null(), !expected.contains(code), "{who} {code} {single}");
        }
    }
    for (principal, code) in
        [(Principal::default(), "UNAUTHENTICATED"), (person("nob", &[Role::Auditor], Some("SXD"), None), "FORBIDDEN")]
    {
        assert_eq!(problem(&city.ask(&principal, "{ feedbacks { totalCount } }", json!({})).await).0, code);
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn only_a_handler_learns_who_sent_a_case_and_never_the_organization_complained_about(pool: PgPool) {
    let city = city(&pool).await;
    let read = |purpose: &str| {
        format!(
            "{{ feedbacks {{ edges {{ node {{ code senderIdentity(purpose: \"{purpose}\") {{ name exactPoint {{ lat lon }} }} }} }} }} }}"
        )
    };
    let named = |answer: &Value| -> BTreeSet<String> {
        let edges = answer["data"]["feedbacks"]["edges"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        edges
            .iter()
            .filter(|edge| !edge["node"]["senderIdentity"].is_null())
            .filter_map(|edge| Some(edge["node"]["code"].as_str()?.to_owned()))
            .collect()
    };
    let purpose = "Gọi lại cho người gửi";
    for principal in [
        operator(),
        in_areas(Role::Ward, &["00004"]),
        person("dep", &[Role::Department], Some("SXD"), None),
        person("l", &[Role::Lead], Some("SXD"), None),
    ] {
        let answer = city.ask(&principal, &read(purpose), json!({})).await;
        assert!(!answer.to_string().contains("Người "), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    }
    let trail = async || {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM platform.audit_entry WHERE action = 'READ'")
            .fetch_one(&pool)
            .await
            .expect("a count")
    };
    assert_eq!(trail().await, 0);
    let handler = |organization: &str| person("h", &[Role::Handler], Some(organization), None);
    let answer = city.ask(&handler("SYT"), &read("x"), json!({})).await;
    assert_eq!(problem(&answer), ("VALIDATION".into(), "purpose".into()));
    // SXD sees the names of its cases and of those below it, but none that complains about itself or about what is below it, and
    // nobody who asked not to be named.
    for (organization, expected) in [("SXD", &["BELOW", "OWN"][..]), ("SYT", &["HEALTH"]), ("DOI", &["BELOW"])] {
        let answer = city.ask(&handler(organization), &read(purpose), json!({})).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        assert_eq!(named(&answer), expected.iter().map(|code| (*code).to_owned()).collect(), "{organization}");
    }
    assert_eq!(trail().await, 5 + 1 + 1, "each reading leaves a trace");
    // Who handles cases in an area alone sees no name.
    let answer = city.ask(&in_areas(Role::Handler, &["00004"]), &read(purpose), json!({})).await;
    assert!(!answer.to_string().contains("Người "), "{answer}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_unit_below_the_organization_complained_about_learns_no_name_either(pool: PgPool) {
    let city = city(&pool).await;
    give(
        &pool,
        "feedback",
        &[case(
            "ABOVE",
            "2026-03-02 08:00",
            json!({ "status": "ASSIGNED", "organization": "DOI", "aboutOrganization": "SXD" }),
        )],
    )
    .await;
    give(&pool, "feedback-senders", &[json!({ "externalId": "S-ABOVE", "feedback": "ABOVE", "name": "Người ABOVE" })])
        .await;
    let read = "{ feedbacks(filter: { code: [\"ABOVE\"] }) { edges { node { code senderIdentity(purpose: \"Gọi lại\") { name } } } } }";
    let answer = city.ask(&person("h", &[Role::Handler], Some("DOI"), None), read, json!({})).await;
    assert_eq!(
        answer["data"]["feedbacks"]["edges"],
        json!([{ "node": { "code": "ABOVE", "senderIdentity": null } }]),
        "{answer}"
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn everybody_gets_aggregates_about_five_cases_by_public_fields(pool: PgPool) {
    let city = city(&pool).await;
    let document = "{ feedbackStats(period: \"2026\", groupBy: [AREA]) { rows { area { code } measures { received } } totals { received } freshness { hiddenRows } } }";
    let whole = city.ask(&operator(), document, json!({})).await["data"]["feedbackStats"].clone();
    assert_eq!(whole["rows"].as_array().map(Vec::len), Some(2));
    // Each ward has fewer than five cases; six are enough for the total.
    let public = city.ask(&Principal::default(), document, json!({})).await["data"]["feedbackStats"].clone();
    assert_eq!(
        (&public["rows"], &public["totals"]["received"], &public["freshness"]["hiddenRows"]),
        (&json!([]), &json!(6), &json!(2))
    );
    let small = city
        .ask(
            &Principal::default(),
            "{ feedbackStats(period: \"2026\", filter: { area: [\"00008\"] }) { totals { received } } }",
            json!({}),
        )
        .await;
    assert_eq!(small["data"]["feedbackStats"]["totals"], Value::Null, "{small}");
    for (argument, path) in [
        ("filter: { search: \"x\" }", "filter.search"),
        ("filter: { code: [\"OWN\"] }", "filter.code"),
        ("filter: { near: { lat: 21, lon: 105, radiusM: 100 } }", "filter.near"),
        ("groupBy: [OFFICIAL]", "groupBy"),
    ] {
        let refused = city
            .ask(
                &Principal::default(),
                &format!("{{ feedbackStats(period: \"2026\", {argument}) {{ totals {{ received }} }} }}"),
                json!({}),
            )
            .await;
        assert_eq!(problem(&refused), ("UNAUTHENTICATED".into(), path.into()), "{argument}");
    }
    let entity = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Organization { feedbackMeasures(period: \"2026\") { received } } } }";
    let of = json!({ "of": [{ "__typename": "Organization", "code": "SXD" }] });
    assert_eq!(
        city.ask(&Principal::default(), entity, of.clone()).await["data"]["_entities"],
        json!([{ "feedbackMeasures": null }])
    );
    assert_eq!(
        city.ask(&operator(), entity, of).await["data"]["_entities"],
        json!([{ "feedbackMeasures": { "received": 4 } }])
    );
}

/// The error of an unknown code tells which exist, so the right to a field comes before its value.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_field_that_one_may_not_use_is_refused_before_its_value_is_looked_at(pool: PgPool) {
    let city = city(&pool).await;
    for filter in ["official: [\"NOBODY\"]", "search: \"LONG\""] {
        let filter = filter.replace("LONG", &"x".repeat(300));
        let path = format!("filter.{}", filter.split(':').next().expect("a name"));
        for field in [
            format!("feedbackStats(period: \"2026\", filter: {{ {filter} }}) {{ totals {{ received }} }}"),
            format!(
                "feedbackGrid(bbox: {{ south: 21, west: 105, north: 22, east: 106 }}, sizeM: 5000, filter: {{ {filter} }}) {{ cases }}"
            ),
        ] {
            let answer = city.ask(&Principal::default(), &format!("{{ {field} }}"), json!({})).await;
            assert_eq!(problem(&answer), ("UNAUTHENTICATED".into(), path.clone()), "{field}");
            let answer = city.ask(&operator(), &format!("{{ {field} }}"), json!({})).await;
            assert_eq!(problem(&answer).0, "VALIDATION", "{field}");
        }
    }
}
