//! Errors and nulls: paths through entities and aliases, propagation, subgraphs that are down.

use gateway::{GatewayConfig, config::SubgraphErrors};
use serde_json::{Value, json};

use crate::fixture::{answer, ask, local_with};

fn paths(answer: &Value) -> Vec<Value> {
    answer["errors"].as_array().unwrap().iter().map(|error| error["path"].clone()).collect()
}

#[tokio::test]
async fn a_subgraph_error_keeps_its_path_through_entities_and_aliases() {
    let answer = answer("{ products: topProducts { upc stars: rating } }", &json!({})).await;
    assert_eq!(answer["data"]["products"][1], json!({ "upc": "2", "stars": null }));
    assert_eq!(paths(&answer), [json!(["products", 1, "stars"])]);
    assert_eq!(answer["errors"][0]["message"], "no rating");
    assert_eq!(answer["errors"][0]["extensions"]["service"], "reviews");
}

#[tokio::test]
async fn an_error_is_told_at_every_place_where_the_entity_stands() {
    let answer = answer("{ a: topProducts { rating } b: topProducts(first: 2) { rating } }", &json!({})).await;
    let mut paths = paths(&answer);
    paths.sort_by_key(ToString::to_string);
    assert_eq!(paths, [json!(["a", 1, "rating"]), json!(["b", 1, "rating"])]);
}

#[tokio::test]
async fn a_null_that_may_not_be_takes_its_parents_with_it() {
    let answer = answer("{ topProducts { upc score } me { id } }", &json!({})).await;
    // `score` is `Int!`, products are `Product!` in `[Product!]!`, so the whole answer goes.
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["message"], "no score");
}

#[tokio::test]
async fn propagation_stops_at_the_nearest_nullable_field() {
    let answer = answer("{ me { id karma } user(id: 2) { username } }", &json!({})).await;
    assert_eq!(answer["data"], json!({ "me": null, "user": { "username": "alan" } }));
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
}

#[tokio::test]
async fn extensions_of_a_root_field_error_pass_through() {
    let answer = answer("{ no: forbidden { id } me { id } }", &json!({})).await;
    assert_eq!(answer["data"], json!({ "no": null, "me": { "id": "1" } }));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(paths(&answer), [json!(["no"])]);
}

#[tokio::test]
async fn masking_keeps_the_code_and_hides_the_text() {
    let config = GatewayConfig { subgraph_errors: SubgraphErrors::Mask, ..GatewayConfig::default() };
    let answer = ask(&local_with(config, &[]), "{ forbidden { id } }").await;
    assert_eq!(answer["errors"][0]["message"], "the subgraph reported an error");
    assert_eq!(answer["errors"][0]["extensions"], json!({ "code": "FORBIDDEN", "service": "accounts" }));
}

#[tokio::test]
async fn only_what_the_subgraph_classified_is_told_by_default() {
    let gateway = local_with(GatewayConfig::default(), &[]);
    let coded = ask(&gateway, "{ forbidden { id } }").await;
    assert_eq!(coded["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_ne!(coded["errors"][0]["message"], "the subgraph reported an error");
    let bare = ask(&gateway, "{ topProducts { rating } }").await;
    assert_eq!(bare["errors"][0]["message"], "the subgraph reported an error");
    assert_eq!(bare["errors"][0]["extensions"], json!({ "code": "INTERNAL", "service": "reviews" }));
    assert_eq!(paths(&bare), [json!(["topProducts", 1, "rating"])]);
}

#[tokio::test]
async fn a_value_that_clients_may_not_see_is_null_and_the_extensions_say_so() {
    let answer = answer("{ topProducts { status } }", &json!({})).await;
    assert_eq!(
        answer["data"]["topProducts"],
        json!([{ "status": "LISTED" }, { "status": null }, { "status": "LISTED" }])
    );
    assert_eq!(answer.get("errors"), None);
    let completed = &answer["extensions"]["valueCompletion"];
    assert_eq!(completed[0]["path"], json!(["topProducts", 1, "status"]));
}

#[tokio::test]
async fn a_subgraph_that_is_down_nulls_its_own_fields_only() {
    let gateway = local_with(GatewayConfig::default(), &["inventory"]);
    let answer = ask(&gateway, "{ topProducts(first: 2) { name stock: inStock reviews(first: 1) { id } } }").await;
    assert_eq!(
        answer["data"]["topProducts"],
        json!([
            { "name": "Table", "stock": null, "reviews": [{ "id": "1" }] },
            { "name": "Couch", "stock": null, "reviews": [{ "id": "2" }] },
        ])
    );
    assert_eq!(paths(&answer), [json!(["topProducts", 0, "stock"]), json!(["topProducts", 1, "stock"])]);
    assert_eq!(answer["errors"][0]["extensions"], json!({ "code": "SUBGRAPH_UNAVAILABLE", "service": "inventory" }));
}

#[tokio::test]
async fn a_root_subgraph_that_is_down_nulls_its_root_fields() {
    let gateway = local_with(GatewayConfig::default(), &["accounts"]);
    let answer = ask(&gateway, "{ me { id } user(id: 1) { id } }").await;
    assert_eq!(answer["data"], json!({ "me": null, "user": null }));
    assert_eq!(paths(&answer), [json!(["me"]), json!(["user"])]);
}
