//! A small city, and a way to ask.

use serde_json::Value;
use service_kit::Principal;
use service_kit::testing::Asked;
use sqlx::PgPool;

const NOW: &str = "2026-03-15T02:00:00Z";

/// A small city: two wards and a commune, a tree of organizations, one post with a hand-over, two programmes.
const CITY: &str = "
INSERT INTO directory.area (code, name, short_name, kind, parent_code, lat, lon, area_km2, source, observed_at) VALUES
    ('01', 'Thành phố Hà Nội', 'Hà Nội', 'CITY', NULL, NULL, NULL, NULL, 'test', now()),
    ('00004', 'Phường Ba Đình', 'Ba Đình', 'WARD', '01', 21.0386, 105.838, 2.97, 'test', now()),
    ('00235', 'Phường Đống Đa', 'Đống Đa', 'WARD', '01', 21.01, 105.82, 2.08, 'test', now()),
    ('00376', 'Xã Sóc Sơn', 'Sóc Sơn', 'COMMUNE', '01', NULL, NULL, NULL, 'test', now());
INSERT INTO directory.area_succession VALUES
    ('00001', 'Phường Phúc Xá', '00004', NULL, '2025-07-01', 'test'),
    ('00006', 'Phường Vĩnh Phúc', '00004', 0.4, '2025-07-01', 'test');
INSERT INTO directory.organization (code, name, axis, level, parent_code, area_code, source, observed_at) VALUES
    ('UBND', 'Ủy ban nhân dân thành phố Hà Nội', 'COMMITTEE', 'CITY', NULL, NULL, 'test', now()),
    ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'UBND', NULL, 'test', now()),
    ('UBND-00004', 'Ủy ban nhân dân phường Ba Đình', 'COMMITTEE', 'COMMUNE', 'UBND', '00004', 'test', now()),
    ('TU', 'Thành ủy Hà Nội', 'PARTY', 'CITY', NULL, NULL, 'test', now());
INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
    ('GD-SXD', 'Giám đốc Sở Xây dựng', 'SXD', 'test', now());
INSERT INTO directory.official (code, display_name, source, observed_at) VALUES
    ('O1', 'Giám đốc Sở Xây dựng (đến 28/2/2026)', 'test', now()),
    ('O2', 'Giám đốc Sở Xây dựng (từ 10/3/2026)', 'test', now());
INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at) VALUES
    (gen_random_uuid(), 'O1', 'GD-SXD', '2025-07-01', '2026-03-01', 'test', now()),
    (gen_random_uuid(), 'O2', 'GD-SXD', '2026-03-10', NULL, 'test', now());
INSERT INTO directory.programme (code, title, kind, parent_code, supersedes_code, source, observed_at) VALUES
    ('NQ', 'Nghị quyết Đại hội', 'RESOLUTION', NULL, NULL, 'test', now()),
    ('CT01', 'Chương trình số 01', 'ACTION_PROGRAMME', 'NQ', NULL, 'test', now()),
    ('CTHĐ', 'Chương trình hành động', 'ACTION_PROGRAMME', 'NQ', 'CT01', 'test', now());
";

pub async fn city(pool: &PgPool) {
    sqlx::raw_sql(CITY).execute(pool).await.expect("the test city");
}

pub async fn data(pool: &PgPool, query: &str) -> Value {
    Asked::at(pool, NOW, directory::subgraph).data(query).await
}

/// Code and path of the only error.
pub async fn problem(pool: &PgPool, query: &str) -> (String, String) {
    let asked = Asked::at(pool, NOW, directory::subgraph);
    service_kit::testing::problem(&asked.ask(&Principal::default(), query, Value::Null).await)
}
