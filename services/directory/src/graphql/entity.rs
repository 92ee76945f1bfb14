//! Entities that other subgraphs refer to by code.

use async_graphql::{Context, ID, Object, Result};
use service_kit::ScopeContext;

use super::area::Area;
use super::loaders::{
    AreaByCode, OfficialByCode, OrganizationByCode, PositionByCode, ProgrammeByCode, TaskGroupByCode,
};
use super::official::{Official, Position};
use super::organization::Organization;
use super::programme::{Programme, TaskGroup};

#[derive(Default)]
pub struct EntityQuery;

#[Object]
impl EntityQuery {
    #[graphql(entity)]
    async fn area_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Area>> {
        Ok(ctx.loader::<AreaByCode>().load_one(code.0).await?.map(Area))
    }

    #[graphql(entity)]
    async fn organization_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Organization>> {
        Ok(ctx
            .loader::<OrganizationByCode>()
            .load_one(code.0)
            .await?
            .map(Organization))
    }

    #[graphql(entity)]
    async fn programme_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Programme>> {
        Ok(ctx.loader::<ProgrammeByCode>().load_one(code.0).await?.map(Programme))
    }

    #[graphql(entity)]
    async fn official_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Official>> {
        Ok(ctx.loader::<OfficialByCode>().load_one(code.0).await?.map(Official))
    }

    #[graphql(entity)]
    async fn position_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Position>> {
        Ok(ctx.loader::<PositionByCode>().load_one(code.0).await?.map(Position))
    }

    #[graphql(entity)]
    async fn task_group_entity(&self, ctx: &Context<'_>, code: ID) -> Result<Option<TaskGroup>> {
        Ok(ctx.loader::<TaskGroupByCode>().load_one(code.0).await?.map(TaskGroup))
    }
}
