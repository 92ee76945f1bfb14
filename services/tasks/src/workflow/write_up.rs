//! Writing a task: the draft, and later changes to what it says. Status, lead and due date are not text: they move by
//! their own verbs.

use chrono::NaiveDate;
use schema::Bottleneck;
use service_kit::Problem;
use uuid::Uuid;

use super::edit::Edit;
use super::{LONG_TEXT_CHARS, Setting, TITLE_CHARS, Target, optional_text, text};
use crate::model::{Actor, Head, SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus};
use crate::store::codes::{CodeKind, NamedCodes};
use crate::store::head;

/// The source of tasks that are written here and not pushed by another system.
const OWN_SOURCE: &str = "ioc";
/// How often a lead reports unless the task says otherwise, in days.
const REPORTING_CADENCE_DAYS: i16 = 30;

/// A change to a field that may be empty: `None` leaves it, `Some(None)` empties it.
pub type Change<T> = Option<Option<T>>;

/// A task to be written.
#[derive(Debug)]
pub struct NewTask {
    /// The code under which people know it.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The id in another system; the platform's own when absent.
    pub external_id: Option<String>,
    /// Who gives it out.
    pub issuer_organization: Option<String>,
    /// The lead, if it is known already.
    pub lead_organization: Option<String>,
    /// The first due date, if it is known already.
    pub due_on: Option<NaiveDate>,
    /// Everything else.
    pub text: Rewrite,
}

/// What a task says; each field is left alone when absent.
#[derive(Debug, Default)]
pub struct Rewrite {
    pub title: Option<String>,
    pub action: Change<String>,
    pub kind: Option<TaskKind>,
    pub programmes: Option<Vec<String>>,
    pub group: Change<String>,
    pub lead_role: Change<String>,
    pub coordinating: Option<Vec<String>>,
    pub accountable_position: Change<String>,
    pub approver_position: Change<String>,
    pub legal_basis: Change<String>,
    pub deliverable: Change<String>,
    pub acceptance_criteria: Change<String>,
    pub start_on: Option<NaiveDate>,
    pub bottlenecks: Option<Vec<Bottleneck>>,
    pub areas: Option<Vec<String>>,
    pub priority: Option<TaskPriority>,
    pub reporting_cadence_days: Option<i32>,
}

impl Rewrite {
    fn name_codes(&self, named: &mut NamedCodes) {
        for (kind, codes, path) in [
            (CodeKind::Programme, &self.programmes, "input.programmes"),
            (CodeKind::Organization, &self.coordinating, "input.coordinating"),
            (CodeKind::Area, &self.areas, "input.areas"),
        ] {
            named.add_all(kind, codes.as_deref().unwrap_or_default(), path);
        }
        for (kind, code, path) in [
            (CodeKind::Group, &self.group, "input.group"),
            (
                CodeKind::Position,
                &self.accountable_position,
                "input.accountablePosition",
            ),
            (CodeKind::Position, &self.approver_position, "input.approverPosition"),
        ] {
            if let Some(Some(code)) = code {
                named.add(kind, code, path);
            }
        }
    }

    fn apply(self, head: &mut Head) -> Result<(), Problem> {
        if let Some(title) = self.title {
            head.title = text(&title, "input.title", TITLE_CHARS)?;
        }
        for (field, change, path, max_chars) in [
            (&mut head.action, self.action, "input.action", LONG_TEXT_CHARS),
            (&mut head.lead_role, self.lead_role, "input.leadRole", 200),
            (&mut head.legal_basis, self.legal_basis, "input.legalBasis", 1000),
            (&mut head.deliverable, self.deliverable, "input.deliverable", 2000),
            (
                &mut head.acceptance_criteria,
                self.acceptance_criteria,
                "input.acceptanceCriteria",
                LONG_TEXT_CHARS,
            ),
        ] {
            if let Some(value) = change {
                *field = optional_text(value.as_deref(), path, max_chars)?;
            }
        }
        // Codes were looked up before, so they need no other check.
        for (field, change) in [
            (&mut head.group_code, self.group),
            (&mut head.accountable_position_code, self.accountable_position),
            (&mut head.approver_position_code, self.approver_position),
        ] {
            if let Some(value) = change {
                *field = value;
            }
        }
        let bottlenecks = self.bottlenecks.map(|list| {
            list.into_iter()
                .map(|bottleneck| bottleneck.as_str().to_owned())
                .collect()
        });
        for (field, change) in [
            (&mut head.programme_codes, self.programmes),
            (&mut head.coordinating_organization_codes, self.coordinating),
            (&mut head.area_codes, self.areas),
            (&mut head.bottlenecks, bottlenecks),
        ] {
            if let Some(codes) = change {
                *field = distinct(codes);
            }
        }
        head.kind = self.kind.unwrap_or(head.kind);
        head.priority = self.priority.unwrap_or(head.priority);
        head.start_on = self.start_on.or(head.start_on);
        if let Some(days) = self.reporting_cadence_days {
            head.reporting_cadence_days = i16::try_from(days)
                .ok()
                .filter(|days| (1..=366).contains(days))
                .ok_or_else(|| {
                    Problem::validation(
                        "input.reportingCadenceDays",
                        format!("a cadence of {days} days; accepted: 1 to 366"),
                    )
                })?;
        }
        Ok(())
    }
}

/// The codes in the order of their first appearance: a set, as the table keeps it.
fn distinct(codes: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(codes.len());
    for code in codes {
        if !kept.contains(&code) {
            kept.push(code);
        }
    }
    kept
}

/// Writes a draft. It is in no measure until it is assigned.
pub async fn create(at: Setting<'_>, new: NewTask) -> Result<Uuid, Problem> {
    let by = at.scope.principal.subject()?;
    let mut named = NamedCodes::default();
    for (code, path) in [
        (&new.issuer_organization, "input.issuerOrganization"),
        (&new.lead_organization, "input.leadOrganization"),
    ] {
        if let Some(code) = code {
            named.add(CodeKind::Organization, code, path);
        }
    }
    new.text.name_codes(&mut named);
    let id = schema::new_id(at.scope.now);
    let external_id = optional_text(new.external_id.as_deref(), "input.externalId", 200)?;
    let code: schema::TaskCode = new
        .code
        .parse()
        .map_err(|error: schema::CodeError| Problem::validation("input.code", error.to_string()))?;
    let mut head = Head {
        id,
        source: OWN_SOURCE.to_owned(),
        external_id: external_id.unwrap_or_else(|| id.to_string()),
        code: code.into(),
        title: text(&new.title, "input.title", TITLE_CHARS)?,
        action: None,
        kind: TaskKind::Task,
        status: TaskStatus::Draft,
        programme_codes: Vec::new(),
        group_code: None,
        issuer_organization_code: new.issuer_organization,
        lead_organization_code: new.lead_organization,
        lead_role: None,
        coordinating_organization_codes: Vec::new(),
        accountable_position_code: None,
        approver_position_code: None,
        legal_basis: None,
        deliverable: None,
        acceptance_criteria: None,
        start_on: None,
        baseline_due: new.due_on,
        current_due: new.due_on,
        progress: 0,
        self_declared_risk: SelfDeclaredRisk::Low,
        bottlenecks: Vec::new(),
        area_codes: Vec::new(),
        priority: TaskPriority::Normal,
        reporting_cadence_days: REPORTING_CADENCE_DAYS,
        last_update_on: None,
        submitted_on: None,
        submitted_by: None,
        closed_on: None,
        superseded_by_id: None,
        extension_count: 0,
        returned_count: 0,
        version: 1,
    };
    Actor::Issuer.permit(&at.scope.principal, &head)?;
    named.check(at.pool).await?;
    new.text.apply(&mut head)?;
    let mut transaction = at.pool.begin().await?;
    head::insert(&mut transaction, &head, by, at.scope.now).await?;
    head::log_creation(&mut transaction, id, by, at.scope.now).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Changes what a task says, until it is closed.
pub async fn rewrite(at: Setting<'_>, target: Target, change: Rewrite) -> Result<(), Problem> {
    let mut named = NamedCodes::default();
    change.name_codes(&mut named);
    named.check(at.pool).await?;
    let mut edit = Edit::open(at, target).await?;
    edit.permit(Actor::Issuer, at)?;
    if edit.head.status.is_closed() {
        return Err(Problem::conflict(format!(
            "the task is {}; what it says changes no more",
            edit.head.status
        )));
    }
    change.apply(&mut edit.head)?;
    edit.commit().await
}
