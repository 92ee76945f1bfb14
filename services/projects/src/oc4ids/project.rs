//! A project of the standard, from the rows of one project.

use serde::Serialize;

use super::clearance::{self, Social};
use super::contract::{ContractingProcess, processes};
use super::document::{Document, once};
use super::party::{Party, Reference, owner, parties};
use super::period::Period;
use super::phase::{self, Completion, Metric};
use super::place::{Location, locations};
use super::plan::{self, Budget};
use super::rows::ProjectRows;
use super::settings::Prefix;
use super::text::{optional, shown};
use super::time::Times;
use super::transaction::{Transaction, transactions};
use crate::model::{Project, ProjectPhase};

/// Project with the fields that the platform can fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    id: String,
    updated: String,
    language: &'static str,
    identifiers: Vec<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    status: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_authority: Option<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<Party>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_alignment: Option<PolicyAlignment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<Budget>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<Transaction>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    forecasts: Vec<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion: Option<Completion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    social: Option<Social>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contracting_processes: Vec<ContractingProcess>,
}

/// Identifier of the project in a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Identifier {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<String>,
}

/// What the project carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct PolicyAlignment {
    description: String,
}

/// Maps a project.
pub fn exported(prefix: &Prefix, times: Times, rows: &ProjectRows) -> Exported {
    let project = &rows.project;
    Exported {
        id: prefix.id(&project.code),
        updated: times.instant(project.meta.observed_at),
        language: "vi",
        identifiers: identifiers(project),
        title: shown(&project.name),
        status: phase::status(project.phase),
        kind: phase::kind(project.kind),
        purpose: optional(project.objective.as_ref()),
        period: Period::of(times, project.groundbreaking_on, project.baseline_end),
        public_authority: owner(rows),
        parties: parties(rows),
        locations: locations(&rows.areas),
        policy_alignment: programmes(&rows.programmes),
        budget: plan::budget(times, rows),
        transactions: transactions(times, rows, None),
        forecasts: phase::forecast(times, project).into_iter().collect(),
        completion: phase::completion(times, project),
        documents: once(
            of_project(times, project).chain(plan::decisions(times, rows)).chain(clearance::decisions(times, rows)),
        ),
        social: clearance::social(rows),
        contracting_processes: processes(times, rows),
    }
}

/// The code, and the id in the system that owns the project, if it is another one: the checker refuses equal ids.
fn identifiers(project: &Project) -> Vec<Identifier> {
    let code = Identifier { id: project.code.clone(), scheme: None };
    let own = Identifier { id: project.meta.external_id.clone(), scheme: shown(&project.meta.source) };
    if own.id == code.id { vec![code] } else { vec![code, own] }
}

fn programmes(programmes: &[(String, String)]) -> Option<PolicyAlignment> {
    let named: Vec<String> = programmes.iter().map(|(code, title)| format!("{code}: {}", title.trim())).collect();
    (!named.is_empty()).then(|| PolicyAlignment { description: named.join("; ") })
}

/// The documents that the project itself names.
fn of_project(times: Times, project: &Project) -> impl Iterator<Item = Document> {
    let basis = Document::titled(None, project.legal_basis.as_ref()).map(|document| document.about("Căn cứ pháp lý"));
    let special =
        Document::titled(None, project.special_mechanism.as_ref()).map(|document| document.about("Cơ chế đặc thù"));
    let cancelled = project.ended_on.filter(|_| project.phase == ProjectPhase::Cancelled).and_then(|day| {
        let document = Document::titled(Some("cancellationDetails"), project.phase_document.as_ref())?;
        Some(document.about(project.phase_reason.as_deref().unwrap_or_default()).on(times, day))
    });
    [basis, special, cancelled].into_iter().flatten()
}
