//! The mutations that are transitions of the state machine.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, parse_id, text};
use service_kit::scalar::Date;
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::record;
use service_kit::write::Change;

use super::progress::{BlockerInput, EvidenceInput};
use super::{Edit, Move, TaskEdit, stamp};
use crate::model::{ExtensionStatus, Task, TaskStatus, Verb};
use crate::store::children;

/// Maximum length of the name of a document, in characters.
pub(super) const DOCUMENT_CHARS: usize = 500;
/// Maximum length of the lead's role, in characters.
const ROLE_CHARS: usize = 200;

/// Lead of a task.
#[derive(InputObject)]
pub struct LeadInput {
    /// Code of the lead organization; optional when the task has one.
    lead_organization: Option<ID>,
    /// Role of the lead organization.
    lead_role: Option<String>,
    /// Code of the accountable position.
    accountable_position: Option<ID>,
}

impl LeadInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let mut named = NamedCodes::default();
        named.add(CodeKind::ORGANIZATION, self.lead_organization.as_ref(), "input.leadOrganization");
        named.add(CodeKind::POSITION, self.accountable_position.as_ref(), "input.accountablePosition");
        named.check(&mut *edit.db).await?;
        let role = optional_text(self.lead_role.as_deref(), "input.leadRole", ROLE_CHARS)?;
        let task = &mut edit.row;
        let given = |code: &Option<ID>| code.as_ref().map(|code| code.0.clone());
        task.lead_organization_code = given(&self.lead_organization).or(task.lead_organization_code.take());
        task.lead_role = role.or(task.lead_role.take());
        task.accountable_position_code = given(&self.accountable_position).or(task.accountable_position_code.take());
        if task.lead_organization_code.is_none() {
            let message = "an assigned task has exactly one lead; name it";
            return Err(Problem::validation("input.leadOrganization", message));
        }
        Ok(())
    }
}

/// Assignment of a draft.
#[derive(InputObject)]
pub struct AssignTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    #[graphql(flatten)]
    lead: LeadInput,
    /// First day of the work; by default the one of the task, otherwise today.
    start_on: Option<Date>,
    /// First due date, inclusive. A set due date changes only by an approved extension.
    due_on: Option<Date>,
}

impl Change for AssignTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let date = |date: &Option<Date>, path: &str| date.as_ref().map(|date| date.of_work(path)).transpose();
        let (start_on, due_on) = (date(&self.start_on, "input.startOn")?, date(&self.due_on, "input.dueOn")?);
        let made = edit.advance(Verb::Assign)?;
        self.lead.apply(edit).await?;
        let task = &mut edit.row;
        task.start_on = start_on.or(task.start_on).or(Some(edit.today));
        if due_on.is_some() {
            (task.current_due, task.baseline_due) = (due_on, due_on);
        }
        if let (Some(start), Some(due)) = (task.start_on, task.current_due)
            && due < start
        {
            let message = format!("the task would be due on {due}, before it starts on {start}");
            return Err(Problem::validation("input.dueOn", message));
        }
        made.log(edit, None, None).await
    }
}

/// Assignment of a task to another lead. The new lead starts the work again.
#[derive(InputObject)]
pub struct ReassignTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    #[graphql(flatten)]
    lead: LeadInput,
    /// Reason for the reassignment; required unless the lead returned the task.
    reason: Option<String>,
}

impl Change for ReassignTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let reason = optional_text(self.reason.as_deref(), "input.reason", LONG_TEXT_CHARS)?;
        let returned = edit.row.status == TaskStatus::Returned;
        let made = edit.advance(Verb::Reassign)?;
        self.lead.apply(edit).await?;
        if !returned && made.from_lead == edit.row.lead_organization_code {
            let message = "the task has this lead already; name another organization";
            return Err(Problem::validation("input.leadOrganization", message));
        }
        if !returned && reason.is_none() {
            let message = "a task that its lead did not return is transferred for a reason; name it";
            return Err(Problem::validation("input.reason", message));
        }
        made.log(edit, reason, None).await
    }
}

/// Declares verbs whose only own field is a reason.
macro_rules! with_reason {
    ($($(#[$attribute:meta])* $input:ident: $verb:ident, $change:expr;)+) => {$(
        $(#[$attribute])*
        #[derive(InputObject)]
        pub struct $input {
            #[graphql(flatten)]
            pub(super) target: Target,
            /// Reason for the transition.
            reason: String,
        }

        impl Change for $input {
            async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
                let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
                let made = edit.advance(Verb::$verb)?;
                let change: fn(&mut Task) = $change;
                change(&mut edit.row);
                made.log(edit, Some(reason), None).await
            }
        }
    )+};
}

with_reason! {
    /// Return of a task by the lead.
    ReturnTaskInput: Return, |_| {};
    /// Rejection of submitted work.
    RejectSubmissionInput: RejectSubmission, back_to_work;
    /// Reopening of a task that was completed too early.
    ReopenTaskInput: Reopen, back_to_work;
}

/// Clears the submission.
fn back_to_work(task: &mut Task) {
    (task.submitted_on, task.submitted_by, task.closed_on) = (None, None, None);
}

/// Start of the work.
#[derive(InputObject)]
pub struct StartTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
}

impl Change for StartTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let made = edit.advance(Verb::Start)?;
        // Work that has begun is in the figures from its first day on, so that day is not to come.
        if let Some(start) = edit.row.start_on.filter(|start| *start > edit.today) {
            let message = format!("the task starts on {start}; accepted: on that day or later, or after moveStart");
            return Err(Problem::conflict(message));
        }
        edit.row.last_update_on = Some(edit.today);
        made.log(edit, None, None).await
    }
}

/// Stop of the work because of a blocker.
#[derive(InputObject)]
pub struct BlockTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Blocker that stops the work.
    blocker: BlockerInput,
}

impl Change for BlockTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let blocker = self.blocker.checked("input.blocker", edit)?;
        let made = edit.advance(Verb::Block)?;
        edit.row.last_update_on = Some(edit.today);
        let reason = blocker.description.clone();
        edit.add(blocker).await?;
        made.log(edit, Some(reason), None).await
    }
}

/// Resumption of the work. All open blockers are resolved.
#[derive(InputObject)]
pub struct UnblockTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Description of how the blockers were resolved.
    resolution: String,
}

impl Change for UnblockTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let resolution = text(&self.resolution, "input.resolution", LONG_TEXT_CHARS)?;
        let made = edit.advance(Verb::Unblock)?;
        edit.row.last_update_on = Some(edit.today);
        let stamp = stamp(edit);
        children::resolve_blockers(edit.db, stamp, None, &resolution).await?;
        made.log(edit, Some(resolution), None).await
    }
}

/// Submission of the work. It needs evidence: stored with the task, or in this input.
#[derive(InputObject)]
pub struct SubmitTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Evidence that the work is done; optional when the task has some.
    #[graphql(default)]
    evidence: Vec<EvidenceInput>,
}

impl Change for SubmitTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let made = edit.advance(Verb::Submit)?;
        for (index, piece) in self.evidence.iter().enumerate() {
            let evidence = piece.checked(&format!("input.evidence.{index}"), edit)?;
            edit.add(evidence).await?;
        }
        if !children::has_evidence(edit.db, edit.row.meta.id).await? {
            let message = "work is handed in with evidence; add at least one piece";
            return Err(Problem::validation("input.evidence", message));
        }
        edit.row.submitted_on = Some(edit.today);
        edit.row.submitted_by = Some(edit.by.to_owned());
        edit.row.last_update_on = Some(edit.today);
        made.log(edit, None, None).await
    }
}

/// Acceptance of submitted work. The task counts as done on the day of the submission.
#[derive(InputObject)]
pub struct AcceptTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Explanation of the decision.
    note: Option<String>,
}

impl Change for AcceptTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        let made = edit.advance(Verb::Accept)?;
        edit.row.progress = 100;
        close(edit, made, note, None).await
    }
}

/// Cancellation of a task.
#[derive(InputObject)]
pub struct CancelTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Document that cancels the task.
    document: String,
    /// Reason for the cancellation.
    reason: Option<String>,
}

impl Change for CancelTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let document = text(&self.document, "input.document", DOCUMENT_CHARS)?;
        let reason = optional_text(self.reason.as_deref(), "input.reason", LONG_TEXT_CHARS)?;
        let made = edit.advance(Verb::Cancel)?;
        close(edit, made, reason, Some(document)).await
    }
}

/// Replacement of a task.
#[derive(InputObject)]
pub struct SupersedeTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Document that replaces the task.
    document: String,
    /// Platform id of the task that replaces this one, if any.
    successor: Option<ID>,
    /// Reason for the replacement.
    reason: Option<String>,
}

impl Change for SupersedeTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let document = text(&self.document, "input.document", DOCUMENT_CHARS)?;
        let reason = optional_text(self.reason.as_deref(), "input.reason", LONG_TEXT_CHARS)?;
        let successor = self.successor.as_ref().map(|id| parse_id(id, "input.successor")).transpose()?;
        let made = edit.advance(Verb::Supersede)?;
        if let Some(successor) = successor {
            if successor == edit.row.meta.id {
                return Err(Problem::validation("input.successor", "a task does not succeed itself"));
            }
            let task: Option<Task> = record::lock(edit.db, successor).await?;
            let Some(task) = task.filter(|task| task.status != TaskStatus::Draft) else {
                return Err(Problem::validation("input.successor", "there is no such task that was given out"));
            };
            // Nobody does the work of a closed task. As only an open one succeeds, no chain of successors is a circle.
            if !task.status.is_open() || task.superseded_by_id.is_some() {
                let message = format!("the successor {} is {}; accepted: an open task", task.code, task.status);
                return Err(Problem::validation("input.successor", message));
            }
        }
        edit.row.superseded_by_id = successor;
        close(edit, made, reason, Some(document)).await
    }
}

/// Ends the task. A pending extension request lapses.
async fn close(
    edit: &mut Edit<'_>,
    made: Move,
    reason: Option<String>,
    document: Option<String>,
) -> Result<(), Problem> {
    edit.row.closed_on = Some(edit.today);
    let stamp = stamp(edit);
    children::decide_extension(edit.db, stamp, ExtensionStatus::Lapsed, None, None).await?;
    made.log(edit, reason, document).await
}
