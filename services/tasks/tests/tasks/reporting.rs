//! Progress, milestones, blockers, extensions and relations.

use serde_json::{Value, json};
use service_kit::Role;
use sqlx::PgPool;

use super::city::{Asked, NOW, approver, data, found, issuer, lead, person, run, task, verb};

async fn child(pool: &PgPool, id: &str, field: &str, fields: &str) -> Value {
    data(pool, &format!("{{ task(id: \"{id}\") {{ {field} {{ {fields} }} }} }}")).await["task"][field].take()
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn full_progress_is_not_completion_and_reports_are_kept(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let report = |version: i32, progress: i32| json!({ "id": id, "expectedVersion": version, "progress": progress, "note": "Ghi chú" });
    let refused = verb(&pool, NOW, &lead(), "reportProgress", report(1, 101)).await.expect_err("too much");
    assert_eq!(refused, ("VALIDATION".into(), "input.progress".into()));
    let done = verb(&pool, NOW, &lead(), "reportProgress", report(1, 100)).await.expect("reported");
    assert_eq!((&done["status"], &done["progress"]), (&json!("IN_PROGRESS"), &json!(100)));
    assert_eq!(child(&pool, &id, "updates", "progress note").await, json!([{ "progress": 100, "note": "Ghi chú" }]));
    let closed = task(&pool, "C", "COMPLETED", &[]).await.to_string();
    let late =
        verb(&pool, NOW, &lead(), "reportProgress", json!({ "id": closed, "expectedVersion": 1, "progress": 5 })).await;
    assert_eq!(late.expect_err("closed").0, "CONFLICT");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn milestones_are_reached_once(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let goal = json!({ "id": id, "expectedVersion": 1, "title": "Mốc một", "dueOn": "2026-04-01" });
    verb(&pool, NOW, &lead(), "addMilestone", goal).await.expect("added");
    let milestones = child(&pool, &id, "milestones", "id dueOn completedOn").await;
    assert_eq!(milestones[0]["completedOn"], Value::Null);
    let reach = |version: i32, on: &str| json!({ "id": id, "expectedVersion": version, "milestone": milestones[0]["id"], "completedOn": on });
    let early = verb(&pool, NOW, &lead(), "completeMilestone", reach(2, "2026-03-16")).await;
    assert_eq!(early.expect_err("tomorrow").1, "input.completedOn");
    verb(&pool, NOW, &lead(), "completeMilestone", reach(2, "2026-03-15")).await.expect("reached");
    let twice = verb(&pool, NOW, &lead(), "completeMilestone", reach(3, "2026-03-15")).await;
    assert_eq!(twice.expect_err("reached already").1, "input.milestone");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_obstacle_puts_a_task_at_risk_until_it_is_gone(pool: PgPool) {
    found(&pool).await;
    let id =
        task(&pool, "T", "IN_PROGRESS", &[("progress", "90"), ("last_update_on", "'2026-03-14'")]).await.to_string();
    let open = json!({ "id": id, "expectedVersion": 1, "kind": "LEGAL", "needsLevel": "CENTRAL", "description": "Chờ nghị định" });
    let at_risk = verb(&pool, NOW, &lead(), "openBlocker", open).await.expect("opened");
    assert_eq!((&at_risk["status"], &at_risk["atRiskReasons"]), (&json!("IN_PROGRESS"), &json!(["BLOCKED"])));
    let blockers = child(&pool, &id, "blockers", "id needsLevel resolvedAt").await;
    assert_eq!(blockers[0]["needsLevel"], "CENTRAL");
    let resolve = json!({ "id": id, "expectedVersion": 2, "blocker": blockers[0]["id"], "resolution": "Đã ban hành" });
    let calm = verb(&pool, NOW, &lead(), "resolveBlocker", resolve).await.expect("resolved");
    assert_eq!(calm["atRiskReasons"], json!([]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_due_date_moves_only_through_an_approved_extension(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[("approver_position_code", "'PCT'")]).await.to_string();
    let ask =
        |version: i32, due: &str| json!({ "id": id, "expectedVersion": version, "dueOn": due, "reason": "Mưa bão" });
    let same = verb(&pool, NOW, &lead(), "requestExtension", ask(1, "2026-06-30")).await;
    assert_eq!(same.expect_err("no extension"), ("VALIDATION".into(), "input.dueOn".into()));
    let asked = verb(&pool, NOW, &lead(), "requestExtension", ask(1, "2026-07-31")).await.expect("asked");
    assert_eq!(asked["currentDue"], "2026-06-30");
    let second = verb(&pool, NOW, &lead(), "requestExtension", ask(2, "2026-08-31")).await;
    assert_eq!(second.expect_err("one waits").0, "CONFLICT");

    let requests = child(&pool, &id, "extensionRequests", "id status requestedDue").await;
    let decide = |version: i32, approve: bool| json!({ "id": id, "expectedVersion": version, "request": requests[0]["id"], "approve": approve });
    let own = person("lan", &[Role::Admin], None, Some("PCT"));
    assert_eq!(verb(&pool, NOW, &own, "decideExtension", decide(2, true)).await.expect_err("own wish").0, "FORBIDDEN");
    let moved = verb(&pool, NOW, &approver(), "decideExtension", decide(2, true)).await.expect("granted");
    assert_eq!(
        (&moved["currentDue"], &moved["baselineDue"], &moved["extensionCount"]),
        (&json!("2026-07-31"), &json!("2026-06-30"), &json!(1))
    );
    let again = verb(&pool, NOW, &approver(), "decideExtension", decide(3, true)).await;
    assert_eq!(again.expect_err("decided").1, "input.request");

    verb(&pool, NOW, &lead(), "requestExtension", ask(3, "2026-09-30")).await.expect("asked again");
    let requests = child(&pool, &id, "extensionRequests", "id status").await;
    // Both were made at one instant, so their order says nothing.
    let pending = usize::from(requests[0]["status"] != "PENDING");
    let refuse = json!({ "id": id, "expectedVersion": 4, "request": requests[pending]["id"], "approve": false });
    let stayed = verb(&pool, NOW, &approver(), "decideExtension", refuse).await.expect("refused");
    assert_eq!((&stayed["currentDue"], &stayed["extensionCount"]), (&json!("2026-07-31"), &json!(1)));

    // A reassignment does not bypass it.
    let back = task(&pool, "R", "RETURNED", &[]).await.to_string();
    let around = json!({ "id": back, "expectedVersion": 1, "dueOn": "2026-12-31" });
    let refused = verb(&pool, NOW, &issuer(), "reassignTask", around).await;
    assert_eq!(refused.expect_err("the input has no due date").0, "VALIDATION");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn relations_never_close_a_cycle_whatever_their_kinds(pool: PgPool) {
    found(&pool).await;
    let a = task(&pool, "A", "IN_PROGRESS", &[]).await.to_string();
    let b = task(&pool, "B", "IN_PROGRESS", &[]).await.to_string();
    let c = task(&pool, "C", "IN_PROGRESS", &[]).await.to_string();
    let relate = |from: &str, version: i32, kind: &str, to: &str| json!({ "id": from, "expectedVersion": version, "kind": kind, "toTask": to });
    // b waits for a, c waits for b: a may not wait for c, in none of the four ways of saying so.
    verb(&pool, NOW, &issuer(), "relateTasks", relate(&b, 1, "FOLLOWS", &a)).await.expect("b after a");
    verb(&pool, NOW, &issuer(), "relateTasks", relate(&b, 2, "BLOCKS", &c)).await.expect("c after b");
    for (from, version, kind, to) in [
        (&a, 1, "FOLLOWS", &c),
        (&a, 1, "REQUIRES", &c),
        (&c, 1, "BLOCKS", &a),
        (&c, 1, "PART_OF", &a),
        (&a, 1, "FOLLOWS", &a),
    ] {
        let refused = verb(&pool, NOW, &issuer(), "relateTasks", relate(from, version, kind, to)).await;
        assert_eq!(refused.expect_err(kind), ("VALIDATION".into(), "input.toTask".into()), "{kind}");
    }
    let twice = verb(&pool, NOW, &issuer(), "relateTasks", relate(&b, 3, "FOLLOWS", &a)).await;
    assert_eq!(twice.expect_err("already").0, "CONFLICT");
    // An ended relation does not block new ones.
    let relations = child(&pool, &c, "relations", "id kind from { code } to { code }").await;
    assert_eq!(relations[0]["from"]["code"], "B");
    let end = json!({ "id": b, "expectedVersion": 3, "relation": relations[0]["id"] });
    verb(&pool, NOW, &issuer(), "unrelateTasks", end).await.expect("ended");
    verb(&pool, NOW, &issuer(), "relateTasks", relate(&a, 1, "FOLLOWS", &c)).await.expect("free now");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_request_for_more_time_lapses_with_the_task(pool: PgPool) {
    found(&pool).await;
    let ends = [
        ("SUBMITTED", "acceptTask", approver(), json!({})),
        ("IN_PROGRESS", "cancelTask", issuer(), json!({ "document": "12/QĐ" })),
        ("IN_PROGRESS", "supersedeTask", issuer(), json!({ "document": "12/QĐ" })),
    ];
    for (status, name, who, mut input) in ends {
        let id = task(&pool, name, status, &[("approver_position_code", "'PCT'")]).await.to_string();
        let ask = json!({ "id": id, "expectedVersion": 1, "dueOn": "2026-07-31", "reason": "Mưa bão" });
        verb(&pool, NOW, &lead(), "requestExtension", ask).await.expect("asked");
        (input["id"], input["expectedVersion"]) = (json!(id), json!(2));
        verb(&pool, NOW, &who, name, input).await.expect(name);
        let requests = child(&pool, &id, "extensionRequests", "status decidedAt").await;
        assert_eq!(requests[0]["status"], "LAPSED", "{name}");
        assert!(!requests[0]["decidedAt"].is_null(), "{name}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn evidence_is_at_an_address_that_a_browser_may_open(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let evidence =
        |uri: &str, version: i32| json!({ "id": id, "expectedVersion": version, "title": "Báo cáo", "uri": uri });
    for uri in [
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "/a",
        "https://",
        "https:// x",
        "http:///a",
        "a.pdf",
    ] {
        let refused = verb(&pool, NOW, &lead(), "addEvidence", evidence(uri, 1)).await.expect_err(uri);
        assert_eq!(refused, ("VALIDATION".into(), "input.uri".into()), "{uri}");
    }
    for (version, uri) in (1..).zip([
        "https://example.org/a?b=c#d",
        "HTTP://example.org",
        "https://tài-liệu.vn/báo-cáo.pdf",
        "https://[::1]/a",
    ]) {
        verb(&pool, NOW, &lead(), "addEvidence", evidence(uri, version)).await.expect(uri);
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_start_moves_by_its_own_verb_for_a_reason(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let start =
        |on: &str, version: i32| json!({ "id": id, "expectedVersion": version, "startOn": on, "reason": "Sửa sai" });
    // A start in the future would hide that running work is behind.
    let refused = verb(&pool, NOW, &issuer(), "moveStart", start("2026-03-16", 1)).await.expect_err("not begun");
    assert_eq!(refused, ("VALIDATION".into(), "input.startOn".into()));
    let refused = verb(&pool, NOW, &lead(), "moveStart", start("2026-03-01", 1)).await.expect_err("the lead");
    assert_eq!(refused.0, "FORBIDDEN");
    verb(&pool, NOW, &issuer(), "moveStart", start("2026-03-15", 1)).await.expect("moved");
    let refused = verb(&pool, NOW, &issuer(), "moveStart", start("2026-03-15", 2)).await.expect_err("the same day");
    assert_eq!(refused, ("VALIDATION".into(), "input.startOn".into()));
    let log = child(&pool, &id, "transitions", "verb reason fromStatus toStatus").await;
    assert_eq!(
        log[0],
        json!({ "verb": "moveStart", "reason": "Sửa sai", "fromStatus": "IN_PROGRESS", "toStatus": "IN_PROGRESS" })
    );
    let waiting = task(&pool, "W", "ASSIGNED", &[]).await.to_string();
    let later = json!({ "id": waiting, "expectedVersion": 1, "startOn": "2026-04-01", "reason": "Chờ vốn" });
    verb(&pool, NOW, &issuer(), "moveStart", later).await.expect("not begun yet");
    let past_due = json!({ "id": waiting, "expectedVersion": 2, "startOn": "2026-07-01", "reason": "Chờ vốn" });
    let refused = verb(&pool, NOW, &issuer(), "moveStart", past_due).await.expect_err("after the due date");
    assert_eq!(refused, ("VALIDATION".into(), "input.startOn".into()));
}

/// Children of one task, half of them of a later day than 2026-02-10.
const CHILDREN: &str = "
INSERT INTO tasks.transition (id, task_id, verb, from_status, to_status, by_subject, at)
SELECT gen_random_uuid(), '{id}', 'startTask', 'ASSIGNED', 'IN_PROGRESS', 'x', at
FROM unnest('{2026-02-10T16:59:59Z,2026-02-10T17:00:00Z}'::timestamptz[]) AS at;
INSERT INTO tasks.progress_update (id, task_id, progress, reported_by, observed_at)
SELECT gen_random_uuid(), '{id}', 10, 'x', at FROM unnest('{2026-02-10T16:59:59Z,2026-02-10T17:00:00Z}'::timestamptz[]) AS at;
INSERT INTO tasks.evidence (id, task_id, title, uri, added_by, added_at)
SELECT gen_random_uuid(), '{id}', 'x', 'https://example.org/1', 'x', at
FROM unnest('{2026-02-10T16:59:59Z,2026-02-10T17:00:00Z}'::timestamptz[]) AS at;
INSERT INTO tasks.milestone (id, task_id, title, due_on, completed_on, created_by)
VALUES (gen_random_uuid(), '{id}', 'x', '2026-03-01', '2026-02-11', 'x');
INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, resolved_by, resolved_at, resolution,
    requested_on, request_document, decided_on, decision) VALUES
    (gen_random_uuid(), '{id}', 'LAND', 'CITY', 'x', 'x', '2026-02-01', 'x', '2026-02-20', 'xong', '2026-02-05', '1/TTr', '2026-02-15', 'x'),
    (gen_random_uuid(), '{id}', 'LAND', 'CITY', 'x', 'x', '2026-02-12', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO tasks.reminder (id, task_id, sent_on, text, sent_by, answered_on, answer) VALUES
    (gen_random_uuid(), '{id}', '2026-02-10', 'x', 'x', '2026-02-11', 'x'),
    (gen_random_uuid(), '{id}', '2026-02-11', 'x', 'x', NULL, NULL);
INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due, decided_by, decided_at)
VALUES (gen_random_uuid(), '{id}', '2026-12-31', 'x', 'x', '2026-02-01', 'APPROVED', '2026-06-30', 'x', '2026-02-15'),
       (gen_random_uuid(), '{id}', '2027-01-31', 'x', 'x', '2026-02-20', 'REJECTED', NULL, 'x', '2026-02-21');
INSERT INTO tasks.relation (id, from_task_id, to_task_id, kind, created_by, created_at) VALUES
    (gen_random_uuid(), '{id}', '{other}', 'FOLLOWS', 'x', '2026-02-01'), (gen_random_uuid(), '{id}', '{other}', 'REQUIRES', 'x', '2026-02-11');
";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn children_are_of_the_day_of_their_task(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let other = task(&pool, "V", "IN_PROGRESS", &[]).await.to_string();
    run(&pool, CHILDREN.replace("{id}", &id).replace("{other}", &other)).await;
    let lists = "nodes { transitions { at } updates { observedAt } evidence { addedAt } milestones { completedOn }
        blockers { resolvedAt resolution requestedOn requestDocument decidedOn decision } reminders { answeredOn answer }
        extensionRequests { status previousDue decidedAt } relations { kind } }";
    let query = format!(
        "{{ past: tasks(filter: {{code: [\"T\"]}}, asOf: \"2026-02-10\") {{ {lists} }} now: tasks(filter: {{code: [\"T\"]}}) {{ {lists} }} }}"
    );
    let answer = Asked::at(&pool, NOW, tasks::subgraph).ask(&issuer(), &query, Value::Null).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    // The day ends at 17:00 UTC.
    let expected = json!({
        "transitions": [{ "at": "2026-02-10T16:59:59+00:00" }], "updates": [{ "observedAt": "2026-02-10T16:59:59+00:00" }],
        "evidence": [{ "addedAt": "2026-02-10T16:59:59+00:00" }], "milestones": [{ "completedOn": null }],
        "blockers": [{ "resolvedAt": null, "resolution": null, "requestedOn": "2026-02-05", "requestDocument": "1/TTr",
            "decidedOn": null, "decision": null }],
        "reminders": [{ "answeredOn": null, "answer": null }],
        "extensionRequests": [{ "status": "PENDING", "previousDue": null, "decidedAt": null }],
        "relations": [{ "kind": "FOLLOWS" }],
    });
    assert_eq!(answer["data"]["past"]["nodes"][0], expected);
    for (list, children) in answer["data"]["now"]["nodes"][0].as_object().expect("a task") {
        assert_eq!(children.as_array().map(Vec::len), Some(if list == "milestones" { 1 } else { 2 }), "{list}");
    }
}
