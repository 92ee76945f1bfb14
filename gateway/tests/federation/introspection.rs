//! Introspection of the schema that clients see, alone and mixed with data.

use gateway::GatewayConfig;
use serde_json::json;

use crate::fixture::{ask, ask_with, data, local, local_with};

#[tokio::test]
async fn nothing_of_the_machinery_is_visible() {
    let data = data("{ __schema { types { name } directives { name } } }").await;
    let text = data.to_string();
    for hidden in ["join__", "link__", "_Entity", "_Any", "_Service", "SECRET", "\"inaccessible\""] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert!(text.contains("\"Product\"") && text.contains("\"skip\""));
}

#[tokio::test]
async fn introspection_mixes_with_data_in_the_clients_order() {
    let text = serde_json::to_string(
        &data("{ t: __typename me { id __typename } a: __type(name: \"Status\") { enumValues { name } } }").await,
    );
    assert_eq!(
        text.unwrap(),
        r#"{"t":"Query","me":{"id":"1","__typename":"User"},"a":{"enumValues":[{"name":"LISTED"}]}}"#
    );
}

#[tokio::test]
async fn introspection_takes_variables() {
    let query = "query($n: String!) { __type(name: $n) { kind } }";
    let answer = ask_with(&local(), query, &json!({ "n": "Found" })).await;
    assert_eq!(answer, json!({ "data": { "__type": { "kind": "UNION" } } }));
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let gateway = local_with(GatewayConfig { introspection: false, ..GatewayConfig::default() }, &[]);
    let answer = ask(&gateway, "{ ...F } fragment F on Query { __schema { types { name } } }").await;
    assert_eq!(answer["errors"][0]["message"], "introspection is disabled");
    assert_eq!(ask(&gateway, "{ __typename }").await, json!({ "data": { "__typename": "Query" } }));
}
