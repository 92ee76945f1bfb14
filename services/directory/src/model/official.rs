//! Positions, officials and appointments. A position is responsible; its holder depends on the date.

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::Origin;

/// Position that is responsible for tasks, independent of its holder.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Position {
    /// Stable code of the position.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Title of the position, for example "Giám đốc Sở Xây dựng".
    pub title: String,
    #[graphql(skip)]
    pub organization_code: String,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Person in office, shown by display name or by the title of the position.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Official {
    /// Stable code of the official.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Display name or, where no name may be published, the title of the position.
    pub display_name: String,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Term of an official in a position, from a day (included) to another (excluded). Each of its GraphQL fields has a
/// resolver.
#[derive(FromRow, Serialize, Debug, Clone)]
pub struct Appointment {
    pub id: Uuid,
    pub official_code: String,
    pub position_code: String,
    pub from_on: NaiveDate,
    pub to_on: Option<NaiveDate>,
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

impl Appointment {
    /// Whether the term includes a day.
    pub fn runs_on(&self, day: NaiveDate) -> bool {
        self.from_on <= day && self.to_on.is_none_or(|to_on| day < to_on)
    }
}
