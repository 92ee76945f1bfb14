//! A small city: two wards, two departments, projects and parcels that tests push.

use serde_json::{Value, json};
use service_kit::push::{PushStatus, RowResult};
use service_kit::testing::push;
pub use service_kit::testing::{Asked, person, problem, run};
use sqlx::PgPool;

/// The time of all tests: a Friday.
pub const NOW: &str = "2026-11-27T02:00:00Z";

/// Reference data that projects name.
pub async fn found(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES
             ('00004', 'Phường Ba Đình', 'WARD', 'test', now()), ('00008', 'Phường Ngọc Hà', 'WARD', 'test', now()),
             ('00025', 'Phường Giảng Võ', 'WARD', 'test', now());
         INSERT INTO directory.organization (code, name, axis, level, parent_code, source, observed_at) VALUES
             ('UBND', 'Ủy ban nhân dân', 'COMMITTEE', 'CITY', NULL, 'test', now()),
             ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now()),
             ('BAN', 'Ban Quản lý dự án', 'COMMITTEE', 'DEPARTMENT', 'SXD', 'test', now()),
             ('SYT', 'Sở Y tế', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now());
         INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
             ('GD-SXD', 'Giám đốc', 'SXD', 'test', now());
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
        .filter(|result| !matches!(result.status, PushStatus::Created | PushStatus::Updated | PushStatus::Unchanged))
        .collect();
    assert!(wrong.is_empty(), "{kind}: {wrong:?}");
}

/// Pushes rows of a kind.
pub async fn offer(pool: &PgPool, kind: &str, rows: &[Value]) -> Vec<RowResult> {
    push(pool, NOW, projects::push::KINDS, (kind, "office"), rows).await
}

/// One object with the fields of both.
pub fn with(base: Value, more: Value) -> Value {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else { panic!("objects") };
    base.extend(more);
    base.into()
}

/// A project in its implementation, known since the beginning of 2025.
pub fn project(code: &str, more: Value) -> Value {
    let base = json!({
        "externalId": code, "observedAt": "2025-01-02T02:00:00Z", "code": code, "name": format!("Dự án {code}"),
        "phase": "IMPLEMENTATION", "organization": "SXD", "areas": ["00004"], "programmes": ["CT1"],
        "baselineEnd": "2026-12-31", "forecastEnd": "2026-12-31",
    });
    with(base, more)
}

/// A site of a project in a ward.
pub fn site(code: &str, project: &str, area: &str) -> Value {
    json!({ "externalId": code, "observedAt": "2025-01-02T02:00:00Z", "code": code, "name": format!("Khu {code}"), "project": project, "area": area })
}

/// A parcel of a site, of 100 m² of agricultural land.
pub fn parcel(number: &str, site: &str, more: Value) -> Value {
    let base = json!({
        "externalId": number, "observedAt": "2025-01-02T02:00:00Z", "site": site, "mapSheet": "1", "parcelNumber": number,
        "landType": "AGRI", "areaToAcquire": "100",
    });
    with(base, more)
}

/// Something that happened to a parcel.
pub fn event(parcel: &str, kind: &str, day: &str) -> Value {
    json!({
        "externalId": format!("{parcel}/{kind}"), "observedAt": format!("{day}T02:00:00Z"), "parcel": parcel, "kind": kind,
        "happenedOn": day, "document": format!("VB-{kind}"),
    })
}

/// A party.
pub fn party(code: &str) -> Value {
    json!({ "externalId": code, "observedAt": "2025-01-02T02:00:00Z", "code": code, "kind": "HOUSEHOLD" })
}

/// A right of a party to a parcel.
pub fn right(parcel: &str, party: &str, share: &str) -> Value {
    json!({ "externalId": format!("{parcel}/{party}"), "observedAt": "2025-01-02T02:00:00Z", "parcel": parcel, "party": party, "share": share })
}

/// A project `DA` with a site `K1` in ward 00004.
pub async fn with_site(pool: &PgPool) {
    found(pool).await;
    give(pool, "projects", &[project("DA", json!({}))]).await;
    give(pool, "sites", &[site("K1", "DA", "00004")]).await;
}

/// Codes of the violations of a parcel.
pub async fn violations(pool: &PgPool, parcel: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT v.code FROM projects.violation AS v JOIN projects.parcel_case AS p ON p.id = v.parcel_id WHERE p.external_id = $1 ORDER BY 1",
    )
    .bind(parcel)
    .fetch_all(pool)
    .await
    .expect("violations")
}

/// Id and version of a row by its external id.
pub async fn row(pool: &PgPool, table: &str, external_id: &str) -> (String, i32) {
    let sql = format!("SELECT id::text, version FROM {table} WHERE external_id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(external_id).fetch_one(pool).await.expect("a row")
}
