//! Acknowledgement and assignment: what is kept, who may, and what is refused.

use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{NOW, at, change, found, operator, person, problem, run, task};

const FIELDS: &str = "alert { id version acknowledgedBy acknowledgedAt assignee { code } assignedBy note }";

async fn verb(pool: &PgPool, now: &str, who: &Principal, verb: &str, input: Value) -> Result<Value, (String, String)> {
    let kind = format!("{}{}Input", verb[..1].to_uppercase(), &verb[1..]);
    let document = format!("mutation($input: {kind}!) {{ {verb}(input: $input) {{ {FIELDS} }} }}");
    let mut answer = at(pool, now).ask(who, &document, json!({ "input": input })).await;
    if answer.get("errors").is_some() {
        return Err(problem(&answer));
    }
    Ok(answer["data"][verb]["alert"].take())
}

fn refusal(code: &str, path: &str) -> Result<Value, (String, String)> {
    Err((code.to_owned(), path.to_owned()))
}

async fn id_of(pool: &PgPool, code: &str) -> String {
    let document =
        format!("{{ alerts(filter: {{ kind: [OVERDUE], code: [\"{code}\"] }}) {{ nodes {{ id version }} }} }}");
    let node = at(pool, NOW).data(&document).await["alerts"]["nodes"][0].clone();
    node["id"].as_str().expect("an alert").to_owned()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_people_add_is_kept_by_version_and_by_day(pool: PgPool) {
    found(&pool).await;
    task(&pool, "A", &[]).await;
    task(&pool, "B", &[]).await;
    let id = id_of(&pool, "A").await;
    let input = |version: i32, more: Value| crate::city::with(json!({ "id": id, "expectedVersion": version }), more);
    let first = "2026-11-20T02:00:00Z";
    let seen = verb(
        &pool,
        first,
        &operator(),
        "acknowledgeAlert",
        input(0, json!({ "note": "Đã gọi", "idempotencyKey": "k" })),
    )
    .await
    .expect("acknowledged");
    assert_eq!(
        seen,
        json!({ "id": id, "version": 1, "acknowledgedBy": "operator", "acknowledgedAt": "2026-11-20T02:00:00+00:00", "assignee": null, "assignedBy": null, "note": "Đã gọi" })
    );
    // A repetition changes nothing; the same key with another input is refused; the version has moved on.
    let again = verb(
        &pool,
        first,
        &operator(),
        "acknowledgeAlert",
        input(0, json!({ "note": "Đã gọi", "idempotencyKey": "k" })),
    )
    .await;
    assert_eq!(again.expect("repeated")["version"], 1);
    let other =
        verb(&pool, first, &operator(), "acknowledgeAlert", input(0, json!({ "note": "Khác", "idempotencyKey": "k" })))
            .await;
    assert_eq!(other.expect_err("refused").0, "CONFLICT");
    let stale = verb(&pool, NOW, &operator(), "assignAlert", input(0, json!({ "official": "AN" }))).await;
    assert_eq!(stale, refusal("STALE_VERSION", "input.expectedVersion"));
    let twice = verb(&pool, NOW, &operator(), "acknowledgeAlert", input(1, json!({}))).await;
    assert_eq!(twice, refusal("CONFLICT", "input.id"));
    let unknown = verb(&pool, NOW, &operator(), "assignAlert", input(1, json!({ "official": "NOBODY" }))).await;
    assert_eq!(unknown.expect_err("refused").1, "input.official");
    let blank = verb(&pool, NOW, &operator(), "assignAlert", input(1, json!({ "official": "AN", "note": " " }))).await;
    assert_eq!(blank, refusal("VALIDATION", "input.note"));
    let lead = person("lan", &[Role::Lead], Some("SXD"), None);
    let given = verb(&pool, NOW, &lead, "assignAlert", input(1, json!({ "official": "BA" }))).await.expect("assigned");
    assert_eq!(
        (&given["version"], &given["assignee"]["code"], &given["assignedBy"], &given["note"]),
        (&json!(2), &json!("BA"), &json!("lan"), &json!("Đã gọi"))
    );
    // Each day shows what was added by its end.
    let city = at(&pool, NOW);
    for (day, version, by, assignee) in [
        ("2026-11-19", 0, Value::Null, Value::Null),
        ("2026-11-20", 1, json!("operator"), Value::Null),
        ("2026-11-27", 2, json!("operator"), json!({ "code": "BA" })),
    ] {
        let alert = city
            .data(&format!(
                "{{ alert(id: \"{id}\", asOf: \"{day}\") {{ version acknowledgedBy assignee {{ code }} }} }}"
            ))
            .await["alert"]
            .clone();
        assert_eq!(alert, json!({ "version": version, "acknowledgedBy": by, "assignee": assignee }), "{day}");
    }
    for (filter, codes) in [("true", vec!["A"]), ("false", vec!["B"])] {
        let document = format!("{{ alerts(filter: {{ acknowledged: {filter} }}) {{ totalCount nodes {{ title }} }} }}");
        let alerts = city.data(&document).await["alerts"].clone();
        let titles: Vec<Value> =
            codes.iter().map(|code| json!({ "title": format!("Nhiệm vụ quá hạn: Nhiệm vụ {code}") })).collect();
        assert_eq!(alerts["nodes"], json!(titles), "{filter}");
    }
    // Every write is in the audit trail.
    let trail: Vec<(String, String)> = sqlx::query_as(
        "SELECT operation, subject FROM platform.audit_entry WHERE action = 'WRITE' AND rows::text LIKE '%insights.alert_handling%' ORDER BY id",
    )
    .fetch_all(&pool)
    .await
    .expect("entries");
    let expected = [("acknowledgeAlert", "operator"), ("assignAlert", "lan")];
    assert_eq!(trail, expected.map(|(operation, subject)| (operation.to_owned(), subject.to_owned())));
    // When it has ended nobody adds to it, and it is listed no more; what was added stays.
    change(&pool, "A", "2026-11-27", "status = 'CANCELLED', closed_on = '2026-11-27'").await;
    assert_eq!(city.data(&format!("{{ alert(id: \"{id}\") {{ id }} }}")).await["alert"], Value::Null);
    let gone = verb(&pool, NOW, &operator(), "assignAlert", input(2, json!({ "official": "AN" }))).await;
    assert_eq!(gone, refusal("NOT_FOUND", "input.id"));
    let before = city.data(&format!("{{ alert(id: \"{id}\", asOf: \"2026-11-26\") {{ version }} }}")).await;
    assert_eq!(before["alert"]["version"], 1);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_operations_center_and_who_must_act_add_to_an_alert(pool: PgPool) {
    found(&pool).await;
    task(
        &pool,
        "BAN",
        &[
            ("lead_organization_code", "'BAN'"),
            ("coordinating_organization_codes", "'{SYT}'"),
            ("area_codes", "'{00004}'"),
        ],
    )
    .await;
    let id = id_of(&pool, "BAN").await;
    let ward = Principal { areas: vec!["00004".into()], ..person("war", &[Role::Ward], Some("P4"), None) };
    for (who, principal, expected) in [
        ("a visitor", Principal::default(), "UNAUTHENTICATED"),
        ("somebody without a role", person("nob", &[], Some("BAN"), None), "NOT_FOUND"),
        ("who takes part", person("syt", &[Role::Lead], Some("SYT"), None), "FORBIDDEN"),
        ("the ward", ward, "FORBIDDEN"),
        ("an inspector", person("ins", &[Role::Inspector], Some("UBND"), None), "FORBIDDEN"),
        ("another department", person("oth", &[Role::Department], Some("P4"), None), "NOT_FOUND"),
    ] {
        let found = verb(&pool, NOW, &principal, "acknowledgeAlert", json!({ "id": id, "expectedVersion": 0 })).await;
        assert_eq!(found.expect_err("refused").0, expected, "{who}");
    }
    // The organization, the one above it, the holder of the position, the operations center.
    for (version, who) in (0..).zip([
        person("ban", &[Role::Lead], Some("BAN"), None),
        person("sxd", &[Role::Department], Some("SXD"), None),
        person("dir", &[Role::Lead], None, Some("GD-SXD")),
        operator(),
    ]) {
        let input = json!({ "id": id, "expectedVersion": version, "official": "AN" });
        let given = verb(&pool, NOW, &who, "assignAlert", input).await.expect("assigned");
        assert_eq!(given["assignedBy"].as_str(), who.subject.as_deref());
    }
    let nobody = json!({ "id": id, "expectedVersion": 4, "official": null });
    assert_eq!(verb(&pool, NOW, &operator(), "assignAlert", nobody).await.expect("assigned")["assignee"], Value::Null);
    // Of two who add first one wins.
    run(&pool, "DELETE FROM platform.idempotency_key").await;
    let counted: i64 =
        sqlx::query_scalar("SELECT count(*) FROM insights.alert_handling").fetch_one(&pool).await.expect("a number");
    assert_eq!(counted, 1);
}
