//! The directory as a subgraph: types, queries, entities, loaders. No SQL.

mod area;
mod entity;
mod filter;
mod loaders;
mod official;
mod organization;
mod programme;
mod query;
mod reference;

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject, Schema, SchemaBuilder};
use service_kit::{ServiceContext, Subgraph};

/// The name of this subgraph in the supergraph.
const NAME: &str = "directory";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::ListQuery, query::ReferenceQuery, entity::EntityQuery);

fn builder() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).enable_federation()
}

/// The directory, ready to answer.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    Subgraph::new(NAME, builder().finish(), context, |request, database, _| {
        loaders::add(request, database)
    })
}

/// The directory's schema as a federated subgraph.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}
