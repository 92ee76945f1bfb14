//! Actors of a story, named by position and never by person.

use crate::SampleError;
use crate::city::City;
use crate::plan::{Outline, Plan};
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
        let Outline { axis, lead, issuer, .. } = &plan.outline;
        let (issuer, approver_position) = if let Some(issuer) = issuer {
            (issuer, head_position(issuer))
        } else {
            let mut approvers = city.profile.approvers.iter();
            let approver = approvers
                .find(|approver| approver.axis == *axis)
                .ok_or_else(|| SampleError::Contradiction(format!("nobody accepts the work of axis {axis}")))?;
            (&approver.organization, approver.code.clone())
        };
        Ok(Self {
            city: city.name,
            issuer_organization: issuer.clone(),
            issuer: subject(&head_position(issuer)),
            lead: subject(&head_position(lead)),
            approver: subject(&approver_position),
            approver_position,
        })
    }
}

/// Subject under which a position of the sample writes.
pub(crate) fn subject(position: &str) -> String {
    format!("{}:{position}", crate::SYNTHETIC_SOURCE)
}
