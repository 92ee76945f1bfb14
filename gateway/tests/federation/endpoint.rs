//! Requests to the gateway's router, and what comes back of them.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use gateway::server::{ServerOptions, router};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use crate::fixture::local;

pub const JSON: &str = "application/json";
pub const RESPONSE_JSON: &str = "application/graphql-response+json";

/// An answer, complete.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The first error of an answer that has nothing but errors; it is well-formed and has a code.
    pub fn error(&self) -> Value {
        let mut answer = self.json();
        let members: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["errors"], "{answer}");
        let errors = answer["errors"].as_array_mut().unwrap();
        let error = errors.remove(0);
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
        assert!(error["extensions"]["code"].is_string(), "{error}");
        error
    }

    pub fn code(&self) -> String {
        self.error()["extensions"]["code"].as_str().unwrap().to_owned()
    }
}

pub async fn send_to(options: ServerOptions, request: Request<Body>) -> Answer {
    let app = router(Arc::new(local()), options);
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let answer = Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap(),
    };
    assert!(!answer.header("x-request-id").is_empty(), "every answer has an id");
    if !answer.body.is_empty() && parts.status != StatusCode::NO_CONTENT {
        assert!(answer.header("content-type").ends_with("; charset=utf-8"));
    }
    answer
}

pub async fn send(request: Request<Body>) -> Answer {
    send_to(ServerOptions::default(), request).await
}

/// A request with headers; the method, path and body are the test's.
pub fn request(method: Method, uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub fn post(accept: &str, body: impl Into<Body>) -> Request<Body> {
    // An id of its own in each request would make the answers to equal requests differ.
    let headers = [(header::CONTENT_TYPE.as_str(), JSON), (header::ACCEPT.as_str(), accept), ("x-request-id", "test")];
    request(Method::POST, "/graphql", &headers, body)
}

pub fn get(accept: &str, query: &str) -> Request<Body> {
    request(Method::GET, &format!("/graphql?{query}"), &[("accept", accept)], Body::empty())
}
