//! The export in OC4IDS: the rules of the standard that its schema and its checks have, who gets which projects, and that
//! nothing of a household is in it. The allowed values are copied from the codelists of OC4IDS 0.9.5.

use std::collections::BTreeSet;

use chrono::DateTime;
use futures::TryStreamExt;
use projects::oc4ids::{Asked, Chunk, Export, Settings};
use schema::clock::CityTime;
use serde_json::{Value, json};
use service_kit::testing::{count_statements, instant, operator, person, run};
use service_kit::{Database, Principal, Problem, Role};
use sqlx::PgPool;

const NOW: &str = "2026-11-21T03:00:00Z";

const STATUSES: [&str; 8] = [
    "identification",
    "preparation",
    "implementation",
    "completion",
    "maintenance",
    "decommissioning",
    "decommissioned",
    "cancelled",
];

const TYPES: [&str; 5] = ["construction", "rehabilitation", "replacement", "expansion", "decommissioning"];

const MODIFICATIONS: [&str; 3] = ["duration", "value", "scope"];

/// Fields of which the schema says `"format": "date-time"`.
const TIMES: [&str; 8] =
    ["publishedDate", "updated", "startDate", "endDate", "date", "dateMet", "datePublished", "approvalDate"];

/// Fields of a project that are exported; all are of the schema.
const FIELDS: [&str; 20] = [
    "id",
    "updated",
    "language",
    "identifiers",
    "title",
    "status",
    "type",
    "purpose",
    "period",
    "publicAuthority",
    "parties",
    "locations",
    "policyAlignment",
    "budget",
    "transactions",
    "forecasts",
    "completion",
    "documents",
    "social",
    "contractingProcesses",
];

/// Organizations, areas and projects of every kind and phase.
async fn catalogue(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO directory.area (code, name, kind, lat, lon, source, observed_at) VALUES
             ('01', 'Thành phố Hà Nội', 'CITY', 21.03, 105.85, 'test', now()), ('00004', 'Phường Ba Đình', 'WARD', 21.04, 105.84, 'test', now()),
             ('00235', 'Phường Giảng Võ', 'WARD', NULL, NULL, 'test', now());
         INSERT INTO directory.organization (code, name, axis, level, parent_code, source, observed_at) VALUES
             ('TU', 'Thành ủy', 'PARTY', 'CITY', NULL, 'test', now()),
             ('UBND', 'Ủy ban nhân dân thành phố Hà Nội', 'COMMITTEE', 'CITY', NULL, 'test', now()),
             ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now()),
             ('BAN', 'Ban Quản lý dự án', 'COMMITTEE', 'DEPARTMENT', 'SXD', 'test', now()),
             ('SYT', 'Sở Y tế', 'COMMITTEE', 'DEPARTMENT', 'UBND', 'test', now());
         INSERT INTO directory.programme (code, title, kind, source, observed_at) VALUES
             ('NQ-1', 'Nghị quyết về hạ tầng', 'RESOLUTION', 'test', now());
         INSERT INTO projects.project (id, source, external_id, code, name, kind, phase, owner_organization_code, area_codes, programme_codes,
             groundbreaking_on, baseline_end, forecast_end, forecast_reason, ended_on, total_investment, special_mechanism, objective, legal_basis,
             phase_reason, phase_document, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'qlda', '1', 'DA-1', 'Cầu Tứ Liên', 'PROJECT', 'IMPLEMENTATION', 'BAN', '{00004,99999}', '{NQ-1}',
              '2025-05-19', '2027-12-31', '2028-03-31', 'Chậm mặt bằng', NULL, 9007199254740993, 'NQ 258/2025/QH15', 'Nối hai bờ sông', 'QĐ 1/QĐ-TTg',
              NULL, NULL, 'nguoi-nhap', '2026-01-05T02:00:00Z'),
             (gen_random_uuid(), 'qlda', '2', 'CT-2', 'Trạm bơm', 'WORK', 'COMPLETED', 'SXD', '{00235}', '{}',
              '2024-01-02', '2025-12-31', '2026-03-31', 'Mưa lũ', '2026-03-31', 1234.50, NULL, '  ', NULL, 'Nghiệm thu', 'BB 7', 'nguoi-nhap', '2026-04-01T02:00:00Z'),
             (gen_random_uuid(), 'qlda', '3', 'ĐA-3', 'Đề án số', 'SCHEME', 'PREPARATION', 'SYT', '{}', '{}',
              NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'nguoi-nhap', '2026-01-05T02:00:00Z'),
             (gen_random_uuid(), 'qlda', '4', 'NV-4', 'Nhiệm vụ quy hoạch', 'TASK', 'CANCELLED', NULL, '{}', '{}',
              NULL, '2026-06-30', '2026-09-30', 'Chờ luật', '2026-07-01', NULL, NULL, NULL, NULL, 'Không còn phù hợp', 'QĐ 99', 'nguoi-nhap', '2026-07-01T02:00:00Z'),
             (gen_random_uuid(), 'qlda', '5', 'DA-5', 'Đường vành đai', 'PROJECT', 'COMPLETION', 'SYT', '{00004}', '{}',
              '2023-01-02', NULL, '2026-12-31', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 'nguoi-nhap', '2026-01-05T02:00:00Z'),
             (gen_random_uuid(), 'qlda', 'DA-6', 'DA-6', 'Ý tưởng', 'PROJECT', 'IDENTIFICATION', NULL, '{}', '{}',
              NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'nguoi-nhap', '2026-01-05T02:00:00Z'),
             (gen_random_uuid(), 'qlda', '7', 'DA-7', 'Bị xóa', 'PROJECT', 'IDENTIFICATION', NULL, '{}', '{}',
              NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'nguoi-nhap', '2026-01-05T02:00:00Z');
         UPDATE projects.project SET deleted_at = now(), version = 2, observed_at = '2026-01-06T02:00:00Z' WHERE code = 'DA-7'",
    )
    .await;
}

/// Plans, contracts with each kind of modification, payments and what was taken back.
async fn money(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO projects.capital_plan (id, source, external_id, project_code, year, basis, amount, decided_on, document, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'kb', '1', 'DA-1', 2026, 'PM', 500000000000, '2025-12-01', 'QĐ 2', 'x', now()),
             (gen_random_uuid(), 'kb', '2', 'DA-1', 2026, 'CITY', 600000000000, '2026-01-10', NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '3', 'DA-1', 2026, 'CITY', 550000000000, '2026-07-10', 'QĐ 3', 'x', now()),
             (gen_random_uuid(), 'kb', '4', 'DA-1', 2026, 'CITY', 1, '2026-12-10', 'QĐ của ngày mai', 'x', now()),
             (gen_random_uuid(), 'kb', '5', 'DA-1', 2025, 'CARRIED_OVER', 0, '2026-02-10', NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '6', 'DA-1', 2026, 'ADJUSTED', 1234567890123.25, '2026-09-10', NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '7', 'CT-2', 2024, 'CITY', 10, '2024-01-10', NULL, 'x', now());
         INSERT INTO projects.contract (id, source, external_id, project_code, number, title, supplier, signed_on, amount, starts_on, ends_on, recorded_by, observed_at) VALUES
             ('00000000-0000-4000-8000-000000000001', 'kb', '1', 'DA-1', 'HĐ-1', 'Gói thầu cầu', 'Công ty A', '2025-05-01', 120000000000, '2025-05-19', '2026-05-18', 'x', now()),
             ('00000000-0000-4000-8000-000000000002', 'kb', '2', 'DA-1', 'HĐ-2', 'Giám sát', 'CÔNG TY A', '2025-05-02', 0, NULL, NULL, 'x', now()),
             ('00000000-0000-4000-8000-000000000003', 'kb', '3', 'CT-2', 'HĐ-1', 'Trạm bơm', NULL, '2024-01-01', 5, NULL, NULL, 'x', now());
         INSERT INTO projects.modification (id, source, external_id, contract_id, kind, decided_on, reason, document, old_amount, new_amount, old_end, new_end, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'kb', '1', '00000000-0000-4000-8000-000000000001', 'DURATION', '2026-03-01', 'Chậm mặt bằng', 'PL 1', NULL, NULL, NULL, '2026-12-31', 'x', now()),
             (gen_random_uuid(), 'kb', '2', '00000000-0000-4000-8000-000000000001', 'VALUE', '2026-04-01', 'Trượt giá', NULL, NULL, 130000000000, NULL, NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '3', '00000000-0000-4000-8000-000000000001', 'VALUE', '2026-05-01', 'Thêm nhịp', 'PL 1', NULL, 150000000000, NULL, NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '4', '00000000-0000-4000-8000-000000000001', 'SCOPE', '2026-06-01', 'Đổi mố', NULL, NULL, NULL, NULL, NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '5', '00000000-0000-4000-8000-000000000002', 'DURATION', '2026-06-01', 'Theo gói chính', NULL, NULL, NULL, NULL, '2026-10-31', 'x', now());
         INSERT INTO projects.disbursement (id, source, external_id, project_code, plan_year, paid_on, amount, contract, document, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'kb', '1', 'DA-1', 2026, '2026-04-15', 12500000000, 'HĐ-1', 'UNC 1', 'x', now()),
             (gen_random_uuid(), 'kb', '2', 'DA-1', 2026, '2026-05-15', -500000000, 'HĐ-1', NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '3', 'DA-1', 2026, '2026-05-16', 7, 'HĐ-9', NULL, 'x', now()),
             (gen_random_uuid(), 'kb', '4', 'DA-1', 2026, '2026-05-17', 8, NULL, NULL, 'x', now());
         INSERT INTO projects.assessment (id, source, external_id, project_code, assessed_on, rag, note, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'kb', '1', 'DA-1', '2026-06-30', 'RED', 'Nhận xét nội bộ', 'giam-sat', now())",
    )
    .await;
}

/// Six parties on a site of DA-1, four on a site of DA-5; each has a name, an amount of its own and a right.
async fn clearance(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO projects.site (id, source, external_id, code, name, project_code, area_code, lat, lon, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'gpmb', '1', 'MB-1', 'Mặt bằng 1', 'DA-1', '00004', 21.04, 105.84, 'x', now()),
             (gen_random_uuid(), 'gpmb', '2', 'MB-5', 'Mặt bằng 5', 'DA-5', '00235', NULL, NULL, 'x', now());
         INSERT INTO projects.party (id, source, external_id, code, kind, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'gpmb', n::text, 'HO-' || n, 'HOUSEHOLD', 'x', now() FROM generate_series(1, 10) AS n;
         INSERT INTO projects.party_identity (id, source, external_id, party_code, name, identity_number, address, phone, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'gpmb', n::text, 'HO-' || n, 'Nguyễn Văn Riêng ' || n, '00109900' || n, 'Ngõ Riêng ' || n, '091200' || n, 'x', now()
             FROM generate_series(1, 10) AS n;
         INSERT INTO projects.parcel_case (id, source, external_id, site_code, map_sheet, parcel_number, land_type, area_to_acquire, recorded_by, observed_at)
             SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, 'gpmb', n::text, CASE WHEN n <= 6 THEN 'MB-1' ELSE 'MB-5' END, '7', n::text,
                    'AGRI', 100.5, 'x', now() FROM generate_series(1, 10) AS n;
         INSERT INTO projects.parcel_right (id, source, external_id, parcel_id, party_code, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'gpmb', n::text, ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, 'HO-' || n, 'x', now()
             FROM generate_series(1, 10) AS n;
         INSERT INTO projects.milestone (id, source, external_id, parcel_id, kind, happened_on, document, actor, note, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'gpmb', n::text, ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, 'RECOVERY_DECIDED', '2026-09-01',
                    CASE WHEN n = 1 THEN 'QĐ thu hồi của hộ Nguyễn Văn Riêng 1' ELSE 'QĐ thu hồi chung' END, 'Trần Thị Kín', 'Ghi chú kín', 'x', now()
             FROM generate_series(1, 10) AS n;
         INSERT INTO projects.compensation_plan (id, source, external_id, site_code, party_code, revision, amount, approved_on, document, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'gpmb', n::text, CASE WHEN n <= 6 THEN 'MB-1' ELSE 'MB-5' END, 'HO-' || n, 1, 1000000007::bigint * n, '2026-08-01', 'QĐ phê duyệt chung', 'x', now()
             FROM generate_series(1, 10) AS n;
         INSERT INTO projects.compensation_plan (id, source, external_id, site_code, party_code, revision, amount, approved_on, document, recorded_by, observed_at) VALUES
             (gen_random_uuid(), 'gpmb', '11', 'MB-1', 'HO-1', 2, 31, '2026-08-15', 'QĐ phê duyệt của hộ Nguyễn Văn Riêng 1', 'x', now()),
             (gen_random_uuid(), 'gpmb', '12', 'MB-1', 'HO-1', 3, 999999, NULL, NULL, 'x', now())",
    )
    .await;
}

async fn city(pool: &PgPool) {
    catalogue(pool).await;
    money(pool).await;
    clearance(pool).await;
}

fn asked(principal: Principal, organization: Option<&str>) -> Asked {
    let organization = organization.map(str::to_owned);
    Asked { principal, organization, now: instant(NOW), city: CityTime::default() }
}

async fn text(pool: &PgPool, asked: Asked) -> Result<String, Problem> {
    let database = Database::from_pool(pool.clone());
    let export = Export::begin(&database, &Settings::default(), asked).await?;
    let total = export.total();
    let chunks: Vec<Chunk> = export.into_chunks().try_collect().await?;
    assert_eq!(chunks.iter().map(|chunk| chunk.projects).sum::<u64>(), total);
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.bytes).collect();
    Ok(String::from_utf8(bytes).expect("UTF-8"))
}

async fn package(pool: &PgPool, asked: Asked) -> Value {
    serde_json::from_str(&text(pool, asked).await.expect("a package")).expect("JSON")
}

/// The project of a package with a code.
fn project<'a>(package: &'a Value, code: &str) -> &'a Value {
    let id = format!("oc4ids-000000-{code}");
    let projects = package["projects"].as_array().expect("projects");
    projects.iter().find(|project| project["id"] == *id).unwrap_or_else(|| panic!("no {id}"))
}

fn codes(package: &Value) -> BTreeSet<&str> {
    let ids = package["projects"].as_array().expect("projects").iter().map(|project| project["id"].as_str());
    ids.map(|id| id.and_then(|id| id.strip_prefix("oc4ids-000000-")).expect("a prefix")).collect()
}

/// Asserts what holds of every value of a package.
fn walk(path: &str, value: &Value) {
    match value {
        Value::Null => panic!("{path} is null"),
        Value::String(text) => assert!(!text.trim().is_empty(), "{path} is empty"),
        Value::Array(items) => {
            assert!(!items.is_empty(), "{path} is empty");
            let ids: Vec<&Value> = items.iter().filter_map(|item| item.get("id")).collect();
            let distinct: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
            assert!(distinct.len() == ids.len(), "{path} repeats an id");
            for (place, item) in items.iter().enumerate() {
                assert!(!items[..place].contains(item), "{path}/{place} is there twice");
                walk(&format!("{path}/{place}"), item);
            }
        }
        Value::Object(fields) => {
            assert!(!fields.is_empty(), "{path} is empty");
            for (name, field) in fields {
                let path = format!("{path}/{name}");
                match name.as_str() {
                    "amount" if !field.is_object() => {
                        assert!(field.is_number(), "{path} is {field}");
                        assert_eq!(fields["currency"], "VND", "{path}");
                    }
                    name if TIMES.contains(&name) => {
                        let time = field.as_str().unwrap_or_default();
                        assert!(DateTime::parse_from_rfc3339(time).is_ok(), "{path} is {field}");
                        assert!(time.contains('T'), "{path} is {field}");
                    }
                    _ => {}
                }
                walk(&path, field);
            }
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

fn within(value: &Value, allowed: &[&str]) -> bool {
    value.as_str().is_some_and(|value| allowed.contains(&value))
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_package_keeps_the_rules_of_the_standard(pool: PgPool) {
    city(&pool).await;
    let package = package(&pool, asked(operator(), None)).await;
    walk("", &package);
    assert_eq!(package["version"], "0.9");
    assert_eq!(package["publisher"], json!({ "name": "Ủy ban nhân dân thành phố Hà Nội" }));
    assert_eq!(package["publishedDate"], "2026-11-21T10:00:00+07:00");
    assert!(package["uri"].as_str().is_some_and(|uri| uri.starts_with("urn:uuid:")));
    assert_eq!(codes(&package), ["CT-2", "DA-1", "DA-5", "DA-6", "NV-4", "ĐA-3"].into());
    let mut statuses = BTreeSet::new();
    for project in package["projects"].as_array().expect("projects") {
        for field in project.as_object().expect("an object").keys() {
            assert!(FIELDS.contains(&field.as_str()), "{field}");
        }
        assert!(within(&project["status"], &STATUSES), "{project}");
        statuses.extend(project["status"].as_str());
        assert!(project.get("type").is_none_or(|kind| within(kind, &TYPES)), "{project}");
        for process in project["contractingProcesses"].as_array().into_iter().flatten() {
            assert!(within(&process["summary"]["status"], &["pre-award", "active", "closed"]), "{process}");
            for made in process["summary"]["modifications"].as_array().into_iter().flatten() {
                assert!(within(&made["type"], &MODIFICATIONS), "{made}");
            }
        }
        // A reference names a party.
        let parties = project["parties"].as_array().cloned().unwrap_or_default();
        let suppliers = project["contractingProcesses"].as_array().into_iter().flatten();
        let suppliers = suppliers.flat_map(|process| process["summary"]["suppliers"].as_array().into_iter().flatten());
        for reference in suppliers.chain(project.get("publicAuthority")) {
            assert!(parties.iter().any(|party| party["id"] == reference["id"]), "{reference}");
        }
    }
    assert_eq!(
        statuses,
        ["cancelled", "completion", "identification", "implementation", "maintenance", "preparation"].into()
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_project_becomes_a_project_of_the_standard(pool: PgPool) {
    city(&pool).await;
    let package = package(&pool, asked(operator(), None)).await;
    let bridge = project(&package, "DA-1");
    assert_eq!(bridge["type"], "construction");
    assert_eq!(bridge["purpose"], "Nối hai bờ sông");
    assert_eq!(bridge["identifiers"], json!([{ "id": "DA-1" }, { "id": "1", "scheme": "qlda" }]));
    assert_eq!(
        bridge["period"],
        json!({ "startDate": "2025-05-19T00:00:00+07:00", "endDate": "2027-12-31T23:59:59+07:00" })
    );
    assert_eq!(bridge["publicAuthority"], json!({ "id": "BAN", "name": "Ban Quản lý dự án" }));
    assert_eq!(bridge["parties"][0]["roles"], json!(["publicAuthority", "buyer"]));
    // Both contracts have the same supplier.
    assert_eq!(bridge["parties"].as_array().map(Vec::len), Some(2));
    assert_eq!(bridge["parties"][1]["roles"], json!(["supplier", "payee"]));
    assert_eq!(bridge["locations"], json!([{ "id": "00004", "description": "Phường Ba Đình" }, { "id": "99999" }]));
    assert_eq!(bridge["policyAlignment"]["description"], "NQ-1: Nghị quyết về hạ tầng");
    let forecast = &bridge["forecasts"][0]["observations"][0];
    assert_eq!(
        (&forecast["period"]["endDate"], &forecast["measure"], &forecast["notes"]),
        (&json!("2028-03-31T23:59:59+07:00"), &json!(100), &json!("Chậm mặt bằng"))
    );
    assert!(bridge.get("completion").is_none());

    assert_eq!(project(&package, "DA-6")["identifiers"], json!([{ "id": "DA-6" }]));

    let pump = project(&package, "CT-2");
    assert_eq!((&pump["status"], &pump["type"]), (&json!("maintenance"), &json!("construction")));
    assert_eq!(pump["completion"], json!({ "endDate": "2026-03-31T23:59:59+07:00", "endDateDetails": "Mưa lũ" }));
    assert_eq!(pump["budget"]["amount"], json!({ "amount": 1234.5, "currency": "VND" }));
    assert!(pump.get("forecasts").is_none() && pump.get("purpose").is_none());

    for code in ["ĐA-3", "NV-4"] {
        assert!(project(&package, code).get("type").is_none(), "{code}");
    }
    let cancelled = project(&package, "NV-4");
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(
        (&cancelled["documents"][0]["documentType"], &cancelled["documents"][0]["description"]),
        (&json!("cancellationDetails"), &json!("Không còn phù hợp"))
    );
    assert!(cancelled.get("completion").is_none() && cancelled.get("publicAuthority").is_none());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn money_is_exact_and_in_its_place(pool: PgPool) {
    city(&pool).await;
    let package = package(&pool, asked(operator(), None)).await;
    let bridge = project(&package, "DA-1");
    // A floating-point number cannot hold it.
    assert_eq!(bridge["budget"]["amount"]["amount"].as_u64(), Some(9_007_199_254_740_993));
    let amounts = |group: &str| {
        let groups = bridge["budget"]["budgetBreakdowns"].as_array().expect("groups");
        let group = groups.iter().find(|found| found["id"] == *group).unwrap_or_else(|| panic!("no {group}"));
        let entries = group["budgetBreakdown"].as_array().expect("entries").iter();
        entries.map(|entry| entry["amount"]["amount"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(amounts("PM"), ["500000000000"]);
    // The later decision is in force, the one of a day to come is not yet.
    assert_eq!(amounts("CITY"), ["550000000000"]);
    assert_eq!(amounts("CARRIED_OVER"), ["0"]);
    assert_eq!(amounts("ADJUSTED"), ["1234567890123.25"]);

    let processes = bridge["contractingProcesses"].as_array().expect("contracts");
    assert_eq!(processes.len(), 2);
    let main = &processes[0]["summary"];
    assert_eq!((&main["externalReference"], &main["status"]), (&json!("HĐ-1"), &json!("active")));
    assert_eq!(main["contractValue"]["amount"], 120_000_000_000_u64);
    let made = main["modifications"].as_array().expect("modifications");
    let kinds: Vec<&Value> = made.iter().map(|made| &made["type"]).collect();
    assert_eq!(kinds, ["duration", "value", "value", "scope"]);
    assert_eq!(
        (&made[0]["oldContractPeriod"]["endDate"], &made[0]["newContractPeriod"]["endDate"], &made[0]["rationale"]),
        (&json!("2026-05-18T23:59:59+07:00"), &json!("2026-12-31T23:59:59+07:00"), &json!("Chậm mặt bằng"))
    );
    let values =
        |made: &Value| (made["oldContractValue"]["amount"].as_u64(), made["newContractValue"]["amount"].as_u64());
    assert_eq!(values(&made[1]), (Some(120_000_000_000), Some(130_000_000_000)));
    assert_eq!(values(&made[2]), (Some(130_000_000_000), Some(150_000_000_000)));
    assert_eq!(values(&made[3]), (None, None));
    // One annex made two changes.
    assert_eq!(main["documents"].as_array().map(Vec::len), Some(1));
    let paid = |of: &Value| {
        let payments = of["transactions"].as_array().into_iter().flatten();
        payments.map(|paid| paid["value"]["amount"].as_i64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(paid(main), [12_500_000_000, -500_000_000]);
    assert_eq!(main["transactions"][0]["payee"]["name"], "Công ty A");
    assert_eq!(paid(bridge), [7, 8]);
    // The second contract was to end on 31 October after its change.
    assert_eq!(processes[1]["summary"]["status"], "closed");
    // The contract of another project has the same number, and no payment.
    assert!(project(&package, "CT-2")["contractingProcesses"][0]["summary"].get("transactions").is_none());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn nothing_of_a_household_is_in_a_package(pool: PgPool) {
    city(&pool).await;
    let text = text(&pool, asked(operator(), None)).await.expect("a package");
    let package: Value = serde_json::from_str(&text).expect("JSON");
    for personal in ["Riêng", "HO-", "0010990", "091200", "Trần Thị Kín", "kín", "nguoi-nhap", "giam-sat", "nội bộ"]
    {
        assert!(!text.contains(personal), "{personal}");
    }
    for amount in (1..=10).map(|n| 1_000_000_007_u64 * n).chain([999_999]) {
        assert!(!text.contains(&format!(":{amount},")), "{amount}");
    }
    // Six parties share the first sum; the newest approved revision of each counts. Four parties are too few.
    let sum = 1_000_000_007_u64 * (2 + 3 + 4 + 5 + 6) + 31;
    assert_eq!(project(&package, "DA-1")["social"]["landCompensationBudget"]["amount"], sum);
    assert!(project(&package, "DA-5").get("social").is_none());
    let documents = |code: &str| {
        let documents = project(&package, code)["documents"].as_array().into_iter().flatten();
        let of_land = documents
            .filter(|document| within(&document["documentType"], &["resettlementPlan", "landAndSettlementImpact"]));
        of_land.map(|document| format!("{}", document["title"])).collect::<Vec<_>>()
    };
    assert_eq!(documents("DA-1"), [r#""QĐ phê duyệt chung""#, r#""QĐ thu hồi chung""#]);
    assert_eq!(documents("DA-5"), Vec::<String>::new());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn everybody_gets_the_projects_that_they_see(pool: PgPool) {
    city(&pool).await;
    let refused = async |principal: Principal, organization: Option<&str>| {
        let problem = text(&pool, asked(principal, organization)).await.expect_err("refused");
        (problem.code.as_str(), problem.message)
    };
    let (code, message) = refused(Principal::default(), None).await;
    assert_eq!(code, "UNAUTHENTICATED");
    assert!(message.contains("projects are not public") && message.contains("Authorization: Bearer"), "{message}");
    assert_eq!(refused(person("aud", &[Role::Auditor], Some("SXD"), None), None).await.0, "FORBIDDEN");
    assert_eq!(refused(operator(), Some("KHONG-CO")).await.0, "VALIDATION");
    // A package has at least one project.
    assert_eq!(refused(operator(), Some("TU")).await.0, "NOT_FOUND");
    let ward = |area: &str| Principal { areas: vec![area.into()], ..person("war", &[Role::Ward], None, None) };
    let department = person("dep", &[Role::Department], Some("SXD"), None);
    assert_eq!(refused(department.clone(), Some("SYT")).await.0, "NOT_FOUND");

    for (who, organization, seen) in [
        (operator(), Some("SYT"), vec!["DA-5", "ĐA-3"]),
        (department.clone(), None, vec!["CT-2", "DA-1"]),
        (department, Some("BAN"), vec!["DA-1"]),
        (ward("00004"), None, vec!["DA-1", "DA-5"]),
        // The site of DA-5 is there.
        (ward("00235"), None, vec!["CT-2", "DA-5"]),
    ] {
        let package = package(&pool, asked(who.clone(), organization)).await;
        walk("", &package);
        assert_eq!(codes(&package), seen.into_iter().collect(), "{who:?} {organization:?}");
        // The money of what they see is whole.
        if codes(&package).contains("DA-1") {
            let bridge = project(&package, "DA-1");
            assert_eq!(bridge["contractingProcesses"].as_array().map(Vec::len), Some(2), "{who:?}");
            assert!(bridge["social"].is_object(), "{who:?}");
        }
    }
}

/// Action, operation, subject, reason and id of the request.
type Entry = (String, String, Option<String>, Option<String>, Option<String>);

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_export_is_in_the_audit_trail(pool: PgPool) {
    city(&pool).await;
    let database = Database::from_pool(pool.clone());
    let export = Export::begin(&database, &Settings::default(), asked(operator(), Some("SYT"))).await.expect("begun");
    export.record(Some("r-1")).await.expect("recorded");
    let problem = Problem::unauthenticated("no");
    Export::record_refused(&database, &Principal::default(), &problem, None).await.expect("recorded");
    let entries: Vec<Entry> = sqlx::query_as(
        "SELECT action, operation, subject, reason, request_id FROM platform.audit_entry ORDER BY action",
    )
    .fetch_all(&pool)
    .await
    .expect("entries");
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        entries,
        [
            ("EXPORT".into(), "exportOc4ids".into(), some("operator"), some("organization=SYT"), some("r-1")),
            ("REFUSED".into(), "exportOc4ids".into(), None, some("no"), None),
        ]
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn many_projects_come_page_by_page(pool: PgPool) {
    city(&pool).await;
    run(
        &pool,
        "INSERT INTO projects.project (id, source, external_id, code, name, recorded_by, observed_at)
             SELECT gen_random_uuid(), 'many', n::text, 'N-' || n, 'Dự án ' || n, 'x', '2026-01-05T02:00:00Z' FROM generate_series(1, 194) AS n",
    )
    .await;
    let (package, statements) = count_statements(package(&pool, asked(operator(), None))).await;
    walk("", &package);
    assert_eq!(package["projects"].as_array().map(Vec::len), Some(200));
    // 200 projects are four pages, and a fifth that is empty.
    assert!((20..=80).contains(&statements), "{statements} statements");
}
