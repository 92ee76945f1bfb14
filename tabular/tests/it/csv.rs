//! CSV: headers, separators, encodings, cells.

use crate::kind::{self, csv, read_in_pieces, reading};
use encoding_rs::{Encoding, WINDOWS_1258};
use serde_json::json;
use tabular::{Field, Format, Raw, Reader, Reading, Required};
use unicode_normalization::UnicodeNormalization;

#[test]
fn each_form_has_one_canonical_value() {
    let outcome = csv("code,title,ward,progress,budget,urgent,due,observedAt,status,tags\n\
         A1,\"  Cầu, đường \",4,40,\"1.234,50\",Có,5/3/2026,15/03/2026 08:30,đang làm,b;a ; b;\n\
         A2,NULL,,,,,,,,\n");
    assert_eq!(
        outcome.values(),
        [
            json!({"code": "A1", "title": "Cầu, đường", "ward": "00004", "progress": 40, "budget": "1234.5", "urgent": true,
            "due": "2026-03-05", "observedAt": "2026-03-15T01:30:00.000000+00:00", "status": "OPEN", "tags": ["b", "a"]}),
            json!({"code": "A2", "title": null}),
        ]
    );
}

#[test]
fn each_bad_cell_is_a_fault_with_its_line_field_and_code() {
    let header = "code,title,ward,progress,budget,urgent,due,observedAt,status,tags\n";
    for (row, path, code, words) in [
        (",x,,,,,,,,", "code", "REQUIRED", "found no value"),
        ("NULL,,,,,,,,,", "code", "REQUIRED", "found no value"),
        ("A,0123456789012345678901234567890123456789!,,,,,,,,", "title", "TOO_LONG", "it has 41 characters"),
        ("A,a\u{7}b,,,,,,,,", "title", "INVALID", "U+0007"),
        ("A,a\u{fffd}b,,,,,,,,", "title", "ENCODING", "save the file as UTF-8"),
        ("A,1.23457E+11,,,,,,,,", "title", "INVALID", "turned a long code into a number"),
        ("A,,123456,,,,,,,", "ward", "TOO_LONG", "it has 6 digits"),
        ("A,,4a,,,,,,,", "ward", "INVALID", "only the digits"),
        ("A,,,101,,,,,,", "progress", "OUT_OF_RANGE", "from 0 to 100"),
        ("A,,,\"1,5\",,,,,,", "progress", "INVALID", "it has a fraction"),
        ("A,,,,1.234,,,,,", "budget", "AMBIGUOUS", "write 1234 or 1.2340"),
        ("A,,,,\"1,234.5\",,,,,", "budget", "INVALID", "found “1,234.5”"),
        ("A,,,,\"0,12345678901234567890123456789\",,,,,", "budget", "TOO_LONG", "it has 29 digits"),
        ("A,,,,1000000000000000,,,,,", "budget", "OUT_OF_RANGE", "at most 15 digits before the decimal separator"),
        ("A,,,,,maybe,,,,", "urgent", "INVALID", "true or false"),
        ("A,,,,,,03/15/2026,,,", "due", "INVALID", "day is written before the month"),
        ("A,,,,,,15/03/26,,,", "due", "INVALID", "four digits"),
        ("A,,,,,,46096,,,", "due", "INVALID", "2026-03-15"),
        ("A,,,,,,,2026-03-15,,", "observedAt", "INVALID", "time of day is missing"),
        ("A,,,,,,,,Hoàn thàn,", "status", "INVALID", "did you mean “Hoàn thành”?"),
        ("A,,,,,,,,,a;12345678901", "tags", "TOO_LONG", "it has 11 characters"),
        ("A,,,,,,,,,,,x", "", "EXTRA_CELLS", "found “x” in column L"),
        ("A,\"x\" y,,,,,,,,", "", "INVALID", "behind a closed quotation mark"),
    ] {
        let outcome = csv(format!("{header}{row}\nB,,,,,,,,,\n"));
        assert_eq!(outcome.faults(), [(2, path, code)], "{row}");
        let message = &outcome.rows[0].faults[0].message;
        assert!(message.en.contains(words), "{row}: {}", message.en);
        assert!(!message.vi.is_empty() && message.vi != message.en);
        assert_eq!(outcome.rows[1].values["code"], "B");
    }
}

#[test]
fn a_long_value_is_shortened_in_the_message() {
    let outcome = csv(format!("code,ward\nA,{}\n", "x".repeat(100_000)));
    assert!(outcome.rows[0].faults[0].message.en.len() < 300);
}

#[test]
fn headers_match_by_name_or_label_without_case_accents_and_spaces() {
    for header in
        ["code,due", "Mã,Hạn hoàn thành", "MA , han  HOAN thanh*", "\u{feff}Code,DUE DATE", "\u{feff}\"code\",\"due\""]
    {
        let outcome = csv(format!("{header}\nA,2026-03-15\n"));
        assert_eq!(outcome.values(), [json!({"code": "A", "due": "2026-03-15"})], "{header}");
    }
    let decomposed: String = "Mã,Hạn hoàn thành".nfd().collect();
    assert_eq!(csv(format!("{decomposed}\nA,2026-03-15\n")).values(), [json!({"code": "A", "due": "2026-03-15"})]);
}

#[test]
fn the_separator_is_the_one_with_which_the_header_is_known() {
    for file in [
        "code;title\nA;b, c\n",
        "code\ttitle\nA\tb, c\n",
        "code|title\nA|b, c\n",
        "sep=;\ncode;title\r\nA;b, c\r\n",
        "sep=;\r\ncode;title\r\nA;b, c",
        "\"sep=;\"\ncode;title\nA;b, c\n",
        "code;title\rA;b, c\r",
    ] {
        assert_eq!(csv(file).values(), [json!({"code": "A", "title": "b, c"})], "{file:?}");
    }
    assert_eq!(csv("sep=;\ncode;title\nA;b\n").rows[0].line, 3);
}

#[test]
fn lines_before_the_header_are_skipped_and_said() {
    let outcome = csv("UBND thành phố;;\nTiêu đề: báo cáo;;\n\ncode;title;due\nA;b;\n");
    assert_eq!(outcome.values(), [json!({"code": "A", "title": "b"})]);
    assert_eq!(outcome.rows[0].line, 5);
    assert_eq!(outcome.notes(), ["the header is on line 4; lines before it that were skipped: 3"]);
}

#[test]
fn a_table_of_one_column_has_a_header_of_one() {
    let outcome = csv("Mã\nA1\nA2\n");
    assert_eq!(outcome.values(), [json!({"code": "A1"}), json!({"code": "A2"})]);
    // A title of one known word is no header when a real one follows.
    assert_eq!(csv("Tên nhiệm vụ\ncode,title\nA,b\n").values(), [json!({"code": "A", "title": "b"})]);
}

#[test]
fn files_without_a_usable_header_are_refused() {
    let fault = |file: &str| {
        let outcome = csv(file);
        let fault = outcome.file_fault();
        (fault.code, fault.line, fault.message.en.clone())
    };
    let (code, _, message) = fault("A1,Xây cầu\nA2,Xây đường\n");
    assert!(code == "NO_HEADER" && message.contains("“A1”") && message.contains("“code”"), "{message}");
    assert_eq!(fault("").0, "NO_HEADER");
    let (code, line, message) = fault("code,title,CODE\nA,b,c\n");
    assert_eq!((code, line), ("DUPLICATE_COLUMN", Some(1)));
    assert!(message.contains("A “code” and C “CODE”"), "{message}");
    let (code, line, message) = fault("x\ncod,title,due\nA,b,\n");
    assert_eq!((code, line), ("MISSING_COLUMN", Some(2)));
    assert!(message.contains("“Mã / code”") && message.contains("did you mean “cod” → “Mã”"), "{message}");
    let many: Vec<String> = (0..300).map(|number| format!("c{number}")).collect();
    assert_eq!(fault(&format!("code,title,{}\n", many.join(","))).0, "TOO_MANY_COLUMNS");
}

#[test]
fn unknown_columns_are_ignored_with_a_note_and_reasons_without() {
    let outcome = csv("code,title,Ghi chú,#internal,Lỗi / Errors,\nA,b,c,d,e,\n");
    assert_eq!(outcome.values(), [json!({"code": "A", "title": "b"})]);
    assert_eq!(outcome.notes(), ["ignored columns: “Ghi chú”"]);
}

#[test]
fn empty_rows_are_skipped_and_lines_stay_right() {
    let outcome = csv(format!("code,title\n{}A,\"b\nc\"\nD,e\n{}", ",\n".repeat(1_000), ", \n".repeat(3)));
    assert_eq!(outcome.rows.iter().map(|row| (row.number, row.line)).collect::<Vec<_>>(), [(1, 1002), (2, 1004)]);
    assert_eq!(outcome.notes(), ["skipped 1003 empty rows"]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_found_at_its_line() {
    let outcome = csv("code,title\nA,b\nB,\"c\nC,d\n");
    let fault = outcome.file_fault();
    assert_eq!((fault.code, fault.line, outcome.rows.len()), ("UNCLOSED_QUOTE", Some(3), 1));
}

#[test]
fn a_cell_that_is_too_long_is_a_fault_of_its_row() {
    let outcome = csv(format!("code,title\nA,{}\nB,c\n", "x".repeat(3 << 20)));
    assert_eq!(outcome.faults(), [(2, "", "TOO_LONG"), (2, "title", "TOO_LONG")]);
    assert_eq!(outcome.rows[1].values["code"], "B");
    // A record of a million cells keeps no million texts.
    let outcome = csv(format!("code,title\nA{}\nB,c\n", ",".repeat(1_000_000)));
    assert_eq!(outcome.faults(), [(2, "", "TOO_LONG")]);
}

#[test]
fn encodings_are_recognised_and_said() {
    let text = "code,title\nA,Đường số 4 phường Tân Định, quận Một\n".repeat(3);
    let text = format!("code;title\n{}", text.replace("code,title\n", "").replace("A,", "A;"));
    let utf_16 = |mark: bool, little: bool| {
        let mark = if mark { "\u{feff}" } else { "" };
        let units = format!("{mark}{text}").encode_utf16().collect::<Vec<_>>();
        units.iter().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect::<Vec<_>>()
    };
    let marked = format!("\u{feff}{text}").into_bytes();
    let windows = encode_1258(&text);
    for (bytes, encoding, notes) in [
        (text.clone().into_bytes(), "UTF-8", 0),
        (marked, "UTF-8", 0),
        (utf_16(true, true), "UTF-16LE", 0),
        (utf_16(true, false), "UTF-16BE", 0),
        (utf_16(false, true), "UTF-16LE", 1),
        (utf_16(false, false), "UTF-16BE", 1),
        (windows, "windows-1258", 1),
    ] {
        let outcome = csv(bytes);
        let values = outcome.values();
        assert_eq!(values[0]["title"], "Đường số 4 phường Tân Định, quận Một", "{encoding}");
        assert_eq!(outcome.notes().len(), notes, "{:?}", outcome.notes());
        assert_eq!(outcome.end.unwrap().encoding.as_deref(), Some(encoding));
    }
}

/// Encodes Vietnamese as windows-1258 does: letters with a tone are a letter and a combining mark.
fn encode_1258(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for c in text.chars() {
        let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
        let parts: Vec<char> = c.nfd().collect();
        let tone: String = parts.iter().filter(|part| tones.contains(part)).collect();
        let letter: String = parts.iter().copied().filter(|part| !tones.contains(part)).nfc().collect();
        let text = format!("{letter}{tone}");
        let (encoded, _, failed) = WINDOWS_1258.encode(&text);
        assert!(!failed, "{c}");
        bytes.extend_from_slice(&encoded);
    }
    bytes
}

#[test]
fn a_declared_charset_is_used_when_the_file_is_not_utf_8() {
    let declared = |charset: &str| Reading { charset: Some(charset.to_owned()), ..reading(Format::Csv) };
    let bytes = encode_1258("code,title\nA,Huế\n");
    assert_eq!(read_in_pieces(&declared("windows-1258"), &bytes, 7).values(), [json!({"code": "A", "title": "Huế"})]);
    // UTF-8 is recognised in spite of the declaration.
    let outcome = read_in_pieces(&declared("windows-1258"), "code,title\nA,Huế\n".as_bytes(), 7);
    assert_eq!(outcome.values(), [json!({"code": "A", "title": "Huế"})]);
    // The first letter outside ASCII comes after more than 64 KiB.
    let bytes = encode_1258(&format!("code,title\n{}A,Huế\n", "B,x\n".repeat(50_000)));
    assert_eq!(
        read_in_pieces(&declared("windows-1258"), &bytes, 4096).values()[50_000],
        json!({"code": "A", "title": "Huế"})
    );
    assert_eq!(read_in_pieces(&declared("klingon"), b"", 1).file_fault().code, "UNKNOWN_CHARSET");
    assert!(Encoding::for_label(b"windows-1258").is_some());
}

#[test]
fn a_bad_byte_on_line_190_000_is_the_fault_of_that_row() {
    let mut bytes = "code,title\n".as_bytes().to_vec();
    for line in 2..=200_000 {
        let row: &[u8] = if line == 190_000 { b"A,b\xffc\n" } else { "A,Đường\n".as_bytes() };
        bytes.extend_from_slice(row);
    }
    let outcome = read_in_pieces(&reading(Format::Csv), &bytes, 64 * 1024);
    assert_eq!(outcome.faults(), [(190_000, "title", "ENCODING")]);
    assert_eq!(outcome.end.unwrap().encoding.as_deref(), Some("UTF-8"));
}

#[test]
fn font_encodings_are_refused_with_advice() {
    let tcvn3 =
        "code,title\nA,Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp, thµnh phè H¹ Long, ®\u{ad}êng sè 4, ®Þa bµn\n";
    let vni = "code,title\nA,Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp, Haïnh phuùc\n";
    let legacy = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    for (bytes, name) in [
        (legacy(tcvn3), "TCVN3"),
        (tcvn3.as_bytes().to_vec(), "TCVN3"),
        (legacy(vni), "VNI"),
        (vni.as_bytes().to_vec(), "VNI"),
    ] {
        let outcome = csv(bytes);
        let fault = outcome.file_fault();
        assert_eq!(fault.code, "FONT_ENCODING");
        assert!(fault.message.en.contains(name) && fault.message.vi.contains("Unikey"), "{:?}", fault.message);
    }
}

#[test]
fn a_late_text_in_a_font_encoding_is_the_fault_of_its_row() {
    let head = "B,Đường số 4\n".repeat(6_000);
    let outcome = csv(format!("code,title\n{head}A,Céng hßa x· héi chñ nghÜa H¹nh\n"));
    assert_eq!(outcome.faults(), [(6_002, "title", "FONT_ENCODING")]);
}

#[test]
fn a_word_that_may_be_in_a_font_encoding_is_read_as_it_is_and_noted() {
    let outcome = csv("code,title\nA,Đường số 4\nB,Tæ\nC,Hà Tæ\nD,Nestlé\nE,Hà Nam\n");
    assert_eq!(outcome.rows[1].values["title"], "Tæ");
    let notes = outcome.end.unwrap().notes;
    let [note] = &notes[..] else { panic!("{notes:?}") };
    assert!(note.en.contains("TCVN3") && note.en.contains(": 2, the first on line 3"), "{}", note.en);
    assert!(note.en.contains("“Tæ”") && note.en.contains("“Tổ”") && note.vi.contains("“Tổ”"), "{}", note.vi);
    let outcome = csv("code,title\nA,Nestlé Việt Nam\nB,São Paulo\nC,Hà Nam\n");
    assert_eq!(outcome.end.unwrap().notes, []);
}

#[test]
fn files_of_another_format_are_named() {
    for (bytes, name) in [
        (&b"PK\x03\x04\x14\x00"[..], "ZIP or XLSX"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old XLS"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "an HTML page"),
        (b"<table><tr>", "an HTML page"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"{\"code\": \"A\"}\n", "found JSON"),
        (b"code,title\n\0\0\0\x01\x02\0\0\0", "binary data"),
    ] {
        let outcome = csv(bytes);
        let fault = outcome.file_fault();
        assert_eq!(fault.code, "WRONG_FORMAT", "{name}");
        assert!(fault.message.en.contains(name), "{}", fault.message.en);
    }
}

#[test]
fn the_row_is_kept_as_it_was_sent() {
    let outcome = csv("code,title,Ghi chú\n A , b ,c,d\n");
    let cells = [("code", " A "), ("title", " b "), ("Ghi chú", "c"), ("", "d")];
    let cells = cells.map(|(header, cell)| (header.into(), cell.to_owned())).to_vec();
    assert_eq!(outcome.rows[0].raw, Raw::Cells(cells));
}

#[test]
fn rows_of_known_records_may_leave_required_fields_out() {
    let reading = Reading { required: Required::NewRecords, ..reading(Format::Csv) };
    assert_eq!(
        read_in_pieces(&reading, b"title,due\nb,2026-03-15\n", 9).values(),
        [json!({"title": "b", "due": "2026-03-15"})]
    );
    assert_eq!(read_in_pieces(&reading, b"code,title\nNULL,b\n", 9).faults(), [(2, "code", "REQUIRED")]);
    // A header that looks like the one of a required field is a slip and not another column.
    assert_eq!(read_in_pieces(&reading, b"cod,title,due\nA,b,\n", 9).file_fault().code, "MISSING_COLUMN");
}

#[test]
fn a_number_with_two_readings_is_the_one_that_the_field_takes() {
    // A progress is at most 100: of 1 and 1000 only 1 is one.
    let read = csv("code,progress,budget\nA,1.000,\nB,,1.2340\nC,,\"21,0280\"\n");
    assert_eq!(read.values()[0]["progress"], 1);
    assert_eq!(read.values()[1]["budget"], "1.234");
    assert_eq!(read.values()[2]["budget"], "21.028");
}

#[test]
fn a_column_that_no_field_has_is_named_with_what_was_meant() {
    let outcome = csv("code,due,titel,Ghi chú\nA1,,Xây cầu,x\n");
    assert_eq!(outcome.notes(), ["ignored columns: “titel”, “Ghi chú”; did you mean “titel” → “title”?"]);
    // The field that was meant has its column.
    assert_eq!(csv("code,titel,title\nA1,x,y\n").notes(), ["ignored columns: “titel”"]);
}

#[test]
fn logical_values_as_people_and_programs_write_them() {
    for (text, value) in
        [("yes", true), ("1", true), ("TRUE", true), ("Có", true), ("X", true), ("no", false), ("0", false)]
    {
        assert_eq!(csv(format!("code,urgent\nA1,{text}\n")).values()[0]["urgent"], value, "{text}");
    }
    for text in ["2", "y", "maybe", "01"] {
        assert_eq!(csv(format!("code,urgent\nA1,{text}\n")).faults(), [(2, "urgent", "INVALID")], "{text}");
    }
}

#[test]
fn a_message_has_an_example_only_if_the_field_has_one() {
    const PLAIN: &[Field] = &[Field { example: "", required: true, ..kind::FIELDS[3] }];
    let mut rows = Vec::new();
    let mut sink = |row| {
        rows.push(row);
        std::ops::ControlFlow::Continue(())
    };
    let mut reader = Reader::new(PLAIN, &Reading::new(Format::Csv)).unwrap();
    reader.push(b"progress\nx\n", &mut sink).unwrap();
    reader.finish(&mut sink).unwrap();
    assert_eq!(rows[0].faults[0].message.en, "found “x”; accepted: a whole number from 0 to 100");
    assert_eq!(rows[0].faults[0].message.vi, "có “x”; chấp nhận: số nguyên từ 0 đến 100");
}

#[test]
fn a_file_without_rows_says_so() {
    assert_eq!(csv("code,title\n").notes(), ["found no rows below the header"]);
    assert!(csv("").file_fault().message.en.contains("(the file is empty)"));
}

#[test]
fn a_cell_below_no_header_is_a_fault_of_its_row_wherever_it_is() {
    let outcome = csv("code,title,,due\nA1,Sở,Xây dựng,\nA2,x,,2026-03-15\nA3,x,,,y\n");
    assert_eq!(outcome.faults(), [(2, "", "EXTRA_CELLS"), (4, "", "EXTRA_CELLS")]);
    assert!(outcome.rows[0].faults[0].message.en.contains("“Xây dựng” in column C"), "{:?}", outcome.rows[0].faults);
    assert!(outcome.rows[2].faults[0].message.en.contains("column E"));
}

#[test]
fn bytes_of_windows_1258_are_recognised_however_late_they_come() {
    let head = "A,plain\n".repeat(20_000);
    let mut bytes = format!("code,title\n{head}B,").into_bytes();
    // Decomposed tones: “Sở Xây dựng”.
    bytes.extend_from_slice(&WINDOWS_1258.encode("Sơ\u{309} Xây dư\u{323}ng\n").0);
    let outcome = csv(bytes);
    assert_eq!(outcome.values()[20_000]["title"], "Sở Xây dựng");
    assert_eq!(outcome.end.unwrap().encoding.as_deref(), Some("windows-1258"));
}

#[test]
fn bytes_with_two_readings_need_a_charset() {
    // “Công an” of windows-1258 is “Cụng an” in TCVN3.
    let bytes = WINDOWS_1258.encode("code,title\nA,Công an\n").0.into_owned();
    let refused = csv(&bytes);
    assert_eq!(refused.file_fault().code, "FONT_ENCODING");
    assert!(refused.file_fault().message.en.contains("charset=windows-1258"), "{:?}", refused.file_fault());
    let declared = Reading { charset: Some("windows-1258".to_owned()), ..reading(Format::Csv) };
    assert_eq!(read_in_pieces(&declared, &bytes, 100).values()[0]["title"], "Công an");
}
