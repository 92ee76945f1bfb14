//! What depends on a date: holders, working days, rules.

use serde_json::json;
use sqlx::PgPool;

use crate::city::{city, data};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_position_resolves_to_its_holder_on_a_date_and_to_nobody_while_vacant(pool: PgPool) {
    city(&pool).await;
    let answer = data(
        &pool,
        "{ position(code: \"GD-SXD\") { title today: holder { code } last: holder(asOf: \"2026-02-28\") { code }
             vacant: holder(asOf: \"2026-03-01\") { code } first: holder(asOf: \"2026-03-10\") { code }
             organization { code } } }",
    )
    .await;
    assert_eq!(
        answer["position"],
        json!({ "title": "Giám đốc Sở Xây dựng", "today": { "code": "O2" }, "last": { "code": "O1" }, "vacant": null,
                "first": { "code": "O2" }, "organization": { "code": "SXD" } })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn two_appointments_to_one_position_never_overlap(pool: PgPool) {
    city(&pool).await;
    let insert = |from: &'static str| {
        sqlx::query(
            "INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at)
             VALUES (gen_random_uuid(), 'O1', 'GD-SXD', $1::date, '2026-03-10', 'test', now())",
        )
        .bind(from)
        .execute(&pool)
    };
    assert!(insert("2026-02-28").await.is_err(), "overlaps the first appointment by one day");
    assert!(insert("2026-03-01").await.is_ok(), "fills the gap exactly");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_calendar_counts_working_days_and_says_when_it_does_not_know(pool: PgPool) {
    // February 2026 has 20 weekdays, five of which are Tết; 10 January 2026 is a swapped Saturday; 2028 is not covered.
    let answer = data(
        &pool,
        "{ february: workingDays(from: \"2026-02-01\", until: \"2026-03-01\")
           empty: workingDays(from: \"2026-02-03\", until: \"2026-02-03\")
           unknown: workingDays(from: \"2027-12-31\", until: \"2028-01-02\")
           calendar(from: \"2026-01-10\", to: \"2026-01-10\") { working name } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({ "february": 15, "empty": 0, "unknown": null, "calendar": [{ "working": true, "name": "Làm bù ngày 2/1" }] })
    );
}

/// Facts are read by it: a change that it does not count would leave deadlines as they were.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_transaction_that_changes_rules_or_the_calendar_is_counted_once(pool: PgPool) {
    let number = async || -> i64 {
        let sql = "SELECT number FROM directory.published_rule_revision";
        sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a number")
    };
    let before = number().await;
    let (raise, open, other) = (
        "UPDATE directory.legal_rule SET value = value + 1 WHERE code LIKE 'FEEDBACK_RESOLVE_%'",
        "UPDATE directory.calendar_day SET working = true WHERE day BETWEEN '2026-02-16' AND '2026-02-20'",
        "UPDATE directory.area SET name = name",
    );
    for (statements, changes) in [
        (vec![raise], 1),
        (vec![open], 1),
        (vec![raise, open, "DELETE FROM directory.calendar_day WHERE day = '2026-03-03'"], 1),
        (vec![other], 0),
        (vec!["UPDATE directory.legal_rule SET value = value + 1 WHERE code = 'NONE'"], 0),
    ] {
        let at_first = number().await;
        let mut transaction = pool.begin().await.expect("a transaction");
        for statement in &statements {
            sqlx::query(*statement).execute(&mut *transaction).await.expect(statement);
        }
        assert_eq!(number().await, at_first, "not before its end");
        transaction.commit().await.expect("a commit");
        assert_eq!(number().await - at_first, changes, "{statements:?}");
    }
    let mut taken_back = pool.begin().await.expect("a transaction");
    sqlx::query(raise).execute(&mut *taken_back).await.expect("a change");
    taken_back.rollback().await.expect("a rollback");
    assert_eq!(number().await, before + 3);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rule_has_the_value_of_its_date(pool: PgPool) {
    let answer = data(
        &pool,
        "{ before: legalRules(codes: [\"LAND_NOTICE_OTHER\"], asOf: \"2025-12-31\") { value }
           after: legalRules(codes: [\"LAND_NOTICE_OTHER\"], asOf: \"2026-01-01\") { value unit } }",
    )
    .await;
    assert_eq!(answer, json!({ "before": [{ "value": "180" }], "after": [{ "value": "120", "unit": "days" }] }));
}
