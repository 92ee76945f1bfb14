//! Reviews of products by users; some of their fields fail on purpose.

use async_graphql::{EmptyMutation, EmptySubscription, Error, ID, Object, Schema};

#[derive(Clone)]
pub struct Review {
    id: ID,
    body: String,
    author: &'static str,
    product: &'static str,
}

fn all() -> Vec<Review> {
    [
        ("1", "Love it!", "1", "1"),
        ("2", "Too expensive.", "1", "2"),
        ("3", "Could be better.", "2", "3"),
        ("4", "Hmm", "2", "1"),
    ]
    .into_iter()
    .map(|(id, body, author, product)| Review { id: ID::from(id), body: body.to_owned(), author, product })
    .collect()
}

#[Object]
impl Review {
    async fn id(&self) -> &ID {
        &self.id
    }

    async fn body(&self, #[graphql(default = 100)] length: usize) -> String {
        self.body.chars().take(length).collect()
    }

    #[graphql(provides = "username")]
    async fn author(&self) -> Option<User> {
        Some(User { id: ID::from(self.author) })
    }

    async fn product(&self) -> Option<Product> {
        Some(Product { upc: ID::from(self.product) })
    }
}

pub struct User {
    id: ID,
}

#[Object]
impl User {
    async fn id(&self) -> &ID {
        &self.id
    }

    #[graphql(external)]
    async fn username(&self) -> String {
        format!("provided-{}", self.id.as_str())
    }

    async fn reviews(&self) -> Vec<Review> {
        all().into_iter().filter(|review| *review.author == **self.id).collect()
    }

    /// Never null by type, never there in fact.
    async fn karma(&self) -> Result<i32, Error> {
        Err(Error::new("no karma"))
    }
}

pub struct Product {
    upc: ID,
}

#[Object]
impl Product {
    async fn upc(&self) -> &ID {
        &self.upc
    }

    async fn reviews(&self, #[graphql(default = 10)] first: usize) -> Option<Vec<Review>> {
        Some(all().into_iter().filter(|review| *review.product == **self.upc).take(first).collect())
    }

    /// Fails for one product.
    async fn rating(&self) -> Result<Option<i32>, Error> {
        if self.upc == "2" { Err(Error::new("no rating")) } else { Ok(Some(4)) }
    }

    /// Fails for one product, and may not be null.
    async fn score(&self) -> Result<i32, Error> {
        if self.upc == "2" { Err(Error::new("no score")) } else { Ok(7) }
    }
}

pub struct Query;

#[Object]
impl Query {
    #[graphql(entity)]
    async fn find_user_by_id(&self, id: ID) -> User {
        User { id }
    }

    #[graphql(entity)]
    async fn find_product_by_upc(&self, upc: ID) -> Product {
        Product { upc }
    }
}

pub type ReviewsSchema = Schema<Query, EmptyMutation, EmptySubscription>;

pub fn schema() -> ReviewsSchema {
    Schema::build(Query, EmptyMutation, EmptySubscription).enable_federation().finish()
}
