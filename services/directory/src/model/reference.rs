//! Bottlenecks, dated rules and the working-day calendar.

use async_graphql::{ID, SimpleObject};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::FromRow;

/// Bottleneck (điểm nghẽn) that tasks, projects and feedback can refer to.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
pub struct Bottleneck {
    /// Stable code of the bottleneck.
    #[sqlx(try_from = "String")]
    pub code: ID,
    /// Title of the bottleneck in Vietnamese.
    pub title: String,
    #[graphql(skip)]
    pub source: String,
}

/// Value of a dated rule in the time in which it is in force.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(complex)]
pub struct LegalRule {
    /// Name of the rule, for example `LAND_PAYMENT_LIMIT`.
    pub code: String,
    /// Value of the rule, in `unit`.
    pub value: Decimal,
    /// Unit of the value.
    pub unit: String,
    #[graphql(skip)]
    pub valid_from: NaiveDate,
    #[graphql(skip)]
    pub valid_to: Option<NaiveDate>,
    /// Law, decision or default that sets the value.
    pub document: String,
}

/// Day of the working calendar.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(complex)]
pub struct CalendarDay {
    #[graphql(skip)]
    pub day: NaiveDate,
    /// Whether the day is a working day.
    pub working: bool,
    /// Name of the holiday, or the reason for a swapped day.
    pub name: Option<String>,
    /// Law or decision that sets the holiday or swapped day.
    pub document: Option<String>,
    /// Whether the day is provisional, because the yearly decision is not published yet.
    pub provisional: bool,
}
