//! Reminders and requests to higher levels: who may send and answer them, from when to when they count, how they are pushed.

use serde_json::{Value, json};
use service_kit::testing::{operator, push};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use super::city::{Asked, NOW, approver, data, found, issuer, lead, person, problem, run, task, verb};

const CHILDREN: &str =
    "reminders { id sentOn document text sender { code } senderPosition { code } answerDue answeredOn answer sentBy }
    blockers { id needsLevel requestDocument requestedOn decision decisionDocument decidedOn }
    reminderCount unansweredReminderCount waitingFor waitingSince version";

async fn read(pool: &PgPool, id: &str) -> Value {
    data(pool, &format!("{{ task(id: \"{id}\") {{ {CHILDREN} }} }}")).await["task"].take()
}

async fn number(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect(sql)
}

fn refused(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_lead_is_reminded_from_above_and_answers_itself(pool: PgPool) {
    found(&pool).await;
    run(
        &pool,
        "INSERT INTO directory.organization (code, name, axis, level, parent_code, source, observed_at) VALUES
             ('BAN', 'Ban Quản lý dự án', 'COMMITTEE', 'DEPARTMENT', 'SXD', 'test', now())",
    )
    .await;
    let led = [("lead_organization_code", "'BAN'"), ("approver_position_code", "'PCT'")];
    let id = task(&pool, "T", "IN_PROGRESS", &led).await.to_string();
    let department = |organization: &str| person("dep", &[Role::Department], Some(organization), None);
    let own = person("ban", &[Role::Lead], Some("BAN"), None);
    let remind = |version: i32| json!({ "id": id, "expectedVersion": version, "text": "Đề nghị báo cáo" });
    for who in [own.clone(), department("BAN"), person("app", &[Role::Approver], None, Some("GD-SXD"))] {
        let answer = verb(&pool, NOW, &who, "remindTask", remind(1)).await;
        assert_eq!(answer.expect_err("not from above"), refused("FORBIDDEN", ""), "{who:?}");
    }
    // Who does not see the task is told that there is none, whatever its organization.
    let answer = verb(&pool, NOW, &department("SYT"), "remindTask", remind(1)).await;
    assert_eq!(answer.expect_err("hidden").0, "NOT_FOUND");
    let above = [operator(), issuer(), approver(), department("SXD"), lead()];
    for (version, who) in (1..).zip(&above) {
        let task =
            verb(&pool, NOW, who, "remindTask", remind(version)).await.unwrap_or_else(|e| panic!("{who:?} {e:?}"));
        assert_eq!(task["version"], version + 1);
    }
    let task = read(&pool, &id).await;
    assert_eq!((&task["reminderCount"], &task["unansweredReminderCount"]), (&json!(5), &json!(5)));
    let sent = task["reminders"].as_array().expect("reminders");
    let mine = sent.iter().find(|reminder| reminder["sentBy"] == "app").expect("that of the approver");
    assert_eq!(
        (&mine["sender"]["code"], &mine["senderPosition"]["code"], &mine["sentOn"]),
        (&json!("UBND"), &json!("PCT"), &json!("2026-03-15"))
    );

    let reply =
        |version: i32| json!({ "id": id, "expectedVersion": version, "reminder": mine["id"], "answer": "Đang trình" });
    for who in above {
        let answer = verb(&pool, NOW, &who, "answerReminder", reply(6)).await;
        assert_eq!(answer.expect_err("not the lead"), refused("FORBIDDEN", ""), "{who:?}");
    }
    verb(&pool, NOW, &own, "answerReminder", reply(6)).await.expect("answered");
    let task = read(&pool, &id).await;
    assert_eq!((&task["reminderCount"], &task["unansweredReminderCount"]), (&json!(5), &json!(4)));
    let twice = verb(&pool, NOW, &own, "answerReminder", reply(7)).await.expect_err("answered already");
    assert_eq!(twice, refused("VALIDATION", "input.reminder"));
    let stale = verb(&pool, NOW, &own, "answerReminder", reply(6)).await.expect_err("stale");
    assert_eq!(stale.0, "STALE_VERSION");

    // Each verb is a version of the task and an entry of the audit trail; none of the refused ones is.
    assert_eq!(number(&pool, "SELECT count(*) FROM tasks.task_event").await, 7);
    let written = "SELECT count(*) FROM platform.audit_entry WHERE action = 'WRITE' AND operation IN ('remindTask', 'answerReminder')";
    assert_eq!(number(&pool, written).await, 6);
    let answered_by: Option<String> =
        sqlx::query_scalar("SELECT answered_by FROM tasks.reminder WHERE answered_on IS NOT NULL")
            .fetch_one(&pool)
            .await
            .expect("an answer");
    assert_eq!(answered_by.as_deref(), Some("ban"));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_reminder_has_days_in_their_order(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    let remind = |more: Value| {
        let mut input = json!({ "id": id, "expectedVersion": 1, "text": "Đề nghị báo cáo" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    for (more, path) in [
        (json!({ "text": "  " }), "input.text"),
        (json!({ "document": "x".repeat(501) }), "input.document"),
        (json!({ "sentOn": "2026-03-16" }), "input.sentOn"),
        (json!({ "sentOn": "2026-02-30" }), "input.sentOn"),
        (json!({ "sentOn": "1989-12-31" }), "input.sentOn"),
        (json!({ "sentOn": "2026-03-10", "answerDue": "2026-03-09" }), "input.answerDue"),
    ] {
        let answer = verb(&pool, NOW, &issuer(), "remindTask", remind(more.clone())).await.expect_err("refused");
        assert_eq!(answer, refused("VALIDATION", path), "{more}");
    }
    let whole = json!({ "document": "88/VP-TH", "sentOn": "2026-03-10", "answerDue": "2026-03-10" });
    verb(&pool, NOW, &issuer(), "remindTask", remind(whole)).await.expect("reminded");
    let reminder = read(&pool, &id).await["reminders"][0].take();
    let reply = |day: &str| json!({ "id": id, "expectedVersion": 2, "reminder": reminder["id"], "answer": "x", "answeredOn": day });
    for day in ["2026-03-09", "2026-03-16"] {
        let answer = verb(&pool, NOW, &lead(), "answerReminder", reply(day)).await.expect_err("refused");
        assert_eq!(answer, refused("VALIDATION", "input.answeredOn"), "{day}");
    }
    // The task ends meanwhile: nobody reminds any more, the answer is still recorded.
    run(
        &pool,
        "UPDATE tasks.task SET status = 'CANCELLED', closed_on = '2026-03-15', version = 3, observed_at = '2026-03-15T06:00:00Z'",
    )
    .await;
    let tomorrow = "2026-03-16T05:00:00Z";
    let mut late = reply("2026-03-15");
    late["expectedVersion"] = json!(3);
    verb(&pool, tomorrow, &lead(), "answerReminder", late).await.expect("answered");
    let mut more = remind(json!({}));
    more["expectedVersion"] = json!(4);
    assert_eq!(verb(&pool, tomorrow, &issuer(), "remindTask", more).await.expect_err("ended").0, "CONFLICT");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_blocker_of_a_higher_level_becomes_a_request_and_gets_a_decision(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "IN_PROGRESS", &[]).await.to_string();
    for (version, level) in (1..).zip(["ORGANIZATION", "CENTRAL"]) {
        let open =
            json!({ "id": id, "expectedVersion": version, "kind": "LEGAL", "needsLevel": level, "description": level });
        verb(&pool, NOW, &lead(), "openBlocker", open).await.expect("opened");
    }
    let task = read(&pool, &id).await;
    assert_eq!((&task["waitingFor"], &task["waitingSince"]), (&json!([]), &Value::Null), "nothing is sent yet");
    let of = |level: &str| {
        let blockers = task["blockers"].as_array().expect("blockers").iter();
        blockers.clone().find(|blocker| blocker["needsLevel"] == level).expect("a blocker")["id"].clone()
    };
    let ask = |version: i32, level: &str, day: &str| json!({ "id": id, "expectedVersion": version, "blocker": of(level), "document": "125/SXD", "requestedOn": day });
    let decide = |version: i32, day: &str| json!({ "id": id, "expectedVersion": version, "blocker": of("CENTRAL"), "decision": "Đồng ý", "document": "9/BXD", "decidedOn": day });

    let early = verb(&pool, NOW, &lead(), "recordDecision", decide(3, "2026-03-15")).await.expect_err("no request");
    assert_eq!(early, refused("VALIDATION", "input.blocker"));
    let own = verb(&pool, NOW, &lead(), "requestDecision", ask(3, "ORGANIZATION", "2026-03-15")).await;
    assert_eq!(own.expect_err("its own level"), refused("VALIDATION", "input.blocker"));
    let later = verb(&pool, NOW, &lead(), "requestDecision", ask(3, "CENTRAL", "2026-03-16")).await;
    assert_eq!(later.expect_err("to come"), refused("VALIDATION", "input.requestedOn"));
    for who in [issuer(), operator(), approver()] {
        let answer = verb(&pool, NOW, &who, "requestDecision", ask(3, "CENTRAL", "2026-03-12")).await;
        assert_eq!(answer.expect_err("the lead asks").0, "FORBIDDEN", "{who:?}");
    }
    // The letter may be older than the blocker on the platform.
    verb(&pool, NOW, &lead(), "requestDecision", ask(3, "CENTRAL", "2026-03-12")).await.expect("requested");
    let task = read(&pool, &id).await;
    assert_eq!((&task["waitingFor"], &task["waitingSince"]), (&json!(["CENTRAL"]), &json!("2026-03-12")));
    let twice = verb(&pool, NOW, &lead(), "requestDecision", ask(4, "CENTRAL", "2026-03-13")).await;
    assert_eq!(twice.expect_err("asked already").0, "CONFLICT");

    let other = person("oth", &[Role::Approver], Some("UBND"), Some("GD-SXD"));
    let answer = verb(&pool, NOW, &other, "recordDecision", decide(4, "2026-03-15")).await;
    assert_eq!(answer.expect_err("not for an approver").0, "FORBIDDEN");
    for day in ["2026-03-11", "2026-03-16"] {
        let answer = verb(&pool, NOW, &lead(), "recordDecision", decide(4, day)).await.expect_err("refused");
        assert_eq!(answer, refused("VALIDATION", "input.decidedOn"), "{day}");
    }
    verb(&pool, NOW, &operator(), "recordDecision", decide(4, "2026-03-15")).await.expect("decided");
    let task = read(&pool, &id).await;
    assert_eq!((&task["waitingFor"], &task["waitingSince"]), (&json!([]), &Value::Null));
    let blockers = task["blockers"].as_array().expect("blockers");
    let central = blockers.iter().find(|blocker| blocker["needsLevel"] == "CENTRAL").expect("a blocker");
    assert_eq!(
        (&central["requestDocument"], &central["decision"], &central["decisionDocument"], &central["decidedOn"]),
        (&json!("125/SXD"), &json!("Đồng ý"), &json!("9/BXD"), &json!("2026-03-15"))
    );
    let twice = verb(&pool, NOW, &operator(), "recordDecision", decide(5, "2026-03-15")).await;
    assert_eq!(twice.expect_err("decided already"), refused("VALIDATION", "input.blocker"));
}

/// Blockers of four tasks. All are opened on 1 February and ask the central government on the 10th.
const REQUESTS: &str = "
INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, requested_on, decided_on, resolved_at)
SELECT gen_random_uuid(), t.id, 'LEGAL', 'CENTRAL', 'x', 'x', '2026-02-01 09:00+07', '2026-02-10', d.decided_on, d.resolved_at
FROM tasks.task AS t JOIN (VALUES ('DECIDED', date '2026-02-20', NULL::timestamptz), ('RESOLVED', NULL, '2026-02-20 09:00+07'),
    ('ENDED', NULL, NULL), ('WAITING', NULL, NULL)) AS d(code, decided_on, resolved_at) ON d.code = t.code;
INSERT INTO tasks.reminder (id, task_id, sent_on, text, sent_by, answered_on)
SELECT gen_random_uuid(), t.id, '2026-02-10', 'x', 'x', CASE WHEN t.code = 'DECIDED' THEN date '2026-02-20' END
FROM tasks.task AS t WHERE t.code IN ('DECIDED', 'ENDED')";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_task_waits_from_the_day_of_the_request_to_the_day_before_the_answer_the_resolution_or_the_end(pool: PgPool) {
    found(&pool).await;
    for code in ["DECIDED", "RESOLVED", "ENDED", "WAITING"] {
        task(&pool, code, "IN_PROGRESS", &[]).await;
    }
    run(&pool, REQUESTS).await;
    run(
        &pool,
        "UPDATE tasks.task SET status = 'COMPLETED', submitted_on = '2026-02-20', submitted_by = 'x', closed_on = '2026-02-20',
             version = 2, observed_at = '2026-02-20 09:00+07' WHERE code = 'ENDED'",
    )
    .await;
    let measures = "waitingForCity waitingForCentral daysWaitingForCentral reminders unansweredReminders";
    // The period covers the ended task too, so that it stays in scope.
    for (day, waiting, days, reminders, unanswered) in [
        ("2026-02-09", 0, Value::Null, 0, 0),
        ("2026-02-10", 4, json!(0.0), 2, 2),
        ("2026-02-19", 4, json!(9.0), 2, 2),
        ("2026-02-20", 1, json!(10.0), 2, 0),
        ("2026-03-15", 1, json!(33.0), 2, 0),
    ] {
        let query = format!(
            "{{ taskStats(period: \"2026\", asOf: \"{day}\") {{ totals {{ {measures} }} }}
                tasks(asOf: \"{day}\", filter: {{ waitingFor: [CENTRAL] }}) {{ totalCount edges {{ node {{ waitingFor waitingSince }} }} }}
                city: tasks(asOf: \"{day}\", filter: {{ waitingFor: [CITY] }}) {{ totalCount }}
                chased: tasks(asOf: \"{day}\", filter: {{ unansweredReminder: true }}) {{ totalCount }} }}"
        );
        let answer = data(&pool, &query).await;
        let expected = json!({ "waitingForCity": 0, "waitingForCentral": waiting, "daysWaitingForCentral": days,
                               "reminders": reminders, "unansweredReminders": unanswered });
        assert_eq!(answer["taskStats"]["totals"], expected, "{day}");
        assert_eq!(answer["tasks"]["totalCount"], waiting, "{day}");
        for edge in answer["tasks"]["edges"].as_array().expect("edges") {
            assert_eq!(edge["node"], json!({ "waitingFor": ["CENTRAL"], "waitingSince": "2026-02-10" }), "{day}");
        }
        assert_eq!(answer["city"]["totalCount"], 0, "{day}");
        assert_eq!(answer["chased"]["totalCount"], unanswered, "{day}");
    }
    // Lists of measures that add up name the tasks that contribute.
    for (measure, tasks) in
        [("REMINDERS", 2), ("UNANSWERED_REMINDERS", 0), ("WAITING_FOR_CENTRAL", 1), ("DAYS_WAITING_FOR_CENTRAL", 1)]
    {
        let counted =
            format!("{{ tasks(filter: {{ counted: {{ measure: {measure}, period: \"2026\" }} }}) {{ totalCount }} }}");
        assert_eq!(data(&pool, &counted).await["tasks"]["totalCount"], tasks, "{measure}");
    }
    // As of a day, of a single task.
    let id: String = sqlx::query_scalar("SELECT id::text FROM tasks.task WHERE code = 'DECIDED'")
        .fetch_one(&pool)
        .await
        .expect("an id");
    let past = data(&pool, &format!("{{ task(id: \"{id}\") {{ now: waitingFor past: waitingFor(asOf: \"2026-02-19\") since: waitingSince(asOf: \"2026-02-19\") }} }}")).await;
    assert_eq!(past["task"], json!({ "now": [], "past": ["CENTRAL"], "since": "2026-02-10" }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn of_two_requests_of_a_level_the_oldest_that_waits_counts(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "T", "BLOCKED", &[]).await;
    for (requested, decided) in [("2026-01-20", "'2026-02-01'"), ("2026-01-25", "NULL")] {
        run(&pool, format!(
            "INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, requested_on, decided_on)
             VALUES (gen_random_uuid(), '{id}', 'LAND', 'CITY', 'x', 'x', '2026-01-10', '{requested}', {decided})"
        )).await;
    }
    for (day, since) in [("2026-01-20", "2026-01-20"), ("2026-01-31", "2026-01-20"), ("2026-02-01", "2026-01-25")] {
        let read = format!("{{ task(id: \"{id}\") {{ waitingSince(asOf: \"{day}\") waitingFor(asOf: \"{day}\") }} }}");
        assert_eq!(data(&pool, &read).await["task"], json!({ "waitingSince": since, "waitingFor": ["CITY"] }), "{day}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn pushed_reminders_and_requests_are_stored_once_and_change_only_what_they_state(pool: PgPool) {
    found(&pool).await;
    let send = async |kind: &str, row: &Value| {
        let results = push(&pool, NOW, tasks::push::KINDS, (kind, "dms"), std::slice::from_ref(row)).await;
        let paths: Vec<String> = results[0].errors.iter().map(|error| error.path.clone()).collect();
        (results[0].status.as_str(), paths)
    };
    let done = |status: &'static str| (status, Vec::<String>::new());
    let at = "2026-02-01T02:00:00Z";
    let task = json!({ "externalId": "A", "observedAt": at, "code": "A", "title": "A", "status": "IN_PROGRESS", "lead": "SXD", "startOn": "2026-01-05" });
    assert_eq!(send("tasks", &task).await, done("CREATED"));
    let reminder = json!({ "externalId": "R", "observedAt": at, "task": "A", "sentOn": "2026-02-02", "document": "88/VP", "text": "Đề nghị",
                           "sender": "UBND", "senderPosition": "PCT", "answerDue": "2026-02-09" });
    let blocker = json!({ "externalId": "B", "observedAt": at, "task": "A", "kind": "LEGAL", "needsLevel": "CENTRAL", "description": "x",
                          "openedAt": at, "requestDocument": "125/SXD", "requestedOn": "2026-02-03" });
    for (kind, row) in [("task-reminders", &reminder), ("task-blockers", &blocker)] {
        assert_eq!(send(kind, row).await, done("CREATED"), "{kind}");
        assert_eq!(send(kind, row).await, done("UNCHANGED"), "{kind}");
    }
    let read = "{ tasks(filter: { waitingFor: [CENTRAL], unansweredReminder: true }) { edges { node { code waitingSince
        reminders { sentOn sender { code } senderPosition { code } answeredOn sentBy } } } } }";
    assert_eq!(
        data(&pool, read).await["tasks"]["edges"],
        json!([{ "node": { "code": "A", "waitingSince": "2026-02-03", "reminders": [{ "sentOn": "2026-02-02", "sender": { "code": "UBND" },
            "senderPosition": { "code": "PCT" }, "answeredOn": null, "sentBy": "dms" }] } }])
    );
    let later = "2026-02-20T02:00:00Z";
    let answered = json!({ "externalId": "R", "observedAt": later, "answeredOn": "2026-02-20", "answer": "Đã xong" });
    let decided = json!({ "externalId": "B", "observedAt": later, "decidedOn": "2026-02-20", "decision": "Đồng ý", "decisionDocument": "9/BXD" });
    for (kind, row) in [("task-reminders", &answered), ("task-blockers", &decided)] {
        assert_eq!(send(kind, row).await, done("UPDATED"), "{kind}");
        assert_eq!(send(kind, row).await, done("UNCHANGED"), "{kind}");
    }
    assert_eq!(data(&pool, read).await["tasks"]["edges"], json!([]));
    // The history has one event for each change, with only what it states.
    for table in ["reminder", "blocker"] {
        let sql = format!("SELECT changes ? 'task_id' FROM tasks.{table}_event ORDER BY observed_at");
        let events: Vec<bool> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await.expect("events");
        assert_eq!(events, [true, false], "{table}");
    }
    // What contradicts itself is rejected at its field.
    for (kind, id, more, path) in [
        ("task-reminders", "R", json!({ "answerDue": "2026-02-01" }), "answerDue"),
        ("task-reminders", "R", json!({ "answeredOn": "2026-02-01" }), "answeredOn"),
        ("task-reminders", "R", json!({ "answeredOn": null }), "answeredOn"),
        ("task-blockers", "B", json!({ "needsLevel": "ORGANIZATION" }), "requestedOn"),
        ("task-blockers", "B", json!({ "decidedOn": "2026-02-02" }), "decidedOn"),
        ("task-blockers", "B", json!({ "decidedOn": null }), "decidedOn"),
    ] {
        let mut row = json!({ "externalId": id, "observedAt": "2026-03-01T02:00:00Z" });
        row.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        assert_eq!(send(kind, &row).await, ("REJECTED", vec![path.to_owned()]), "{row}");
    }
    // One that names no task yet waits for it; a deleted one is gone from the figures.
    let mut orphan = reminder.clone();
    (orphan["externalId"], orphan["task"]) = (json!("R2"), json!("NONE"));
    assert_eq!(send("task-reminders", &orphan).await.0, "PARKED");
    let gone = json!({ "externalId": "R", "observedAt": "2026-03-02T02:00:00Z", "deleted": true });
    assert_eq!(send("task-reminders", &gone).await, done("UPDATED"));
    let count = "{ taskStats(period: \"2026\") { totals { reminders } } }";
    assert_eq!(data(&pool, count).await["taskStats"]["totals"]["reminders"], 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_does_not_see_a_task_sees_no_reminder_of_it(pool: PgPool) {
    found(&pool).await;
    let columns = [("area_codes", "'{00004}'")];
    let id = task(&pool, "T", "IN_PROGRESS", &columns).await.to_string();
    let remind = json!({ "id": id, "expectedVersion": 1, "text": "Đề nghị báo cáo" });
    verb(&pool, NOW, &issuer(), "remindTask", remind).await.expect("reminded");
    let city = Asked::at(&pool, NOW, tasks::subgraph);
    let ward = |area: &str| Principal { areas: vec![area.to_owned()], ..person("war", &[Role::Ward], None, None) };
    let read = format!(
        "{{ task(id: \"{id}\") {{ reminders {{ text }} unansweredReminderCount }} tasks(filter: {{ unansweredReminder: true }}) {{ totalCount }} }}"
    );
    for (who, shown) in [
        (ward("00004"), true),
        (ward("00235"), false),
        (lead(), true),
        (person("dep", &[Role::Department], Some("SYT"), None), false),
        (operator(), true),
    ] {
        let answer = city.ask(&who, &read, json!({})).await["data"].take();
        let node = json!({ "reminders": [{ "text": "Đề nghị báo cáo" }], "unansweredReminderCount": 1 });
        let expected = json!({ "task": shown.then_some(node), "tasks": { "totalCount": i32::from(shown) } });
        assert_eq!(answer, expected, "{who:?}");
    }
    let visitor = city.ask(&Principal::default(), &read, json!({})).await;
    assert!(visitor["data"]["task"].is_null(), "{visitor}");
    // The figures are for everybody, and so are the filters that count.
    let public = "{ taskStats(period: \"2026\", filter: { unansweredReminder: true }) { totals { total reminders } } }";
    let answer = city.ask(&Principal::default(), public, json!({})).await;
    assert_eq!(answer["data"]["taskStats"]["totals"], json!({ "total": 1, "reminders": 1 }), "{answer}");
    let listed =
        city.ask(&Principal::default(), "{ tasks(filter: { waitingFor: [CITY] }) { totalCount } }", json!({})).await;
    assert_eq!(problem(&listed).0, "UNAUTHENTICATED");
}
