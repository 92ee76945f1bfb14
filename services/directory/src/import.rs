//! What a loader of reference data hands over, table by table, and how it is stored.
//!
//! A row carries the `version` of the data it comes from. A stored row is replaced only by a higher version from the same
//! source: loading again changes nothing, and what a person or another system has changed since stays as it is.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schema::{AreaKind, Axis, Level};
use serde::Serialize;
use uuid::Uuid;

pub use crate::model::ProgrammeKind;
pub use crate::store::import::write;

/// All the rows of one load. Each row names its source.
#[derive(Debug, Clone, Default)]
pub struct DirectoryRows {
    pub areas: Vec<AreaRow>,
    pub successions: Vec<SuccessionRow>,
    pub organizations: Vec<OrganizationRow>,
    pub positions: Vec<PositionRow>,
    pub officials: Vec<OfficialRow>,
    pub appointments: Vec<AppointmentRow>,
    pub programmes: Vec<ProgrammeRow>,
    pub task_groups: Vec<TaskGroupRow>,
    pub bottlenecks: Vec<BottleneckRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct AreaRow {
    pub code: String,
    pub name: String,
    pub short_name: String,
    pub kind: AreaKind,
    pub parent_code: Option<String>,
    pub lat: f64,
    pub lon: f64,
    pub area_km2: Option<Decimal>,
    pub valid_from: NaiveDate,
    pub source: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SuccessionRow {
    pub from_code: String,
    pub from_name: String,
    pub to_code: String,
    /// `None` when the source does not say.
    pub share: Option<Decimal>,
    pub effective_on: NaiveDate,
    pub source: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct OrganizationRow {
    pub code: String,
    pub name: String,
    pub axis: Axis,
    pub level: Level,
    pub parent_code: Option<String>,
    pub area_code: Option<String>,
    pub source: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PositionRow {
    pub code: String,
    pub title: String,
    pub organization_code: String,
    pub source: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize)]
pub struct OfficialRow {
    pub code: String,
    pub display_name: String,
    pub source: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

/// The end of a term is a second version of the appointment.
#[derive(Debug, Clone, Serialize)]
pub struct AppointmentRow {
    pub id: Uuid,
    pub official_code: String,
    pub position_code: String,
    pub from_on: NaiveDate,
    pub to_on: Option<NaiveDate>,
    pub source: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ProgrammeRow {
    pub code: String,
    pub doc_no: Option<String>,
    pub title: String,
    pub kind: ProgrammeKind,
    pub issued_on: Option<NaiveDate>,
    pub parent_code: Option<String>,
    pub supersedes_code: Option<String>,
    pub source: String,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TaskGroupRow {
    pub code: String,
    pub ordinal: i32,
    pub title: String,
    pub programme_code: Option<String>,
    pub source: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct BottleneckRow {
    pub code: String,
    pub title: String,
    pub source: String,
}
