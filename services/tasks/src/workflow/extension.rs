//! More time: asked for by the lead, granted by the approver. The only way in which a due date moves.

use chrono::NaiveDate;
use service_kit::Problem;
use uuid::Uuid;

use super::edit::Edit;
use super::{LONG_TEXT_CHARS, Setting, Target, optional_text, text};
use crate::model::{Actor, ExtensionStatus};
use crate::store::children;

/// Asks for a later due date.
pub async fn request_extension(
    at: Setting<'_>,
    target: Target,
    due_on: NaiveDate,
    reason: &str,
) -> Result<(), Problem> {
    let reason = text(reason, "input.reason", LONG_TEXT_CHARS)?;
    let mut edit = Edit::open(at, target).await?;
    edit.permit(Actor::Lead, at)?;
    edit.require_open("requestExtension")?;
    if let Some(current) = edit.head.current_due.or(edit.head.start_on)
        && due_on <= current
    {
        return Err(Problem::validation(
            "input.dueOn",
            format!("{due_on} is no extension; accepted: a day after {current}"),
        ));
    }
    let (db, stamp) = edit.parts();
    children::request_extension(db, stamp, due_on, &reason).await?;
    edit.commit().await
}

/// Grants or refuses more time. Whoever asked does not decide.
pub async fn decide_extension(
    at: Setting<'_>,
    target: Target,
    request: Uuid,
    approve: bool,
    decision: Option<String>,
) -> Result<(), Problem> {
    let decision = optional_text(decision.as_deref(), "input.decision", LONG_TEXT_CHARS)?;
    let mut edit = Edit::open(at, target).await?;
    edit.permit(Actor::Approver, at)?;
    edit.require_open("decideExtension")?;
    let (due_on, requested_by) = children::pending_extension(&mut edit.transaction, target.id, request)
        .await?
        .ok_or_else(|| {
            Problem::validation(
                "input.request",
                "the task has no such request that waits for a decision",
            )
        })?;
    if requested_by == edit.by {
        return Err(Problem::forbidden("who asked for more time does not decide on it"));
    }
    let previous = edit.head.current_due;
    let status = if approve {
        if previous.is_some_and(|previous| due_on <= previous) {
            return Err(Problem::conflict(
                "the due date has moved beyond the day asked for; refuse the request",
            ));
        }
        edit.head.current_due = Some(due_on);
        // A task that had no due date gets its first one: that is its baseline, and it was not extended.
        match edit.head.baseline_due {
            Some(_) => edit.head.extension_count += 1,
            None => edit.head.baseline_due = Some(due_on),
        }
        ExtensionStatus::Approved
    } else {
        ExtensionStatus::Rejected
    };
    let (db, stamp) = edit.parts();
    children::decide_extension(db, stamp, request, status, previous, decision.as_deref()).await?;
    edit.commit().await
}
