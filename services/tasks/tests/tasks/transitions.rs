//! Every verb in every state by everybody. The table is written from the domain, not from the code.

use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use super::city::{Asked, NOW, approver, found, issuer, lead, person, run, task, verb, verb_of};

const STATES: [&str; 9] =
    ["DRAFT", "ASSIGNED", "RETURNED", "IN_PROGRESS", "BLOCKED", "SUBMITTED", "COMPLETED", "CANCELLED", "SUPERSEDED"];

/// From → to, and who: verb, states, state, part.
const ALLOWED: [(&str, &[&str], &str, &str); 12] = [
    ("assignTask", &["DRAFT"], "ASSIGNED", "issuer"),
    ("startTask", &["ASSIGNED"], "IN_PROGRESS", "lead"),
    ("returnTask", &["ASSIGNED"], "RETURNED", "lead"),
    ("reassignTask", &["ASSIGNED", "RETURNED", "IN_PROGRESS", "BLOCKED"], "ASSIGNED", "issuer"),
    ("blockTask", &["IN_PROGRESS"], "BLOCKED", "lead"),
    ("unblockTask", &["BLOCKED"], "IN_PROGRESS", "lead"),
    ("submitTask", &["IN_PROGRESS"], "SUBMITTED", "lead"),
    ("acceptTask", &["SUBMITTED"], "COMPLETED", "approver"),
    ("rejectSubmission", &["SUBMITTED"], "IN_PROGRESS", "approver"),
    ("cancelTask", &["ASSIGNED", "RETURNED", "IN_PROGRESS", "BLOCKED", "SUBMITTED"], "CANCELLED", "issuer"),
    ("supersedeTask", &["ASSIGNED", "RETURNED", "IN_PROGRESS", "BLOCKED", "SUBMITTED"], "SUPERSEDED", "issuer"),
    ("reopenTask", &["COMPLETED"], "IN_PROGRESS", "inspector"),
];

fn everybody() -> Vec<(&'static str, Principal)> {
    vec![
        ("issuer", issuer()),
        ("lead", lead()),
        ("lead", person("acc", &[Role::Lead], None, Some("GD-SXD"))),
        ("another lead", person("oth", &[Role::Lead], Some("SYT"), None)),
        ("a colleague without the role", person("col", &[], Some("SXD"), None)),
        ("approver", approver()),
        ("another approver", person("oap", &[Role::Approver], None, Some("GD-SXD"))),
        ("inspector", person("ins", &[Role::Inspector], None, None)),
        ("nobody", Principal::default()),
    ]
}

fn input(verb: &str, task: &str, version: i32) -> Value {
    let mut input = json!({ "id": task, "expectedVersion": version });
    let extra = match verb {
        "returnTask" | "rejectSubmission" | "reopenTask" => json!({ "reason": "Lý do" }),
        "reassignTask" => json!({ "leadOrganization": "SYT", "reason": "Lý do" }),
        "blockTask" => {
            json!({ "blocker": { "kind": "LAND", "needsLevel": "CITY", "description": "Chưa có mặt bằng" } })
        }
        "unblockTask" => json!({ "resolution": "Đã bàn giao" }),
        "submitTask" => json!({ "evidence": [{ "title": "Báo cáo", "uri": "https://example.org/1" }] }),
        "cancelTask" | "supersedeTask" => json!({ "document": "12/QĐ-UBND" }),
        _ => json!({}),
    };
    input.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    input
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_verb_works_for_its_part_in_its_states_and_for_nobody_else_anywhere(pool: PgPool) {
    found(&pool).await;
    let people = [("accountable_position_code", "'GD-SXD'"), ("approver_position_code", "'PCT'")];
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let mut number = 0;
    for (name, from, to, part) in ALLOWED {
        for state in STATES {
            for (who, principal) in everybody() {
                number += 1;
                let id = task(&pool, &format!("T{number}"), state, &people).await.to_string();
                let answer = verb_of(&city, &principal, name, input(name, &id, 1)).await;
                let case = format!("{name} in {state} by {who}");
                let code = answer.as_ref().map_err(|(code, _)| code.as_str());
                // A lead sees the issued tasks of its organization and of its position only.
                let unseen = who == "another lead" || who == "a colleague without the role";
                if who == "nobody" {
                    assert_eq!(code.expect_err(&case), "UNAUTHENTICATED", "{case}");
                } else if unseen || who == "lead" && state == "DRAFT" {
                    assert_eq!(code.expect_err(&case), "NOT_FOUND", "{case}");
                } else if who != part {
                    assert_eq!(code.expect_err(&case), "FORBIDDEN", "{case}");
                } else if from.contains(&state) {
                    let task = code.unwrap_or_else(|code| panic!("{case}: {code}"));
                    assert_eq!((&task["status"], &task["version"]), (&json!(to), &json!(2)), "{case}");
                } else {
                    assert_eq!(code.expect_err(&case), "CONFLICT", "{case}");
                }
                let moves: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks.transition WHERE task_id = $1::uuid")
                    .bind(&id)
                    .fetch_one(&pool)
                    .await
                    .expect("counted");
                assert_eq!(moves, i64::from(who == part && from.contains(&state)), "{case}: logged");
            }
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_submitted_never_decides_not_even_an_administrator(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "SUBMITTED", &[]).await.to_string();
    let same = person("lan", &[Role::Admin, Role::Approver], None, None);
    for name in ["acceptTask", "rejectSubmission"] {
        let refused = verb(&pool, NOW, &same, name, input(name, &id, 1)).await;
        assert_eq!(refused.expect_err("refused").0, "FORBIDDEN");
    }
    // Without an approver position the role is enough, and an administrator has every role.
    let other = person("adm", &[Role::Admin], None, None);
    let done = verb(&pool, NOW, &other, "acceptTask", input("acceptTask", &id, 1)).await.expect("accepted");
    assert_eq!(
        (&done["status"], &done["doneOn"], &done["progress"]),
        (&json!("COMPLETED"), &json!("2026-03-10"), &json!(100))
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn work_is_handed_in_with_evidence_only(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let bare = json!({ "id": id, "expectedVersion": 1 });
    let refused = verb(&pool, NOW, &lead(), "submitTask", bare).await.expect_err("refused");
    assert_eq!(refused, ("VALIDATION".into(), "input.evidence".into()));
    let evidence = json!({ "id": id, "expectedVersion": 1, "title": "Báo cáo", "uri": "https://example.org/1" });
    verb(&pool, NOW, &lead(), "addEvidence", evidence).await.expect("added");
    let done =
        verb(&pool, NOW, &lead(), "submitTask", json!({ "id": id, "expectedVersion": 2 })).await.expect("submitted");
    assert_eq!(done["submittedOn"], "2026-03-15");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_task_lives_from_draft_to_done_with_a_return_a_transfer_and_a_rejection(pool: PgPool) {
    found(&pool).await;
    let created = json!({ "code": "NV-1", "title": "Nhiệm vụ một", "dueOn": "2026-06-30", "approverPosition": "PCT",
        "programmes": ["NQ", "NQ"], "areas": ["00004"], "group": "N1", "bottlenecks": ["FLOODING"] });
    let task = verb(&pool, NOW, &issuer(), "createTask", created).await.expect("created");
    let id = task["id"].as_str().expect("an id").to_owned();
    assert_eq!((&task["status"], &task["lead"]), (&json!("DRAFT"), &Value::Null));

    let none = verb(&pool, NOW, &issuer(), "assignTask", json!({ "id": id, "expectedVersion": 1 })).await;
    assert_eq!(none.expect_err("no lead"), ("VALIDATION".into(), "input.leadOrganization".into()));
    let assign = |version: i32, lead: &str| json!({ "id": id, "expectedVersion": version, "leadOrganization": lead });
    verb(&pool, NOW, &issuer(), "assignTask", assign(1, "SYT")).await.expect("assigned");
    let other = person("oth", &[Role::Lead], Some("SYT"), None);
    let returned = verb(&pool, NOW, &other, "returnTask", input("returnTask", &id, 2)).await.expect("returned");
    assert_eq!((&returned["returnedCount"], &returned["leadChanges"]), (&json!(1), &json!(0)));
    let moved = verb(&pool, NOW, &issuer(), "reassignTask", assign(3, "SXD")).await.expect("reassigned");
    assert_eq!((&moved["leadChanges"], &moved["lead"]["code"]), (&json!(1), &json!("SXD")));

    verb(&pool, NOW, &lead(), "startTask", input("startTask", &id, 4)).await.expect("started");
    verb(&pool, NOW, &lead(), "submitTask", input("submitTask", &id, 5)).await.expect("submitted");
    let back =
        verb(&pool, NOW, &approver(), "rejectSubmission", input("rejectSubmission", &id, 6)).await.expect("rejected");
    assert_eq!((&back["status"], &back["submittedOn"]), (&json!("IN_PROGRESS"), &Value::Null));
    verb(&pool, "2026-03-20T05:00:00Z", &lead(), "submitTask", input("submitTask", &id, 7))
        .await
        .expect("submitted again");
    let done = verb(&pool, "2026-03-25T05:00:00Z", &approver(), "acceptTask", input("acceptTask", &id, 8))
        .await
        .expect("accepted");
    assert_eq!((&done["status"], &done["doneOn"]), (&json!("COMPLETED"), &json!("2026-03-20")));
    let inspector = person("ins", &[Role::Inspector], None, None);
    let open = verb(&pool, "2026-03-26T05:00:00Z", &inspector, "reopenTask", input("reopenTask", &id, 9))
        .await
        .expect("reopened");
    assert_eq!((&open["status"], &open["doneOn"]), (&json!("IN_PROGRESS"), &Value::Null));

    // Nothing of it is forgotten: one event for each version.
    let kept: Vec<(i64, String)> = sqlx::query_as(
        "SELECT ordinal, changes ->> 'status' FROM tasks.task_event WHERE id = $1::uuid ORDER BY observed_at, ordinal",
    )
    .bind(&id)
    .fetch_all(&pool)
    .await
    .expect("read");
    let states: Vec<&str> = kept.iter().map(|(_, status)| status.as_str()).collect();
    assert_eq!(
        states,
        [
            "DRAFT",
            "ASSIGNED",
            "RETURNED",
            "ASSIGNED",
            "IN_PROGRESS",
            "SUBMITTED",
            "IN_PROGRESS",
            "SUBMITTED",
            "COMPLETED",
            "IN_PROGRESS"
        ]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_stale_version_is_refused_and_changes_nothing(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "ASSIGNED", &[]).await.to_string();
    for version in [0, 2] {
        let refused =
            verb(&pool, NOW, &lead(), "startTask", input("startTask", &id, version)).await.expect_err("refused");
        assert_eq!(refused, ("STALE_VERSION".into(), "input.expectedVersion".into()));
    }
    // Two callers who saw the same version: one wins.
    let lead = lead();
    let (one, two) = futures::join!(
        verb(&pool, NOW, &lead, "startTask", input("startTask", &id, 1)),
        verb(&pool, NOW, &lead, "returnTask", input("returnTask", &id, 1)),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let refused = one.and(two).expect_err("one is refused");
    assert_eq!(refused.0, "STALE_VERSION");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn history_cannot_be_rewritten_and_observed_time_does_not_run_back(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "ASSIGNED", &[]).await;
    run(
        &pool,
        format!("UPDATE tasks.task SET progress = 5, version = 2, observed_at = '2026-02-01' WHERE id = '{id}'"),
    )
    .await;
    for refused in [
        "UPDATE tasks.task_event SET recorded_at = now()".to_owned(),
        "DELETE FROM tasks.task_event".to_owned(),
        format!("UPDATE tasks.task SET progress = 6, version = 3, observed_at = '2026-01-15' WHERE id = '{id}'"),
        format!("UPDATE tasks.task SET progress = 6 WHERE id = '{id}'"),
        // An event has its record, and a record keeps its events.
        "INSERT INTO tasks.task_event (id, observed_at, recorded_at, changes) VALUES (gen_random_uuid(), now(), now(), '{}')".to_owned(),
        format!("DELETE FROM tasks.task WHERE id = '{id}'"),
        "TRUNCATE tasks.task CASCADE".to_owned(),
    ] {
        let outcome = sqlx::raw_sql(sqlx::AssertSqlSafe(refused.clone())).execute(&pool).await;
        assert!(outcome.is_err(), "{refused}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_issuer_transfers_running_work_to_another_lead_for_a_reason(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    for (input, path) in [
        (json!({ "reason": "Sắp xếp lại" }), "input.leadOrganization"),
        (json!({ "leadOrganization": "SYT" }), "input.reason"),
    ] {
        let mut input = input;
        (input["id"], input["expectedVersion"]) = (json!(id), json!(1));
        let refused = verb(&pool, NOW, &issuer(), "reassignTask", input).await.expect_err(path);
        assert_eq!(refused, ("VALIDATION".into(), path.into()));
    }
    let transfer = json!({ "id": id, "expectedVersion": 1, "leadOrganization": "SYT", "reason": "Sắp xếp lại" });
    let moved = verb(&pool, NOW, &issuer(), "reassignTask", transfer).await.expect("transferred");
    assert_eq!((&moved["status"], &moved["leadChanges"]), (&json!("ASSIGNED"), &json!(1)));
    let new = person("moi", &[Role::Lead], Some("SYT"), None);
    verb(&pool, NOW, &new, "startTask", input("startTask", &id, 2)).await.expect("taken up by the new lead");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn work_does_not_begin_before_its_first_day(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "ASSIGNED", &[("start_on", "'2026-03-16'")]).await.to_string();
    let refused = verb(&pool, NOW, &lead(), "startTask", input("startTask", &id, 1)).await.expect_err("too early");
    assert_eq!(refused.0, "CONFLICT");
    let moved = json!({ "id": id, "expectedVersion": 1, "startOn": "2026-03-15", "reason": "Sớm hơn" });
    verb(&pool, NOW, &issuer(), "moveStart", moved).await.expect("moved");
    let started = verb(&pool, NOW, &lead(), "startTask", input("startTask", &id, 2)).await.expect("started");
    assert_eq!(started["status"], "IN_PROGRESS");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn only_an_open_task_succeeds_another_so_successors_are_no_circle(pool: PgPool) {
    found(&pool).await;
    let one = task(&pool, "A", "ASSIGNED", &[]).await.to_string();
    let two = task(&pool, "B", "IN_PROGRESS", &[]).await.to_string();
    let by = |id: &str, successor: &str| json!({ "id": id, "expectedVersion": 1, "document": "12/QĐ", "successor": successor });
    for status in ["COMPLETED", "CANCELLED", "SUPERSEDED"] {
        let closed = task(&pool, status, status, &[]).await.to_string();
        let refused = verb(&pool, NOW, &issuer(), "supersedeTask", by(&one, &closed)).await.expect_err(status);
        assert_eq!(refused, ("VALIDATION".into(), "input.successor".into()), "{status}");
    }
    verb(&pool, NOW, &issuer(), "supersedeTask", by(&one, &two)).await.expect("superseded");
    let refused = verb(&pool, NOW, &issuer(), "supersedeTask", by(&two, &one)).await.expect_err("a circle");
    assert_eq!(refused, ("VALIDATION".into(), "input.successor".into()));
}
