//! Facts that the city has published.

use chrono::NaiveDate;
use directory::import::{Axis, Level, ProgrammeKind};
use serde::Deserialize;

/// The facts file. It also has facts about targets, works and participation for later services.
#[derive(Debug, Deserialize)]
pub(crate) struct Facts {
    pub(crate) counts: Counts,
    #[serde(rename = "programme")]
    pub(crate) programmes: Vec<ProgrammeFact>,
    #[serde(rename = "bottleneck")]
    pub(crate) bottlenecks: Vec<BottleneckFact>,
    #[serde(rename = "organization")]
    pub(crate) organizations: Vec<OrganizationFact>,
}

/// Published counts; the tasks add up to them.
#[derive(Debug, Deserialize)]
pub(crate) struct Counts {
    pub(crate) tasks: usize,
    pub(crate) tasks_city_congress_resolution: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ProgrammeFact {
    pub(crate) code: String,
    pub(crate) kind: ProgrammeKind,
    pub(crate) title: String,
    pub(crate) parent: Option<String>,
    pub(crate) supersedes: Option<String>,
    pub(crate) issued_on: Option<NaiveDate>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BottleneckFact {
    pub(crate) code: String,
    pub(crate) title: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OrganizationFact {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) axis: Axis,
    pub(crate) level: Level,
    pub(crate) parent: Option<String>,
}
