//! Every measure against plain SQL over the base rows, written a second time here, and at its boundaries.

use serde_json::{Value, json};
use sqlx::PgPool;

use super::city::{Asked, data, found, run, task};

const ALL: &str = "total open completed overdue atRisk dueThisPeriod awaitingApproval
    onTime { numerator denominator value } onTimeBaseline { numerator denominator }
    clarity { mean complete tasks } continuity { numerator denominator } extensions transfers averageDaysLate
    reminders unansweredReminders waitingForCity waitingForCentral daysWaitingForCity daysWaitingForCentral
    backlogAge { upTo7 from8To30 from31To90 over90 } atRiskReasons { reason tasks }";

/// Four hundred tasks that differ in everything, the same on every run.
const MANY: &str = "
INSERT INTO tasks.task (id, source, external_id, code, title, action, status, programme_codes, area_codes, bottleneck_codes,
    lead_organization_code, lead_role, accountable_position_code, approver_position_code, legal_basis, deliverable,
    acceptance_criteria, start_on, baseline_due, current_due, progress, self_declared_risk, reporting_cadence_days,
    last_update_on, submitted_on, submitted_by, closed_on, recorded_by, observed_at)
SELECT gen_random_uuid(), 'test', n::text, 'T' || n, 'Nhiệm vụ', CASE WHEN n % 7 > 0 THEN 'Làm' END, status,
    CASE n % 3 WHEN 0 THEN '{NQ}' WHEN 1 THEN '{NQ,CT}' ELSE '{}' END::text[],
    CASE n % 4 WHEN 0 THEN '{00004}' WHEN 1 THEN '{00004,00235}' WHEN 2 THEN '{00235}' ELSE '{}' END::text[],
    CASE n % 5 WHEN 0 THEN '{FLOODING}' ELSE '{}' END::text[],
    (ARRAY['SXD', 'SYT', 'TU'])[1 + n % 3], CASE WHEN n % 11 > 1 THEN 'Chủ trì' END,
    CASE n % 6 WHEN 0 THEN NULL WHEN 1 THEN 'VACANT' ELSE 'GD-SXD' END, CASE WHEN n % 13 > 0 THEN 'PCT' END,
    CASE WHEN n % 5 > 0 THEN '57-NQ/TW' END, CASE WHEN n % 8 > 0 THEN 'Báo cáo' END, CASE WHEN n % 9 > 0 THEN 'Đạt' END,
    start_on, baseline, due, (n * 17 % 101)::smallint, (ARRAY['LOW', 'MEDIUM', 'LOW', 'HIGH'])[1 + n % 4], 10 + n % 40,
    CASE WHEN n % 3 > 0 THEN start_on + n % 90 END,
    CASE WHEN status IN ('SUBMITTED', 'COMPLETED') THEN coalesce(due, start_on) - 20 + n % 45 END,
    CASE WHEN status IN ('SUBMITTED', 'COMPLETED') THEN 'lan' END,
    CASE WHEN status IN ('COMPLETED', 'CANCELLED', 'SUPERSEDED') THEN coalesce(due, start_on) + n % 40 + CASE status WHEN 'COMPLETED' THEN 25 ELSE 0 END END,
    'test', '2025-01-01'
FROM (SELECT n, (ARRAY['DRAFT', 'ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED', 'COMPLETED', 'COMPLETED',
                       'CANCELLED', 'SUPERSEDED'])[1 + n % 10] AS status,
             date '2025-06-01' + n AS start_on,
             CASE WHEN n % 19 > 0 THEN date '2025-06-01' + n + n * 7 % 160 END AS baseline,
             CASE WHEN n % 19 > 0 THEN date '2025-06-01' + n + n * 7 % 160 + CASE WHEN n % 4 > 0 THEN n % 30 ELSE 0 END END AS due
      FROM generate_series(1, 400) AS n) AS made;
INSERT INTO tasks.transition (id, task_id, verb, from_status, to_status, from_lead, to_lead, by_subject, at)
SELECT gen_random_uuid(), id, 'reassignTask', 'ASSIGNED', 'ASSIGNED', 'X' || change, 'X' || change + 1, 'x', '2025-06-01'
FROM tasks.task CROSS JOIN LATERAL generate_series(1, external_id::int % 3) AS change;
INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due, decided_by, decided_at)
SELECT gen_random_uuid(), id, '2026-12-31', 'x', 'x', '2025-06-01', 'APPROVED', '2025-12-31', 'x', '2025-06-02'
FROM tasks.task CROSS JOIN LATERAL generate_series(1, external_id::int % 4) AS change;
INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, resolved_by, resolved_at)
SELECT gen_random_uuid(), id, 'LAND', 'CITY', 'x', 'x', '2025-06-01', CASE WHEN external_id::int % 2 = 0 THEN 'x' END,
    CASE WHEN external_id::int % 2 = 0 THEN timestamptz '2025-12-01' END
FROM tasks.task WHERE external_id::int % 12 = 3 OR external_id::int % 12 = 4;
INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, requested_on, decided_on, resolved_at)
SELECT gen_random_uuid(), id, 'LEGAL', CASE WHEN external_id::int % 2 = 0 THEN 'CITY' ELSE 'CENTRAL' END, 'x', 'x', '2025-06-01',
    date '2025-11-01' + external_id::int % 200, CASE WHEN external_id::int % 5 = 0 THEN date '2025-12-20' + external_id::int % 200 END,
    CASE WHEN external_id::int % 9 = 0 THEN timestamptz '2026-01-10' END
FROM tasks.task CROSS JOIN LATERAL generate_series(1, 2) AS twice WHERE external_id::int % 3 > 0 AND external_id::int % 4 <> twice;
INSERT INTO tasks.reminder (id, task_id, sent_on, text, sent_by, answered_on)
SELECT gen_random_uuid(), id, date '2025-10-01' + external_id::int % 170 + number, 'x', 'x',
    CASE WHEN external_id::int % 3 = number THEN date '2025-10-11' + external_id::int % 170 + number END
FROM tasks.task CROSS JOIN LATERAL generate_series(1, external_id::int % 4) AS number;
INSERT INTO tasks.relation (id, from_task_id, to_task_id, kind, created_by, created_at)
SELECT gen_random_uuid(), a.id, b.id, CASE WHEN a.external_id::int % 8 = 3 THEN 'FOLLOWS' ELSE 'PART_OF' END, 'x', '2025-06-01'
FROM tasks.task a JOIN tasks.task b ON b.external_id::int = a.external_id::int - 40 WHERE a.external_id::int % 4 = 3;
";

/// The measures once more, with nothing of the service's own SQL. $1, $2: the period, half open; $3: the date
/// of stocks, the end of the period at the latest; $4: the date of flows.
const AGAIN: &str = "
WITH given AS (
    SELECT t.*, status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED') AS running,
           CASE status WHEN 'COMPLETED' THEN submitted_on WHEN 'CANCELLED' THEN closed_on WHEN 'SUPERSEDED' THEN closed_on END AS ended
    FROM tasks.task t WHERE status <> 'DRAFT'),
late AS (SELECT id FROM given WHERE running AND current_due < $3 AND (status <> 'SUBMITTED' OR submitted_on > current_due)),
why AS (
    SELECT g.id, 'BLOCKED' AS reason FROM given g WHERE status = 'BLOCKED'
    UNION SELECT task_id, 'BLOCKED' FROM tasks.blocker WHERE resolved_at IS NULL OR resolved_at >= (date $3 + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
    UNION SELECT from_task_id, 'PREDECESSOR_OVERDUE' FROM tasks.relation WHERE kind = 'FOLLOWS' AND to_task_id IN (
          SELECT id FROM tasks.task WHERE status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED')
              AND current_due < $3 AND (status <> 'SUBMITTED' OR submitted_on > current_due))
    UNION SELECT id, 'BEHIND_SCHEDULE' FROM given WHERE current_due > start_on
          AND least(1.0, greatest(0.0, ($3::date - start_on) * 1.0 / (current_due - start_on))) - progress * 0.01 > 0.15
    UNION SELECT id, 'BEHIND_SCHEDULE' FROM given WHERE current_due = start_on AND start_on <= $3 AND progress < 85
    UNION SELECT id, 'NO_UPDATE' FROM given WHERE $3::date - coalesce(last_update_on, start_on) > 1.5 * reporting_cadence_days
    UNION SELECT id, 'SELF_DECLARED_HIGH' FROM given WHERE self_declared_risk = 'HIGH'),
threatened AS (SELECT why.* FROM why JOIN given g USING (id) WHERE g.running AND g.status <> 'SUBMITTED' AND g.id NOT IN (SELECT id FROM late)),
scope AS (
    SELECT g.*, id IN (SELECT id FROM late) AS is_late,
           (SELECT count(*) FROM (VALUES (accountable_position_code = 'GD-SXD' AND ($3::date < '2026-03-01' OR $3::date >= '2026-03-10')),
                (action IS NOT NULL), (current_due IS NOT NULL), (lead_role IS NOT NULL),
                (deliverable IS NOT NULL AND acceptance_criteria IS NOT NULL),
                (approver_position_code IS NOT NULL AND legal_basis IS NOT NULL)) AS clear(held) WHERE clear.held) AS points
    FROM given g WHERE start_on < $2 AND (ended IS NULL OR ended >= $1)),
waiting AS (
    SELECT scope.id, b.needs_level, min(b.requested_on) AS since FROM scope JOIN tasks.blocker AS b ON b.task_id = scope.id
    WHERE running AND b.requested_on <= $3 AND (b.decided_on IS NULL OR b.decided_on > $3)
      AND (b.resolved_at IS NULL OR b.resolved_at >= ($3 + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') GROUP BY scope.id, b.needs_level),
due AS (SELECT * FROM given WHERE current_due >= $1 AND current_due < $2 AND status NOT IN ('CANCELLED', 'SUPERSEDED')),
base AS (SELECT * FROM given WHERE baseline_due >= $1 AND baseline_due < $2 AND status NOT IN ('CANCELLED', 'SUPERSEDED')),
lateness AS (
    SELECT $4::date - current_due AS days FROM due
    WHERE running AND current_due < $4 AND (status <> 'SUBMITTED' OR submitted_on > current_due)
    UNION ALL SELECT submitted_on - current_due FROM due WHERE status = 'COMPLETED' AND submitted_on > current_due)
SELECT json_build_object(
    'total', (SELECT count(*) FROM scope), 'open', (SELECT count(*) FROM scope WHERE running),
    'completed', (SELECT count(*) FROM given WHERE status = 'COMPLETED' AND submitted_on >= $1 AND submitted_on < $2),
    'overdue', (SELECT count(*) FROM scope WHERE is_late),
    'atRisk', (SELECT count(*) FROM scope WHERE id IN (SELECT id FROM threatened)),
    'dueThisPeriod', (SELECT count(*) FROM due), 'awaitingApproval', (SELECT count(*) FROM scope WHERE status = 'SUBMITTED'),
    'onTime', (SELECT ARRAY[count(*) FILTER (WHERE status = 'COMPLETED' AND submitted_on <= current_due), count(*)] FROM due WHERE current_due < $4),
    'onTimeBaseline', (SELECT ARRAY[count(*) FILTER (WHERE status = 'COMPLETED' AND submitted_on <= baseline_due), count(*)] FROM base WHERE baseline_due < $4),
    'clarity', (SELECT ARRAY[sum(points), count(*) FILTER (WHERE points = 6), count(*)] FROM scope),
    'continuity', (SELECT ARRAY[count(*) FILTER (WHERE external_id::int % 3 = 0), count(*)] FROM scope),
    'extensions', (SELECT sum(external_id::int % 4) FROM scope), 'transfers', (SELECT sum(external_id::int % 3) FROM scope),
    'reminders', (SELECT count(*) FROM scope JOIN tasks.reminder AS m ON m.task_id = scope.id WHERE m.sent_on <= $3),
    'unansweredReminders', (SELECT count(*) FROM scope JOIN tasks.reminder AS m ON m.task_id = scope.id
        WHERE running AND m.sent_on <= $3 AND (m.answered_on IS NULL OR m.answered_on > $3)),
    'waitingForCity', (SELECT count(*) FROM waiting WHERE needs_level = 'CITY'),
    'waitingForCentral', (SELECT count(*) FROM waiting WHERE needs_level = 'CENTRAL'),
    'daysWaitingForCity', (SELECT ARRAY[coalesce(sum($3 - since), 0), count(*)] FROM waiting WHERE needs_level = 'CITY'),
    'daysWaitingForCentral', (SELECT ARRAY[coalesce(sum($3 - since), 0), count(*)] FROM waiting WHERE needs_level = 'CENTRAL'),
    'late', (SELECT ARRAY[coalesce(sum(days), 0), count(*)] FROM lateness),
    'backlog', (SELECT ARRAY[count(*) FILTER (WHERE $3 - current_due <= 7), count(*) FILTER (WHERE $3 - current_due BETWEEN 8 AND 30),
        count(*) FILTER (WHERE $3 - current_due BETWEEN 31 AND 90), count(*) FILTER (WHERE $3 - current_due > 90)] FROM scope WHERE is_late),
    'reasons', (SELECT json_object_agg(reason, tasks) FROM (SELECT reason, count(DISTINCT id) AS tasks FROM threatened
                WHERE id IN (SELECT id FROM scope) GROUP BY reason) AS r))";

pub fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}

fn rate(value: &Value) -> Value {
    json!([number(&value["numerator"]), number(&value["denominator"])])
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_measure_equals_plain_sql_over_the_base_rows(pool: PgPool) {
    found(&pool).await;
    run(&pool, MANY.to_owned()).await;
    for (period, first, end, as_of) in [
        ("2026", "2026-01-01", "2027-01-01", "2026-03-15"),
        ("2025", "2025-01-01", "2026-01-01", "2026-03-15"),
        ("2026-Q1", "2026-01-01", "2026-04-01", "2026-03-05"),
        ("2025-12-15/2026-01-20", "2025-12-15", "2026-01-21", "2026-01-20"),
        ("2026-W01", "2025-12-29", "2026-01-05", "2026-02-28"),
        ("2026-03-15", "2026-03-15", "2026-03-16", "2026-03-15"),
    ] {
        let sql = AGAIN
            .replace("date $3", "$3")
            .replace("$4::date", "$4")
            .replace("$1", &format!("date '{first}'"))
            .replace("$2", &format!("date '{end}'"));
        let last: chrono::NaiveDate = end.parse::<chrono::NaiveDate>().expect("a date").pred_opt().expect("a day");
        let stocks = last.min(as_of.parse().expect("a date"));
        let sql = sql.replace("$3", &format!("date '{stocks}'")).replace("$4", &format!("date '{as_of}'"));
        let again: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&pool).await.expect("plain SQL");
        let query = format!("{{ taskStats(period: \"{period}\", asOf: \"{as_of}\") {{ totals {{ {ALL} }} }} }}");
        let ours = data(&pool, &query).await["taskStats"]["totals"].take();
        for name in [
            "total",
            "open",
            "completed",
            "overdue",
            "atRisk",
            "dueThisPeriod",
            "awaitingApproval",
            "extensions",
            "transfers",
            "reminders",
            "unansweredReminders",
            "waitingForCity",
            "waitingForCentral",
        ] {
            assert_eq!(number(&ours[name]), number(&again[name]), "{name} of {period} as of {as_of}");
        }
        for name in ["onTime", "onTimeBaseline", "continuity"] {
            assert_eq!(rate(&ours[name]), again[name], "{name} of {period} as of {as_of}");
        }
        let mean = |parts: &Value| {
            let float = |value: &Value| f64::from(i32::try_from(number(value)).expect("a small number"));
            float(&parts[0]) / float(&parts[parts.as_array().map_or(1, Vec::len) - 1])
        };
        assert_eq!(ours["clarity"]["mean"], json!(mean(&again["clarity"])), "{period}");
        assert_eq!(ours["clarity"]["complete"], again["clarity"][1], "{period}");
        assert_eq!(ours["averageDaysLate"], json!(mean(&again["late"])), "{period}");
        for name in ["daysWaitingForCity", "daysWaitingForCentral"] {
            assert!(number(&again[name][1]) > 0, "{name} of {period} is exercised");
            assert_eq!(ours[name], json!(mean(&again[name])), "{name} of {period} as of {as_of}");
        }
        let backlog = &ours["backlogAge"];
        let bands = json!([backlog["upTo7"], backlog["from8To30"], backlog["from31To90"], backlog["over90"]]);
        assert_eq!(bands, again["backlog"], "{period}");
        let reasons: serde_json::Map<String, Value> = ours["atRiskReasons"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|count| (count["reason"].as_str().expect("a code").to_owned(), count["tasks"].clone()))
            .collect();
        assert_eq!(Value::Object(reasons), again["reasons"], "{period} as of {as_of}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_number_and_the_list_behind_it_agree(pool: PgPool) {
    found(&pool).await;
    run(&pool, MANY.to_owned()).await;
    let answer = data(
        &pool,
        "{ taskStats(period: \"2025-01-01/2027-12-31\") { totals { overdue atRisk awaitingApproval open waitingForCity waitingForCentral } }
           city: tasks(filter: {waitingFor: [CITY]}, first: 500) { totalCount edges { node { waitingFor waitingSince } } }
           central: tasks(filter: {waitingFor: [CENTRAL]}) { totalCount } any: tasks(filter: {waitingFor: [CITY, CENTRAL]}) { totalCount }
           chased: tasks(filter: {unansweredReminder: true}, first: 500) { totalCount edges { node { unansweredReminderCount } } }
           calm: tasks(filter: {unansweredReminder: false}) { totalCount } all: tasks { totalCount }
           ofCity: taskStats(period: \"2025-01-01/2027-12-31\", filter: {waitingFor: [CITY]}) { totals { total waitingForCity } }
           ofChased: taskStats(period: \"2025-01-01/2027-12-31\", filter: {unansweredReminder: true}) { totals { total unansweredReminders } }
           late: tasks(filter: {overdue: true}, first: 500) { totalCount edges { node { isOverdue daysOverdue } } }
           risky: tasks(filter: {atRisk: true}, first: 500) { totalCount edges { node { atRiskReasons } } }
           waiting: tasks(filter: {awaitingApproval: true}) { totalCount } running: tasks(filter: {open: true}) { totalCount } }",
    )
    .await;
    let totals = &answer["taskStats"]["totals"];
    for (measure, list) in [
        ("overdue", "late"),
        ("atRisk", "risky"),
        ("awaitingApproval", "waiting"),
        ("open", "running"),
        ("waitingForCity", "city"),
        ("waitingForCentral", "central"),
    ] {
        assert!(number(&totals[measure]) > 0, "{measure} is exercised");
        assert_eq!(totals[measure], answer[list]["totalCount"], "{measure}");
    }
    for edge in answer["late"]["edges"].as_array().expect("edges") {
        assert!(edge["node"]["isOverdue"] == true && number(&edge["node"]["daysOverdue"]) > 0);
    }
    // A level is named once in the list of a task, and the filters of measures are those of lists.
    let count = |list: &str| number(&answer[list]["totalCount"]);
    assert!(count("any") <= count("city") + count("central") && count("any") > count("city"));
    assert_eq!(count("chased") + count("calm"), count("all"));
    let totals = |stats: &str, name: &str| number(&answer[stats]["totals"][name]);
    assert_eq!((totals("ofCity", "total"), totals("ofCity", "waitingForCity")), (count("city"), count("city")));
    assert_eq!(totals("ofChased", "total"), count("chased"));
    let chased = answer["chased"]["edges"].as_array().expect("edges").iter();
    let unanswered: i64 = chased.map(|edge| number(&edge["node"]["unansweredReminderCount"])).sum();
    assert_eq!(totals("ofChased", "unansweredReminders"), unanswered);
    for edge in answer["city"]["edges"].as_array().expect("edges") {
        assert!(edge["node"]["waitingFor"].as_array().expect("levels").contains(&json!("CITY")));
        assert!(edge["node"]["waitingSince"].as_str().expect("a day") <= "2026-03-15");
    }
    for edge in answer["risky"]["edges"].as_array().expect("edges") {
        assert!(!edge["node"]["atRiskReasons"].as_array().expect("a list").is_empty());
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn overdue_begins_the_day_after_the_due_date_and_waits_for_what_was_submitted_in_time(pool: PgPool) {
    found(&pool).await;
    let due = |day: &'static str| vec![("baseline_due", day), ("current_due", day)];
    task(&pool, "TODAY", "IN_PROGRESS", &due("'2026-03-15'")).await;
    task(&pool, "YESTERDAY", "IN_PROGRESS", &due("'2026-03-14'")).await;
    // Submitted on 10 March: in time for the tenth, late for the ninth.
    task(&pool, "IN-TIME", "SUBMITTED", &due("'2026-03-10'")).await;
    task(&pool, "LATE", "SUBMITTED", &due("'2026-03-09'")).await;
    task(&pool, "WITHOUT", "IN_PROGRESS", &due("NULL")).await;
    let answer = data(
        &pool,
        "{ tasks(filter: {overdue: true}, orderBy: [{field: CODE}]) { edges { node { code daysOverdue } } } }",
    )
    .await;
    assert_eq!(
        answer["tasks"]["edges"],
        json!([{ "node": { "code": "LATE", "daysOverdue": 6 } }, { "node": { "code": "YESTERDAY", "daysOverdue": 1 } }])
    );
    // Without a denominator there is no rate, and without late tasks no average.
    let none = data(&pool, "{ taskStats(period: \"2026-06\", filter: {area: [\"00004\"]}) { rows { measures { total onTime { value denominator } averageDaysLate clarity { mean } } } } }").await;
    assert_eq!(
        none["taskStats"]["rows"][0]["measures"],
        json!({ "total": 0, "onTime": { "value": null, "denominator": "0" }, "averageDaysLate": null, "clarity": { "mean": null } })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn on_time_counts_by_the_day_of_submission_and_keeps_open_overdue_tasks(pool: PgPool) {
    found(&pool).await;
    // Accepted on 12 March, submitted on the 10th.
    let columns = |due: &'static str, baseline: &'static str| vec![("current_due", due), ("baseline_due", baseline)];
    task(&pool, "ON-THE-DAY", "COMPLETED", &columns("'2026-03-10'", "'2026-03-10'")).await;
    task(&pool, "A-DAY-LATE", "COMPLETED", &columns("'2026-03-09'", "'2026-03-09'")).await;
    task(&pool, "EXTENDED", "COMPLETED", &columns("'2026-03-10'", "'2026-03-02'")).await;
    task(&pool, "OPEN", "IN_PROGRESS", &columns("'2026-03-14'", "'2026-03-14'")).await;
    task(&pool, "DUE-TODAY", "IN_PROGRESS", &columns("'2026-03-15'", "'2026-03-15'")).await;
    task(&pool, "CANCELLED", "CANCELLED", &columns("'2026-03-11'", "'2026-03-11'")).await;
    let answer = data(&pool, "{ taskStats(period: \"2026-03\") { totals { dueThisPeriod completed onTime { numerator denominator } onTimeBaseline { numerator denominator } averageDaysLate } freshness { partial servedBy asOf } } }").await;
    assert_eq!(
        answer["taskStats"],
        json!({ "totals": { "dueThisPeriod": 5, "completed": 3, "onTime": { "numerator": "2", "denominator": "4" },
                            "onTimeBaseline": { "numerator": "1", "denominator": "4" }, "averageDaysLate": 1.0 },
                "freshness": { "partial": true, "servedBy": "ROWS", "asOf": "2026-03-15" } })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_task_counts_in_every_period_that_it_touches_across_a_year_end(pool: PgPool) {
    found(&pool).await;
    let span = |start: &'static str, due: &'static str| {
        vec![("start_on", start), ("baseline_due", due), ("current_due", due), ("observed_at", "'2025-10-01'")]
    };
    task(&pool, "OVER", "IN_PROGRESS", &span("'2025-12-20'", "'2026-01-10'")).await;
    let mut ended = span("'2025-11-01'", "'2026-01-05'");
    ended.extend([("submitted_on", "'2025-12-31'"), ("closed_on", "'2026-01-02'")]);
    task(&pool, "ENDED", "COMPLETED", &ended).await;
    task(&pool, "NEXT", "ASSIGNED", &span("'2026-01-01'", "'2026-02-01'")).await;
    task(&pool, "WRITTEN", "DRAFT", &span("'2025-12-20'", "'2026-01-10'")).await;
    let answer = data(
        &pool,
        "{ old: taskStats(period: \"2025\") { totals { total completed } } new: taskStats(period: \"2026\") { totals { total completed dueThisPeriod onTime { numerator denominator } } }
           week: taskStats(period: \"2026-W01\", grain: DAY) { rows { bucket measures { total } } } }",
    )
    .await;
    assert_eq!(answer["old"]["totals"], json!({ "total": 2, "completed": 1 }));
    // Done on the last day of 2025, so not in the scope of 2026; but due within it, and in time.
    assert_eq!(
        answer["new"]["totals"],
        json!({ "total": 2, "completed": 0, "dueThisPeriod": 3, "onTime": { "numerator": "1", "denominator": "3" } })
    );
    let days: Vec<(&str, i64)> = answer["week"]["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["bucket"].as_str().expect("a day"), number(&row["measures"]["total"])))
        .collect();
    assert_eq!(days[..4], [("2025-12-29", 2), ("2025-12-30", 2), ("2025-12-31", 2), ("2026-01-01", 2)]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_past_day_is_measured_in_the_state_of_that_day(pool: PgPool) {
    found(&pool).await;
    let id =
        task(&pool, "T", "IN_PROGRESS", &[("baseline_due", "'2026-02-10'"), ("current_due", "'2026-02-10'")]).await;
    // Extended on 12 February, blocked on the 20th at 01:00 in the city, which is still the 19th in UTC.
    run(&pool, format!("UPDATE tasks.task SET current_due = '2026-02-25', version = 2, observed_at = '2026-02-12T03:00:00Z' WHERE id = '{id}';
        INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due, decided_by, decided_at)
        VALUES (gen_random_uuid(), '{id}', '2026-02-25', 'x', 'x', '2026-02-11T03:00:00Z', 'APPROVED', '2026-02-10', 'y', '2026-02-12T03:00:00Z');
        UPDATE tasks.task SET status = 'BLOCKED', version = 3, observed_at = '2026-02-19T18:00:00Z' WHERE id = '{id}'")).await;
    let query = format!("{{ task(id: \"{id}\") {{
        before: isOverdue(asOf: \"2025-12-31\") first: isOverdue(asOf: \"2026-02-10\") late: isOverdue(asOf: \"2026-02-11\")
        moved: isOverdue(asOf: \"2026-02-12\") calm: atRiskReasons(asOf: \"2026-02-19\") blocked: atRiskReasons(asOf: \"2026-02-20\") }}
        eleventh: taskStats(period: \"2026-02\", asOf: \"2026-02-11\") {{ totals {{ overdue extensions onTime {{ denominator }} }} }}
        twelfth: taskStats(period: \"2026-02\", asOf: \"2026-02-12\") {{ totals {{ overdue extensions onTime {{ denominator }} }} }} }}");
    let answer = data(&pool, &query).await;
    let task = &answer["task"];
    assert_eq!(
        (&task["before"], &task["first"], &task["late"], &task["moved"]),
        (&Value::Null, &json!(false), &json!(true), &json!(false))
    );
    assert!(
        !task["calm"].to_string().contains("\"BLOCKED\"") && task["blocked"].to_string().contains("\"BLOCKED\""),
        "{task}"
    );
    assert_eq!(
        answer["eleventh"]["totals"],
        json!({ "overdue": 1, "extensions": 0, "onTime": { "denominator": "1" } })
    );
    assert_eq!(answer["twelfth"]["totals"], json!({ "overdue": 0, "extensions": 1, "onTime": { "denominator": "0" } }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn rows_unnest_and_totals_count_each_task_once(pool: PgPool) {
    found(&pool).await;
    task(
        &pool,
        "BOTH",
        "IN_PROGRESS",
        &[("programme_codes", "'{NQ,CT}'"), ("area_codes", "'{00004}'"), ("accountable_position_code", "'GD-SXD'")],
    )
    .await;
    task(
        &pool,
        "ONE",
        "IN_PROGRESS",
        &[("programme_codes", "'{NQ}'"), ("lead_organization_code", "'TU'"), ("accountable_position_code", "'GD-SXD'")],
    )
    .await;
    task(&pool, "NONE", "BLOCKED", &[]).await;
    let answer = data(
        &pool,
        "{ programmes: taskStats(period: \"2026\", groupBy: [PROGRAMME]) { rows { programme { code } measures { total } } totals { total } }
           axes: taskStats(period: \"2026\", groupBy: [AXIS, STATUS], orderBy: [{measure: TOTAL, direction: DESC}]) { rows { axis status measures { total } } }
           some: taskStats(period: \"2026\", groupBy: [PROGRAMME], having: [{ measure: TOTAL, gte: 2 }]) { rows { programme { code } } }
           one: taskStats(period: \"2026\", groupBy: [PROGRAMME], orderBy: [{measure: TOTAL, direction: DESC}], first: 1) { rows { programme { code } } }
           named: taskStats(period: \"2026\", groupBy: [PROGRAMME], filter: {programme: [\"CT\"]}) { rows { programme { code } measures { total } } }
           then: taskStats(period: \"2026\", asOf: \"2026-02-28\", groupBy: [OFFICIAL]) { rows { official { code } measures { total } } }
           now: taskStats(period: \"2026\", groupBy: [OFFICIAL]) { rows { official { code } measures { total } } }
           between: taskStats(period: \"2026\", asOf: \"2026-03-05\", groupBy: [OFFICIAL]) { rows { official { code } measures { total clarity { complete } } } } }",
    )
    .await;
    assert_eq!(
        answer["programmes"],
        json!({ "rows": [{ "programme": null, "measures": { "total": 1 } }, { "programme": { "code": "CT" }, "measures": { "total": 1 } },
                         { "programme": { "code": "NQ" }, "measures": { "total": 2 } }], "totals": { "total": 3 } })
    );
    // A task of two programmes makes no row of the one that the filter does not name.
    assert_eq!(answer["named"]["rows"], json!([{ "programme": { "code": "CT" }, "measures": { "total": 1 } }]));
    assert_eq!(
        answer["axes"]["rows"],
        json!([{ "axis": "COMMITTEE", "status": "BLOCKED", "measures": { "total": 1 } },
               { "axis": "COMMITTEE", "status": "IN_PROGRESS", "measures": { "total": 1 } },
               { "axis": "PARTY", "status": "IN_PROGRESS", "measures": { "total": 1 } }])
    );
    assert_eq!(answer["some"]["rows"], json!([{ "programme": { "code": "NQ" } }]));
    assert_eq!(answer["one"]["rows"], json!([{ "programme": { "code": "NQ" } }]));
    // The position changed hands in March, and was vacant for nine days.
    assert_eq!(answer["then"]["rows"][1], json!({ "official": { "code": "O1" }, "measures": { "total": 2 } }));
    assert_eq!(answer["now"]["rows"][1], json!({ "official": { "code": "O2" }, "measures": { "total": 2 } }));
    assert_eq!(
        answer["between"]["rows"],
        json!([{ "official": null, "measures": { "total": 3, "clarity": { "complete": 0 } } }])
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_period_is_compared_with_the_same_stretch_of_the_earlier_one(pool: PgPool) {
    found(&pool).await;
    let done = |on: &'static str| vec![("submitted_on", on), ("closed_on", on), ("observed_at", on)];
    for (code, on, status) in [
        ("A", "'2026-02-10'", "COMPLETED"),
        ("B", "'2026-02-20'", "COMPLETED"),
        ("C", "'2026-03-10'", "COMPLETED"),
        ("D", "'2026-03-11'", "COMPLETED"),
    ] {
        task(&pool, code, status, &done(on)).await;
    }
    let answer = data(
        &pool,
        "{ month: taskStats(period: \"2026-03\", compareTo: PREVIOUS) { rows { measures { completed } previous { completed } } }
           weeks: taskStats(period: \"2026-03\", grain: WEEK) { rows { bucket measures { completed } } }
           trend: taskStats(period: \"2026-Q1\", grain: MONTH, compareTo: PREVIOUS) { rows { bucket measures { completed } previous { completed } } } }",
    )
    .await;
    assert_eq!(answer["month"]["rows"][0]["measures"]["completed"], 2);
    // The first fifteen days of March are compared with those of February, so the task done on the 20th is not counted.
    assert_eq!(answer["month"]["rows"][0]["previous"]["completed"], 1);
    let weeks: Vec<&str> =
        answer["weeks"]["rows"].as_array().expect("rows").iter().filter_map(|row| row["bucket"].as_str()).collect();
    assert_eq!(weeks, ["2026-W09", "2026-W10", "2026-W11"]);
    let trend: Vec<Value> = answer["trend"]["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| json!([row["bucket"], row["measures"]["completed"]]))
        .collect();
    assert_eq!(trend, [json!(["2026-01", 0]), json!(["2026-02", 2]), json!(["2026-03", 2])]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_is_published_in_sql_is_what_the_api_answers(pool: PgPool) {
    found(&pool).await;
    run(&pool, MANY.to_owned()).await;
    // Twice, as at two starts of the platform.
    for _ in 0..2 {
        service_kit::store::published::publish(&pool, tasks::published()).await.expect("published");
    }
    let answer = data(&pool, "{ taskStats(period: \"2026-Q1\", asOf: \"2026-03-05\", groupBy: [AREA]) { rows { area { code } \
        measures { total overdue onTime { numerator denominator } clarity { complete } atRiskReasons { reason tasks } } } } }").await;
    let rows = answer["taskStats"]["rows"].as_array().expect("rows");
    let published: Vec<(String, i64, i64, i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT key, terms[1]::bigint, terms[2]::bigint, terms[3]::bigint, terms[4]::bigint, terms[5]::bigint, terms[6]::bigint
         FROM tasks.published_measures('AREA', NULL, ARRAY['2026-01-01'::date], ARRAY['2026-04-01'::date], ARRAY['2026-03-05'::date], true,
             ARRAY['total', 'overdue', 'on_time_part', 'on_time_whole', 'clarity_complete', 'at_risk_reasons_no_update']) ORDER BY key",
    )
    .fetch_all(&pool)
    .await
    .expect("read");
    assert_eq!(published.len(), 2);
    for (key, total, overdue, part, whole, complete, silent) in published {
        let row = rows.iter().find(|row| row["area"]["code"] == key.as_str()).expect("the area");
        let measures = &row["measures"];
        let reasons = measures["atRiskReasons"].as_array().expect("reasons");
        let no_update =
            reasons.iter().find(|reason| reason["reason"] == "NO_UPDATE").map_or(0, |reason| number(&reason["tasks"]));
        assert_eq!(
            (
                number(&measures["total"]),
                number(&measures["overdue"]),
                number(&measures["clarity"]["complete"]),
                no_update
            ),
            (total, overdue, complete, silent)
        );
        assert_eq!(rate(&measures["onTime"]), json!([part, whole]));
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_flows_of_buckets_add_up_to_those_of_the_period(pool: PgPool) {
    found(&pool).await;
    run(&pool, MANY.to_owned()).await;
    // Submitted on 30 January and accepted on 3 February: as of March it was done in January.
    let id = task(
        &pool,
        "LATE",
        "SUBMITTED",
        &[
            ("submitted_on", "'2026-01-30'"),
            ("current_due", "'2026-01-20'"),
            ("baseline_due", "'2026-01-20'"),
            ("observed_at", "'2026-01-30T03:00:00Z'"),
        ],
    )
    .await;
    run(&pool, format!("UPDATE tasks.task SET status = 'COMPLETED', closed_on = '2026-02-03', version = 2, observed_at = '2026-02-03T03:00:00Z' WHERE id = '{id}'")).await;
    let flows = "completed dueThisPeriod onTime { numerator denominator } onTimeBaseline { numerator denominator }";
    for (period, as_of) in [("2026", "2027-05-31"), ("2025", "2027-05-31"), ("2026-01-10/2026-03-05", "2027-05-31")] {
        for grain in ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] {
            let query = format!(
                "{{ taskStats(period: \"{period}\", asOf: \"{as_of}\", grain: {grain}) {{ totals {{ {flows} }} rows {{ measures {{ {flows} }} }} }} }}"
            );
            // Long after everything has happened, so that no bucket is left out as still to come.
            let later = Asked::at(&pool, "2027-06-01T05:00:00Z", tasks::subgraph);
            let stats = later.data(&query).await["taskStats"].take();
            let sum = |pointer: &str| -> i64 {
                let rows = stats["rows"].as_array().expect("rows").iter();
                rows.map(|row| number(row["measures"].pointer(pointer).expect("a measure"))).sum()
            };
            for pointer in ["/completed", "/onTime/numerator", "/onTime/denominator", "/onTimeBaseline/numerator"] {
                let total = number(stats["totals"].pointer(pointer).expect("a total"));
                assert_eq!(sum(pointer), total, "{pointer} of {period} by {grain} as of {as_of}");
            }
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_year_equals_its_only_bucket_and_each_bucket_is_compared_with_the_one_before(pool: PgPool) {
    found(&pool).await;
    run(&pool, MANY.to_owned()).await;
    let query = format!(
        "{{ year: taskStats(period: \"2025\", grain: YEAR) {{ totals {{ {ALL} }} rows {{ measures {{ {ALL} }} }} }}
            months: taskStats(period: \"2026-Q1\", asOf: \"2026-03-10\", grain: MONTH, compareTo: PREVIOUS) {{ rows {{ bucket measures {{ total }} previous {{ total }} }} }}
            all: taskStats(period: \"2025-12/2026-02\", asOf: \"2026-03-10\", grain: MONTH) {{ rows {{ bucket }} }} }}"
    );
    let answer = data(&pool, &query.replace("2025-12/2026-02", "2025-12-01/2026-02-28")).await;
    assert_eq!(answer["year"]["totals"], answer["year"]["rows"][0]["measures"]);
    let rows = answer["months"]["rows"].as_array().expect("rows");
    let alone = |month: &str, as_of: &str| {
        format!("{{ taskStats(period: \"{month}\", asOf: \"{as_of}\") {{ totals {{ total }} }} }}")
    };
    for (row, (month, as_of)) in
        rows.iter().zip([("2025-12", "2026-02-07"), ("2026-01", "2026-02-10"), ("2026-02", "2026-02-10")])
    {
        let before = data(&pool, &alone(month, as_of)).await["taskStats"]["totals"]["total"].take();
        assert!(number(&before) > 0);
        assert_eq!(row["previous"]["total"], before, "{row}");
    }
}
