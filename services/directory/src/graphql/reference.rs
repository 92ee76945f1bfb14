//! Bottlenecks, dated rules and the working-day calendar.

use async_graphql::SimpleObject;
use rust_decimal::Decimal;
use service_kit::scalar::Date;
use service_kit::vocabulary::Bottleneck;

use crate::model;

/// A bottleneck (điểm nghẽn) with its title.
#[derive(SimpleObject, Debug, Clone)]
pub struct BottleneckInfo {
    /// The tag that tasks, projects and feedback carry.
    pub code: Bottleneck,
    /// The title in Vietnamese.
    pub title: String,
}

/// The value of a dated rule, and from where it comes.
#[derive(SimpleObject, Debug, Clone)]
pub struct LegalRule {
    /// The rule's name, for example `LAND_PAYMENT_LIMIT`.
    code: String,
    /// The value in `unit`.
    value: Decimal,
    /// What the value counts.
    unit: String,
    /// The first day in force.
    from: Date,
    /// The first day no longer in force; null while it is.
    to: Option<Date>,
    /// The law, decision or default that sets it.
    document: String,
}

impl From<model::LegalRule> for LegalRule {
    fn from(rule: model::LegalRule) -> Self {
        Self {
            code: rule.code,
            value: rule.value,
            unit: rule.unit,
            from: rule.valid_from.into(),
            to: rule.valid_to.map(Into::into),
            document: rule.document,
        }
    }
}

/// A day of the working calendar.
#[derive(SimpleObject, Debug, Clone)]
pub struct CalendarDay {
    /// The day.
    day: Date,
    /// Whether offices work.
    working: bool,
    /// The holiday, or the reason for a swapped day.
    name: Option<String>,
    /// The law or decision that sets it.
    document: Option<String>,
    /// True until the yearly decision is published.
    provisional: bool,
}

impl From<model::CalendarDay> for CalendarDay {
    fn from(row: model::CalendarDay) -> Self {
        Self {
            day: row.day.into(),
            working: row.working,
            name: row.name,
            document: row.document,
            provisional: row.provisional,
        }
    }
}
