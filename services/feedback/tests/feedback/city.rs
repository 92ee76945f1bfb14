//! A small city: two wards, three organizations, and cases that tests push.

use serde_json::{Value, json};
use service_kit::Role;
use service_kit::push::{PushStatus, RowResult};
use service_kit::testing::push;
pub use service_kit::testing::{Asked, person, problem, run};
use sqlx::PgPool;

/// The time of most tests: Friday 27 November 2026, 09:00 in the city.
pub const NOW: &str = "2026-11-27T02:00:00Z";

/// Reference data that cases name.
pub async fn found(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES
             ('00004', 'Phường Ba Đình', 'WARD', 'test', now()), ('00008', 'Phường Ngọc Hà', 'WARD', 'test', now());
         INSERT INTO directory.organization (code, name, axis, level, parent_code, source, observed_at) VALUES
             ('UBND', 'Ủy ban nhân dân', 'COMMITTEE', 'CITY', NULL, 'test', now()),
             ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now()),
             ('DOI', 'Đội thoát nước', 'COMMITTEE', 'DEPARTMENT', 'SXD', 'test', now()),
             ('SYT', 'Sở Y tế', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now());
         INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
             ('GD-SXD', 'Giám đốc', 'SXD', 'test', now());
         INSERT INTO directory.programme (code, title, kind, source, observed_at) VALUES ('CT1', 'Chương trình 1', 'PLAN', 'test', now());
         INSERT INTO directory.bottleneck (code, title, source) VALUES ('FLOODING', 'Úng ngập', 'test'), ('POLLUTION', 'Ô nhiễm', 'test');
         INSERT INTO platform.source (code, open_to_verbs, created_by) VALUES ('ihanoi', true, 'test');",
    )
    .await;
}

/// The service at an instant.
pub fn at(pool: &PgPool, now: &str) -> Asked {
    Asked::at(pool, now, feedback::subgraph)
}

/// Pushes rows of a kind and expects each to be stored.
pub async fn give(pool: &PgPool, kind: &str, rows: &[Value]) {
    let results = offer(pool, kind, rows).await;
    let stored = [PushStatus::Created, PushStatus::Updated, PushStatus::Unchanged, PushStatus::Stale];
    let wrong: Vec<&RowResult> = results.iter().filter(|result| !stored.contains(&result.status)).collect();
    assert!(wrong.is_empty(), "{kind}: {wrong:?}");
}

/// Pushes rows of a kind.
pub async fn offer(pool: &PgPool, kind: &str, rows: &[Value]) -> Vec<RowResult> {
    push(pool, NOW, feedback::push::KINDS, (kind, "ihanoi"), rows).await
}

/// One object with the fields of both.
pub fn with(base: Value, more: Value) -> Value {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else { panic!("objects") };
    base.extend(more);
    base.into()
}

/// An instant of the city's clock, `2026-02-13 16:00`.
pub fn clock(text: &str) -> String {
    format!("{}:00+07:00", text.replace(' ', "T"))
}

/// A case as it is received at a time of the city's clock.
pub fn case(code: &str, submitted: &str, more: Value) -> Value {
    let base = json!({
        "externalId": code, "observedAt": clock(submitted), "code": code, "channel": "IHANOI", "category": "NOISE",
        "area": "00004", "text": format!("Phản ánh {code}"), "submittedAt": clock(submitted),
    });
    with(base, more)
}

/// Something that happened to a case at a time of the city's clock.
pub fn event(case: &str, time: &str, status: &str, more: Value) -> Value {
    let base = json!({ "externalId": format!("{case}/{time}/{status}"), "observedAt": clock(time), "feedback": case, "status": status });
    let needed = match status {
        "ASSIGNED" => json!({ "organization": "SXD" }),
        "WAITING_CITIZEN" => json!({ "reason": "Ở đâu?" }),
        "REJECTED" | "REOPENED" | "TRANSFERRED" => json!({ "reason": "Vì thế" }),
        "RESOLVED" | "CLOSED" => json!({ "reply": "Đã xử lý" }),
        _ => json!({}),
    };
    with(with(base, needed), more)
}

/// Pushes the events of a case in their order.
pub async fn happen(pool: &PgPool, case: &str, steps: &[(&str, &str)]) {
    let rows: Vec<Value> = steps.iter().map(|(time, status)| event(case, time, status, json!({}))).collect();
    give(pool, "feedback-events", &rows).await;
}

/// A rating of a case.
pub fn rating(case: &str, time: &str, score: i64) -> Value {
    json!({ "externalId": format!("{case}/{time}"), "observedAt": clock(time), "feedback": case, "score": score, "ratedAt": clock(time) })
}

/// Id and version of a case.
pub async fn row(pool: &PgPool, code: &str) -> (String, i32) {
    sqlx::query_as("SELECT id::text, version FROM feedback.feedback WHERE code = $1")
        .bind(code)
        .fetch_one(pool)
        .await
        .expect("a case")
}

/// The operations center, which takes feedback in.
pub fn intake() -> service_kit::Principal {
    person("intake", &[Role::Ioc], None, None)
}

/// Somebody who works for an organization.
pub fn lead(organization: &str) -> service_kit::Principal {
    person("lead", &[Role::Lead], Some(organization), None)
}

/// Fields of the only case with a code, as of a day.
pub async fn look(asked: &Asked, code: &str, fields: &str, as_of: Option<&str>) -> Value {
    let as_of = as_of.map(|day| format!(", asOf: \"{day}\"")).unwrap_or_default();
    let document =
        format!("{{ feedbacks(filter: {{ code: [\"{code}\"] }}{as_of}) {{ edges {{ node {{ {fields} }} }} }} }}");
    asked.data(&document).await["feedbacks"]["edges"][0]["node"].clone()
}

/// The totals of a period, as of a day.
pub async fn totals(asked: &Asked, period: &str, as_of: Option<&str>, fields: &str) -> Value {
    let as_of = as_of.map(|day| format!(", asOf: \"{day}\"")).unwrap_or_default();
    let document = format!("{{ feedbackStats(period: \"{period}\"{as_of}) {{ totals {{ {fields} }} }} }}");
    asked.data(&document).await["feedbackStats"]["totals"].clone()
}
