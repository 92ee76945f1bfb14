//! GraphQL of the subgraph for insights: types, queries, entities, loaders. It has no SQL.

mod briefing;
mod entity;
mod input;
mod query;
mod scorecard;

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};
use service_kit::store::child::ChildrenOf;
use service_kit::{Loader, ServiceContext, Subgraph};

use crate::model::{BRIEFINGS, Conclusion, OpenPoint};
use crate::store::Boards;

/// The name of this subgraph in the supergraph.
const NAME: &str = "insights";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::ScorecardQuery, briefing::BriefingQuery, briefing::ReferenceQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(briefing::BriefingMutation);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    Subgraph::new(NAME, builder().finish(), context, |request, reader| {
        request
            .data(Loader::new(Boards(reader.clone())))
            .data(Loader::new(ChildrenOf::<Conclusion>::new(reader.rows(&BRIEFINGS))))
            .data(Loader::new(ChildrenOf::<OpenPoint>::new(reader.rows(&BRIEFINGS))))
    })
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}
