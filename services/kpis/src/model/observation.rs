//! Observations as they are stored, and the values that were published of one.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::record::{Meta, Record};
use sqlx::FromRow;
use uuid::Uuid;

use super::access::KPIS;
use super::vocabulary::{ObservationFlag, ObservationStatus};

/// Observation of an indicator for a scope and a period. A correction is another one with the next revision.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(complex)]
pub struct Observation {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub indicator_code: String,
    #[graphql(skip)]
    pub area_code: Option<String>,
    #[graphql(skip)]
    pub organization_code: Option<String>,
    #[graphql(skip)]
    pub period: String,
    /// Number of the revision, from 1.
    pub revision: i32,
    #[graphql(skip)]
    pub value: Option<Decimal>,
    #[graphql(skip)]
    pub numerator: Option<Decimal>,
    #[graphql(skip)]
    pub denominator: Option<Decimal>,
    /// What is said about the value; several can hold.
    pub flags: Vec<ObservationFlag>,
    /// State.
    pub status: ObservationStatus,
    /// Why it corrects the published value.
    pub reason: Option<String>,
    /// Why the statistics office returned it the last time.
    pub return_reason: Option<String>,
    /// Why it was withdrawn.
    pub withdrawal_reason: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// Document.
    pub document: Option<String>,
    #[graphql(skip)]
    pub submitted_by: Option<String>,
    #[graphql(skip)]
    pub verified_by: Option<String>,
    /// Value as series and exports show it; only read for answers.
    #[graphql(skip)]
    #[serde(skip)]
    #[sqlx(default)]
    pub shown: Option<Decimal>,
}

impl Observation {
    /// Whether value and parts are confidential.
    pub fn is_suppressed(&self) -> bool {
        self.flags.contains(&ObservationFlag::Suppressed)
    }
}

impl Record for Observation {
    const TABLE: &'static str = "kpis.observation";
    const NOUN: &'static str = "observation";
    const KIND: &'static Kind = &KPIS;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Published value of a period, for the days on which it was the latest. What was replaced or withdrawn on its own day was the latest at
/// the end of none: its `from` is its `until`.
#[expect(clippy::struct_field_names, reason = "the fields are the columns")]
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Vintage {
    /// Number, from 1, of what was published: another value, other flags, another revision or a publication after a withdrawal has a new one.
    pub vintage: i32,
    /// Value; null when it was flagged as missing or confidential.
    pub value: Option<Decimal>,
    /// Numerator of a rate; of a growth the level.
    pub numerator: Option<Decimal>,
    /// Denominator of a rate; of a growth the level of the same period a year before.
    pub denominator: Option<Decimal>,
    /// What is said about the value.
    pub flags: Vec<ObservationFlag>,
    #[graphql(skip)]
    pub from_day: NaiveDate,
    #[graphql(skip)]
    pub until: Option<NaiveDate>,
    #[graphql(skip)]
    pub observation_id: Uuid,
}
