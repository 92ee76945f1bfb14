//! Requests that are sent twice, and requests that meet.

use serde_json::json;
use sqlx::PgPool;

use super::city::{NOW, found, issuer, lead, run, task, verb};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_verb_with_a_key_is_done_once_and_a_repetition_gives_the_task_as_it_is(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "ASSIGNED", &[]).await.to_string();
    let start = json!({ "id": id, "expectedVersion": 1, "idempotencyKey": "k1" });
    for _ in 0..2 {
        let task = verb(&pool, NOW, &lead(), "startTask", start.clone()).await.expect("done once");
        assert_eq!((&task["status"], &task["version"]), (&json!("IN_PROGRESS"), &json!(2)));
    }
    // The key belongs to that input, and to that caller.
    let other = json!({ "id": id, "expectedVersion": 2, "idempotencyKey": "k1" });
    let refused = verb(&pool, NOW, &lead(), "startTask", other.clone()).await.expect_err("another input");
    assert_eq!(refused, ("CONFLICT".into(), "input.idempotencyKey".into()));
    let refused = verb(&pool, NOW, &issuer(), "startTask", other).await.expect_err("not the lead");
    assert_eq!(refused.0, "FORBIDDEN");
    // A verb that was refused leaves its key free.
    let report =
        |progress: i32| json!({ "id": id, "expectedVersion": 2, "progress": progress, "idempotencyKey": "k2" });
    assert_eq!(verb(&pool, NOW, &lead(), "reportProgress", report(101)).await.expect_err("refused").0, "VALIDATION");
    verb(&pool, NOW, &lead(), "reportProgress", report(40)).await.expect("reported");
    let moves: i64 = sqlx::query_scalar("SELECT count(*) FROM tasks.transition").fetch_one(&pool).await.expect("read");
    assert_eq!(moves, 1);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_same_creation_sent_twice_at_once_creates_one_task(pool: PgPool) {
    found(&pool).await;
    let new = json!({ "code": "NV-1", "title": "Nhiệm vụ", "idempotencyKey": "k" });
    let issuer = issuer();
    let (one, two) = futures::join!(
        verb(&pool, NOW, &issuer, "createTask", new.clone()),
        verb(&pool, NOW, &issuer, "createTask", new.clone()),
    );
    assert_eq!(one.expect("created")["id"], two.expect("the same")["id"]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn of_two_relations_in_opposite_directions_at_once_the_second_is_told_of_the_cycle(pool: PgPool) {
    found(&pool).await;
    for round in 0..5 {
        let a = task(&pool, &format!("A{round}"), "ASSIGNED", &[]).await.to_string();
        let b = task(&pool, &format!("B{round}"), "ASSIGNED", &[]).await.to_string();
        let relate =
            |from: &str, to: &str| json!({ "id": from, "expectedVersion": 1, "kind": "FOLLOWS", "toTask": to });
        let issuer = issuer();
        let (one, two) = futures::join!(
            verb(&pool, NOW, &issuer, "relateTasks", relate(&a, &b)),
            verb(&pool, NOW, &issuer, "relateTasks", relate(&b, &a)),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let refused = one.and(two).expect_err("one is refused");
        assert_eq!(refused, ("VALIDATION".into(), "input.toTask".into()));
    }
}

/// Makes the next writes of transitions fail as PostgreSQL fails them when two transactions meet.
const MEETINGS: &str = "
CREATE SEQUENCE meeting;
GRANT USAGE ON SEQUENCE meeting TO ioc_writer;
CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('meeting') <= $COUNT THEN RAISE EXCEPTION 'met' USING ERRCODE = '$CODE'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meet BEFORE INSERT ON tasks.transition FOR EACH ROW EXECUTE FUNCTION meet();";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_deadlock_is_tried_again_and_is_a_conflict_when_it_stays(pool: PgPool) {
    found(&pool).await;
    for (code, meetings, outcome) in
        [("40P01", 3, Ok("IN_PROGRESS")), ("40001", 1, Ok("IN_PROGRESS")), ("40P01", 4, Err("CONFLICT"))]
    {
        run(&pool, "DROP SEQUENCE IF EXISTS meeting; DROP FUNCTION IF EXISTS meet CASCADE").await;
        run(&pool, MEETINGS.replace("$COUNT", &meetings.to_string()).replace("$CODE", code)).await;
        let id = task(&pool, &format!("T{code}{meetings}"), "ASSIGNED", &[]).await.to_string();
        let started = verb(&pool, NOW, &lead(), "startTask", json!({ "id": id, "expectedVersion": 1 })).await;
        let status =
            started.map(|task| task["status"].as_str().unwrap_or_default().to_owned()).map_err(|(code, _)| code);
        assert_eq!(status.as_deref().map_err(String::as_str), outcome, "{code} {meetings} times");
    }
}
