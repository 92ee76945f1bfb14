//! The parts that need no server.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use clap::Parser;
use http::{HeaderMap, HeaderValue};

use super::input::{Encoding, FileType};
use super::{CREATED, DONE_IN_PART, Line, REJECTED};
use crate::client::{Language, retry_after};
use crate::command::push::answer::{Answer, SHOWN_ROWS, Verdict};
use crate::command::push::file::Outcome;
use crate::command::push::report;
use crate::command::push::request::escaped;
use crate::command::push::settled::{Mark, Settled, free, is_finished, kind_of};

#[test]
fn the_name_says_the_type() {
    let read = |name| FileType::of_name(name).ok();
    assert_eq!(read("a.csv"), Some((FileType::Csv, None)));
    assert_eq!(read("A.B.CSV.GZ"), Some((FileType::Csv, Some(Encoding::Gzip))));
    assert_eq!(read("a.jsonl.zst"), Some((FileType::Ndjson, Some(Encoding::Zstd))));
    assert_eq!(read("a.xlsx"), Some((FileType::Xlsx, None)));
    for name in ["a.xlsx.gz", "a.xls", "csv", "a.gz", "a.csv.bz2"] {
        assert_eq!(read(name), None, "{name}");
    }
}

#[test]
fn options_that_make_no_sense_are_refused() {
    for arguments in [
        "push",
        "push a.csv",
        "push a.csv --kind t --may-remove 3",
        "push a.csv --kind t --scope area:01",
        "push a.csv --kind t --replace --scope area",
        "push a.csv --kind t --watch .",
        "push --watch . --dry-run",
        "push a.csv --kind t --url ftp://x",
        "push a.csv --kind t --url http://x/?a",
    ] {
        assert!(Line::try_parse_from(arguments.split(' ')).is_err(), "{arguments}");
    }
    let line =
        Line::try_parse_from("push a.csv --kind t --replace --may-remove 3 --scope area:Ba&Đình --source b".split(' '));
    let address = line.map(|line| line.push.options.address("t")).unwrap_or_default();
    assert_eq!(address, "/v1/push/t?source=b&mode=replace&mayRemove=3&scope=area%3ABa%26%C4%90%C3%ACnh");
    assert_eq!(escaped("a-b c/d"), "a-b%20c%2Fd");
}

#[test]
fn a_credential_of_development_is_for_this_machine_only() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dev-token"), "made-by-up\n").expect("a file");
    let authorization = |url: &str| {
        let arguments = ["push", "a.csv", "--kind", "t", "--url", url, "--data-dir", super::argument(folder.path())];
        let line = Line::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}"));
        line.push.server.authorization().map(|value| value.to_str().unwrap_or_default().to_owned())
    };
    for url in ["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000/"] {
        assert_eq!(authorization(url).ok(), Some("Bearer made-by-up".to_owned()), "{url}");
    }
    for url in ["https://data.example.org", "http://127.0.0.1.example.org"] {
        assert!(authorization(url).is_err_and(|error| error.to_string().contains("IOC_TOKEN")), "{url}");
    }
}

#[test]
fn an_answer_is_read_in_pieces_of_any_size() {
    let text = format!("{CREATED}\n{REJECTED}\r\n\n{}{DONE_IN_PART}", format!("{REJECTED}\n").repeat(30));
    for size in [1, 7, 4096] {
        let mut answer = Answer::default();
        for piece in text.as_bytes().chunks(size) {
            answer.take(piece).expect("an answer");
        }
        answer.end().expect("an answer");
        assert_eq!((answer.rows, answer.failed.len()), (32, SHOWN_ROWS));
        let summary = answer.summary.expect("a summary");
        assert_eq!((summary.counts.rejected, summary.verdict()), (1, Verdict::Incomplete));
    }
    let mut broken = Answer::default();
    broken.take(&text.as_bytes()[..100]).and_then(|()| broken.end()).expect("half a line is no other answer");
    assert!(broken.summary.is_none());
    assert!(Answer::default().take(b"<html>\n").is_err());
}

#[test]
fn verdicts_follow_the_state_and_the_rows() {
    for (state, rejected, verdict) in [
        ("DONE", 0, Verdict::Clean),
        ("DONE", 1, Verdict::Incomplete),
        ("DRY_RUN", 1, Verdict::Incomplete),
        ("ROLLED_BACK", 1, Verdict::Incomplete),
        ("ROLLED_BACK", 0, Verdict::Failed),
        ("FAILED", 1, Verdict::Failed),
        ("UNDONE", 0, Verdict::Failed),
    ] {
        let mut answer = Answer::default();
        answer.take(format!("{{\"state\":\"{state}\",\"rejected\":{rejected}}}\n").as_bytes()).expect("a summary");
        assert_eq!(answer.summary.map(|summary| summary.verdict()), Some(verdict), "{state} {rejected}");
    }
}

#[test]
fn the_report_names_rows_fields_and_what_is_more() {
    let mut answer = Answer::default();
    let summary = DONE_IN_PART
        .replace("\"rejected\":1", "\"rejected\":41")
        .replace("\"notes\":[]", r#""notes":[{"en":"read as windows-1258","vi":"đọc theo windows-1258"}]"#);
    answer.take(format!("{CREATED}\n{REJECTED}\n{summary}\n").as_bytes()).expect("an answer");
    let outcome = Outcome {
        summary: answer.summary.expect("a summary"),
        failed: answer.failed,
        failed_file: Some("a.csv.failed.csv".into()),
    };
    let table = report::table("a\u{1b}.csv", "tasks", Some("bar"), &outcome, Language::English);
    for part in [
        "a .csv → tasks (bar): done\n",
        "  rejected                      41\n",
        "  line  external id  field    message\n     3  b            dueDate  31/02; accepted: a day\n",
        "… 40 more failed rows\nfailed rows: a.csv.failed.csv\n",
        "note: read as windows-1258\n",
    ] {
        assert!(table.contains(part), "{part:?} in\n{table}");
    }
    let table = report::table("a.csv", "tasks", None, &outcome, Language::Vietnamese);
    assert!(table.contains("bị từ chối") && table.contains("lưu ý: đọc theo windows-1258"), "{table}");
    let json: serde_json::Value = serde_json::from_str(&report::json(Path::new("a.csv"), &outcome)).expect("JSON");
    assert_eq!((&json["state"], &json["file"], &json["rejected"]), (&"DONE".into(), &"a.csv".into(), &41.into()));
}

#[test]
fn the_server_says_when_to_ask_again() {
    let read = |text| {
        let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, HeaderValue::from_static(text))]);
        retry_after(&headers, UNIX_EPOCH + Duration::from_secs(784_111_777))
    };
    assert_eq!(read("7"), Some(Duration::from_secs(7)));
    assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
    assert_eq!(read("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
    assert_eq!(read("soon"), None);
}

#[test]
fn the_language_is_the_one_of_the_environment() {
    let of = |pairs: &[(&str, &str)]| {
        Language::of_environment(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(of(&[]), Language::English);
    assert_eq!(of(&[("LANG", "vi_VN.UTF-8")]), Language::Vietnamese);
    assert_eq!(of(&[("LANG", "vi_VN.UTF-8"), ("LC_ALL", "C")]), Language::English);
    assert_eq!(of(&[("LC_ALL", ""), ("LANG", "vi")]), Language::Vietnamese);
}

#[test]
fn a_file_is_whole_after_two_looks_without_a_change() {
    let mark = |len| Mark { modified: UNIX_EPOCH + Duration::from_secs(len), len };
    let name = |text: &str| OsString::from(text);
    let mut settled = Settled::default();
    assert!(settled.look(vec![(name("a"), mark(1)), (name("b"), mark(2))]).is_empty());
    assert!(settled.look(vec![(name("a"), mark(1)), (name("b"), mark(3))]).is_empty());
    assert_eq!(settled.look(vec![(name("a"), mark(1)), (name("b"), mark(3))]), [(name("a"), mark(1))]);
    let whole = settled.look(vec![(name("b"), mark(3)), (name("a"), mark(1))]);
    assert_eq!(whole, [(name("a"), mark(1)), (name("b"), mark(3))], "the oldest first");
    settled.look(Vec::new());
    assert!(settled.look(vec![(name("a"), mark(1))]).is_empty(), "a file that returns is a new one");
}

#[test]
fn names_of_watched_files() {
    let kinds = ["tasks".to_owned(), "task".to_owned(), "task-notes".to_owned()];
    assert_eq!(kind_of("tasks.csv", &kinds), Some("tasks"));
    assert_eq!(kind_of("task-2026.csv", &kinds), Some("task"));
    assert_eq!(kind_of("task-notes-2026.csv", &kinds), Some("task-notes"));
    assert_eq!(kind_of("tasksheet.csv", &kinds), None);
    assert!(is_finished("a.csv".as_ref()));
    for name in [".a.csv", "~$a.xlsx", "a.csv.part", "a.csv.FILEPART", "a.csv~"] {
        assert!(!is_finished(name.as_ref()), "{name}");
    }
    let taken = |path: &Path| ["done/a.csv.gz", "done/a.2.csv.gz"].iter().any(|taken| Path::new(taken) == path);
    assert_eq!(free(Path::new("done"), "a.csv.gz".as_ref(), taken), Path::new("done/a.3.csv.gz"));
    assert_eq!(free(Path::new("done"), "b".as_ref(), taken), Path::new("done/b"));
}
