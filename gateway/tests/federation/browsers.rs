//! What pages of other origins may do: read answers (CORS), and cause requests (CSRF).

use std::time::Duration;

use axum::body::Body;
use gateway::server::{Cors, CsrfMode, CsrfPrevention, ServerOptions};
use http::{HeaderName, Method};

use crate::endpoint::{Answer, JSON, request, send, send_to};

const QUERY: &str = "/graphql?query=%7Bme%7Bid%7D%7D";

fn preflight(origin: &str) -> http::Request<Body> {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,authorization"),
    ];
    request(Method::OPTIONS, "/graphql", &headers, Body::empty())
}

async fn with(cors: Cors, request: http::Request<Body>) -> Answer {
    let options = ServerOptions { cors: Some(cors), ..ServerOptions::default() };
    send_to(options, request).await
}

#[tokio::test]
async fn without_configuration_there_are_no_cors_headers() {
    for request in
        [preflight("https://app.test"), request(Method::GET, QUERY, &[("origin", "https://app.test")], Body::empty())]
    {
        let answer = send(request).await;
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    }
}

#[tokio::test]
async fn a_listed_origin_may_read_and_another_may_not() {
    let cors = || {
        Cors::origins(["https://app.test", "https://*.apps.test"])
            .unwrap()
            .with_credentials()
            .unwrap()
            .with_exposed_headers([HeaderName::from_static("x-request-id")])
            .with_max_age(Duration::from_mins(10))
    };
    for origin in ["https://app.test", "https://one.apps.test"] {
        let answer = with(cors(), preflight(origin)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(answer.header("access-control-allow-methods"), "GET,POST");
        assert_eq!(answer.header("access-control-allow-headers"), "content-type,authorization");
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert_eq!(answer.header("access-control-max-age"), "600");
        let answer = with(cors(), request(Method::GET, QUERY, &[("origin", origin)], Body::empty())).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, origin));
        assert_eq!(answer.header("access-control-expose-headers"), "x-request-id");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.iter().any(|value| value.contains("origin")), "{vary:?}");
    }
    for origin in ["https://evil.test", "https://apps.test", "null"] {
        let answer = with(cors(), preflight(origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[tokio::test]
async fn errors_can_be_read_by_a_listed_origin_too() {
    let cors = Cors::origins(["https://app.test"]).unwrap();
    let headers = [("origin", "https://app.test"), ("content-type", "text/plain")];
    let answer = with(cors, request(Method::POST, "/graphql", &headers, "{}")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (415, "https://app.test"));
}

#[tokio::test]
async fn any_origin_may_read_where_that_is_wanted() {
    let cors = Cors::any_origin().with_request_headers([HeaderName::from_static("content-type")]);
    let answer = with(cors, preflight("https://anybody.test")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-headers"), "content-type");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn a_get_request_from_another_site_needs_a_header_that_pages_cannot_add() {
    let get = |headers: &[(&str, &str)]| send(request(Method::GET, QUERY, headers, Body::empty()));
    assert_eq!(get(&[]).await.status, 200);
    assert_eq!(get(&[("accept", JSON), ("sec-fetch-site", "same-origin")]).await.status, 200);
    let forged = get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]).await;
    assert_eq!((forged.status, forged.code().as_str()), (403, "FORBIDDEN"));
    let shown = get(&[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "true")]).await;
    assert_eq!(shown.status, 200);
}

#[tokio::test]
async fn bodies_that_pages_can_send_without_asking_are_refused_always() {
    let options = || ServerOptions {
        csrf: CsrfPrevention { mode: CsrfMode::Off, headers: Vec::new() },
        ..ServerOptions::default()
    };
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"] {
        let headers = [("content-type", content_type), ("apollo-require-preflight", "1")];
        let body = r#"{"query":"mutation { count }"}"#;
        let answer = send_to(options(), request(Method::POST, "/graphql", &headers, body)).await;
        assert_eq!(answer.status, 415, "{content_type}");
    }
}

#[tokio::test]
async fn the_strict_rule_asks_for_the_configured_header() {
    let options = || ServerOptions {
        csrf: CsrfPrevention { mode: CsrfMode::Always, headers: vec![HeaderName::from_static("x-mine")] },
        ..ServerOptions::default()
    };
    let get = |headers: &[(&str, &str)]| send_to(options(), request(Method::GET, QUERY, headers, Body::empty()));
    assert_eq!(get(&[("apollo-require-preflight", "1")]).await.status, 403);
    assert_eq!(get(&[("x-mine", "1")]).await.status, 200);
    assert_eq!(get(&[("content-type", JSON)]).await.status, 200);
    let post = request(Method::POST, "/graphql", &[("content-type", JSON)], r#"{"query":"{ me { id } }"}"#);
    assert_eq!(send_to(options(), post).await.status, 200);
}
