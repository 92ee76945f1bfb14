//! Sample data beyond the published facts: heads of organizations, approvers, changes of office holders.

use chrono::NaiveDate;
use directory::import::Axis;
use serde::Deserialize;

use super::facts::ProgrammeFact;

#[derive(Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) full_name: String,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    pub(crate) since: NaiveDate,
    /// The programme under which the city's congress has put a published number of tasks, and the one that it replaced later.
    pub(crate) congress_programme: String,
    pub(crate) congress_action_programme: String,
    /// The programme of all other tasks.
    pub(crate) year_programme: String,
    /// The organization above the wards and communes.
    pub(crate) committee: String,
    /// Synthetic programmes beside the published ones.
    #[serde(rename = "programme")]
    pub(crate) programmes: Vec<ProgrammeFact>,
    #[serde(rename = "head")]
    pub(crate) heads: Vec<Head>,
    #[serde(rename = "approver")]
    pub(crate) approvers: Vec<Approver>,
    #[serde(rename = "handover")]
    pub(crate) handovers: Vec<Handover>,
}

/// The title of the head of an organization.
#[derive(Debug, Deserialize)]
pub(crate) struct Head {
    pub(crate) organization: String,
    pub(crate) title: String,
}

/// Position that assigns and accepts the tasks of an axis.
#[derive(Debug, Deserialize)]
pub(crate) struct Approver {
    pub(crate) axis: Axis,
    pub(crate) code: String,
    pub(crate) organization: String,
    pub(crate) title: String,
}

/// The end of the first holder's term, and the beginning of the second's, if any.
#[derive(Debug, Deserialize)]
pub(crate) struct Handover {
    pub(crate) organization: String,
    pub(crate) until: NaiveDate,
    pub(crate) next: Option<NaiveDate>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Groups {
    #[serde(rename = "group")]
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Group {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) programme: String,
}
