//! The mutations: for each its input, who may, from where, and the change. Each is one transaction (`service_kit::write`).

mod observation;
mod target;

use service_kit::{Principal, Problem, Role};

pub use observation::{
    CorrectObservationInput, PublishObservationInput, RecordObservationInput, ReturnObservationInput,
    SubmitObservationInput, UpdateObservationInput, VerifyObservationInput, WithdrawObservationInput,
};
pub use target::{ChangeKpiTargetInput, SetKpiTargetInput};

use crate::model::Observation;

/// Source of rows that are created on the platform.
const OWN_SOURCE: &str = "ioc";
/// Maximum length of the name of a document, in characters.
const DOCUMENT_CHARS: usize = 500;
/// Why a period is not recorded once more.
const RECORDED: &str =
    "there is an observation of this indicator, scope and period; accepted: a change or a correction of it";
/// Why a value of a `BINARY` indicator is refused.
const DONE_OR_NOT: &str = "the indicator is BINARY; accepted: 1 (done) or 0 (not done)";

service_kit::verbs! {
    Observation:
    UpdateObservationInput = "updateObservation",
    SubmitObservationInput = "submitObservation",
    VerifyObservationInput = "verifyObservation",
    ReturnObservationInput = "returnObservation",
    PublishObservationInput = "publishObservation",
    WithdrawObservationInput = "withdrawObservation",
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

/// What the violation of a constraint means for the caller.
fn refused(error: sqlx::Error) -> Problem {
    let (field, message) = match crate::store::workflow::constraint(&error) {
        Some("observation_period_of_frequency") => (
            "input.period",
            "the period is not of the indicator's frequency; accepted: a month, a quarter or a year as the indicator is observed",
        ),
        Some("observation_denominator_positive") => {
            ("input.denominator", "the denominator is positive; accepted: more than 0")
        }
        Some("observation_parts_together") => ("input.denominator", "a numerator needs its denominator"),
        Some("observation_has_value") => (
            "input.value",
            "there is no value; accepted: a value, numerator and denominator, or the flag MISSING or SUPPRESSED",
        ),
        Some("observation_value_of_amount") => (
            "input.value",
            "there is no value; accepted: a value, since only a rate or a growth follows from numerator and denominator",
        ),
        Some("observation_value_of_parts") => (
            "input.value",
            "the value contradicts numerator and denominator; accepted: the value that they give, or none (null)",
        ),
        Some("observation_period_begun") => (
            "input.period",
            "the period has not begun; accepted: a period that begins today or earlier, of one that is not over an estimate",
        ),
        Some("observation_scope_of_indicator" | "target_scope_of_indicator") => (
            "input.area",
            "the indicator does not have this scope; accepted: one of its scopes (CITY: the area with the city's code, AREA: a ward or \
             commune, ORGANIZATION: an organization)",
        ),
        Some("observation_missing_has_none") => {
            ("input.flags", "a missing observation has no value; leave the value or the flag MISSING out")
        }
        Some("observation_revision") => ("input.period", RECORDED),
        Some("observation_source_external_id_key" | "target_source_external_id_key") => {
            ("input.externalId", "the platform already has a row with this external id")
        }
        Some("target_period_fits") => ("input.period", "the period is shorter than the indicator is observed"),
        Some("target_value_or_range") => ("input.value", "a target has either a value or a range (low, high)"),
        Some("target_low_not_above_high") => ("input.low", "the lower bound is above the upper one"),
        Some("target_range_has_bounds") => (
            "input.value",
            "the indicator is a RANGE; accepted: a lower bound (low), an upper one (high) or both, and no value",
        ),
        Some("target_bounds_of_range") => {
            ("input.low", "the indicator is no RANGE; accepted: a value, and no bounds (low, high)")
        }
        Some("target_trajectory_dated") => ("input.trajectory", "the points are not in the order of their days"),
        Some("target_trajectory_within") => {
            ("input.trajectory", "a point is outside of the period; accepted: days of the period of the target")
        }
        Some("target_baseline_before") => (
            "input.baselinePeriod",
            "the period of the baseline is not over when the period of the target begins; accepted: a period that ends before it",
        ),
        Some("observation_value_of_binary" | "target_value_of_binary") => ("input.value", DONE_OR_NOT),
        Some("target_baseline_of_binary") => ("input.baseline", DONE_OR_NOT),
        Some("target_trajectory_of_binary") => ("input.trajectory", DONE_OR_NOT),
        Some("target_version") => {
            ("input.decidedOn", "the target has another version of this day; accepted: another day")
        }
        _ => return error.into(),
    };
    Problem::validation(field, message)
}
