//! The moves of the state machine.

use chrono::NaiveDate;
use service_kit::Problem;
use uuid::Uuid;

use super::edit::Edit;
use super::progress::{NewBlocker, NewEvidence};
use super::{LONG_TEXT_CHARS, Setting, Target, text};
use crate::model::Verb;
use crate::store::children;
use crate::store::codes::{CodeKind, NamedCodes};

/// The longest name of a document.
const DOCUMENT_CHARS: usize = 500;
/// The longest name of a role.
const ROLE_CHARS: usize = 200;

/// To whom a task is given, and by when.
#[derive(Debug, Default)]
pub struct Assignment {
    /// The one lead; the present one when absent.
    pub lead_organization: Option<String>,
    /// What its part is.
    pub lead_role: Option<String>,
    /// The position that answers for it.
    pub accountable_position: Option<String>,
    /// The first day; today when the task has none yet.
    pub start_on: Option<NaiveDate>,
    /// The first due date. One that is set moves only through an approved extension.
    pub due_on: Option<NaiveDate>,
}

/// Gives a draft to its lead.
pub async fn assign(at: Setting<'_>, target: Target, to: Assignment) -> Result<(), Problem> {
    hand_out(at, target, Verb::Assign, to, None).await
}

/// Gives a returned task out again. A change of lead counts as a transfer.
pub async fn reassign(at: Setting<'_>, target: Target, to: Assignment, reason: Option<String>) -> Result<(), Problem> {
    hand_out(at, target, Verb::Reassign, to, reason).await
}

async fn hand_out(
    at: Setting<'_>,
    target: Target,
    verb: Verb,
    to: Assignment,
    reason: Option<String>,
) -> Result<(), Problem> {
    let mut named = NamedCodes::default();
    if let Some(code) = &to.lead_organization {
        named.add(CodeKind::Organization, code, "input.leadOrganization");
    }
    if let Some(code) = &to.accountable_position {
        named.add(CodeKind::Position, code, "input.accountablePosition");
    }
    let role = super::optional_text(to.lead_role.as_deref(), "input.leadRole", ROLE_CHARS)?;
    let reason = super::optional_text(reason.as_deref(), "input.reason", LONG_TEXT_CHARS)?;
    named.check(at.pool).await?;

    let mut edit = Edit::open(at, target).await?;
    edit.advance(verb, at, reason.as_deref(), None).await?;
    let today = edit.today;
    let head = &mut edit.head;
    head.lead_organization_code = to.lead_organization.or_else(|| head.lead_organization_code.take());
    if head.lead_organization_code.is_none() {
        return Err(Problem::validation(
            "input.leadOrganization",
            "an assigned task has exactly one lead; name it",
        ));
    }
    head.lead_role = role.or_else(|| head.lead_role.take());
    head.accountable_position_code = to
        .accountable_position
        .or_else(|| head.accountable_position_code.take());
    head.start_on = to.start_on.or(head.start_on).or(Some(today));
    if let Some(due) = to.due_on {
        if head.current_due.is_some_and(|current| current != due) && verb == Verb::Reassign {
            return Err(Problem::validation(
                "input.dueOn",
                "the task has a due date; it moves only through an approved extension",
            ));
        }
        head.current_due = Some(due);
        head.baseline_due = Some(due);
    }
    if let (Some(start), Some(due)) = (head.start_on, head.current_due)
        && due < start
    {
        return Err(Problem::validation(
            "input.dueOn",
            format!("the task would be due on {due}, before it starts on {start}"),
        ));
    }
    edit.commit().await
}

/// Takes up the work.
pub async fn start(at: Setting<'_>, target: Target) -> Result<(), Problem> {
    let mut edit = Edit::open(at, target).await?;
    edit.advance(Verb::Start, at, None, None).await?;
    edit.head.last_update_on = Some(edit.today);
    edit.commit().await
}

/// Moves that need nothing but a reason: returned by the lead, rejected by the approver, reopened by the inspector.
pub async fn move_with_reason(at: Setting<'_>, target: Target, verb: Verb, reason: &str) -> Result<(), Problem> {
    let reason = text(reason, "input.reason", LONG_TEXT_CHARS)?;
    let mut edit = Edit::open(at, target).await?;
    edit.advance(verb, at, Some(&reason), None).await?;
    let head = &mut edit.head;
    if verb == Verb::Return {
        head.returned_count += 1;
    } else {
        // Back to work: what was handed in counts no longer.
        head.submitted_on = None;
        head.submitted_by = None;
        head.closed_on = None;
    }
    edit.commit().await
}

/// Declares the work stopped by a blocker.
pub async fn block(at: Setting<'_>, target: Target, blocker: NewBlocker) -> Result<(), Problem> {
    let description = text(&blocker.description, "input.description", LONG_TEXT_CHARS)?;
    let mut edit = Edit::open(at, target).await?;
    edit.advance(Verb::Block, at, Some(&description), None).await?;
    edit.head.last_update_on = Some(edit.today);
    let (db, stamp) = edit.parts();
    children::open_blocker(db, stamp, blocker.kind, blocker.needs_level, &description).await?;
    edit.commit().await
}

/// Goes on. Every open blocker is resolved by it.
pub async fn unblock(at: Setting<'_>, target: Target, resolution: &str) -> Result<(), Problem> {
    let resolution = text(resolution, "input.resolution", LONG_TEXT_CHARS)?;
    let mut edit = Edit::open(at, target).await?;
    edit.advance(Verb::Unblock, at, Some(&resolution), None).await?;
    edit.head.last_update_on = Some(edit.today);
    let (db, stamp) = edit.parts();
    children::resolve_blockers(db, stamp, None, Some(&resolution)).await?;
    edit.commit().await
}

/// Hands the work in. It needs evidence: some that is there, or some that comes with it.
pub async fn submit(at: Setting<'_>, target: Target, evidence: Vec<NewEvidence>) -> Result<(), Problem> {
    let evidence = evidence
        .into_iter()
        .enumerate()
        .map(|(index, piece)| piece.checked(&format!("input.evidence.{index}")))
        .collect::<Result<Vec<_>, _>>()?;
    let mut edit = Edit::open(at, target).await?;
    edit.advance(Verb::Submit, at, None, None).await?;
    for piece in &evidence {
        let (db, stamp) = edit.parts();
        children::add_evidence(db, stamp, &piece.title, &piece.uri).await?;
    }
    if !children::has_evidence(&mut edit.transaction, target.id).await? {
        return Err(Problem::validation(
            "input.evidence",
            "work is handed in with evidence; add at least one piece",
        ));
    }
    edit.head.submitted_on = Some(edit.today);
    edit.head.submitted_by = Some(edit.by.clone());
    edit.head.last_update_on = Some(edit.today);
    edit.commit().await
}

/// Accepts what was handed in. The task counts as done on the day of the submission.
pub async fn accept(at: Setting<'_>, target: Target, note: Option<String>) -> Result<(), Problem> {
    let note = super::optional_text(note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
    let mut edit = Edit::open(at, target).await?;
    edit.advance(Verb::Accept, at, note.as_deref(), None).await?;
    edit.head.progress = 100;
    edit.head.closed_on = Some(edit.today);
    edit.commit().await
}

/// Ends the task without its being done: cancelled, or superseded, by a document.
pub async fn close(
    at: Setting<'_>,
    target: Target,
    verb: Verb,
    document: &str,
    reason: Option<String>,
    successor: Option<Uuid>,
) -> Result<(), Problem> {
    let document = text(document, "input.document", DOCUMENT_CHARS)?;
    let reason = super::optional_text(reason.as_deref(), "input.reason", LONG_TEXT_CHARS)?;
    if successor == Some(target.id) {
        return Err(Problem::validation("input.successor", "a task does not succeed itself"));
    }
    let mut edit = Edit::open(at, target).await?;
    edit.advance(verb, at, reason.as_deref(), Some(&document)).await?;
    if let Some(successor) = successor
        && !crate::store::head::exists(&mut edit.transaction, successor).await?
    {
        return Err(Problem::validation("input.successor", "there is no such task"));
    }
    edit.head.superseded_by_id = successor;
    edit.head.closed_on = Some(edit.today);
    edit.commit().await
}
