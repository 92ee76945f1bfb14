//! GraphQL of the feedback subgraph: types, queries, mutations, entities, loaders. It has no SQL.

mod entity;
mod feedback;
mod map;
mod mutation;
mod query;
mod stats;

use async_graphql::{EmptySubscription, ID, MergedObject, Schema, SchemaBuilder};
use service_kit::push::engine::Pusher;
use service_kit::push::graphql::PushMutation;
use service_kit::store::child::ChildrenOf;
use service_kit::store::facts;
use service_kit::store::list::{ById, PagesOf};
use service_kit::store::measure::MeasuresOf;
use service_kit::{Loader, ServiceContext, Subgraph};

use crate::model::{Attachment, FEEDBACK, FeedbackFacts, Moderation, PERSONAL, Rating, Sender, Step};
use crate::push;
use crate::stats::FeedbackSet;
use crate::store::FACTS;
use crate::store::category::{AttributesOf, CategoryByCode};
use crate::store::children::PausesOf;

/// The name of this subgraph in the supergraph.
const NAME: &str = "feedback";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::FeedbackQuery, stats::StatsQuery, map::MapQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(mutation::FeedbackMutation, PushMutation<push::Set>);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    let pusher = Pusher::new(context.database.clone(), context.clock.clone(), push::KINDS);
    Subgraph::new(NAME, builder().finish(), context, move |request, reader| {
        let (cases, personal) = (reader.rows(&FEEDBACK), reader.rows(&PERSONAL));
        let rows = || cases.clone();
        request
            .data(pusher.clone())
            .data(Loader::new(ById::<FeedbackFacts>::new(rows())))
            .data(Loader::new(PagesOf::<FeedbackFacts>::new(rows())))
            .data(Loader::new(MeasuresOf::<FeedbackSet>::new(rows())))
            .data(Loader::new(ChildrenOf::<Step>::new(rows())))
            .data(Loader::new(ChildrenOf::<Attachment>::new(rows())))
            .data(Loader::new(ChildrenOf::<Rating>::new(rows())))
            .data(Loader::new(PausesOf(rows())))
            .data(Loader::new(CategoryByCode(reader.whole())))
            .data(Loader::new(AttributesOf(reader.whole())))
            .data(Loader::new(ChildrenOf::<Sender>::new(personal.clone())))
            .data(Loader::new(ChildrenOf::<Moderation>::new(personal)))
    })
    .refreshing(|pool| Box::pin(async move { facts::refresh(&pool, FACTS).await }))
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}

fn id(id: uuid::Uuid) -> ID {
    ID(id.to_string())
}
