//! The subgraph `products`: the product catalogue.

use async_graphql::Object;

use super::data::{DATA, Product};

pub struct Query;

#[Object]
impl Query {
    async fn top_products(&self, #[graphql(default = 5)] first: usize) -> Vec<&Product> {
        DATA.products.iter().take(first).collect()
    }

    #[graphql(entity)]
    async fn product_by_upc(&self, upc: String) -> Option<&Product> {
        DATA.product(&upc)
    }
}
