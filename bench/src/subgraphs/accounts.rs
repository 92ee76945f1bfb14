//! The subgraph `accounts`: users.

use async_graphql::{ID, Object};

use super::data::{DATA, User};

pub struct Query;

#[Object]
impl Query {
    async fn me(&self) -> &User {
        DATA.author()
    }

    async fn user(&self, id: ID) -> Option<&User> {
        DATA.user(&id)
    }

    async fn users(&self) -> &[User] {
        &DATA.users
    }

    #[graphql(entity)]
    async fn user_by_id(&self, id: ID) -> Option<&User> {
        DATA.user(&id)
    }
}
