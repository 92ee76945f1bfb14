//! Positions, officials and appointments: responsibility binds to a position and resolves to its holder on a date.

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::Origin;

/// Post that carries responsibility, whoever holds it.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Position {
    /// Stable code.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Title, for example "Giám đốc Sở Xây dựng".
    pub title: String,
    #[graphql(skip)]
    pub organization_code: String,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Person in office, shown by display name or by position title.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Official {
    /// Stable code.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Display name or, where no name may be shown, title of the position held.
    pub display_name: String,
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub origin: Origin,
}

/// Term of an official in a position, from a day until (not including) another. It has no column that is shown as it is.
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
    /// Whether the term runs on a day.
    pub fn runs_on(&self, day: NaiveDate) -> bool {
        self.from_on <= day && self.to_on.is_none_or(|to_on| day < to_on)
    }
}
