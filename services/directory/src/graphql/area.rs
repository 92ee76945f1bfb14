//! Resolvers of `Area` fields that are not plain columns.

use async_graphql::{ComplexObject, Context, Json, Result};
use service_kit::scalar::{Date, GeoPoint, outline};

use super::{date, named, rows_by};
use crate::model::{Area, Organization, Succession};
use crate::store::table;

#[ComplexObject]
impl Area {
    /// Area that contains this one.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Area>> {
        named(ctx, self.parent_code.as_ref()).await
    }

    /// Centre of the area.
    async fn centre(&self) -> Option<GeoPoint> {
        self.lat.zip(self.lon).map(|(lat, lon)| GeoPoint { lat, lon })
    }

    /// Outline as a `GeoJSON` geometry, where it was imported.
    async fn outline(&self) -> Option<Json<serde_json::Value>> {
        outline(self.outline.as_deref())
    }

    /// First day on which the area exists; null when unknown.
    async fn valid_from(&self) -> Option<Date> {
        date(self.valid_from)
    }

    /// First day on which the area no longer exists; null while it exists.
    async fn valid_to(&self) -> Option<Date> {
        date(self.valid_to)
    }

    /// Old areas that this one was made from.
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<Succession>> {
        rows_by(ctx, table::TO, &self.code).await
    }

    /// Organizations that serve this area, by code.
    async fn organizations(&self, ctx: &Context<'_>) -> Result<Vec<Organization>> {
        rows_by(ctx, table::AREA, &self.code).await
    }
}

#[ComplexObject]
impl Succession {
    /// Day on which the change took effect.
    async fn effective_on(&self) -> Date {
        self.effective_on.into()
    }
}
