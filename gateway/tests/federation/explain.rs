//! What the gateway says about an operation: beforehand, and in the answer when it may.

use gateway::{Gateway, GatewayConfig, GraphQlRequest, config::ExplainAccess, document::OutlinedField};
use http::HeaderMap;
use serde_json::{Value, json};

use crate::fixture::{local_with, over_http_with};

const QUERY: &str = "query Q($n: Int!) { topProducts(first: $n) { name reviews { author { name } } } }";

fn config(explain: ExplainAccess) -> GatewayConfig {
    GatewayConfig { explain, ..GatewayConfig::default() }
}

async fn asked(gateway: &Gateway, header: Option<&'static str>) -> Value {
    let mut headers = HeaderMap::new();
    if let Some(value) = header {
        headers.insert("x-graphql-explain", value.parse().unwrap());
    }
    let request = GraphQlRequest::new(QUERY).with_variables(&json!({ "n": 2 })).unwrap();
    let response = gateway.execute(request.with_headers(headers)).await;
    serde_json::from_slice(&response.body).unwrap()
}

#[tokio::test]
async fn an_answer_explains_itself_only_where_that_is_allowed_and_asked_for() {
    for (access, header, explained) in [
        (ExplainAccess::Off, Some("1"), false),
        (ExplainAccess::OnRequest, None, false),
        (ExplainAccess::OnRequest, Some("0"), false),
        (ExplainAccess::OnRequest, Some("1"), true),
        (ExplainAccess::Always, None, true),
    ] {
        let answer = asked(&local_with(config(access), &[]), header).await;
        assert_eq!(answer["extensions"]["explain"].is_object(), explained, "{access:?} {header:?}");
        assert_eq!(answer["data"]["topProducts"].as_array().map(Vec::len), Some(2));
    }
}

#[tokio::test]
async fn the_extension_shows_plan_cost_and_each_fetch() {
    let gateway = over_http_with(config(ExplainAccess::Always)).await;
    let answer = asked(&gateway, None).await;
    let explained = &answer["extensions"]["explain"];
    assert_eq!(explained["operationName"], "Q");
    assert_eq!(explained["plan"]["kind"], "sequence");
    assert!(explained["cost"]["estimate"].as_u64().unwrap() > 2, "{explained}");
    let fetches = explained["fetches"].as_array().unwrap();
    let asked: Vec<_> = fetches.iter().map(|fetch| fetch["subgraph"].as_str().unwrap()).collect();
    assert_eq!(asked, ["products", "reviews", "accounts"]);
    assert_eq!(fetches[0]["entities"], 0);
    assert_eq!(fetches[1]["entities"], 2);
    for fetch in fetches {
        assert!(fetch["bytes"].as_u64().unwrap() > 10, "{fetch}");
        assert!(fetch["ms"].as_f64().unwrap() > 0.0, "{fetch}");
        assert_eq!(fetch.get("failure"), None);
    }
    let started: Vec<_> = fetches.iter().map(|fetch| fetch["startedMs"].as_f64().unwrap()).collect();
    assert!(started.is_sorted(), "{started:?}");
}

#[tokio::test]
async fn a_fetch_without_an_answer_says_why() {
    let gateway = local_with(config(ExplainAccess::Always), &["reviews"]);
    let answer = asked(&gateway, None).await;
    let fetches = answer["extensions"]["explain"]["fetches"].as_array().unwrap();
    let failed = fetches.iter().find(|fetch| fetch["subgraph"] == "reviews").unwrap();
    assert_eq!(failed["failure"], "no connection to the subgraph: refused");
    assert_eq!(failed["bytes"], Value::Null);
    assert!(answer["errors"].is_array());
}

#[tokio::test]
async fn an_operation_is_explained_without_being_executed() {
    let gateway = local_with(GatewayConfig::default(), &["accounts", "inventory", "products", "reviews"]);
    let request = GraphQlRequest::new(QUERY).with_variables(&json!({ "n": 2 })).unwrap();
    let explained = gateway.engine().explain_request(&request).await.unwrap();
    assert_eq!(explained.requests(), 3);
    assert!(explained.fetches.is_none());
    insta::assert_snapshot!("explained", explained.to_string());
    let refused = gateway.engine().explain_request(&GraphQlRequest::new(QUERY)).await.unwrap_err();
    assert_eq!(refused[0].code(), Some("VALIDATION"));
}

#[tokio::test]
async fn an_operation_without_a_fetch_is_explained() {
    let gateway = local_with(GatewayConfig::default(), &[]);
    let explained = gateway.engine().explain_request(&GraphQlRequest::new("{ __typename }")).await.unwrap();
    assert_eq!((explained.requests(), explained.cost.estimate), (0, Some(0)));
    assert!(explained.to_string().contains("no subgraph is asked"));
}

#[tokio::test]
async fn an_operation_is_outlined_with_its_types_and_values_without_being_executed() {
    let gateway = local_with(GatewayConfig::default(), &["accounts", "inventory", "products", "reviews"]);
    let query = "query Q($n: Int = 3, $all: Boolean!) {
        top: topProducts(first: $n) { name ...Reviewed name @skip(if: $all) reviews { id } }
        me { id }
        hidden: topProducts @skip(if: $all) { upc }
    }
    fragment Reviewed on Product { reviews { author { name } } }";
    let request = GraphQlRequest::new(query).with_variables(&json!({ "all": true })).unwrap();
    let outline = gateway.engine().outline(&request).await.unwrap();
    assert_eq!((outline.operation_name.as_deref(), outline.is_query), (Some("Q"), true));
    let value = |text: &str| Some(text.to_owned());
    assert_eq!(outline.variables, [("n".to_owned(), value("3")), ("all".to_owned(), value("true"))]);
    let [top, me] = &outline.fields[..] else { panic!("{:?}", outline.fields) };
    assert_eq!((top.key.as_str(), top.name.as_str(), top.type_name.as_str()), ("top", "topProducts", "Product"));
    assert!(top.is_list && top.takes("first") && !me.is_list && !me.takes("first"));
    let first = top.argument("first").unwrap();
    assert_eq!((first.variable.as_deref(), first.value.as_deref()), (Some("n"), Some("3")));
    // Selections of one response key are one field, in the order of the first.
    let names = |fields: &[OutlinedField]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&top.fields), ["name", "reviews"]);
    assert_eq!(names(&top.fields[1].fields), ["author", "id"]);

    let invalid = gateway.engine().outline(&GraphQlRequest::new("{ nothing }")).await.unwrap_err();
    assert_eq!(invalid[0].code(), Some("GRAPHQL_VALIDATION_FAILED"));
}
