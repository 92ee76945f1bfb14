//! GraphQL of the subgraph for insights: types, queries, entities, loaders. It has no SQL.

mod alert;
mod asked;
mod briefing;
mod code;
mod entity;
mod input;
mod nearby;
mod query;
mod reference;
mod scorecard;
mod source;
mod trend;

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};
use service_kit::store::child::ChildrenOf;
use service_kit::store::list::PagesOf;
use service_kit::{Loader, ServiceContext, Subgraph};

use crate::model::{BRIEFINGS, Briefing, Conclusion, OpenPoint};
use crate::store::alert::{AlertsOf, HandledAlerts, Names};
use crate::store::briefing::{BriefingById, ConclusionById};
use crate::store::{Boards, Feeds};

/// The name of this subgraph in the supergraph.
const NAME: &str = "insights";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(
    query::ScorecardQuery,
    trend::TrendQuery,
    nearby::NearbyQuery,
    source::SourceQuery,
    alert::AlertQuery,
    briefing::BriefingQuery,
    reference::ReferenceQuery,
    entity::EntityQuery,
);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(alert::AlertMutation, briefing::BriefingMutation);

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
            .data(Loader::new(PagesOf::<Briefing>::new(reader.rows(&BRIEFINGS))))
            .data(Loader::new(BriefingById(reader.rows(&BRIEFINGS))))
            .data(Loader::new(ConclusionById(reader.rows(&BRIEFINGS))))
            .data(Loader::new(Feeds(reader.clone())))
            .data(Loader::new(AlertsOf(reader.clone())))
            .data(Loader::new(HandledAlerts(reader.clone())))
            .data(Loader::new(Names(reader.clone())))
    })
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}
