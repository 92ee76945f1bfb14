//! The listener: both versions of HTTP on one port, bounds on slow clients, an end in order.

use std::{sync::Arc, time::Duration};

use axum::{Router, routing::get};
use gateway::server::{ConnectionOptions, ServerOptions, Stopped, router, serve};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use crate::fixture::local;

struct Server {
    address: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Stopped>,
}

async fn start(router: Router, options: ConnectionOptions) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel();
    let shutdown = async move { stopped.await.unwrap_or(()) };
    let serving = tokio::spawn(serve(listener, router, shutdown, options));
    Server { address, stop, serving }
}

fn gateway() -> Router {
    router(Arc::new(local()), ServerOptions::default())
}

#[tokio::test]
async fn both_versions_of_http_are_served_on_one_port() {
    let server = start(gateway(), ConnectionOptions::default()).await;
    for http2 in [false, true] {
        let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http::<Full<bytes::Bytes>>();
        let request = http::Request::post(format!("http://{}/graphql", server.address))
            .header("content-type", "application/json")
            .body(Full::from(r#"{"query":"{ me { id } }"}"#))
            .unwrap();
        let response = client.request(request).await.unwrap();
        let expected = if http2 { http::Version::HTTP_2 } else { http::Version::HTTP_11 };
        assert_eq!((response.status().as_u16(), response.version()), (200, expected));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"data":{"me":{"id":"1"}}}"#);
    }
    server.stop.send(()).unwrap();
    assert_eq!(server.serving.await.unwrap(), Stopped::Drained);
}

#[tokio::test]
async fn a_head_beyond_all_bounds_ends_the_connection() {
    let options = ConnectionOptions { max_headers: 20, ..ConnectionOptions::default() };
    let server = start(gateway(), options).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let headers = "a: b\r\n".repeat(30);
    stream.write_all(format!("GET /graphql HTTP/1.1\r\nhost: a\r\n{headers}\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_head_is_dropped() {
    let options = ConnectionOptions { header_read_timeout: Duration::from_millis(50), ..ConnectionOptions::default() };
    let server = start(gateway(), options).await;
    for beginning in ["", "P", "POST /graphql HTTP/1.1\r\nhost: a\r\nx-"] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("200"), "{answer}");
    }
}

/// A route that says when it was reached and answers when it is told to.
fn waiting() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (reached, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inner_reached, inner_go) = (reached.clone(), go.clone());
    let handler = move || {
        let (reached, go) = (inner_reached.clone(), inner_go.clone());
        async move {
            reached.notify_one();
            go.notified().await;
            "done"
        }
    };
    (Router::new().route("/", get(handler)), reached, go)
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish_and_takes_no_new_ones() {
    let (router, reached, go) = waiting();
    let server = start(router, ConnectionOptions::default()).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let mut idle = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    reached.notified().await;
    server.stop.send(()).unwrap();
    let mut nothing = Vec::new();
    idle.read_to_end(&mut nothing).await.unwrap();
    assert!(nothing.is_empty(), "an idle connection is closed at once");
    assert!(TcpStream::connect(&server.address).await.is_err());
    go.notify_one();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("done"), "{answer}");
    assert_eq!(server.serving.await.unwrap(), Stopped::Drained);
}

#[tokio::test]
async fn what_outlasts_the_grace_is_cut_off() {
    let (router, reached, _go) = waiting();
    let options = ConnectionOptions { grace: Duration::from_millis(20), ..ConnectionOptions::default() };
    let server = start(router, options).await;
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    reached.notified().await;
    server.stop.send(()).unwrap();
    assert_eq!(server.serving.await.unwrap(), Stopped::CutOff(1));
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.is_empty());
}
