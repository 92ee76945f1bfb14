//! The four subgraphs of the load: accounts, inventory, products and reviews.
//!
//! This folder does not depend on the rest of the crate. The benchmarks of the gateway's steps include it as a module
//! of their own, so that each step is measured with the same responses as the whole gateway.

mod accounts;
pub mod data;
mod inventory;
mod products;
mod reviews;

use async_graphql::{EmptyMutation, EmptySubscription, ObjectType, Request, Response, Schema};
use futures::future::{BoxFuture, FutureExt};

/// One subgraph, independent of its schema types.
pub struct Subgraph {
    /// Name in the supergraph, and path on the server.
    pub name: &'static str,
    execute: Box<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>,
}

impl Subgraph {
    fn new(name: &'static str, query: impl ObjectType + 'static) -> Self {
        let schema = Schema::build(query, EmptyMutation, EmptySubscription).enable_federation().finish();
        let execute = move |request| {
            let schema = schema.clone();
            async move { schema.execute(request).await }.boxed()
        };
        Self { name, execute: Box::new(execute) }
    }

    /// Answers one request.
    pub fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        (self.execute)(request)
    }
}

/// All four subgraphs.
pub fn all() -> [Subgraph; 4] {
    [
        Subgraph::new("accounts", accounts::Query),
        Subgraph::new("inventory", inventory::Query),
        Subgraph::new("products", products::Query),
        Subgraph::new("reviews", reviews::Query),
    ]
}
