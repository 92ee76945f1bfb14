//! GraphQL of the projects subgraph: types, queries, mutations, entities, loaders. It has no SQL.

mod clearance;
mod entity;
mod mutation;
mod project;
mod query;
mod stats;

use async_graphql::{EmptySubscription, ID, MergedObject, Schema, SchemaBuilder};
use chrono::NaiveDate;
use service_kit::push::engine::Pusher;
use service_kit::push::graphql::PushMutation;
use service_kit::scalar::Date;
use service_kit::store::child::ChildrenOf;
use service_kit::store::facts;
use service_kit::store::list::{ById, PagesOf};
use service_kit::store::measure::MeasuresOf;
use service_kit::{Loader, ServiceContext, Subgraph};

use crate::model::{
    Assessment, CLEARANCE, CapitalPlan, CompensationPlan, Contract, Disbursement, ForecastChange, GraveRelocation,
    Milestone, Modification, PERSONAL, PROJECTS, ParcelFacts, ParcelRight, Party, PartyIdentity, Payment, PhaseChange,
    ProjectFacts, Resettlement, Site, UtilityRelocation, Violation,
};
use crate::push;
use crate::stats::{ClearanceSet, ProjectSet};
use crate::store::FACTS;
use crate::store::children::ChangesOf;
use crate::store::party::{AmountOf, ByCode};
use crate::store::project::ProjectByCode;

/// The name of this subgraph in the supergraph.
const NAME: &str = "projects";

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Query(query::ProjectQuery, stats::StatsQuery, entity::EntityQuery);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutation(
    mutation::ProjectMutation,
    mutation::ParcelMutation,
    mutation::MilestoneMutation,
    mutation::PlanMutation,
    PushMutation<push::Set>,
);

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).enable_federation()
}

/// Builds the subgraph with its loaders.
pub fn subgraph(context: ServiceContext) -> Subgraph {
    let pusher = Pusher::new(context.database.clone(), context.clock.clone(), push::KINDS);
    Subgraph::new(NAME, builder().finish(), context, move |request, reader| {
        let (projects, parcels, personal) = (reader.rows(&PROJECTS), reader.rows(&CLEARANCE), reader.rows(&PERSONAL));
        let project = || projects.clone();
        let parcel = || parcels.clone();
        request
            .data(pusher.clone())
            .data(Loader::new(ProjectByCode(project())))
            .data(Loader::new(PagesOf::<ProjectFacts>::new(project())))
            .data(Loader::new(MeasuresOf::<ProjectSet>::new(project())))
            .data(Loader::new(ChangesOf::<ForecastChange>::new(project())))
            .data(Loader::new(ChangesOf::<PhaseChange>::new(project())))
            .data(Loader::new(ChildrenOf::<CapitalPlan>::new(project())))
            .data(Loader::new(ChildrenOf::<Disbursement>::new(project())))
            .data(Loader::new(ChildrenOf::<Contract>::new(project())))
            .data(Loader::new(ChildrenOf::<Modification>::new(project())))
            .data(Loader::new(ChildrenOf::<Assessment>::new(project())))
            .data(Loader::new(ById::<ParcelFacts>::new(parcel())))
            .data(Loader::new(PagesOf::<ParcelFacts>::new(parcel())))
            .data(Loader::new(MeasuresOf::<ClearanceSet>::new(parcel())))
            .data(Loader::new(ByCode::<Site>::new(parcel())))
            .data(Loader::new(ByCode::<Party>::new(parcel())))
            .data(Loader::new(ChildrenOf::<Site>::new(parcel())))
            .data(Loader::new(ChildrenOf::<Milestone>::new(parcel())))
            .data(Loader::new(ChildrenOf::<ParcelRight>::new(parcel())))
            .data(Loader::new(ChildrenOf::<Violation>::new(parcel())))
            .data(Loader::new(ChildrenOf::<CompensationPlan>::new(parcel())))
            .data(Loader::new(ChildrenOf::<Payment>::new(parcel())))
            .data(Loader::new(ChildrenOf::<Resettlement>::new(parcel())))
            .data(Loader::new(ChildrenOf::<GraveRelocation>::new(parcel())))
            .data(Loader::new(ChildrenOf::<UtilityRelocation>::new(parcel())))
            .data(Loader::new(ByCode::<PartyIdentity>::new(personal.clone())))
            .data(Loader::new(AmountOf(personal)))
    })
    .refreshing(|pool| Box::pin(async move { facts::refresh(&pool, FACTS).await }))
}

/// Returns the subgraph's SDL.
pub fn sdl() -> String {
    service_kit::subgraph::sdl(&builder().finish())
}

fn date(day: Option<NaiveDate>) -> Option<Date> {
    day.map(Into::into)
}

fn id(id: uuid::Uuid) -> ID {
    ID(id.to_string())
}
