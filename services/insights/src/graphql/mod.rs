//! GraphQL of the subgraph for insights: types, queries, entities, loaders. It has no SQL.

mod alert;
mod entity;
mod input;
mod query;
mod scorecard;

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};
use service_kit::{Loader, ServiceContext, Subgraph};

use crate::store::Boards;
use crate::store::alert::{AlertsOf, HandledAlerts, Names};

/// The name of this subgraph in the supergraph.
const NAME: &str = "insights";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::ScorecardQuery, alert::AlertQuery, alert::ReferenceQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(alert::AlertMutation);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    Subgraph::new(NAME, builder().finish(), context, |request, reader| {
        request
            .data(Loader::new(Boards(reader.clone())))
            .data(Loader::new(AlertsOf(reader.clone())))
            .data(Loader::new(HandledAlerts(reader.clone())))
            .data(Loader::new(Names(reader.clone())))
    })
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}
