//! Users, and a mutation that counts.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use async_graphql::{Context, EmptySubscription, Error, ErrorExtensions, ID, Object, Schema, SimpleObject};

#[derive(SimpleObject, Clone)]
pub struct User {
    id: ID,
    name: Option<String>,
    username: String,
}

fn user(id: &str) -> Option<User> {
    let (name, username) = match id {
        "1" => (Some("Ada \"the first\" Lovelace"), "ada"),
        "2" => (Some("Alan"), "alan"),
        "3" => (None, "grace"),
        _ => return None,
    };
    Some(User { id: ID::from(id), name: name.map(str::to_owned), username: username.to_owned() })
}

pub struct Query;

#[Object]
impl Query {
    async fn me(&self) -> Option<User> {
        user("1")
    }

    async fn users(&self) -> Vec<User> {
        ["1", "2", "3"].into_iter().filter_map(user).collect()
    }

    async fn user(&self, id: ID) -> Option<User> {
        user(&id)
    }

    /// Fails with a typed error.
    async fn forbidden(&self) -> Result<Option<User>, Error> {
        Err(Error::new("not for you").extend_with(|_, extensions| extensions.set("code", "FORBIDDEN")))
    }

    #[graphql(entity)]
    async fn find_user_by_id(&self, id: ID) -> Option<User> {
        user(&id)
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    /// The number of mutations so far, over both subgraphs that have some.
    async fn count(&self, context: &Context<'_>) -> i32 {
        context.data_unchecked::<Arc<AtomicI32>>().fetch_add(1, Ordering::SeqCst)
    }
}

pub type AccountsSchema = Schema<Query, Mutation, EmptySubscription>;

pub fn schema(counter: Arc<AtomicI32>) -> AccountsSchema {
    Schema::build(Query, Mutation, EmptySubscription).data(counter).enable_federation().finish()
}
