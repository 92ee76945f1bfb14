//! The tasks as a subgraph: types, queries, mutations, entities, loaders. No SQL.

mod children;
mod entity;
mod filter;
mod lists;
mod measures;
mod mutation;
mod query;
mod stats;
mod task;

use async_graphql::{EmptySubscription, MergedObject, Schema, SchemaBuilder};
use chrono_tz::Tz;
use service_kit::{Loader, RequestScope, ServiceContext, Subgraph};

use crate::store::children::{
    Blocker, ChildSource, Evidence, ExtensionRequest, Milestone, ProgressUpdate, TaskRelation, TaskTransition,
};
use crate::store::codes::KnownCodeSource;
use crate::store::facts::FactsSource;
use crate::store::list::ListSource;
use crate::store::measures::MeasureSource;

/// The name of this subgraph in the supergraph.
const NAME: &str = "tasks";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::TaskQuery, stats::StatsQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(
    mutation::transition::TransitionMutation,
    mutation::reporting::ReportingMutation,
    mutation::writing::WritingMutation,
);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// The tasks, ready to answer.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    Subgraph::new(NAME, builder().finish(), context, |request, database, scope| {
        let pool = || database.pool().clone();
        let zone = zone(scope);
        request
            .data(Loader::new(FactsSource { pool: pool(), zone }))
            .data(Loader::new(ListSource(pool())))
            .data(Loader::new(KnownCodeSource(pool())))
            .data(Loader::new(MeasureSource { pool: pool(), zone }))
            .data(Loader::new(ChildSource::<Milestone>::new(pool())))
            .data(Loader::new(ChildSource::<ProgressUpdate>::new(pool())))
            .data(Loader::new(ChildSource::<Evidence>::new(pool())))
            .data(Loader::new(ChildSource::<Blocker>::new(pool())))
            .data(Loader::new(ChildSource::<ExtensionRequest>::new(pool())))
            .data(Loader::new(ChildSource::<TaskRelation>::new(pool())))
            .data(Loader::new(ChildSource::<TaskTransition>::new(pool())))
    })
}

/// The subgraph's schema language.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}

/// The city's time zone, by its name in the IANA database, as PostgreSQL knows it too.
fn zone(scope: &RequestScope) -> &'static str {
    let tz: Tz = scope.city.tz;
    tz.name()
}
