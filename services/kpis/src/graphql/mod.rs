//! GraphQL of the KPI subgraph: types, queries, mutations, entities, loaders. It has no SQL.

mod entity;
mod indicator;
mod mutation;
mod observation;
mod query;
mod stats;
mod target;

use async_graphql::{Context, EmptySubscription, ID, MergedObject, Result, Schema, SchemaBuilder};
use chrono::NaiveDate;
use service_kit::push::engine::Pusher;
use service_kit::push::graphql::PushMutation;
use service_kit::scalar::Date;
use service_kit::store::child::ChildrenOf;
use service_kit::store::facts;
use service_kit::store::list::PagesOf;
use service_kit::store::measure::MeasuresOf;
use service_kit::store::reference::{Column, RowsBy};
use service_kit::{Loader, ScopeContext, ServiceContext, Subgraph};

use crate::model::{Indicator, KPIS, Observation, Target, Vintage};
use crate::push;
use crate::stats::KpiSet;
use crate::store::FACTS;
use crate::store::indicator::{CODE, NAMED};
use crate::store::series::PointsOf;

/// The name of this subgraph in the supergraph.
const NAME: &str = "kpis";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::KpiQuery, stats::StatsQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(mutation::ObservationMutation, mutation::TargetMutation, PushMutation<push::Set>);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    let pusher = Pusher::new(context.database.clone(), context.clock.clone(), push::KINDS);
    Subgraph::new(NAME, builder().finish(), context, move |request, reader| {
        let rows = || reader.rows(&KPIS);
        request
            .data(pusher.clone())
            // The catalogue is public.
            .data(Loader::new(RowsBy::<Indicator>::new(reader.whole())))
            .data(Loader::new(PagesOf::<Target>::new(rows())))
            .data(Loader::new(PagesOf::<Observation>::new(rows())))
            .data(Loader::new(MeasuresOf::<KpiSet>::new(rows())))
            .data(Loader::new(ChildrenOf::<Vintage>::new(rows())))
            .data(Loader::new(PointsOf(rows())))
    })
    .refreshing(|pool| Box::pin(async move { facts::refresh(&pool, FACTS).await }))
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}

/// Loads the indicators that have a value in a column.
async fn indicators_by(ctx: &Context<'_>, column: Column, value: &str) -> Result<Vec<Indicator>> {
    Ok(ctx.loader::<RowsBy<Indicator>>().load_one((column, value.to_owned())).await?.unwrap_or_default())
}

/// Loads the visible indicator with a code.
async fn shown(ctx: &Context<'_>, code: &str) -> Result<Option<Indicator>> {
    Ok(indicators_by(ctx, CODE, code).await?.pop())
}

/// Loads the indicator that another row names. Who names a deleted one still learns what it was.
async fn named(ctx: &Context<'_>, code: &str) -> Result<Option<Indicator>> {
    Ok(indicators_by(ctx, NAMED, code).await?.pop())
}

fn date(day: Option<NaiveDate>) -> Option<Date> {
    day.map(Into::into)
}

fn id(id: uuid::Uuid) -> ID {
    ID(id.to_string())
}
