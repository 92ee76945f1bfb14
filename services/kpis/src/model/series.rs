//! What is read of series: points to draw, the value of places together, and revisions.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use service_kit::scalar::Rate;
use service_kit::vocabulary;
use sqlx::FromRow;

use super::vocabulary::{KpiRag, ObservationFlag};

/// Point of a series: a period with all that is drawn of it.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "KpiPoint", complex)]
pub struct Point {
    #[graphql(skip)]
    pub period: String,
    /// Published value; null when there is none.
    pub value: Option<Decimal>,
    /// Numerator of a rate; of a growth the level.
    pub numerator: Option<Decimal>,
    /// Denominator of a rate; of a growth the level of the same period a year before.
    pub denominator: Option<Decimal>,
    /// What is said about the value; empty without one.
    pub flags: Vec<ObservationFlag>,
    /// Number of the published value, from 1; null without one.
    pub vintage: Option<i32>,
    /// Target of exactly this period.
    pub target: Option<Decimal>,
    /// The year so far at the end of the period, by the nature of the indicator: of a flow the sum. It compares with `trajectory` and
    /// `yearTarget`. Null when an earlier period of the year has no value.
    pub to_date: Option<Decimal>,
    /// Target of the year.
    pub year_target: Option<Decimal>,
    /// Value of the trajectory of the year's target at the end of the period.
    pub trajectory: Option<Decimal>,
    /// Forecast of a period that was not observed: of a flow by the shares of earlier years, of a stock or a rate by the line of
    /// Theil and Sen through the last twelve points.
    pub forecast: Option<Decimal>,
    /// Lower end of the band of the forecast: of a flow the least that an earlier year's share gives, of a line 1.4826 times the
    /// median distance of the points from it.
    pub forecast_low: Option<Decimal>,
    /// Upper end of the band of the forecast.
    pub forecast_high: Option<Decimal>,
    /// Codes of the areas before a merger whose values were carried over by the shares of the succession.
    pub carried_from: Vec<String>,
}

vocabulary! {
    /// Why there is no value of places together.
    pub enum AggregateReason {
        /// The indicator does not follow from its parts.
        NotAdditive = "NOT_ADDITIVE",
        /// The period is not over, so no part was observed in all of it. The parts of the period that are over can be asked for.
        PeriodNotOver = "PERIOD_NOT_OVER",
        /// No part was observed whole in the period.
        NoObservation = "NO_OBSERVATION",
        /// Some parts have a value without numerator and denominator.
        NoNumerator = "NO_NUMERATOR",
    }
}

/// Value of several places together: the sum, or the quotient of the sums. Only places that were observed in the whole period count.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "KpiAggregate", complex)]
pub struct Aggregate {
    /// Value of the places that reported.
    pub value: Option<Decimal>,
    /// Why there is no value.
    pub reason: Option<AggregateReason>,
    #[graphql(skip)]
    pub reported: i64,
    #[graphql(skip)]
    pub expected: i64,
    #[graphql(skip)]
    pub missing: Vec<String>,
}

impl Aggregate {
    /// Places that reported, of those that are to report.
    pub fn coverage(&self) -> Rate {
        schema::Rate::new(self.reported, self.expected).into()
    }
}

/// Change of what is published of a period, a new value or a withdrawal, with the judgement of a target before and after it.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "KpiRevision", complex)]
pub struct Revision {
    #[graphql(skip)]
    pub indicator_code: String,
    #[graphql(skip)]
    pub area_code: Option<String>,
    #[graphql(skip)]
    pub organization_code: Option<String>,
    #[graphql(skip)]
    pub period: String,
    #[graphql(skip)]
    pub revised_on: NaiveDate,
    /// Number of the new value; null for a withdrawal.
    pub vintage: Option<i32>,
    /// Value that was published before it, also when that was withdrawn some days earlier.
    pub before: Option<Decimal>,
    /// New value; null for a withdrawal, or when it is missing or confidential.
    pub after: Option<Decimal>,
    #[graphql(skip)]
    pub target_period: Option<String>,
    /// Judgement of the target on the day before; null without a target or a judgement, and of a value that was replaced on its own day.
    pub rag_before: Option<KpiRag>,
    /// Judgement of the target on the day.
    pub rag_after: Option<KpiRag>,
    /// Whether the judgement changed, also from or to none. The judgement of a target that was set on the day did not change.
    pub flipped: bool,
    /// Reason that the correction or the withdrawal states.
    pub reason: Option<String>,
}
