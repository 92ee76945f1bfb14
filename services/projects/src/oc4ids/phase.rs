//! Kind and phase as `type` and `status`, and what follows of the phase: forecast and completion.

use serde::Serialize;

use super::period::Period;
use super::text::optional;
use super::time::Times;
use crate::model::{Project, ProjectKind, ProjectPhase};

/// Status of a project. A completed project is in use, which the standard calls maintenance.
pub const fn status(phase: ProjectPhase) -> &'static str {
    match phase {
        ProjectPhase::Identification => "identification",
        ProjectPhase::Preparation => "preparation",
        ProjectPhase::Implementation => "implementation",
        ProjectPhase::Completion => "completion",
        ProjectPhase::Completed => "maintenance",
        ProjectPhase::Cancelled => "cancelled",
    }
}

/// Type of a project. Schemes and tasks build nothing.
pub const fn kind(kind: ProjectKind) -> Option<&'static str> {
    match kind {
        ProjectKind::Project | ProjectKind::Work => Some("construction"),
        ProjectKind::Scheme | ProjectKind::Task => None,
    }
}

/// Completion of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    end_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date_details: Option<String>,
}

/// The completion, once there was one. The reason of the last forecast says why its day differs from the first one.
pub fn completion(times: Times, project: &Project) -> Option<Completion> {
    let day = project.ended_on.filter(|_| project.phase == ProjectPhase::Completed)?;
    let moved = project.baseline_end.is_some_and(|planned| planned != day);
    let reason = project.forecast_reason.as_ref().filter(|_| moved);
    Some(Completion { end_date: times.until(day), end_date_details: optional(reason) })
}

/// Forecast metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metric {
    id: &'static str,
    title: &'static str,
    observations: [Observation; 1],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Observation {
    id: &'static str,
    period: Period,
    measure: u8,
    unit: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Unit {
    name: &'static str,
    scheme: &'static str,
    id: &'static str,
}

/// Percent in UN/CEFACT Recommendation 20.
const PERCENT: Unit = Unit { name: "%", scheme: "UNCEFACT", id: "P1" };

/// The forecast end of a project that goes on: the day up to which all of its work is expected.
pub fn forecast(times: Times, project: &Project) -> Option<Metric> {
    let ended = matches!(project.phase, ProjectPhase::Completed | ProjectPhase::Cancelled);
    let period = Period::of(times, None, project.forecast_end.filter(|_| !ended))?;
    let notes = optional(project.forecast_reason.as_ref());
    let observation = Observation { id: "forecastEnd", period, measure: 100, unit: PERCENT, notes };
    Some(Metric { id: "physicalProgress", title: "Dự báo hoàn thành", observations: [observation] })
}
