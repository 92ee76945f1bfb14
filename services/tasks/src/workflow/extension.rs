//! Extensions of the due date: the lead requests one, the approver decides. A set due date changes in no other way.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, parse_id, text};
use service_kit::scalar::Date;
use service_kit::store::child;
use service_kit::write::{Change, Targeted};

use super::{Edit, TaskEdit, stamp};
use crate::model::{Actor, ExtensionRequest, ExtensionStatus};
use crate::store::children::{self, constraint};

/// Extension request.
#[derive(InputObject)]
pub struct RequestExtensionInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Requested due date, inclusive.
    due_on: Date,
    /// Reason for the request.
    reason: String,
}

impl Change for RequestExtensionInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let due_on = self.due_on.of_work("input.dueOn")?;
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Lead)?;
        edit.require_open(<Self as Targeted>::VERB)?;
        if let Some(current) = edit.row.current_due.or(edit.row.start_on)
            && due_on <= current
        {
            let message = format!("{due_on} is no extension; accepted: a day after {current}");
            return Err(Problem::validation("input.dueOn", message));
        }
        let request = ExtensionRequest {
            id: schema::new_id(edit.now),
            task_id: edit.row.meta.id,
            requested_due: due_on,
            reason,
            requested_by: edit.by.to_owned(),
            requested_at: edit.now,
            status: ExtensionStatus::Pending,
            previous_due: None,
            decided_by: None,
            decided_at: None,
            decision: None,
        };
        child::add(edit.db, &[request]).await.map_err(|error| match constraint(&error) {
            Some("extension_request_one_pending") => {
                Problem::conflict("another request for more time waits for its decision")
            }
            _ => error.into(),
        })
    }
}

/// Decision on an extension request.
#[derive(InputObject)]
pub struct DecideExtensionInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of the pending request.
    request: ID,
    /// Whether the request is approved.
    approve: bool,
    /// Explanation of the decision.
    decision: Option<String>,
}

impl Change for DecideExtensionInput {
    /// Approves or rejects the extension. The requester does not decide.
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let request = parse_id(&self.request, "input.request")?;
        let decision = optional_text(self.decision.as_deref(), "input.decision", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Approver)?;
        edit.require_open(<Self as Targeted>::VERB)?;
        let waiting = children::pending_extension(edit.db, edit.row.meta.id, request).await?;
        let (due_on, requested_by) = waiting.ok_or_else(|| {
            Problem::validation("input.request", "the task has no such request that waits for a decision")
        })?;
        if requested_by == edit.by {
            return Err(Problem::forbidden("who asked for more time does not decide on it"));
        }
        let previous = edit.row.current_due;
        let status = if self.approve {
            if previous.is_some_and(|previous| due_on <= previous) {
                return Err(Problem::conflict("the due date has moved beyond the day asked for; refuse the request"));
            }
            edit.row.current_due = Some(due_on);
            // A task without a due date gets its first one. It becomes the baseline and is not counted as an extension.
            edit.row.baseline_due.get_or_insert(due_on);
            ExtensionStatus::Approved
        } else {
            ExtensionStatus::Rejected
        };
        let stamp = stamp(edit);
        children::decide_extension(edit.db, stamp, status, previous.filter(|_| self.approve), decision.as_deref()).await
    }
}
