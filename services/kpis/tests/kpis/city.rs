//! A small city: two wards, two departments, indicators, targets and observations that tests push.

use serde_json::{Value, json};
use service_kit::push::{PushStatus, RowResult};
use service_kit::testing::push;
pub use service_kit::testing::{Asked, run};
use sqlx::PgPool;

/// The time of all tests: a Friday.
pub const NOW: &str = "2026-11-27T02:00:00Z";

/// Reference data that indicators name.
pub async fn found(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES
             ('01', 'Thành phố', 'CITY', 'test', now()), ('00004', 'Phường Ba Đình', 'WARD', 'test', now()),
             ('00008', 'Phường Ngọc Hà', 'WARD', 'test', now()), ('00025', 'Xã Giảng Võ', 'COMMUNE', 'test', now());
         INSERT INTO directory.organization (code, name, axis, level, parent_code, source, observed_at) VALUES
             ('UBND', 'Ủy ban nhân dân', 'COMMITTEE', 'CITY', NULL, 'test', now()),
             ('STC', 'Sở Tài chính', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now()),
             ('PHONG', 'Phòng Tổng hợp', 'COMMITTEE', 'DEPARTMENT', 'STC', 'test', now()),
             ('SYT', 'Sở Y tế', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now()),
             ('TKE', 'Chi cục Thống kê', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now());
         INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
             ('GD-STC', 'Giám đốc', 'STC', 'test', now());
         INSERT INTO directory.official (code, display_name, source, observed_at) VALUES ('AN', 'Ông An', 'test', now());
         INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at) VALUES
             (gen_random_uuid(), 'AN', 'GD-STC', '2024-01-01', '2026-07-01', 'test', now());
         INSERT INTO directory.programme (code, title, kind, source, observed_at) VALUES
             ('CT1', 'Chương trình 1', 'PLAN', 'test', now()), ('CT2', 'Chương trình 2', 'PLAN', 'test', now());
         INSERT INTO directory.bottleneck (code, title, source) VALUES ('FLOODING', 'Úng ngập', 'test');
         INSERT INTO platform.source (code, open_to_verbs, created_by) VALUES ('office', true, 'test');",
    )
    .await;
}

/// Pushes rows of a kind and expects each to be stored.
pub async fn give(pool: &PgPool, kind: &str, rows: &[Value]) {
    let results = offer(pool, kind, rows).await;
    let wrong: Vec<&RowResult> = results
        .iter()
        .filter(|result| {
            !matches!(
                result.status,
                PushStatus::Created | PushStatus::Updated | PushStatus::Unchanged | PushStatus::Stale
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{kind}: {wrong:?}");
}

/// Pushes rows of a kind.
pub async fn offer(pool: &PgPool, kind: &str, rows: &[Value]) -> Vec<RowResult> {
    push(pool, NOW, kpis::push::KINDS, (kind, "office"), rows).await
}

/// One object with the fields of both.
pub fn with(base: Value, more: Value) -> Value {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else { panic!("objects") };
    base.extend(more);
    base.into()
}

/// An indicator of the department of finance, higher is better, known since the beginning of 2022.
pub fn indicator(code: &str, nature: &str, frequency: &str, more: Value) -> Value {
    let base = json!({
        "externalId": code, "observedAt": "2022-01-02T02:00:00Z", "code": code, "name": format!("Chỉ tiêu {code}"), "unit": "%",
        "direction": "HIGHER", "nature": nature, "frequency": frequency, "organization": "STC", "accountable": "GD-STC",
        "programmes": ["CT1"], "scopes": ["CITY", "AREA"], "reportingLagDays": 20,
    });
    with(base, more)
}

/// A target of an area, decided at the beginning of 2025.
pub fn target(indicator: &str, area: &str, period: &str, more: Value) -> Value {
    let base = json!({
        "externalId": format!("{indicator}/{area}/{period}"), "observedAt": "2025-01-02T02:00:00Z", "indicator": indicator, "area": area,
        "period": period, "decidedOn": "2025-01-02",
    });
    with(base, more)
}

/// A published value of an area, ten days after its period.
pub fn observed(indicator: &str, area: &str, period: &str, day: &str, more: Value) -> Value {
    let base = json!({
        "externalId": format!("{indicator}/{area}/{period}"), "observedAt": format!("{day}T02:00:00Z"), "indicator": indicator, "area": area,
        "period": period, "status": "PUBLISHED",
    });
    with(base, more)
}

/// The subgraph at the time of all tests.
pub fn asked(pool: &PgPool) -> Asked {
    Asked::at(pool, NOW, kpis::subgraph)
}
