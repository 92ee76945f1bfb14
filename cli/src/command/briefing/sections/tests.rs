//! What a document says of answers that are whole, partial, hidden and stale.

use serde_json::{Value, json};

use super::Frame;
use crate::client::Language;
use crate::command::briefing::answer::Answer;
use crate::command::briefing::document::{Cell, Document, Table};
use crate::command::briefing::stock::Stock;

const NOW: &str = "2026-11-27T03:00:00Z";

fn document(response: &Value, language: Language) -> Document {
    let now = NOW.parse().expect("an instant");
    let answer = Answer::read(response.to_string().as_bytes()).expect("an answer");
    let stock = Stock::of("2026-W47".parse().expect("a period"), schema::CityTime::default(), now).expect("a week");
    Frame { language, stock: &stock, answer: &answer, now, author: Some("Văn phòng") }.document()
}

fn table<'d>(document: &'d Document, sheet: &str) -> &'d Table {
    let mut tables = document.sections.iter().flat_map(|section| &section.tables);
    tables.find(|table| table.sheet == sheet).unwrap_or_else(|| panic!("no {sheet}"))
}

fn row<'t>(table: &'t Table, first: &str) -> &'t [Cell] {
    let found = table.rows.iter().find(|row| row[0] == Cell::Text(first.into()));
    found.unwrap_or_else(|| panic!("no {first} in {:?}", table.rows))
}

fn changes(until: &str, counts: &[(&str, &str, i64)]) -> Value {
    let counts: Vec<Value> = counts
        .iter()
        .map(|(dataset, kind, count)| json!({ "dataset": dataset, "kind": kind, "count": count }))
        .collect();
    json!({ "until": until, "datasets": ["TASKS", "FEEDBACK"], "counts": counts })
}

#[test]
fn nothing_is_shown_as_zero_when_nothing_is_known() {
    let errors = json!([{ "message": "no", "path": ["tasks"], "extensions": { "code": "SUBGRAPH_UNAVAILABLE" } }]);
    let document = document(&json!({ "data": {}, "errors": errors }), Language::Vietnamese);
    assert_eq!(document.title, "Báo cáo tổng hợp phục vụ giao ban [CHƯA ĐẦY ĐỦ]");
    assert_eq!(document.subtitle, "Tuần 47 năm 2026 (16/11/2026 đến 22/11/2026)");
    assert_eq!(
        document.warnings,
        [
            "TÀI LIỆU CHƯA ĐẦY ĐỦ. Nền tảng không trả lời một số phần.",
            "THIẾU HOẶC KHÔNG ĐẦY ĐỦ: chỉ số nhiệm vụ. Nền tảng không trả lời (dịch vụ không hoạt động).",
        ]
    );
    let fact = |label: &str| document.facts.iter().find(|(found, _)| found == label).map(|(_, value)| value.as_str());
    assert_eq!(fact("Nguồn dữ liệu im lặng"), Some("không xác định được"));
    assert_eq!(fact("Người lập"), Some("Văn phòng"));
    assert_eq!(fact("Thời điểm lập"), Some("10:00 ngày 27/11/2026"));
    assert!(document.sections.iter().all(|section| section.tables.iter().all(|table| table.rows.is_empty())));
}

#[test]
fn a_part_without_right_is_named_and_the_document_is_not_called_incomplete() {
    let errors = json!([{ "message": "no", "path": ["briefings"], "extensions": { "code": "FORBIDDEN" } }]);
    let data = json!({ "viewer": { "roles": ["WARD"], "organization": null, "areas": ["00004"] } });
    let document = document(&json!({ "data": data, "errors": errors }), Language::English);
    assert_eq!(document.title, "Stocktaking for the briefing");
    assert_eq!(
        document.warnings[0],
        "Not shown: conclusions and open points of briefings. The credential has no right to it."
    );
    assert!(document.warnings[1].starts_with("Aggregated figures are those of the whole city."));
    let conclusions = &document.sections[7];
    assert_eq!(
        (conclusions.title.as_str(), conclusions.tables.len()),
        ("8. Conclusions and points for the next briefing", 0)
    );
    assert_eq!(conclusions.warnings, document.warnings[..1]);
}

#[test]
fn changes_of_a_week_are_those_since_its_begin_less_those_since_its_end() {
    let data = json!({
        "changes": changes("t", &[("TASKS", "SLIPPED", 5), ("FEEDBACK", "CREATED", 9)]),
        "changesAfter": changes("t", &[("TASKS", "SLIPPED", 2)]),
        "important": { "totalCount": 7, "nodes": [
            // A second after the week, in the city.
            { "at": "2026-11-22T17:00:01Z", "dataset": "TASKS", "kind": "SLIPPED", "code": "NV-1" },
            { "at": "2026-11-22T16:59:59Z", "dataset": "TASKS", "kind": "SLIPPED", "code": "NV-2", "before": "2026-11-30", "after": "2026-12-29" },
            { "at": "2026-11-18T00:00:00Z", "dataset": "TASKS", "kind": "MOVED", "code": "NV-3" },
            { "at": "2026-11-16T00:00:00Z", "dataset": "KPIS", "kind": "TURNED_RED", "code": "X", "before": "AMBER_RED", "after": "RED" },
        ] },
    });
    let document = document(&json!({ "data": data }), Language::Vietnamese);
    let counts = table(&document, "Số thay đổi");
    // Created, moved, finished, slipped …
    assert_eq!(row(counts, "Nhiệm vụ")[1..5], [Cell::count(0), Cell::count(0), Cell::count(0), Cell::count(3)]);
    assert_eq!(row(counts, "Phản ánh, kiến nghị")[1], Cell::count(9));
    assert_eq!(row(counts, "Dự án")[1], Cell::Missing);
    let important = table(&document, "Thay đổi quan trọng");
    let codes: Vec<&Cell> = important.rows.iter().map(|row| &row[3]).collect();
    assert_eq!(codes, [&Cell::Text("X".into()), &Cell::Text("NV-2".into())]);
    assert_eq!(important.rows[0][6..], [Cell::Text("Vàng – đỏ".into()), Cell::Text("Đỏ".into())]);
    let days = ["2026-11-30", "2026-12-29"].map(|day| Cell::Date(day.parse().expect("a day")));
    assert_eq!(important.rows[1][6..], days);
    assert_eq!(important.note.as_deref(), Some("2 dòng đầu trong tổng số 3."));
}

#[test]
fn changes_of_two_moments_are_not_told_apart() {
    let data = json!({
        "changes": changes("t", &[("TASKS", "SLIPPED", 5)]),
        "changesAfter": changes("later", &[("TASKS", "SLIPPED", 2)]),
    });
    let document = document(&json!({ "data": data }), Language::English);
    assert!(document.sections[6].tables.is_empty());
    assert!(document.sections[6].warnings[0].contains("cannot be told apart"));
}

#[test]
fn a_silent_source_is_named_where_its_figures_are() {
    let source = |code: &str, silent: bool, dataset: &str| {
        json!({
            "code": code, "name": null, "lastReceiptAt": "2026-11-20T01:00:00Z", "lagHours": 100.5, "workingDays": false,
            "isSilent": silent, "parked": 0, "rejected": 2, "figures": [{ "dataset": dataset }],
        })
    };
    let data = json!({ "sources": [source("mua-ngap", true, "feedback"), source("kho-bac", false, "projects")] });
    let document = document(&json!({ "data": data }), Language::Vietnamese);
    let stale: Vec<&str> = document
        .sections
        .iter()
        .filter(|section| {
            section
                .warnings
                .iter()
                .any(|warning| warning.contains("mua-ngap (lần gửi gần nhất: 08:00 ngày 20/11/2026)"))
        })
        .map(|section| section.title.as_str())
        .collect();
    assert_eq!(
        stale,
        ["II. Thẻ điểm", "V. Phản ánh, kiến nghị của người dân", "VI. Cảnh báo", "VII. Thay đổi trong kỳ"]
    );
    assert!(document.warnings[0].starts_with("Có nguồn dữ liệu im lặng"));
    let sources = table(&document, "Nguồn dữ liệu");
    assert_eq!(row(sources, "mua-ngap")[1], Cell::Text("im lặng".into()));
    assert_eq!(row(sources, "kho-bac")[1], Cell::Text("bình thường".into()));
}

#[test]
fn the_briefing_before_is_the_latest_one_when_a_week_had_none() {
    let held = |period: &str, at: &str| {
        let task = json!({ "code": "NV-7", "status": "IN_PROGRESS", "progress": 40, "currentDue": "2026-11-20", "isOverdue": true });
        let of = |tasks: Value, total: i64| json!({ "totalCount": total, "nodes": tasks });
        let conclusion = |number: i64, tasks: Value| {
            json!({ "number": number, "text": format!("Kết luận {period}"),
            "dueOn": "2026-11-26", "leadOrganization": null, "tasks": tasks })
        };
        let conclusions =
            [conclusion(1, of(json!([task]), 3)), conclusion(2, of(json!([]), 0)), conclusion(3, Value::Null)];
        json!({ "period": period, "title": "Giao ban", "heldAt": at, "conclusions": conclusions, "openPoints": [] })
    };
    let near = [held("2026-W47", "2026-11-23T01:00:00Z")];
    // One of the period itself was held within it.
    let earlier = [
        held("2026-W47", "2026-11-20T01:00:00Z"),
        held("2026-W45", "2026-11-09T01:00:00Z"),
        held("2026-W44", "2026-11-02T01:00:00Z"),
    ];
    let data = json!({ "briefings": { "nodes": near }, "earlierBriefings": { "nodes": earlier } });
    let document = document(&json!({ "data": data }), Language::English);
    let own = table(&document, "Conclusions");
    assert_eq!(own.rows[0][1..3], [Cell::Text("Kết luận 2026-W47".into()), Cell::Missing]);
    assert_eq!(own.rows[0][4], Cell::Text("past".into()));
    let tasks: Vec<&Cell> = own.rows.iter().map(|row| &row[5]).collect();
    let text = Cell::Text("NV-7: in progress, 40 %, due 20 Nov 2026, overdue; 2 more".into());
    assert_eq!(tasks, [&text, &Cell::Text("no task".into()), &Cell::Missing]);
    assert_eq!(table(&document, "Conclusions before").rows[0][1], Cell::Text("Kết luận 2026-W45".into()));
    assert_eq!(table(&document, "Open points").empty, "No open point is recorded.");
}

#[test]
fn an_answer_of_something_else_is_refused() {
    for (body, said) in [
        ("<html>", "the answer is not one of GraphQL; check --url"),
        (r#"{"errors":[{"message":"no field `x`"}]}"#, "the platform refuses the operation: no field `x`"),
        (r#"{"data":null,"errors":[{"message":"a"},{"message":"b"}]}"#, "the platform refuses the operation: a; b"),
    ] {
        assert_eq!(Answer::read(body.as_bytes()).expect_err("refused").to_string(), said);
    }
    let wrong = Answer::read(br#"{"data":{"tasks":{"totals":{}}}}"#).expect_err("refused").to_string();
    assert!(wrong.contains("is the platform of another version?"), "{wrong}");
}

#[test]
fn parts_that_are_missing_for_one_reason_are_one_sentence() {
    let fault =
        |root: &str, code: &str| json!({ "message": "no", "path": [root, "nodes", 3], "extensions": { "code": code } });
    let errors = [
        fault("sources", "FORBIDDEN"),
        fault("overdue", "TIMEOUT"),
        fault("alerts", "TIMEOUT"),
        fault("overdue", "TIMEOUT"),
        fault("city", "SOMETHING_ELSE"),
    ];
    let document = document(&json!({ "data": {}, "errors": errors }), Language::English);
    assert_eq!(
        document.warnings[1..],
        [
            "MISSING OR INCOMPLETE: list of overdue tasks; alerts. The platform did not answer (it took too long).",
            "MISSING OR INCOMPLETE: scorecard of the city. The platform did not answer (an error).",
            "Not shown: sources of data. The credential has no right to it.",
        ]
    );
}
