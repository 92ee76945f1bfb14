//! `Organization`.

use async_graphql::{Context, ID, Object, Result};
use service_kit::ScopeContext;
use service_kit::vocabulary::{Axis, Level};

use super::area::Area;
use super::loaders::{AreaByCode, OrganizationByCode, OrganizationChildren, PositionsOfOrganization};
use super::official::Position;
use crate::model;

/// A body of the political system: a party committee, a council, a department, a ward's committee, a front.
pub struct Organization(pub model::Organization);

#[Object]
impl Organization {
    /// The stable code.
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    /// The official name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The name in short, if there is one.
    async fn short_name(&self) -> Option<&str> {
        self.0.short_name.as_deref()
    }

    /// Party, People's Council, People's Committee or Fatherland Front.
    async fn axis(&self) -> Axis {
        self.0.axis.into()
    }

    /// City, department, commune or grass roots.
    async fn level(&self) -> Level {
        self.0.level.into()
    }

    /// The organization above.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let Some(code) = self.0.parent_code.clone() else {
            return Ok(None);
        };
        Ok(ctx
            .loader::<OrganizationByCode>()
            .load_one(code)
            .await?
            .map(Organization))
    }

    /// The organizations directly below, by code.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Organization>> {
        let found = ctx
            .loader::<OrganizationChildren>()
            .load_one(self.0.code.clone())
            .await?;
        Ok(found.unwrap_or_default().into_iter().map(Organization).collect())
    }

    /// The area that it serves; null for one that serves the whole city.
    async fn area(&self, ctx: &Context<'_>) -> Result<Option<Area>> {
        let Some(code) = self.0.area_code.clone() else {
            return Ok(None);
        };
        Ok(ctx.loader::<AreaByCode>().load_one(code).await?.map(Area))
    }

    /// The positions that carry its responsibilities, by code.
    async fn positions(&self, ctx: &Context<'_>) -> Result<Vec<Position>> {
        let found = ctx
            .loader::<PositionsOfOrganization>()
            .load_one(self.0.code.clone())
            .await?;
        Ok(found.unwrap_or_default().into_iter().map(Position).collect())
    }
}
