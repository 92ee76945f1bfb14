//! XLSX: sheets, cells, workbooks that must not be believed. The workbooks are made by openpyxl (`fixtures/make.py`).

use crate::kind::{csv, ndjson, read, read_in_pieces, reading};
use serde_json::{Value, json};
use std::io::Write;
use tabular::{Format, Raw, Reading};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn good() -> [Value; 3] {
    let first = json!({"code": "A1", "title": "Xây cầu", "ward": "00004", "progress": 40, "budget": "1234.5", "urgent": true,
        "due": "2026-03-15", "observedAt": "2026-03-15T01:30:00.000000+00:00", "status": "OPEN", "tags": ["cầu", "đường"]});
    let second = json!({"code": "A2", "title": "7", "ward": "00004", "progress": 40, "budget": "1234.5", "urgent": true,
        "due": "2026-03-15", "observedAt": "2026-03-15T01:30:00.000000+00:00", "status": "OPEN", "tags": ["cầu", "đường"]});
    let third = json!({"code": "A3", "title": null, "progress": 5, "budget": "0.3", "urgent": true, "status": "DONE"});
    [first, second, third]
}

#[test]
fn the_sheet_of_the_kind_is_read_and_the_others_are_named() {
    let outcome = read(Format::Xlsx, fixture("good.xlsx"));
    assert_eq!(outcome.values(), good());
    assert_eq!(outcome.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(
        outcome.notes(),
        [
            "read the sheet “Nhiệm vụ”; ignored hidden sheets: “Ẩn”",
            "read the sheet “Nhiệm vụ”; ignored other sheets: “Ghi chú”",
            "the header is on line 3; 2 lines before it were skipped",
        ]
    );
}

#[test]
fn without_a_sheet_of_the_kind_the_first_visible_one_is_read() {
    let reading = Reading { sheet: None, ..reading(Format::Xlsx) };
    let outcome = read_in_pieces(&reading, &fixture("good.xlsx"), 1_000);
    assert_eq!(outcome.file_fault().code, "NO_HEADER");
    assert!(outcome.file_fault().message.en.contains("Chỉ là ghi chú"));
}

#[test]
fn days_of_the_1904_system_are_the_same_days() {
    assert_eq!(read(Format::Xlsx, fixture("good-1904.xlsx")).values(), good());
}

#[test]
fn each_bad_cell_is_a_fault_of_its_row() {
    let outcome = read(Format::Xlsx, fixture("bad.xlsx"));
    assert_eq!(
        outcome.faults(),
        [
            (2, "title", "FORMULA"),
            (3, "title", "CELL_ERROR"),
            (4, "", "MERGED_CELLS"),
            (5, "", "MERGED_CELLS"),
            (6, "title", "INVALID"),
            (6, "ward", "TOO_LONG"),
            (7, "due", "INVALID"),
            (8, "progress", "INVALID"),
            (8, "budget", "INVALID"),
            (9, "", "EXTRA_CELLS"),
        ]
    );
    let message = |row: usize| outcome.rows[row].faults[0].message.en.as_str();
    assert!(message(1).contains("#REF!"), "{}", message(1));
    assert!(message(2).contains("B4:B5"), "{}", message(2));
    assert!(message(4).contains("turned a long code"), "{}", message(4));
    assert!(message(5).contains("2026-03-15 08:30:00"), "{}", message(5));
    assert_eq!((outcome.rows[8].line, &outcome.rows[8].values["code"]), (12, &json!("B9")));
}

#[test]
fn the_three_formats_of_the_same_rows_give_the_same_values() {
    let workbook = read(Format::Xlsx, fixture("good.xlsx"));
    let mut text = String::new();
    for row in &workbook.rows {
        let Raw::Cells(cells) = &row.raw else { panic!("a workbook has cells") };
        if text.is_empty() {
            text = cells.iter().map(|(header, _)| header.to_string()).collect::<Vec<_>>().join("\t") + "\n";
        }
        text += &(cells.iter().map(|(_, cell)| cell.clone()).collect::<Vec<_>>().join("\t") + "\n");
    }
    let lines: Vec<String> = workbook.values().iter().map(ToString::to_string).collect();
    assert_eq!(csv(text).values(), workbook.values());
    assert_eq!(ndjson(lines.join("\n")).values(), workbook.values());
}

#[test]
fn files_that_are_no_workbook_are_named() {
    let code_and_words = |bytes: &[u8]| {
        let outcome = read(Format::Xlsx, bytes);
        (outcome.file_fault().code, outcome.file_fault().message.en.clone())
    };
    let (code, words) = code_and_words(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0");
    assert!(code == "WRONG_FORMAT" && words.contains("XLSX with a password"), "{words}");
    assert_eq!(code_and_words(b"code,title\n").0, "WRONG_FORMAT");
    assert_eq!(code_and_words(b"").0, "WRONG_FORMAT");
    let whole = fixture("good.xlsx");
    assert_eq!(code_and_words(&whole[..whole.len() / 2]).0, "UNREADABLE");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(b"text").unwrap();
    assert_eq!(code_and_words(&zip.finish().unwrap().into_inner()).0, "UNREADABLE");
    let mut reading = reading(Format::Xlsx);
    reading.limits.workbook_bytes = 1_000;
    assert_eq!(read_in_pieces(&reading, &whole, 100).file_fault().code, "TOO_LARGE");
    reading.child = None;
    assert_eq!(read_in_pieces(&reading, &whole, 100).file_fault().code, "NOT_SUPPORTED");
}

/// The workbook with one part replaced.
fn with_part(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(fixture("good.xlsx"))).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).unwrap();
        if part.name().unwrap() != name {
            zip.raw_copy_file(part).unwrap();
        }
    }
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_that_inflates_without_end_is_refused() {
    let bytes = with_part("xl/media/big.bin", &vec![0; 8 << 20]);
    let mut reading = reading(Format::Xlsx);
    reading.limits.ratio_from_bytes = 1 << 20;
    assert_eq!(read_in_pieces(&reading, &bytes, 4096).file_fault().code, "TOO_LARGE");
    reading.limits.ratio = 1 << 40;
    assert_eq!(read_in_pieces(&reading, &bytes, 4096).values(), good());
    reading.limits.workbook_inflated_bytes = 1 << 20;
    assert_eq!(read_in_pieces(&reading, &bytes, 4096).file_fault().code, "TOO_LARGE");
    reading.limits.workbook_parts = 3;
    assert_eq!(read_in_pieces(&reading, &bytes, 4096).file_fault().code, "TOO_LARGE");
}

#[test]
fn a_workbook_that_claims_a_huge_size_ends_the_child_and_not_the_reader() {
    let claim = "<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"1\" \
                 uniqueCount=\"99999999999\"><si><t>x</t></si></sst>";
    let outcome = read(Format::Xlsx, with_part("xl/sharedStrings.xml", claim.as_bytes()));
    assert_eq!(outcome.file_fault().code, "UNREADABLE");
    assert!(outcome.file_fault().message.en.contains("more memory"), "{:?}", outcome.file_fault());
}
