//! Targets: as they are stored, and as of the end of a day with what was known of them.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::record::{Meta, Record};
use service_kit::scalar::Date;
use sqlx::FromRow;

use super::access::KPIS;
use super::vocabulary::{AttainmentReason, ForecastReason, Judged, KpiRag, KpiScope, RagReason};

/// A row of `kpis.target`: a version of a target.
#[derive(FromRow, Serialize, Debug, Clone, PartialEq, Default)]
pub struct StoredTarget {
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    pub indicator_code: String,
    pub area_code: Option<String>,
    pub organization_code: Option<String>,
    pub period: String,
    pub value: Option<Decimal>,
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
    pub baseline: Option<Decimal>,
    pub baseline_period: Option<String>,
    pub trajectory: Vec<String>,
    pub decided_on: NaiveDate,
    pub withdrawn_on: Option<NaiveDate>,
    pub document: Option<String>,
    pub reason: Option<String>,
    pub withdrawal_reason: Option<String>,
}

impl Record for StoredTarget {
    const TABLE: &'static str = "kpis.target";
    const NOUN: &'static str = "target";
    const KIND: &'static Kind = &KPIS;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Point of a trajectory.
#[derive(SimpleObject, Debug, Clone, PartialEq)]
pub struct TrajectoryPoint {
    /// Day on whose end the value is to be reached.
    pub on: Date,
    /// Value.
    pub value: Decimal,
}

impl TrajectoryPoint {
    /// Reads a stored point, `2026-03-31=5.1`; the table takes no other text.
    pub fn read(text: &str) -> Option<Self> {
        let (day, value) = text.split_once('=')?;
        Some(Self { on: schema::parse_date(day).ok()?.into(), value: value.parse().ok()? })
    }
}

/// Target of an indicator for a scope and a period, in the version in force on a day (default: today), with what was known
/// then.
#[expect(clippy::struct_field_names, reason = "the fields are the columns")]
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "KpiTarget", complex)]
pub struct Target {
    #[graphql(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub indicator_code: String,
    /// What the target is about.
    pub scope: KpiScope,
    #[graphql(skip)]
    pub area_code: Option<String>,
    #[graphql(skip)]
    pub organization_code: Option<String>,
    #[graphql(skip)]
    pub period: String,
    /// Value to reach; null for a range.
    #[graphql(name = "value")]
    pub target: Option<Decimal>,
    /// Lower bound of a range.
    pub low: Option<Decimal>,
    /// Upper bound of a range.
    pub high: Option<Decimal>,
    /// Value from which the way to the target begins.
    pub baseline: Option<Decimal>,
    /// Period of the baseline.
    pub baseline_period: Option<String>,
    #[graphql(skip)]
    pub trajectory_points: Vec<String>,
    #[graphql(skip)]
    pub decided_on: NaiveDate,
    #[graphql(skip)]
    pub withdrawn_on: Option<NaiveDate>,
    /// Decision.
    pub document: Option<String>,
    /// Why this version was corrected.
    pub reason: Option<String>,
    /// Why it was withdrawn.
    pub withdrawal_reason: Option<String>,
    /// Value of what was observed of the period: of a flow the sum, of a stock the last, of a rate the quotient of the sums, of a
    /// growth the mean weighted by the levels a year before. Null when nothing was, or when rates without parts do not add up.
    pub actual: Option<Decimal>,
    /// The same part of the year before, by the same rules; null when not all of it is known (of a stock the last), and of a growth.
    pub before: Option<Decimal>,
    #[graphql(skip)]
    pub ends: Vec<NaiveDate>,
    /// Number of observations that the period has when it is over.
    pub expected: i32,
    /// Whether the period was observed whole; of a stock whether its end was.
    pub complete: bool,
    /// Whether a part of `actual` is an estimate from before the end of its own period. `observedUntil` and `coverage` leave it out.
    pub estimated: bool,
    #[graphql(skip)]
    pub late_from: Option<NaiveDate>,
    /// Whether an observation is overdue on the day.
    pub observation_late: bool,
    /// Value of the trajectory on the last day that `actual` includes.
    #[graphql(name = "expectedToDate")]
    pub trajectory: Option<Decimal>,
    /// Forecast of the whole period: of a flow by the share that the same part had of earlier years, of a stock or a rate by the
    /// line of Theil and Sen through the last twelve points. Null when the period is complete.
    pub forecast: Option<Decimal>,
    /// Why there is no forecast.
    pub forecast_reason: Option<ForecastReason>,
    /// Growth that the rest of the period needs to reach the target.
    pub needed: Option<Decimal>,
    /// Attainment of the target by what was observed: 1 is the whole. With a baseline the share of the way from it.
    pub attainment: Option<Decimal>,
    /// Why there is no attainment.
    pub attainment_reason: Option<AttainmentReason>,
    /// Distance of the actual from the target: positive beyond it, negative short of it. Of a range the distance outside, 0 inside. Of a flow
    /// whose period is not `complete` it is what has still to come, and no judgement.
    pub gap: Option<Decimal>,
    /// Whether the target is met; null before the period was observed whole.
    pub met: Option<bool>,
    /// What the judgement compares.
    pub judged: Option<Judged>,
    /// Shortfall as a share of the way from the baseline (without one, 0) to the target.
    pub shortfall: Option<Decimal>,
    /// Judgement.
    pub rag: Option<KpiRag>,
    /// Why there is no judgement.
    pub rag_reason: Option<RagReason>,
}
