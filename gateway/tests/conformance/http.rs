//! The same over HTTP.

use gateway::GraphQlRequest;
use serde_json::{Value as Json, json};

use crate::federation::Builder;

#[tokio::test]
async fn subgraphs_behind_http_give_the_same_bytes() {
    let federation = Builder::new(json!({
        "Query": { "posts": [{ "id": "p1" }, { "id": "p2" }, null] },
        "Post": [
            { "id": "p1", "title": "one \"quoted\" é 🎈", "score": 1.50, "meta": { "any": [1, null, "x"] }, "author": { "__typename": "Author", "id": "a1" } },
            { "id": "p2", "title": null, "score": { "$error": "no score" }, "meta": null, "author": null },
        ],
        "Author": [{ "id": "a1", "name": "Ada" }],
    }))
    .subgraph("a", "type Query { posts: [Post] } type Post @key(fields: \"id\") { id: ID! title: String }")
    .subgraph(
        "b",
        "scalar Json type Post @key(fields: \"id\") { id: ID! score: Float meta: Json author: Author } type Author @key(fields: \"id\") { id: ID! }",
    )
    .subgraph("c", "type Author @key(fields: \"id\") { id: ID! name(upper: Boolean = false): String }")
    .build();
    let remote = federation.over_http().await;
    for query in [
        "{ posts { id title meta author { name } } }",
        "{ posts { s: score t: title author { n: name(upper: true) __typename } } }",
        "query($u: Boolean) { posts { author { name(upper: $u) } } }",
    ] {
        let request = GraphQlRequest::new(query).with_variables(&json!({ "u": true })).unwrap();
        let here = federation.gateway.execute(request.clone()).await.body;
        let there = remote.execute(request).await.body;
        assert_eq!(String::from_utf8_lossy(&here), String::from_utf8_lossy(&there), "{query}");
        let answer: Json = serde_json::from_slice(&here).unwrap();
        let expected = federation.expected(query, &json!({}));
        assert_eq!(answer["data"].to_string(), expected["data"].to_string(), "{query}");
    }
}
