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
            "the header is on line 3; lines before it that were skipped: 2",
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
fn a_logical_value_that_a_text_cell_was_made_of_is_read() {
    // LibreOffice saves a logical value in a cell of text as the formula of a number.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["code", "urgent", "title"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (row, (formula, number)) in (1..).zip([("=TRUE()", "1"), ("=FALSE()", "0"), ("=1", "1")]) {
        sheet.write_string(row, 0, format!("A{row}")).unwrap();
        let formula = rust_xlsxwriter::Formula::new(formula).set_result(number);
        sheet.write_formula(row, 1, formula.clone()).unwrap();
        sheet.write_formula(row, 2, formula).unwrap();
    }
    let read = read(Format::Xlsx, book.save_to_buffer().unwrap());
    assert_eq!(
        read.values(),
        [
            json!({ "code": "A1", "urgent": true, "title": "true" }),
            json!({ "code": "A2", "urgent": false, "title": "false" }),
            json!({ "code": "A3", "urgent": true, "title": "1" }),
        ]
    );
}

#[test]
fn a_workbook_in_a_font_encoding_is_refused_whole() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    // The header is Unicode, and none of the words below it is clear by itself.
    for (row, title) in (0..).zip(["Tên nhiệm vụ", "Tæ", "CÇu", "Quü"]) {
        sheet.write_string(row, 0, if row == 0 { "code" } else { "A" }).unwrap();
        sheet.write_string(row, 1, title).unwrap();
    }
    let outcome = read(Format::Xlsx, book.save_to_buffer().unwrap());
    assert_eq!((outcome.file_fault().code, outcome.rows.len()), ("FONT_ENCODING", 0));
}

#[test]
fn numbers_that_are_read_as_days_and_rows_without_cells_are_noted() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["code", "due", "progress"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    // Two rows between the first and the second have no cells.
    for (row, number) in [(1, 46_096.0), (4, 46_097.0)] {
        sheet.write_string(row, 0, "A").unwrap();
        sheet.write_number(row, 1, number).unwrap();
        sheet.write_number(row, 2, 7).unwrap();
    }
    let outcome = read(Format::Xlsx, book.save_to_buffer().unwrap());
    assert_eq!(outcome.values()[1]["due"], "2026-03-16");
    assert_eq!(
        outcome.notes(),
        [
            "skipped 2 empty rows",
            "“Hạn hoàn thành”: plain numbers that were read as days: 2, the first on line 2: 46096 is 2026-03-15",
        ]
    );
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

#[test]
fn a_workbook_of_another_program_gives_the_same_rows() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    book.add_worksheet().set_name("Ẩn").unwrap().set_hidden(true);
    let sheet = book.add_worksheet().set_active(true);
    let headers =
        ["Code", "Title", "Ward", "Progress", "Budget", "Urgent", "Due date", "Observed at", "Status", "Tags"];
    sheet.write_row(0, 0, headers).unwrap();
    sheet.write(1, 0, "A1").unwrap();
    // A formula with a stored value is its value.
    sheet.write(1, 1, rust_xlsxwriter::Formula::new("=\"Xây \"&\"cầu\"").set_result("Xây cầu")).unwrap();
    sheet.write(1, 2, 4).unwrap();
    sheet.write(1, 3, rust_xlsxwriter::Formula::new("=20+20").set_result("40")).unwrap();
    sheet.write(1, 4, 1234.5).unwrap();
    sheet.write(1, 5, true).unwrap();
    sheet.write_with_format(1, 6, 46_096, &day).unwrap();
    // A number of days without a format of days, as other programs export it.
    sheet.write(1, 7, 46_096.354_166_666_664).unwrap();
    sheet.write_row(1, 8, ["ĐANG LÀM", "cầu; đường"]).unwrap();
    sheet
        .write_row(2, 0, ["A2", "7", "00004", "40", "1234,5", "có", "2026-03-15", "2026-03-15T01:30:00Z", "open"])
        .unwrap();
    sheet.write(2, 9, "cầu;đường").unwrap();
    sheet.write_row(3, 0, ["A3", "NULL", "", "5", "0,3", "X", "", "", "Hoàn Thành"]).unwrap();
    let outcome = read(Format::Xlsx, book.save_to_buffer().unwrap());
    assert_eq!(outcome.values(), good());
}

#[test]
fn a_sheet_that_claims_huge_formulas_and_dimensions_is_read_or_refused() {
    let row = |cell: &str| {
        format!(
            "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
             <dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Mã</t></is></c>\
             <c r=\"B1\" t=\"inlineStr\"><is><t>Tên nhiệm vụ</t></is></c></row><row r=\"2\">{cell}</row></sheetData></worksheet>"
        )
    };
    let read_cell = |cell: &str| {
        let outcome = read(Format::Xlsx, with_part("xl/worksheets/sheet3.xml", row(cell).as_bytes()));
        (
            outcome.faults().iter().map(|fault| fault.2.to_owned()).collect::<Vec<_>>(),
            outcome.end.map_err(|fault| fault.code),
        )
    };
    let shared = "<c r=\"A2\"><f t=\"shared\" ref=\"A2:A3\" si=\"4294967295\">1+1</f><v>2</v></c>";
    let (faults, end) = read_cell(shared);
    assert!(end == Err("UNREADABLE") || faults.is_empty(), "{end:?}");
    // A cell in the last column of a sheet is one cell too much, and costs no row of 16,384 cells.
    let (faults, end) = read_cell("<c r=\"A2\"><v>1</v></c><c r=\"XFD2\"><v>1</v></c>");
    assert_eq!((faults, end.map(|summary| summary.rows)), (vec!["EXTRA_CELLS".to_owned()], Ok(1)));
    // Rows that go backwards are no table.
    let (_, end) = read_cell("<c r=\"A2\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>1</v></c>");
    assert_eq!(end.map(|summary| summary.rows), Err("UNREADABLE"));
}

#[test]
fn a_receiver_can_stop_a_workbook() {
    let mut reader = tabular::Reader::new(crate::kind::FIELDS, &reading(Format::Xlsx)).unwrap();
    let mut count = 0;
    let mut sink = |_| {
        count += 1;
        std::ops::ControlFlow::Break(())
    };
    reader.push(&fixture("good.xlsx"), &mut sink).unwrap();
    assert_eq!(reader.finish(&mut sink), Err(tabular::ReadError::Stopped));
    assert_eq!(count, 1);
}
