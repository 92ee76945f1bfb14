//! Functions of the database that the services share.

use sqlx::{PgPool, query_scalar};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_set_of_codes_has_none_twice_and_none_missing(pool: PgPool) {
    for (codes, is_set) in [
        ("{}", Some(true)),
        ("{A}", Some(true)),
        ("{NULL}", Some(false)),
        ("{A,B}", Some(true)),
        ("{A,A}", Some(false)),
        ("{A,NULL}", Some(false)),
        ("{B,A,B}", Some(false)),
    ] {
        let found: Option<bool> = query_scalar("SELECT platform.is_code_set($1::text[])")
            .bind(codes)
            .fetch_one(&pool)
            .await
            .expect("checked");
        assert_eq!(found, is_set, "{codes}");
    }
    let absent: Option<bool> =
        query_scalar("SELECT platform.is_code_set(NULL)").fetch_one(&pool).await.expect("checked");
    assert_eq!(absent, None, "what is absent is judged by NOT NULL");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_code_is_known_by_its_kind(pool: PgPool) {
    for (kind, code, is_known) in [
        ("category", "FLOODING", true),
        ("feedback category", "FLOODING", true),
        ("category", "NONE", false),
        ("legal rule", "OFFICE_MORNING_FROM", true),
        ("organization", "FLOODING", false),
        ("source", "ioc", true),
        ("source", "nobody", false),
        ("no kind", "FLOODING", false),
    ] {
        let found: bool = query_scalar("SELECT directory.published_knows($1, $2)")
            .bind(kind)
            .bind(code)
            .fetch_one(&pool)
            .await
            .expect("asked");
        assert_eq!(found, is_known, "{kind} {code}");
    }
}

/// PostgreSQL puts the expression of a function in the place of its call, unless there is a query in it. These are called for each
/// row of a push.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn functions_of_many_rows_are_put_in_the_place_of_their_call(pool: PgPool) {
    for sql in [
        "EXPLAIN (VERBOSE) SELECT platform.is_code_set(attributes) AS called FROM feedback.feedback",
        "EXPLAIN (VERBOSE) SELECT tasks.fact_inputs(changes) AS called FROM tasks.task_event",
        "EXPLAIN (VERBOSE) SELECT (SELECT w FROM feedback.worked_until(submitted_at) AS w) AS called FROM feedback.feedback",
        "EXPLAIN (VERBOSE) SELECT (SELECT i FROM feedback.instants_of(version) AS i) AS called FROM feedback.feedback",
    ] {
        let plan: Vec<String> = query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await.expect("explained");
        let plan = plan.join("\n");
        for called in ["is_code_set(", "fact_inputs(", "Function Scan"] {
            assert!(!plan.contains(called), "{plan}");
        }
    }
}
