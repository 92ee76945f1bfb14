//! Pushed tasks: their state is the fold of their rows, in whatever order these arrive.

use std::sync::Arc;

use schema::clock::FixedClock;
use serde_json::{Value, json};
use service_kit::push::engine::{Begin, Begun, Options, Pusher};
use service_kit::push::{PushStatus, RowResult};
use service_kit::testing::{instant, push};
use service_kit::{Database, Problem};
use sqlx::PgPool;

use crate::city::{NOW, found};

async fn tasks(pool: &PgPool, rows: &[Value]) -> Vec<RowResult> {
    push(pool, NOW, tasks::push::KINDS, ("tasks", "dms"), rows).await
}

fn statuses(results: &[RowResult]) -> Vec<&'static str> {
    results.iter().map(|result| result.status.as_str()).collect()
}

pub fn pusher(pool: &PgPool) -> Pusher {
    let clock = Arc::new(FixedClock::new(instant(NOW)));
    Pusher::new(Database::from_pool(pool.clone()), clock, tasks::push::KINDS)
}

fn task(id: &str, at: &str, more: Value) -> Value {
    let mut row = json!({ "externalId": id, "observedAt": at });
    let (Value::Object(row_fields), Value::Object(more)) = (&mut row, more) else { panic!("objects") };
    row_fields.extend(more);
    row
}

fn whole(id: &str, at: &str) -> Value {
    task(
        id,
        at,
        json!({ "code": id, "title": format!("Nhiệm vụ {id}"), "status": "ASSIGNED", "lead": "SXD", "startOn": "2026-01-05",
                         "baselineDue": "2026-03-01", "currentDue": "2026-03-01", "areas": ["00004"] }),
    )
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_row_makes_a_task_once_and_changes_only_what_it_states(pool: PgPool) {
    found(&pool).await;
    let results = tasks(&pool, &[whole("A", "2026-01-05T02:00:00Z")]).await;
    assert_eq!(statuses(&results), ["CREATED"], "{results:?}");
    assert_eq!(statuses(&tasks(&pool, &[whole("A", "2026-01-05T02:00:00Z")]).await), ["UNCHANGED"]);
    // The same content at a later time is no version.
    assert_eq!(statuses(&tasks(&pool, &[whole("A", "2026-01-09T02:00:00Z")]).await), ["UNCHANGED"]);
    let later = task("A", "2026-02-01T02:00:00Z", json!({ "status": "IN_PROGRESS" }));
    assert_eq!(statuses(&tasks(&pool, &[later]).await), ["UPDATED"]);
    let (version, status, lead): (i32, String, String) =
        sqlx::query_as("SELECT version, status, lead_organization_code FROM tasks.task WHERE external_id = 'A'")
            .fetch_one(&pool)
            .await
            .expect("a task");
    assert_eq!((version, status.as_str(), lead.as_str()), (2, "IN_PROGRESS", "SXD"));
    let transitions: Vec<(Option<String>, String)> =
        sqlx::query_as("SELECT from_status, to_status FROM tasks.transition ORDER BY at")
            .fetch_all(&pool)
            .await
            .expect("transitions");
    assert_eq!(transitions, [(None, "ASSIGNED".to_owned()), (Some("ASSIGNED".to_owned()), "IN_PROGRESS".to_owned())]);
    let overdue: Vec<Option<chrono::NaiveDate>> =
        sqlx::query_scalar("SELECT overdue_from FROM tasks.fact WHERE to_day = 'infinity'")
            .fetch_all(&pool)
            .await
            .expect("facts");
    assert_eq!(overdue, ["2026-03-02".parse().ok()]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_late_row_takes_its_place_and_never_overwrites_a_newer_one(pool: PgPool) {
    found(&pool).await;
    tasks(&pool, &[whole("A", "2026-01-05T02:00:00Z")]).await;
    tasks(&pool, &[task("A", "2026-02-10T02:00:00Z", json!({ "title": "Tháng hai", "progress": 40 }))]).await;
    let stale = task("A", "2026-01-20T02:00:00Z", json!({ "title": "Tháng một" }));
    assert_eq!(statuses(&tasks(&pool, &[stale]).await), ["STALE"]);
    let partly = task("A", "2026-01-25T02:00:00Z", json!({ "title": "Cuối tháng một", "priority": "HIGH" }));
    assert_eq!(statuses(&tasks(&pool, &[partly]).await), ["UPDATED"]);
    let read = |sql: &'static str| {
        let pool = pool.clone();
        async move { sqlx::query_as::<_, (String, String)>(sql).fetch_one(&pool).await.expect("a row") }
    };
    assert_eq!(read("SELECT title, priority FROM tasks.task").await, ("Tháng hai".to_owned(), "HIGH".to_owned()));
    assert_eq!(
        read("SELECT title, priority FROM tasks.task_at('2026-01-22Z')").await,
        ("Tháng một".to_owned(), "NORMAL".to_owned())
    );
    assert_eq!(
        read("SELECT title, source FROM tasks.task_at('2026-01-06Z')").await,
        ("Nhiệm vụ A".to_owned(), "dms".to_owned())
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_row_waits_for_what_it_names_and_resolves_by_itself(pool: PgPool) {
    found(&pool).await;
    let update = json!({ "externalId": "U1", "task": "A", "progress": 30, "observedAt": "2026-02-01T02:00:00Z" });
    let results = push(&pool, NOW, tasks::push::KINDS, ("task-updates", "dms"), &[update]).await;
    assert_eq!(statuses(&results), ["PARKED"]);
    assert!(results[0].errors[0].en.contains("tasks:dms:A"), "{results:?}");
    // The task arrives, but its lead has not.
    let mut row = whole("A", "2026-01-05T02:00:00Z");
    row["lead"] = json!("SVH");
    let results = tasks(&pool, &[row]).await;
    assert_eq!(statuses(&results), ["PARKED"]);
    assert!(results[0].errors[0].en.contains("organization:SVH"), "{results:?}");
    sqlx::query("INSERT INTO directory.organization (code, name, axis, level, source, observed_at) VALUES ('SVH', 'Sở Văn hóa', 'COMMITTEE', 'DEPARTMENT', 'test', now())")
        .execute(&pool).await.expect("an organization");
    // No push has made the organization, so nothing has woken the row. Any push of the service resumes it when it is due.
    assert_eq!(pusher(&pool).look_again().await.expect("looked"), 1);
    tasks(&pool, &[whole("B", "2026-01-05T02:00:00Z")]).await;
    let (progress, last): (i16, Option<chrono::NaiveDate>) =
        sqlx::query_as("SELECT progress, last_update_on FROM tasks.task WHERE external_id = 'A'")
            .fetch_one(&pool)
            .await
            .expect("a task");
    assert_eq!((progress, last), (30, "2026-02-01".parse().ok()));
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM platform.receipt_row WHERE status = 'PARKED'")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(left, 0);
    let counted: (i64, i64) = sqlx::query_as("SELECT sum(parked)::bigint, sum(created)::bigint FROM platform.receipt")
        .fetch_one(&pool)
        .await
        .expect("counts");
    assert_eq!(counted, (0, 3));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_row_that_breaks_a_rule_is_rejected_alone_and_in_words(pool: PgPool) {
    found(&pool).await;
    let mut early = whole("B", "2026-01-05T02:00:00Z");
    early["currentDue"] = json!("2025-12-01");
    early["baselineDue"] = json!("2025-12-01");
    let mut twin = whole("C", "2026-01-05T02:00:00Z");
    twin["code"] = json!("A");
    let partial = task("D", "2026-01-05T02:00:00Z", json!({ "progress": 5 }));
    let gone = task("E", "2026-01-05T02:00:00Z", json!({ "deleted": true }));
    let rows = [whole("A", "2026-01-05T02:00:00Z"), early, twin, partial, gone, whole("F", "2026-01-05T02:00:00Z")];
    let results = tasks(&pool, &rows).await;
    assert_eq!(statuses(&results), ["CREATED", "REJECTED", "REJECTED", "PARKED", "PARKED", "CREATED"], "{results:?}");
    assert_eq!(results[1].errors[0].path, "currentDue");
    assert_eq!((results[2].errors[0].path.as_str(), results[2].errors[0].code.as_str()), ("code", "CONFLICT"));
    let missing: Vec<&str> = results[3].errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(missing, ["code", "title"]);
    assert_eq!(results[1].status, PushStatus::Rejected);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn rows_without_a_time_are_in_the_order_of_the_file(pool: PgPool) {
    found(&pool).await;
    tasks(&pool, &[whole("A", "2026-01-05T02:00:00Z")]).await;
    let named = |title: String| json!({ "externalId": "A", "title": title });
    let rows: Vec<Value> = (1..=9).map(|number| named(format!("Tên {number}"))).collect();
    assert!(statuses(&tasks(&pool, &rows).await).iter().all(|status| *status == "UPDATED"));
    let title: String = sqlx::query_scalar("SELECT title FROM tasks.task").fetch_one(&pool).await.expect("a title");
    assert_eq!(title, "Tên 9");
    let updates: Vec<Value> =
        (1..=9).map(|number| json!({ "externalId": format!("U{number}"), "task": "A", "progress": number })).collect();
    push(&pool, NOW, tasks::push::KINDS, ("task-updates", "dms"), &updates).await;
    let progress: i16 = sqlx::query_scalar("SELECT progress FROM tasks.task").fetch_one(&pool).await.expect("progress");
    assert_eq!(progress, 9);
    // What is said again is said anew only if it was changed meanwhile.
    assert_eq!(statuses(&tasks(&pool, &[named("Tên 9".to_owned())]).await), ["UNCHANGED"]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_push_that_meets_a_problem_ends_its_receipt_and_is_repeated_under_its_key(pool: PgPool) {
    found(&pool).await;
    let clock = Arc::new(FixedClock::new(instant(NOW)));
    let database = Database::from_pool(pool.clone());
    let pusher = Pusher::new(database.clone(), clock.clone(), tasks::push::KINDS);
    let begin = || Begin {
        kind: &tasks::push::TASKS,
        layout: None,
        source: "dms",
        subject: "tester",
        format: "NDJSON",
        options: Options { atomic: true, ..Options::default() },
        idempotency_key: Some("once"),
        request_id: None,
        file_name: None,
    };
    let Begun::New(session) = pusher.begin(begin()).await.expect("begun") else { panic!("a new push") };
    let receipt = session.receipt();
    // Another pusher of the service knows of it, as GraphQL does of a push over HTTP.
    let other = Pusher::new(database, clock, tasks::push::KINDS);
    let again = other.begin(begin()).await.expect_err("it runs");
    assert!(again.message.contains("still running"), "{}", again.message);
    session.fail(&Problem::validation("atomic", "too many rows")).await;
    let ended: (String, Value) = sqlx::query_as("SELECT state, error FROM platform.receipt WHERE id = $1")
        .bind(receipt)
        .fetch_one(&pool)
        .await
        .expect("a receipt");
    assert_eq!(
        (ended.0.as_str(), &ended.1["code"], &ended.1["en"]),
        ("FAILED", &json!("VALIDATION"), &json!("too many rows"))
    );
    let Begun::New(session) = pusher.begin(begin()).await.expect("begun again") else { panic!("it is done anew") };
    assert_eq!(session.receipt(), receipt);
}
