//! The mutations: for each its input, who may, from where, and the change. Each is one transaction (`service_kit::write`).

mod observation;
mod target;

use service_kit::{Principal, Problem, Role};

pub use observation::{
    CorrectObservationInput, PublishObservationInput, RecordObservationInput, ReturnObservationInput,
    SubmitObservationInput, UpdateObservationInput, VerifyObservationInput, WithdrawObservationInput,
};
pub use target::{ChangeKpiTargetInput, CorrectKpiTargetInput, SetKpiTargetInput, WithdrawKpiTargetInput};

use crate::model::{Observation, StoredTarget};
use crate::push::{OBSERVATIONS, TARGETS};

/// Source of rows that are created on the platform.
const OWN_SOURCE: &str = "ioc";
/// Maximum length of the name of a document, in characters.
const DOCUMENT_CHARS: usize = 500;
/// Why a period is not recorded once more.
const RECORDED: &str =
    "there is an observation of this indicator, scope and period; accepted: a change or a correction of it";

service_kit::verbs! {
    Observation:
    UpdateObservationInput = "updateObservation",
    SubmitObservationInput = "submitObservation",
    VerifyObservationInput = "verifyObservation",
    ReturnObservationInput = "returnObservation",
    PublishObservationInput = "publishObservation",
    WithdrawObservationInput = "withdrawObservation",
}

service_kit::verbs! {
    StoredTarget:
    CorrectKpiTargetInput = "correctKpiTarget",
    WithdrawKpiTargetInput = "withdrawKpiTarget",
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

/// What the violation of a constraint means for the caller: the same as for a pushed row, and what only a verb can meet.
fn refused(error: sqlx::Error) -> Problem {
    let Some(constraint) = crate::store::workflow::constraint(&error) else { return error.into() };
    let (field, message) = match constraint {
        "observation_revision" => ("input.period".to_owned(), RECORDED),
        "observation_source_external_id_key" | "target_source_external_id_key" => {
            ("input.externalId".to_owned(), "the platform already has a row with this external id")
        }
        _ => match OBSERVATIONS.refusals.iter().chain(TARGETS.refusals).find(|rule| rule.constraint == constraint) {
            Some(rule) => (format!("input.{}", rule.field), rule.message.0),
            None => return error.into(),
        },
    };
    Problem::validation(field, message)
}
