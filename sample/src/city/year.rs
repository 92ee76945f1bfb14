//! Course of the year: due dates, shares of late tasks, shares of tasks at risk.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use directory::import::Axis;
use serde::Deserialize;
use tasks::import::{BlockerKind, BlockerLevel};

/// A number for each axis.
pub(crate) type ShareByAxis = BTreeMap<Axis, usize>;

#[derive(Debug, Deserialize)]
pub(crate) struct Year {
    /// First and last day on which tasks are assigned.
    pub(crate) assigned_from: NaiveDate,
    pub(crate) assigned_by: NaiveDate,
    /// First day on which tasks of the year's programme are assigned.
    pub(crate) programme_from: NaiveDate,
    /// The last day of the story.
    pub(crate) ends_on: NaiveDate,
    #[serde(rename = "window")]
    pub(crate) windows: Vec<Window>,
    #[serde(rename = "told")]
    pub(crate) told: Vec<Told>,
    pub(crate) trouble: TroubleShare,
    /// Requests to higher levels that have no answer in the year.
    #[serde(rename = "request")]
    pub(crate) requests: Vec<RequestFact>,
}

/// Blocker of a task whose request has no answer in the year.
#[derive(Debug, Deserialize)]
pub(crate) struct RequestFact {
    /// Code of the task.
    pub(crate) task: String,
    pub(crate) kind: BlockerKind,
    pub(crate) needs_level: BlockerLevel,
    pub(crate) description: String,
    pub(crate) opened_on: NaiveDate,
    pub(crate) document: String,
    pub(crate) requested_on: NaiveDate,
}

/// A task whose course is told. What is not said of it is drawn as for the others.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Told {
    pub(crate) title: String,
    /// The projects that it names.
    pub(crate) projects: Option<Vec<String>>,
    /// It was due on this day, and is not done within the year.
    pub(crate) never_done_since: Option<NaiveDate>,
    /// Number of extensions that are granted.
    pub(crate) extensions: Option<u32>,
    /// Whether it is under no programme.
    #[serde(default)]
    pub(crate) without_programme: bool,
}

/// Tasks that are due in one window of the year; they have no due date if the window has no days.
#[derive(Debug, Deserialize)]
pub(crate) struct Window {
    pub(crate) due_from: Option<NaiveDate>,
    pub(crate) due_to: Option<NaiveDate>,
    pub(crate) start_from: NaiveDate,
    pub(crate) start_to: NaiveDate,
    pub(crate) tasks: ShareByAxis,
    #[serde(rename = "late", default)]
    pub(crate) late: Vec<Late>,
}

/// Late tasks of a window: submitted on a given day of the year, some days after the due date, or never.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Late {
    pub(crate) submitted_from: Option<NaiveDate>,
    pub(crate) submitted_to: Option<NaiveDate>,
    pub(crate) days_late_from: Option<u32>,
    pub(crate) days_late_to: Option<u32>,
    pub(crate) tasks: ShareByAxis,
}

/// Minimum number of tasks in trouble on each of these days.
#[derive(Debug, Deserialize)]
pub(crate) struct TroubleShare {
    pub(crate) days: Vec<NaiveDate>,
    pub(crate) tasks: ShareByAxis,
}
