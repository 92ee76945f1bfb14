//! Reminders (đôn đốc): somebody above reminds the lead of an open task, the lead answers.

use async_graphql::{ID, InputObject};
use schema::problem::ProblemCode;
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, parse_id, text};
use service_kit::scalar::Date;
use service_kit::write::{Change, Targeted};

use super::transition::DOCUMENT_CHARS;
use super::{Edit, TaskEdit, past_day};
use crate::model::{Actor, Reminder};
use crate::store::children;

/// Reminder to the lead.
#[derive(InputObject)]
pub struct RemindTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Text of the reminder.
    text: String,
    /// Number and symbol of the document that reminds.
    document: Option<String>,
    /// Day on which the reminder was sent (default: today).
    sent_on: Option<Date>,
    /// Last day on which an answer is in time, not before the day of the reminder.
    answer_due: Option<Date>,
}

impl Change for RemindTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let words = text(&self.text, "input.text", LONG_TEXT_CHARS)?;
        let document = optional_text(self.document.as_deref(), "input.document", DOCUMENT_CHARS)?;
        let sent_on = past_day(self.sent_on.as_ref(), "input.sentOn", edit)?;
        let answer_due = self.answer_due.as_ref().map(|day| day.of_work("input.answerDue")).transpose()?;
        if let Some(due) = answer_due.filter(|due| *due < sent_on) {
            let message =
                format!("the answer would be due on {due}, before the reminder; accepted: {sent_on} or later");
            return Err(Problem::validation("input.answerDue", message));
        }
        permit(edit).await?;
        edit.require_open(<Self as Targeted>::VERB)?;
        let reminder = Reminder {
            id: schema::new_id(edit.now),
            task_id: edit.row.meta.id,
            sent_on,
            document,
            text: words,
            sender_organization_code: edit.principal.organization.clone(),
            sender_position_code: edit.principal.position.clone(),
            answer_due,
            answered_on: None,
            answer: None,
            sent_by: edit.by.to_owned(),
            answered_by: None,
        };
        edit.add(reminder).await
    }
}

/// Permits those who may remind by their role, and an organization above the lead.
async fn permit(edit: &mut Edit<'_>) -> Result<(), Problem> {
    let refused = match edit.permit(Actor::Chaser) {
        Err(refused) if refused.code == ProblemCode::Forbidden => refused,
        permitted => return permitted,
    };
    let superior = Actor::may_be_superior(edit.principal);
    match (superior, &edit.row.lead_organization_code) {
        (Some(superior), Some(lead)) if children::is_above(edit.db, superior, lead).await? => Ok(()),
        _ => Err(refused),
    }
}

/// Answer to a reminder.
#[derive(InputObject)]
pub struct AnswerReminderInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of the reminder.
    reminder: ID,
    /// Answer of the lead.
    answer: String,
    /// Day of the answer, not before the day of the reminder (default: today).
    answered_on: Option<Date>,
}

impl Change for AnswerReminderInput {
    /// A task that has ended since may still be answered for.
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let id = parse_id(&self.reminder, "input.reminder")?;
        let answer = text(&self.answer, "input.answer", LONG_TEXT_CHARS)?;
        let answered_on = past_day(self.answered_on.as_ref(), "input.answeredOn", edit)?;
        edit.permit(Actor::Lead)?;
        let mut reminder = children::reminder(edit.db, edit.row.meta.id, id)
            .await?
            .filter(|reminder| reminder.answered_on.is_none())
            .ok_or_else(|| Problem::validation("input.reminder", "the task has no such reminder without an answer"))?;
        if answered_on < reminder.sent_on {
            let message = format!("{answered_on} is before the reminder; accepted: {} or later", reminder.sent_on);
            return Err(Problem::validation("input.answeredOn", message));
        }
        reminder.answered_on = Some(answered_on);
        reminder.answer = Some(answer);
        reminder.answered_by = Some(edit.by.to_owned());
        children::answer_reminder(edit.db, &reminder).await
    }
}
