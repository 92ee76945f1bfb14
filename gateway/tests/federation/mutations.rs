//! Mutations run one after the other, over all subgraphs.

use serde_json::json;

use crate::fixture::answer;

#[tokio::test]
async fn mutations_run_in_the_order_of_the_document() {
    let answer = answer("mutation { a: count b: tally c: count d: count e: tally }", &json!({})).await;
    assert_eq!(answer, json!({ "data": { "a": 0, "b": 1, "c": 2, "d": 3, "e": 4 } }));
}
