//! A small city of all services, and a way to ask for its alerts.

use serde_json::{Value, json};
use service_kit::Problem;
use service_kit::push::{PushKind, PushStatus, RowResult};
use service_kit::store::facts;
use service_kit::store::published::publish;
use service_kit::testing::push;
pub use service_kit::testing::{Asked, operator, person, problem, run};
use sqlx::PgPool;

/// The time of most tests: Friday 27 November 2026, 09:00 in the city.
pub const NOW: &str = "2026-11-27T02:00:00Z";

const DIRECTORY: &str = "
INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES
    ('01', 'Thành phố', 'CITY', 'test', now()), ('00004', 'Phường Ba Đình', 'WARD', 'test', now()), ('00008', 'Phường Ngọc Hà', 'WARD', 'test', now());
INSERT INTO directory.organization (code, name, axis, level, parent_code, area_code, source, observed_at) VALUES
    ('UBND', 'Ủy ban nhân dân', 'COMMITTEE', 'CITY', NULL, NULL, 'test', now()),
    ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'UBND', NULL, 'test', now()),
    ('BAN', 'Ban Quản lý dự án', 'COMMITTEE', 'DEPARTMENT', 'SXD', NULL, 'test', now()),
    ('SYT', 'Sở Y tế', 'COMMITTEE', 'DEPARTMENT', 'UBND', NULL, 'test', now()),
    ('P4', 'Ủy ban nhân dân phường Ba Đình', 'COMMITTEE', 'COMMUNE', 'UBND', '00004', 'test', now());
INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
    ('GD-SXD', 'Giám đốc Sở Xây dựng', 'SXD', 'test', now()), ('GD-SYT', 'Giám đốc Sở Y tế', 'SYT', 'test', now()),
    ('NEVER', 'Chưa bổ nhiệm', 'BAN', 'test', now());
INSERT INTO directory.official (code, display_name, source, observed_at) VALUES
    ('AN', 'Ông An', 'test', now()), ('BA', 'Bà Ba', 'test', now());
INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at) VALUES
    (gen_random_uuid(), 'AN', 'GD-SXD', '2020-01-01', NULL, 'test', now()),
    (gen_random_uuid(), 'BA', 'GD-SYT', '2020-01-01', '2026-07-01', 'test', now());
INSERT INTO directory.programme (code, title, kind, source, observed_at) VALUES ('CT1', 'Chương trình 1', 'PLAN', 'test', now()), ('CT2', 'Chương trình 2', 'PLAN', 'test', now());
INSERT INTO platform.source (code, name, organization_code, open_to_verbs, created_by, created_at) VALUES
    ('office', 'Văn phòng', 'SXD', true, 'test', '2025-01-01T00:00:00Z');
";

/// The directory's rows, and the functions that the services publish.
pub async fn found(pool: &PgPool) {
    run(pool, DIRECTORY).await;
    for statements in [tasks::published(), projects::published(), kpis::published(), feedback::published()] {
        publish(pool, statements).await.expect("published");
    }
}

/// Pushes rows of a kind and expects each to be stored.
pub async fn give(pool: &PgPool, kind: &str, rows: &[Value]) {
    let kinds: &'static [&'static PushKind] = match kind {
        "feedback" | "feedback-events" | "feedback-ratings" => feedback::push::KINDS,
        "indicators" | "targets" | "observations" => kpis::push::KINDS,
        _ => projects::push::KINDS,
    };
    let results = push(pool, NOW, kinds, (kind, "office"), rows).await;
    let stored = [PushStatus::Created, PushStatus::Updated, PushStatus::Unchanged, PushStatus::Stale];
    let wrong: Vec<&RowResult> = results.iter().filter(|result| !stored.contains(&result.status)).collect();
    assert!(wrong.is_empty(), "{kind}: {wrong:?}");
}

/// One object with the fields of both.
pub fn with(base: Value, more: Value) -> Value {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else { panic!("objects") };
    base.extend(more);
    base.into()
}

/// Stores a task that is in progress since the beginning of the year, with changed columns.
pub async fn task(pool: &PgPool, code: &str, columns: &[(&str, &str)]) {
    let mut row = vec![
        ("id", "gen_random_uuid()".to_owned()),
        ("source", "'test'".into()),
        ("external_id", format!("'{code}'")),
        ("code", format!("'{code}'")),
        ("title", format!("'Nhiệm vụ {code}'")),
        ("status", "'IN_PROGRESS'".into()),
        ("lead_organization_code", "'SXD'".into()),
        ("accountable_position_code", "'GD-SXD'".into()),
        ("start_on", "'2026-01-01'".into()),
        ("baseline_due", "'2026-03-14'".into()),
        ("current_due", "'2026-03-14'".into()),
        ("progress", "99".into()),
        ("reporting_cadence_days", "366".into()),
        ("recorded_by", "'test'".into()),
        ("observed_at", "'2026-01-01T02:00:00Z'".into()),
    ];
    for (name, value) in columns {
        row.retain(|(kept, _)| kept != name);
        row.push((name, (*value).to_owned()));
    }
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
    run(pool, format!("INSERT INTO tasks.task ({}) VALUES ({})", names.join(", "), values.join(", "))).await;
}

/// Changes a task at noon of a day.
pub async fn change(pool: &PgPool, code: &str, day: &str, columns: &str) {
    let sql = format!(
        "UPDATE tasks.task SET {columns}, version = version + 1, observed_at = '{day}T05:00:00Z' WHERE code = '{code}'"
    );
    run(pool, sql).await;
}

/// A project in its implementation.
pub fn project(code: &str, more: Value) -> Value {
    let base = json!({
        "externalId": code, "observedAt": "2025-01-02T02:00:00Z", "code": code, "name": format!("Dự án {code}"),
        "phase": "IMPLEMENTATION", "organization": "SXD", "accountable": "GD-SXD", "areas": ["00004"], "programmes": ["CT1"],
        "baselineEnd": "2026-12-31", "forecastEnd": "2026-12-31",
    });
    with(base, more)
}

/// A site of a project in a ward, and a parcel of it.
pub async fn parcel(pool: &PgPool, number: &str, project: &str, area: &str) {
    let site = format!("K-{project}-{area}");
    let base = json!({ "observedAt": "2025-01-02T02:00:00Z", "project": project, "area": area });
    give(pool, "sites", &[with(base, json!({ "externalId": site, "code": site, "name": site }))]).await;
    let row = json!({
        "externalId": number, "observedAt": "2025-01-02T02:00:00Z", "site": site, "mapSheet": "1", "parcelNumber": number,
        "landType": "AGRI", "areaToAcquire": "100",
    });
    give(pool, "parcel-cases", &[row]).await;
}

/// Something that happened to a parcel.
pub fn milestone(parcel: &str, kind: &str, day: &str) -> Value {
    json!({
        "externalId": format!("{parcel}/{kind}"), "observedAt": format!("{day}T02:00:00Z"), "parcel": parcel, "kind": kind,
        "happenedOn": day, "document": format!("VB-{kind}"),
    })
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
    with(base, more)
}

/// A rating of a case.
pub fn rating(case: &str, time: &str, score: i64) -> Value {
    json!({ "externalId": format!("{case}/{time}"), "observedAt": clock(time), "feedback": case, "score": score, "ratedAt": clock(time) })
}

/// An indicator of the department of construction.
pub fn indicator(code: &str, more: Value) -> Value {
    let base = json!({
        "externalId": code, "observedAt": "2022-01-02T02:00:00Z", "code": code, "name": format!("Chỉ tiêu {code}"), "unit": "%",
        "direction": "HIGHER", "nature": "FLOW", "frequency": "QUARTER", "organization": "SXD", "accountable": "GD-SXD",
        "programmes": ["CT1"], "scopes": ["CITY", "AREA"], "reportingLagDays": 20,
    });
    with(base, more)
}

/// The service at an instant.
pub fn at(pool: &PgPool, now: &str) -> Asked {
    Asked::at(pool, now, |context| insights::subgraph(context).refreshing(|pool| Box::pin(refresh(pool))))
}

/// Brings the facts of all services up to date, as the program does.
async fn refresh(pool: PgPool) -> Result<(), Problem> {
    for facts in [tasks::FACTS, projects::FACTS, kpis::FACTS, feedback::FACTS] {
        facts::refresh(&pool, facts).await?;
    }
    Ok(())
}

/// The open alerts of rules on a day, as `RULE record since`, by the code or name that their title ends with.
pub async fn open(asked: &Asked, kind: &str, as_of: &str) -> Vec<String> {
    let document = format!(
        "{{ alerts(filter: {{ kind: [{kind}] }}, asOf: \"{as_of}\", first: 500) {{ totalCount nodes {{ since titleEn reason }} }} }}"
    );
    let answer = asked.data(&document).await["alerts"].clone();
    let mut found: Vec<String> = answer["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|alert| {
            let text = |name: &str| alert[name].as_str().unwrap_or_default().to_owned();
            let title = text("titleEn");
            let name = title.rsplit_once(": ").map_or(title.as_str(), |(_, name)| name);
            format!("{name} since {} {}", text("since"), text("reason"))
        })
        .collect();
    found.sort();
    assert_eq!(answer["totalCount"], found.len());
    found
}
