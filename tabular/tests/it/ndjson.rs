//! NDJSON: types, keys, lines.

use crate::kind::{ndjson, reading};
use serde_json::json;
use tabular::{Format, Raw};

#[test]
fn each_form_has_one_canonical_value() {
    let outcome = ndjson(
        "{\"code\":\"A1\",\"title\":\"Cầu\",\"ward\":\"4\",\"progress\":40,\"budget\":1234.50,\"urgent\":true,\
         \"due\":\"2026-03-05\",\"observedAt\":\"2026-03-15T08:30:00+07:00\",\"status\":\"Đang làm\",\"tags\":[\"b\",\"a\",\"b\"]}\n\
         \n\r\n{\"code\":\"A2\",\"budget\":\"123456789012345.678\",\"title\":null,\"tags\":[],\"#errors\":[1]}",
    );
    assert_eq!(
        outcome.values(),
        [
            json!({"code": "A1", "title": "Cầu", "ward": "00004", "progress": 40, "budget": "1234.5", "urgent": true,
            "due": "2026-03-05", "observedAt": "2026-03-15T01:30:00.000000+00:00", "status": "OPEN", "tags": ["b", "a"]}),
            json!({"code": "A2", "budget": "123456789012345.678", "title": null, "tags": []}),
        ]
    );
    assert_eq!((outcome.rows[1].number, outcome.rows[1].line), (2, 4));
}

#[test]
fn each_bad_line_is_a_fault_and_the_next_line_is_read() {
    let deep = format!("{{\"code\":\"A\",\"title\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (line, path, code, words) in [
        ("{\"title\":\"x\"}", "code", "REQUIRED", "found no value"),
        ("{\"code\":null}", "code", "REQUIRED", "found no value"),
        ("{\"code\":\"\"}", "code", "INVALID", "an empty text"),
        ("{\"code\":1}", "code", "INVALID", "quotation marks"),
        ("{\"code\":\"A\",\"titel\":\"x\"}", "titel", "UNKNOWN_FIELD", "did you mean “title”?"),
        ("{\"code\":\"A\",\"zzz\":1}", "zzz", "UNKNOWN_FIELD", "accepted: “code”"),
        ("{\"code\":\"A\",\"code\":\"B\"}", "code", "DUPLICATE_KEY", "twice"),
        ("{\"code\":\"A\",\"progress\":\"40\"}", "progress", "INVALID", "a JSON number"),
        ("{\"code\":\"A\",\"progress\":4.5}", "progress", "INVALID", "it has a fraction"),
        ("{\"code\":\"A\",\"progress\":1e30}", "progress", "OUT_OF_RANGE", "from 0 to 100"),
        ("{\"code\":\"A\",\"budget\":\"1.234,5\"}", "budget", "INVALID", "decimal separator is a point"),
        ("{\"code\":\"A\",\"budget\":1e99999}", "budget", "INVALID", "found “1e99999”"),
        ("{\"code\":\"A\",\"urgent\":\"true\"}", "urgent", "INVALID", "without quotation marks"),
        ("{\"code\":\"A\",\"tags\":\"a;b\"}", "tags", "INVALID", "an array of texts"),
        ("{\"code\":\"A\",\"title\":\"\\ud800\"}", "title", "ENCODING", "no Unicode text"),
        ("{\"code\":\"A\",\"title\":\"a\\u0000\"}", "title", "INVALID", "U+0000"),
        ("[1]", "", "NOT_AN_OBJECT", "one object on each line"),
        ("{\"code\":\"A\"", "", "NOT_AN_OBJECT", "error at character"),
        ("{\"code\":\"A\"} {}", "", "NOT_AN_OBJECT", "error at character"),
        ("{\"code\":NaN}", "", "NOT_AN_OBJECT", "error at character"),
        (&deep, "title", "INVALID", "quotation marks"),
    ] {
        let outcome = ndjson(format!("{{\"code\":\"0\"}}\n{line}\n{{\"code\":\"B\"}}\n"));
        assert_eq!(outcome.faults(), [(2, path, code)], "{}", &line[..line.len().min(100)]);
        let message = &outcome.rows[1].faults[0].message;
        assert!(message.en.contains(words), "{}", message.en);
        assert_eq!(outcome.rows[2].values["code"], "B");
        assert_eq!(outcome.rows[1].raw, Raw::Line(line.to_owned()));
    }
}

#[test]
fn bytes_that_are_no_text_are_the_fault_of_their_line() {
    let outcome =
        ndjson(b"{\"code\":\"\xc4\x90\xe1\xba\xb7ng \xc4\x90\xc4\x90\"}\n{\"code\":\"\xff\"}\n{\"code\":\"B\"}\n");
    assert_eq!(outcome.faults(), [(2, "", "ENCODING")]);
}

#[test]
fn a_line_that_is_too_long_is_a_fault_and_reading_goes_on() {
    let long = "x".repeat(2 << 20);
    let outcome = ndjson(format!("{{\"code\":\"{long}\"}}\n{{\"code\":\"B\"}}\n"));
    assert_eq!(outcome.faults(), [(1, "", "TOO_LONG")]);
    assert_eq!((outcome.rows[1].line, &outcome.rows[1].values["code"]), (2, &json!("B")));
}

#[test]
fn a_row_with_very_many_faults_lists_the_first() {
    let keys: Vec<String> = (0..10_000).map(|number| format!("\"k{number}\":1")).collect();
    assert_eq!(ndjson(format!("{{{}}}", keys.join(","))).rows[0].faults.len(), 50);
}

#[test]
fn files_of_another_format_are_named() {
    for (text, name) in [("[{\"code\":\"A\"}]", "a JSON array"), ("{\n  \"code\": \"A\"\n}", "over several lines")] {
        let outcome = ndjson(text);
        assert!(outcome.file_fault().message.en.contains(name), "{}", outcome.file_fault().message.en);
    }
    assert_eq!(ndjson("").values(), Vec::<serde_json::Value>::new());
    assert_eq!(reading(Format::Ndjson).charset, None);
}

#[test]
fn a_text_in_a_font_encoding_is_a_fault_of_its_row_also_if_it_is_escaped() {
    let rows = "{\"code\":\"A\",\"title\":\"S\\u00eb X\\u00a9y d\\u00f9ng\"}\n{\"code\":\"B\",\"title\":\"Së X©y dùng\"}\n{\"code\":\"C\",\"title\":\"Sở Xây dựng\"}\n";
    let outcome = ndjson(rows);
    assert_eq!(outcome.faults(), [(1, "title", "FONT_ENCODING"), (2, "title", "FONT_ENCODING")]);
    assert!(outcome.rows[2].faults.is_empty());
    let outcome = ndjson("{\"code\":\"A\",\"title\":\"T\\u00e6\"}\n");
    assert_eq!(outcome.rows[0].values["title"], "Tæ");
    assert!(outcome.end.unwrap().notes[0].en.contains("“Tổ”"));
}
