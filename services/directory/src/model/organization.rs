//! Organizations. They form a tree.

use async_graphql::{ID, SimpleObject};
use serde::Serialize;
use service_kit::vocabulary::{Axis, Level};
use sqlx::FromRow;

use super::Origin;

/// Organization of the political system: a party committee, a council, a department, a ward's committee, a front.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Organization {
    /// Stable code of the organization.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Official name of the organization.
    pub name: String,
    /// Short name of the organization; null when it has none.
    #[serde(skip)]
    pub short_name: Option<String>,
    /// Axis of the political system.
    pub axis: Axis,
    /// Level, from the city to the grass roots.
    pub level: Level,
    #[graphql(skip)]
    pub parent_code: Option<String>,
    #[graphql(skip)]
    pub area_code: Option<String>,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}
