//! Stock, and shipping costs that need price and weight from elsewhere.

use async_graphql::{EmptyMutation, EmptySubscription, ID, Object, Schema};

pub struct Product {
    upc: ID,
    price: Option<i32>,
    weight: Option<i32>,
}

#[Object]
impl Product {
    async fn upc(&self) -> &ID {
        &self.upc
    }

    #[graphql(external)]
    async fn price(&self) -> Option<i32> {
        self.price
    }

    #[graphql(external)]
    async fn weight(&self) -> Option<i32> {
        self.weight
    }

    async fn in_stock(&self) -> Option<bool> {
        Some(self.upc != "2")
    }

    #[graphql(requires = "price weight")]
    async fn shipping_estimate(&self) -> Option<i32> {
        let price = self.price?;
        Some(if price > 1000 { 0 } else { self.weight? / 2 })
    }
}

/// A key of two fields.
pub struct Shelf {
    aisle: String,
    number: i32,
}

#[Object]
impl Shelf {
    async fn aisle(&self) -> &str {
        &self.aisle
    }

    async fn number(&self) -> i32 {
        self.number
    }

    async fn capacity(&self) -> i32 {
        self.number * 10
    }
}

pub struct Query;

#[Object]
impl Query {
    #[graphql(entity)]
    async fn find_product_by_upc(
        &self,
        #[graphql(key)] upc: ID,
        price: Option<i32>,
        weight: Option<i32>,
    ) -> Option<Product> {
        Some(Product { upc, price, weight })
    }

    #[graphql(entity)]
    async fn find_shelf(&self, aisle: String, number: i32) -> Shelf {
        Shelf { aisle, number }
    }
}

pub type InventorySchema = Schema<Query, EmptyMutation, EmptySubscription>;

pub fn schema() -> InventorySchema {
    Schema::build(Query, EmptyMutation, EmptySubscription).enable_federation().finish()
}
