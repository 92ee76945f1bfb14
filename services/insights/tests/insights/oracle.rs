//! Alerts of past days against plain SQL over base tables, day by day.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeDelta};
use serde_json::json;
use service_kit::testing::Dice;
use sqlx::PgPool;

use crate::city::{NOW, at, case, change, event, found, give, indicator, milestone, parcel, project, task, with};

/// What the domain says, from base tables: on which days which record is in which condition. The first day of a run is found by
/// counting days, not runs.
const BY_DAYS: &str = "
WITH day AS (SELECT date '2025-01-01' + n AS day FROM generate_series(0, 695) AS n),
task AS (SELECT d.day, t.* FROM day AS d CROSS JOIN LATERAL tasks.task_at((d.day + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS t),
stone AS (SELECT m.parcel_id, min(m.happened_on) FILTER (WHERE m.kind = 'NOTIFIED') AS notified_on, min(m.happened_on) FILTER (WHERE m.kind = 'APPROVED') AS approved_on,
                 min(m.happened_on) FILTER (WHERE m.kind IN ('PAID', 'DEPOSITED')) AS paid_on, min(m.happened_on) FILTER (WHERE m.kind = 'RECOVERY_DECIDED') AS decided_on
          FROM projects.milestone AS m WHERE m.deleted_at IS NULL GROUP BY 1),
condition AS (
    SELECT 'TASK_OVERDUE' AS rule, id::text AS record, day FROM task
    WHERE status IN ('ASSIGNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED') AND day > current_due AND NOT (status = 'SUBMITTED' AND submitted_on <= current_due)
    UNION ALL
    SELECT 'TASK_AT_RISK', id::text, day FROM task
    WHERE status IN ('ASSIGNED', 'IN_PROGRESS', 'BLOCKED') AND day <= current_due AND (status = 'BLOCKED' OR self_declared_risk = 'HIGH')
    UNION ALL
    SELECT 'NOTICE_LAPSING', parcel_id::text, day FROM stone CROSS JOIN day
    WHERE notified_on <= day AND day BETWEEN notified_on + interval '12 months' - interval '60 days' AND notified_on + interval '12 months' AND NOT coalesce(decided_on <= day, false)
    UNION ALL
    SELECT 'PAYMENT_LATE', parcel_id::text, day FROM stone CROSS JOIN day WHERE day > approved_on + 30 AND NOT coalesce(paid_on <= day, false)
    UNION ALL
    SELECT 'POSITION_VACANT', accountable_position_code, day FROM task
    WHERE status IN ('ASSIGNED', 'IN_PROGRESS', 'BLOCKED', 'SUBMITTED') AND NOT EXISTS (SELECT FROM directory.appointment AS a
        WHERE a.position_code = accountable_position_code AND a.from_on <= day AND (a.to_on IS NULL OR day < a.to_on))
    GROUP BY 2, 3),
run AS (SELECT *, day - (row_number() OVER (PARTITION BY rule, record ORDER BY day))::int AS island FROM condition)
SELECT day, alert FROM (
    SELECT rule || ' ' || record || CASE WHEN rule <> 'POSITION_VACANT' THEN ' ' || min(day) OVER (PARTITION BY rule, record, island) ELSE '' END AS alert, day
    FROM run) AS told WHERE day >= '2026-01-01'";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn alerts_of_every_day_equal_plain_sql_over_base_tables(pool: PgPool) {
    found(&pool).await;
    let mut dice = Dice(7);
    for number in 0..12 {
        let due = format!("'2026-{:02}-{:02}'", 2 + dice.below(7), 1 + dice.below(28));
        let position = if number % 2 == 0 { "'GD-SYT'" } else { "'GD-SXD'" };
        let code = format!("T{number:02}");
        task(&pool, &code, &[("current_due", &due), ("baseline_due", &due), ("accountable_position_code", position)])
            .await;
        let mut day = date(2026, 1, 5);
        for _ in 0..9 {
            day = day + Days::new(1 + dice.below(40));
            let columns = match dice.below(7) {
                0 => "status = 'BLOCKED', submitted_on = NULL, submitted_by = NULL, closed_on = NULL".to_owned(),
                1 | 2 => {
                    "status = 'IN_PROGRESS', submitted_on = NULL, submitted_by = NULL, closed_on = NULL".to_owned()
                }
                3 => format!("status = 'SUBMITTED', submitted_on = '{day}', submitted_by = 'x', closed_on = NULL"),
                4 => format!("status = 'COMPLETED', submitted_on = '{day}', submitted_by = 'x', closed_on = '{day}'"),
                5 => format!("current_due = '{}'", day + Days::new(dice.below(60))),
                _ => format!("self_declared_risk = '{}'", if dice.below(2) == 0 { "HIGH" } else { "LOW" }),
            };
            change(&pool, &code, &day.to_string(), &columns).await;
        }
    }
    give(&pool, "projects", &[project("DA", json!({ "accountable": null }))]).await;
    for number in 0..8 {
        let name = format!("P{number}");
        parcel(&pool, &name, "DA", "00004").await;
        let start = date(2025, 2, 1) + Days::new(dice.below(300));
        let mut steps = vec![milestone(&name, "NOTIFIED", &start.to_string())];
        let mut day = start;
        for kind in ["POSTED", "APPROVED", "PAID", "RECOVERY_DECIDED"] {
            day = day + Days::new(35 + dice.below(90));
            if day.to_string().as_str() < "2026-11-20" && dice.below(5) > 0 {
                steps.push(milestone(&name, kind, &day.to_string()));
            }
        }
        give(&pool, "parcel-events", &steps).await;
    }
    let rules = ["TASK_OVERDUE", "TASK_AT_RISK", "NOTICE_LAPSING", "PAYMENT_LATE", "POSITION_VACANT"];
    compare(&pool, "OVERDUE, AT_RISK, NOTICE_LAPSING, PAYMENT_LATE, NO_HOLDER", BY_DAYS, &rules).await;
}

/// As [`BY_DAYS`]. A deadline is the end of the last of so many quarters of an hour in which the offices are open and the clock does
/// not stand still; the code of a case ends with the level that it was sent with.
const BY_DEADLINES: &str = "
WITH day AS (SELECT date '2025-12-01' + n AS day, (date '2025-12-01' + n + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' AS ends FROM generate_series(0, 361) AS n),
slot AS MATERIALIZED (SELECT clock AT TIME ZONE 'Asia/Ho_Chi_Minh' AS at FROM generate_series(timestamp '2026-01-01', '2026-12-31 23:45', '15 minutes') AS clock
         JOIN directory.calendar_day AS c ON c.day = clock::date AND c.working WHERE date_part('hour', clock) IN (8, 9, 10, 11, 13, 14, 15, 16)),
state AS (SELECT id, status, at, lead(at, 1, 'infinity') OVER (PARTITION BY id ORDER BY at) AS until
          FROM (SELECT id, 'RECEIVED' AS status, submitted_at AS at FROM feedback.feedback UNION ALL SELECT feedback_id, status, observed_at FROM feedback.step WHERE status IS NOT NULL) AS s),
level AS (SELECT id, split_part(code, '-', 2) AS level, submitted_at AS at FROM feedback.feedback UNION ALL SELECT feedback_id, level, observed_at FROM feedback.step WHERE level IS NOT NULL),
term AS (SELECT id, at FROM state WHERE status IN ('RECEIVED', 'REOPENED')),
deadline AS MATERIALIZED (
    SELECT t.id, t.at, l.level,
           (SELECT s.at FROM slot AS s WHERE s.at >= t.at AND NOT EXISTS (SELECT FROM state AS w WHERE w.id = t.id AND w.status = 'WAITING_CITIZEN' AND w.at <= s.at AND s.at < w.until)
            ORDER BY s.at OFFSET 4 * l.hours - 1 LIMIT 1) + interval '15 minutes' AS due,
           (SELECT s.at FROM slot AS s WHERE s.at >= t.at ORDER BY s.at OFFSET 31 LIMIT 1) + interval '15 minutes' AS seen_until
    FROM term AS t CROSS JOIN (VALUES ('URGENT', 4), ('NORMAL', 40), ('COMPLEX', 120)) AS l(level, hours)),
known AS (
    SELECT d.day, d.ends, f.id, now.status, due.due, due.seen_until
    FROM day AS d CROSS JOIN feedback.feedback AS f
    JOIN state AS now ON now.id = f.id AND now.at < d.ends AND d.ends <= now.until
    CROSS JOIN LATERAL (SELECT level FROM level AS l WHERE l.id = f.id AND l.at < d.ends ORDER BY l.at DESC LIMIT 1) AS l
    CROSS JOIN LATERAL (SELECT at FROM term AS t WHERE t.id = f.id AND t.at < d.ends ORDER BY t.at DESC LIMIT 1) AS t
    JOIN deadline AS due ON due.id = f.id AND due.at = t.at AND due.level = l.level),
observed AS (
    SELECT DISTINCT ON (d.day, t.series_id, t.period) d.day, t.series_id, t.period, i.direction, o.value, first.first, i.reporting_lag_days
    FROM day AS d CROSS JOIN kpis.target AS t JOIN kpis.indicator AS i ON i.code = t.indicator_code
    JOIN kpis.observation AS o ON o.indicator_code = t.indicator_code AND o.period = t.period AND o.observed_at < d.ends AND o.status = 'PUBLISHED'
    CROSS JOIN LATERAL (SELECT make_date(left(t.period, 4)::int, right(t.period, 1)::int * 3 - 2, 1) AS first) AS first
    ORDER BY d.day, t.series_id, t.period, o.revision DESC),
condition AS (
    SELECT 'FEEDBACK_UNRESOLVED' AS rule, id::text AS record, day FROM known WHERE status NOT IN ('RESOLVED', 'CLOSED', 'REJECTED', 'MERGED') AND due < ends
    UNION ALL
    SELECT 'FEEDBACK_UNACKNOWLEDGED', id::text, day FROM known WHERE status = 'RECEIVED' AND seen_until < ends
    UNION ALL
    SELECT 'KPI_RED', series_id || ' ' || period, day FROM observed
    WHERE CASE direction WHEN 'HIGHER' THEN 100 - value ELSE value - 100 END > 15 AND day < first + interval '6 months' + reporting_lag_days * interval '1 day'
    UNION ALL
    SELECT 'PROJECT_OVERDUE', p.id::text, d.day FROM day AS d CROSS JOIN LATERAL projects.project_at(d.ends) AS p
    WHERE p.phase NOT IN ('COMPLETED', 'CANCELLED') AND (d.day > p.baseline_end OR p.forecast_end > p.baseline_end)),
run AS (SELECT *, day - (row_number() OVER (PARTITION BY rule, record ORDER BY day))::int AS island FROM condition)
SELECT day, alert FROM (SELECT rule || ' ' || record || ' ' || min(day) OVER (PARTITION BY rule, record, island) AS alert, day FROM run) AS told WHERE day >= '2026-01-01'";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn broken_deadlines_red_targets_and_late_projects_of_every_day_equal_plain_sql(pool: PgPool) {
    found(&pool).await;
    let mut dice = Dice(11);
    for number in 0..40 {
        cases_life(&pool, &mut dice, number).await;
    }
    for (code, direction) in [("THU", "HIGHER"), ("CHI", "LOWER"), ("TON", "LOWER")] {
        give(&pool, "indicators", &[indicator(code, json!({ "direction": direction }))]).await;
        for (quarter, months) in [(1, 4), (2, 7), (3, 10)] {
            let period = format!("2026-Q{quarter}");
            let target = json!({ "externalId": format!("{code}/{period}"), "observedAt": "2025-01-02T02:00:00Z", "indicator": code,
                "area": "00004", "period": period, "decidedOn": "2025-01-02", "value": "100" });
            give(&pool, "targets", &[target]).await;
            let mut day = date(2026, months, 1) + Days::new(dice.below(20));
            for revision in 1..=4 {
                let value = *dice.pick(&[80, 84, 85, 86, 100, 114, 115, 116, 130]);
                let observed = json!({ "externalId": format!("{code}/{period}/{revision}"), "observedAt": format!("{day}T02:00:00Z"),
                    "indicator": code, "area": "00004", "period": period, "status": "PUBLISHED", "value": value.to_string(), "revision": revision });
                if day < date(2026, 11, 20) {
                    give(&pool, "observations", &[observed]).await;
                }
                day = day + Days::new(1 + dice.below(40));
            }
        }
    }
    for number in 0..10 {
        let code = format!("D{number}");
        let baseline = date(2026, 1, 1) + Days::new(dice.below(300));
        let (mut forecast, mut day) = (baseline, date(2026, 1, 1));
        for step in 0..6 {
            let state = match dice.below(5) {
                0 if step > 1 => json!({ "phase": "COMPLETED", "endedOn": day }),
                _ => json!({ "phase": "IMPLEMENTATION", "endedOn": null }),
            };
            let dates = json!({ "observedAt": format!("{day}T03:00:00Z"), "baselineEnd": baseline, "forecastEnd": forecast,
                "forecastReason": "Mưa bão" });
            give(&pool, "projects", &[with(project(&code, dates), state)]).await;
            day = day + Days::new(1 + dice.below(50));
            forecast = baseline + Days::new(dice.below(3) * 20);
        }
    }
    let rules = ["FEEDBACK_UNRESOLVED", "FEEDBACK_UNACKNOWLEDGED", "KPI_RED", "PROJECT_OVERDUE"];
    compare(&pool, "SLA_BREACH, KPI_RED, OVERDUE", BY_DEADLINES, &rules).await;
}

/// A case with its way through the states, each after some quarters of an hour, at any time of the day and the week.
async fn cases_life(pool: &PgPool, dice: &mut Dice, number: u64) {
    let levels = ["NORMAL", "URGENT", "COMPLEX"];
    let level = |dice: &mut Dice| *dice.pick(&levels);
    let sent = level(dice);
    let code = format!("F{number:02}-{sent}");
    let mut time = date(2026, 1, 5).and_hms_opt(0, 0, 0).expect("midnight") + TimeDelta::minutes(minutes(dice, 270));
    give(pool, "feedback", &[case(&code, &time.format("%Y-%m-%d %H:%M").to_string(), json!({ "level": sent }))]).await;
    let mut state = "RECEIVED";
    let mut events = Vec::new();
    loop {
        state = match (state, dice.below(6)) {
            ("RECEIVED", _) => "ACCEPTED",
            ("ACCEPTED", 0) => "REJECTED",
            ("ACCEPTED" | "TRANSFERRED" | "REOPENED", _) => "ASSIGNED",
            ("ASSIGNED" | "WAITING_CITIZEN", _) => "IN_PROGRESS",
            ("IN_PROGRESS", 0..=1) => "WAITING_CITIZEN",
            ("IN_PROGRESS", 2) => "TRANSFERRED",
            ("IN_PROGRESS", _) => "RESOLVED",
            ("RESOLVED", 0..=2) => "REOPENED",
            _ => break,
        };
        time += TimeDelta::minutes(minutes(dice, 8));
        if time >= date(2026, 11, 20).and_hms_opt(0, 0, 0).expect("midnight") || events.len() > 12 {
            break;
        }
        let told = json!({ "reason": "Lý do", "reply": "Trả lời", "organization": "SXD" });
        let told = if dice.below(5) == 0 { with(told, json!({ "level": level(dice) })) } else { told };
        events.push(event(&code, &time.format("%Y-%m-%d %H:%M").to_string(), state, told));
    }
    give(pool, "feedback-events", &events).await;
}

/// Some quarters of an hour, at least one, within so many days.
fn minutes(dice: &mut Dice, days: u64) -> i64 {
    15 * (1 + i64::try_from(dice.below(days * 96)).expect("small"))
}

/// Compares the alerts of every fifth day of 2026 with those that the domain expects, as `RULE record since`. Each rule was seen.
async fn compare(pool: &PgPool, kinds: &str, expected: &'static str, rules: &[&str]) {
    let city = at(pool, NOW);
    let told: Vec<(NaiveDate, String)> = sqlx::query_as(expected).fetch_all(pool).await.expect("the oracle");
    let mut seen = BTreeSet::new();
    for step in 0..66 {
        let day = date(2026, 1, 1) + Days::new(step * 5);
        let expected: BTreeSet<String> =
            told.iter().filter(|(of, _)| *of == day).map(|(_, alert)| alert.clone()).collect();
        let document = format!(
            "{{ alerts(filter: {{ kind: [{kinds}] }}, asOf: \"{day}\", first: 500) {{ nodes {{ id rule {{ code }} }} }} }}"
        );
        let answer = city.data(&document).await;
        let found: BTreeSet<String> = answer["alerts"]["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .map(|alert| {
                let mut parts: Vec<&str> = alert["id"].as_str().expect("an id").split(':').collect();
                // Its first day is the end of the appointment, also when nothing needed the position then.
                if parts[0] == "POSITION_VACANT" {
                    parts.pop();
                }
                parts.join(" ")
            })
            .filter(|alert| rules.iter().any(|rule| alert.starts_with(rule)))
            .collect();
        assert_eq!(found, expected, "{day}");
        seen.extend(found);
    }
    for rule in rules {
        assert!(seen.iter().any(|alert| alert.starts_with(rule)), "the city has {rule}");
    }
    assert!(seen.len() > 30, "{seen:?}");
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}
