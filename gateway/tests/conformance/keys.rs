//! Keys: several, compound, nested, not resolvable, null.

use serde_json::json;

use crate::federation::{Builder, Federation};

fn orders() -> Federation {
    Builder::new(json!({
        "Query": { "orders": [{ "id": "o1" }, { "id": "o2" }, null], "order": { "id": "o2" } },
        "Order": [
            { "id": "o1", "number": 11, "owner": { "id": "u1", "org": { "id": "g1", "city": "Hue" } }, "total": 5, "paid": true },
            { "id": "o2", "number": 12, "owner": { "id": "u2", "org": { "id": "g1", "city": "Hue" } }, "total": null, "paid": false },
        ],
    }))
    .subgraph(
        "a",
        "type Query { orders: [Order]! order: Order } type Order @key(fields: \"id\") @key(fields: \"number\") { id: ID! number: Int! }",
    )
    .subgraph(
        "b",
        "type Order @key(fields: \"number\") @key(fields: \"owner { id org { id } }\") { number: Int! owner: Owner! }
         type Owner { id: ID! org: Org! } type Org { id: ID! }",
    )
    .subgraph(
        "c",
        "type Order @key(fields: \"owner { id org { id } }\") { owner: Owner! total: Int paid: Boolean! }
         type Owner { id: ID! @shareable org: Org! @shareable } type Org { id: ID! @shareable }",
    )
    .build()
}

#[tokio::test]
async fn a_chain_of_keys_leads_from_subgraph_to_subgraph() {
    orders()
        .check(
            "{ orders { total paid } order { paid n: number } }",
            json!({ "orders": [{ "total": 5, "paid": true }, { "total": null, "paid": false }, null], "order": { "paid": false, "n": 12 } }),
        )
        .await;
}
