//! Resolvers of `Organization` fields that are not plain columns.

use async_graphql::{ComplexObject, Context, Result};

use super::{named, rows_by};
use crate::model::{Area, Organization, Position};
use crate::store::table;

#[ComplexObject]
impl Organization {
    /// Organization directly above.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        named(ctx, self.parent_code.as_ref()).await
    }

    /// Organizations directly below, by code.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Organization>> {
        rows_by(ctx, table::PARENT, &self.code).await
    }

    /// Area that the organization serves; null if it serves the whole city.
    async fn area(&self, ctx: &Context<'_>) -> Result<Option<Area>> {
        named(ctx, self.area_code.as_ref()).await
    }

    /// Positions of the organization, by code.
    async fn positions(&self, ctx: &Context<'_>) -> Result<Vec<Position>> {
        rows_by(ctx, table::ORGANIZATION, &self.code).await
    }
}
