//! The expected answer of the operation, computed by one schema with all data, without any gateway or plan.

use async_graphql::{EmptyMutation, EmptySubscription, ID, Object, Schema};
use bytes::Bytes;

use crate::{
    OPERATION,
    subgraphs::data::{self, DATA, shipping_estimate},
};

/// The answer as JSON text, with the keys in the order of the operation, as the GraphQL specification requires. An
/// error when the operation is not valid for the load's schema.
pub async fn expected() -> anyhow::Result<Bytes> {
    let response = Schema::new(Query, EmptyMutation, EmptySubscription).execute(OPERATION).await;
    anyhow::ensure!(response.is_ok(), "the operation cannot be executed: {:?}", response.errors);
    Ok(serde_json::to_vec(&response)?.into())
}

struct Query;
struct User(&'static data::User);
struct Product(&'static data::Product);
struct Review(&'static data::Review);

#[Object]
impl Query {
    async fn users(&self) -> Vec<User> {
        DATA.users.iter().map(User).collect()
    }

    async fn top_products(&self, #[graphql(default = 5)] first: usize) -> Vec<Product> {
        DATA.products.iter().take(first).map(Product).collect()
    }
}

#[Object]
impl User {
    async fn id(&self) -> &ID {
        &self.0.id
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn username(&self) -> &str {
        &self.0.username
    }

    async fn reviews(&self) -> Vec<Review> {
        DATA.reviews_of_any_user().iter().map(Review).collect()
    }
}

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

    async fn in_stock(&self) -> bool {
        self.0.in_stock
    }

    async fn shipping_estimate(&self) -> i64 {
        shipping_estimate(self.0.price, self.0.weight)
    }

    async fn reviews(&self) -> Vec<Review> {
        DATA.reviews_of_product(&self.0.upc).map(Review).collect()
    }
}

#[Object]
impl Review {
    async fn id(&self) -> &ID {
        &self.0.id
    }

    async fn body(&self) -> &str {
        &self.0.body
    }

    async fn product(&self) -> Option<Product> {
        DATA.product(&self.0.product).map(Product)
    }

    async fn author(&self) -> User {
        User(DATA.author())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_answer_has_the_size_of_the_public_one() {
        assert_eq!(expected().await.expect("answer").len(), 87_327);
    }
}
