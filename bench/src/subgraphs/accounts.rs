//! The subgraph `accounts`: users.

use async_graphql::{ID, Object};

use super::data::{self, DATA};

pub struct Query;

struct User(&'static data::User);

#[Object]
impl User {
    async fn id(&self) -> ID {
        self.0.id.as_str().into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn username(&self) -> &str {
        &self.0.username
    }

    async fn birthday(&self) -> i32 {
        self.0.birthday
    }
}

#[Object]
impl Query {
    async fn me(&self) -> User {
        User(DATA.author())
    }

    async fn user(&self, id: ID) -> Option<User> {
        DATA.user(&id).map(User)
    }

    async fn users(&self) -> Vec<User> {
        DATA.users.iter().map(User).collect()
    }

    #[graphql(entity)]
    async fn user_by_id(&self, id: ID) -> Option<User> {
        DATA.user(&id).map(User)
    }
}
