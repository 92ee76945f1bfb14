//! What the gateway answers beside GraphQL: receipts of pushes with their files, exports, Open311, and what is open to everybody.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use e2e::{Answer, SECRET, credential};
use serde_json::{Value, json};
use service_kit::{Principal, Role};

use super::records::{FEEDBACK, OBSERVATIONS, PROJECTS, TASKS};
use super::{Caller, Platform, Sees};

/// Source of the land office, for which SNNMT answers.
const SOURCE: &str = "so-dat";
/// Personal data of the rows that are pushed.
const SECRETS: [&str; 3] = ["Nguyễn Văn Kiểm Thử", "0912 345 678", "Trần Thị Bị Trả Lại"];

/// Documents that are trusted here: personal data in a file.
pub const DOCUMENTS: &str = r#"{
    "parties": "query Parties { parcelCases(first: 5) { edges { node { id rights { party { code identity(purpose: \"Đối chiếu hồ sơ\") { name } } } } } } }",
    "senders": "query Senders { feedbacks(first: 5) { edges { node { code senderIdentity(purpose: \"Đối chiếu hồ sơ\") { name } } } } }",
    "cases": "query Cases($first: Int = 500, $after: String) { feedbacks(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { code } } } }"
}"#;

pub async fn check(platform: &Platform) -> Result<()> {
    receipts(platform).await?;
    exports(platform).await?;
    open311(platform).await?;
    public(platform).await
}

impl Platform {
    /// A request beside GraphQL.
    async fn send(&self, caller: &Caller, method: &str, path: &str) -> Result<Answer> {
        let url = format!("{}{path}", self.gateway.address);
        let mut request = reqwest::Client::new().request(method.parse()?, url);
        if caller.principal.subject.is_some() {
            request = request.bearer_auth(credential(SECRET, &caller.principal));
        }
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            text: String::from_utf8_lossy(&response.bytes().await?).into_owned(),
        })
    }
}

fn is_silent(answer: &Answer) -> bool {
    SECRETS.iter().all(|secret| !answer.text.contains(secret))
}

/// Key of a system that pushes these kinds for a source; none: all.
fn system(source: &str, kinds: &[&str]) -> Caller {
    let mut key = Caller::new("a key", None, [Sees::Nothing; 6]);
    key.principal.source = Some(source.to_owned());
    key.principal.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    key
}

async fn receipts(platform: &Platform) -> Result<()> {
    let admin = Caller::new("admin", Some(Role::Admin), [Sees::Everything; 6]);
    let register =
        format!("mutation {{ registerSource(input: {{ code: \"{SOURCE}\", organization: \"SNNMT\" }}) {{ code }} }}");
    platform.ask(&admin, &register).await?.data();
    let party = json!({ "externalId": "KT-1", "code": "KT-1", "kind": "HOUSEHOLD" }).to_string();
    let token = credential(SECRET, &system(SOURCE, &[]).principal);
    let headers = [("content-type", "application/x-ndjson")];
    platform.gateway.push(&format!("parties?source={SOURCE}"), &token, party.into_bytes(), &headers).await?;
    let rows = format!(
        "{}\n{}\n",
        json!({ "externalId": "KT-1", "party": "KT-1", "name": SECRETS[0], "phone": SECRETS[1] }),
        json!({ "externalId": "KT-2", "party": "KT-2", "name": SECRETS[2], "phone": "0".repeat(60) }),
    );
    let pushed = platform
        .gateway
        .push(&format!("party-identities?source={SOURCE}"), &token, rows.into_bytes(), &headers)
        .await?;
    assert_eq!(pushed.statuses(), ["CREATED", "REJECTED"], "{:?}", pushed.lines);
    let receipt = pushed.summary()["receipt"].as_str().context("a receipt")?.to_owned();
    let at = |part: &str| format!("/v1/push/receipts/{receipt}{part}");
    let none = "/v1/push/receipts/00000000-0000-4000-8000-000000000000";
    let readings = async || {
        let sql = "SELECT count(*) FROM platform.audit_entry WHERE operation = 'read push' AND action = 'READ'";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(&platform.pool).await
    };

    // Who does not push for the source is told what is told of a receipt that does not exist.
    let mut strangers = Caller::all();
    strangers.retain(|caller| {
        caller.principal.organization.as_deref() != Some("SNNMT") && !caller.principal.has(Role::Admin)
    });
    strangers.push(system("nguon-khac", &[]));
    for caller in &strangers {
        let status = if caller.principal.subject.is_some() { 404 } else { 401 };
        for part in ["", "/results", "/payload", "/failed.csv", "/failed.ndjson", "/failed.xlsx"] {
            for purpose in ["", "?purpose=Xem+ho+so+vu+viec"] {
                let purpose = if part.is_empty() || part == "/results" { "" } else { purpose };
                let answer = platform.send(caller, "GET", &format!("{}{purpose}", at(part))).await?;
                assert_eq!(answer.status, status, "{} {part}: {}", caller.name(), answer.text);
                assert!(is_silent(&answer), "{} {part}", caller.name());
                let absent = platform.send(caller, "GET", &format!("{none}{part}{purpose}")).await?;
                let absent = absent.text.replace("00000000-0000-4000-8000-000000000000", &receipt);
                assert_eq!(answer.text, absent, "{} {part}", caller.name());
            }
        }
        for act in ["/retry", "/discard", "/undo"] {
            let answer = platform.send(caller, "POST", &at(act)).await?;
            assert_eq!(answer.status, status, "{} {act}: {}", caller.name(), answer.text);
        }
        let list = platform.send(caller, "GET", &format!("/v1/push/receipts?source={SOURCE}")).await?;
        assert!([401, 403].contains(&list.status) && is_silent(&list), "{}: {}", caller.name(), list.text);
        let push = format!("/v1/push/party-identities?source={SOURCE}");
        assert!([401, 403].contains(&platform.send(caller, "POST", &push).await?.status), "{}", caller.name());
        let graph = platform.ask(caller, "{ receipts(first: 3) { nodes { id kind subject fileName } } }").await?;
        assert!(is_silent(&graph), "{}", caller.name());
    }
    // A cursor tells nothing of another source's receipts.
    let foreign = system("nguon-khac", &[]);
    let after = async |id: &str| platform.send(&foreign, "GET", &format!("/v1/push/receipts?after={id}")).await;
    let absent = after("00000000-0000-4000-8000-000000000000").await?;
    let known = after(&receipt).await?;
    assert_eq!(
        (known.status, known.text.replace(&receipt, "ID")),
        (400, absent.text.replace("00000000-0000-4000-8000-000000000000", "ID"))
    );

    // The organization that answers for the source sees that it pushed; what is personal is for its handlers.
    let lead = Caller::new("a lead", Some(Role::Lead), [Sees::Own; 6]).of("SNNMT");
    let mut handler = Caller::new("a lead who handles cases", Some(Role::Lead), [Sees::Own; 6]).of("SNNMT");
    handler.principal.roles.push(Role::Handler);
    let other_kind = system(SOURCE, &["parties"]);
    for caller in [&lead, &other_kind] {
        assert_eq!(platform.send(caller, "GET", &at("")).await?.status, 200, "{}", caller.name());
        for part in ["/payload", "/failed.csv", "/failed.ndjson", "/failed.xlsx"] {
            let answer = platform.send(caller, "GET", &format!("{}?purpose=Xem+ho+so", at(part))).await?;
            assert!(answer.status == 403 && is_silent(&answer), "{} {part}: {}", caller.name(), answer.text);
        }
    }
    assert_eq!(readings().await?, 0);
    let mut read = 0;
    for caller in [&handler, &system(SOURCE, &["party-identities"]), &admin] {
        for (part, secret) in [("/payload", SECRETS[0]), ("/failed.csv", SECRETS[2]), ("/failed.ndjson", SECRETS[2])] {
            for unstated in ["", "?purpose=x"] {
                let answer = platform.send(caller, "GET", &format!("{}{unstated}", at(part))).await?;
                assert!(answer.status == 400 && is_silent(&answer), "{} {part}: {}", caller.name(), answer.text);
            }
            let answer = platform.send(caller, "GET", &format!("{}?purpose=Gui+lai+cho+dung", at(part))).await?;
            assert!(answer.status == 200 && answer.text.contains(secret), "{} {part}: {}", caller.name(), answer.text);
            read += 1;
            assert_eq!(readings().await?, read, "a reading is in the audit trail");
        }
    }
    Ok(())
}

/// Who exports: a file has the rows of GraphQL, so one of each is enough.
const EXPORTERS: [&str; 6] =
    ["a visitor", "a person without a role", "a ward", "a department", "a handler", "the operations center"];

/// Columns in which the exports of personal data have it.
const EMPTY: [&str; 2] = ["rights.party.identity.name", "senderIdentity.name"];

/// Values of a column of a CSV.
fn column(text: &str, name: &str) -> Result<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let place =
        reader.headers()?.iter().position(|known| known == name).with_context(|| format!("{name} in {text}"))?;
    reader.records().map(|record| Ok(record?.get(place).unwrap_or_default().to_owned())).collect()
}

async fn exports(platform: &Platform) -> Result<()> {
    let names =
        "SELECT name FROM projects.party_identity UNION SELECT name FROM feedback.sender WHERE name IS NOT NULL";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&platform.pool).await?;
    let is_silent = |text: &str| names.iter().all(|name| !text.contains(name.as_str()));
    let codes_of_cases = super::records::Records { rows: (FEEDBACK.rows.0, "t.code"), ..FEEDBACK };
    let codes_of_tasks = super::records::Records { rows: (TASKS.rows.0, "t.code"), ..TASKS };
    for caller in Caller::all().into_iter().filter(|caller| EXPORTERS.contains(&caller.name())) {
        let who = caller.name();
        let refused = if caller.principal.subject.is_some() { 403 } else { 401 };
        // Rows of a list: those of GraphQL.
        for (document, records, right) in
            [("tasks", &codes_of_tasks, caller.sees[0]), ("cases", &codes_of_cases, caller.sees[5])]
        {
            let expected = platform.expected(&caller, (records, right), "true").await?;
            // All cases of the city are many pages.
            if expected.len() > 2000 {
                continue;
            }
            let answer = platform.send(&caller, "GET", &format!("/v1/export?documentId={document}&format=csv")).await?;
            if right == Sees::Nothing {
                assert_eq!(answer.status, refused, "{who} {document}: {}", answer.text);
                continue;
            }
            assert_eq!(answer.status, 200, "{who} {document}: {}", answer.text);
            let found: BTreeSet<String> = column(&answer.text, "code")?.into_iter().collect();
            assert_eq!(found, expected, "{who} {document}");
        }
        // Personal data: of a handler's cases, and an error in the place of a file for everybody else.
        for (document, right) in [("parties", caller.sees[2]), ("senders", caller.sees[5])] {
            let answer = platform.send(&caller, "GET", &format!("/v1/export?documentId={document}&format=csv")).await?;
            let may = caller.principal.has(Role::Handler) || caller.principal.roles.contains(&Role::Admin);
            // Who sees rows without anybody in them has nothing to be refused.
            let is_empty = right == Sees::Own
                && answer.status == 200
                && column(&answer.text, EMPTY[usize::from(document == "senders")])?.iter().all(String::is_empty);
            assert!(
                answer.status == refused && !may || answer.status == 200 && (may || is_empty),
                "{who} {document}: {}",
                answer.text
            );
            assert!(may || is_silent(&answer.text), "{who} {document}");
        }
        // Projects as OC4IDS.
        let answer = platform.send(&caller, "GET", "/v1/export/oc4ids").await?;
        if caller.sees[1] == Sees::Nothing {
            assert_eq!(answer.status, refused, "{who} oc4ids: {}", answer.text);
        } else {
            let package = answer.json();
            let projects = package["projects"].as_array().with_context(|| format!("{who}: {}", answer.text))?;
            let id = |project: &Value| project["identifiers"][0]["id"].as_str().unwrap_or_default().to_owned();
            let found: BTreeSet<String> = projects.iter().map(id).collect();
            assert_eq!(found, platform.expected(&caller, (&PROJECTS, caller.sees[1]), "true").await?, "{who} oc4ids");
            assert!(is_silent(&answer.text), "{who} oc4ids");
        }
        // Published observations as SDMX.
        let answer = platform.send(&caller, "GET", "/v1/export/sdmx?start=2026&end=2026").await?;
        if caller.sees[4] == Sees::Nothing {
            assert_eq!(answer.status, refused, "{who} sdmx: {}", answer.text);
        } else {
            let found: BTreeSet<String> = column(&answer.text, "OBS_ID")?.into_iter().collect();
            let observations = super::records::Records { rows: (OBSERVATIONS.rows.0, "t.external_id"), ..OBSERVATIONS };
            let seen = platform
                .expected(&caller, (&observations, caller.sees[4]), "t.status = 'PUBLISHED' AND t.period LIKE '2026%'")
                .await?;
            assert!(found.is_subset(&seen), "{who} sdmx: {:?}", found.difference(&seen).take(5).collect::<Vec<_>>());
            // One line for each series and period: the last vintage.
            assert_eq!(found.is_empty(), seen.is_empty(), "{who} sdmx");
        }
    }
    Ok(())
}

/// Open311 shows published cases with rounded points, to everybody the same.
async fn open311(platform: &Platform) -> Result<()> {
    let hidden: Vec<(String, String)> = sqlx::query_as(
        "SELECT code, id::text FROM feedback.feedback WHERE NOT is_public AND deleted_at IS NULL ORDER BY submitted_at DESC LIMIT 5",
    )
    .fetch_all(&platform.pool)
    .await?;
    assert!(!hidden.is_empty(), "the sample has no case that is not public");
    let secrets: Vec<Option<String>> = sqlx::query_scalar(
        "SELECT unnest(ARRAY[s.name, s.phone, s.exact_lat::text]) FROM feedback.sender AS s JOIN feedback.feedback AS f ON f.id = s.feedback_id WHERE f.is_public",
    )
    .fetch_all(&platform.pool)
    .await?;
    let secrets: Vec<String> = secrets.into_iter().flatten().collect();
    let mut whole = None;
    // Nobody's roles are asked for, so a few callers are enough.
    for caller in Caller::all().into_iter().step_by(6) {
        let list = platform.send(&caller, "GET", "/open311/v2/requests.json?page_size=200&extensions=true").await?;
        assert_eq!(list.status, 200, "{}: {}", caller.name(), list.text);
        let shown = list.json();
        let codes: Vec<String> = shown
            .as_array()
            .context("a list")?
            .iter()
            .filter_map(|one| Some(one["service_request_id"].as_str()?.to_owned()))
            .collect();
        let public: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM feedback.feedback WHERE is_public AND deleted_at IS NULL AND code = ANY ($1)",
        )
        .bind(&codes)
        .fetch_one(&platform.pool)
        .await?;
        assert_eq!(usize::try_from(public)?, codes.len(), "{}", caller.name());
        assert!(
            !codes.is_empty() && secrets.iter().all(|secret| !list.text.contains(secret.as_str())),
            "{}",
            caller.name()
        );
        assert_eq!(whole.get_or_insert_with(|| codes.clone()), &codes, "{}", caller.name());
        for (code, id) in &hidden {
            for (path, status) in [
                (format!("/open311/v2/requests/{code}.json"), 404),
                (format!("/open311/v2/tokens/{id}.json"), 404),
                (format!("/open311/v2/requests.json?service_request_id={code}"), 200),
                (format!("/open311/v2/servicerequestupdates.json?service_request_id={code}"), 200),
            ] {
                let answer = platform.send(&caller, "GET", &path).await?;
                assert_eq!(answer.status, status, "{} {path}: {}", caller.name(), answer.text);
                assert!(status == 404 || answer.text.trim() == "[]", "{} {path}: {}", caller.name(), answer.text);
            }
        }
        for path in ["/open311/v2/requests.json", "/open311/v2/servicerequestupdates.json"] {
            let answer = platform.send(&caller, "POST", path).await?;
            assert!([400, 403].contains(&answer.status), "{} {path}: {}", caller.name(), answer.text);
        }
    }
    Ok(())
}

/// What everybody gets says nothing of anybody.
async fn public(platform: &Platform) -> Result<()> {
    let gateway = &platform.gateway;
    for path in [
        "/health/live",
        "/health/ready",
        "/metrics",
        "/v1/push",
        "/v1/push/party-identities/template.csv",
        "/v1/push/party-identities/template.xlsx",
        "/v1/push/party-identities/schema",
        "/open311/discovery.json",
        "/v1/export/sdmx/structure",
        "/open311/v2/services.json",
        "/playground/config.json",
    ] {
        let answer = platform.send(&Caller::all()[0], "GET", path).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(is_silent(&answer) && !answer.text.contains(SECRET), "{path}");
    }
    // The way by which the gateway records exports is between processes.
    let admin = Principal { subject: Some("admin".into()), roles: vec![Role::Admin], ..Principal::default() };
    assert_eq!(gateway.get_as("/internal/exports", &credential(SECRET, &admin)).await?.status, 404);
    // Who comes through a proxy or by another name gets no development credential.
    for (name, value) in [("x-forwarded-for", "203.0.113.7"), ("origin", "http://example.org")] {
        let request =
            reqwest::Client::new().post(format!("{}/playground/view-as", gateway.address)).header(name, value);
        let answer = request.header("content-type", "application/json").body(r#"{"role":"ADMIN"}"#).send().await?;
        assert_eq!(answer.status().as_u16(), 404, "{name}");
    }
    Ok(())
}
