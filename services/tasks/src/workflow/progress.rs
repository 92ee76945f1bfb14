//! What the lead reports between two moves: progress, milestones, evidence, blockers.

use chrono::NaiveDate;
use service_kit::Problem;
use uuid::Uuid;

use super::edit::Edit;
use super::{LONG_TEXT_CHARS, Setting, TITLE_CHARS, Target, optional_text, text};
use crate::model::{Actor, BlockerKind, BlockerLevel, SelfDeclaredRisk};
use crate::store::children;

/// The longest address of a piece of evidence.
const URI_CHARS: usize = 2000;

/// A report.
#[derive(Debug)]
pub struct Report {
    /// Percent, 0 to 100.
    pub progress: i32,
    /// The risk that the lead sees; unchanged when absent.
    pub risk: Option<SelfDeclaredRisk>,
    /// What there is to say.
    pub note: Option<String>,
}

/// A piece of evidence to be added.
#[derive(Debug)]
pub struct NewEvidence {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub uri: String,
}

impl NewEvidence {
    /// The same, checked.
    pub(super) fn checked(&self, path: &str) -> Result<Self, Problem> {
        Ok(Self {
            title: text(&self.title, &format!("{path}.title"), TITLE_CHARS)?,
            uri: text(&self.uri, &format!("{path}.uri"), URI_CHARS)?,
        })
    }
}

/// A blocker to be opened.
#[derive(Debug)]
pub struct NewBlocker {
    /// What kind of obstacle it is.
    pub kind: BlockerKind,
    /// The level that can lift it.
    pub needs_level: BlockerLevel,
    /// What it is.
    pub description: String,
}

/// Opens an edit by the lead on an open task.
async fn by_lead(at: Setting<'_>, target: Target, doing: &str) -> Result<Edit, Problem> {
    let edit = Edit::open(at, target).await?;
    edit.permit(Actor::Lead, at)?;
    edit.require_open(doing)?;
    Ok(edit)
}

/// Reports progress. Progress 100 is not completion: the approver completes.
pub async fn report_progress(at: Setting<'_>, target: Target, report: Report) -> Result<(), Problem> {
    let progress = i16::try_from(report.progress)
        .ok()
        .filter(|progress| (0..=100).contains(progress))
        .ok_or_else(|| {
            let message = format!("progress is {}; accepted: 0 to 100", report.progress);
            Problem::validation("input.progress", message)
        })?;
    let note = optional_text(report.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
    let mut edit = by_lead(at, target, "reportProgress").await?;
    let (db, stamp) = edit.parts();
    children::add_update(db, stamp, progress, report.risk, note.as_deref()).await?;
    let head = &mut edit.head;
    head.progress = progress;
    head.self_declared_risk = report.risk.unwrap_or(head.self_declared_risk);
    head.last_update_on = Some(edit.today);
    edit.commit().await
}

/// Adds an intermediate goal.
pub async fn add_milestone(at: Setting<'_>, target: Target, title: &str, due_on: NaiveDate) -> Result<(), Problem> {
    let title = text(title, "input.title", TITLE_CHARS)?;
    let mut edit = by_lead(at, target, "addMilestone").await?;
    let (db, stamp) = edit.parts();
    children::add_milestone(db, stamp, &title, due_on).await?;
    edit.commit().await
}

/// Reaches an intermediate goal, today unless said otherwise.
pub async fn complete_milestone(
    at: Setting<'_>,
    target: Target,
    milestone: Uuid,
    on: Option<NaiveDate>,
) -> Result<(), Problem> {
    let on = on.unwrap_or_else(|| at.scope.today());
    if on > at.scope.today() {
        return Err(Problem::validation(
            "input.completedOn",
            "what is not reached yet cannot be completed",
        ));
    }
    let mut edit = by_lead(at, target, "completeMilestone").await?;
    if !children::complete_milestone(&mut edit.transaction, target.id, milestone, on).await? {
        return Err(Problem::validation(
            "input.milestone",
            "the task has no such milestone that is still to be reached",
        ));
    }
    edit.commit().await
}

/// Adds a piece of evidence.
pub async fn add_evidence(at: Setting<'_>, target: Target, evidence: NewEvidence) -> Result<(), Problem> {
    let evidence = evidence.checked("input")?;
    let mut edit = by_lead(at, target, "addEvidence").await?;
    let (db, stamp) = edit.parts();
    children::add_evidence(db, stamp, &evidence.title, &evidence.uri).await?;
    edit.commit().await
}

/// Notes an obstacle; the work goes on. `block` is for one that stops it.
pub async fn open_blocker(at: Setting<'_>, target: Target, blocker: NewBlocker) -> Result<(), Problem> {
    let description = text(&blocker.description, "input.description", LONG_TEXT_CHARS)?;
    let mut edit = by_lead(at, target, "openBlocker").await?;
    let (db, stamp) = edit.parts();
    children::open_blocker(db, stamp, blocker.kind, blocker.needs_level, &description).await?;
    edit.commit().await
}

/// Notes that an obstacle is gone.
pub async fn resolve_blocker(at: Setting<'_>, target: Target, blocker: Uuid, resolution: &str) -> Result<(), Problem> {
    let resolution = text(resolution, "input.resolution", LONG_TEXT_CHARS)?;
    let mut edit = by_lead(at, target, "resolveBlocker").await?;
    let (db, stamp) = edit.parts();
    if children::resolve_blockers(db, stamp, Some(blocker), Some(&resolution)).await? == 0 {
        return Err(Problem::validation(
            "input.blocker",
            "the task has no such blocker that is still open",
        ));
    }
    edit.commit().await
}
