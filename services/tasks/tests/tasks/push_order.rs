//! Any order, repetition and splitting of the same rows ends in the same state, history and facts.

use serde_json::{Value, json};
use service_kit::store::facts::recompute;
use service_kit::testing::{Dice, push};
use sqlx::PgPool;

use crate::city::{NOW, found};

/// A row with its kind.
type Row = (&'static str, Value);

/// Rows of some tasks: whole rows, partial ones, ties in time, versions that contradict the times, tombstones, children.
fn rows(dice: &mut Dice, source: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for number in 0..4 {
        let id = format!("T{number}");
        // Half of the tasks have versions. A source gives them to all rows of a record or to none.
        let is_versioned = number % 2 == 1;
        let day = |day: usize| format!("2026-01-{:02}T02:00:00Z", day + 1);
        let mut whole = json!({ "externalId": id, "observedAt": day(0), "code": format!("{source}-{id}"), "title": "Ban đầu",
            "status": "ASSIGNED", "lead": "SXD", "startOn": "2026-01-01", "baselineDue": "2026-02-01", "currentDue": "2026-02-01" });
        if is_versioned {
            whole["sourceVersion"] = json!(1);
        }
        rows.push(("tasks", whole));
        for change in 0..6 {
            // Few days, so that times tie.
            let mut row = json!({ "externalId": id, "observedAt": day(1 + dice.below(4)) });
            if is_versioned {
                row["sourceVersion"] = json!(2 + dice.below(5));
            }
            match dice.below(7) {
                0 => row["title"] = json!(format!("Tên {}", dice.below(3))),
                1 => row["status"] = json!(dice.pick(&["ASSIGNED", "IN_PROGRESS", "BLOCKED"])),
                2 => row["lead"] = json!(dice.pick(&["SXD", "SYT"])),
                3 => row["currentDue"] = json!(dice.pick(&["2026-02-01", "2026-02-15", "2026-03-01"])),
                4 => row["areas"] = json!(dice.pick(&[&["00004"][..], &[], &["00004", "00235"]])),
                5 if change > 2 => row["deleted"] = json!(true),
                _ => {
                    row["priority"] = json!(dice.pick(&["LOW", "HIGH"]));
                    row["action"] = Value::Null;
                }
            }
            rows.push(("tasks", row));
        }
        for update in 0..3 {
            let row = json!({ "externalId": format!("{id}-U{update}"), "task": id, "observedAt": day(1 + dice.below(5)), "progress": dice.below(100),
                              "selfDeclaredRisk": dice.pick(&["LOW", "HIGH"]) });
            rows.push(("task-updates", row));
            // Some are of another task from a day on, some rows name none.
            for _ in 0..dice.below(3) {
                let mut row = json!({ "externalId": format!("{id}-U{update}"), "observedAt": day(1 + dice.below(6)), "progress": dice.below(100) });
                if dice.below(2) == 0 {
                    row["task"] = json!(format!("T{}", dice.below(4)));
                }
                rows.push(("task-updates", row));
            }
            // Some reports are corrected, some are taken back, some come again.
            if dice.below(3) == 0 {
                let id = format!("{id}-U{update}");
                rows.push((
                    "task-updates",
                    json!({ "externalId": id, "observedAt": day(6 + dice.below(2)), "deleted": true }),
                ));
                if dice.below(2) == 0 {
                    rows.push((
                        "task-updates",
                        json!({ "externalId": id, "observedAt": day(6 + dice.below(3)), "progress": dice.below(100) }),
                    ));
                }
            }
        }
        rows.push(("task-blockers", json!({ "externalId": format!("{id}-B"), "task": id, "observedAt": day(2), "kind": "LAND", "needsLevel": "CITY",
            "description": "Vướng", "openedAt": day(2) })));
        rows.push((
            "task-blockers",
            json!({ "externalId": format!("{id}-B"), "observedAt": day(4), "resolvedAt": day(3) }),
        ));
        rows.push((
            "task-blockers",
            json!({ "externalId": format!("{id}-B"), "observedAt": day(3), "requestedOn": "2026-01-03", "requestDocument": "1/CV" }),
        ));
        rows.push((
            "task-reminders",
            json!({ "externalId": format!("{id}-R"), "task": id, "observedAt": day(2), "sentOn": "2026-01-03",
            "text": "Đề nghị" }),
        ));
        rows.push((
            "task-reminders",
            json!({ "externalId": format!("{id}-R"), "observedAt": day(4), "answeredOn": "2026-01-05", "answer": "Đã xong" }),
        ));
    }
    rows
}

/// Everything that the rows of a source have left, without ids, times of recording and the name of the source.
async fn state(pool: &PgPool, source: &str) -> String {
    let mut state = Vec::new();
    for sql in [
        "SELECT to_jsonb(t) - '{id,source,code,recorded_at,recorded_by,version,search,deleted_at}'::text[] || jsonb_build_object('gone', t.deleted_at IS NOT NULL)
         FROM tasks.task AS t WHERE source = $1 ORDER BY external_id",
        "SELECT jsonb_build_array(t.external_id, e.observed_at, e.rank, e.effective, e.changes - 'code' - 'deleted_at') FROM tasks.task_event AS e
         JOIN tasks.task AS t USING (id) WHERE source = $1 AND e.withdrawn_at IS NULL ORDER BY external_id, e.observed_at, e.rank, e.changes - 'code', e.ordinal",
        "SELECT jsonb_build_array(t.external_id, to_jsonb(p) - '{id,source,code,version,recorded_at,recorded_by,search,deleted_at}'::text[])
         FROM tasks.task AS t JOIN (VALUES (1), (2), (3), (4), (5)) AS d(day) ON true
         CROSS JOIN LATERAL tasks.task_at(('2026-01-0' || d.day || 'T12:00:00Z')::timestamptz, ARRAY[t.id]) AS p WHERE t.source = $1 ORDER BY t.external_id, d.day",
        "SELECT jsonb_build_array(t.external_id, m.at, m.from_status, m.to_status, m.from_lead, m.to_lead) FROM tasks.transition AS m
         JOIN tasks.task AS t ON t.id = m.task_id WHERE t.source = $1 ORDER BY 1",
        "SELECT jsonb_build_array(t.external_id, x.requested_due, x.previous_due, x.decided_at) FROM tasks.extension_request AS x
         JOIN tasks.task AS t ON t.id = x.task_id WHERE t.source = $1 ORDER BY 1",
        "SELECT jsonb_build_array(t.external_id, to_jsonb(f) - 'task_id') FROM tasks.fact AS f JOIN tasks.task AS t ON t.id = f.task_id
         WHERE t.source = $1 ORDER BY t.external_id, f.from_day",
        "SELECT jsonb_build_array(t.external_id, to_jsonb(f) - 'task_id') FROM tasks.fact_code AS f JOIN tasks.task AS t ON t.id = f.task_id
         WHERE t.source = $1 ORDER BY t.external_id, f.dimension, f.code, f.from_day",
        "SELECT to_jsonb(u) - '{id,task_id,source,version,recorded_at,reported_by}'::text[] FROM tasks.progress_update AS u WHERE source = $1 ORDER BY external_id",
        "SELECT to_jsonb(b) - '{id,task_id,source,version,recorded_at,opened_by}'::text[] FROM tasks.blocker AS b WHERE source = $1 ORDER BY external_id",
        "SELECT to_jsonb(b) - '{id,task_id,source,version,recorded_at,sent_by}'::text[] FROM tasks.reminder AS b WHERE source = $1 ORDER BY external_id",
        "SELECT jsonb_build_array(kind, external_id, staged -> 'at', (staged -> 'content') - 'code') FROM platform.receipt_row
         WHERE source = $1 AND status = 'PARKED' GROUP BY 1 ORDER BY 1",
        "SELECT jsonb_build_array(external_id, errors) FROM platform.receipt_row WHERE source = $1 AND status = 'REJECTED' ORDER BY 1",
    ] {
        let found: Vec<Value> = sqlx::query_scalar(sql).bind(source).fetch_all(pool).await.expect("rows");
        state.extend(found.iter().map(Value::to_string));
        state.push("--".to_owned());
    }
    state.join(
        "
",
    )
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn any_interleaving_ends_in_one_state(pool: PgPool) {
    found(&pool).await;
    for seed in 0..4 {
        let mut reference: Option<String> = None;
        for order in 0..3 {
            let source = format!("s{seed}-{order}");
            let mut rows = rows(&mut Dice(seed), &source);
            let mut dice = Dice(1000 * (seed + 1) + order);
            if order > 0 {
                dice.shuffle(&mut rows);
                // Some rows arrive twice.
                for _ in 0..8 {
                    let again = dice.pick(&rows).clone();
                    let place = dice.below(rows.len());
                    rows.insert(place, again);
                }
            }
            // Pushes of one kind each, of different lengths.
            let mut rest = rows.as_slice();
            while let Some(((kind, _), _)) = rest.split_first() {
                let run = rest.iter().take_while(|(other, _)| other == kind).count();
                let length = if order == 0 { run } else { 1 + dice.below(run) };
                let (now, later) = rest.split_at(length);
                let now: Vec<Value> = now.iter().map(|(_, row)| row.clone()).collect();
                push(&pool, NOW, tasks::push::KINDS, (kind, &source), &now).await;
                rest = later;
            }
            let ended = state(&pool, &source).await.replace(&source, "SOURCE");
            match &reference {
                None => reference = Some(ended),
                Some(reference) => {
                    let differs = reference.lines().zip(ended.lines()).find(|(left, right)| left != right);
                    assert!(*reference == ended, "seed {seed}, order {order}: {differs:#?}");
                }
            }
        }
    }
    let stored: Vec<i64> =
        sqlx::query_scalar("SELECT count(*) FROM tasks.task GROUP BY source").fetch_all(&pool).await.expect("counts");
    assert!(stored.iter().all(|count| *count == 4), "{stored:?}");
    let mut progress = |_: u64, _: u64| {};
    let wrong = recompute(&pool, tasks::FACTS, true, &mut progress).await.expect("facts");
    assert_eq!(wrong, 0, "stored facts are those that the history gives");
}
