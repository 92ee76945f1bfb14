//! Files that the crate writes are files that it reads.

use crate::kind::{FIELDS, csv, ndjson, read, reading};
use serde_json::json;
use tabular::{FailedRow, Fault, Format, Words, failed_rows, json_schema, template_csv, template_xlsx};

#[test]
fn templates_are_accepted_with_their_examples() {
    let example = json!({"code": "NV-001", "title": "Xây cầu", "ward": "00004", "progress": 40, "budget": "1234.5",
        "urgent": true, "due": "2026-03-15", "observedAt": "2026-03-15T01:30:00.000000+00:00", "status": "OPEN",
        "tags": ["cầu", "đường"]});
    let text = csv(template_csv(FIELDS, &[]));
    assert_eq!(text.values(), std::slice::from_ref(&example));
    let workbook = read(Format::Xlsx, template_xlsx("Nhiệm vụ", FIELDS).unwrap());
    assert_eq!(workbook.values(), [example]);
    assert_eq!(workbook.notes(), [""; 0]);
    let rows = [vec!["A, B".to_owned(), " \"x\"\ny ".to_owned()]];
    assert_eq!(csv(template_csv(&FIELDS[..2], &rows)).values(), [json!({"code": "A, B", "title": "\"x\"\ny"})]);
    // A title that no sheet may have.
    assert!(template_xlsx("Nhiệm vụ: dự án/đầu tư [2026] của các sở, ban, ngành", FIELDS).is_ok());
}

#[test]
fn failed_rows_come_back_unchanged_with_reasons() {
    let text = "code,title,ward,budget,due,Ghi chú,\n A ,\"x, \"\"y\"\"\",1234567,1.234,31/02/2026,=1+1,,z\nB,,,,,\n";
    let lines = "{\"code\":\"A\",\"budget\":1.50,\"x\":[1, 2],\"#errors\":[]}\nnot json\n[1]\n";
    let workbook = std::fs::read(format!("{}/tests/fixtures/bad.xlsx", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for (format, bytes) in
        [(Format::Csv, text.as_bytes()), (Format::Ndjson, lines.as_bytes()), (Format::Xlsx, workbook.as_slice())]
    {
        let first = read(format, bytes);
        let failed: Vec<FailedRow<'_>> = first
            .rows
            .iter()
            .map(|row| FailedRow { raw: &row.raw, reasons: row.faults.iter().map(Fault::sentence).collect() })
            .collect();
        let again = read(format, failed_rows(format, FIELDS, &failed).unwrap());
        assert_eq!(first.rows.len(), again.rows.len());
        assert!(!again.notes().iter().any(|note| note.contains("Errors")), "{:?}", again.notes());
        for (before, after) in first.rows.iter().zip(&again.rows) {
            let is_kept =
                |row: &&Fault| !matches!(row.code, "FORMULA" | "CELL_ERROR" | "MERGED_CELLS" | "NOT_AN_OBJECT");
            let paths =
                |row: &tabular::Row| row.faults.iter().filter(is_kept).map(|f| f.path.clone()).collect::<Vec<_>>();
            if before.faults.iter().all(|fault| is_kept(&fault)) {
                assert_eq!(paths(before), paths(after), "{before:?}");
                assert_eq!(before.values, after.values);
            }
        }
    }
}

#[test]
fn the_reasons_stand_in_both_languages_before_the_row() {
    let first = csv("code,title\nA,b\n");
    let reasons = vec![Words::new("too late", "quá hạn"), Words::new("again", "lần nữa")];
    let file = failed_rows(Format::Csv, FIELDS, &[FailedRow { raw: &first.rows[0].raw, reasons }]).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert_eq!(text, "\u{feff}Lỗi / Errors,code,title\r\n\"quá hạn / too late\nlần nữa / again\",A,b\r\n");
    let first = ndjson("{\"code\":\"A\",\"budget\":1.50}\n");
    let reasons = vec![Words::new("too late", "quá hạn")];
    let file = failed_rows(Format::Ndjson, FIELDS, &[FailedRow { raw: &first.rows[0].raw, reasons }]).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert_eq!(text, "{\"code\":\"A\",\"budget\":1.50,\"#errors\":[{\"en\":\"too late\",\"vi\":\"quá hạn\"}]}\n");
}

#[test]
fn a_failed_row_of_one_column_is_read_again() {
    let first = csv("Mã\nA\n");
    let file = failed_rows(Format::Csv, FIELDS, &[FailedRow { raw: &first.rows[0].raw, reasons: Vec::new() }]).unwrap();
    assert_eq!(csv(file).values(), [json!({"code": "A"})]);
}

#[test]
fn failed_rows_of_objects_are_a_table_under_the_headers_of_the_kind() {
    let lines = "{\"title\":\"b; c\",\"budget\":1.234,\"tags\":[\"x\",\"y\"],\"urgent\":false}\n\
                 {\"code\":\"B\",\"budget\":\"-21.5\",\"due\":null,\"titel\":\"z\",\"#errors\":[]}\nnot json\n";
    let first = ndjson(lines);
    let failed: Vec<FailedRow<'_>> =
        first.rows.iter().map(|row| FailedRow { raw: &row.raw, reasons: vec![Words::new("no", "sai")] }).collect();
    let text = String::from_utf8(failed_rows(Format::Csv, FIELDS, &failed).unwrap()).unwrap();
    let expected = "\u{feff}Lỗi / Errors,code,title,budget,urgent,due,tags,titel,#line\r\n\
                    sai / no,,\"b; c\",\"1,2340\",false,,\"x; y\",,\r\n\
                    sai / no,B,,\"'-21,5\",,NULL,,z,\r\n\
                    sai / no,,,,,,,,not json\r\n";
    assert_eq!(text, expected);
    for format in [Format::Csv, Format::Xlsx] {
        let again = read(format, failed_rows(format, FIELDS, &failed).unwrap());
        assert_eq!(again.faults(), [(2, "code", "REQUIRED"), (4, "code", "REQUIRED")]);
        let values = |row: usize| serde_json::Value::Object(again.rows[row].values.clone());
        assert_eq!(values(0), json!({"title": "b; c", "budget": "1.234", "urgent": false, "tags": ["x", "y"]}));
        assert_eq!(values(1), json!({"code": "B", "budget": "-21.5", "due": null}));
    }
}

#[test]
fn the_schema_names_each_field_and_its_form() {
    let schema = json_schema(FIELDS);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["code"]));
    let property = |name: &str| {
        let mut property = schema["properties"][name].clone();
        for key in ["title", "description"] {
            assert!(property.as_object_mut().unwrap().remove(key).is_some());
        }
        property
    };
    assert_eq!(property("code"), json!({"type": "string", "minLength": 1, "maxLength": 20}));
    assert_eq!(property("progress"), json!({"type": ["integer", "null"], "minimum": 0, "maximum": 100}));
    assert_eq!(property("status"), json!({"type": ["string", "null"], "enum": ["OPEN", "DONE", null]}));
    assert_eq!(property("budget")["type"], json!(["string", "number", "null"]));
    assert_eq!(reading(Format::Csv).format, Format::Csv);
}

#[test]
fn a_number_of_a_workbook_comes_back_as_the_same_number() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["code", "budget", "due"]).unwrap();
    sheet.write(1, 0, "A").unwrap();
    sheet.write(1, 1, 1.234).unwrap();
    sheet.write(1, 2, 46_096).unwrap();
    let first = read(Format::Xlsx, book.save_to_buffer().unwrap());
    let file =
        failed_rows(Format::Xlsx, FIELDS, &[FailedRow { raw: &first.rows[0].raw, reasons: Vec::new() }]).unwrap();
    // As a text `1.234` could be read in two ways, and 46096 as no day.
    assert_eq!(read(Format::Xlsx, file).values(), [json!({"code": "A", "budget": "1.234", "due": "2026-03-15"})]);
}

#[test]
fn no_cell_of_a_failed_row_is_a_formula_and_each_comes_back() {
    let cells = ["=1+1", "+84 24", "-5", "@a", "'=b", "''-c", "'plain"];
    let first = csv(format!("code,title\nA,{}\n", cells.join("\nA,")));
    let failed: Vec<FailedRow<'_>> =
        first.rows.iter().map(|row| FailedRow { raw: &row.raw, reasons: Vec::new() }).collect();
    let file = String::from_utf8(failed_rows(Format::Csv, FIELDS, &failed).unwrap()).unwrap();
    for line in file.lines().skip(1) {
        assert!(!line.split(',').any(|cell| cell.starts_with(['=', '+', '-', '@'])), "{line}");
    }
    let titles = |outcome: &crate::kind::Outcome| {
        outcome.values().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&csv(file)), cells);
    // Only files of failed rows have the apostrophe.
    assert_eq!(titles(&csv("code,title\nA,'=b\n")), ["'=b"]);
}

#[test]
fn a_code_that_its_cell_shows_with_zeros_keeps_them() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let format = |text: &str| rust_xlsxwriter::Format::new().set_num_format(text);
    sheet.write_row(0, 0, ["code", "title", "ward", "progress"]).unwrap();
    sheet.write_with_format(1, 0, 7, &format("000")).unwrap();
    sheet.write_with_format(1, 1, 4, &format("0.00")).unwrap();
    sheet.write_with_format(1, 2, 4, &format("00000;@")).unwrap();
    sheet.write_with_format(1, 3, 40, &format("00000")).unwrap();
    sheet.write_with_format(2, 0, 12_345, &format("000")).unwrap();
    sheet.write_with_format(2, 1, 1.5, &format("000")).unwrap();
    let first = read(Format::Xlsx, book.save_to_buffer().unwrap());
    let expected = [
        json!({"code": "007", "title": "4", "ward": "00004", "progress": 40}),
        json!({"code": "12345", "title": "1.5"}),
    ];
    assert_eq!(first.values(), expected);
    let failed: Vec<FailedRow<'_>> =
        first.rows.iter().map(|row| FailedRow { raw: &row.raw, reasons: Vec::new() }).collect();
    for format in [Format::Csv, Format::Xlsx] {
        assert_eq!(read(format, failed_rows(format, FIELDS, &failed).unwrap()).values(), expected);
    }
}
