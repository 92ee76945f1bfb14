//! Briefings, with what was decided in them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_kit::access::{BRIEFINGS, Kind};
use service_kit::record::{Meta, Record};
use service_kit::store::child::Child;
use sqlx::FromRow;
use uuid::Uuid;

/// A briefing (giao ban).
#[derive(FromRow, Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Briefing {
    /// Common columns.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    /// Period of which it takes stock, for example `2026-W47`.
    pub period: String,
    /// Title.
    pub title: String,
    /// When it was held. Changes since the briefing are those after this instant.
    pub held_at: DateTime<Utc>,
    /// When it was closed; nothing is added to it any more.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Record for Briefing {
    const TABLE: &'static str = "insights.briefing";
    const NOUN: &'static str = "briefing";
    const KIND: &'static Kind = &BRIEFINGS;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// What was decided in a briefing.
#[derive(FromRow, Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// Id.
    pub id: Uuid,
    /// The briefing.
    pub briefing_id: Uuid,
    /// Number within the briefing.
    pub number: i32,
    /// Text.
    pub text: String,
    /// Organization that leads the work.
    pub lead_organization_code: Option<String>,
    /// Last day of the work.
    pub due_on: Option<NaiveDate>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Child for Conclusion {
    const TABLE: &'static str = "insights.conclusion";
    const TIE: &'static str = "c.briefing_id = parent.id";
    const ORDER: &'static str = "c.number";
}

/// What is to be brought to the next briefing.
#[derive(FromRow, Serialize, Debug, Clone, PartialEq, Eq)]
pub struct OpenPoint {
    /// Id.
    pub id: Uuid,
    /// The briefing.
    pub briefing_id: Uuid,
    /// Number within the briefing.
    pub number: i32,
    /// Text.
    pub text: String,
    /// Organization that brings it.
    pub lead_organization_code: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Child for OpenPoint {
    const TABLE: &'static str = "insights.open_point";
    const TIE: &'static str = "c.briefing_id = parent.id";
    const ORDER: &'static str = "c.number";
}
