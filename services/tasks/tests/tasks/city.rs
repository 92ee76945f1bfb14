//! A small city, people with parts to play, and a way to ask.

use serde_json::{Value, json};
pub use service_kit::testing::Asked;
use service_kit::testing::instant;
pub use service_kit::testing::{person, problem, run};
use service_kit::{Principal, Role};
use sqlx::PgPool;
use uuid::Uuid;

/// Noon of 15 March 2026 in the city.
pub const NOW: &str = "2026-03-15T05:00:00Z";

const DIRECTORY: &str = "
INSERT INTO directory.area (code, name, kind, source, observed_at) VALUES
    ('00004', 'Phường Ba Đình', 'WARD', 'test', now()), ('00235', 'Phường Đống Đa', 'WARD', 'test', now());
INSERT INTO directory.organization (code, name, axis, level, source, observed_at) VALUES
    ('UBND', 'Ủy ban nhân dân thành phố', 'COMMITTEE', 'CITY', 'test', now()),
    ('SXD', 'Sở Xây dựng', 'COMMITTEE', 'DEPARTMENT', 'test', now()),
    ('SYT', 'Sở Y tế', 'COMMITTEE', 'DEPARTMENT', 'test', now()),
    ('TU', 'Thành ủy', 'PARTY', 'CITY', 'test', now());
INSERT INTO directory.position (code, title, organization_code, source, observed_at) VALUES
    ('GD-SXD', 'Giám đốc Sở Xây dựng', 'SXD', 'test', now()), ('PCT', 'Phó Chủ tịch', 'UBND', 'test', now()),
    ('VACANT', 'Chưa bổ nhiệm', 'SYT', 'test', now());
INSERT INTO directory.official (code, display_name, source, observed_at) VALUES
    ('O1', 'Giám đốc đến 28/2', 'test', now()), ('O2', 'Giám đốc từ 10/3', 'test', now());
INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, observed_at) VALUES
    (gen_random_uuid(), 'O1', 'GD-SXD', '2020-01-01', '2026-03-01', 'test', now()),
    (gen_random_uuid(), 'O2', 'GD-SXD', '2026-03-10', NULL, 'test', now());
INSERT INTO directory.programme (code, title, kind, source, observed_at) VALUES
    ('NQ', 'Nghị quyết', 'RESOLUTION', 'test', now()), ('CT', 'Chương trình', 'ACTION_PROGRAMME', 'test', now());
INSERT INTO directory.bottleneck (code, title, source) VALUES
    ('FLOODING', 'Úng ngập', 'test'), ('POLLUTION', 'Ô nhiễm', 'test');
INSERT INTO directory.task_group (code, ordinal, title, source) VALUES ('N1', 1, 'Nhóm 1', 'test');
INSERT INTO platform.source (code, open_to_verbs, created_by) VALUES ('test', true, 'test');
";

/// The directory's rows.
pub async fn found(pool: &PgPool) {
    sqlx::raw_sql(DIRECTORY).execute(pool).await.expect("the test city");
}

/// Stores a task for a test. `columns` overrides the default columns.
pub async fn task(pool: &PgPool, code: &str, status: &str, columns: &[(&str, &str)]) -> Uuid {
    let id = schema::new_id(instant(NOW));
    let mut row = vec![
        ("id", format!("'{id}'")),
        ("source", "'test'".into()),
        ("external_id", format!("'{code}'")),
        ("code", format!("'{code}'")),
        ("title", format!("'Nhiệm vụ {code}'")),
        ("status", format!("'{status}'")),
        ("lead_organization_code", "'SXD'".into()),
        ("start_on", "'2026-01-01'".into()),
        ("baseline_due", "'2026-06-30'".into()),
        ("current_due", "'2026-06-30'".into()),
        ("recorded_by", "'test'".into()),
        ("observed_at", "'2026-01-01T00:00:00Z'".into()),
    ];
    match status {
        "SUBMITTED" => {
            row.push(("submitted_on", "'2026-03-10'".into()));
            row.push(("submitted_by", "'lan'".into()));
        }
        "COMPLETED" => {
            row.push(("submitted_on", "'2026-03-10'".into()));
            row.push(("submitted_by", "'lan'".into()));
            row.push(("closed_on", "'2026-03-12'".into()));
        }
        "CANCELLED" | "SUPERSEDED" => row.push(("closed_on", "'2026-03-12'".into())),
        _ => {}
    }
    for (name, value) in columns {
        row.retain(|(kept, _)| kept != name);
        row.push((name, (*value).to_owned()));
    }
    // Nobody accepts a task before it is handed in.
    if status == "COMPLETED"
        && !columns.iter().any(|(name, _)| *name == "closed_on")
        && let Some((_, submitted_on)) = columns.iter().find(|(name, _)| *name == "submitted_on")
    {
        row.retain(|(name, _)| *name != "closed_on");
        row.push(("closed_on", format!("greatest(date {submitted_on}, '2026-03-12')")));
    }
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
    let sql = format!("INSERT INTO tasks.task ({}) VALUES ({})", names.join(", "), values.join(", "));
    run(pool, sql).await;
    id
}

pub fn issuer() -> Principal {
    person("iss", &[Role::Issuer], Some("UBND"), None)
}

pub fn lead() -> Principal {
    person("lan", &[Role::Lead], Some("SXD"), None)
}

pub fn approver() -> Principal {
    person("app", &[Role::Approver], Some("UBND"), Some("PCT"))
}

/// The whole answer.
pub async fn ask_at(pool: &PgPool, now: &str, who: &Principal, query: &str, variables: Value) -> Value {
    Asked::at(pool, now, tasks::subgraph).ask(who, query, variables).await
}

/// The data of an answer without errors, today and without a credential.
pub async fn data(pool: &PgPool, query: &str) -> Value {
    Asked::at(pool, NOW, tasks::subgraph).data(query).await
}

/// Runs a verb with its input at an instant; the task after it, or the error's code and path.
pub async fn verb(
    pool: &PgPool,
    now: &str,
    who: &Principal,
    verb: &str,
    input: Value,
) -> Result<Value, (String, String)> {
    verb_of(&Asked::at(pool, now, tasks::subgraph), who, verb, input).await
}

/// The same, of a service that is started already.
pub async fn verb_of(asked: &Asked, who: &Principal, verb: &str, input: Value) -> Result<Value, (String, String)> {
    let kind = format!("{}{}Input", verb[..1].to_uppercase(), &verb[1..]);
    let query = format!(
        "mutation($input: {kind}!) {{ {verb}(input: $input) {{ task {{ id status version currentDue baselineDue progress \
         leadChanges extensionCount returnedCount doneOn submittedOn atRiskReasons lead {{ code }} }} }} }}"
    );
    let mut answer = asked.ask(who, &query, json!({ "input": input })).await;
    if answer.get("errors").is_some() {
        return Err(problem(&answer));
    }
    Ok(answer["data"][verb]["task"].take())
}
