//! `Area` and what it succeeded.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use rust_decimal::Decimal;
use service_kit::ScopeContext;
use service_kit::scalar::Date;

use super::loaders::{AreaByCode, OrganizationsOfArea, Predecessors};
use super::organization::Organization;
use crate::model;

/// What kind of unit an area is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "schema::AreaKind")]
pub enum AreaKind {
    /// The city (thành phố).
    City,
    /// A ward (phường).
    Ward,
    /// A commune (xã).
    Commune,
}

/// A point on the globe in degrees, WGS 84.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(shareable)]
pub struct GeoPoint {
    /// Latitude, north positive.
    pub lat: f64,
    /// Longitude, east positive.
    pub lon: f64,
}

/// One old unit that went, wholly or in part, into a new one.
#[derive(SimpleObject, Debug, Clone)]
pub struct AreaSuccession {
    /// The official code of the old unit.
    from_code: String,
    /// The name of the old unit.
    from_name: String,
    /// The official code of the new unit.
    to_code: String,
    /// The part of the old unit that the new one took, 0–1; null when the source does not say.
    share: Option<Decimal>,
    /// The day on which the change took effect.
    effective_on: Date,
}

impl From<model::Succession> for AreaSuccession {
    fn from(row: model::Succession) -> Self {
        Self {
            from_code: row.from_code,
            from_name: row.from_name,
            to_code: row.to_code,
            share: row.share,
            effective_on: row.effective_on.into(),
        }
    }
}

/// A unit of territory: the city, a ward (phường) or a commune (xã).
pub struct Area(pub model::Area);

#[Object]
impl Area {
    /// The official code: five digits for a ward or commune, two for the city.
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    /// The full name, for example "Phường Ba Đình".
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The name without its kind, for example "Ba Đình".
    async fn short_name(&self) -> Option<&str> {
        self.0.short_name.as_deref()
    }

    /// City, ward or commune.
    async fn kind(&self) -> AreaKind {
        self.0.kind.into()
    }

    /// The unit that contains this one.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Area>> {
        let Some(code) = self.0.parent_code.clone() else {
            return Ok(None);
        };
        Ok(ctx.loader::<AreaByCode>().load_one(code).await?.map(Area))
    }

    /// The centre of the unit.
    async fn centre(&self) -> Option<GeoPoint> {
        self.0.centre.map(|(lat, lon)| GeoPoint { lat, lon })
    }

    /// The extent in km².
    async fn area_km2(&self) -> Option<Decimal> {
        self.0.extent_km2
    }

    /// Inhabitants; null when unknown.
    async fn population(&self) -> Option<i64> {
        self.0.population
    }

    /// The first day of the unit's life; null when unknown.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Into::into)
    }

    /// The first day on which the unit no longer exists; null while it does.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Into::into)
    }

    /// The old units that this one was made from.
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<AreaSuccession>> {
        let found = ctx.loader::<Predecessors>().load_one(self.0.code.clone()).await?;
        Ok(found.unwrap_or_default().into_iter().map(Into::into).collect())
    }

    /// The organizations seated here.
    async fn organizations(&self, ctx: &Context<'_>) -> Result<Vec<Organization>> {
        let found = ctx
            .loader::<OrganizationsOfArea>()
            .load_one(self.0.code.clone())
            .await?;
        Ok(found.unwrap_or_default().into_iter().map(Organization).collect())
    }
}
