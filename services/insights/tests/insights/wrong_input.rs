//! Codes and classes that nobody knows.

use serde_json::Value;
use sqlx::PgPool;

use crate::city::{NOW, at, found, operator, problem};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_code_that_nobody_knows_is_named_and_is_no_empty_answer(pool: PgPool) {
    found(&pool).await;
    let card = |by: &str, filter: &str| {
        format!("scorecards(by: {by}, period: \"2026\", where: {{ {filter} }}) {{ totalCount }}")
    };
    let trend =
        |by: &str, code: &str| format!("trend(by: {by}, code: [{code}], period: \"2026\", grain: QUARTER) {{ code }}");
    let near = |of: &str| format!("nearby(period: \"2026\", {of}) {{ totalCount }}");
    let changes = |filter: &str| {
        format!("changesSince(instant: \"2026-11-20T00:00:00Z\", filter: {{ {filter} }}) {{ totalCount }}")
    };
    let alerts = |filter: &str| format!("alerts(filter: {{ {filter} }}) {{ totalCount }}");
    for (field, path) in [
        (card("AREA", "code: [\"00004\", \"4\"]"), "where.code.1"),
        (card("ORGANIZATION", "code: [\"00004\"]"), "where.code.0"),
        (card("CITY", "code: [\"HANOI\"]"), "where.code.0"),
        (card("AREA", "class: [\"WARD\", \"Ward\"]"), "where.class.1"),
        (card("AREA", "measures: [{ measure: TASKS_TOTAL, gt: 0 }, { measure: TASKS_TOTAL }]"), "where.measures.1"),
        (card("AREA", "measures: [{ measure: TASKS_TOTAL, gte: 5, lt: 5 }]"), "where.measures.0"),
        (trend("AREA", "\"00004\", \"X\""), "code.1"),
        (trend("CITY", "\"01\""), "code.0"),
        (near("project: [\"DA-9\"]"), "project.0"),
        (near("site: [\"S-9\"]"), "site.0"),
        (changes("organization: [\"NOPE\"]"), "filter.organization.0"),
        (changes("area: [\"00004\", \"1\"]"), "filter.area.1"),
        (alerts("organization: [\"NOPE\"]"), "filter.organization.0"),
        (alerts("programme: [\"NOPE\"]"), "filter.programme.0"),
    ] {
        let answer = at(&pool, NOW).ask(&operator(), &format!("{{ {field} }}"), Value::Null).await;
        assert_eq!(problem(&answer), ("VALIDATION".to_owned(), path.to_owned()), "{field}");
    }
    for field in [
        card("AREA", "code: [\"00004\"], class: [\"WARD\"]"),
        card("CITY", "code: [\"CITY\"]"),
        trend("CITY", "\"CITY\""),
        trend("AREA", "\"00004\""),
    ] {
        at(&pool, NOW).data(&format!("{{ {field} }}")).await;
    }
}
