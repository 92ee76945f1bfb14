//! Escalation: a blocker that needs the city or the central government becomes a request with a document, and gets a
//! decision with a document.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, Target, parse_id, text};
use service_kit::scalar::Date;
use service_kit::write::{Change, Targeted};

use super::progress::by_lead;
use super::transition::DOCUMENT_CHARS;
use super::{Edit, TaskEdit, past_day};
use crate::model::{Actor, BlockerLevel};
use crate::store::children;

/// Request for a decision on a blocker.
#[derive(InputObject)]
pub struct RequestDecisionInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of the open blocker, which needs the city or the central government.
    blocker: ID,
    /// Number and symbol of the document that asks for the decision.
    document: String,
    /// Day of the request (default: today).
    requested_on: Option<Date>,
}

impl Change for RequestDecisionInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let id = parse_id(&self.blocker, "input.blocker")?;
        let document = text(&self.document, "input.document", DOCUMENT_CHARS)?;
        let requested_on = past_day(self.requested_on.as_ref(), "input.requestedOn", edit)?;
        by_lead(edit, <Self as Targeted>::VERB)?;
        let mut blocker = children::blocker(edit.db, edit.row.meta.id, id)
            .await?
            .filter(|blocker| blocker.resolved_at.is_none())
            .ok_or_else(|| Problem::validation("input.blocker", "the task has no such blocker that is still open"))?;
        if blocker.needs_level == BlockerLevel::Organization {
            let message =
                "the lead organization can resolve the blocker itself; accepted: one that needs CITY or CENTRAL";
            return Err(Problem::validation("input.blocker", message));
        }
        if let Some(day) = blocker.requested_on {
            return Err(Problem::conflict(format!(
                "the blocker has a request of {day}; open another blocker to ask anew"
            )));
        }
        blocker.request_document = Some(document);
        blocker.requested_on = Some(requested_on);
        children::escalate(edit.db, &blocker).await
    }
}

/// Answer to a request for a decision.
#[derive(InputObject)]
pub struct RecordDecisionInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of the blocker with the request.
    blocker: ID,
    /// Decision of the city or of the central government.
    decision: String,
    /// Number and symbol of the document with the decision.
    document: String,
    /// Day of the decision, not before the day of the request (default: today).
    decided_on: Option<Date>,
}

impl Change for RecordDecisionInput {
    /// The answer may come after the task has ended.
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let id = parse_id(&self.blocker, "input.blocker")?;
        let decision = text(&self.decision, "input.decision", LONG_TEXT_CHARS)?;
        let document = text(&self.document, "input.document", DOCUMENT_CHARS)?;
        let decided_on = past_day(self.decided_on.as_ref(), "input.decidedOn", edit)?;
        edit.permit(Actor::Recorder)?;
        let found = children::blocker(edit.db, edit.row.meta.id, id).await?;
        let waiting = found.filter(|blocker| blocker.decided_on.is_none());
        let Some((mut blocker, requested_on)) =
            waiting.and_then(|blocker| Some((blocker.clone(), blocker.requested_on?)))
        else {
            let message = "the task has no such blocker with a request that waits for its decision";
            return Err(Problem::validation("input.blocker", message));
        };
        if decided_on < requested_on {
            let message = format!("{decided_on} is before the request; accepted: {requested_on} or later");
            return Err(Problem::validation("input.decidedOn", message));
        }
        blocker.decision = Some(decision);
        blocker.decision_document = Some(document);
        blocker.decided_on = Some(decided_on);
        children::escalate(edit.db, &blocker).await
    }
}
