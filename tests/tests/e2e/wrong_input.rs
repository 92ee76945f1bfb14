//! Invalid requests: the error has a code, names the field, and has no text of the database.

use anyhow::Result;
use e2e::{Answer, Process};
use sample::NoProgress;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};

const SECRET: &str = "a secret of the tests that is long enough to be one";

async fn platform(pool: &PgPool, data: &tempfile::TempDir) -> Result<Process> {
    sample::load_tasks("hanoi", None, pool, "2026-11-21T03:00:00Z".parse()?, &NoProgress).await?;
    let url = pool.connect_options().to_url_lossy().to_string();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.path().to_string_lossy()];
    Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await
}

/// No response to an invalid request is a 500, and none has a text of the database or of a panic.
fn decent(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text);
    for word in ["sqlx", "SELECT", "INSERT", "violates", "panicked", "relation \"", "syntax error at"] {
        assert!(!answer.text.contains(word), "{what}: {}", answer.text);
    }
    let json = answer.json();
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    assert!(!errors.is_empty(), "{what}: {}", answer.text);
    for error in errors {
        assert!(error["extensions"]["code"].is_string() && error["message"].is_string(), "{what}: {error}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn wrong_arguments_name_their_field(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = platform(&pool, &data).await?;
    let token = std::fs::read_to_string(data.path().join("dev-token"))?;
    let cursor = platform.ask("{ areas(first: 1) { pageInfo { endCursor } } }", Value::Null, None).await?.data();
    let elsewhere = cursor["areas"]["pageInfo"]["endCursor"].to_string();
    let from_elsewhere = format!("{{ tasks(after: {elsewhere}) {{ totalCount }} }}");
    for (query, expected) in [
        ("{ taskStats(period: \"2026-13\") { totals { total } } }", "VALIDATION at period"),
        ("{ taskStats(period: \"2026\", asOf: \"2026-02-30\") { totals { total } } }", "VALIDATION at asOf"),
        ("{ taskStats(period: \"2026\", asOf: \"2999-01-01\") { totals { total } } }", "VALIDATION at asOf"),
        ("{ taskStats(period: \"2026\", first: 0) { totals { total } } }", "VALIDATION at first"),
        ("{ tasks(first: 100000) { totalCount } }", "VALIDATION at first"),
        ("{ tasks(after: \"nonsense\") { totalCount } }", "VALIDATION at after"),
        (from_elsewhere.as_str(), "VALIDATION at after"),
        ("{ task(id: \"not an id\") { code } }", "VALIDATION at id"),
        ("{ areas(first: -1) { totalCount } }", "VALIDATION at first"),
    ] {
        let answer = platform.ask(query, Value::Null, Some(&token)).await?;
        decent(&answer, query);
        assert_eq!(answer.problems(), [expected], "{query}");
    }
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn text_that_cannot_be_stored_names_its_argument_in_every_service(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = platform(&pool, &data).await?;
    for (field, kind, expected) in [
        ("area(code: TEXT) { code }", "ID", "code"),
        ("areas(filter: {search: TEXT}) { totalCount }", "String", "filter.search"),
        ("areas(filter: {codes: [\"00004\", TEXT]}) { totalCount }", "ID", "filter.codes.1"),
        ("areas(after: TEXT) { totalCount }", "String", "after"),
        ("organization(code: TEXT) { code }", "ID", "code"),
        ("organizations(filter: {search: TEXT}) { totalCount }", "String", "filter.search"),
        ("programme(code: TEXT) { code }", "ID", "code"),
        ("official(code: TEXT) { code }", "ID", "code"),
        ("legalRules(codes: [TEXT]) { code }", "String", "codes.0"),
        ("calendar(from: TEXT, to: TEXT) { day }", "Date", "from"),
        ("task(id: TEXT) { code }", "ID", "id"),
        ("tasks(filter: {search: TEXT}) { totalCount }", "String", "filter.search"),
        ("tasks(filter: {organization: [TEXT]}) { totalCount }", "ID", "filter.organization.0"),
        ("taskStats(period: TEXT) { totals { total } }", "Period", "period"),
        ("areas(first: 1) { edges { node { taskMeasures(period: TEXT) { total } } } }", "Period", "period"),
    ] {
        let literal = format!("{{ {} }}", field.replace("TEXT", "\"a\\u0000\""));
        let variable = format!("query($given: {kind}!) {{ {} }}", field.replace("TEXT", "$given"));
        for (query, variables) in [(&literal, Value::Null), (&variable, json!({ "given": "a\u{0}" }))] {
            let answer = platform.ask(query, variables, None).await?;
            decent(&answer, query);
            assert!(answer.problems().contains(&format!("VALIDATION at {expected}")), "{query}: {}", answer.text);
            assert!(!answer.text.contains("INTERNAL"), "{query}: {}", answer.text);
        }
    }
    // Half of a surrogate pair is not a text: the request is refused.
    for body in [
        r#"{"query":"query($s: String) { areas(filter: {search: $s}) { totalCount } }","variables":{"s":"\ud800"}}"#,
        r#"{"query":"{ areas(filter: {search: \"\\udfff\"}) { totalCount } }"}"#,
    ] {
        let answer = platform.post(body.to_owned(), None).await?;
        decent(&answer, body);
        let json = answer.json();
        assert!(json.get("data").is_none(), "{body}: {json}");
        let code = json["errors"][0]["extensions"]["code"].as_str();
        assert!(matches!(code, Some("BAD_REQUEST" | "GRAPHQL_PARSE_FAILED")), "{body}: {json}");
    }
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn wrong_mutations_name_their_field_and_write_nothing(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = platform(&pool, &data).await?;
    let token = std::fs::read_to_string(data.path().join("dev-token"))?;
    let token = Some(token.trim());
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks.task").fetch_one(&pool).await?;

    let create = "mutation($input: CreateTaskInput!) { createTask(input: $input) { task { id version } } }";
    for (input, expected) in [
        (json!({ "code": "X", "title": " " }), "VALIDATION at input.title"),
        (json!({ "code": "X", "title": "a".repeat(501) }), "VALIDATION at input.title"),
        (json!({ "code": "X", "title": "a\u{0}b" }), "VALIDATION at input.title"),
        (json!({ "code": "", "title": "a" }), "VALIDATION at input.code"),
        (json!({ "code": "X", "title": "a", "leadOrganization": "NOBODY" }), "VALIDATION at input.leadOrganization"),
        (json!({ "code": "X", "title": "a", "areas": ["00004", "99999"] }), "VALIDATION at input.areas.1"),
        (json!({ "code": "X", "title": "a", "dueOn": "soon" }), "VALIDATION at input.dueOn"),
    ] {
        let answer = platform.ask(create, json!({ "input": input }), token).await?;
        decent(&answer, &input.to_string());
        assert_eq!(answer.problems(), [expected], "{input} {}", answer.text);
    }
    let after: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks.task").fetch_one(&pool).await?;
    assert_eq!(after, before);

    let task = platform.ask(create, json!({ "input": { "code": "X", "title": "a" } }), token).await?.data();
    let id = &task["createTask"]["task"]["id"];
    let assign = "mutation($input: AssignTaskInput!) { assignTask(input: $input) { task { version } } }";
    let stale = json!({ "id": id, "expectedVersion": 99, "leadOrganization": "SXD" });
    let answer = platform.ask(assign, json!({ "input": stale }), token).await?;
    decent(&answer, "stale version");
    assert!(answer.problems()[0].starts_with("STALE_VERSION"), "{}", answer.text);
    let relate = "mutation($input: RelateTasksInput!) { relateTasks(input: $input) { task { version } } }";
    let itself = json!({ "id": id, "expectedVersion": 1, "kind": "FOLLOWS", "toTask": id });
    let answer = platform.ask(relate, json!({ "input": itself }), token).await?;
    decent(&answer, "a task that follows itself");
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn malformed_and_oversized_requests_are_answered_in_kind(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = platform(&pool, &data).await?;
    let deep = format!("{{ organization(code: \"UBND\") {} {{ code }} {} }}", "{ parent ".repeat(100), "}".repeat(100));
    for (what, body) in [
        ("empty", String::new()),
        ("not JSON", "{".to_owned()),
        ("no query", "{}".to_owned()),
        ("a number", "7".to_owned()),
        ("10 MB", json!({ "query": format!("{{ areas(filter: {{search: \"{}\"}}) {{ totalCount }} }}", "a".repeat(10_000_000)) }).to_string()),
        ("a deep query", json!({ "query": deep }).to_string()),
        ("an unknown field", json!({ "query": "{ areas { nothing } }" }).to_string()),
        ("a missing variable", json!({ "query": "query($p: Period!) { taskStats(period: $p) { totals { total } } }" }).to_string()),
        ("a variable of another type", json!({ "query": "query($n: Int) { tasks(first: $n) { totalCount } }", "variables": { "n": "many" } }).to_string()),
    ] {
        let answer = platform.post(body, None).await?;
        decent(&answer, what);
    }
    assert_eq!(platform.ask("{ __typename }", Value::Null, None).await?.status, 200);
    Ok(())
}
