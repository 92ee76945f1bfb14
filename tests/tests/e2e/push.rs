//! Pushes of files through the real binary, in both topologies.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use e2e::{Process, Pushed, SECRET, credential, run};
use serde_json::{Value, json};
use service_kit::testing::person;
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::hanoi::hanoi;

const CSV: (&str, &str) = ("content-type", "text/csv");
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

fn ndjson(rows: &[Value]) -> Vec<u8> {
    rows.iter().flat_map(|row| format!("{row}\n").into_bytes()).collect()
}

fn organization(code: &str, parent: Option<&str>) -> Value {
    let mut row = json!({ "externalId": code, "code": code, "name": format!("Cơ quan {code}"), "axis": "COMMITTEE", "level": "DEPARTMENT" });
    if let Some(parent) = parent {
        row["parent"] = json!(parent);
    }
    row
}

async fn up(data_dir: &str) -> Result<(Process, String)> {
    let process =
        Process::start(&["up", "--listen", "127.0.0.1:0", "--data-dir", data_dir, "--sample", "hanoi"], &[]).await?;
    let token = std::fs::read_to_string(format!("{data_dir}/dev-token"))?;
    Ok((process, token))
}

fn folder() -> Result<tempfile::TempDir> {
    // When the tests run as root, PostgreSQL runs as another user, who needs access to this folder.
    Ok(tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir()?)
}

/// A body of 400 bytes costs 20: who may cause 10 in a minute is in debt after it, and so is nobody else.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_pushed_body_is_charged_to_its_sender(pool: PgPool) -> Result<()> {
    let (url, data) = (hanoi(&pool).await?, folder()?);
    let data_dir = data.path().to_string_lossy().into_owned();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data_dir, "--rate-limit", "10"];
    let process = Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await?;
    let of = |name: &str| credential(SECRET, &person(name, &[Role::Admin], None, None));
    let mut body = ndjson(&[organization("NEW", None)]);
    let spaces = 400 - body.len();
    body.splice(body.len() - 1..body.len() - 1, std::iter::repeat_n(b' ', spaces));
    let first = process.push("organizations?source=an", &of("an"), body.clone(), &[NDJSON]).await?;
    assert_eq!((first.status, first.statuses()), (200, vec!["CREATED"]), "{:?}", first.lines);
    let again = process.push("organizations?source=an", &of("an"), body.clone(), &[NDJSON]).await?;
    assert_eq!(again.status, 429, "{:?}", again.lines);
    let other =
        process.push("organizations?source=binh", &of("binh"), ndjson(&[organization("TOO", None)]), &[NDJSON]).await?;
    assert_eq!((other.status, other.statuses()), (200, vec!["CREATED"]), "{:?}", other.lines);
    Ok(())
}

const DOCUMENT: &str = include_str!("../../../docs/push.md");

#[test]
fn the_guide_has_the_kinds_of_the_code() {
    let kinds = cli::services::push_kinds();
    if std::env::var_os("UPDATE_PUSH").is_some() {
        let (before, rest) = DOCUMENT.split_once("<!-- kinds -->\n").expect("a beginning");
        let (_, after) = rest.split_once("<!-- end of the kinds -->").expect("an end");
        std::fs::write("../docs/push.md", format!("{before}<!-- kinds -->\n{kinds}<!-- end of the kinds -->{after}"))
            .expect("written");
        return;
    }
    assert!(DOCUMENT.contains(&kinds), "docs/push.md differs: UPDATE_PUSH=1 cargo test -p e2e push");
}

/// A row that waits says by which field, and which record its sender may have meant.
async fn names_what_is_not_there(process: &Process, token: &str) -> Result<()> {
    let rows = ndjson(&[json!({ "externalId": "W1", "title": "Việc", "lead": "ubnd", "areas": ["4", "99999"] })]);
    let waiting = process.push("tasks?source=bar", token, rows, &[NDJSON]).await?;
    assert_eq!(waiting.statuses(), ["PARKED"]);
    let errors = waiting.lines[0]["errors"].as_array().expect("errors");
    let found: Vec<_> = errors
        .iter()
        .map(|error| (error["path"].as_str().unwrap_or_default(), error["message"].as_str().unwrap_or_default()))
        .collect();
    let waits = |what: &str, more: &str| {
        format!("waits for {what}, which has not arrived; the row is applied when it does{more}")
    };
    assert_eq!(
        found,
        [
            ("lead", &*waits("organization:ubnd", "; did you mean UBND?")),
            ("areas", &*waits("area:4", "; did you mean 00004?")),
            ("areas", &*waits("area:99999", "")),
        ]
    );
    Ok(())
}

/// A record of which nothing is left belongs to nobody: a push to the wrong source is undone and repeated for the right one.
async fn frees_what_is_withdrawn(process: &Process, token: &str) -> Result<()> {
    let name =
        |name: &str| json!({ "externalId": "FR", "code": "FR", "name": name, "axis": "PARTY", "level": "DEPARTMENT" });
    let wrong = process.push("organizations?source=wrong", token, ndjson(&[name("Sai nguồn")]), &[NDJSON]).await?;
    assert_eq!(wrong.statuses(), ["CREATED"]);
    let held = process.push("organizations?source=right", token, ndjson(&[name("Đúng nguồn")]), &[NDJSON]).await?;
    assert_eq!(held.lines[0]["errors"][0]["code"], "CONFLICT");
    let receipt = wrong.summary()["receipt"].as_str().expect("a receipt");
    let undo = "mutation($receipt: ID!) { undoDirectoryPush(receipt: $receipt) { records } }";
    let undone = process.ask(undo, json!({ "receipt": receipt }), Some(token)).await?.data();
    assert_eq!(undone["undoDirectoryPush"]["records"], 1);
    let right = process.push("organizations?source=right", token, ndjson(&[name("Đúng nguồn")]), &[NDJSON]).await?;
    assert_eq!(right.statuses(), ["UPDATED"], "{:?}", right.lines);
    let again = process.push("organizations?source=right", token, ndjson(&[name("Đúng nguồn")]), &[NDJSON]).await?;
    assert_eq!(again.statuses(), ["UNCHANGED"], "{:?}", again.lines);
    let late = process.push("organizations?source=wrong", token, ndjson(&[name("Sai nguồn")]), &[NDJSON]).await?;
    assert_eq!(late.lines[0]["errors"][0]["code"], "CONFLICT");
    let read = process.ask("{ organization(code: \"FR\") { name } }", Value::Null, Some(token)).await?.data();
    assert_eq!(read["organization"]["name"], "Đúng nguồn");
    // What deletes a record that is not there waits for it, and for nothing that it does not state.
    let gone = ndjson(&[json!({ "externalId": "NONE", "deleted": true })]);
    let waiting = process.push("organizations?source=right", token, gone, &[NDJSON]).await?;
    let errors = waiting.lines[0]["errors"].as_array().expect("errors");
    assert_eq!((waiting.statuses(), errors.len(), &errors[0]["code"]), (vec!["PARKED"], 1, &json!("WAITS")));
    Ok(())
}

/// Each row of a batch has its result, also one whose text is in an encoding of the time before Unicode.
async fn rejects_a_row_of_a_batch(process: &Process, token: &str) -> Result<()> {
    for options in ["", ", atomic: true", ", dryRun: true", ", atomic: true, dryRun: true"] {
        let query = format!(
            "mutation {{ pushOrganizations(options: {{ source: \"batch\"{options} }}, rows: [
                {{ externalId: \"B1\", code: \"B1\", name: \"Së X©y dùng\", axis: \"PARTY\", level: \"DEPARTMENT\" }}]) {{
                created rejected rows {{ status errors {{ path code }} }} }} }}"
        );
        let pushed = process.ask(&query, Value::Null, Some(token)).await?.data();
        let errors = json!([{ "path": "name", "code": "FONT_ENCODING" }]);
        let expected = json!({ "created": 0, "rejected": 1, "rows": [{ "status": "REJECTED", "errors": errors }] });
        assert_eq!(pushed["pushOrganizations"], expected, "{options}");
    }
    Ok(())
}

/// A refusal of the whole request is in the language of the caller, whoever refuses it.
async fn refuses_in_the_language_of_the_caller(process: &Process, token: &str) -> Result<()> {
    let vietnamese = [NDJSON, ("accept-language", "vi")];
    for (address, token, status, path, english, in_vietnamese) in [
        (
            "organizations?source=bar&dryRun=yes",
            token,
            400,
            json!("dryRun"),
            "accepted: true, false",
            "chấp nhận: true, false",
        ),
        (
            "organizations?source=bar&drRun=true",
            token,
            400,
            json!("drRun"),
            "there is no parameter",
            "không có tham số",
        ),
        ("organization?source=bar", token, 404, Value::Null, "there is no kind", "không có loại dữ liệu"),
        ("organizations?source=bar", "x.y", 401, Value::Null, "the credential is not", "khóa truy cập không hợp lệ"),
    ] {
        for (headers, words) in [(&[NDJSON][..], english), (&vietnamese, in_vietnamese)] {
            let refused = process.push(address, token, ndjson(&[organization("T9", None)]), headers).await?;
            let error = &refused.lines[0]["error"];
            assert_eq!((refused.status, &error["path"]), (status, &path), "{address}: {error}");
            assert!(error["message"].as_str().is_some_and(|message| message.contains(words)), "{address}: {error}");
        }
    }
    Ok(())
}

/// The row that would wait is among those that failed, with what it waits for.
async fn a_waiting_row_fails_the_whole(process: &Process, token: &str) -> Result<()> {
    let rows = ndjson(&[organization("T4", None), organization("T6", Some("NONE"))]);
    let whole = process.push("organizations?source=bar&atomic=true", token, rows, &[NDJSON]).await?;
    let receipt = whole.summary()["receipt"].as_str().unwrap_or_default().to_owned();
    let failed = process.get_as(&format!("/v1/push/receipts/{receipt}/failed.ndjson"), token).await?.text;
    assert_eq!(
        (failed.lines().count(), failed.contains("T6"), failed.contains("organization:NONE")),
        (1, true, true),
        "{failed}"
    );
    Ok(())
}

/// GraphQL has no number as long as a version.
async fn a_batch_states_versions(process: &Process, token: &str) -> Result<()> {
    let mut versioned = organization("T7", None);
    versioned["sourceVersion"] = json!("3");
    let query = "mutation($rows: [OrganizationRow!]!) { pushOrganizations(options: {source: \"bar\", dryRun: true}, rows: $rows) { created rejected } }";
    let answer = process.ask(query, json!({ "rows": [versioned] }), Some(token)).await?.data();
    assert_eq!(answer["pushOrganizations"], json!({ "created": 1, "rejected": 0 }));
    Ok(())
}

#[tokio::test]
async fn files_are_taken_as_their_kind_says() -> Result<()> {
    let data = folder()?;
    let data_dir = data.path().to_string_lossy().into_owned();
    let (process, token) = up(&data_dir).await?;

    // Every template is accepted by the sample city itself, and says nothing new when it is sent again.
    let kinds = process.get("/v1/push").await?.json();
    let kinds: Vec<&str> =
        kinds["kinds"].as_array().expect("kinds").iter().filter_map(|kind| kind["kind"].as_str()).collect();
    assert!(kinds.len() >= 14, "{kinds:?}");
    for kind in &kinds {
        let template = process.get(&format!("/v1/push/{kind}/template.csv")).await?.text.into_bytes();
        let first = process.push(&format!("{kind}?source=bar"), &token, template.clone(), &[CSV]).await?;
        assert_eq!((first.status, first.statuses()), (200, vec!["CREATED"]), "{kind}: {:?}", first.lines);
        let again = process.push(&format!("{kind}?source=bar"), &token, template, &[CSV]).await?;
        assert_eq!(again.statuses(), ["UNCHANGED"], "{kind}: {:?}", again.lines);
        let schema = process.get(&format!("/v1/push/{kind}/schema")).await?.json();
        assert!(schema["properties"]["externalId"].is_object(), "{kind}");
    }

    // A tree whose children come first.
    let rows = ndjson(&[organization("T3", Some("T2")), organization("T2", Some("T1")), organization("T1", None)]);
    let tree = process.push("organizations?source=bar", &token, rows.clone(), &[NDJSON]).await?;
    assert_eq!(tree.statuses(), ["CREATED", "CREATED", "CREATED"], "{:?}", tree.lines);

    // A dry run leaves nothing, all or nothing leaves nothing when one row fails.
    let dry = process
        .push("organizations?source=bar&dryRun=true", &token, ndjson(&[organization("T4", None)]), &[NDJSON])
        .await?;
    assert_eq!((dry.summary()["state"].as_str(), dry.statuses()), (Some("DRY_RUN"), vec!["CREATED"]));
    let mut bad = organization("T5", None);
    bad["axis"] = json!("NONE");
    let rows = ndjson(&[organization("T4", None), bad]);
    let whole = process.push("organizations?source=bar&atomic=true", &token, rows, &[NDJSON]).await?;
    assert_eq!(
        (whole.summary()["state"].as_str(), whole.statuses()),
        (Some("ROLLED_BACK"), vec!["REJECTED", "REJECTED"])
    );
    a_waiting_row_fails_the_whole(&process, &token).await?;
    a_batch_states_versions(&process, &token).await?;
    // A dry run of all or nothing tells what it found, too.
    let rows = ndjson(&[organization("T4", None), json!({ "externalId": "T5", "axis": "NONE" })]);
    let checked = process.push("organizations?source=bar&atomic=true&dryRun=true", &token, rows, &[NDJSON]).await?;
    assert_eq!(
        (checked.summary()["state"].as_str(), checked.statuses()),
        (Some("DRY_RUN"), vec!["CREATED", "REJECTED"])
    );
    let left = process.ask("{ organization(code: \"T4\") { code } }", Value::Null, Some(&token)).await?.data();
    assert_eq!(left["organization"], Value::Null);

    // Another source does not take a record over, and learns who its master is.
    let claimed =
        process.push("organizations?source=other", &token, ndjson(&[organization("T1", None)]), &[NDJSON]).await?;
    assert_eq!(claimed.lines[0]["errors"][0]["code"], "CONFLICT");
    assert!(claimed.lines[0]["errors"][0]["message"].as_str().expect("a message").contains("bar"));

    // The same key replays the results, another body is refused.
    let key = [NDJSON, ("idempotency-key", "k-1")];
    let rows = ndjson(&[organization("T6", None)]);
    let first = process.push("organizations?source=bar", &token, rows.clone(), &key).await?;
    let again = process.push("organizations?source=bar", &token, rows, &key).await?;
    assert_eq!(first.statuses(), ["CREATED"]);
    assert_eq!((again.statuses(), &again.summary()["receipt"]), (vec!["CREATED"], &first.summary()["receipt"]));
    assert_eq!((&first.summary()["replayed"], &again.summary()["replayed"]), (&Value::Null, &json!(true)));
    let other = process.push("organizations?source=bar", &token, ndjson(&[organization("T7", None)]), &key).await?;
    assert_eq!((other.status, other.lines[0]["error"]["code"].as_str()), (409, Some("CONFLICT")));

    names_what_is_not_there(&process, &token).await?;
    refuses_in_the_language_of_the_caller(&process, &token).await?;
    frees_what_is_withdrawn(&process, &token).await?;
    rejects_a_row_of_a_batch(&process, &token).await?;
    replaces(&process, &token).await?;
    acts_on_receipts(&process, &token, &first).await?;
    lists_receipts(&process, &token).await?;

    // Failed rows come back in their own format, with reasons, and are accepted when they are mended.
    let spoiled = "externalId,code,name,axis,level\nS1,S1,Một,COMMITTEE,CITY\nS2,S2,Hai,GOVERNMENT,CITY\n";
    let spoiled =
        process.push("organizations?source=bar", &token, spoiled.into(), &[CSV, ("accept-language", "vi")]).await?;
    assert_eq!(spoiled.statuses(), ["CREATED", "REJECTED"]);
    assert!(
        spoiled.lines[1]["errors"][0]["message"].as_str().expect("a message").contains("chấp nhận"),
        "{:?}",
        spoiled.lines
    );
    let receipt = spoiled.summary()["receipt"].as_str().expect("a receipt").to_owned();
    let failed = process.get_as(&format!("/v1/push/receipts/{receipt}/failed.csv"), &token).await?.text;
    assert_eq!(failed.matches("S1").count(), 0, "{failed}");
    let mended = failed.replace("GOVERNMENT,", "COMMITTEE,");
    let mended = process.push("organizations?source=bar", &token, mended.into(), &[CSV]).await?;
    assert_eq!(mended.statuses(), ["CREATED"], "{failed} {:?}", mended.lines);
    let mut object = organization("S3", None);
    object["axis"] = json!("GOVERNMENT");
    let as_json = process.push("organizations?source=bar", &token, ndjson(&[object]), &[NDJSON]).await?;
    let receipt = as_json.summary()["receipt"].as_str().expect("a receipt").to_owned();
    let failed = process.get_as(&format!("/v1/push/receipts/{receipt}/failed.csv"), &token).await?.text;
    let table = failed.replace(",GOVERNMENT", ",COMMITTEE");
    let table = process.push("organizations?source=bar", &token, table.into(), &[CSV]).await?;
    assert_eq!(table.statuses(), ["CREATED"], "{failed} {:?}", table.lines);

    // A key is for known kinds, and shows for what it pushes.
    let create =
        |kind| ["key", "create", "--subject", "iso", "--source", "sxd", "--kind", kind, "--data-dir", &data_dir];
    let unknown = run(&create("nope"), &[]).await.expect_err("refused").to_string();
    assert!(unknown.contains("nope") && unknown.contains("task-updates"), "{unknown}");
    run(&create("tasks"), &[]).await?;
    assert!(run(&["key", "list", "--data-dir", &data_dir], &[]).await?.contains("sxd: tasks"));

    // Every acknowledged push is in the audit trail.
    let entries = run(&["audit", "export", "--data-dir", &data_dir], &[]).await?;
    for receipt in [first.summary(), spoiled.summary(), mended.summary()].map(|summary| &summary["receipt"]) {
        assert!(entries.contains(receipt.as_str().expect("a receipt")), "{receipt}");
    }
    run(&["audit", "verify", "--data-dir", &data_dir], &[]).await?;
    Ok(())
}

/// Removes what a file does not name, and brings it back.
async fn replaces(process: &Process, token: &str) -> Result<()> {
    // Who replaces removes what is absent, but not more than a tenth by mistake.
    let few = process
        .push("organizations?source=bar&mode=replace", token, ndjson(&[organization("T1", None)]), &[NDJSON])
        .await?;
    assert_eq!(few.summary()["error"]["code"], "REPLACE_REFUSED", "{:?}", few.lines);
    let told = process
        .push(
            "organizations?source=bar&mode=replace&mayRemove=10",
            token,
            ndjson(&[organization("T1", None)]),
            &[NDJSON],
        )
        .await?;
    assert_eq!(
        (told.summary()["state"].as_str(), told.summary()["removed"].as_i64(), told.summary()["updated"].as_i64()),
        (Some("DONE"), Some(4), Some(0)),
        "{:?}",
        told.lines
    );
    assert_eq!(told.statuses(), ["UNCHANGED", "REMOVED", "REMOVED", "REMOVED", "REMOVED"], "{:?}", told.lines);

    // A scope that no record is in is a mistake, and its value is named.
    for (scope, code, value) in [
        ("parent:T9", "UNKNOWN_SCOPE", "T9"),
        ("axis:NONE", "VALIDATION", "NONE"),
        ("parnet:T1", "VALIDATION", "parnet"),
    ] {
        let path = format!("organizations?source=bar&mode=replace&scope={scope}");
        let refused = process.push(&path, token, ndjson(&[organization("T1", None)]), &[NDJSON]).await?;
        let error = &refused.lines.last().expect("a line")["error"];
        assert_eq!(error["code"], code, "{:?}", refused.lines);
        assert!(error["message"].as_str().is_some_and(|message| message.contains(value)), "{error}");
    }

    // What was removed is there again when the whole file is sent again.
    let all: Vec<Value> = ["VP-MAU", "T1", "T2", "T3"].map(|code| organization(code, None)).into();
    let back = process.push("organizations?source=bar&mode=replace", token, ndjson(&all), &[NDJSON]).await?;
    assert_eq!(back.summary()["state"], "DONE", "{:?}", back.lines);
    let there = process.ask("{ organization(code: \"T3\") { code } }", Value::Null, Some(token)).await?.data();
    assert_eq!(there["organization"]["code"], "T3");
    Ok(())
}

/// Withdraws a push, and tries rows again that wait.
async fn acts_on_receipts(process: &Process, token: &str, first: &Pushed) -> Result<()> {
    // A push is undone as a whole.
    let receipt = first.summary()["receipt"].as_str().expect("a receipt").to_owned();
    let client = reqwest::Client::new();
    let undo = format!("{}/v1/push/receipts/{receipt}/undo", process.address);
    let undone: Value = serde_json::from_str(
        &client.post(&undo).header("authorization", format!("Bearer {token}")).send().await?.text().await?,
    )?;
    assert_eq!(undone["state"], "UNDONE", "{undone}");
    let twice = client.post(&undo).header("authorization", format!("Bearer {token}")).send().await?;
    assert_eq!(twice.status(), 409);

    // Rows that wait are tried again or discarded, in GraphQL too; the services of the other kinds refuse to withdraw them.
    let waiting = ndjson(&[organization("W1", Some("W0"))]);
    let waiting = process.push("organizations?source=bar", token, waiting, &[NDJSON]).await?;
    assert_eq!(waiting.statuses(), ["PARKED"]);
    let receipt = json!({ "receipt": waiting.summary()["receipt"] });
    for (verb, rows) in [("retryPush", 1), ("discardPush", 1), ("discardPush", 0)] {
        let mutation = format!("mutation($receipt: ID!) {{ {verb}(input: {{ receipt: $receipt }}) {{ rows }} }}");
        let done = process.ask(&mutation, receipt.clone(), Some(token)).await?.data();
        assert_eq!(done[verb]["rows"], json!(rows), "{verb}");
    }
    let undo = |verb: &str| format!("mutation($receipt: ID!) {{ {verb}(receipt: $receipt) {{ records }} }}");
    let refused = process.ask(&undo("undoTasksPush"), receipt.clone(), Some(token)).await?.json();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "VALIDATION", "{refused}");
    let undone = process.ask(&undo("undoDirectoryPush"), receipt, Some(token)).await?.data();
    assert_eq!(undone["undoDirectoryPush"]["records"], json!(0));
    Ok(())
}

/// Lists receipts by what is asked for, page by page; what is not understood is refused.
async fn lists_receipts(process: &Process, token: &str) -> Result<()> {
    let list = async |query: &str| process.get_as(&format!("/v1/push/receipts?{query}"), token).await;
    let all = list("source=bar&first=500").await?.json();
    let ids = |list: &Value| -> Vec<Value> {
        list["receipts"].as_array().expect("a list").iter().map(|receipt| receipt["receipt"].clone()).collect()
    };
    assert_eq!(all["next"], Value::Null);
    let all_ids = ids(&all);
    let (mut paged, mut query) = (Vec::new(), "source=bar&first=2".to_owned());
    loop {
        let page = list(&query).await?.json();
        assert!((1..=2).contains(&ids(&page).len()), "{page}");
        paged.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("source=bar&first=2&after={next}");
    }
    assert_eq!(paged, all_ids);
    let undone = list("source=bar&state=UNDONE&kind=organizations").await?.json();
    let expected: Vec<&Value> =
        all["receipts"].as_array().expect("a list").iter().filter(|receipt| receipt["state"] == "UNDONE").collect();
    assert!(!expected.is_empty() && expected.len() < all_ids.len(), "{all}");
    assert_eq!(undone["receipts"].as_array().expect("a list").iter().collect::<Vec<_>>(), expected);
    let of_tasks = list("kind=tasks&source=bar").await?.json();
    let kinds: Vec<&Value> = of_tasks["receipts"].as_array().expect("a list").iter().map(|of| &of["kind"]).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "tasks"), "{of_tasks}");
    for (query, accepted) in [
        ("foo=1", "source, kind, state, first, after"),
        ("state=BAD", "ROLLED_BACK"),
        ("kind=nope", "organizations"),
        ("first=0", "1 to 500"),
        ("first=x", "1 to 500"),
        ("after=x", "next"),
        ("after=00000000-0000-0000-0000-000000000000", "next"),
    ] {
        let refused = list(&format!("source=bar&{query}")).await?;
        assert_eq!(refused.status, 400, "{query}: {}", refused.text);
        assert!(refused.text.contains(accepted), "{query}: {}", refused.text);
    }
    Ok(())
}

#[tokio::test]
async fn who_may_not_push_is_refused_before_a_row_is_read() -> Result<()> {
    let data = folder()?;
    let data_dir = data.path().to_string_lossy().into_owned();
    let environment = [("IOC_SECRET", SECRET)];
    let process = Process::start(&["up", "--listen", "127.0.0.1:0", "--data-dir", &data_dir], &environment).await?;
    let system = |source: &str, kinds: &[&str]| Principal {
        source: Some(source.to_owned()),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        ..person("system", &[], None, None)
    };
    let rows = || ndjson(&[organization("A1", None)]);
    for (principal, path, status, code) in [
        (system("dms", &[]), "organizations?source=other", 403, "FORBIDDEN"),
        (system("dms", &["tasks"]), "organizations", 403, "FORBIDDEN"),
        (person("ward", &[Role::Ward], None, None), "organizations?source=dms", 403, "FORBIDDEN"),
        (person("ward", &[Role::Ward], None, None), "organizations", 400, "VALIDATION"),
        (system("dms", &[]), "nothing", 404, "NOT_FOUND"),
        (system("dms", &[]), "organizations?mode=merge", 400, "VALIDATION"),
        (system("dms", &[]), "organizations?sorce=dms", 400, "VALIDATION"),
    ] {
        let refused = process.push(path, &credential(SECRET, &principal), rows(), &[NDJSON]).await?;
        assert_eq!(
            (refused.status, refused.lines[0]["error"]["code"].as_str()),
            (status, Some(code)),
            "{path}: {:?}",
            refused.lines
        );
    }
    let own = process
        .push("organizations", &credential(SECRET, &system("dms", &["organizations"])), rows(), &[NDJSON])
        .await?;
    assert_eq!(own.statuses(), ["CREATED"]);
    // A receipt of another source does not exist for this one.
    let receipt = own.summary()["receipt"].as_str().expect("a receipt").to_owned();
    let other =
        process.get_as(&format!("/v1/push/receipts/{receipt}"), &credential(SECRET, &system("other", &[]))).await?;
    assert_eq!(other.status, 404);
    Ok(())
}

/// Number of rows of the push that is killed.
const ROWS: usize = 30_000;

#[tokio::test]
async fn a_push_that_is_killed_and_repeated_stores_every_row_once() -> Result<()> {
    let data = folder()?;
    let data_dir = data.path().to_string_lossy().into_owned();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", data_dir.as_str()];
    let rows: Vec<Value> = (0..ROWS)
        .map(|row| json!({ "externalId": format!("K{row}"), "code": format!("K{row}"), "displayName": "Cán bộ" }))
        .collect();
    let body = ndjson(&rows);
    let headers = [NDJSON, ("idempotency-key", "killed")];
    // Killed when the first results arrive, so that some chunks are stored and others are not.
    for _ in 0..2 {
        let process = Process::start(&arguments, &[]).await?;
        let token = std::fs::read_to_string(format!("{data_dir}/dev-token"))?;
        let mut request =
            reqwest::Client::new().post(format!("{}/v1/push/officials?source=ha", process.address)).body(body.clone());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.header("authorization", format!("Bearer {token}")).send().await?;
        let first = response.chunk().await?;
        assert!(first.is_some_and(|lines| !lines.is_empty()));
        let pid = i32::try_from(process.pid().expect("running"))?;
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL)?;
        drop(process);
    }
    let process = Process::start(&arguments, &[]).await?;
    let token = std::fs::read_to_string(format!("{data_dir}/dev-token"))?;
    let pushed = process.push("officials?source=ha", &token, body.clone(), &headers).await?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for status in pushed.statuses() {
        *counts.entry(status).or_default() += 1;
    }
    assert_eq!(counts.values().sum::<usize>(), ROWS, "{counts:?}");
    assert!(counts.keys().all(|status| ["CREATED", "UNCHANGED"].contains(status)), "{counts:?}");
    assert!(counts["UNCHANGED"] >= 10_000, "chunks that were stored before the kill are there: {counts:?}");
    let receipt = process
        .get_as(&format!("/v1/push/receipts/{}", pushed.summary()["receipt"].as_str().expect("a receipt")), &token)
        .await?;
    assert_eq!((receipt.json()["rows"].as_u64(), receipt.json()["state"].as_str()), (Some(ROWS as u64), Some("DONE")));
    let query = "{ officials(first: 1, filter: {search: \"can bo\"}) { totalCount } }";
    let stored = process.ask(query, Value::Null, Some(&token)).await?.data();
    assert_eq!(stored["officials"]["totalCount"], json!(ROWS));
    let again = process.push("officials?source=ha", &token, body, &headers).await?;
    assert_eq!(again.statuses().len(), ROWS, "the stored results are replayed");
    let payload = process
        .get_as(
            &format!("/v1/push/receipts/{}/payload", pushed.summary()["receipt"].as_str().expect("a receipt")),
            &token,
        )
        .await?;
    assert_eq!(payload.text.lines().count(), ROWS, "the body is kept as it was received");
    Ok(())
}
