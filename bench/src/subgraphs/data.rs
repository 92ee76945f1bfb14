//! The fixed data of the subgraphs, as the GraphQL types of the subgraphs that own them.

use std::sync::LazyLock;

use async_graphql::{ID, SimpleObject};
use serde::Deserialize;

/// All data.
#[derive(Deserialize)]
pub struct Data {
    pub users: Vec<User>,
    pub products: Vec<Product>,
    pub reviews: Vec<Review>,
}

#[derive(Deserialize, SimpleObject)]
pub struct User {
    pub id: ID,
    pub name: String,
    pub username: String,
    pub birthday: i32,
}

#[derive(Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub upc: String,
    pub name: String,
    pub price: i64,
    pub weight: i64,
    #[graphql(skip)]
    pub in_stock: bool,
}

#[derive(Deserialize)]
pub struct Review {
    pub id: ID,
    /// `upc` of the product.
    pub product: String,
    pub body: String,
}

/// All data, parsed at the first use.
pub static DATA: LazyLock<Data> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../load/data.json")).expect("the data file is part of the program")
});

impl Data {
    /// A user by id.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| *user.id == id)
    }

    /// A product by `upc`.
    pub fn product(&self, upc: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.upc == upc)
    }

    /// The author of every review, as in the original load.
    pub fn author(&self) -> &User {
        &self.users[0]
    }

    /// The reviews of every user, as in the original load.
    pub fn reviews_of_any_user(&self) -> &[Review] {
        &self.reviews[..2]
    }

    /// The reviews of one product.
    pub fn reviews_of_product(&self, upc: &str) -> impl Iterator<Item = &Review> {
        self.reviews.iter().filter(move |review| review.product == upc)
    }
}

/// The shipping estimate by the rule of the load: free if the price is above 1000, otherwise half the weight.
pub fn shipping_estimate(price: i64, weight: i64) -> i64 {
    if price > 1000 { 0 } else { weight / 2 }
}
