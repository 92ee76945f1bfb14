//! Headers on their way through the gateway: to each subgraph by its rules, and back to the client.

use gateway::{
    GatewayConfig,
    config::{
        CacheControlRule, HeaderMerge, HeaderRules, RequestHeaderAction, RequestHeaderRule, ResponseHeaderRule,
        Subgraphs,
    },
};
use http::{HeaderName, HeaderValue};

use crate::upstream::{Seen, answer, ask, both, gateway, text};

const LEFT: &str = r#"{"data":{"left":"l"}}"#;
const RIGHT: &str = r#"{"data":{"right":"r"}}"#;

fn name(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

#[tokio::test]
async fn each_subgraph_gets_the_headers_of_its_rules() {
    let rules = HeaderRules {
        request: vec![
            RequestHeaderRule::all(RequestHeaderAction::ForwardPrefix("x-".to_owned())),
            RequestHeaderRule::named(["right"], RequestHeaderAction::Forward(name("cookie"))),
            RequestHeaderRule::named(["right"], RequestHeaderAction::Remove(name("x-secret"))),
            RequestHeaderRule::named(
                ["left"],
                RequestHeaderAction::Insert { name: name("x-from"), value: HeaderValue::from_static("gateway") },
            ),
        ],
        ..HeaderRules::default()
    };
    let config = GatewayConfig { headers: rules, ..GatewayConfig::default() };
    let (left, right) = (Seen::default(), Seen::default());
    let gateway = both(config, left.router(|| answer(LEFT, &[])), right.router(|| answer(RIGHT, &[]))).await;
    let sent = [
        ("x-secret", "s"),
        ("cookie", "c=1"),
        ("connection", "x-hop"),
        ("x-hop", "1"),
        ("content-encoding", "gzip"),
        ("accept", "text/html"),
    ];
    let response = ask(&gateway, "{ left right }", &sent).await;
    assert_eq!(text(&response), r#"{"data":{"left":"l","right":"r"}}"#);
    let (left, _) = left.last();
    assert_eq!((left["x-secret"].as_bytes(), left["x-from"].as_bytes()), (&b"s"[..], &b"gateway"[..]));
    assert!(!left.contains_key("cookie"));
    let (right, _) = right.last();
    assert_eq!(right["cookie"], "c=1");
    for headers in [&left, &right] {
        for name in ["x-hop", "content-encoding"] {
            assert!(!headers.contains_key(name), "{name} does not pass");
        }
        assert_eq!(headers["content-type"], "application/json");
        assert!(headers["accept"].to_str().unwrap().starts_with("application/graphql-response+json"));
    }
    assert!(!right.contains_key("x-secret") && !right.contains_key("x-from"));
}

#[tokio::test]
async fn named_headers_come_back_and_others_do_not() {
    let config = GatewayConfig {
        headers: HeaderRules {
            response: vec![ResponseHeaderRule {
                from: Subgraphs::All,
                name: name("set-cookie"),
                merge: HeaderMerge::Append,
            }],
            ..HeaderRules::default()
        },
        ..GatewayConfig::default()
    };
    let gateway = both(
        config,
        Seen::default().router(|| answer(LEFT, &[("set-cookie", "l=1"), ("x-internal", "1")])),
        Seen::default().router(|| answer(RIGHT, &[("set-cookie", "r=1"), ("set-cookie", "r=2")])),
    )
    .await;
    let response = ask(&gateway, "{ left right }", &[]).await;
    let mut cookies: Vec<_> = response.headers.get_all("set-cookie").into_iter().collect();
    cookies.sort();
    assert_eq!(cookies, ["l=1", "r=1", "r=2"]);
    assert_eq!(response.headers.keys_len(), 1);
}

#[tokio::test]
async fn cache_control_is_the_strictest_of_the_subgraphs_that_were_asked() {
    let gateway = both(
        GatewayConfig::default(),
        Seen::default().router(|| answer(LEFT, &[("cache-control", "public, max-age=60")])),
        Seen::default().router(|| answer(RIGHT, &[("cache-control", "private, max-age=90")])),
    )
    .await;
    let cached = async |query| ask(&gateway, query, &[]).await.headers.get("cache-control").cloned();
    assert_eq!(cached("{ left }").await.unwrap(), "max-age=60, public");
    assert_eq!(cached("{ left right }").await.unwrap(), "max-age=60, private");
    assert_eq!(cached("{ __typename }").await, None);
}

#[tokio::test]
async fn an_answer_that_is_silent_or_incomplete_is_not_stored() {
    let fresh = || Seen::default().router(|| answer(LEFT, &[("cache-control", "max-age=60")]));
    let silent = Seen::default().router(|| answer(RIGHT, &[]));
    let gateway = both(GatewayConfig::default(), fresh(), silent).await;
    let response = ask(&gateway, "{ left right }", &[]).await;
    assert_eq!(response.headers["cache-control"], "no-store");
    let failing = Seen::default().router(|| {
        answer(r#"{"data":{"right":null},"errors":[{"message":"no"}]}"#, &[("cache-control", "max-age=60")])
    });
    let gateway = both(GatewayConfig::default(), fresh(), failing).await;
    let response = ask(&gateway, "{ left right }", &[]).await;
    assert!(response.has_errors);
    assert_eq!(response.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn cache_control_can_be_left_alone() {
    let config = GatewayConfig {
        headers: HeaderRules { cache_control: CacheControlRule::Ignore, ..HeaderRules::default() },
        ..GatewayConfig::default()
    };
    let router = Seen::default().router(|| answer(LEFT, &[("cache-control", "max-age=60")]));
    let response = ask(&gateway(config, router).await, "{ left }", &[]).await;
    assert!(response.headers.is_empty());
}
