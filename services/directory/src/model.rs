//! The directory's values, as stored and as shown.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schema::{AreaKind, Axis, Level};

/// A unit of territory: the city, a ward (phường) or a commune (xã).
#[derive(Debug, Clone)]
pub struct Area {
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub kind: AreaKind,
    pub parent_code: Option<String>,
    /// Latitude and longitude in degrees (WGS 84).
    pub centre: Option<(f64, f64)>,
    pub extent_km2: Option<Decimal>,
    pub population: Option<i64>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// One old unit that a new one was made from.
#[derive(Debug, Clone)]
pub struct Succession {
    pub from_code: String,
    pub from_name: String,
    pub to_code: String,
    /// The part of the old unit, 0–1; `None` when the source does not say.
    pub share: Option<Decimal>,
    pub effective_on: NaiveDate,
}

/// A body of the political system.
#[derive(Debug, Clone)]
pub struct Organization {
    pub code: String,
    pub name: String,
    pub short_name: Option<String>,
    pub axis: Axis,
    pub level: Level,
    pub parent_code: Option<String>,
    pub area_code: Option<String>,
}

/// A post that carries responsibility, whoever holds it.
#[derive(Debug, Clone)]
pub struct Position {
    pub code: String,
    pub title: String,
    pub organization_code: String,
}

/// A person in office, shown by display name or by position title.
#[derive(Debug, Clone)]
pub struct Official {
    pub code: String,
    pub display_name: String,
}

/// An official in a position from a day until (not including) another.
#[derive(Debug, Clone)]
pub struct Appointment {
    pub official_code: String,
    pub position_code: String,
    pub from_on: NaiveDate,
    pub to_on: Option<NaiveDate>,
}

schema::string_enum! {
    /// What kind of document a programme is.
    pub enum ProgrammeKind {
        /// Nghị quyết.
        Resolution = "RESOLUTION",
        /// Chương trình hành động.
        ActionProgramme = "ACTION_PROGRAMME",
        /// Kế hoạch.
        Plan = "PLAN",
        /// Chỉ thị.
        Directive = "DIRECTIVE",
    }
}

/// A resolution, action programme, plan or directive under which work is done.
#[derive(Debug, Clone)]
pub struct Programme {
    pub code: String,
    pub doc_no: Option<String>,
    pub title: String,
    pub kind: ProgrammeKind,
    pub issued_on: Option<NaiveDate>,
    pub parent_code: Option<String>,
    pub supersedes_code: Option<String>,
}

/// One of the groups into which the yearly programme sorts its tasks.
#[derive(Debug, Clone)]
pub struct TaskGroup {
    pub code: String,
    pub ordinal: i32,
    pub title: String,
    pub programme_code: Option<String>,
}

/// The value of a dated rule while it is in force.
#[derive(Debug, Clone)]
pub struct LegalRule {
    pub code: String,
    pub value: Decimal,
    pub unit: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub document: String,
}

/// A day of the working calendar.
#[derive(Debug, Clone)]
pub struct CalendarDay {
    pub day: NaiveDate,
    pub working: bool,
    pub name: Option<String>,
    pub document: Option<String>,
    pub provisional: bool,
}
