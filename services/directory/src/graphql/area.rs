//! Fields of an area that need more than their column.

use async_graphql::{ComplexObject, Context, Result};
use service_kit::scalar::Date;

use super::{date, named, rows_by};
use crate::model::{Area, GeoPoint, Organization, Succession};
use crate::store::table;

#[ComplexObject]
impl Area {
    /// Unit that contains this one.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Area>> {
        named(ctx, self.parent_code.as_ref()).await
    }

    /// Centre of the unit.
    async fn centre(&self) -> Option<GeoPoint> {
        self.lat.zip(self.lon).map(|(lat, lon)| GeoPoint { lat, lon })
    }

    /// First day of the unit's life; null when unknown.
    async fn valid_from(&self) -> Option<Date> {
        date(self.valid_from)
    }

    /// First day on which the unit no longer exists; null while it does.
    async fn valid_to(&self) -> Option<Date> {
        date(self.valid_to)
    }

    /// Old units that this one was made from.
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<Succession>> {
        rows_by(ctx, table::TO, &self.code).await
    }

    /// Organizations seated here, by code.
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
