//! How bytes travel: both directions at once, compression, retries.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::routing::post;
use futures::{StreamExt, stream};
use http::StatusCode;
use parking_lot::Mutex;

use super::{CREATED, DONE, Stub, argument, lines, refusal};
use crate::command::push::Verdict;

/// More than the buffers of a connection hold.
const LARGE_BYTES: usize = 16 << 20;

/// Bytes that cannot be compressed.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

#[tokio::test]
async fn the_answer_is_read_while_the_file_is_sent() {
    // The server reads on only when the client has taken a long answer, so a client that sends first waits for ever.
    let router = Router::new().route(
        "/v1/push/tasks",
        post(async |request: Request| {
            let mut body = request.into_body().into_data_stream();
            let first = body.next().await;
            assert!(first.is_some_and(|piece| piece.is_ok()));
            let row = Bytes::from(format!("{CREATED}\n").repeat(1024));
            let early =
                stream::iter(std::iter::repeat_n(row, LARGE_BYTES / CREATED.len() / 1024)).map(Ok::<_, axum::Error>);
            let late = stream::once(async move {
                let mut read = 0;
                while let Some(piece) = body.next().await {
                    read += piece?.len();
                }
                assert!(read > LARGE_BYTES / 2);
                Ok(Bytes::from(DONE))
            });
            Body::from_stream(early.chain(late))
        }),
    );
    let stub = Stub::serve(router, Arc::new(Mutex::default())).await;
    let file = stub.file("tasks.csv", noise(LARGE_BYTES));
    assert_eq!(stub.push(&[argument(&file), "--kind", "tasks"]).await, Verdict::Clean);
}

#[tokio::test]
async fn long_text_is_compressed_and_a_short_one_is_not() {
    let stub = Stub::start(|_| lines(&[CREATED, DONE])).await;
    let text = "a,b\n".repeat(1 << 19);
    let (long, short) = (stub.file("long.csv", &text), stub.file("short.ndjson", "{}\n"));
    let pushed =
        stub.push(&[argument(&long), argument(&short), "--kind", "tasks", "--source", "bar", "--atomic"]).await;
    assert_eq!(pushed, Verdict::Clean);
    let seen = stub.seen.lock();
    assert_eq!(seen[0].line, "POST /v1/push/tasks?source=bar&atomic=true");
    assert_eq!((seen[0].header("content-type"), seen[0].header("content-encoding")), ("text/csv", "zstd"));
    assert!(seen[0].body.len() < text.len() / 100);
    assert_eq!(zstd::stream::decode_all(&seen[0].body[..]).expect("zstd"), text.as_bytes());
    assert_eq!((seen[1].header("content-type"), seen[1].header("content-encoding")), ("application/x-ndjson", ""));
    assert_eq!((seen[1].header("content-length"), &seen[1].body[..]), ("3", &b"{}\n"[..]));
    assert_eq!(seen[1].header("content-disposition"), "attachment; filename*=UTF-8''short.ndjson");
    assert_eq!((seen[1].header("authorization"), seen[1].header("accept-language")), ("Bearer secret", "en"));
}

#[tokio::test]
async fn a_table_is_known_by_its_first_line() {
    let stub = Stub::start(|_| lines(&[CREATED, DONE])).await;
    let text = "STRUCTURE[;],STRUCTURE_ID,ACTION,INDICATOR\ndataflow,IOC:DF_KPI(1.0.0),I,GRDP\n";
    let compressed = zstd::stream::encode_all(text.as_bytes(), 3).expect("zstd");
    for file in [stub.file("kpis.csv", text), stub.file("kpis.csv.zst", compressed)] {
        assert_eq!(stub.push(&[argument(&file), "--kind", "observations"]).await, Verdict::Clean);
    }
    for seen in &*stub.seen.lock() {
        assert_eq!(seen.header("content-type"), "application/vnd.sdmx.data+csv; version=2.0.0");
    }
}

#[tokio::test]
async fn what_fails_for_a_while_is_sent_again_with_the_same_key() {
    let stub = Stub::start(|seen| match seen.len() {
        1 => refusal(StatusCode::SERVICE_UNAVAILABLE, r#"{"code":"SUBGRAPH_UNAVAILABLE","message":"no database"}"#),
        2 => refusal(StatusCode::TOO_MANY_REQUESTS, r#"{"code":"RATE_LIMITED","message":"slower"}"#),
        _ => lines(&[CREATED, DONE]),
    })
    .await;
    let file = stub.file("tasks.csv", "a,b\n".repeat(1 << 19));
    assert_eq!(stub.push(&[argument(&file), "--kind", "tasks"]).await, Verdict::Clean);
    let seen = stub.seen.lock();
    assert_eq!(seen.len(), 3);
    for again in &seen[1..] {
        assert_eq!(again.header("idempotency-key"), seen[0].header("idempotency-key"));
        // The server compares the bytes of one key.
        assert_eq!(again.body, seen[0].body);
    }
}

#[tokio::test]
async fn an_answer_without_its_summary_is_no_result() {
    let stub = Stub::start(|seen| if seen.len() == 1 { lines(&[CREATED]) } else { lines(&[CREATED, DONE]) }).await;
    let file = stub.file("tasks.csv", "a\n");
    assert_eq!(stub.push(&[argument(&file), "--kind", "tasks"]).await, Verdict::Clean);
    let seen = stub.seen.lock();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
}

#[tokio::test]
async fn a_file_that_is_pushed_again_is_another_push() {
    let stub = Stub::start(|_| lines(&[CREATED, DONE])).await;
    let file = stub.file("tasks.csv", "a\n");
    for _ in 0..2 {
        stub.push(&[argument(&file), "--kind", "tasks"]).await;
    }
    let seen = stub.seen.lock();
    assert_ne!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
}
