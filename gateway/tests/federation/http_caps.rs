//! Caps on a request, each with a status and a name of its own.

use std::time::Duration;

use axum::body::Body;
use gateway::server::{RequestCaps, ServerOptions};
use http::Method;
use serde_json::json;

use crate::endpoint::{Answer, JSON, get, post, request, send_to};

async fn capped(caps: RequestCaps, request: http::Request<Body>) -> Answer {
    let options = ServerOptions { caps, ..ServerOptions::default() };
    send_to(options, request).await
}

fn limit(answer: &Answer) -> (u16, serde_json::Value) {
    let extensions = answer.error()["extensions"].clone();
    (answer.status, json!([extensions["code"], extensions["limit"]]))
}

#[tokio::test]
async fn a_long_body_is_refused_with_and_without_its_length() {
    let caps = || RequestCaps { max_body_bytes: 100, ..RequestCaps::default() };
    let mut declared = post(JSON, "x".repeat(101));
    declared.headers_mut().insert("content-length", 101.into());
    let answer = capped(caps(), declared).await;
    assert_eq!(
        limit(&answer),
        (413, json!(["PAYLOAD_TOO_LARGE", { "name": "bodyBytes", "maximum": 100, "actual": 101 }]))
    );
    let chunks = futures::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>("0123456789")));
    // It is refused with the first chunk that does not fit.
    let answer = capped(caps(), post(JSON, Body::from_stream(chunks))).await;
    assert_eq!(
        limit(&answer),
        (413, json!(["PAYLOAD_TOO_LARGE", { "name": "bodyBytes", "maximum": 100, "actual": 110 }]))
    );
    let fits = format!("{:<100}", r#"{"query":"{ __typename }"}"#);
    assert_eq!(capped(caps(), post(JSON, fits)).await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let caps = RequestCaps { body_timeout: Duration::from_millis(1), ..RequestCaps::default() };
    let never = Body::from_stream(futures::stream::pending::<Result<&str, std::io::Error>>());
    let answer = capped(caps, post(JSON, never)).await;
    assert_eq!((answer.status, answer.code().as_str()), (408, "TIMEOUT"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_bad_request() {
    let broken = futures::stream::iter([Ok("{"), Err(std::io::Error::other("reset"))]);
    let answer = capped(RequestCaps::default(), post(JSON, Body::from_stream(broken))).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn a_long_url_is_refused() {
    let caps = || RequestCaps { max_url_bytes: 60, ..RequestCaps::default() };
    let fits = "query=%7B__typename%7D";
    assert_eq!(capped(caps(), get(JSON, fits)).await.status, 200);
    let answer = capped(caps(), get(JSON, &format!("{fits}&{}", "x".repeat(60)))).await;
    let named = json!(["VALIDATION", { "name": "urlBytes", "maximum": 60, "actual": 92 }]);
    assert_eq!(limit(&answer), (414, named));
}

#[tokio::test]
async fn many_and_large_headers_are_refused() {
    let caps = || RequestCaps { max_headers: 5, max_header_bytes: 200, ..RequestCaps::default() };
    let ask = |headers: &[(&str, &str)]| {
        capped(caps(), request(Method::GET, "/graphql?query=%7B__typename%7D", headers, Body::empty()))
    };
    // The id that the request is given counts, as do all values of one name.
    assert_eq!(ask(&[("a", "1"); 4]).await.status, 200);
    assert_eq!(
        limit(&ask(&[("a", "1"); 5]).await),
        (431, json!(["VALIDATION", { "name": "headers", "maximum": 5, "actual": 6 }]))
    );
    let value = "x".repeat(300);
    let (status, named) = limit(&ask(&[("a", &value)]).await);
    assert_eq!((status, &named[1]["name"], &named[1]["maximum"]), (431, &json!("headerBytes"), &json!(200)));
}
