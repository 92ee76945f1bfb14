//! Projects and land clearance: published money and figures, names of items, sites.

use chrono::NaiveDate;
use serde::Deserialize;

/// All of `projects.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct ProjectFacts {
    #[serde(rename = "year")]
    pub(crate) years: Vec<CapitalYear>,
    pub(crate) carried_over: Vec<CarriedOver>,
    #[serde(rename = "contradiction")]
    pub(crate) contradictions: Vec<Contradiction>,
    #[serde(rename = "cohort")]
    pub(crate) cohorts: Vec<Cohort>,
    #[serde(rename = "project")]
    pub(crate) named: Vec<NamedProject>,
    #[serde(rename = "theme")]
    pub(crate) themes: Vec<ProjectTheme>,
    #[serde(rename = "site")]
    pub(crate) sites: Vec<SiteFact>,
    pub(crate) volume: ProjectVolume,
}

/// Capital of a year in billions of VND.
#[derive(Debug, Deserialize)]
pub(crate) struct CapitalYear {
    pub(crate) year: i32,
    pub(crate) pm: i64,
    pub(crate) city: i64,
    /// Paid up to `paid_by`, and up to the end of January of the next year.
    pub(crate) paid: i64,
    pub(crate) paid_by: NaiveDate,
    pub(crate) paid_at_end: i64,
    pub(crate) pm_decided_on: NaiveDate,
    pub(crate) city_decided_on: NaiveDate,
    pub(crate) adjusted_on: NaiveDate,
}

/// Capital of a year that was carried over.
#[derive(Debug, Deserialize)]
pub(crate) struct CarriedOver {
    pub(crate) year: i32,
    pub(crate) decided_on: NaiveDate,
    pub(crate) until: NaiveDate,
    /// Percent of the investment.
    pub(crate) share: i64,
}

/// A project whose land is nearly cleared while the plans of many households are not approved.
#[derive(Debug, Deserialize)]
pub(crate) struct Contradiction {
    pub(crate) project: String,
    pub(crate) on: NaiveDate,
    pub(crate) households: usize,
    pub(crate) plans_approved: usize,
    /// In a hundredth of a percent.
    pub(crate) area_cleared: i64,
    pub(crate) graves: u32,
    pub(crate) graves_moved: u32,
}

/// Projects whose ground was broken on the same day.
#[derive(Debug, Deserialize)]
pub(crate) struct Cohort {
    pub(crate) on: NaiveDate,
    pub(crate) projects: usize,
}

/// A project with a name of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedProject {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) owner: String,
    pub(crate) areas: Vec<String>,
    pub(crate) programmes: Vec<String>,
    pub(crate) bottlenecks: Vec<String>,
    pub(crate) groundbreaking_on: NaiveDate,
    pub(crate) baseline_end: NaiveDate,
    /// Billions of VND.
    pub(crate) investment: i64,
    pub(crate) weight: i64,
    pub(crate) mechanism: Option<String>,
    pub(crate) objective: String,
}

/// Items of one kind in several areas.
#[derive(Debug, Deserialize)]
pub(crate) struct ProjectTheme {
    pub(crate) kind: String,
    /// The committee of the area when absent.
    pub(crate) owner: Option<String>,
    pub(crate) items: usize,
    /// Text with the placeholder `{area}`.
    pub(crate) name: String,
    pub(crate) objective: String,
    /// Absent when nobody has said under which programme the items are.
    pub(crate) programme: Option<String>,
    pub(crate) bottleneck: Option<String>,
    /// Range in billions of VND.
    pub(crate) investment: [u32; 2],
}

/// Land to be cleared.
#[derive(Debug, Deserialize)]
pub(crate) struct SiteFact {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) area: String,
    pub(crate) opened_on: NaiveDate,
    /// Number of parties with their parcels.
    pub(crate) files: usize,
    /// Days within which the notices are issued.
    pub(crate) spread: u32,
    #[serde(default)]
    pub(crate) urgent: bool,
    /// Day by which the land is to be handed over, if not the usual number of days after the opening.
    pub(crate) handover_by: Option<NaiveDate>,
}

/// What is added by the volume of a city.
#[derive(Debug, Deserialize)]
pub(crate) struct ProjectVolume {
    pub(crate) projects: usize,
    pub(crate) sites: usize,
    /// Number of files of a site.
    pub(crate) files: usize,
    /// Number of contracts of a project.
    pub(crate) contracts: u32,
    /// Number of payments of a project.
    pub(crate) payments: u32,
}
