//! The subgraph `products`: the product catalogue.

use async_graphql::Object;

use super::data::{self, DATA};

pub struct Query;

struct Product(&'static data::Product);

#[Object]
impl Product {
    async fn upc(&self) -> &str {
        &self.0.upc
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn price(&self) -> i64 {
        self.0.price
    }

    async fn weight(&self) -> i64 {
        self.0.weight
    }
}

#[Object]
impl Query {
    async fn top_products(&self, #[graphql(default = 5)] first: usize) -> Vec<Product> {
        DATA.products.iter().take(first).map(Product).collect()
    }

    #[graphql(entity)]
    async fn product_by_upc(&self, upc: String) -> Option<Product> {
        DATA.product(&upc).map(Product)
    }
}
