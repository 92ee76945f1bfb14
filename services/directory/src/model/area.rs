//! Areas, and the old areas that they were made from.

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::vocabulary::AreaKind;
use sqlx::FromRow;

use super::Origin;

/// Administrative area: the city, a ward (phường) or a commune (xã).
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
    /// Kind of the area: city, ward or commune.
    pub kind: AreaKind,
    #[graphql(skip)]
    pub parent_code: Option<String>,
    #[graphql(skip)]
    pub lat: Option<f64>,
    #[graphql(skip)]
    pub lon: Option<f64>,
    /// Surface of the area in km².
    pub area_km2: Option<Decimal>,
    /// Number of inhabitants; null when unknown.
    #[serde(skip)]
    pub population: Option<i64>,
    #[graphql(skip)]
    #[serde(skip)]
    pub outline: Option<String>,
    #[graphql(skip)]
    pub valid_from: Option<NaiveDate>,
    #[graphql(skip)]
    pub valid_to: Option<NaiveDate>,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Merger of an old area, wholly or in part, into a new one.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(name = "AreaSuccession", complex)]
pub struct Succession {
    /// Official code of the old area.
    pub from_code: String,
    /// Name of the old area.
    pub from_name: String,
    /// Official code of the new area.
    pub to_code: String,
    /// Share of the old area that the new one received, 0 to 1; null when the source does not say.
    pub share: Option<Decimal>,
    #[graphql(skip)]
    pub effective_on: NaiveDate,
    #[graphql(skip)]
    pub source: String,
}
