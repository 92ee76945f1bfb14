//! The subgraph `reviews`: reviews of products by users. It knows only the keys of users and products, and the user
//! name of an author, which it provides.

use async_graphql::{ComplexObject, ID, Object, SimpleObject};

use super::data::{self, DATA};

pub struct Query;

struct Review(&'static data::Review);

#[derive(SimpleObject)]
#[graphql(complex)]
struct User {
    id: ID,
}

#[derive(SimpleObject)]
#[graphql(complex)]
struct Product {
    upc: String,
}

#[Object]
impl Review {
    async fn id(&self) -> &ID {
        &self.0.id
    }

    async fn body(&self) -> &str {
        &self.0.body
    }

    async fn product(&self) -> Product {
        Product { upc: self.0.product.clone() }
    }

    async fn author(&self) -> User {
        User { id: DATA.author().id.clone() }
    }
}

#[ComplexObject]
impl User {
    async fn username(&self) -> Option<&str> {
        DATA.user(&self.id).map(|user| user.username.as_str())
    }

    async fn reviews(&self) -> Vec<Review> {
        DATA.reviews_of_any_user().iter().map(Review).collect()
    }
}

#[ComplexObject]
impl Product {
    async fn reviews(&self) -> Vec<Review> {
        DATA.reviews_of_product(&self.upc).map(Review).collect()
    }
}

#[Object]
impl Query {
    #[graphql(entity)]
    async fn review_by_id(&self, id: ID) -> Option<Review> {
        DATA.reviews.iter().find(|review| review.id == id).map(Review)
    }

    #[graphql(entity)]
    async fn user_by_id(&self, id: ID) -> User {
        User { id }
    }

    #[graphql(entity)]
    async fn product_by_upc(&self, upc: String) -> Product {
        Product { upc }
    }
}
