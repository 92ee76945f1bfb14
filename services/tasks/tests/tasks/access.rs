//! Who sees which tasks. The expectations are written from the rules of the domain, not from the table of roles: a ward sees
//! its own area, a department its own tasks, its subordinates' and those it takes part in, the operations center all, and
//! everybody the aggregates. What one may not see is absent everywhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_kit::testing::operator;
use service_kit::{Principal, Role};
use sqlx::{PgConnection, PgPool};

use super::city::{Asked, NOW, found, issuer, person, problem, run, task, verb_of};

/// Codes of the tasks, each with what makes it visible to somebody.
async fn tasks(pool: &PgPool) {
    found(pool).await;
    run(
        pool,
        "INSERT INTO directory.organization (code, name, axis, level, parent_code, source, observed_at) VALUES
             ('BAN', 'Ban Quản lý dự án', 'COMMITTEE', 'DEPARTMENT', 'SXD', 'test', now()),
             ('DOI', 'Đội thi công', 'COMMITTEE', 'DEPARTMENT', 'BAN', 'test', now())",
    )
    .await;
    let health = ("lead_organization_code", "'SYT'");
    for (code, columns) in [
        ("OWN", &[][..]),
        ("BELOW", &[("lead_organization_code", "'DOI'")]),
        ("PART", &[health, ("coordinating_organization_codes", "'{SXD}'")]),
        ("HEALTH", &[health, ("area_codes", "'{00235}'")]),
        ("AREA", &[health, ("area_codes", "'{00004,00235}'")]),
        ("POSITION", &[health, ("accountable_position_code", "'GD-SXD'")]),
        ("APPROVES", &[health, ("approver_position_code", "'PCT'")]),
    ] {
        task(pool, code, "ASSIGNED", columns).await;
    }
    task(pool, "DRAFT", "DRAFT", &[("area_codes", "'{00004}'")]).await;
}

const ALL: &[&str] = &["OWN", "BELOW", "PART", "HEALTH", "AREA", "POSITION", "APPROVES"];

/// Everybody, with the codes of the tasks that they see. A draft is for issuers who ask for it.
fn everybody() -> Vec<(&'static str, Principal, &'static [&'static str])> {
    let ward = |areas: &[&str]| Principal {
        areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        ..person("war", &[Role::Ward], None, None)
    };
    let both =
        Principal { areas: vec!["00004".into()], ..person("two", &[Role::Ward, Role::Department], Some("TU"), None) };
    vec![
        ("a visitor", Principal::default(), &[]),
        ("nobody in particular", person("nob", &[], Some("SXD"), Some("GD-SXD")), &[]),
        ("an auditor", person("aud", &[Role::Auditor], Some("SXD"), None), &[]),
        ("a ward", ward(&["00004"]), &["AREA"]),
        ("two wards", ward(&["00004", "00235"]), &["AREA", "HEALTH"]),
        ("a ward without its area", ward(&[]), &[]),
        ("a department", person("dep", &[Role::Department], Some("SXD"), None), &["OWN", "BELOW", "PART"]),
        ("a department below", person("low", &[Role::Department], Some("BAN"), None), &["BELOW"]),
        ("another department", person("oth", &[Role::Department], Some("TU"), None), &[]),
        ("a ward and a department", both, &["AREA"]),
        ("a lead", person("lea", &[Role::Lead], Some("SXD"), None), &["OWN", "BELOW", "PART"]),
        ("a director", person("dir", &[Role::Lead], None, Some("GD-SXD")), &["POSITION"]),
        ("an approver by position", person("pos", &[Role::Department], None, Some("PCT")), &["APPROVES"]),
        ("the operations center", operator(), ALL),
        ("an issuer", issuer(), ALL),
        ("an administrator", person("adm", &[Role::Admin], None, None), ALL),
    ]
}

fn codes(answer: &Value) -> BTreeSet<String> {
    let edges = answer["edges"].as_array().map(Vec::as_slice).unwrap_or_default();
    edges.iter().filter_map(|edge| Some(edge["node"]["code"].as_str()?.to_owned())).collect()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_one_may_not_see_is_absent_from_every_read(pool: PgPool) {
    tasks(&pool).await;
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let ids: Vec<(String, String)> =
        sqlx::query_as("SELECT code, id::text FROM tasks.task").fetch_all(&pool).await.expect("ids");
    for (who, principal, seen) in everybody() {
        let expected: BTreeSet<String> = seen.iter().map(|code| (*code).to_owned()).collect();
        let listed = |filter: &str| format!("{{ tasks{filter} {{ totalCount edges {{ node {{ code }} }} }} }}");
        for (filter, about) in [
            (String::new(), None),
            ("(asOf: \"2026-02-01\")".into(), None),
            ("(orderBy: [{ field: TITLE, direction: DESC }])".into(), None),
            ("(filter: { search: \"nhiem vu\" })".into(), None),
            ("(filter: { code: [\"HEALTH\"] })".into(), Some("HEALTH")),
            ("(filter: { code: [\"AREA\"] })".into(), Some("AREA")),
            ("(filter: { search: \"own\" })".into(), Some("OWN")),
        ] {
            let answer = city.ask(&principal, &listed(&filter), json!({})).await;
            if expected.is_empty() && principal.areas.is_empty() && (who != "another department") {
                // No right to any row: an error, because an empty list would look like the truth.
                let code = if principal.subject.is_none() { "UNAUTHENTICATED" } else { "FORBIDDEN" };
                assert_eq!(problem(&answer).0, code, "{who} {filter}");
                continue;
            }
            let expected: BTreeSet<String> =
                expected.iter().filter(|code| about.is_none_or(|about| about == code.as_str())).cloned().collect();
            let answer = &answer["data"]["tasks"];
            assert_eq!(codes(answer), expected, "{who} {filter}");
            assert_eq!(answer["totalCount"], expected.len(), "{who} {filter}");
        }
        for (code, id) in &ids {
            let node = format!("{{ task(id: \"{id}\") {{ code history: transitions {{ toStatus }} }} }}");
            let node = city.ask(&principal, &node, json!({})).await["data"]["task"]["code"].take();
            let shown = expected.contains(code) || code == "DRAFT" && principal.has(Role::Issuer);
            assert_eq!(node == json!(code), shown, "{who} {code}: {node}");
            let entity = format!(
                "{{ _entities(representations: [{{ __typename: \"Task\", id: \"{id}\" }}]) {{ ... on Task {{ code }} }} }}"
            );
            let entity = city.ask(&principal, &entity, json!({})).await["data"]["_entities"][0].take();
            assert_eq!(entity == json!({ "code": code }), shown, "{who} {code}: {entity}");
        }
        // Below an entity as in the list.
        let below = "{ _entities(representations: [{ __typename: \"Organization\", code: \"SYT\" }]) { ... on Organization { tasks { totalCount edges { node { code } } } } } }";
        let answer = city.ask(&principal, below, json!({})).await["data"]["_entities"][0]["tasks"].take();
        let of_health: BTreeSet<String> =
            expected.iter().filter(|code| !matches!(code.as_str(), "OWN" | "BELOW")).cloned().collect();
        assert_eq!(codes(&answer), of_health, "{who}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn aggregates_are_the_same_for_everybody_and_no_filter_makes_a_row_of_them(pool: PgPool) {
    tasks(&pool).await;
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let public = "{ taskStats(period: \"2026\", groupBy: [ORGANIZATION, AREA], filter: { status: [ASSIGNED], overdue: false }) { totals { total } rows { organization { code } measures { total } } }
        _entities(representations: [{ __typename: \"Area\", code: \"00235\" }]) { ... on Area { taskMeasures(period: \"2026\") { total } } } }";
    let expected = city.ask(&operator(), public, json!({})).await;
    assert_eq!(expected["data"]["taskStats"]["totals"]["total"], 7);
    assert_eq!(expected["data"]["_entities"][0]["taskMeasures"]["total"], 2);
    for (who, principal, seen) in everybody() {
        assert_eq!(city.ask(&principal, public, json!({})).await, expected, "{who}");
        for (arguments, path) in [
            ("filter: { code: [\"HEALTH\"] }", "filter.code"),
            ("filter: { search: \"health\" }", "filter.search"),
            ("filter: { source: [\"test\"] }", "filter.source"),
            ("filter: { official: [\"O2\"] }", "filter.official"),
            ("filter: { position: [\"GD-SXD\"] }", "filter.position"),
            ("filter: { coordinating: [\"SXD\"] }", "filter.coordinating"),
            ("filter: { dueOn: { from: \"2026-06-30\" } }", "filter.dueOn"),
            ("groupBy: [OFFICIAL]", "groupBy"),
        ] {
            let stats = format!("{{ taskStats(period: \"2026\", {arguments}) {{ totals {{ total }} }} }}");
            let answer = city.ask(&principal, &stats, json!({})).await;
            if seen == ALL {
                assert!(answer.get("errors").is_none(), "{who} {arguments}: {answer}");
            } else {
                let code = if principal.subject.is_none() { "UNAUTHENTICATED" } else { "FORBIDDEN" };
                assert_eq!(problem(&answer), (code.to_owned(), path.to_owned()), "{who} {arguments}");
            }
        }
        let official = "{ _entities(representations: [{ __typename: \"Official\", code: \"O2\" }]) { ... on Official { taskMeasures(period: \"2026\") { total } } } }";
        let answer = city.ask(&principal, official, json!({})).await;
        assert_eq!(answer.get("errors").is_none(), seen == ALL, "{who}: {answer}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_verb_on_a_task_that_one_does_not_see_says_the_same_as_on_none(pool: PgPool) {
    tasks(&pool).await;
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let id: String = sqlx::query_scalar("SELECT id::text FROM tasks.task WHERE code = 'HEALTH'")
        .fetch_one(&pool)
        .await
        .expect("an id");
    let nowhere = "00000000-0000-4000-8000-000000000000";
    for (who, principal, seen) in everybody() {
        if principal.subject.is_none() || seen.contains(&"HEALTH") {
            continue;
        }
        for version in [1, 7] {
            let input = |id: &str| json!({ "id": id, "expectedVersion": version });
            let hidden = verb_of(&city, &principal, "startTask", input(&id)).await.expect_err("hidden");
            let absent = verb_of(&city, &principal, "startTask", input(nowhere)).await.expect_err("absent");
            assert_eq!(hidden, absent, "{who}");
            assert_eq!(hidden.0, "NOT_FOUND", "{who}");
        }
    }
    let changed: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks.task WHERE version > 1")
        .fetch_one(&pool)
        .await
        .expect("a number");
    assert_eq!(changed, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_statement_without_a_condition_shows_the_rows_of_the_scope_and_no_other(pool: PgPool) {
    tasks(&pool).await;
    for table in [
        "task",
        "task_event",
        "transition",
        "fact",
        "fact_present",
        "fact_past",
        "fact_code",
        "milestone",
        "relation",
        "reminder",
    ] {
        let mut transaction = pool.begin().await.expect("a transaction");
        sqlx::raw_sql("SET LOCAL ROLE ioc_scoped").execute(&mut *transaction).await.expect("a role");
        let sql = format!("SELECT count(*) FROM tasks.{table}");
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *transaction).await.expect("a number");
        assert_eq!(count, 0, "{table}");
    }
    let mut transaction = pool.begin().await.expect("a transaction");
    let scope = "SET LOCAL ROLE ioc_scoped; SELECT set_config('ioc.areas', '{00004}', true)";
    sqlx::raw_sql(scope).execute(&mut *transaction).await.expect("a scope");
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT code FROM tasks.task").fetch_all(&mut *transaction).await.expect("rows");
    assert_eq!(rows, ["AREA"]);
    // Without any role nothing at all.
    let mut transaction = pool.begin().await.expect("a transaction");
    sqlx::raw_sql("SET LOCAL ROLE ioc_service").execute(&mut *transaction).await.expect("a role");
    let refused = sqlx::query("SELECT FROM tasks.task").fetch_all(&mut *transaction).await.expect_err("refused");
    assert!(refused.to_string().contains("permission denied"), "{refused}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn tasks_that_were_found_for_a_scope_are_not_those_of_another_and_not_those_of_later(pool: PgPool) {
    tasks(&pool).await;
    let seen = async |db: &mut PgConnection, areas: &str, organizations: &str| -> BTreeSet<String> {
        let scope = format!(
            "SET LOCAL ROLE ioc_scoped; SELECT set_config('ioc.areas', '{areas}', true), set_config('ioc.organizations', '{organizations}', true)"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(scope)).execute(&mut *db).await.expect("a scope");
        let codes: Vec<String> = sqlx::query_scalar("SELECT code FROM tasks.task").fetch_all(db).await.expect("codes");
        codes.into_iter().collect()
    };
    let set = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
    // One transaction that reads, and another one on the same connection.
    let mut connection = pool.acquire().await.expect("a connection");
    for begin in
        ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN"]
    {
        sqlx::raw_sql(begin).execute(&mut *connection).await.expect("begun");
        for _ in 0..2 {
            assert_eq!(seen(&mut connection, "{00004}", "{}").await, set(&["AREA"]));
            assert_eq!(seen(&mut connection, "{}", "{BAN}").await, set(&["BELOW"]));
            assert_eq!(seen(&mut connection, "{}", "{}").await, set(&[]));
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.expect("ended");
    }
    // Who writes sees what it wrote.
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await.expect("begun");
    assert_eq!(seen(&mut connection, "{00004}", "{}").await, set(&["AREA"]));
    let moved = "SET LOCAL ROLE ioc_writer; UPDATE tasks.task SET area_codes = '{00004}', version = version + 1 WHERE code = 'HEALTH'; \
        SET CONSTRAINTS ALL IMMEDIATE";
    sqlx::raw_sql(moved).execute(&mut *connection).await.expect("written");
    assert_eq!(seen(&mut connection, "{00004}", "{}").await, set(&["AREA", "HEALTH"]));
    sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.expect("ended");
}
