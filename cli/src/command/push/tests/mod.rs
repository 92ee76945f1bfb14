//! The command against a small server in this process, which answers as a test says.

mod outcomes;
mod parts;
mod transfer;
mod watching;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use clap::Parser;
use http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::answer::Verdict;
use super::retry::{Stop, never};
use super::{Push, input};

/// A request as the server saw it.
#[derive(Clone)]
struct Seen {
    /// Method, path and query.
    line: String,
    headers: HeaderMap,
    /// Bytes as they were sent.
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What a test answers to the request that was seen last.
type Answers = Arc<dyn Fn(&[Seen]) -> Response + Send + Sync>;

struct Stub {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Folder of the files of a test.
    folder: TempDir,
}

impl Stub {
    /// Starts a server that reads each request to its end.
    async fn start(answers: impl Fn(&[Seen]) -> Response + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let router = Router::new().fallback(answer).with_state((Arc::clone(&seen), Arc::new(answers) as Answers));
        Self::serve(router, seen).await
    }

    async fn serve(router: Router, seen: Arc<Mutex<Vec<Seen>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file can be written");
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs `ioc push` with arguments.
    async fn push(&self, arguments: &[&str]) -> Verdict {
        self.push_until(arguments, never()).await.expect("the command can run")
    }

    async fn push_until(&self, arguments: &[&str], stop: Stop) -> anyhow::Result<Verdict> {
        let common = ["push", "--url", &self.url, "--token", "secret", "--lang", "en"];
        let line = Line::parse_from(common.into_iter().chain(arguments.iter().copied()));
        line.push.execute(stop, Duration::from_millis(1)).await
    }
}

async fn answer(State((seen, answers)): State<(Arc<Mutex<Vec<Seen>>>, Answers)>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
    let mut seen = seen.lock();
    seen.push(Seen { line: format!("{} {}", head.method, head.uri), headers: head.headers, body });
    answers(&seen)
}

/// The command as a program of its own.
#[derive(Parser)]
struct Line {
    #[command(flatten)]
    push: Push,
}

/// An answer of lines.
fn lines(lines: &[&str]) -> Response {
    ([("content-type", "application/x-ndjson")], Body::from(lines.join("\n") + "\n")).into_response()
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, [("retry-after", "0")], format!(r#"{{"error":{error}}}"#)).into_response()
}

const CREATED: &str = r#"{"row":1,"line":2,"externalId":"a","status":"CREATED","errors":[]}"#;
const REJECTED: &str = r#"{"row":2,"line":3,"externalId":"b","status":"REJECTED","errors":[{"path":"dueDate","code":"VALIDATION","message":"31/02; accepted: a day"}]}"#;
const DONE: &str = r#"{"receipt":"r-1","state":"DONE","rows":1,"created":1,"updated":0,"unchanged":0,"stale":0,"parked":0,"rejected":0,"notes":[],"error":null}"#;
const DONE_IN_PART: &str = r#"{"receipt":"r-1","state":"DONE","rows":2,"created":1,"updated":0,"unchanged":0,"stale":0,"parked":0,"rejected":1,"notes":[],"error":null}"#;

fn argument(path: &Path) -> &str {
    path.to_str().expect("a path of a test is text")
}
