//! Receipts: rows that wait or were rejected are tried again, pushes are withdrawn, old bodies are forgotten.

use std::sync::Arc;

use chrono::TimeDelta;
use schema::clock::{CityTime, FixedClock};
use serde_json::{Value, json};
use service_kit::push::engine::{Begin, Begun, Options, Pusher, Reading};
use service_kit::push::receipts::{By, forget_bodies, retry};
use service_kit::push::replace::Replace;
use service_kit::push::row::stage;
use service_kit::store::push::receipt;
use service_kit::testing::{Asked, instant, person, problem, push};
use service_kit::{Database, Principal, Role};
use sqlx::PgPool;
use uuid::Uuid;

use crate::city::{NOW, found};

const BY: By<'_> = By { subject: "tester", request_id: None };
const AT: &str = "2026-01-05T02:00:00Z";
const UNDO: &str = "mutation($receipt: ID!) { undoTasksPush(receipt: $receipt) { receipt records } }";

fn whole(id: &str, code: &str) -> Value {
    json!({ "externalId": id, "observedAt": AT, "code": code, "title": format!("Nhiệm vụ {id}"), "status": "ASSIGNED", "lead": "SXD",
            "startOn": "2026-01-05" })
}

async fn pushed(pool: &PgPool, rows: &[Value]) -> Vec<&'static str> {
    let results = push(pool, NOW, tasks::push::KINDS, ("tasks", "dms"), rows).await;
    results.iter().map(|result| result.status.as_str()).collect()
}

/// The receipt with the most rows. All are of one instant.
async fn longest(pool: &PgPool) -> receipt::Receipt {
    let found = receipt::newest(pool, &receipt::Filter::default(), 9).await.expect("receipts");
    found.into_iter().max_by_key(|receipt| receipt.rows).expect("a receipt")
}

async fn numbers(pool: &PgPool, receipt: Uuid) -> (i64, i64, i64) {
    let found = receipt::find(pool, receipt).await.expect("read").expect("a receipt");
    (found.created, found.parked, found.rejected)
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_row_that_was_rejected_is_accepted_when_its_reason_is_gone(pool: PgPool) {
    found(&pool).await;
    assert_eq!(pushed(&pool, &[whole("A", "N-1")]).await, ["CREATED"]);
    let mut unreadable = whole("C", "N-3");
    unreadable["observedAt"] = json!("2030-01-01T00:00:00Z");
    assert_eq!(pushed(&pool, &[whole("B", "N-1"), unreadable]).await, ["REJECTED", "REJECTED"]);
    let rejected = longest(&pool).await;
    let database = Database::from_pool(pool.clone());
    let pusher = Pusher::new(database.clone(), Arc::new(FixedClock::new(instant(NOW))), tasks::push::KINDS);
    // The reason is still there; the row that could not be read is not tried.
    assert_eq!(retry(&database, &rejected, BY).await.expect("tried"), 1);
    pusher.resume().await.expect("resumed");
    assert_eq!(numbers(&pool, rejected.id).await, (0, 0, 2));
    let renamed = json!({ "externalId": "A", "observedAt": "2026-01-06T02:00:00Z", "code": "N-2" });
    assert_eq!(pushed(&pool, &[renamed]).await, ["UPDATED"]);
    assert_eq!(retry(&database, &rejected, BY).await.expect("tried"), 1);
    pusher.resume().await.expect("resumed");
    assert_eq!(numbers(&pool, rejected.id).await, (1, 0, 1));
    let codes: Vec<String> =
        sqlx::query_scalar("SELECT code FROM tasks.task ORDER BY 1").fetch_all(&pool).await.expect("codes");
    assert_eq!(codes, ["N-1", "N-2"]);
    let noted: i64 = sqlx::query_scalar("SELECT count(*) FROM platform.audit_entry WHERE operation = 'retry push'")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(noted, 2);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_service_of_the_kind_withdraws_a_push_once_and_for_its_source_alone(pool: PgPool) {
    found(&pool).await;
    pushed(&pool, &[whole("A", "N-1"), whole("B", "N-2")]).await;
    let receipt = longest(&pool).await.id.to_string();
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let of = |source: &str, kinds: &[&str]| Principal {
        source: Some(source.to_owned()),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        ..person("system", &[], None, None)
    };
    let undo =
        async |principal: &Principal, receipt: &str| city.ask(principal, UNDO, json!({ "receipt": receipt })).await;
    assert_eq!(problem(&undo(&of("other", &[]), &receipt).await).0, "NOT_FOUND");
    assert_eq!(problem(&undo(&of("dms", &["task-updates"]), &receipt).await).0, "FORBIDDEN");
    assert_eq!(problem(&undo(&person("adm", &[Role::Admin], None, None), "none").await).0, "NOT_FOUND");
    let undone = undo(&of("dms", &["tasks"]), &receipt).await;
    assert_eq!(undone["data"]["undoTasksPush"], json!({ "receipt": receipt, "records": 2 }), "{undone}");
    let again = undo(&of("dms", &[]), &receipt).await;
    assert_eq!((problem(&again).0.as_str(), &again["errors"][0]["path"]), ("CONFLICT", &json!(["undoTasksPush"])));
    let shown: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks.task WHERE deleted_at IS NULL")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(shown, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_a_withdrawn_report_said_of_its_task_is_withdrawn_and_what_others_said_holds_again(pool: PgPool) {
    found(&pool).await;
    pushed(&pool, &[whole("A", "N-1"), whole("B", "N-2")]).await;
    let update = async |row: Value| {
        let earlier: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM platform.receipt").fetch_all(&pool).await.expect("receipts");
        let results = push(&pool, NOW, tasks::push::KINDS, ("task-updates", "dms"), &[row]).await;
        assert!(matches!(results[0].status.as_str(), "CREATED" | "UPDATED" | "STALE"), "{results:?}");
        sqlx::query_scalar::<_, Uuid>("SELECT id FROM platform.receipt WHERE id <> ALL ($1)")
            .bind(earlier)
            .fetch_one(&pool)
            .await
            .expect("a receipt")
    };
    let progress = async || {
        sqlx::query_as::<_, (i16, Option<chrono::NaiveDate>)>(
            "SELECT progress, last_update_on FROM tasks.task ORDER BY external_id",
        )
        .fetch_all(&pool)
        .await
        .expect("tasks")
    };
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let undo = async |receipt: Uuid| {
        let answer =
            city.ask(&person("adm", &[Role::Admin], None, None), UNDO, json!({ "receipt": receipt.to_string() })).await;
        answer["data"]["undoTasksPush"]["records"].as_i64().unwrap_or_else(|| panic!("{answer}"))
    };
    let on = |day: &str| day.parse::<chrono::NaiveDate>().ok();
    let first =
        update(json!({ "externalId": "U", "observedAt": "2026-01-20T02:00:00Z", "task": "A", "progress": 50 })).await;
    // A later row names no task, a late one comes before all, and one says that the report was about B before the row without a task.
    update(json!({ "externalId": "U", "observedAt": "2026-01-22T02:00:00Z", "progress": 60 })).await;
    let late =
        update(json!({ "externalId": "U", "observedAt": "2026-01-10T02:00:00Z", "task": "A", "progress": 5 })).await;
    let moved =
        update(json!({ "externalId": "U", "observedAt": "2026-01-21T02:00:00Z", "task": "B", "progress": 55 })).await;
    assert_eq!(progress().await, [(50, on("2026-01-20")), (60, on("2026-01-22"))]);
    // Of the move nothing is left: what came after it is about A again.
    assert_eq!(undo(moved).await, 3);
    assert_eq!(progress().await, [(60, on("2026-01-22")), (0, None)]);
    assert_eq!(undo(late).await, 2);
    assert_eq!(progress().await, [(60, on("2026-01-22")), (0, None)]);
    // The first one made the report, and the second one needs it.
    let needed =
        city.ask(&person("adm", &[Role::Admin], None, None), UNDO, json!({ "receipt": first.to_string() })).await;
    assert_eq!(problem(&needed).0, "CONFLICT");
    // A report that is gone says nothing, wherever it was.
    update(json!({ "externalId": "U", "observedAt": "2026-01-23T02:00:00Z", "task": "B", "progress": 70 })).await;
    assert_eq!(progress().await, [(60, on("2026-01-22")), (70, on("2026-01-23"))]);
    update(json!({ "externalId": "U", "observedAt": "2026-01-24T02:00:00Z", "deleted": true })).await;
    assert_eq!(progress().await, [(0, None), (0, None)]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_report_of_a_task_that_was_withdrawn_waits_for_it(pool: PgPool) {
    found(&pool).await;
    pushed(&pool, &[whole("A", "N-1")]).await;
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let receipt = longest(&pool).await.id.to_string();
    let undone = city.ask(&person("adm", &[Role::Admin], None, None), UNDO, json!({ "receipt": receipt })).await;
    assert_eq!(undone["data"]["undoTasksPush"]["records"], 1, "{undone}");
    let report = json!({ "externalId": "U", "observedAt": "2026-01-20T02:00:00Z", "task": "A", "progress": 50 });
    let milestone = json!({ "externalId": "M", "observedAt": "2026-01-20T02:00:00Z", "task": "A", "title": "Mốc", "dueOn": "2026-02-01" });
    for (kind, row) in [("task-updates", report), ("task-milestones", milestone)] {
        let results = push(&pool, NOW, tasks::push::KINDS, (kind, "dms"), &[row]).await;
        assert_eq!(results[0].status.as_str(), "PARKED", "{results:?}");
    }
    pushed(&pool, &[whole("A", "N-1")]).await;
    let (progress, milestones): (i16, i64) =
        sqlx::query_as("SELECT progress, (SELECT count(*) FROM tasks.milestone) FROM tasks.task")
            .fetch_one(&pool)
            .await
            .expect("a task");
    assert_eq!((progress, milestones), (50, 1));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn reports_that_a_replacement_brings_back_state_what_they_stated_when_they_did(pool: PgPool) {
    found(&pool).await;
    pushed(&pool, &[whole("A", "N-1")]).await;
    let reports: Vec<Value> = (1..=5)
        .map(|day| json!({ "externalId": format!("U{day}"), "observedAt": format!("2026-01-1{day}T02:00:00Z"), "task": "A", "progress": 10 * day }))
        .collect();
    push(&pool, NOW, tasks::push::KINDS, ("task-updates", "dms"), &reports).await;
    let pusher =
        Pusher::new(Database::from_pool(pool.clone()), Arc::new(FixedClock::new(instant(NOW))), tasks::push::KINDS);
    let begin = |kind| Begin {
        kind,
        layout: None,
        source: "dms",
        subject: "tester",
        format: "NDJSON",
        options: Options { replace: Some(Replace { scope: None, may_remove: Some(100) }), ..Options::default() },
        idempotency_key: None,
        request_id: None,
        file_name: None,
    };
    let replace = async |rows: &[Value]| {
        let Begun::New(mut session) = pusher.begin(begin(&tasks::push::UPDATES)).await.expect("begun") else {
            panic!("new")
        };
        // Of two at the same time each would remove what only the other names.
        let other = pusher.begin(begin(&tasks::push::UPDATES)).await.expect_err("another one runs");
        assert_eq!((other.code.as_str(), other.path.as_deref()), ("CONFLICT", Some("mode")));
        let rows = (1..).zip(rows).map(|(row, values)| {
            let Value::Object(values) = values.clone() else { panic!("an object") };
            Ok(stage(&tasks::push::UPDATES, values, (row, row), "null".to_owned(), (instant(NOW), CityTime::default()))
                .expect("a row"))
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            session.apply(rows).await.expect("applied");
        }
        session.finish(Reading::default()).await.expect("finished");
        sqlx::query_as::<_, (i16, Option<chrono::NaiveDate>)>("SELECT progress, last_update_on FROM tasks.task")
            .fetch_one(&pool)
            .await
            .expect("a task")
    };
    assert_eq!(replace(&[]).await, (0, None));
    assert_eq!(replace(&reports).await, (50, "2026-01-15".parse().ok()));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn old_bodies_are_forgotten_and_their_hashes_stay(pool: PgPool) {
    found(&pool).await;
    let mut waiting = whole("W", "N-9");
    waiting["lead"] = json!("SVH");
    pushed(&pool, &[whole("A", "N-1"), whole("B", "N-1"), waiting]).await;
    let old = longest(&pool).await;
    // The engine is given rows here, not a body.
    sqlx::query("INSERT INTO platform.receipt_payload (receipt_id, part, bytes) VALUES ($1, 0, 'body')")
        .bind(old.id)
        .execute(&pool)
        .await
        .expect("a body");
    let database = Database::from_pool(pool.clone());
    let last = old.received_at + TimeDelta::days(400);
    assert_eq!(forget_bodies(&database, last, 400).await.expect("looked"), 0);
    assert_eq!(forget_bodies(&database, last + TimeDelta::seconds(1), 400).await.expect("forgotten"), 1);
    assert_eq!(forget_bodies(&database, last + TimeDelta::days(1), 400).await.expect("looked"), 0);
    let found = longest(&pool).await;
    assert!(found.digest.is_some() && found.digest == old.digest && found.body_deleted_at.is_some());
    let (bodies, cells): (i64, Vec<(String, bool)>) = (
        sqlx::query_scalar("SELECT count(*) FROM platform.receipt_payload").fetch_one(&pool).await.expect("a count"),
        sqlx::query_as("SELECT external_id, raw <> 'null' FROM platform.receipt_row ORDER BY 1")
            .fetch_all(&pool)
            .await
            .expect("rows"),
    );
    // What waits is still to be applied, and may fail then.
    assert_eq!((bodies, cells), (0, vec![("B".to_owned(), false), ("W".to_owned(), true)]));
    assert_eq!(retry(&database, &old, BY).await.expect("tried"), 1, "only what waits is left to be tried");
}
