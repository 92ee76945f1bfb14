//! Stored facts against an oracle: derived values of every day, computed a second time from base and history tables.

use serde_json::json;
use service_kit::store::facts::recompute;
use service_kit::testing::operator;
use sqlx::PgPool;

use super::city::{Asked, NOW, found, lead, problem, run, task, verb};
use super::measures::number;

/// Writes at random, the same for the same seed: versions, late events, deletions, children, relations, rules.
const RANDOM: &str = "
CREATE FUNCTION pick(seed text, upto int) RETURNS int LANGUAGE sql IMMUTABLE RETURN abs(hashtext(seed)::bigint) % upto;
CREATE FUNCTION id_of(n int) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5(n::text)::uuid;
CREATE PROCEDURE write_at_random(seed text) LANGUAGE plpgsql AS $$
DECLARE
    one   uuid := id_of(pick(seed || 'one', 24));
    other uuid := id_of(pick(seed || 'other', 24));
    at    timestamptz := timestamptz '2026-01-01 09:00+07' + pick(seed || 'at', 365 * 24) * interval '1 hour';
    n     int := pick(seed || 'n', 1000);
    value jsonb := (ARRAY[
        jsonb_build_object('progress', n % 101, 'last_update_on', at::date),
        jsonb_build_object('current_due', date '2026-01-20' + n % 300, 'baseline_due', date '2026-01-20'),
        jsonb_build_object('self_declared_risk', (ARRAY['LOW', 'HIGH'])[1 + n % 2]),
        jsonb_build_object('status', 'SUBMITTED', 'submitted_on', at::date, 'submitted_by', 'x', 'closed_on', NULL),
        jsonb_build_object('status', 'COMPLETED', 'submitted_on', at::date - n % 9, 'closed_on', at::date),
        jsonb_build_object('status', 'CANCELLED', 'closed_on', at::date),
        jsonb_build_object('status', (ARRAY['ASSIGNED', 'IN_PROGRESS', 'BLOCKED', 'RETURNED'])[1 + n % 4], 'closed_on', NULL),
        jsonb_build_object('lead_organization_code', (ARRAY['SXD', 'SYT', 'TU'])[1 + n % 3]),
        jsonb_build_object('area_codes', (ARRAY['[\"00004\"]', '[\"00004\", \"00235\"]', '[]'])[1 + n % 3]::jsonb),
        jsonb_build_object('deleted_at', CASE WHEN n % 3 = 0 THEN at END),
        jsonb_build_object('reporting_cadence_days', 5 + n % 40)])[1 + pick(seed || 'what', 11)];
BEGIN
    CASE pick(seed || 'kind', 24)
    WHEN 0, 13, 14 THEN
        INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, requested_on)
        VALUES (gen_random_uuid(), one, 'LAND', (ARRAY['CITY', 'CENTRAL', 'ORGANIZATION'])[1 + n % 3], 'x', 'x', at,
            -- Sometimes before the blocker was opened, or on the same day.
            CASE WHEN n % 3 < 2 AND n % 4 < 3 THEN at::date + n % 20 - 3 END);
    WHEN 1 THEN
        UPDATE tasks.blocker SET resolved_by = 'x', resolved_at = opened_at + n % 90 * interval '1 day' WHERE task_id = one AND resolved_at IS NULL;
    WHEN 2 THEN
        -- From a smaller number to a larger one, so that no cycle closes.
        IF pick(seed || 'one', 24) < pick(seed || 'other', 24) THEN
            INSERT INTO tasks.relation (id, from_task_id, to_task_id, kind, created_by, created_at)
            VALUES (gen_random_uuid(), other, one, (ARRAY['FOLLOWS', 'REQUIRES', 'PART_OF'])[1 + n % 2], 'x', at) ON CONFLICT DO NOTHING;
        END IF;
    WHEN 3 THEN
        UPDATE tasks.relation SET removed_by = 'x', removed_at = created_at + n % 90 * interval '1 day' WHERE to_task_id = one AND removed_at IS NULL;
    WHEN 4 THEN
        INSERT INTO tasks.transition (id, task_id, verb, from_status, to_status, from_lead, to_lead, by_subject, at)
        VALUES (gen_random_uuid(), one, 'x', 'ASSIGNED', (ARRAY['ASSIGNED', 'RETURNED'])[1 + n % 2], 'A', 'B', 'x', at);
    WHEN 5 THEN
        INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due, decided_by, decided_at)
        VALUES (gen_random_uuid(), one, at::date, 'x', 'x', at, 'APPROVED', at::date, 'x', at);
    WHEN 6, 7 THEN
        UPDATE tasks.blocker SET request_document = 'x', requested_on = opened_at::date + n % 20 - 3
        WHERE task_id = one AND needs_level <> 'ORGANIZATION' AND requested_on IS NULL;
    WHEN 8 THEN
        UPDATE tasks.blocker SET decision = 'x', decided_on = requested_on + n % 60 WHERE task_id = one AND requested_on IS NOT NULL AND decided_on IS NULL;
    WHEN 9, 10 THEN
        INSERT INTO tasks.reminder (id, task_id, sent_on, text, sent_by) VALUES (gen_random_uuid(), one, at::date, 'x', 'x');
    WHEN 11 THEN
        UPDATE tasks.reminder SET answer = 'x', answered_on = sent_on + n % 40 WHERE task_id = one AND answered_on IS NULL;
    WHEN 12 THEN
        UPDATE tasks.reminder SET deleted_at = at WHERE task_id = one AND n % 2 = 0;
    ELSE
        -- At its place in the history, late or not.
        PERFORM platform.insert_event('tasks.task', 'id', one::text, at, value);
    END CASE;
EXCEPTION WHEN check_violation OR integrity_constraint_violation THEN
    NULL;
END $$;
INSERT INTO tasks.task (id, source, external_id, code, title, status, lead_organization_code, start_on, baseline_due, current_due, progress,
    accountable_position_code, recorded_by, observed_at)
SELECT id_of(n), 'test', n::text, 'T' || n, 'x', (ARRAY['DRAFT', 'IN_PROGRESS', 'ASSIGNED'])[1 + n % 3], 'SXD', date '2026-01-01' + n,
    date '2026-01-20' + n * 9, date '2026-01-20' + n * 9, n, 'GD-SXD', 'x', timestamptz '2026-01-01 08:00+07' + n * interval '1 day'
FROM generate_series(0, 23) AS n;
";

/// What the domain says of each task on each day of 2026, from base and history tables; and what the facts say. One row
/// for each difference.
const DIFFERENCES: &str = "
WITH day AS (SELECT date '2026-01-01' + n AS day FROM generate_series(0, 364) AS n),
event AS (SELECT e.id, (e.observed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, e.observed_at, e.ordinal, c.key, c.value
          FROM tasks.task_event AS e CROSS JOIN jsonb_each(e.changes) AS c),
latest AS (SELECT DISTINCT ON (d.day, e.id, e.key) d.day, e.id, e.key, e.value FROM day AS d JOIN event AS e ON e.day <= d.day
           ORDER BY d.day, e.id, e.key, e.observed_at DESC, e.ordinal DESC),
task AS (SELECT day, id, s.*, status IN ('ASSIGNED', 'RETURNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED') AS running
         FROM (SELECT day, id, jsonb_object_agg(key, value) AS state FROM latest GROUP BY day, id) AS f
         CROSS JOIN jsonb_to_record(state) AS s(code text, status text, lead_organization_code text, start_on date, current_due date, progress int,
             self_declared_risk text, reporting_cadence_days int, last_update_on date, submitted_on date, deleted_at timestamptz, area_codes text[])
         WHERE s.code IS NOT NULL AND s.deleted_at IS NULL AND s.status <> 'DRAFT'),
late AS (SELECT day, id FROM task WHERE running AND current_due < day AND (status <> 'SUBMITTED' OR submitted_on > current_due)),
why AS (
    SELECT day, id, 'BLOCKED' AS reason FROM task WHERE status = 'BLOCKED'
    UNION SELECT d.day, b.task_id, 'BLOCKED' FROM day AS d JOIN tasks.blocker AS b
        ON b.opened_at < (d.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
        AND (b.resolved_at IS NULL OR b.resolved_at >= (d.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
    UNION SELECT late.day, r.from_task_id, 'PREDECESSOR_OVERDUE' FROM late JOIN tasks.relation AS r ON r.to_task_id = late.id AND r.kind <> 'PART_OF'
        AND r.created_at < (late.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
        AND (r.removed_at IS NULL OR r.removed_at >= (late.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
    UNION SELECT t.day, t.id, 'BEHIND_SCHEDULE' FROM task AS t JOIN directory.legal_rule AS r ON r.code = 'TASK_AT_RISK_PROGRESS_GAP'
        AND r.valid_from <= t.day AND (r.valid_to IS NULL OR t.day < r.valid_to)
        WHERE CASE WHEN t.day >= current_due THEN 1 WHEN t.day <= start_on THEN 0
              ELSE (t.day - start_on)::numeric / (current_due - start_on) END - progress / 100.0 > r.value
    UNION SELECT t.day, t.id, 'NO_UPDATE' FROM task AS t JOIN directory.legal_rule AS r ON r.code = 'TASK_AT_RISK_SILENCE'
        AND r.valid_from <= t.day AND (r.valid_to IS NULL OR t.day < r.valid_to)
        WHERE t.day - greatest(last_update_on, start_on) > r.value * reporting_cadence_days
    UNION SELECT day, id, 'SELF_DECLARED_HIGH' FROM task WHERE self_declared_risk = 'HIGH'),
asked AS (
    SELECT d.day AS on_day, b.task_id, b.needs_level, b.requested_on AS day FROM day AS d JOIN tasks.blocker AS b
        ON b.requested_on <= d.day AND (b.decided_on IS NULL OR d.day < b.decided_on)
        AND b.opened_at < (d.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
        AND (b.resolved_at IS NULL OR b.resolved_at >= (d.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')),
expected AS (
    SELECT t.day, t.id, t.status, t.lead_organization_code, late.id IS NOT NULL AS overdue,
           CASE WHEN late.id IS NULL AND t.running AND t.status <> 'SUBMITTED'
                THEN ARRAY(SELECT reason FROM why WHERE why.day = t.day AND why.id = t.id ORDER BY 1) ELSE '{}' END AS reasons,
           (SELECT count(*) FROM tasks.transition AS m WHERE m.task_id = t.id AND m.from_lead <> m.to_lead
                AND (m.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= t.day) AS changes,
           (SELECT count(*) FROM tasks.extension_request AS x WHERE x.task_id = t.id
                AND (x.decided_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= t.day) AS extensions,
           (SELECT count(*) FROM tasks.reminder AS m WHERE m.task_id = t.id AND m.deleted_at IS NULL AND m.sent_on <= t.day) AS reminders,
           (SELECT count(*) FROM tasks.reminder AS m WHERE t.running AND m.task_id = t.id AND m.deleted_at IS NULL AND m.sent_on <= t.day
                AND (m.answered_on IS NULL OR m.answered_on > t.day)) AS unanswered,
           (SELECT min(day) FROM asked WHERE t.running AND task_id = t.id AND on_day = t.day AND needs_level = 'CITY') AS city_since,
           (SELECT min(day) FROM asked WHERE t.running AND task_id = t.id AND on_day = t.day AND needs_level = 'CENTRAL') AS central_since,
           ARRAY(SELECT unnest(t.area_codes) ORDER BY 1) AS areas
    FROM task AS t LEFT JOIN late USING (day, id)),
stored AS (
    SELECT d.day, f.task_id, f.status, f.lead, coalesce(f.overdue_from <= d.day, false),
           ARRAY(SELECT unnest(tasks.risk_reasons(f, d.day)) ORDER BY 1), f.lead_changes::bigint, f.extensions::bigint,
           f.reminders::bigint, f.unanswered::bigint, f.city_since, f.central_since,
           ARRAY(SELECT c.code FROM tasks.fact_code AS c WHERE c.task_id = f.task_id AND c.dimension = 'AREA' AND c.from_day <= d.day AND d.day < c.to_day ORDER BY 1)
    FROM day AS d JOIN tasks.fact AS f ON f.from_day <= d.day AND d.day < f.to_day)
SELECT count(*) AS days, (SELECT array_agg(x::text) FROM (
    (TABLE expected EXCEPT ALL TABLE stored) UNION ALL (TABLE stored EXCEPT ALL TABLE expected) ORDER BY 2, 1 LIMIT 6) AS x) AS differences,
    count(*) FILTER (WHERE cardinality(reasons) > 1),
    ARRAY[count(*) FILTER (WHERE unanswered > 0), count(city_since), count(central_since)] FROM expected";

const AT_RISK: &str = "{ taskStats(period: \"2026\") { totals { atRisk } } }";

/// Reads until the facts follow the rules in force. On a busy machine that may take longer than one request waits.
async fn read_anew(pool: &PgPool) {
    let reader = Asked::at(pool, NOW, tasks::subgraph);
    loop {
        let answer = reader.ask(&operator(), AT_RISK, json!(null)).await;
        if answer.get("errors").is_none() {
            return;
        }
        assert_eq!(problem(&answer).0, "SUBGRAPH_UNAVAILABLE");
    }
}

async fn assert_facts(pool: &PgPool, when: &str) {
    let (days, differences, several, chased): (i64, Option<Vec<String>>, i64, Vec<i64>) =
        sqlx::query_as(DIFFERENCES).fetch_one(pool).await.expect("the oracle");
    assert_eq!(differences, None, "{when}");
    // The oracle saw enough to be able to fail.
    assert!(days > 3000 && several > 100, "{when}: {days} days, {several} with several reasons");
    assert!(
        chased.iter().all(|days| *days > 50),
        "{when}: {chased:?} days with a reminder, of the city, of the centre"
    );
    assert_eq!(recompute(pool, tasks::FACTS, false, |_, _| ()).await.expect("verified"), 0, "{when}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn facts_equal_the_domain_on_every_day_after_any_writes(pool: PgPool) {
    found(&pool).await;
    run(&pool, RANDOM.to_owned()).await;
    for round in 0..120 {
        run(&pool, format!("CALL write_at_random('serial {round}')")).await;
    }
    assert_facts(&pool, "after writes one after another").await;

    // Four writers at once change tasks that wait for each other, several in one transaction.
    let writers = (0..4).map(|writer| {
        let pool = pool.clone();
        async move {
            for round in 0..20 {
                let calls = (0..3).map(|call| format!("CALL write_at_random('{writer} {round} {call}');"));
                let script = format!("BEGIN; {} COMMIT", calls.collect::<String>());
                let mut connection = pool.acquire().await.expect("a connection");
                // The victim of a deadlock tries again, as the verbs do.
                while let Err(error) =
                    sqlx::raw_sql(sqlx::AssertSqlSafe(script.clone())).execute(&mut *connection).await
                {
                    assert_eq!(
                        error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
                        Some("40P01"),
                        "{error}"
                    );
                    run(&pool, "SELECT 1".to_owned()).await;
                    sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.expect("rolled back");
                }
            }
        }
    });
    // Meanwhile a rule changes several times, and each change is read.
    let rules = async {
        for gap in ["0.3", "0.05", "0.5", "0.15"] {
            let rule = "UPDATE directory.legal_rule SET value = {} WHERE code = 'TASK_AT_RISK_PROGRESS_GAP'";
            run(&pool, rule.replace("{}", gap)).await;
            read_anew(&pool).await;
        }
    };
    futures::join!(futures::future::join_all(writers), rules);
    assert_facts(&pool, "after concurrent writes").await;

    // A laxer rule from June ends risks, a stricter one from September begins them. A reader computes them anew.
    run(&pool, "UPDATE directory.legal_rule SET valid_to = '2026-06-01' WHERE code IN ('TASK_AT_RISK_PROGRESS_GAP', 'TASK_AT_RISK_SILENCE');
        INSERT INTO directory.legal_rule VALUES ('TASK_AT_RISK_PROGRESS_GAP', 0.4, 'share', '2026-06-01', '2026-09-01', 'test'),
            ('TASK_AT_RISK_PROGRESS_GAP', 0.05, 'share', '2026-09-01', NULL, 'test'), ('TASK_AT_RISK_SILENCE', 4, 'x', '2026-06-01', NULL, 'test')".to_owned()).await;
    read_anew(&pool).await;
    assert_facts(&pool, "after a change of the rules").await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rule_that_no_task_can_meet_gives_figures_and_no_error(pool: PgPool) {
    found(&pool).await;
    task(&pool, "T", "IN_PROGRESS", &[]).await;
    for (value, reasons) in [("1e12", json!([])), ("-1e12", json!([{ "reason": "NO_UPDATE" }]))] {
        let rule = format!(
            "UPDATE directory.legal_rule SET value = {value} WHERE code = 'TASK_AT_RISK_SILENCE'; \
            UPDATE directory.legal_rule SET value = 1e12 WHERE code = 'TASK_AT_RISK_PROGRESS_GAP'"
        );
        run(&pool, rule).await;
        read_anew(&pool).await;
        // The filter of a list is accepted for measures too.
        let query = "{ taskStats(period: \"2026\", grain: MONTH, filter: { atRiskReason: [NO_UPDATE] }) { totals { atRiskReasons { reason } } } }";
        let answer = Asked::at(&pool, NOW, tasks::subgraph).data(query).await;
        assert_eq!(answer["taskStats"]["totals"]["atRiskReasons"], reasons, "{value}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn damaged_facts_are_found_and_mended(pool: PgPool) {
    found(&pool).await;
    for code in ["A", "B", "C"] {
        task(&pool, code, "IN_PROGRESS", &[]).await;
    }
    assert_eq!(recompute(&pool, tasks::FACTS, false, |_, _| ()).await.expect("verified"), 0);
    run(&pool, "UPDATE tasks.fact SET overdue_from = '2026-01-05' WHERE task_id = (SELECT id FROM tasks.task WHERE code = 'B'); \
        DELETE FROM tasks.fact WHERE task_id = (SELECT id FROM tasks.task WHERE code = 'C')".to_owned()).await;
    // A wrong row differs twice: it goes, and another comes. The tally of the day differs from the facts without C. Verifying writes nothing.
    for _ in 0..2 {
        assert_eq!(recompute(&pool, tasks::FACTS, false, |_, _| ()).await.expect("verified"), 4);
    }
    assert_eq!(recompute(&pool, tasks::FACTS, true, |_, _| ()).await.expect("mended"), 4);
    assert_eq!(recompute(&pool, tasks::FACTS, false, |_, _| ()).await.expect("verified"), 0);
    // The tally of a day, and one of a day on which nothing began or ended.
    run(&pool, "UPDATE tasks.fact_tally SET tasks = tasks + 1 WHERE ctid = (SELECT min(ctid) FROM tasks.fact_tally)")
        .await;
    run(&pool, "INSERT INTO tasks.fact_tally VALUES ('2020-01-01', 5)").await;
    for (keep, differ) in [(false, 2), (true, 2), (false, 0)] {
        assert_eq!(recompute(&pool, tasks::FACTS, keep, |_, _| ()).await.expect("counted"), differ);
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_mutation_after_a_change_of_the_rules_is_done_once_and_answers_by_the_new_ones(pool: PgPool) {
    found(&pool).await;
    // Half of the time has passed on 15 March; 0.14 less is done.
    let columns = [("start_on", "'2026-01-14'"), ("current_due", "'2026-05-14'"), ("baseline_due", "'2026-05-14'")];
    let id = task(&pool, "T", "IN_PROGRESS", &columns).await.to_string();
    run(&pool, "UPDATE directory.legal_rule SET value = 0.1 WHERE code = 'TASK_AT_RISK_PROGRESS_GAP'".to_owned()).await;
    let input = json!({ "id": id, "expectedVersion": 1, "progress": 36 });
    let answer = verb(&pool, NOW, &lead(), "reportProgress", input).await.expect("reported");
    assert_eq!((&answer["version"], &answer["atRiskReasons"]), (&json!(2), &json!(["BEHIND_SCHEDULE"])));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn totals_without_a_task_are_no_sum_of_earlier_buckets(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "GONE", "IN_PROGRESS", &[]).await;
    let delete =
        "UPDATE tasks.task SET deleted_at = '2026-02-10', observed_at = '2026-02-10', version = 2 WHERE id = '{}'";
    run(&pool, delete.replace("{}", &id.to_string())).await;
    let query =
        "{ taskStats(period: \"2026-Q1\", grain: MONTH) { totals { total } rows { bucket measures { total } } } }";
    let stats = Asked::at(&pool, NOW, tasks::subgraph).data(query).await["taskStats"].take();
    assert_eq!(stats["rows"][0], json!({ "bucket": "2026-01", "measures": { "total": 1 } }));
    assert_eq!(stats["totals"]["total"], 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn midnight_changes_lateness_and_risk_without_a_write(pool: PgPool) {
    found(&pool).await;
    let due = [
        ("baseline_due", "'2026-03-15'"),
        ("current_due", "'2026-03-15'"),
        ("progress", "90"),
        ("last_update_on", "'2026-03-15'"),
    ];
    task(&pool, "DUE", "IN_PROGRESS", &due).await;
    // Half of the time has passed on 15 March, and 0.15 less is done from the 16th on.
    let behind = [
        ("start_on", "'2026-02-13'"),
        ("baseline_due", "'2026-04-14'"),
        ("current_due", "'2026-04-14'"),
        ("progress", "36"),
        ("last_update_on", "'2026-03-15'"),
    ];
    task(&pool, "BEHIND", "IN_PROGRESS", &behind).await;
    let query = "{ taskStats(period: \"2026\") { totals { overdue atRisk } } }";
    for (now, overdue, at_risk) in [("2026-03-15T16:59:59Z", 0, 0), ("2026-03-15T17:00:00Z", 1, 1)] {
        let totals = Asked::at(&pool, now, tasks::subgraph).data(query).await["taskStats"]["totals"].take();
        assert_eq!(totals, json!({ "overdue": overdue, "atRisk": at_risk }), "{now}");
    }
}

/// Measures that count tasks, with the place of their number; of a rate that of its denominator.
const COUNTS: [(&str, &str); 16] = [
    ("TOTAL", "/total"),
    ("OPEN", "/open"),
    ("COMPLETED", "/completed"),
    ("OVERDUE", "/overdue"),
    ("AT_RISK", "/atRisk"),
    ("DUE_THIS_PERIOD", "/dueThisPeriod"),
    ("AWAITING_APPROVAL", "/awaitingApproval"),
    ("WAITING_FOR_CITY", "/waitingForCity"),
    ("WAITING_FOR_CENTRAL", "/waitingForCentral"),
    ("ON_TIME", "/onTime/denominator"),
    ("ON_TIME_BASELINE", "/onTimeBaseline/denominator"),
    ("CLARITY_COMPLETE", "/clarity/complete"),
    ("CLARITY_TASKS", "/clarity/tasks"),
    ("CONTINUITY", "/continuity/denominator"),
    ("BACKLOG_AGE_UP_TO7", "/backlogAge/upTo7"),
    ("BACKLOG_AGE_OVER90", "/backlogAge/over90"),
];
const NUMERATORS: [(&str, &str); 3] = [
    ("ON_TIME", "/onTime/numerator"),
    ("ON_TIME_BASELINE", "/onTimeBaseline/numerator"),
    ("CONTINUITY", "/continuity/numerator"),
];

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_number_is_the_length_of_the_list_behind_it(pool: PgPool) {
    found(&pool).await;
    run(&pool, RANDOM.to_owned()).await;
    for round in 0..80 {
        run(&pool, format!("CALL write_at_random('list {round}')")).await;
    }
    let later = Asked::at(&pool, "2026-11-20T05:00:00Z", tasks::subgraph);
    let lists = COUNTS.iter().map(|pair| (pair, false)).chain(NUMERATORS.iter().map(|pair| (pair, true)));
    let lists: Vec<_> = lists.enumerate().collect();
    let drill = lists.iter().map(|(n, ((measure, _), numerator))| {
        format!("l{n}: drillDown(measure: {measure}, numerator: {numerator}) {{ filter asOf }} ")
    });
    let drill = drill.collect::<Vec<_>>().concat();
    let mut compared = 0;
    for arguments in [
        "period: \"2026-Q3\", asOf: \"2026-08-20\"",
        "period: \"2026\", grain: QUARTER, groupBy: [STATUS]",
        "period: \"2026-02-10/2026-10-05\", asOf: \"2026-10-20\", groupBy: [AREA, OFFICIAL]",
        "period: \"2026\", groupBy: [ORGANIZATION, PROGRAMME, BOTTLENECK], filter: { area: [\"00004\"], priority: [NORMAL] }",
        "period: \"2026\", groupBy: [AXIS, LEVEL, GROUP, KIND], filter: { search: \"x\" }",
    ] {
        let measures = "total open completed overdue atRisk dueThisPeriod awaitingApproval waitingForCity waitingForCentral onTime { numerator denominator } \
            onTimeBaseline { numerator denominator } clarity { complete tasks } continuity { numerator denominator } backlogAge { upTo7 over90 }";
        let query = format!(
            "{{ taskStats({arguments}) {{ totals {{ {measures} }} {drill} rows {{ measures {{ {measures} }} {drill} }} }} }}"
        );
        let stats = later.data(&query).await["taskStats"].take();
        let rows = stats["rows"].as_array().expect("rows").iter().map(|row| (row, &row["measures"]));
        for (row, measures) in rows.chain([(&stats, &stats["totals"])]) {
            for (n, ((measure, pointer), _)) in &lists {
                let arguments = &row[format!("l{n}")];
                let list = "query($filter: TaskFilter, $asOf: Date) { tasks(filter: $filter, asOf: $asOf, first: 1) { totalCount } }";
                let answer = later.ask(&operator(), list, arguments.clone()).await;
                assert_eq!(
                    number(&answer["data"]["tasks"]["totalCount"]),
                    number(measures.pointer(pointer).expect("a measure")),
                    "{measure} of {arguments}: {answer}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
    let reasons = "{ taskStats(period: \"2025-01-01/2027-12-31\", asOf: \"2026-06-10\") { totals { atRiskReasons { reason tasks } } } }";
    let answer = later.data(reasons).await["taskStats"]["totals"]["atRiskReasons"].take();
    let reasons = answer.as_array().expect("reasons");
    assert!(reasons.len() > 1, "{reasons:?}");
    for entry in reasons {
        let reason = entry["reason"].as_str().expect("a reason");
        let list =
            format!("{{ tasks(asOf: \"2026-06-10\", filter: {{ atRiskReason: [{reason}] }}) {{ totalCount }} }}");
        assert_eq!(later.data(&list).await["tasks"]["totalCount"], entry["tasks"], "{reason}");
    }
    let refused = "{ taskStats(period: \"2026\", filter: { counted: { measure: TOTAL, period: \"2026\" } }) { totals { total } } }";
    let answer = later.ask(&operator(), refused, json!(null)).await;
    assert_eq!(problem(&answer), ("VALIDATION".to_owned(), "filter.counted".to_owned()));
}
