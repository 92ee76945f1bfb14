//! What the organization does that has a case.

use async_graphql::InputObject;
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, TITLE_CHARS, Target, text};
use service_kit::write::Change;

use super::{Edit, FeedbackEdit, own};
use crate::model::{Attachment, AttachmentRole, Step, Verb};
use crate::store::workflow::has_evidence;

/// Document or picture, as a reference.
#[derive(InputObject)]
pub struct AttachmentInput {
    /// Title.
    title: String,
    /// Web address.
    uri: String,
}

/// Checks a web address.
pub(super) fn web_address(uri: &str, path: &str) -> Result<String, Problem> {
    let uri = text(uri, path, 2000)?;
    let is_web = (uri.starts_with("http://") || uri.starts_with("https://")) && !uri.contains(char::is_whitespace);
    if is_web {
        Ok(uri)
    } else {
        Err(Problem::validation(path, "accepted: an address that begins with http:// or https://"))
    }
}

/// Passing a case on. It stays with the organization until the intake assigns it; the deadline stays.
#[derive(InputObject)]
pub struct TransferFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Reason, and the organization that is meant.
    reason: String,
}

impl Change for TransferFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        let step = edit.advance(Verb::Transfer)?;
        edit.row.reason = Some(reason.clone());
        edit.add(Step { reason: Some(reason), is_public: false, ..step }).await
    }
}

/// Start of the work.
#[derive(InputObject)]
pub struct StartFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
}

impl Change for StartFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let step = edit.advance(Verb::Start)?;
        edit.add(step).await
    }
}

/// Question to the sender. The clock stands still until the answer.
#[derive(InputObject)]
pub struct AskSenderInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Question.
    question: String,
}

impl Change for AskSenderInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let question = text(&self.question, "input.question", LONG_TEXT_CHARS)?;
        let step = edit.advance(Verb::Ask)?;
        edit.row.reason = Some(question.clone());
        edit.add(Step { reason: Some(question), ..step }).await
    }
}

/// Answer of the sender, or the end of the waiting for it. The clock runs again.
#[derive(InputObject)]
pub struct AnswerQuestionInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// What the sender said, or why nobody waits any longer; not public.
    answer: String,
}

impl Change for AnswerQuestionInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let answer = text(&self.answer, "input.answer", LONG_TEXT_CHARS)?;
        let step = edit.advance(Verb::Answer)?;
        edit.add(Step { note: Some(answer), is_public: false, ..step }).await
    }
}

/// Answer to the sender. It needs evidence: stored with the case, or in this input.
#[derive(InputObject)]
pub struct ResolveFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Answer, which the sender reads.
    reply: String,
    /// Evidence that it was resolved; optional when the case has some.
    #[graphql(default)]
    evidence: Vec<AttachmentInput>,
}

impl Change for ResolveFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let reply = text(&self.reply, "input.reply", LONG_TEXT_CHARS)?;
        let step = edit.advance(Verb::Resolve)?;
        for (place, piece) in self.evidence.iter().enumerate() {
            let path = format!("input.evidence.{place}");
            let title = text(&piece.title, &format!("{path}.title"), TITLE_CHARS)?;
            let uri = web_address(&piece.uri, &format!("{path}.uri"))?;
            let (meta, feedback_id) = (own(edit), edit.row.meta.id);
            edit.add(Attachment { meta, feedback_id, role: AttachmentRole::Evidence, title, uri }).await?;
        }
        if !has_evidence(edit.db, edit.row.meta.id).await? {
            let message = "a case is answered with evidence; add at least one document or picture";
            return Err(Problem::validation("input.evidence", message));
        }
        edit.row.reply = Some(reply.clone());
        edit.add(Step { reply: Some(reply), ..step }).await
    }
}
