//! Citizen feedback: every state and channel, pauses, seasons, the published shares, and a second load that says nothing new.

use sample::{NoProgress, Part, Summary, Volume};
use sqlx::PgPool;

use crate::support::instant;

const NOW: &str = "2026-11-26T10:00:00Z";

async fn number(pool: &PgPool, sql: &'static str) -> f64 {
    sqlx::query_scalar::<_, f64>(sql).fetch_one(pool).await.expect(sql)
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_feedback_has_every_state_and_the_published_shares(pool: PgPool) {
    let load = async |volume| {
        let parts = [Part::Projects, Part::Feedback];
        sample::load_parts("hanoi", &parts, volume, &pool, instant(NOW), &NoProgress).await.expect("loads")
    };
    let first = load(None).await;
    assert!(first.feedback_rows > 80_000, "{first}");
    assert_eq!(first.feedback_rows_refused, 0, "{first}");
    for (low, high, sql) in [
        (18_500.0, 20_000.0, "SELECT count(*)::float8 FROM feedback.feedback"),
        // Cases of the last days are not all answered: states, channels, levels, kinds, senders.
        (11.0, 11.0, "SELECT count(DISTINCT s)::float8 FROM (SELECT changes ->> 'status' AS s FROM feedback.feedback_event UNION SELECT 'RECEIVED') AS e WHERE s IS NOT NULL"),
        (5.0, 5.0, "SELECT count(DISTINCT channel)::float8 FROM feedback.feedback"),
        (3.0, 3.0, "SELECT count(DISTINCT level)::float8 FROM feedback.feedback"),
        (4.0, 4.0, "SELECT count(DISTINCT kind)::float8 FROM feedback.feedback"),
        (3.0, 3.0, "SELECT count(DISTINCT sender)::float8 FROM feedback.feedback"),
        (16.0, 16.0, "SELECT count(DISTINCT category_code)::float8 FROM feedback.feedback"),
        (126.0, 126.0, "SELECT count(DISTINCT area_code)::float8 FROM feedback.feedback"),
        // As published for November 2024: 6.3 % rejected.
        (0.055, 0.07, "SELECT avg((status = 'REJECTED')::int)::float8 FROM feedback.feedback"),
        (0.65, 0.95, "SELECT avg((resolved_at <= due_at)::int)::float8 FROM feedback.fact_present WHERE is_term AND due_at < now() AND stored_status NOT IN ('REJECTED', 'MERGED')"),
        (0.005, 0.06, "SELECT avg((feedback.is_open(status))::int)::float8 FROM feedback.feedback"),
        // Floods in the rainy months, and little at Tết.
        (3.0, 9.0, "SELECT count(*) FILTER (WHERE extract(month FROM submitted_at) BETWEEN 5 AND 10)::float8 / count(*) FILTER (WHERE extract(month FROM submitted_at) IN (1, 2, 3, 4, 11, 12))
                    FROM feedback.feedback WHERE category_code = 'FLOODING'"),
        // The busiest ward has many times the cases of the quietest.
        (8.0, 200.0, "SELECT max(n)::float8 / min(n) FROM (SELECT count(*) AS n FROM feedback.feedback GROUP BY area_code) AS a"),
        // A committee and two wards answer in time, and few of the senders are satisfied.
        (0.95, 1.0, "SELECT avg(coalesce(resolved_at <= due_at, false)::int)::float8 FROM feedback.fact_present WHERE is_term AND lead = 'UBND-00082'
                     AND due_on >= '2026-01-01' AND due_on < '2026-11-21' AND stored_status NOT IN ('REJECTED', 'MERGED')"),
        (30.0, 100.0, "SELECT count(*)::float8 FROM feedback.rating AS r JOIN feedback.feedback AS f ON f.id = r.feedback_id
                       WHERE lead_organization_code = 'UBND-00082' AND rated_at >= '2026-01-01' AND rated_at < '2026-11-21'"),
        (0.4, 0.65, "SELECT avg((score >= 4)::int)::float8 FROM feedback.rating AS r JOIN feedback.feedback AS f ON f.id = r.feedback_id
                     WHERE area_code IN ('00082', '00283') AND rated_at >= '2026-01-01'"),
        // Wards with land to clear whose senders are less satisfied than the year before, each with 30 ratings in both years.
        (3.0, 3.0, "SELECT count(*)::float8 FROM (SELECT area_code FROM feedback.rating AS r JOIN feedback.feedback AS f ON f.id = r.feedback_id
                    WHERE area_code IN ('00340', '00613', '10183') AND rated_at < '2026-11-21' GROUP BY area_code
                    HAVING least(count(*) FILTER (WHERE rated_at < '2026-01-01'), count(*) FILTER (WHERE rated_at >= '2026-01-01')) >= 30
                       AND avg((score >= 4)::int) FILTER (WHERE rated_at >= '2026-01-01') < avg((score >= 4)::int) FILTER (WHERE rated_at < '2026-01-01') - 0.2) AS a"),
        (500.0, 5000.0, "SELECT count(*)::float8 FROM feedback.feedback_event WHERE changes ->> 'status' = 'WAITING_CITIZEN'"),
        (0.0, 0.0, "SELECT count(*)::float8 FROM platform.receipt WHERE kind LIKE 'feedback%' AND (parked + rejected > 0 OR state <> 'DONE')"),
        (0.0, 0.0, "SELECT count(*)::float8 FROM feedback.sender WHERE name NOT LIKE 'Người gửi mẫu %'"),
        (0.0, 0.0, "SELECT feedback.derive(array_agg(id))::float8 FROM (SELECT id FROM feedback.feedback ORDER BY id LIMIT 1000) AS thousand"),
    ] {
        let found = number(&pool, sql).await;
        assert!((low..=high).contains(&found), "{found} is not from {low} to {high}: {sql}");
    }
    let events = "SELECT count(*)::float8 FROM feedback.feedback_event";
    let stored = number(&pool, events).await;
    assert_eq!(load(None).await, Summary::default());
    assert!((number(&pool, events).await - stored).abs() < 0.5);
    let volume = load(Some(Volume::Tasks(45))).await;
    assert_eq!(volume.feedback_rows_refused, 0, "{volume}");
    let of_volume = number(&pool, "SELECT count(*)::float8 FROM feedback.feedback WHERE code LIKE 'PV-%'").await;
    assert!((110.0..=150.0).contains(&of_volume), "{of_volume}");
}
