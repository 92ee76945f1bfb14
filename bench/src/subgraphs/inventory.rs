//! The subgraph `inventory`: availability and shipping costs, which require the price and weight of a product.

use async_graphql::{Object, SimpleObject};

use super::data::{DATA, shipping_estimate};

pub struct Query;

#[derive(SimpleObject)]
struct Product {
    upc: String,
    in_stock: bool,
    shipping_estimate: Option<i64>,
}

#[Object]
impl Query {
    #[graphql(entity)]
    async fn product_by_upc(
        &self,
        #[graphql(key)] upc: String,
        price: Option<i64>,
        weight: Option<i64>,
    ) -> Option<Product> {
        let product = DATA.product(&upc)?;
        Some(Product {
            upc,
            in_stock: product.in_stock,
            shipping_estimate: price.zip(weight).map(|(price, weight)| shipping_estimate(price, weight)),
        })
    }
}
