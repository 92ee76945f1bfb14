//! The command against a small server in this process: answers that lack parts, refusals, and arguments that are none.

use std::path::PathBuf;
use std::process::ExitCode;

use axum::Router;
use axum::response::{IntoResponse, Response};
use clap::Parser;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Briefing, INCOMPLETE};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    briefing: Briefing,
}

/// What clap says of arguments.
fn refused(arguments: &[&str]) -> String {
    let line = ["ioc"].iter().chain(arguments);
    Line::try_parse_from(line).err().expect("refused").to_string()
}

struct Made {
    outcome: anyhow::Result<ExitCode>,
    /// The document, if one was written.
    text: Option<String>,
    _folder: TempDir,
}

impl Made {
    fn said(self) -> String {
        format!("{:#}", self.outcome.expect_err("refused"))
    }
}

/// Makes a document of a week that is over, at a server that always answers the same.
async fn make(status: StatusCode, body: &'static str, more: &[&str]) -> Made {
    let answer = move || async move { answered(status, body) };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    make_at(&url, more).await
}

fn answered(status: StatusCode, body: &'static str) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

async fn make_at(url: &str, more: &[&str]) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let out: PathBuf = folder.path().join("out.md");
    let line = ["ioc", "--period", "2026-W10", "--url", url, "--token", "k", "--out", out.to_str().expect("a path")];
    let line = Line::try_parse_from(line.iter().chain(more)).expect("arguments");
    let outcome = line.briefing.run().await;
    Made { outcome, text: std::fs::read_to_string(out).ok(), _folder: folder }
}

const FAILED: &str = r#"{"data":{"tasks":null},"errors":[
    {"message":"the service tasks cannot be reached","path":["tasks"],"extensions":{"code":"SUBGRAPH_UNAVAILABLE"}},
    {"message":"no right","path":["sources"],"extensions":{"code":"FORBIDDEN"}}]}"#;

#[tokio::test]
async fn an_answer_that_lacks_a_part_is_no_document() {
    let made = make(StatusCode::OK, FAILED, &[]).await;
    assert_eq!(made.text, None);
    let said = made.said();
    let expected = "the platform did not answer every part, so no document was written: \
                    tasks: the service tasks cannot be reached [SUBGRAPH_UNAVAILABLE]; ask again";
    assert!(said.starts_with(expected) && said.contains("--allow-missing"), "{said}");
}

#[tokio::test]
async fn a_document_that_lacks_a_part_says_so_in_its_title() {
    let made = make(StatusCode::OK, FAILED, &["--allow-missing", "--language", "en"]).await;
    assert_eq!(made.outcome.expect("written"), ExitCode::from(INCOMPLETE));
    let text = made.text.expect("a document");
    for expected in [
        "# Stocktaking for the briefing \\[INCOMPLETE\\]\n",
        "> **Caution:** THIS DOCUMENT IS INCOMPLETE.",
        "> **Caution:** MISSING OR INCOMPLETE: measures of tasks. The platform did not answer (a service is unavailable).",
        "> **Caution:** Not shown: sources of data. The credential has no right to it.",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[tokio::test]
async fn what_the_caller_may_not_see_is_named_and_is_no_failure() {
    let body = r#"{"data":{},"errors":[{"message":"no","path":["sources"],"extensions":{"code":"FORBIDDEN"}}]}"#;
    let made = make(StatusCode::OK, body, &[]).await;
    assert_eq!(made.outcome.expect("written"), ExitCode::SUCCESS);
    let text = made.text.expect("a document");
    assert!(text.contains("Không thể hiện: nguồn dữ liệu. Khóa dùng để lập không có quyền xem."), "{text}");
    assert!(!text.contains("CHƯA ĐẦY ĐỦ"), "{text}");
}

#[tokio::test]
async fn refusals_are_told_as_the_platform_tells_them() {
    let body = r#"{"errors":[{"message":"the credential is unknown","extensions":{"code":"UNAUTHENTICATED"}}]}"#;
    let made = make(StatusCode::UNAUTHORIZED, body, &[]).await;
    assert_eq!(made.text, None);
    assert_eq!(made.said(), "the credential is unknown [401 UNAUTHENTICATED]");
    let made = make(StatusCode::OK, r#"{"hello":1}"#, &[]).await;
    assert_eq!(made.said(), "the platform refuses without a reason; check --url");
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("an address");
    let said = make_at(&format!("http://{free}"), &[]).await.said();
    assert!(said.starts_with(&format!("no answer from http://{free}")), "{said}");
}

#[test]
fn arguments_that_are_none_are_refused_with_what_is_accepted() {
    for (arguments, expected) in [
        (&["--period", "2026-W60"][..], "2026 has no ISO week 60; accepted: W01 to W53"),
        (&["--period", "tuan 47"], "`tuan 47` is not a period; write 2026, 2026-Q1, 2026-03, 2026-W10"),
        (&["--period", "2026-W47", "--format", "pdf"], "[possible values: md, html, xlsx]"),
        (&["--period", "2026-W47", "--language", "fr"], "[possible values: vi, en]"),
        (&["--period", "2026-W47", "--time-zone", "Hanoi"], "a name of the IANA time zone database"),
        (&["--period", "2026-W47", "--url", "ftp://x"], "accepted: http://host:port or https://host"),
        (&[], "--period <PERIOD>"),
    ] {
        let said = refused(arguments);
        assert!(said.contains(expected), "{expected} in {said}");
    }
}
