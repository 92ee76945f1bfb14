//! GraphQL of the directory subgraph: types, queries, entities, loaders. It has no SQL.

mod area;
mod entity;
mod official;
mod organization;
mod programme;
mod query;
mod reference;

use async_graphql::{Context, EmptySubscription, MergedObject, Result, Schema, SchemaBuilder};
use chrono::NaiveDate;
use service_kit::push::engine::Pusher;
use service_kit::push::graphql::PushMutation;
use service_kit::scalar::Date;
use service_kit::store::reference::{Column, Reference, RowsBy};
use service_kit::{Loader, ScopeContext, ServiceContext, Subgraph};

use crate::model::{Appointment, Area, Bottleneck, Official, Organization, Position, Programme, Succession, TaskGroup};
use crate::push;
use crate::store::dated::HolderOn;
use crate::store::table;

/// The name of this subgraph in the supergraph.
const NAME: &str = "directory";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::ListQuery, reference::ReferenceQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(PushMutation<push::Set>);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    let pusher = Pusher::new(context.database.clone(), context.clock.clone(), push::KINDS);
    Subgraph::new(NAME, builder().finish(), context, move |request, reader| {
        // Reference data is public.
        let reader = || reader.whole();
        request
            .data(pusher.clone())
            .data(Loader::new(RowsBy::<Area>::new(reader())))
            .data(Loader::new(RowsBy::<Succession>::new(reader())))
            .data(Loader::new(RowsBy::<Organization>::new(reader())))
            .data(Loader::new(RowsBy::<Position>::new(reader())))
            .data(Loader::new(RowsBy::<Official>::new(reader())))
            .data(Loader::new(RowsBy::<Appointment>::new(reader())))
            .data(Loader::new(RowsBy::<Programme>::new(reader())))
            .data(Loader::new(RowsBy::<TaskGroup>::new(reader())))
            .data(Loader::new(RowsBy::<Bottleneck>::new(reader())))
            .data(Loader::new(HolderOn(reader())))
    })
}

/// Returns the directory's SDL as a federated subgraph.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}

/// Loads the rows that have a value in a column.
async fn rows_by<R: Reference>(ctx: &Context<'_>, column: Column, value: &str) -> Result<Vec<R>> {
    let key = (column, value.to_owned());
    Ok(ctx.loader::<RowsBy<R>>().load_one(key).await?.unwrap_or_default())
}

/// Loads the visible row with a code.
async fn shown<R: Reference>(ctx: &Context<'_>, code: &str) -> Result<Option<R>> {
    Ok(rows_by(ctx, table::CODE, code).await?.pop())
}

/// Loads the row that others name by its code. Who names a deleted row still learns what it was.
async fn by_code<R: Reference>(ctx: &Context<'_>, code: &str) -> Result<Option<R>> {
    Ok(rows_by(ctx, table::NAMED, code).await?.pop())
}

/// Loads the row that another one refers to, if it refers to one.
async fn named<R: Reference>(ctx: &Context<'_>, code: Option<&String>) -> Result<Option<R>> {
    match code {
        Some(code) => by_code(ctx, code).await,
        None => Ok(None),
    }
}

fn date(day: Option<NaiveDate>) -> Option<Date> {
    day.map(Into::into)
}
