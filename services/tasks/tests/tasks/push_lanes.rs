//! Long pushes of the children of tasks are applied in two lanes, and end as short ones do.

use serde_json::{Value, json};
use service_kit::push::RowResult;
use service_kit::store::push::receipt::Parts;
use service_kit::testing::push;
use sqlx::PgPool;
use uuid::Uuid;

use crate::city::{NOW, found};
use crate::push::pusher;

const TASKS: usize = 12;

async fn tasks_of(pool: &PgPool, source: &str) {
    let rows: Vec<Value> = (0..TASKS)
        .map(|task| {
            json!({ "externalId": format!("T{task}"), "code": format!("{source}-{task}"), "title": format!("Nhiệm vụ {task}"), "status": "IN_PROGRESS",
                    "lead": "SXD", "startOn": "2026-01-05", "baselineDue": "2026-06-30", "currentDue": "2026-06-30",
                    "observedAt": "2026-01-05T02:00:00Z" })
        })
        .collect();
    push(pool, NOW, tasks::push::KINDS, ("tasks", source), &rows).await;
}

async fn updates(pool: &PgPool, source: &str, rows: &[Value]) -> Vec<RowResult> {
    push(pool, NOW, tasks::push::KINDS, ("task-updates", source), rows).await
}

/// Update `id` of task `task`, at the minute `at` of a day in February.
fn update(id: usize, task: usize, progress: usize, at: usize) -> Value {
    let (day, hour, minute) = (1 + at / 1440 % 20, at / 60 % 24, at % 60);
    json!({ "externalId": format!("U{id}"), "task": format!("T{task}"), "progress": progress % 101,
            "note": format!("Báo cáo {id} lần {progress}"), "observedAt": format!("2026-02-{day:02}T{hour:02}:{minute:02}:00Z") })
}

/// Numbers without a pattern that are the same in each run.
fn draws(mut state: u64) -> impl FnMut(usize) -> usize {
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % bound
    }
}

/// Number of transactions that wrote the events of a source.
async fn transactions(pool: &PgPool, source: &str) -> i64 {
    let sql = "SELECT count(DISTINCT e.xmin::text) FROM tasks.progress_update_event AS e JOIN tasks.progress_update AS u USING (id) WHERE u.source = $1";
    sqlx::query_scalar(sql).bind(source).fetch_one(pool).await.expect("a count")
}

/// What a source has made: its updates, the versions and the last state of its tasks, the events that are versions, and the facts.
async fn state(pool: &PgPool, source: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT line FROM (
             SELECT concat_ws(' ', 'update', u.external_id, t.external_id, u.progress, u.note, u.observed_at, u.version, u.deleted_at) AS line
             FROM tasks.progress_update AS u JOIN tasks.task AS t ON t.id = u.task_id WHERE u.source = $1
             UNION ALL
             SELECT concat_ws(' ', 'task', external_id, progress, last_update_on, observed_at, version) FROM tasks.task WHERE source = $1
             UNION ALL
             SELECT concat_ws(' ', 'event', t.external_id, e.observed_at, e.changes, e.cause)
             FROM tasks.task_event AS e JOIN tasks.task AS t USING (id) WHERE t.source = $1 AND e.effective AND e.withdrawn_at IS NULL AND e.receipt_id IS NOT NULL AND e.cause IS NOT NULL
             UNION ALL
             SELECT concat_ws(' ', 'fact', t.external_id, f.from_day, f.to_day, f.progress, f.overdue_from, f.risk_from, f.silent_from)
             FROM tasks.fact AS f JOIN tasks.task AS t ON t.id = f.task_id WHERE t.source = $1) AS lines
         ORDER BY line COLLATE \"C\"",
    )
    .bind(source)
    .fetch_all(pool)
    .await
    .expect("lines")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn two_lanes_answer_in_the_order_of_the_rows_and_the_receipt_has_all(pool: PgPool) {
    found(&pool).await;
    tasks_of(&pool, "long").await;
    // Of each task 100 updates, the last with the progress of its number.
    let mut rows: Vec<Value> = (0..1200).map(|id| update(id, id % TASKS, id / TASKS, id)).collect();
    // One names a code that nobody has, one breaks a rule.
    rows[5]["task"] = json!("T99");
    rows[6]["progress"] = json!(101);
    let results = updates(&pool, "long", &rows).await;
    assert_eq!(transactions(&pool, "long").await, 2);
    let order: Vec<i64> = results.iter().map(|result| result.row).collect();
    assert_eq!(order, (1..=1200).collect::<Vec<i64>>());
    let odd: Vec<(i64, &str)> = results
        .iter()
        .filter(|result| result.status.as_str() != "CREATED")
        .map(|result| (result.row, result.status.as_str()))
        .collect();
    assert_eq!(odd, [(6, "PARKED"), (7, "REJECTED")]);
    let counted: (i64, i64, i64, i64) =
        sqlx::query_as("SELECT rows, created, parked, rejected FROM platform.receipt WHERE kind = 'task-updates'")
            .fetch_one(&pool)
            .await
            .expect("a receipt");
    assert_eq!(counted, (1200, 1198, 1, 1));
    let pusher = pusher(&pool);
    let receipt: Uuid = sqlx::query_scalar("SELECT id FROM platform.receipt WHERE kind = 'task-updates'")
        .fetch_one(&pool)
        .await
        .expect("a receipt");
    let lines = pusher.stored_part(receipt, Parts::Results, 0).await.expect("read").expect("a part");
    assert_eq!(pusher.stored_part(receipt, Parts::Results, 1).await.expect("read"), None);
    let kept: Vec<RowResult> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a result"))
        .collect();
    assert_eq!(kept, results);
    let last: Vec<i16> =
        sqlx::query_scalar("SELECT progress FROM tasks.task WHERE source = 'long' ORDER BY external_id")
            .fetch_all(&pool)
            .await
            .expect("tasks");
    assert_eq!(last, [99; TASKS]);
    assert_eq!(
        updates(&pool, "long", &rows[..1200])
            .await
            .iter()
            .filter(|result| result.status.as_str() == "UNCHANGED")
            .count(),
        1198
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn rows_that_cannot_be_told_apart_by_their_task_are_not_split(pool: PgPool) {
    found(&pool).await;
    tasks_of(&pool, "moved").await;
    // One update twice, for two tasks.
    let mut rows: Vec<Value> = (0..600).map(|id| update(id, id % TASKS, 10, id)).collect();
    rows.push(update(0, 1, 20, 700));
    updates(&pool, "moved", &rows).await;
    assert_eq!(transactions(&pool, "moved").await, 1);
    // Each moves to the next task: a lane that finds out gives up, and its rows are applied alone.
    let rows: Vec<Value> = (0..600).map(|id| update(id, (id + 1) % TASKS, 30, 1440 + id)).collect();
    let results = updates(&pool, "moved", &rows).await;
    assert!(results.iter().all(|result| result.status.as_str() == "UPDATED"), "{results:?}");
    let apart: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM tasks.progress_update AS u JOIN tasks.task AS t ON t.id = u.task_id
         WHERE t.external_id <> 'T' || (substr(u.external_id, 2)::int + 1) % 12",
    )
    .fetch_one(&pool)
    .await
    .expect("a count");
    assert_eq!(apart, 0);
    let last: Vec<i16> = sqlx::query_scalar("SELECT progress FROM tasks.task WHERE source = 'moved'")
        .fetch_all(&pool)
        .await
        .expect("tasks");
    assert_eq!(last, [30; TASKS]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn long_pushes_and_short_ones_end_in_one_state(pool: PgPool) {
    found(&pool).await;
    let mut draw = draws(7);
    // Updates that change, move, go and come back, in no order of time, some without their task.
    let rows: Vec<Value> = (0..2400)
        .map(|place| {
            let id = draw(900);
            // In the first third each update keeps its task, so that these are split.
            let task = if place < 800 || draw(10) > 0 { id % TASKS } else { draw(TASKS) };
            let mut row = update(id, task, draw(101), draw(20 * 1440));
            if place >= 800 && draw(20) == 0 {
                row.as_object_mut().expect("an object").remove("task");
            }
            if place >= 1600 && draw(20) == 0 {
                row = json!({ "externalId": format!("U{id}"), "deleted": true, "observedAt": row["observedAt"] });
            }
            row
        })
        .collect();
    for source in ["long", "short"] {
        tasks_of(&pool, source).await;
    }
    for part in rows.chunks(800) {
        updates(&pool, "long", part).await;
    }
    let mut shuffled: Vec<&Value> = rows.iter().collect();
    for place in (1..shuffled.len()).rev() {
        shuffled.swap(place, draw(place + 1));
    }
    for part in shuffled.chunks(300) {
        let part: Vec<Value> = part.iter().map(|row| (*row).clone()).collect();
        updates(&pool, "short", &part).await;
    }
    let (long, short) = (state(&pool, "long").await, state(&pool, "short").await);
    let only_long: Vec<&String> = long.iter().filter(|line| !short.contains(line)).collect();
    let only_short: Vec<&String> = short.iter().filter(|line| !long.contains(line)).collect();
    assert!(only_long.is_empty() && only_short.is_empty(), "{only_long:#?} {only_short:#?}");
    assert_eq!(long.len(), short.len());
}
