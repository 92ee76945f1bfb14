//! The shares that a dashboard shows are those of an ordinary year.

use sqlx::PgPool;

use crate::support::{load, task_facts};

/// What is measured of one axis on one day.
#[derive(Debug, sqlx::FromRow)]
struct Measured {
    axis: String,
    total: i64,
    overdue: i64,
    at_risk: i64,
    due: i64,
    on_time: i64,
}

const BY_AXIS: &str = concat!(
    "SELECT coalesce(o.axis, 'ALL') AS axis, count(*) AS total,
        count(*) FILTER (WHERE f.is_overdue) AS overdue,
        count(*) FILTER (WHERE f.at_risk_reasons <> '{}') AS at_risk,
        count(*) FILTER (WHERE f.current_due < $1) AS due,
        count(*) FILTER (WHERE f.current_due < $1 AND f.done_on <= f.current_due) AS on_time
    FROM ",
    task_facts!("$1"),
    " JOIN directory.organization AS o ON o.code = f.lead_organization_code GROUP BY ROLLUP (o.axis) ORDER BY o.axis"
);

const BY_REASON: &str = concat!(
    "SELECT reason, count(*) FROM ",
    task_facts!("$1"),
    ", unnest(f.at_risk_reasons) AS reason GROUP BY reason ORDER BY reason"
);

const CLARITY: &str = concat!(
    "SELECT count(*) FILTER (WHERE clear_person AND clear_action AND clear_due AND clear_lead AND clear_product AND clear_authority),
            count(*) FILTER (WHERE NOT clear_person), count(*) FILTER (WHERE NOT clear_action), count(*) FILTER (WHERE NOT clear_due),
            count(*) FILTER (WHERE NOT clear_lead), count(*) FILTER (WHERE NOT clear_product), count(*) FILTER (WHERE NOT clear_authority)
     FROM ",
    task_facts!("$1")
);

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_axis_has_overdue_and_endangered_tasks_and_the_shares_are_plausible(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    for text in ["2026-06-30", "2026-09-30", "2026-11-21"] {
        let day = day(text);
        let measured: Vec<Measured> = sqlx::query_as(BY_AXIS).bind(day).fetch_all(&pool).await.expect("measures");
        assert_eq!(measured.len(), 5);
        for row in &measured {
            assert!(row.overdue > 0 && row.at_risk > 0, "{day} {row:?}");
            assert!(0 < row.on_time && row.on_time < row.due, "{day} {row:?}");
        }
        let all = measured.iter().find(|row| row.axis == "ALL").expect("the sum");
        assert!((8..=15).contains(&(all.overdue * 100 / all.total)), "{day} {all:?}");
        assert!((10..=20).contains(&(all.at_risk * 100 / all.total)), "{day} {all:?}");
        assert!((70..=90).contains(&(all.on_time * 100 / all.due)), "{day} {all:?}");
        let reasons = sqlx::query_as(BY_REASON).bind(day).fetch_all(&pool).await;
        let reasons: Vec<(String, i64)> = reasons.expect("reasons");
        assert_eq!(reasons.len(), 5, "{day}: all five reasons occur");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn clarity_is_mostly_complete_and_its_gaps_are_of_every_kind(pool: PgPool) {
    load(&pool, "2026-11-21T10:00:00Z").await.expect("loads");
    let clarity = sqlx::query_as(CLARITY).bind(day("2026-11-21")).fetch_one(&pool).await;
    let (complete, person, action, due, lead, product, authority): (i64, i64, i64, i64, i64, i64, i64) =
        clarity.expect("clarity");
    assert!((115..=207).contains(&complete), "half to nine tenths of the tasks are clear in all six: {complete}");
    for gap in [person, action, due, lead, product, authority] {
        assert!(gap > 0);
    }
}
