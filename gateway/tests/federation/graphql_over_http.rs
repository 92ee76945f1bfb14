//! GraphQL over HTTP, rule by rule: what is a request, which form has the answer, what does its status say.

use axum::body::Body;
use gateway::server::{ServerOptions, StatusRules};
use http::Method;
use serde_json::{Value, json};

use crate::endpoint::{Answer, JSON, RESPONSE_JSON, get, post, request, send, send_to};

const ME: &str = r#"{"query":"{ me { id } }"}"#;

/// One of the ratings cannot be given.
const PARTIAL: &str = "{ topProducts { upc rating } }";

fn me() -> Value {
    json!({ "data": { "me": { "id": "1" } } })
}

async fn statuses(body: &Value) -> (u16, u16) {
    let json = send(post(JSON, body.to_string())).await;
    let response = send(post(RESPONSE_JSON, body.to_string())).await;
    assert_eq!(json.body, response.body, "the body does not depend on the type");
    assert!(json.header("content-type").starts_with("application/json;"));
    assert!(response.header("content-type").starts_with("application/graphql-response+json;"));
    (json.status, response.status)
}

#[tokio::test]
async fn a_well_formed_request_has_a_status_by_media_type() {
    for (body, expected, code) in [
        (json!({ "query": "{ me { id } }" }), (200, 200), None),
        (json!({ "query": "{" }), (200, 400), Some("GRAPHQL_PARSE_FAILED")),
        (json!({ "query": "" }), (200, 400), Some("GRAPHQL_PARSE_FAILED")),
        (json!({ "query": "{ nothing }" }), (200, 400), Some("GRAPHQL_VALIDATION_FAILED")),
        (
            json!({ "query": "query($f: Int!) { topProducts(first: $f) { upc } }", "variables": { "f": "x" } }),
            (200, 400),
            Some("VALIDATION"),
        ),
        (json!({ "query": "query A { me { id } } query B { me { id } }" }), (200, 400), Some("")),
        (json!({ "query": "{ me { id } }", "operationName": "B" }), (200, 400), Some("")),
    ] {
        assert_eq!(statuses(&body).await, expected, "{body}");
        let answer = send(post(RESPONSE_JSON, body.to_string())).await;
        match code {
            None => assert_eq!(answer.json(), me()),
            Some("") => drop(answer.code()),
            Some(code) => assert_eq!(answer.code(), code),
        }
    }
}

#[tokio::test]
async fn data_with_errors_has_status_200_in_both_types() {
    assert_eq!(statuses(&json!({ "query": PARTIAL })).await, (200, 200));
    let answer = send(post(JSON, json!({ "query": PARTIAL }).to_string())).await.json();
    assert!(answer["data"]["topProducts"].is_array() && answer["errors"].is_array(), "{answer}");
}

#[tokio::test]
async fn a_malformed_request_has_status_400_in_both_types() {
    let long = format!("{{\"query\":\"{}", "a".repeat(1000));
    for body in [
        "",
        "  \n",
        "{",
        "NONSENSE",
        "{ \"not a JSON",
        "null",
        "7",
        "\"{ me { id } }\"",
        "{}",
        &long,
        r#"{"qeury":"{__typename}"}"#,
        r#"{"query":null}"#,
        r#"{"query":{"a":1}}"#,
        r#"{"query":0}"#,
        r#"{"query":false}"#,
        r#"{"query":["{__typename}"]}"#,
        r#"{"query":"{__typename}","operationName":{}}"#,
        r#"{"query":"{__typename}","operationName":0}"#,
        r#"{"query":"{__typename}","operationName":false}"#,
        r#"{"query":"{__typename}","operationName":[]}"#,
        r#"{"query":"{__typename}","variables":"{}"}"#,
        r#"{"query":"{__typename}","variables":0}"#,
        r#"{"query":"{__typename}","variables":false}"#,
        r#"{"query":"query($a:Int){__typename}","variables":[7]}"#,
        r#"{"query":"{__typename}","extensions":"{}"}"#,
        r#"{"query":"{__typename}","extensions":0}"#,
        r#"{"query":"{__typename}","extensions":false}"#,
        r#"{"query":"{__typename}","extensions":[]}"#,
        r#"{"query":"{__typename}","query":"{me{id}}"}"#,
        r#"{"query":"{__typename}"} {}"#,
        r#"{"query":"{__typename}",}"#,
        r#"{"query":"\ud800"}"#,
    ] {
        for accept in [JSON, RESPONSE_JSON] {
            let answer = send(post(accept, body.to_owned())).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{body}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_refused() {
    let answer = send(post(JSON, b"{\"query\":\"{ me { id } } # \xff\"}".to_vec())).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.error()["message"], "the body is not UTF-8");
}

#[tokio::test]
async fn a_batch_is_refused_with_a_sentence() {
    for body in ["[]", r#" [{"query":"{ __typename }"}]"#, r#"["{ __typename }"]"#] {
        let answer = send(post(JSON, body)).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.error()["message"].as_str().unwrap().contains("batches"), "{body}");
    }
}

#[tokio::test]
async fn optional_parameters_may_be_null_absent_or_empty_and_unknown_ones_are_ignored() {
    for body in [
        r#"{"query":"{ me { id } }","operationName":null,"variables":null,"extensions":null}"#,
        r#"{"query":"{ me { id } }","operationName":"","variables":{},"extensions":{}}"#,
        r#"{"query":"query A { me { id } }","operationName":"A","variables":{"unused":1},"extensions":{"a":{"b":[1]}}}"#,
        r#"{"id":7,"query":"{ me { id } }","more":{"a":["b"]}}"#,
        "\n\t {\"query\":\"{ me { id } }\"}\r\n",
    ] {
        let answer = send(post(JSON, body)).await;
        assert_eq!((answer.status, answer.json()), (200, me()), "{body}");
    }
}

#[tokio::test]
async fn the_accept_header_chooses_the_type() {
    for (accept, expected) in [
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html, application/graphql-response+json;q=0.3, application/json;q=0.2", RESPONSE_JSON),
    ] {
        let answer = send(post(accept, ME)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), format!("{expected}; charset=utf-8"));
        assert_eq!(answer.header("vary"), "accept, accept-encoding");
    }
    let silent = request(Method::POST, "/graphql", &[("content-type", JSON)], ME);
    assert_eq!(send(silent).await.header("content-type"), "application/json; charset=utf-8");
    for accept in ["text/html", "application/json;q=0", "application/json;charset=utf-16"] {
        let answer = send(post(accept, ME)).await;
        assert_eq!((answer.status, answer.code().as_str()), (406, "BAD_REQUEST"), "{accept}");
    }
}

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    for content_type in ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"] {
        let answer = send(request(Method::POST, "/graphql", &[("content-type", content_type)], ME)).await;
        assert_eq!(answer.status, 200, "{content_type}");
    }
    for headers in [
        &[][..],
        &[("content-type", "text/plain")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("content-type", "multipart/form-data; boundary=a")],
        &[("content-type", "application/graphql")],
        &[("content-type", "application/json; charset=latin1")],
    ] {
        let answer = send(request(Method::POST, "/graphql", headers, ME)).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "BAD_REQUEST"), "{headers:?}");
        assert_eq!(answer.header("accept"), JSON);
    }
}

#[tokio::test]
async fn get_reads_its_parameters_from_the_url() {
    let query =
        "query=query+A(%24f%3AInt)%7BtopProducts(first%3A%24f)%7Bupc%7D%7D&operationName=A&variables=%7B%22f%22%3A1%7D";
    for accept in [JSON, RESPONSE_JSON] {
        let answer = send(get(accept, query)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["data"]["topProducts"].as_array().unwrap().len(), 1);
    }
    for query in
        ["", "qeury=%7Bme%7Bid%7D%7D", "query=%7Bme%7Bid%7D%7D&variables=7", "query=%FF", "query=%7Ba%7D&query=%7Bb%7D"]
    {
        let answer = send(get(RESPONSE_JSON, query)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{query}");
    }
    assert_eq!(send(get(JSON, "query=%7Bnothing%7D")).await.status, 200);
    assert_eq!(send(get(RESPONSE_JSON, "query=%7Bnothing%7D")).await.status, 400);
}

#[tokio::test]
async fn get_never_runs_a_mutation() {
    for accept in [JSON, RESPONSE_JSON] {
        let answer = send(get(accept, "query=query+Q%7Bme%7Bid%7D%7D+mutation+M%7Bcount%7D&operationName=M")).await;
        assert_eq!((answer.status, answer.code().as_str()), (405, "BAD_REQUEST"));
        assert_eq!(answer.header("allow"), "POST");
        let query = send(get(accept, "query=query+Q%7Bme%7Bid%7D%7D+mutation+M%7Bcount%7D&operationName=Q")).await;
        assert_eq!((query.status, query.json()), (200, me()));
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE, Method::from_bytes(b"QUERY").unwrap()] {
        let answer = send(request(method.clone(), "/graphql", &[("content-type", JSON)], ME)).await;
        assert_eq!((answer.status, answer.code().as_str()), (405, "BAD_REQUEST"), "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD, POST, OPTIONS");
    }
    let options = send(request(Method::OPTIONS, "/graphql", &[], Body::empty())).await;
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, POST, OPTIONS"));
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let uri = "/graphql?query=%7Bme%7Bid%7D%7D";
    let get = send(request(Method::GET, uri, &[], Body::empty())).await;
    let head = send(request(Method::HEAD, uri, &[], Body::empty())).await;
    assert_eq!((get.status, head.status), (200, 200));
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("content-type"), get.header("content-type"));
}

#[tokio::test]
async fn a_path_with_nothing_on_it_says_so() {
    let answer = send(request(Method::GET, "/nowhere", &[], Body::empty())).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
}

async fn newest(request: http::Request<Body>) -> Answer {
    let options = ServerOptions { status_rules: StatusRules::September2026, ..ServerOptions::default() };
    send_to(options, request).await
}

#[tokio::test]
async fn the_edition_of_2026_tells_unreadable_from_unfit() {
    for (body, expected) in [
        ("{", 400),
        (r#"{"query":"{"}"#, 400),
        (r#"{"qeury":"{__typename}"}"#, 422),
        (r#"{"query":"{__typename}","variables":[7]}"#, 422),
        ("[]", 422),
        (r#"{"query":"{ nothing }"}"#, 422),
        (r#"{"query":"{ me { id } }","operationName":"B"}"#, 422),
        (ME, 200),
    ] {
        for accept in [JSON, RESPONSE_JSON] {
            assert_eq!(newest(post(accept, body)).await.status, expected, "{body}");
        }
    }
    for (accept, expected) in [(JSON, 200), (RESPONSE_JSON, 294)] {
        let partial = json!({ "query": PARTIAL }).to_string();
        assert_eq!(newest(post(accept, partial)).await.status, expected);
    }
    let silent = request(Method::POST, "/graphql", &[("content-type", JSON)], ME);
    assert!(newest(silent).await.header("content-type").starts_with(RESPONSE_JSON));
    assert_eq!(newest(get(JSON, "query=mutation%7Bcount%7D")).await.status, 405);
}
