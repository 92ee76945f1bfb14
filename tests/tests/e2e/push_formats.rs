//! The same rows as NDJSON, CSV and XLSX, in any order, repetition and splitting, end in one state.

use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use e2e::{Process, SECRET, credential, run};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Map, Value, json};
use service_kit::testing::Dice;
use service_kit::{Principal, Role};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A row with its kind.
type Row = (&'static str, Value);

/// A chain of organizations, tasks that they lead, and reports: whole rows, partial ones, ties in time, versions that
/// contradict the times, cleared fields, tombstones.
fn rows(dice: &mut Dice, source: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let day = |day: usize| format!("2026-01-{:02}T02:00:00Z", day + 1);
    for level in 0..4_usize {
        let code = |level: usize| format!("{source}-O{level}");
        let mut row = json!({ "externalId": format!("O{level}"), "observedAt": day(0), "code": code(level), "name": format!("Cơ quan \"{level}\", đầu"),
            "axis": "COMMITTEE", "level": "DEPARTMENT" });
        if level > 0 {
            row["parent"] = json!(code(level - 1));
        }
        rows.push(("organizations", row));
        rows.push(("organizations", json!({ "externalId": format!("O{level}"), "observedAt": day(1 + level), "name": format!("Cơ quan; {level}") })));
    }
    for number in 0..4 {
        let id = format!("T{number}");
        // A source gives versions to all rows of a record or to none.
        let is_versioned = number % 2 == 1;
        let mut whole = json!({ "externalId": id, "observedAt": day(0), "code": format!("{source}-{id}"), "title": "Ban đầu", "status": "ASSIGNED",
            "lead": format!("{source}-O3"), "startOn": "2026-01-01", "baselineDue": "2026-02-01", "currentDue": "2026-02-01" });
        if is_versioned {
            whole["sourceVersion"] = json!(1);
        }
        rows.push(("tasks", whole));
        for change in 0..6 {
            // Few days, so that times tie.
            let mut row = json!({ "externalId": id, "observedAt": day(1 + dice.below(4)) });
            if is_versioned {
                row["sourceVersion"] = json!(2 + dice.below(5));
            }
            match dice.below(7) {
                0 => row["title"] = json!(format!("Tên {}", dice.below(3))),
                1 => row["status"] = json!(dice.pick(&["ASSIGNED", "IN_PROGRESS", "BLOCKED"])),
                2 => row["lead"] = json!(dice.pick(&["UBND", "HDND"])),
                3 => row["currentDue"] = json!(dice.pick(&["2026-02-01", "2026-02-15", "2026-03-01"])),
                4 => row["areas"] = json!(dice.pick(&[&["00004"][..], &["00004", "00008"]])),
                5 if change > 2 => row["deleted"] = json!(true),
                _ => {
                    row["progress"] = json!(dice.below(100));
                    row["action"] = Value::Null;
                }
            }
            rows.push(("tasks", row));
        }
        for update in 0..3 {
            let id = format!("{id}-U{update}");
            rows.push((
                "task-updates",
                json!({ "externalId": id, "task": format!("T{number}"), "observedAt": day(1 + dice.below(5)),
                "progress": dice.below(100), "selfDeclaredRisk": dice.pick(&["LOW", "HIGH"]) }),
            ));
            if dice.below(3) == 0 {
                rows.push((
                    "task-updates",
                    json!({ "externalId": id, "observedAt": day(6 + dice.below(2)), "deleted": true }),
                ));
                rows.push((
                    "task-updates",
                    json!({ "externalId": id, "observedAt": day(6 + dice.below(3)), "progress": dice.below(100) }),
                ));
            }
        }
    }
    rows
}

fn columns<'a>(rows: &'a [&Value]) -> Vec<&'a String> {
    let mut names: Vec<&String> = rows.iter().filter_map(|row| row.as_object()).flat_map(Map::keys).collect();
    names.sort();
    names.dedup();
    names
}

/// A value as a person types it.
fn cell(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Null) => "NULL".to_owned(),
        Some(Value::Bool(true)) => "có".to_owned(),
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn csv(rows: &[&Value]) -> Vec<u8> {
    let names = columns(rows);
    let line = |cells: Vec<String>| {
        cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + "\r\n"
    };
    let head = line(names.iter().map(|name| (*name).clone()).collect());
    let body: String =
        rows.iter().map(|row| line(names.iter().map(|name| cell(row.get(name.as_str()))).collect())).collect();
    (head + &body).into_bytes()
}

/// A workbook with numbers as numbers and days and times as a spreadsheet stores them, in the city's zone.
fn xlsx(rows: &[&Value]) -> Result<Vec<u8>> {
    let names = columns(rows);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (days, times) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("dd/mm/yyyy hh:mm"));
    for (column, name) in (0..).zip(&names) {
        sheet.write_string(0, column, *name)?;
        for (line, row) in (1..).zip(rows) {
            match row.get(name.as_str()) {
                None => {}
                Some(Value::Number(number)) => {
                    sheet.write_number(line, column, number.as_f64().expect("a number"))?;
                }
                Some(Value::Bool(is)) => {
                    sheet.write_boolean(line, column, *is)?;
                }
                Some(Value::String(text)) if name.as_str() == "observedAt" => {
                    let at: chrono::DateTime<chrono::Utc> = text.parse()?;
                    let local = (at + chrono::TimeDelta::hours(7)).format("%Y-%m-%dT%H:%M:%S").to_string();
                    sheet.write_datetime_with_format(line, column, ExcelDateTime::parse_from_str(&local)?, &times)?;
                }
                Some(Value::String(text)) if name.ends_with("Due") || name.ends_with("On") => {
                    sheet.write_datetime_with_format(line, column, ExcelDateTime::parse_from_str(text)?, &days)?;
                }
                other => {
                    sheet.write_string(line, column, cell(other))?;
                }
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

/// A file of rows and its media type.
fn file(rows: &[&Value], format: usize) -> Result<(Vec<u8>, &'static str)> {
    Ok(match format {
        0 => (rows.iter().flat_map(|row| format!("{row}\n").into_bytes()).collect(), "application/x-ndjson"),
        1 => (csv(rows), "text/csv"),
        _ => (xlsx(rows)?, XLSX),
    })
}

/// Everything that the rows of a source have left, without ids, times of recording and the name of the source.
async fn state(database: &mut PgConnection, source: &str) -> Result<String> {
    let mut state = Vec::new();
    for sql in [
        "SELECT to_jsonb(o) - '{source,recorded_at,version,search}'::text[] FROM directory.organization AS o WHERE source = $1 ORDER BY external_id",
        "SELECT jsonb_build_array(o.external_id, e.observed_at, e.effective, e.changes) FROM directory.organization_event AS e
         JOIN directory.organization AS o USING (code) WHERE source = $1 ORDER BY external_id, e.observed_at",
        "SELECT to_jsonb(t) - '{id,source,recorded_at,recorded_by,version,search,deleted_at}'::text[] || jsonb_build_object('gone', t.deleted_at IS NOT NULL)
         FROM tasks.task AS t WHERE source = $1 ORDER BY external_id",
        "SELECT jsonb_build_array(t.external_id, e.observed_at, e.rank, e.effective, e.changes - 'deleted_at') FROM tasks.task_event AS e
         JOIN tasks.task AS t USING (id) WHERE source = $1 AND e.withdrawn_at IS NULL ORDER BY external_id, e.observed_at, e.rank, e.changes - 'deleted_at', e.ordinal",
        "SELECT jsonb_build_array(t.external_id, to_jsonb(p) - '{id,source,version,recorded_at,recorded_by,search,deleted_at}'::text[])
         FROM tasks.task AS t JOIN (VALUES (1), (2), (3), (4), (5)) AS d(day) ON true
         CROSS JOIN LATERAL tasks.task_at(('2026-01-0' || d.day || 'T12:00:00Z')::timestamptz, ARRAY[t.id]) AS p WHERE t.source = $1 ORDER BY t.external_id, d.day",
        "SELECT jsonb_build_array(t.external_id, m.at, m.from_status, m.to_status, m.from_lead, m.to_lead) FROM tasks.transition AS m
         JOIN tasks.task AS t ON t.id = m.task_id WHERE t.source = $1 ORDER BY 1",
        "SELECT jsonb_build_array(t.external_id, x.requested_due, x.previous_due, x.decided_at) FROM tasks.extension_request AS x
         JOIN tasks.task AS t ON t.id = x.task_id WHERE t.source = $1 ORDER BY 1",
        "SELECT jsonb_build_array(t.external_id, to_jsonb(f) - 'task_id') FROM tasks.fact AS f JOIN tasks.task AS t ON t.id = f.task_id
         WHERE t.source = $1 ORDER BY t.external_id, f.from_day",
        "SELECT to_jsonb(u) - '{id,task_id,source,version,recorded_at,reported_by}'::text[] FROM tasks.progress_update AS u WHERE source = $1 ORDER BY external_id",
        "SELECT jsonb_build_array(external_id, status, errors) FROM platform.receipt_row WHERE source = $1 AND status IN ('PARKED', 'REJECTED') ORDER BY 1",
    ] {
        let found: Vec<Value> = sqlx::query_scalar(sql).bind(source).fetch_all(&mut *database).await?;
        state.extend(found.iter().map(Value::to_string));
        state.push("--".to_owned());
    }
    Ok(state.join("\n"))
}

#[tokio::test]
async fn any_mixture_of_formats_ends_in_one_state() -> Result<()> {
    // When the tests run as root, PostgreSQL runs as another user, who needs access to this folder.
    let data = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir()?;
    let data_dir = data.path().to_string_lossy().into_owned();
    let process =
        Process::start(&["up", "--listen", "127.0.0.1:0", "--data-dir", &data_dir, "--sample", "hanoi"], &[]).await?;
    let token = std::fs::read_to_string(format!("{data_dir}/dev-token"))?;
    let url = std::fs::read_to_string(format!("{data_dir}/database-url"))?;
    let mut database = PgConnection::connect(url.trim()).await?;
    for seed in 0..3 {
        let mut reference: Option<String> = None;
        for order in 0..4 {
            let source = format!("s{seed}-{order}");
            let mut rows = rows(&mut Dice(seed), &source);
            let mut dice = Dice(1000 * (seed + 1) + order);
            if order > 0 {
                dice.shuffle(&mut rows);
                // Some rows arrive twice.
                for _ in 0..10 {
                    let again = dice.pick(&rows).clone();
                    let place = dice.below(rows.len());
                    rows.insert(place, again);
                }
            }
            // The first order is one file of each kind; others are parts of different lengths and formats.
            let mut rest = rows.as_slice();
            while !rest.is_empty() {
                let length = if order == 0 { rest.len() } else { (1 + dice.below(30)).min(rest.len()) };
                let (part, later) = rest.split_at(length);
                let mut kinds = ["organizations", "tasks", "task-updates"];
                if order > 0 {
                    dice.shuffle(&mut kinds);
                }
                for kind in kinds {
                    let of_kind: Vec<&Value> =
                        part.iter().filter(|(other, _)| *other == kind).map(|(_, row)| row).collect();
                    if of_kind.is_empty() {
                        continue;
                    }
                    let format = if order == 0 { 0 } else { dice.below(3) };
                    let (body, media_type) = file(&of_kind, format)?;
                    let path = format!("{kind}?source={source}");
                    let pushed = process.push(&path, &token, body, &[("content-type", media_type)]).await?;
                    assert_eq!(pushed.summary()["rows"], json!(of_kind.len()), "{media_type}: {:?}", pushed.lines);
                }
                rest = later;
            }
            // Rows that wait for another service are applied within a second; here they are tried at once.
            for kind in ["organizations", "tasks", "task-updates"] {
                let receipts: Vec<String> = sqlx::query_scalar("SELECT DISTINCT receipt_id::text FROM platform.receipt_row WHERE source = $1 AND kind = $2 AND status = 'PARKED'")
                    .bind(&source).bind(kind).fetch_all(&mut database).await?;
                for receipt in receipts {
                    let client =
                        reqwest::Client::new().post(format!("{}/v1/push/receipts/{receipt}/retry", process.address));
                    client.header("authorization", format!("Bearer {token}")).send().await?.error_for_status()?;
                }
            }
            let ended = state(&mut database, &source).await?.replace(&source, "SOURCE");
            match &reference {
                None => reference = Some(ended),
                Some(reference) => {
                    let differs = reference.lines().zip(ended.lines()).find(|(left, right)| left != right);
                    assert!(*reference == ended, "seed {seed}, order {order}: {differs:#?}");
                }
            }
        }
        assert!(reference.is_some_and(|state| state.lines().count() > 100));
    }
    database.close().await?;
    run(&["facts", "verify", "--database-url", url.trim()], &[]).await?;
    Ok(())
}

/// What a site has, without ids and external ids.
const OF_SITE: &str = "SELECT jsonb_build_array(p.map_sheet, p.parcel_number, p.land_type, p.area_to_acquire, p.area_handed_over, f.notified_on, f.handed_on, f.handed_area,
        (SELECT jsonb_agg(jsonb_build_array(r.party_code, r.share) ORDER BY r.party_code) FROM projects.parcel_right AS r
         WHERE r.parcel_id = p.id AND r.deleted_at IS NULL),
        (SELECT jsonb_agg(jsonb_build_array(m.kind, m.happened_on, m.document) ORDER BY m.kind, m.happened_on) FROM projects.milestone AS m
         WHERE m.parcel_id = p.id AND m.deleted_at IS NULL))
    FROM projects.parcel_case AS p JOIN projects.parcel_fact_present AS f ON f.parcel_id = p.id AND f.is_first
    WHERE p.site_code = $1 AND p.deleted_at IS NULL ORDER BY p.parcel_number";

/// The land office's sheet, one row for each household with milestones as columns, and the same as one sheet for each kind.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_wide_and_a_long_workbook_end_in_the_same_rows(pool: PgPool) -> Result<()> {
    let url = pool.connect_options().to_url_lossy().to_string();
    let data = tempfile::tempdir()?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.path().to_string_lossy()];
    let platform = Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await?;
    let admin = Principal { subject: Some("admin".into()), roles: vec![Role::Admin], ..Principal::default() };
    let token = credential(SECRET, &admin);
    let known = "2025-12-01T02:00:00Z";
    let site = |code: &str| json!({ "externalId": code, "observedAt": known, "code": code, "name": "Khu", "project": "DA", "area": "00004" });
    let wide = |id: &str, parcel: &str, party: &str, share: f64, days: Value| {
        let mut row = json!({ "externalId": id, "observedAt": known, "site": "RONG", "mapSheet": "7", "parcelNumber": parcel, "landType": "RESIDENTIAL",
            "areaToAcquire": 85.5, "party": party, "partyKind": "HOUSEHOLD", "share": share, "notice": "15/TB-UBND", "notifiedOn": "2026-02-02" });
        row.as_object_mut().into_iter().for_each(|row| row.extend(days.as_object().cloned().unwrap_or_default()));
        row
    };
    let parcel = |number: &str, handed: f64| {
        json!({ "externalId": number, "observedAt": known, "site": "DAI", "mapSheet": "7", "parcelNumber": number, "landType": "RESIDENTIAL",
            "areaToAcquire": 85.5, "areaHandedOver": handed })
    };
    let party = |code: &str| json!({ "externalId": code, "observedAt": known, "code": code, "kind": "HOUSEHOLD" });
    let right = |parcel: &str, party: &str, share: f64| json!({ "externalId": format!("{parcel}/{party}"), "observedAt": known, "parcel": parcel, "party": party, "share": share });
    let event = |parcel: &str, kind: &str, day: &str| {
        let mut row = json!({ "externalId": format!("{parcel}/{kind}"), "observedAt": known, "parcel": parcel, "kind": kind, "happenedOn": day });
        if kind == "NOTIFIED" {
            row["document"] = json!("15/TB-UBND");
        }
        row
    };
    let files: [(&str, Vec<Value>); 8] = [
        (
            "areas",
            vec![
                json!({ "externalId": "00004", "observedAt": known, "code": "00004", "name": "Phường Ba Đình", "kind": "WARD" }),
            ],
        ),
        ("projects", vec![json!({ "externalId": "DA", "observedAt": known, "code": "DA", "name": "Dự án" })]),
        ("sites", vec![site("RONG"), site("DAI")]),
        (
            "clearance-sheet",
            vec![
                wide("1", "89", "HO-1", 1.0, json!({ "inventoriedOn": "2026-04-06", "handedOverOn": "2026-09-01" })),
                wide("2", "90", "HO-1", 0.5, json!({})),
                wide("3", "90", "HO-2", 0.5, json!({})),
            ],
        ),
        ("parties", vec![party("HO-1"), party("HO-2")]),
        (
            "parcel-cases",
            vec![
                parcel("89", 85.5),
                json!({ "externalId": "90", "observedAt": known, "site": "DAI", "mapSheet": "7", "parcelNumber": "90",
            "landType": "RESIDENTIAL", "areaToAcquire": 85.5 }),
            ],
        ),
        ("parcel-rights", vec![right("89", "HO-1", 1.0), right("90", "HO-1", 0.5), right("90", "HO-2", 0.5)]),
        (
            "parcel-events",
            vec![
                event("89", "NOTIFIED", "2026-02-02"),
                event("89", "INVENTORIED", "2026-04-06"),
                event("89", "HANDED_OVER", "2026-09-01"),
                event("90", "NOTIFIED", "2026-02-02"),
            ],
        ),
    ];
    for (kind, rows) in &files {
        let book = xlsx(&rows.iter().collect::<Vec<_>>())?;
        // The parties of the sheet are the sheet's: another source does not state them again.
        let source = if *kind == "clearance-sheet" || *kind == "parties" { "so-dia-chinh" } else { "du-an" };
        let pushed = platform.push(&format!("{kind}?source={source}"), &token, book, &[("content-type", XLSX)]).await?;
        let refused: Vec<&Value> =
            pushed.lines.iter().filter(|line| line["status"] == "REJECTED" || line["status"] == "PARKED").collect();
        assert!(pushed.status == 200 && refused.is_empty(), "{kind}: {:?}", pushed.lines);
    }
    let of_site = async |code: &'static str| sqlx::query_scalar::<_, Value>(OF_SITE).bind(code).fetch_all(&pool).await;
    let (wide, long) = (of_site("RONG").await?, of_site("DAI").await?);
    assert_eq!(wide.len(), 2);
    assert_eq!(wide, long);
    assert_eq!(
        wide[0][9],
        json!([
            ["HANDED_OVER", "2026-09-01", null],
            ["INVENTORIED", "2026-04-06", null],
            ["NOTIFIED", "2026-02-02", "15/TB-UBND"]
        ])
    );
    assert_eq!(wide[1][8], json!([["HO-1", 0.5], ["HO-2", 0.5]]));
    Ok(())
}
