//! What a push leaves behind: verdicts and files of failed rows.

use axum::response::IntoResponse;
use clap::Parser;
use http::StatusCode;

use super::{CREATED, DONE, DONE_IN_PART, Line, REJECTED, Stub, argument, lines, refusal};
use crate::client::{Client, Language};
use crate::command::push::Verdict;

#[tokio::test]
async fn failed_rows_are_fetched_in_the_type_of_the_file() {
    for name in ["tasks.csv", "tasks.jsonl", "tasks.xlsx"] {
        let stub = Stub::start(|seen| match seen.last().map(|seen| seen.line.as_str()) {
            Some("POST /v1/push/tasks") => lines(&[CREATED, REJECTED, DONE_IN_PART]),
            Some(line) => format!("rows of {line}").into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        })
        .await;
        let file = stub.file(name, "x\n");
        assert_eq!(stub.push(&[argument(&file), "--kind", "tasks"]).await, Verdict::Incomplete);
        let extension = if name == "tasks.jsonl" { "ndjson" } else { &name[6..] };
        let fetched = stub.text(&format!("{name}.failed.{extension}"));
        assert_eq!(
            fetched,
            format!("rows of GET /v1/push/receipts/r-1/failed.{extension}?purpose=mend+and+send+again")
        );
        assert_eq!(std::fs::read_dir(stub.folder.path()).expect("the folder").count(), 2, "nothing else is left");
    }
}

#[tokio::test]
async fn a_dry_run_writes_the_results_of_failed_rows() {
    let summary = DONE_IN_PART.replace("DONE", "DRY_RUN");
    let stub = Stub::start(move |seen| match seen.len() {
        // What a broken attempt wrote does not stay.
        1 => lines(&[REJECTED, REJECTED]),
        _ => lines(&[CREATED, REJECTED, &summary]),
    })
    .await;
    let file = stub.file("tasks.csv", "x\n");
    assert_eq!(stub.push(&[argument(&file), "--kind", "tasks", "--dry-run"]).await, Verdict::Incomplete);
    assert_eq!(stub.text("tasks.csv.failed.ndjson"), format!("{REJECTED}\n"));
    assert_eq!(
        stub.seen.lock().last().map(|seen| seen.line.clone()),
        Some("POST /v1/push/tasks?dryRun=true".to_owned())
    );
}

#[tokio::test]
async fn a_refusal_is_final_and_the_next_file_is_still_pushed() {
    let stub = Stub::start(|seen| match seen.len() {
        1 => refusal(StatusCode::FORBIDDEN, r#"{"code":"FORBIDDEN","message":"not for this source"}"#),
        _ => lines(&[CREATED, DONE]),
    })
    .await;
    let (first, second) = (stub.file("a.csv", "x\n"), stub.file("b.csv", "y\n"));
    assert_eq!(stub.push(&[argument(&first), argument(&second), "--kind", "tasks"]).await, Verdict::Failed);
    assert_eq!(stub.seen.lock().len(), 2);
}

#[tokio::test]
async fn a_refusal_by_the_gateway_is_understood() {
    let stub = Stub::start(|_| {
        let body = r#"{"errors":[{"message":"no token","extensions":{"code":"UNAUTHENTICATED"}}]}"#;
        (StatusCode::UNAUTHORIZED, body).into_response()
    })
    .await;
    let line = Line::parse_from(["push", "a.csv", "--kind", "tasks", "--url", &stub.url, "--token", "x"]);
    let client = Client::new(&line.push.server, Language::English).expect("a client");
    let refused = client.get("/v1/push").await.expect_err("a refusal");
    assert_eq!(refused.to_string(), "no token [401 UNAUTHENTICATED]");
}

#[tokio::test]
async fn failed_rows_that_cannot_be_fetched_change_no_verdict() {
    let stub = Stub::start(|seen| match seen.len() {
        1 => lines(&[CREATED, REJECTED, DONE_IN_PART]),
        _ => refusal(StatusCode::NOT_FOUND, r#"{"code":"NOT_FOUND","message":"there is no receipt"}"#),
    })
    .await;
    let file = stub.file("tasks.csv", "x\n");
    assert_eq!(stub.push(&[argument(&file), "--kind", "tasks"]).await, Verdict::Incomplete);
    assert!(!stub.path("tasks.csv.failed.csv").exists());
}

#[tokio::test]
async fn an_answer_of_another_server_is_a_failure() {
    let stub = Stub::start(|_| "<html>hello</html>\n".into_response()).await;
    let file = stub.file("tasks.csv", "x\n");
    assert_eq!(stub.push(&[argument(&file), "--kind", "tasks", "--format", "json"]).await, Verdict::Failed);
    assert_eq!(stub.push(&[argument(&stub.path("absent.csv")), "--kind", "tasks"]).await, Verdict::Failed);
    assert_eq!(stub.seen.lock().len(), 1);
}
