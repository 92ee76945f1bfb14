//! Wrong input is answered by a code and the field's name, never by the database's words.

use serde_json::{Value, json};
use service_kit::testing::operator;
use sqlx::PgPool;

use super::city::{NOW, ask_at, data, found, issuer, lead, problem, task, verb};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_wrong_argument_is_named(pool: PgPool) {
    found(&pool).await;
    task(&pool, "A", "IN_PROGRESS", &[]).await;
    task(&pool, "B", "IN_PROGRESS", &[]).await;
    let page = data(&pool, "{ tasks(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = page["tasks"]["pageInfo"]["endCursor"].to_string();
    let long = "x".repeat(201);
    let stats = |arguments: &str| format!("taskStats(period: \"2026\", groupBy: [AXIS], {arguments}) {{ rowCount }}");
    for (field, path) in [
        ("task(id: \"x\") { id }".to_owned(), "id"),
        ("tasks(first: 501) { totalCount }".to_owned(), "first"),
        ("tasks(after: \"nonsense\") { totalCount }".to_owned(), "after"),
        (format!("tasks(after: {cursor}, orderBy: [{{field: CODE}}]) {{ totalCount }}"), "after"),
        ("tasks(filter: {area: [\"00004\", \"99999\"]}) { totalCount }".to_owned(), "filter.area.1"),
        ("tasks(filter: {organization: [\"\\u0000\"]}) { totalCount }".to_owned(), "filter.organization.0"),
        ("tasks(filter: {source: [\"test\", \"ioc\", \"tets\"]}) { totalCount }".to_owned(), "filter.source.2"),
        ("tasks(filter: {programme: [\"NQX\"]}) { totalCount }".to_owned(), "filter.programme.0"),
        ("tasks(filter: {dueOn: {from: \"2026-02-30\"}}) { totalCount }".to_owned(), "filter.dueOn.from"),
        (format!("tasks(filter: {{search: \"{long}\"}}) {{ totalCount }}"), "filter.search"),
        ("tasks(filter: {clarityAtMost: 7}) { totalCount }".to_owned(), "filter.clarityAtMost"),
        ("tasks(filter: {clarityAtLeast: 5, clarityAtMost: 4}) { totalCount }".to_owned(), "filter.clarityAtLeast"),
        (
            "tasks(filter: {dueOn: {from: \"2026-03-02\", to: \"2026-03-01\"}}) { totalCount }".to_owned(),
            "filter.dueOn",
        ),
        (stats("having: [{ measure: TOTAL, gt: 0 }, { measure: OVERDUE }]"), "having.1"),
        (stats("having: [{ measure: TOTAL, gt: 5, lt: 3 }]"), "having.0"),
        ("tasks(filter: {extendedAtLeast: -1}) { totalCount }".to_owned(), "filter.extendedAtLeast"),
        ("taskStats(period: \"2026-13\") { totals { total } }".to_owned(), "period"),
        ("taskStats(period: \"2026\", asOf: \"2026-03-16\") { totals { total } }".to_owned(), "asOf"),
        ("taskStats(period: \"2026\", first: 0) { totals { total } }".to_owned(), "first"),
    ] {
        let answer = ask_at(&pool, NOW, &operator(), &format!("{{ {field} }}"), json!({})).await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), path.into()), "{field}");
    }
    let elsewhere = format!(
        "{{ _entities(representations: [{{ __typename: \"Organization\", code: \"SXD\" }}]) {{ ... on Organization {{ tasks(after: {cursor}) {{ totalCount }} }} }} }}"
    );
    let answer = ask_at(&pool, NOW, &operator(), &elsewhere, json!({})).await;
    assert_eq!(problem(&answer), ("VALIDATION".into(), "after".into()));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_wrong_input_field_is_named_and_nothing_is_written(pool: PgPool) {
    found(&pool).await;
    let draft = |more: Value| {
        let mut input = json!({ "code": "NV-1", "title": "Nhiệm vụ" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    for (more, path) in [
        (json!({ "title": "x".repeat(501) }), "input.title"),
        (json!({ "title": "  " }), "input.title"),
        (json!({ "startOn": "1989-12-31" }), "input.startOn"),
        (json!({ "startOn": "2026-03-01", "dueOn": "2101-01-01" }), "input.dueOn"),
        (json!({ "action": "a\u{0}b" }), "input.action"),
        (json!({ "code": "" }), "input.code"),
        (json!({ "code": "x".repeat(65) }), "input.code"),
        (json!({ "programmes": ["NQ", "KHÔNG"] }), "input.programmes.1"),
        (json!({ "areas": ["12345"] }), "input.areas.0"),
        (json!({ "group": "N9" }), "input.group"),
        (json!({ "accountablePosition": "X" }), "input.accountablePosition"),
        (json!({ "approverPosition": "X" }), "input.approverPosition"),
        (json!({ "leadOrganization": "X" }), "input.leadOrganization"),
        (json!({ "coordinating": ["SXD", "X"] }), "input.coordinating.1"),
        (json!({ "startOn": "2026-2-1" }), "input.startOn"),
        (json!({ "startOn": "2026-02-02", "dueOn": "2026-02-01" }), "input.startOn"),
        (json!({ "reportingCadenceDays": 0 }), "input.reportingCadenceDays"),
    ] {
        let refused = verb(&pool, NOW, &issuer(), "createTask", draft(more.clone())).await.expect_err(path);
        assert_eq!(refused, ("VALIDATION".into(), path.into()), "{more}");
    }
    assert_eq!(data(&pool, "{ tasks { totalCount } }").await["tasks"]["totalCount"], 0);

    verb(&pool, NOW, &issuer(), "createTask", draft(json!({ "externalId": "1" }))).await.expect("created");
    let again = verb(&pool, NOW, &issuer(), "createTask", draft(json!({}))).await.expect_err("the code is taken");
    assert_eq!(again, ("VALIDATION".into(), "input.code".into()));
    let twin = verb(&pool, NOW, &issuer(), "createTask", draft(json!({ "code": "NV-2", "externalId": "1" }))).await;
    assert_eq!(twin.expect_err("the key is taken"), ("VALIDATION".into(), "input.externalId".into()));
    assert_eq!(
        verb(&pool, NOW, &lead(), "createTask", draft(json!({ "code": "NV-3" }))).await.expect_err("no issuer").0,
        "FORBIDDEN"
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_a_task_says_is_changed_by_issuers_until_it_is_closed(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[("action", "'Làm'"), ("group_code", "'N1'")]).await.to_string();
    let change = json!({ "id": id, "expectedVersion": 1, "action": null, "title": " Tên mới ", "areas": ["00004"], "priority": "URGENT" });
    verb(&pool, NOW, &issuer(), "updateTask", change).await.expect("changed");
    let task_now = data(&pool, &format!("{{ task(id: \"{id}\") {{ title action priority group {{ code }} areas {{ code }} version status currentDue }} }}")).await;
    assert_eq!(
        task_now["task"],
        json!({ "title": "Tên mới", "action": null, "priority": "URGENT", "group": { "code": "N1" }, "areas": [{ "code": "00004" }],
                "version": 2, "status": "IN_PROGRESS", "currentDue": "2026-06-30" })
    );
    // Without a change there is no version and no entry in the trail, and the caller gets the task as it is.
    let entries = "SELECT count(*) FROM platform.audit_entry WHERE operation = 'updateTask'";
    let before: i64 = sqlx::query_scalar(entries).fetch_one(&pool).await.expect("a count");
    for same in [
        json!({ "id": id, "expectedVersion": 2, "title": "Tên mới", "areas": ["00004"], "action": null }),
        json!({ "id": id, "expectedVersion": 2, "idempotencyKey": "again" }),
        json!({ "id": id, "expectedVersion": 2, "idempotencyKey": "again" }),
    ] {
        let unchanged = verb(&pool, NOW, &issuer(), "updateTask", same).await.expect("accepted");
        assert_eq!(unchanged["version"], 2, "{unchanged}");
    }
    let stale = json!({ "id": id, "expectedVersion": 1, "title": "Tên mới" });
    let stale = verb(&pool, NOW, &issuer(), "updateTask", stale).await.expect_err("another version");
    assert_eq!(stale.0, "STALE_VERSION");
    let after: i64 = sqlx::query_scalar(entries).fetch_one(&pool).await.expect("a count");
    assert_eq!((before, after), (1, 1));
    let closed = task(&pool, "C", "CANCELLED", &[]).await.to_string();
    let refused =
        verb(&pool, NOW, &issuer(), "updateTask", json!({ "id": closed, "expectedVersion": 1, "title": "x" })).await;
    assert_eq!(refused.expect_err("closed").0, "CONFLICT");
    let missing = json!({ "id": "01890000-0000-7000-8000-000000000000", "expectedVersion": 1, "title": "x" });
    assert_eq!(
        verb(&pool, NOW, &issuer(), "updateTask", missing).await.expect_err("no such task"),
        ("NOT_FOUND".into(), "input.id".into())
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_cursor_that_was_edited_is_no_fault_of_ours(pool: PgPool) {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    found(&pool).await;
    task(&pool, "A", "ASSIGNED", &[]).await;
    task(&pool, "B", "ASSIGNED", &[]).await;
    let page = "tasks(first: 1) { pageInfo { endCursor } }";
    let area = "_entities(representations: [{ __typename: \"Organization\", code: \"SXD\" }]) { ... on Organization";
    for (list, end) in [
        (page.to_owned(), "/data/tasks/pageInfo/endCursor"),
        (format!("{area} {{ {page} }} }}"), "/data/_entities/0/tasks/pageInfo/endCursor"),
    ] {
        let answer = ask_at(&pool, NOW, &operator(), &format!("{{ {list} }}"), json!({})).await;
        let cursor = answer.pointer(end).and_then(Value::as_str).expect("a cursor");
        let mut parts: Vec<String> =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).expect("base64url")).expect("texts");
        parts[1] = "20x6-03-12".to_owned();
        let edited = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).expect("JSON"));
        let next = list.replace("first: 1", &format!("first: 1, after: \"{edited}\""));
        let answer = ask_at(&pool, NOW, &operator(), &format!("{{ {next} }}"), json!({})).await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), "after".into()), "{list}");
    }
}
