//! Exports of answers: the figures of GraphQL in a file, for who may see them, recorded, and whole or not at all.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use anyhow::Result;
use calamine::{Data, Reader as _, Xlsx};
use e2e::{Exported, Process, SECRET, credential, passport};
use nix::sys::signal::Signal;
use sample::NoProgress;
use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::{ConnectOptions, PgPool};

const NOW: &str = "2026-11-21T03:00:00Z";

const LATE: &str = include_str!("../../../schema/operations/late-organizations.graphql");

/// Documents that the operator of this installation trusts.
const LIST: &str = "query List($first: Int = 50, $after: String, $search: String) {
    tasks(first: $first, after: $after, filter: { search: $search }) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { node { code title progress currentDue recordedAt lead { code name } programmes { code } } }
    }
}";
const PAGE: &str = "query Page { tasks(first: 7) { totalCount edges { node { code } } } organizations(first: 1) { edges { node { code } } } }";
const BEGIN: &str = "mutation Begin { startTask(input: { id: \"018f0000-0000-7000-8000-000000000000\", expectedVersion: 1 }) { task { code } } }";

fn manifest(folder: &Path) -> Result<String> {
    let path = folder.join("documents.json");
    std::fs::write(&path, json!({ "list": LIST, "page": PAGE, "begin": BEGIN }).to_string())?;
    Ok(path.to_string_lossy().into_owned())
}

async fn hanoi(pool: &PgPool) -> Result<String> {
    sample::load_tasks("hanoi", None, pool, NOW.parse()?, &NoProgress).await?;
    Ok(pool.connect_options().to_url_lossy().to_string())
}

async fn up(url: &str, folder: &Path, flags: &[&str]) -> Result<Process> {
    let (data, documents) = (folder.to_string_lossy(), manifest(folder)?);
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data, "--trusted-documents", &documents];
    Process::start(&[&arguments[..], flags].concat(), &[("DATABASE_URL", url), ("IOC_SECRET", SECRET)]).await
}

fn operator() -> String {
    let operator = Principal { subject: Some("operator".into()), roles: vec![Role::Ioc], ..Principal::default() };
    credential(SECRET, &operator)
}

fn ward(area: &str) -> String {
    let areas = vec![area.to_owned()];
    credential(
        SECRET,
        &Principal { subject: Some("ward".into()), roles: vec![Role::Ward], areas, ..Principal::default() },
    )
}

/// Header and rows of a CSV.
fn table(file: &Exported) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    assert_eq!(file.status, 200, "{}", String::from_utf8_lossy(&file.bytes));
    let text = std::str::from_utf8(&file.bytes)?.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let header = texts(reader.headers()?);
    let rows = reader.records().map(|record| Ok(texts(&record?))).collect::<Result<_>>()?;
    Ok((header, rows))
}

fn column(rows: &[Vec<String>], place: usize) -> Vec<&str> {
    rows.iter().map(|row| row[place].as_str()).collect()
}

/// Sheets of a workbook, each with its rows.
fn sheets(file: &Exported) -> Result<Vec<(String, Vec<Vec<Data>>)>> {
    assert_eq!(file.status, 200, "{}", String::from_utf8_lossy(&file.bytes));
    let mut book = Xlsx::new(Cursor::new(file.bytes.clone()))?;
    let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    Ok(book.worksheets().into_iter().map(|(name, range)| (name, rows(range))).collect())
}

/// Subject, reason and request of each export in the audit trail, the latest last.
async fn recorded(pool: &PgPool) -> Result<Vec<(Option<String>, String, Option<String>)>> {
    let query = "SELECT subject, reason, request_id FROM platform.audit_entry
                 WHERE action = 'EXPORT' AND operation = 'exportDocument' ORDER BY id";
    Ok(sqlx::query_as(query).fetch_all(pool).await?)
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_file_has_the_figures_of_graphql_and_says_as_of_when(pool: PgPool) -> Result<()> {
    let (url, folder) = (hanoi(&pool).await?, tempfile::tempdir()?);
    let platform = up(&url, folder.path(), &[]).await?;
    let operator = operator();

    let file = platform.export(&[("documentId", "late-organizations"), ("format", "csv")], Some(&operator)).await?;
    let (header, rows) = table(&file)?;
    let expected = "organization.code organization.name organization.axis measures.total measures.overdue \
                    measures.averageDaysLate measures.backlogAge.upTo7 measures.backlogAge.from8To30 \
                    measures.backlogAge.from31To90 measures.backlogAge.over90 previous.total previous.overdue";
    assert_eq!(header.join(" "), expected);
    let answer = platform.ask(LATE, Value::Null, Some(&operator)).await?.data();
    let expected: Vec<Vec<String>> = answer["taskStats"]["rows"].as_array().expect("rows").iter().map(cells).collect();
    assert!(expected.len() > 1 && rows == expected, "{rows:?}\n{expected:?}");
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    let (as_of, complete) = (file.header("export-as-of"), file.header("export-complete"));
    // Ten groups were asked for and ten came, so there may be more.
    assert_eq!((as_of, complete, rows.len()), ("2026-09-30", "unknown", 10));
    assert_eq!(file.header("export-partial"), answer["taskStats"]["freshness"]["partial"].to_string());
    let named = file.header("content-disposition");
    assert!(named.starts_with("attachment; filename=\"late-organizations-as-of-2026-09-30.csv\"; filename*=UTF-8''"));
    // “Đơn vị chậm tiến độ, tính đến …” in the listing of the playground.
    assert!(
        named.contains("''%C4%90%C6%A1n%20v%E1%BB%8B%20ch%E1%BA%ADm") && named.ends_with("2026-09-30.csv"),
        "{named}"
    );

    let wards = [("documentId", "wards"), ("format", "xlsx"), ("lang", "en"), ("variables", r#"{"year":"2025"}"#)];
    let file = platform.export(&wards, Some(&operator)).await?;
    assert_eq!((file.header("export-rows"), file.header("export-complete")), ("126", "true"));
    let sheets = sheets(&file)?;
    let [(name, areas), (about, described)] = &sheets[..] else { panic!("{sheets:?}") };
    assert_eq!((name.as_str(), areas.len(), about.as_str()), ("areas", 127, "About"));
    let titles: Vec<String> = areas[0].iter().map(ToString::to_string).collect();
    let place = |title: &str| titles.iter().position(|known| known == title).expect("a column");
    let hoan_kiem = areas.iter().find(|row| row[1] == Data::String("Phường Hoàn Kiếm".into())).expect("a ward");
    // A code is a text and keeps its zeros; a number is one.
    assert!(matches!(&hoan_kiem[0], Data::String(code) if code.len() == 5), "{hoan_kiem:?}");
    assert!(matches!(hoan_kiem[place("taskMeasures.total")], Data::Float(_)), "{hoan_kiem:?}");
    let lines: Vec<(String, String, String)> =
        described.iter().map(|row| (row[0].to_string(), row[1].to_string(), row[2].to_string())).collect();
    for (table, item, value) in [
        ("Table", "Item", "Value"),
        ("", "Title", "Every ward and its tasks"),
        ("", "Document (documentId)", "wards"),
        ("", "Variable $year", "\"2025\""),
        ("", "Exported by", "operator; Roles: IOC"),
        ("areas", "Rows", "126"),
    ] {
        assert!(lines.contains(&(table.into(), item.into(), value.into())), "{item}: {lines:?}");
    }
    assert!(described.iter().any(|row| row[1] == Data::String("As of".into()) && matches!(row[2], Data::DateTime(_))));

    let entries = recorded(&pool).await?;
    let [first, second] = &entries[..] else { panic!("{entries:?}") };
    let what = "document late-organizations, format csv, taskStats 10 rows as of 2026-09-30, variables {}";
    assert_eq!((first.0.as_deref(), first.1.as_str()), (Some("operator"), what));
    assert!(second.1.starts_with("document wards, format xlsx, areas 126 rows as of "), "{}", second.1);
    assert!(second.1.ends_with("variables {\"year\":\"2025\"}"), "{}", second.1);
    assert_eq!(second.2.as_deref(), Some(file.header("x-request-id")));
    Ok(())
}

/// The leaves of a row of measures, as a CSV has them.
fn cells(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => object.values().flat_map(cells).collect(),
        Value::Null => vec![String::new()],
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_list_is_followed_to_its_end_and_has_what_the_caller_sees(pool: PgPool) -> Result<()> {
    let (url, folder) = (hanoi(&pool).await?, tempfile::tempdir()?);
    let platform = up(&url, folder.path(), &[]).await?;
    let operator = operator();
    let pusher = Principal { subject: Some("dms".into()), source: Some("dms".into()), ..Principal::default() };
    let rows: Vec<Value> = [
        "=HYPERLINK(\"http://x\")",
        "+84 24 3825",
        "@SUM(A1)",
        "-1",
        "Nạo vét sông Tô Lịch; \"gấp\"",
    ]
    .iter()
    .zip(1..)
    .map(|(title, number)| {
        json!({ "externalId": format!("F{number}"), "code": format!("F{number}"), "title": title, "status": "ASSIGNED",
                    "lead": "SXD", "startOn": "2026-01-05" })
    })
    .collect();
    let body = rows.iter().flat_map(|row| format!("{row}\n").into_bytes()).collect();
    let pushed =
        platform.push("tasks", &credential(SECRET, &pusher), body, &[("content-type", "application/x-ndjson")]).await?;
    assert_eq!(pushed.statuses(), ["CREATED"; 5]);

    let list = |variables| [("documentId", "list"), ("format", "csv"), ("variables", variables)];
    let file = platform.export(&list(r#"{"first":37}"#), Some(&operator)).await?;
    let (header, rows) = table(&file)?;
    assert_eq!(
        header,
        ["code", "title", "progress", "currentDue", "recordedAt", "lead.code", "lead.name", "programmes.code"]
    );
    let stored: Vec<String> =
        sqlx::query_scalar("SELECT code FROM tasks.task WHERE status <> 'DRAFT' AND deleted_at IS NULL")
            .fetch_all(&pool)
            .await?;
    // 230 of the sample and five more, on seven pages.
    assert_eq!((rows.len(), stored.len()), (235, 235));
    let codes: BTreeSet<&str> = column(&rows, 0).into_iter().collect();
    assert_eq!(codes, stored.iter().map(String::as_str).collect());
    let counts = ["export-rows", "export-total-count", "export-complete"].map(|name| file.header(name));
    assert_eq!(counts, ["235", "235", "true"]);
    let mut titles: Vec<&str> = rows.iter().filter(|row| row[0].starts_with('F')).map(|row| row[1].as_str()).collect();
    titles.sort_unstable();
    let harmless = ["'+84 24 3825", "'-1", "'=HYPERLINK(\"http://x\")", "'@SUM(A1)", "Nạo vét sông Tô Lịch; \"gấp\""];
    assert_eq!(titles, harmless);

    // The stored list of tasks, in pages of a hundred.
    let stored =
        platform.export(&[("documentId", "tasks"), ("format", "csv"), ("lang", "en")], Some(&operator)).await?;
    assert_eq!((table(&stored)?.1.len(), stored.header("export-complete")), (235, "true"));

    let book = [("documentId", "list"), ("format", "xlsx"), ("variables", r#"{"search":"HYPERLINK"}"#)];
    let book = sheets(&platform.export(&book, Some(&operator)).await?)?;
    let found = &book[0].1;
    assert_eq!((found.len(), &found[1][1]), (2, &Data::String("=HYPERLINK(\"http://x\")".into())));

    // A ward gets the tasks that it sees, in the file as in GraphQL.
    let area: String = sqlx::query_scalar(
        "SELECT a FROM tasks.task, unnest(area_codes) AS a WHERE status <> 'DRAFT' GROUP BY a ORDER BY count(*) DESC, a LIMIT 1",
    )
    .fetch_one(&pool)
    .await?;
    let ward = ward(&area);
    let (_, own) = table(&platform.export(&list(r#"{"first":3}"#), Some(&ward)).await?)?;
    let answer =
        platform.ask("{ tasks(first: 200) { totalCount nodes { code } } }", Value::Null, Some(&ward)).await?.data();
    let seen: Vec<&str> =
        answer["tasks"]["nodes"].as_array().expect("nodes").iter().filter_map(|n| n["code"].as_str()).collect();
    assert_eq!(column(&own, 0), seen);
    assert!((1..235).contains(&own.len()), "{}", own.len());

    // One page, and the operation cannot go on: the file says what is missing.
    let page = [("documentId", "page"), ("format", "csv"), ("part", "tasks")];
    let file = platform.export(&page, Some(&operator)).await?;
    assert_eq!(table(&file)?.1.len(), 7);
    let counts = ["export-rows", "export-total-count", "export-complete"].map(|name| file.header(name));
    assert_eq!(counts, ["7", "235", "false"]);
    assert!(file.header("content-disposition").contains("-7-of-235-rows.csv"), "{:?}", file.headers);
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_cannot_be_exported_whole_is_refused_with_the_reason(pool: PgPool) -> Result<()> {
    let (url, folder) = (hanoi(&pool).await?, tempfile::tempdir()?);
    // The limit of visitors is so small that their second export has to wait.
    let platform = up(&url, folder.path(), &["--visitor-rate-limit", "5"]).await?;
    let operator = operator();
    for (parameters, status, code, path, message) in [
        (
            &[("documentId", "nothing"), ("format", "csv")][..],
            404,
            "DOCUMENT_NOT_FOUND",
            "documentId",
            "accepted: alerts, ",
        ),
        (&[("format", "csv")], 400, "VALIDATION", "documentId", "documentId is missing"),
        (&[("documentId", "wards"), ("format", "pdf")], 400, "VALIDATION", "format", "accepted: csv, xlsx"),
        (&[("documentId", "begin"), ("format", "csv")], 400, "VALIDATION", "documentId", "accepted: a query"),
        (&[("documentId", "wards"), ("format", "csv"), ("part", "ward")], 400, "VALIDATION", "part", "accepted: areas"),
        (&[("documentId", "page"), ("format", "csv")], 400, "VALIDATION", "part", "accepted: tasks, organizations"),
        (
            &[("documentId", "wards"), ("format", "csv"), ("variables", r#"{"year":7}"#)],
            400,
            "VALIDATION",
            "",
            "period",
        ),
        (
            &[("documentId", "list"), ("format", "csv"), ("variables", r#"{"first":"x"}"#)],
            400,
            "VALIDATION",
            "variables",
            "$first",
        ),
        (
            &[("documentId", "list"), ("format", "csv"), ("variables", r#"{"first":100000}"#)],
            400,
            "COST_LIMIT_EXCEEDED",
            "",
            "the operation is not executed: the operation is beyond the limit `cost`",
        ),
        (
            &[("documentId", "one-ward"), ("format", "csv"), ("variables", r#"{"Ward":"00004"}"#)],
            400,
            "VALIDATION",
            "variables",
            "\"Ward\" is no variable of the operation; accepted: ward, year, asOf",
        ),
        (
            &[("documentId", "one-ward"), ("format", "csv"), ("variables", r#"{"ward":"99999"}"#)],
            404,
            "NOT_FOUND",
            "variables",
            "area: there is none with these variables",
        ),
        (
            &[("documentId", "wards"), ("format", "csv"), ("query", "{ a }")],
            400,
            "VALIDATION",
            "query",
            "accepted: documentId",
        ),
    ] {
        let refused = platform.export(parameters, Some(&operator)).await?;
        let error = &refused.json()["error"];
        let found = (refused.status, error["code"].as_str(), error["path"].as_str().unwrap_or_default());
        assert_eq!(found, (status, Some(code), path), "{parameters:?} {error}");
        assert!(error["message"].as_str().unwrap_or_default().contains(message), "{error}");
        assert_eq!(refused.header("content-disposition"), "");
    }
    // A visitor sees no tasks, and gets no file that has none either.
    let tasks = platform.export(&[("documentId", "list"), ("format", "csv")], None).await?;
    assert_eq!((tasks.status, &tasks.json()["error"]["code"]), (401, &json!("UNAUTHENTICATED")), "{}", tasks.json());
    assert_eq!(tasks.json()["errors"][0]["path"], json!(["tasks"]));
    assert!(recorded(&pool).await?.is_empty());
    let waits = platform.export(&[("documentId", "first-look"), ("format", "csv")], None).await?;
    assert_eq!(waits.status, 429, "{}", String::from_utf8_lossy(&waits.bytes));
    assert_ne!(waits.header("retry-after"), "");
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_visitor_exports_public_figures_from_an_answer_that_hides_the_rest(pool: PgPool) -> Result<()> {
    let (url, folder) = (hanoi(&pool).await?, tempfile::tempdir()?);
    let platform = up(&url, folder.path(), &[]).await?;
    // The tasks of this operation are null for a visitor; the measures are whole.
    let (header, rows) = table(&platform.export(&[("documentId", "first-look"), ("format", "csv")], None).await?)?;
    assert_eq!(header[..2], ["axis", "measures.total"]);
    // 168 tasks sit with the committee.
    assert!(rows.iter().any(|row| row[0] == "COMMITTEE" && row[1] == "168"), "{rows:?}");
    let whole = platform.export(&[("documentId", "first-look"), ("format", "xlsx")], None).await?;
    assert_eq!((whole.status, whole.json()["errors"][0]["path"][0].as_str()), (401, Some("tasks")));
    let entries = recorded(&pool).await?;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].0, None);
    assert!(entries[0].1.contains("taskStats 4 rows as of 2026-09-30"), "{}", entries[0].1);

    let forged = platform.export(&[("documentId", "wards"), ("format", "csv")], Some("forged")).await?;
    assert_eq!(forged.status, 401);

    // Without an entry in the audit trail there is no file.
    sqlx::raw_sql(
        "CREATE FUNCTION public.no_exports() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$;
         CREATE TRIGGER no_exports BEFORE INSERT ON platform.audit_entry FOR EACH ROW WHEN (new.action = 'EXPORT')
         EXECUTE FUNCTION public.no_exports();",
    )
    .execute(&pool)
    .await?;
    let unrecorded = platform.export(&[("documentId", "first-look"), ("format", "csv")], None).await?;
    assert_eq!((unrecorded.status, &unrecorded.json()["error"]["code"]), (500, &json!("INTERNAL")));
    assert!(!String::from_utf8_lossy(&unrecorded.bytes).contains("COMMITTEE"));
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn several_processes_give_the_same_file_and_record_it(pool: PgPool) -> Result<()> {
    let (url, folder) = (hanoi(&pool).await?, tempfile::tempdir()?);
    let one = up(&url, folder.path(), &[]).await?;
    let serve = async |role: &str, flags: &[&str], database: Option<&str>| {
        let arguments = [&["serve", role, "--listen", "127.0.0.1:0"], flags].concat();
        let mut environment = vec![("IOC_SECRET", SECRET)];
        environment.extend(database.map(|url| ("DATABASE_URL", url)));
        Process::start(&arguments, &environment).await
    };
    let data = folder.path().to_string_lossy();
    let platform = serve("platform", &["--data-dir", &data], Some(&url)).await?;
    let directory = serve("directory", &[], Some(&url)).await?;
    let tasks = serve("tasks", &[], Some(&url)).await?;
    let places = [("platform", &platform), ("directory", &directory), ("tasks", &tasks)]
        .map(|(name, part)| format!("{name}={}/graphql", part.address));
    let flags: Vec<&str> = places.iter().flat_map(|place| ["--subgraph", place]).collect();
    // This gateway has no database.
    let gateway = serve("gateway", &flags, None).await?;

    let operator = operator();
    let late = [("documentId", "late-organizations"), ("format", "csv")];
    let expected = one.export(&late, Some(&operator)).await?;
    let file = gateway.export(&late, Some(&operator)).await?;
    assert_eq!(table(&file)?, table(&expected)?);
    let public = gateway.export(&[("documentId", "trend"), ("format", "csv")], None).await?;
    assert_eq!(table(&public)?.0[0], "bucket");
    let entries = recorded(&pool).await?;
    let subjects: Vec<_> = entries.iter().map(|entry| entry.0.as_deref()).collect();
    assert_eq!(subjects, [Some("operator"), Some("operator"), None]);
    assert_eq!(entries[0].1, entries[1].1);

    // Nobody but the gateway adds an entry.
    let body = json!({ "subject": "x", "what": "y", "requestId": null }).to_string();
    let client = reqwest::Client::new();
    let principal =
        passport(&Principal { subject: Some("gateway".into()), roles: vec![Role::Admin], ..Principal::default() });
    for (address, token, status) in [
        (&platform.address, None, 401),
        (&platform.address, Some(&principal), 401),
        (&platform.address, Some(&operator), 401),
        (&gateway.address, Some(&operator), 404),
    ] {
        let mut request = client.post(format!("{address}/internal/exports")).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        assert_eq!(request.body(body.clone()).send().await?.status(), status);
    }
    assert_eq!(recorded(&pool).await?.len(), 3);

    // The service with the audit trail is down: the figures could be read, and are not sent.
    platform.stop(Signal::SIGKILL).await?;
    let unrecorded = gateway.export(&late, Some(&operator)).await?;
    assert_eq!((unrecorded.status, &unrecorded.json()["error"]["code"]), (503, &json!("SUBGRAPH_UNAVAILABLE")));
    // A service with the figures is down: half an answer is none.
    tasks.stop(Signal::SIGKILL).await?;
    let partial = gateway.export(&[("documentId", "wards"), ("format", "csv")], Some(&operator)).await?;
    assert_eq!((partial.status, &partial.json()["error"]["code"]), (503, &json!("SUBGRAPH_UNAVAILABLE")));
    assert!(partial.json()["errors"].as_array().is_some_and(|errors| !errors.is_empty()));
    Ok(())
}
