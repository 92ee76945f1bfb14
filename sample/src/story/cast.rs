//! Actors of a story, named by position and never by person.

use crate::SampleError;
use crate::city::City;
use crate::plan::Plan;
use crate::reference::head_position;

/// Actors of one task.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) city: &'static str,
    /// Organization that issues the task.
    pub(crate) issuer_organization: String,
    /// The position that accepts the work.
    pub(crate) approver_position: String,
    pub(crate) issuer: String,
    pub(crate) lead: String,
    pub(crate) approver: String,
}

impl Cast {
    pub(crate) fn of(city: &City, plan: &Plan) -> Result<Self, SampleError> {
        let axis = plan.outline.axis;
        let approver = city
            .profile
            .approvers
            .iter()
            .find(|approver| approver.axis == axis)
            .ok_or_else(|| SampleError::Contradiction(format!("nobody accepts the work of axis {axis}")))?;
        Ok(Self {
            city: city.name,
            issuer_organization: approver.organization.clone(),
            approver_position: approver.code.clone(),
            issuer: subject(&head_position(&approver.organization)),
            lead: subject(&head_position(&plan.outline.lead)),
            approver: subject(&approver.code),
        })
    }
}

/// Subject under which a position of the sample writes.
pub(crate) fn subject(position: &str) -> String {
    format!("{}:{position}", crate::SYNTHETIC_SOURCE)
}
