//! GraphQL of the tasks subgraph: types, queries, mutations, entities, loaders. It has no SQL.
//!
//! `task` and `entity` use each other: a task shows its organization, and an organization lists its tasks.

mod entity;
mod mutation;
mod query;
mod stats;
mod task;

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};
use service_kit::push::engine::Pusher;
use service_kit::push::graphql::PushMutation;
use service_kit::store::child::ChildrenOf;
use service_kit::store::facts;
use service_kit::store::list::{ById, PagesOf};
use service_kit::store::measure::MeasuresOf;
use service_kit::{Loader, ServiceContext, Subgraph};

use crate::model::{
    Blocker, Evidence, ExtensionRequest, Milestone, ProgressUpdate, Reminder, TASKS, TaskFacts, TaskRelation,
    TaskTransition,
};
use crate::push;
use crate::stats::TaskSet;
use crate::store::facts::FACTS;

/// The name of this subgraph in the supergraph.
const NAME: &str = "tasks";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::TaskQuery, stats::StatsQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(mutation::TaskMutation, PushMutation<push::Set>);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    let pusher = Pusher::new(context.database.clone(), context.clock.clone(), push::KINDS);
    Subgraph::new(NAME, builder().finish(), context, move |request, reader| {
        let rows = reader.rows(&TASKS);
        let reader = || rows.clone();
        request
            .data(pusher.clone())
            .data(Loader::new(ById::<TaskFacts>::new(reader())))
            .data(Loader::new(PagesOf::<TaskFacts>::new(reader())))
            .data(Loader::new(MeasuresOf::<TaskSet>::new(reader())))
            .data(Loader::new(ChildrenOf::<Milestone>::new(reader())))
            .data(Loader::new(ChildrenOf::<ProgressUpdate>::new(reader())))
            .data(Loader::new(ChildrenOf::<Evidence>::new(reader())))
            .data(Loader::new(ChildrenOf::<Blocker>::new(reader())))
            .data(Loader::new(ChildrenOf::<Reminder>::new(reader())))
            .data(Loader::new(ChildrenOf::<ExtensionRequest>::new(reader())))
            .data(Loader::new(ChildrenOf::<TaskRelation>::new(reader())))
            .data(Loader::new(ChildrenOf::<TaskTransition>::new(reader())))
    })
    .refreshing(|pool| Box::pin(async move { facts::refresh(&pool, FACTS).await }))
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}
