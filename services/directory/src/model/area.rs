//! Areas, and the old units that they were made from.

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::vocabulary::AreaKind;
use sqlx::FromRow;

use super::Origin;

/// Unit of territory: the city, a ward (phường) or a commune (xã).
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Area {
    /// Official code: five digits for a ward or commune, two for the city.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Full name, for example "Phường Ba Đình".
    pub name: String,
    /// Name without the kind, for example "Ba Đình".
    pub short_name: Option<String>,
    /// Kind: city, ward or commune.
    pub kind: AreaKind,
    #[graphql(skip)]
    pub parent_code: Option<String>,
    #[graphql(skip)]
    pub lat: Option<f64>,
    #[graphql(skip)]
    pub lon: Option<f64>,
    /// Extent in km².
    pub area_km2: Option<Decimal>,
    /// Number of inhabitants; null when unknown.
    #[serde(skip)]
    pub population: Option<i64>,
    #[graphql(skip)]
    pub valid_from: Option<NaiveDate>,
    #[graphql(skip)]
    #[serde(skip)]
    pub valid_to: Option<NaiveDate>,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Point on the globe in degrees (WGS 84).
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(shareable)]
pub struct GeoPoint {
    /// Latitude, north positive.
    pub lat: f64,
    /// Longitude, east positive.
    pub lon: f64,
}

/// Old unit that went, wholly or in part, into a new one.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(name = "AreaSuccession", complex)]
pub struct Succession {
    /// Official code of the old unit.
    pub from_code: String,
    /// Name of the old unit.
    pub from_name: String,
    /// Official code of the new unit.
    pub to_code: String,
    /// Part of the old unit that the new one took, 0 to 1; null when the source does not say.
    pub share: Option<Decimal>,
    #[graphql(skip)]
    pub effective_on: NaiveDate,
    #[graphql(skip)]
    pub source: String,
}
