//! The mutations: for each its input, who may, from where, and the change. Each is a locked edit in one transaction
//! (`service_kit::write`).

mod clearance;
mod compensation;
mod project;

use service_kit::{Principal, Problem, Role};

pub use clearance::*;
pub use compensation::{
    ApproveCompensationPlanInput, DepositCompensationInput, PayCompensationInput, PostCompensationPlanInput,
    RefuseCompensationInput, ReverseCompensationInput,
};
pub use project::{
    AdvancePhaseInput, AssessProjectInput, CancelProjectInput, CreateProjectInput, ResumeProjectInput,
    ReviseForecastInput, SuspendProjectInput, UpdateProjectInput,
};

use crate::model::{CompensationRow, Milestone, ParcelCase, Project};

/// Source of rows that are created on the platform.
const OWN_SOURCE: &str = "ioc";
/// Maximum length of the name of a document, in characters.
const DOCUMENT_CHARS: usize = 500;

service_kit::verbs! {
    Project:
    UpdateProjectInput = "updateProject",
    AdvancePhaseInput = "advancePhase",
    CancelProjectInput = "cancelProject",
    SuspendProjectInput = "suspendProject",
    ResumeProjectInput = "resumeProject",
    ReviseForecastInput = "reviseForecast",
    AssessProjectInput = "assessProject",
}

service_kit::verbs! {
    CompensationRow:
    PostCompensationPlanInput = "postCompensationPlan",
    ApproveCompensationPlanInput = "approveCompensationPlan",
    PayCompensationInput = "payCompensation",
    DepositCompensationInput = "depositCompensation",
    RefuseCompensationInput = "refuseCompensation",
    ReverseCompensationInput = "reverseCompensation",
}

service_kit::verbs! {
    Milestone:
    CorrectMilestoneInput = "correctMilestone",
}

service_kit::verbs! {
    ParcelCase:
    BlockParcelInput = "blockParcel",
    UnblockParcelInput = "unblockParcel",
}

/// Refuses a caller who has none of the roles. An administrator has every role.
fn permit(principal: &Principal, roles: &[Role]) -> Result<(), Problem> {
    principal.subject()?;
    if roles.iter().any(|role| principal.has(*role)) {
        return Ok(());
    }
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    Err(Problem::forbidden(format!("this needs one of the roles {}", names.join(", "))))
}
