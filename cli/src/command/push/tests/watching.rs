//! A watched folder.

use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::StatusCode;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::{CREATED, DONE, DONE_IN_PART, REJECTED, Seen, Stub, argument, lines, refusal};
use crate::command::push::retry::Stop;

/// A stop that the server asks for, so that no test waits for a time.
fn stop() -> (impl Fn(), Stop) {
    let (sender, receiver) = oneshot::channel::<()>();
    let sender = Mutex::new(Some(sender));
    let ask = move || drop(sender.lock().take());
    (ask, receiver.map(drop).boxed().shared())
}

fn line(seen: &[Seen]) -> &str {
    seen.last().map_or("", |seen| seen.line.as_str())
}

fn kinds() -> Response {
    r#"{"kinds":[{"kind":"tasks"},{"kind":"task-notes"}],"sources":[]}"#.into_response()
}

#[tokio::test]
async fn files_are_pushed_by_their_names_and_moved() {
    let (ask, stop) = stop();
    let stub = Stub::start(move |seen| match line(seen) {
        "GET /v1/push" => kinds(),
        "POST /v1/push/tasks" => lines(&[CREATED, DONE]),
        "POST /v1/push/task-notes" => lines(&[CREATED, REJECTED, DONE_IN_PART]),
        _ => {
            ask();
            "failed rows".into_response()
        }
    })
    .await;
    stub.file("letter.pdf", "x");
    stub.file("people.csv", "x");
    stub.file("tasks-2026.csv", "x");
    stub.file("task-notes.csv.part", "x");
    // The last one, whose failed rows end the test.
    let last = std::fs::File::create(stub.path("task-notes.csv")).expect("a file");
    last.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(9)).expect("a time");
    stub.push_until(&["--watch", argument(stub.folder.path())], stop).await.expect("the watch ends in order");
    assert!(stub.path("done/tasks-2026.csv").exists());
    assert!(stub.path("failed/task-notes.csv").exists());
    assert_eq!(stub.text("failed/task-notes.csv.failed.csv"), "failed rows");
    assert!(stub.text("failed/people.csv.error.txt").contains("tasks, task-notes"));
    assert!(stub.text("failed/letter.pdf.error.txt").contains(".xlsx"));
    let mut left: Vec<_> = std::fs::read_dir(stub.folder.path()).expect("the folder").flatten().collect();
    left.retain(|entry| entry.path().is_file());
    assert_eq!(left.len(), 1, "only what is still written stays");
}

#[tokio::test]
async fn a_file_that_was_not_moved_is_pushed_under_the_same_key_after_a_restart() {
    let (first, first_stop) = stop();
    let (second, second_stop) = stop();
    let stub = Stub::start(move |seen| {
        if seen.len() > 1 {
            second();
            return lines(&[CREATED, DONE]);
        }
        first();
        (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "60")]).into_response()
    })
    .await;
    stub.file("a.csv", "x\n");
    let arguments = ["--watch", argument(stub.folder.path()), "--kind", "tasks"];
    stub.push_until(&arguments, first_stop).await.expect("the stop ends the wait for the next attempt");
    assert!(stub.path("a.csv").exists());
    stub.push_until(&arguments, second_stop).await.expect("the second run");
    assert!(stub.path("done/a.csv").exists());
    let seen = stub.seen.lock();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
}

#[tokio::test]
async fn a_credential_that_is_not_accepted_moves_nothing() {
    let stub =
        Stub::start(|_| refusal(StatusCode::UNAUTHORIZED, r#"{"code":"UNAUTHENTICATED","message":"expired"}"#)).await;
    stub.file("a.csv", "x\n");
    let (_ask, stop) = stop();
    let arguments = ["--watch", argument(stub.folder.path()), "--kind", "tasks"];
    let ended = stub.push_until(&arguments, stop).await.expect_err("the watch ends");
    assert!(ended.to_string().contains("credential"), "{ended}");
    assert!(stub.path("a.csv").exists());
}

#[tokio::test]
async fn a_content_that_returns_is_pushed_again() {
    let (ask, stop) = stop();
    let stub = Stub::start(move |seen| {
        if seen.len() == 2 {
            ask();
        }
        lines(&[CREATED, DONE])
    })
    .await;
    for (name, seconds) in [("a.csv", 1), ("b.csv", 2)] {
        let path = stub.file(name, "the same\n");
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        std::fs::File::options().append(true).open(path).and_then(|file| file.set_modified(time)).expect("a time");
    }
    let arguments = ["--watch", argument(stub.folder.path()), "--kind", "tasks"];
    stub.push_until(&arguments, stop).await.expect("the watch ends in order");
    let seen = stub.seen.lock();
    assert_ne!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
}
