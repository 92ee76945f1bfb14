//! Resolvers of `Programme` and `TaskGroup` fields that are not plain columns.

use async_graphql::{ComplexObject, Context, Result};
use service_kit::scalar::Date;

use super::{date, named, rows_by};
use crate::model::{Programme, TaskGroup};
use crate::store::table;

#[ComplexObject]
impl Programme {
    /// Day of issue; null when unknown.
    async fn issued_on(&self) -> Option<Date> {
        date(self.issued_on)
    }

    /// Programme that this one implements.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Programme>> {
        named(ctx, self.parent_code.as_ref()).await
    }

    /// Programmes that implement this one, by code.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Programme>> {
        rows_by(ctx, table::PARENT, &self.code).await
    }

    /// Programme that this one replaced.
    async fn supersedes(&self, ctx: &Context<'_>) -> Result<Option<Programme>> {
        named(ctx, self.supersedes_code.as_ref()).await
    }

    /// Programmes that replaced this one, by code; empty while it is in force.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Vec<Programme>> {
        rows_by(ctx, table::SUPERSEDES, &self.code).await
    }
}

#[ComplexObject]
impl TaskGroup {
    /// Programme that the group belongs to.
    async fn programme(&self, ctx: &Context<'_>) -> Result<Option<Programme>> {
        named(ctx, self.programme_code.as_ref()).await
    }
}
