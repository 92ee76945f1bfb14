//! The four subgraphs of the load: accounts, inventory, products, reviews.
//!
//! This folder stands alone: the benches of the gateway's steps include it as a module of their own, so that a step is
//! measured with the same answers as the whole.

mod accounts;
pub mod data;
mod inventory;
mod products;
mod reviews;

use async_graphql::{EmptyMutation, EmptySubscription, ObjectType, Request, Response, Schema};
use futures::future::{BoxFuture, FutureExt};

/// One subgraph, its types hidden.
pub struct Subgraph {
    /// Name in the supergraph, and path on the server.
    pub name: &'static str,
    execute: Box<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>,
}

impl Subgraph {
    fn new(name: &'static str, query: impl ObjectType + 'static) -> Self {
        let schema = Schema::build(query, EmptyMutation, EmptySubscription)
            .enable_federation()
            .finish();
        let execute = move |request| {
            let schema = schema.clone();
            async move { schema.execute(request).await }.boxed()
        };
        Self {
            name,
            execute: Box::new(execute),
        }
    }

    /// Answers one request.
    pub fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        (self.execute)(request)
    }
}

/// All four.
pub fn all() -> [Subgraph; 4] {
    [
        Subgraph::new("accounts", accounts::Query),
        Subgraph::new("inventory", inventory::Query),
        Subgraph::new("products", products::Query),
        Subgraph::new("reviews", reviews::Query),
    ]
}
