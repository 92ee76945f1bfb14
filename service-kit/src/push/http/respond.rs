//! Answers: results as NDJSON in the language of the caller, and a last line with the summary.

use std::convert::Infallible;
use std::io;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::status;
use crate::problem::Problem;
use crate::push::engine::{Pusher, Session};
use crate::push::intake::{Ended, Results, take_in};
use crate::push::row::ndjson as ndjson_of;
use crate::push::{RowError, RowResult};
use crate::store::push::receipt::{Parts, Receipt};

/// Language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Vietnamese,
}

impl Language {
    /// What `Accept-Language` prefers; English otherwise.
    pub fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_vietnamese =
            accepted.split(',').next().is_some_and(|first| first.trim().to_ascii_lowercase().starts_with("vi"));
        if is_vietnamese { Self::Vietnamese } else { Self::English }
    }

    fn of_problem(self, problem: &Problem) -> &str {
        match (self, &problem.vietnamese) {
            (Self::Vietnamese, Some(message)) => message,
            _ => &problem.message,
        }
    }

    fn message(self, error: &RowError) -> &str {
        match self {
            Self::English => &error.en,
            Self::Vietnamese => &error.vi,
        }
    }

    /// An error as it is shown.
    pub fn error(self, error: &RowError) -> Value {
        json!({ "path": error.path, "code": error.code, "message": self.message(error) })
    }

    /// Results as lines.
    pub fn lines(self, results: &[RowResult]) -> Vec<u8> {
        ndjson_of(results.iter().map(|result| Told {
            errors: result.errors.iter().map(|error| self.error(error)).collect(),
            external_id: &result.external_id,
            id: result.key.as_deref(),
            line: result.line,
            row: result.row,
            status: result.status.as_str(),
        }))
    }

    /// Stored lines, whose errors have both languages, as they are shown.
    fn translated(self, stored: &[u8]) -> Vec<u8> {
        let mut lines = Vec::with_capacity(stored.len());
        for line in stored.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Ok(mut line) = serde_json::from_slice::<Value>(line) else { continue };
            if let Some(errors) = line.get_mut("errors").and_then(Value::as_array_mut) {
                for error in errors {
                    if let Ok(read) = serde_json::from_value::<RowError>(error.clone()) {
                        *error = self.error(&read);
                    }
                }
            }
            lines.extend_from_slice(line.to_string().as_bytes());
            lines.push(b'\n');
        }
        lines
    }
}

/// A result as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    errors: Vec<Value>,
    external_id: &'a str,
    id: Option<&'a str>,
    line: i64,
    row: i64,
    status: &'a str,
}

/// A refusal before any row.
pub fn failure(problem: &Problem, language: Language) -> Response {
    if let Some(source) = &problem.source {
        tracing::error!(error = ?source, "a push failed");
    }
    let error = json!({ "code": problem.code.as_str(), "message": language.of_problem(problem), "path": problem.path });
    let status = status(problem);
    let mut response = (status, axum::Json(json!({ "error": error }))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// An answer of NDJSON.
pub fn ndjson(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/x-ndjson; charset=utf-8")], body).into_response()
}

/// Whether the caller wants a receipt at once.
pub fn prefers_async(headers: &HeaderMap) -> bool {
    let preferred = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferred.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case("respond-async"))
}

/// A receipt as JSON.
pub fn summary(receipt: &Receipt, language: Language) -> Value {
    json!({
        "receipt": receipt.id, "kind": receipt.kind, "source": receipt.source, "state": receipt.state, "format": receipt.format, "fileName": receipt.file_name,
        "mode": receipt.mode, "atomic": receipt.atomic, "receivedAt": receipt.received_at, "finishedAt": receipt.finished_at,
        "encoding": receipt.encoding, "bytes": receipt.bytes, "sha256": receipt.digest.as_deref().map(hex), "bodyDeletedAt": receipt.body_deleted_at,
        "rows": receipt.rows, "created": receipt.created, "updated": receipt.updated, "removed": receipt.removed, "unchanged": receipt.unchanged,
        "stale": receipt.stale, "parked": receipt.parked, "rejected": receipt.rejected, "notes": receipt.notes,
        "error": receipt.error.as_ref().map(|error| language.error(error)),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A push that runs.
pub struct Run {
    pub pusher: Pusher,
    pub session: Box<Session>,
    pub reading: tabular::Reading,
    pub language: Language,
}

/// Results on their way to the caller. A caller that sends its whole body before it reads must not block the push, so what
/// does not fit into the channel is sent when the body has ended.
struct Outbox {
    sender: mpsc::Sender<Bytes>,
    language: Language,
    /// Lines that could not be sent yet, compressed.
    waiting: Vec<Vec<u8>>,
    /// Told when there is something to send.
    begun: Option<oneshot::Sender<Result<(), Box<Response>>>>,
}

impl Outbox {
    fn begin(&mut self) {
        if let Some(begun) = self.begun.take() {
            // Nobody listens when the caller has gone.
            let _ = begun.send(Ok(()));
        }
    }

    async fn flush(&mut self) {
        for part in std::mem::take(&mut self.waiting) {
            if let Ok(lines) = zstd::stream::decode_all(&part[..]) {
                let _ = self.sender.send(lines.into()).await;
            }
        }
    }
}

impl Results for Outbox {
    async fn take(&mut self, results: Vec<RowResult>) {
        self.begin();
        let language = self.language;
        let lines = match spawn_blocking(move || Bytes::from(language.lines(&results))).await {
            Ok(lines) => lines,
            Err(error) => return tracing::error!(%error, "results cannot be told"),
        };
        if self.waiting.is_empty() && self.sender.try_send(lines.clone()).is_ok() {
            return;
        }
        match spawn_blocking(move || zstd::bulk::compress(&lines, 1)).await.map_err(io::Error::from).flatten() {
            Ok(part) => self.waiting.push(part),
            Err(error) => tracing::error!(%error, "results cannot be compressed"),
        }
    }
}

/// Receiver of results that nobody waits for.
struct Nobody;

impl Results for Nobody {
    async fn take(&mut self, _: Vec<RowResult>) {}
}

impl Run {
    /// Answers with the results as they come.
    pub async fn streamed(self, body: Body) -> Response {
        let (sender, receiver) = mpsc::channel(4);
        let (begun, first) = oneshot::channel();
        let language = self.language;
        tokio::spawn(async move {
            let mut outbox = Outbox { sender, language, waiting: Vec::new(), begun: Some(begun) };
            self.run(body, &mut outbox).await;
        });
        match first.await {
            Ok(Ok(())) => ndjson(Body::from_stream(
                stream::unfold(receiver, async |mut receiver: mpsc::Receiver<Bytes>| {
                    Some((receiver.recv().await?, receiver))
                })
                .map(Ok::<_, Infallible>),
            )),
            Ok(Err(refused)) => *refused,
            Err(_) => {
                let problem = Problem::internal(io::Error::other("the push ended without an answer"));
                failure(&problem, language)
            }
        }
    }

    async fn run(self, body: Body, outbox: &mut Outbox) {
        let (receipt, kind) = (self.session.receipt(), self.session.kind());
        let source = self.session.source().to_owned();
        let now = self.pusher.now();
        let outcome = take_in(body, self.reading, self.session, now, outbox).await;
        let last = match outcome {
            Ok(ended) => {
                if outbox.begun.is_some() && ended.summary.error.is_some() && ended.summary.counts.rows == 0 {
                    // Nothing of the file could be read.
                    if let Some(begun) = outbox.begun.take() {
                        let _ = begun.send(Err(Box::new(unreadable(receipt, &ended, self.language))));
                    }
                    return;
                }
                ended_line(receipt, kind.name, &source, &ended, self.language)
            }
            Err(problem) => {
                if let Some(begun) = outbox.begun.take() {
                    let _ = begun.send(Err(Box::new(failure(&problem, self.language))));
                    return;
                }
                if let Some(source) = &problem.source {
                    tracing::error!(error = ?source, %receipt, "a push failed");
                }
                let error = json!({ "code": problem.code.as_str(), "message": self.language.of_problem(&problem) });
                json!({ "receipt": receipt, "state": "FAILED", "error": error })
            }
        };
        outbox.begin();
        outbox.flush().await;
        let _ = outbox.sender.send(format!("{last}\n").into()).await;
    }

    /// Answers with the receipt when the body has been read, before its rows are all applied.
    pub fn in_background(self, body: Body) -> Response {
        let receipt = self.session.receipt();
        // The body belongs to the connection, so the answer follows when it has been read.
        let (sender, receiver) = mpsc::channel::<Result<Bytes, axum::Error>>(64);
        tokio::spawn(async move {
            let body = Body::from_stream(stream::unfold(receiver, async |mut receiver: mpsc::Receiver<_>| {
                Some((receiver.recv().await?, receiver))
            }));
            let now = self.pusher.now();
            if let Err(problem) = take_in(body, self.reading, self.session, now, &mut Nobody).await {
                tracing::error!(?problem, %receipt, "a push failed");
            }
        });
        let address = format!("/v1/push/receipts/{receipt}");
        let answer = json!({ "receipt": receipt, "state": "RUNNING", "url": address });
        let passed = stream::once(async move {
            let mut frames = body.into_data_stream();
            while let Some(frame) = frames.next().await {
                if sender.send(frame).await.is_err() {
                    break;
                }
            }
            Ok::<_, Infallible>(Bytes::from(format!("{answer}\n")))
        });
        (
            StatusCode::ACCEPTED,
            [(LOCATION, address), (CONTENT_TYPE, "application/json".to_owned())],
            Body::from_stream(passed),
        )
            .into_response()
    }
}

fn ended_line(receipt: Uuid, kind: &str, source: &str, ended: &Ended, language: Language) -> Value {
    let counts = ended.summary.counts;
    let notes: Vec<Value> = ended.reading.notes.iter().map(|note| json!({ "en": note.en, "vi": note.vi })).collect();
    json!({
        "receipt": receipt, "kind": kind, "source": source, "state": ended.summary.state, "encoding": ended.reading.encoding,
        "rows": counts.rows, "created": counts.created, "updated": counts.updated, "removed": counts.removed, "unchanged": counts.unchanged,
        "stale": counts.stale, "parked": counts.parked, "rejected": counts.rejected, "notes": notes,
        "error": ended.summary.error.as_ref().map(|error| language.error(error)),
    })
}

fn unreadable(receipt: Uuid, ended: &Ended, language: Language) -> Response {
    let error = ended.summary.error.as_ref().map(|error| language.error(error));
    let status = match ended.summary.error.as_ref().map(|error| error.code.as_str()) {
        Some("TOO_LARGE") => StatusCode::PAYLOAD_TOO_LARGE,
        Some("WRONG_FORMAT" | "NOT_SUPPORTED") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Some("REPLACE_REFUSED") => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    (status, axum::Json(json!({ "receipt": receipt, "state": "FAILED", "error": error }))).into_response()
}

/// Answers a repeated push with the stored results, if its body is the same.
pub async fn replay(pusher: Pusher, receipt: Box<Receipt>, body: Body, language: Language) -> Response {
    let mut digest = Sha256::new();
    let mut frames = body.into_data_stream();
    while let Some(Ok(bytes)) = frames.next().await {
        digest.update(&bytes);
    }
    if receipt.digest.as_deref() != Some(&*digest.finalize()) {
        let message = "this Idempotency-Key was used for another body; accepted: a new key, or the very body that was sent with it";
        let problem = Problem::conflict(message).in_vietnamese(
            "Idempotency-Key này đã dùng cho nội dung khác; cần: khóa mới, hoặc gửi lại đúng nội dung đó",
        );
        return failure(&problem.at("Idempotency-Key"), language);
    }
    let mut last = summary(&receipt, language);
    last["replayed"] = Value::Bool(true);
    results(pusher, receipt.id, last, language)
}

/// The stored results of a receipt, and its summary.
pub fn stored(pusher: Pusher, receipt: &Receipt, language: Language) -> Response {
    results(pusher, receipt.id, summary(receipt, language), language)
}

/// The stored results of a receipt, and a last line.
fn results(pusher: Pusher, receipt: Uuid, last: Value, language: Language) -> Response {
    let parts = stream::unfold(Some((pusher, receipt, 0)), move |state| {
        let last = last.clone();
        async move {
            let (pusher, receipt, part) = state?;
            match pusher.stored_part(receipt, Parts::Results, part).await {
                Ok(Some(lines)) => {
                    Some((Ok(Bytes::from(language.translated(&lines))), Some((pusher, receipt, part + 1))))
                }
                Ok(None) => Some((Ok(Bytes::from(format!("{last}\n"))), None)),
                Err(problem) => Some((Err(io::Error::other(problem.message)), None)),
            }
        }
    });
    ndjson(Body::from_stream(parts))
}
