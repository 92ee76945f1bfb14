//! Reports of the lead between two transitions: progress, milestones, evidence, blockers.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, TITLE_CHARS, Target, optional_text, parse_id, text};
use service_kit::scalar::Date;
use service_kit::write::{Change, Targeted};

use super::{Edit, TaskEdit, stamp};
use crate::model::{Actor, Blocker, BlockerKind, BlockerLevel, Evidence, Milestone, ProgressUpdate, SelfDeclaredRisk};
use crate::store::children;

/// Maximum length of the address of evidence, in characters.
const URI_CHARS: usize = 2000;

/// Evidence that the work is done.
#[derive(InputObject)]
pub struct EvidenceInput {
    /// Title of the document.
    title: String,
    /// Address of the document: an absolute URL with the scheme http or https.
    uri: String,
}

impl EvidenceInput {
    /// Checks the evidence.
    pub(super) fn checked(&self, path: &str, edit: &Edit<'_>) -> Result<Evidence, Problem> {
        let uri_path = format!("{path}.uri");
        let uri = text(&self.uri, &uri_path, URI_CHARS)?;
        let host = uri
            .split_once("://")
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"));
        let named =
            host.is_some_and(|(_, rest)| rest.starts_with(|first: char| first.is_alphanumeric() || first == '['));
        if !named || uri.contains(char::is_whitespace) {
            let message =
                "this is no address of a document; accepted: an absolute URL that begins with https:// or http://";
            return Err(Problem::validation(uri_path, message));
        }
        Ok(Evidence {
            id: schema::new_id(edit.now),
            task_id: edit.row.meta.id,
            title: text(&self.title, &format!("{path}.title"), TITLE_CHARS)?,
            uri,
            added_by: edit.by.to_owned(),
            added_at: edit.now,
        })
    }
}

/// Blocker of a task.
#[derive(InputObject)]
pub struct BlockerInput {
    /// Kind of the blocker.
    kind: BlockerKind,
    /// Level that can resolve the blocker.
    needs_level: BlockerLevel,
    /// Description of the blocker.
    description: String,
}

impl BlockerInput {
    /// Checks the blocker.
    pub(super) fn checked(&self, path: &str, edit: &Edit<'_>) -> Result<Blocker, Problem> {
        Ok(Blocker {
            id: schema::new_id(edit.now),
            task_id: edit.row.meta.id,
            kind: self.kind,
            needs_level: self.needs_level,
            description: text(&self.description, &format!("{path}.description"), LONG_TEXT_CHARS)?,
            opened_by: edit.by.to_owned(),
            opened_at: edit.now,
            resolved_by: None,
            resolved_at: None,
            resolution: None,
            request_document: None,
            requested_on: None,
            decision: None,
            decision_document: None,
            decided_on: None,
        })
    }
}

/// Refuses a caller who is not the lead, and a task that is not open.
pub(super) fn by_lead(edit: &Edit<'_>, doing: &str) -> Result<(), Problem> {
    edit.permit(Actor::Lead)?;
    edit.require_open(doing)
}

/// Progress report of the lead.
#[derive(InputObject)]
pub struct ReportProgressInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Progress in percent, 0 to 100.
    progress: i32,
    /// Risk that the lead declares; unchanged when absent.
    self_declared_risk: Option<SelfDeclaredRisk>,
    /// Text of the report.
    note: Option<String>,
}

impl Change for ReportProgressInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let progress = i16::try_from(self.progress).ok().filter(|progress| (0..=100).contains(progress));
        let progress = progress.ok_or_else(|| {
            Problem::validation("input.progress", format!("progress is {}; accepted: 0 to 100", self.progress))
        })?;
        let note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        by_lead(edit, <Self as Targeted>::VERB)?;
        let id = schema::new_id(edit.now);
        let update = ProgressUpdate {
            id,
            task_id: edit.row.meta.id,
            source: super::write_up::OWN_SOURCE.to_owned(),
            external_id: None,
            progress,
            self_declared_risk: self.self_declared_risk,
            note,
            reported_by: edit.by.to_owned(),
            observed_at: edit.now,
        };
        edit.add(update).await?;
        edit.row.progress = progress;
        edit.row.self_declared_risk = self.self_declared_risk.unwrap_or(edit.row.self_declared_risk);
        edit.row.last_update_on = Some(edit.today);
        Ok(())
    }
}

/// New milestone of a task.
#[derive(InputObject)]
pub struct AddMilestoneInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Title of the milestone.
    title: String,
    /// Due date of the milestone, inclusive.
    due_on: Date,
}

impl Change for AddMilestoneInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let due_on = self.due_on.of_work("input.dueOn")?;
        let title = text(&self.title, "input.title", TITLE_CHARS)?;
        by_lead(edit, <Self as Targeted>::VERB)?;
        let milestone = Milestone {
            id: schema::new_id(edit.now),
            task_id: edit.row.meta.id,
            title,
            due_on,
            completed_on: None,
            created_by: edit.by.to_owned(),
        };
        edit.add(milestone).await
    }
}

/// Completion of a milestone.
#[derive(InputObject)]
pub struct CompleteMilestoneInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of the milestone.
    milestone: ID,
    /// Day on which the milestone was completed (default: today).
    completed_on: Option<Date>,
}

impl Change for CompleteMilestoneInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let milestone = parse_id(&self.milestone, "input.milestone")?;
        let on = self.completed_on.as_ref().map(|date| date.of_work("input.completedOn")).transpose()?;
        let on = on.unwrap_or(edit.today);
        if on > edit.today {
            let message = "what is not reached yet cannot be completed";
            return Err(Problem::validation("input.completedOn", message));
        }
        by_lead(edit, <Self as Targeted>::VERB)?;
        if !children::complete_milestone(edit.db, edit.row.meta.id, milestone, on).await? {
            let message = "the task has no such milestone that is still to be reached";
            return Err(Problem::validation("input.milestone", message));
        }
        Ok(())
    }
}

/// New evidence of a task.
#[derive(InputObject)]
pub struct AddEvidenceInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    #[graphql(flatten)]
    evidence: EvidenceInput,
}

impl Change for AddEvidenceInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let evidence = self.evidence.checked("input", edit)?;
        by_lead(edit, <Self as Targeted>::VERB)?;
        edit.add(evidence).await
    }
}

/// Blocker that does not stop the work.
#[derive(InputObject)]
pub struct OpenBlockerInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    #[graphql(flatten)]
    blocker: BlockerInput,
}

impl Change for OpenBlockerInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let blocker = self.blocker.checked("input", edit)?;
        by_lead(edit, <Self as Targeted>::VERB)?;
        edit.add(blocker).await
    }
}

/// Resolution of a blocker.
#[derive(InputObject)]
pub struct ResolveBlockerInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of the blocker.
    blocker: ID,
    /// Description of how the blocker was resolved.
    resolution: String,
}

impl Change for ResolveBlockerInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let blocker = parse_id(&self.blocker, "input.blocker")?;
        let resolution = text(&self.resolution, "input.resolution", LONG_TEXT_CHARS)?;
        by_lead(edit, <Self as Targeted>::VERB)?;
        let stamp = stamp(edit);
        if children::resolve_blockers(edit.db, stamp, Some(blocker), &resolution).await? == 0 {
            let message = "the task has no such blocker that is still open";
            return Err(Problem::validation("input.blocker", message));
        }
        Ok(())
    }
}
