//! A client that sends a body which the server refuses to read still reads why. The client is raw TCP: it sends
//! everything first and reads afterwards, so that a reset of the connection would cost it the answer.

use std::{sync::Arc, time::Duration};

use axum::{Router, routing::post};
use gateway::server::{ConnectionOptions, RequestCaps, ServerOptions, router, serve};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::fixture::local;

/// More than the buffers of both sockets hold.
const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 256;

async fn start(router: Router, options: ConnectionOptions) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, router, std::future::pending(), options));
    TcpStream::connect(address).await.unwrap()
}

fn graphql() -> Router {
    let caps = RequestCaps { max_body_bytes: 1000, ..RequestCaps::default() };
    let options = ServerOptions { caps, ..ServerOptions::default() };
    router(Arc::new(local()), options)
}

async fn send_chunks(client: &mut TcpStream, head: &str) -> std::io::Result<()> {
    let head = format!("{head}host: test\r\ntransfer-encoding: chunked\r\n\r\n");
    client.write_all(head.as_bytes()).await?;
    let chunk = format!("{CHUNK:x}\r\n{}\r\n", " ".repeat(CHUNK));
    for _ in 0..CHUNKS {
        client.write_all(chunk.as_bytes()).await?;
    }
    client.write_all(b"0\r\n\r\n").await
}

/// One answer with a length: its status and body.
async fn answer(client: &mut TcpStream) -> (u16, String) {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                return (status, body.to_owned());
            }
        }
        let read = client.read_buf(&mut received).await.expect("no reset");
        assert!(read > 0, "the answer breaks off: {text}");
    }
}

#[tokio::test]
async fn every_refusal_of_a_large_body_is_read_whole() {
    let json = "content-type: application/json\r\n";
    let large = " ".repeat(CHUNK);
    let long_header = format!("POST /graphql HTTP/1.1\r\nx-long: {}\r\n", &large[..40_000].replace(' ', "x"));
    for (head, status, code) in [
        (format!("POST /graphql HTTP/1.1\r\n{json}"), 413, "PAYLOAD_TOO_LARGE"),
        ("POST /graphql HTTP/1.1\r\ncontent-type: text/plain\r\n".to_owned(), 415, "BAD_REQUEST"),
        (format!("POST /graphql HTTP/1.1\r\naccept: text/html\r\n{json}"), 406, "BAD_REQUEST"),
        (format!("PUT /graphql HTTP/1.1\r\n{json}"), 405, "BAD_REQUEST"),
        (format!("POST /nowhere HTTP/1.1\r\n{json}"), 404, "NOT_FOUND"),
        (long_header, 431, "VALIDATION"),
    ] {
        let mut client = start(graphql(), ConnectionOptions::default()).await;
        send_chunks(&mut client, &head).await.unwrap();
        let (given, body) = answer(&mut client).await;
        let body: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{head}: {body}"));
        assert_eq!((given, &body["errors"][0]["extensions"]["code"]), (status, &json!(code)), "{head}");
        // What followed the refusal was drained, so that the connection serves on.
        let next =
            "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\r\n";
        let next = format!("{next}{}", r#"{"query":"{ __typename }"}"#);
        client.write_all(next.as_bytes()).await.unwrap();
        assert_eq!(answer(&mut client).await.0, 200, "{head}");
    }
}

#[tokio::test]
async fn a_declared_body_is_drained_too() {
    let mut client = start(graphql(), ConnectionOptions::default()).await;
    let length = CHUNK * CHUNKS;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client.write_all(&vec![b' '; length]).await.unwrap();
    let (status, body) = answer(&mut client).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let limit = json!({ "name": "bodyBytes", "maximum": 1000, "actual": length });
    assert_eq!((status, &body["errors"][0]["extensions"]["limit"]), (413, &limit));
}

#[tokio::test]
async fn a_router_that_reads_no_body_needs_no_code_for_it() {
    let refuse = Router::new().route("/", post(|| async { (http::StatusCode::UNAUTHORIZED, "who are you?") }));
    let mut client = start(refuse, ConnectionOptions::default()).await;
    send_chunks(&mut client, "POST / HTTP/1.1\r\n").await.unwrap();
    assert_eq!(answer(&mut client).await, (401, "who are you?".to_owned()));
}

#[tokio::test]
async fn a_body_beyond_the_limit_of_bytes_or_time_ends_the_connection() {
    let few_bytes = ConnectionOptions { max_drained_bytes: 1000, ..ConnectionOptions::default() };
    let mut client = start(graphql(), few_bytes).await;
    assert!(send_chunks(&mut client, "PUT /graphql HTTP/1.1\r\n").await.is_err());

    let little_time = ConnectionOptions { drain_timeout: Duration::from_millis(20), ..ConnectionOptions::default() };
    let mut client = start(graphql(), little_time).await;
    let head = "PUT /graphql HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    let (status, _) = answer(&mut client).await;
    assert_eq!(status, 405);
    // The rest of the body never comes, and the server does not wait for it.
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_waits_to_be_told_to_send_is_told_why_not() {
    let mut client = start(graphql(), ConnectionOptions::default()).await;
    let head = "PUT /graphql HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\ncontent-length: 1000000\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    let (status, _) = answer(&mut client).await;
    assert_eq!(status, 405);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}
