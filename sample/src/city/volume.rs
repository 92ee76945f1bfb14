//! The volume of a whole year: numbers, shares, and the organizations below the published ones.

use chrono::NaiveDate;
use directory::import::{Axis, Level};
use serde::Deserialize;

/// What a city of this size has in a year. Shares are in percent.
#[derive(Debug, Deserialize)]
pub(crate) struct VolumeFacts {
    pub(crate) tasks: usize,
    pub(crate) organizations: usize,
    pub(crate) officials: usize,
    pub(crate) lead_offset: u32,
    pub(crate) area_offset: u32,
    /// The organizations that lead most tasks, in this order.
    pub(crate) busiest: Vec<String>,
    pub(crate) assigned_from: NaiveDate,
    pub(crate) assigned_by: NaiveDate,
    /// Weight of each month from January.
    pub(crate) months: [u32; 12],
    pub(crate) ends_on: NaiveDate,
    pub(crate) due_at_end_of_month: u32,
    pub(crate) due_at_end_of_quarter: u32,
    pub(crate) without_due: u32,
    pub(crate) in_trouble: u32,
    pub(crate) late: u32,
    pub(crate) late_long: u32,
    pub(crate) never: u32,
    pub(crate) related: u32,
    #[serde(rename = "span")]
    pub(crate) spans: Vec<Span>,
    #[serde(rename = "unit")]
    pub(crate) units: Vec<Unit>,
    #[serde(rename = "division")]
    pub(crate) divisions: Vec<Division>,
}

/// Range of days from the start to the due date.
#[derive(Debug, Deserialize)]
pub(crate) struct Span {
    pub(crate) share: u32,
    pub(crate) days: [u32; 2],
}

/// An organization that every ward and commune has.
#[derive(Debug, Deserialize)]
pub(crate) struct Unit {
    pub(crate) code: String,
    /// Text with the placeholder `{area}`.
    pub(crate) name: String,
    pub(crate) head: String,
    pub(crate) axis: Axis,
    pub(crate) level: Level,
    /// The code of another unit; the committee when absent.
    pub(crate) parent: Option<String>,
}

/// A division of a department.
#[derive(Debug, Deserialize)]
pub(crate) struct Division {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) head: String,
}
