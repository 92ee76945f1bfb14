//! Alerts of past days against plain SQL over base tables, day by day.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::PgPool;

use crate::city::{NOW, at, change, found, give, milestone, parcel, project, task};

/// A sequence of numbers below a bound that looks random and is the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What the domain says, from base tables: on which days which record is in which condition. The first day of a run is found by
/// counting days, not runs.
const EXPECTED: &str = "
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
        let mut day = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).expect("a day");
        for _ in 0..9 {
            day = day + chrono::Days::new(1 + dice.below(40));
            let columns = match dice.below(7) {
                0 => "status = 'BLOCKED', submitted_on = NULL, submitted_by = NULL, closed_on = NULL".to_owned(),
                1 | 2 => {
                    "status = 'IN_PROGRESS', submitted_on = NULL, submitted_by = NULL, closed_on = NULL".to_owned()
                }
                3 => format!("status = 'SUBMITTED', submitted_on = '{day}', submitted_by = 'x', closed_on = NULL"),
                4 => format!("status = 'COMPLETED', submitted_on = '{day}', submitted_by = 'x', closed_on = '{day}'"),
                5 => format!("current_due = '{}'", day + chrono::Days::new(dice.below(60))),
                _ => format!("self_declared_risk = '{}'", if dice.below(2) == 0 { "HIGH" } else { "LOW" }),
            };
            change(&pool, &code, &day.to_string(), &columns).await;
        }
    }
    give(&pool, "projects", &[project("DA", json!({ "accountable": null }))]).await;
    for number in 0..8 {
        let name = format!("P{number}");
        parcel(&pool, &name, "DA", "00004").await;
        let start = chrono::NaiveDate::from_ymd_opt(2025, 2, 1).expect("a day") + chrono::Days::new(dice.below(300));
        let mut steps = vec![milestone(&name, "NOTIFIED", &start.to_string())];
        let mut day = start;
        for kind in ["POSTED", "APPROVED", "PAID", "RECOVERY_DECIDED"] {
            day = day + chrono::Days::new(35 + dice.below(90));
            if day.to_string().as_str() < "2026-11-20" && dice.below(5) > 0 {
                steps.push(milestone(&name, kind, &day.to_string()));
            }
        }
        give(&pool, "parcel-events", &steps).await;
    }
    let city = at(&pool, NOW);
    let kinds = "OVERDUE, AT_RISK, NOTICE_LAPSING, PAYMENT_LATE, NO_HOLDER";
    let told: Vec<(chrono::NaiveDate, String)> = sqlx::query_as(EXPECTED).fetch_all(&pool).await.expect("the oracle");
    let mut seen = BTreeSet::new();
    for step in 0..66 {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + chrono::Days::new(step * 5);
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
            .collect();
        assert_eq!(found, expected, "{day}");
        seen.extend(found);
    }
    for rule in ["TASK_OVERDUE", "TASK_AT_RISK", "NOTICE_LAPSING", "PAYMENT_LATE", "POSITION_VACANT"] {
        assert!(seen.iter().any(|alert| alert.starts_with(rule)), "the city has {rule}");
    }
    assert!(seen.len() > 30, "{seen:?}");
}
