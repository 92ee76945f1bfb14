//! What the intake does with a case.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, text};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::record;
use service_kit::write::Change;

use super::{Edit, FeedbackEdit, refused, require_open};
use crate::model::{Actor, Feedback, FeedbackLevel, FeedbackStatus, Moderation, Step, Verb};
use crate::store::workflow::{id_of, root_of};

/// Acceptance of a case.
#[derive(InputObject)]
pub struct AcceptFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
}

impl Change for AcceptFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let step = edit.advance(Verb::Accept)?;
        edit.add(step).await
    }
}

/// Refusal of a case. Complaints and denunciations under the law are refused with the place where they belong.
#[derive(InputObject)]
pub struct RejectFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Reason, which the sender reads.
    reason: String,
}

impl Change for RejectFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        let step = edit.advance(Verb::Reject)?;
        edit.row.reason = Some(reason.clone());
        edit.add(Step { reason: Some(reason), ..step }).await
    }
}

/// Merger of a case into another about the same thing.
#[derive(InputObject)]
pub struct MergeFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Code of the case that it is merged into.
    primary: String,
}

impl Change for MergeFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let step = edit.advance(Verb::Merge)?;
        let Some(primary) = id_of(edit.db, &self.primary).await? else {
            return Err(Problem::validation(
                "input.primary",
                format!("there is no case {:?}; accepted: its code", self.primary),
            ));
        };
        let root = root_of(edit.db, primary).await?;
        let root: Option<Feedback> = record::lock(edit.db, root).await?;
        if let Some(root) = root.filter(|root| root.status == FeedbackStatus::Rejected) {
            let message = format!(
                "the case {} is REJECTED, so nobody would be answered; accepted: a case that is not",
                root.code
            );
            return Err(Problem::validation("input.primary", message));
        }
        edit.row.primary_code = Some(self.primary.clone());
        edit.add(Step { primary_code: Some(self.primary.clone()), ..step }).await
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

/// Assignment of a case to an organization. A deadline is not set anew.
#[derive(InputObject)]
pub struct AssignFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Code of the organization.
    organization: ID,
    /// Code of the accountable position.
    accountable_position: Option<ID>,
    /// Note to the organization; not public.
    note: Option<String>,
}

impl Change for AssignFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        let step = edit.advance(Verb::Assign)?;
        let mut named = NamedCodes::default();
        named.add(CodeKind::ORGANIZATION, Some(&self.organization), "input.organization");
        named.add(CodeKind::POSITION, self.accountable_position.as_ref(), "input.accountablePosition");
        named.check(&mut *edit.db).await?;
        let position = self.accountable_position.as_ref().map(|code| code.0.clone());
        edit.row.lead_organization_code = Some(self.organization.0.clone());
        edit.row.accountable_position_code.clone_from(&position);
        let organization_code = Some(self.organization.0.clone());
        edit.add(Step { organization_code, position_code: position, is_public: note.is_none(), note, ..step }).await
    }
}

/// Change of the level of an open case. The deadline is computed anew; the time of waiting for the sender is kept.
#[derive(InputObject)]
pub struct ChangeFeedbackLevelInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Level.
    level: FeedbackLevel,
    /// Reason of the change.
    reason: String,
}

impl Change for ChangeFeedbackLevelInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Intake)?;
        require_open(edit.row.status, "a change of its level")?;
        if edit.row.level == self.level {
            return Err(Problem::validation(
                "input.level",
                format!("the case is {} already; accepted: another level", self.level),
            ));
        }
        edit.row.level = self.level;
        let step = Step { level: Some(self.level), reason: Some(reason), is_public: false, ..edit.remark() };
        edit.add(step).await
    }
}

/// Change of what is shown of a case, for every day. The original text is kept for handlers. Later rows of the source change neither
/// the text that is shown nor that the case is hidden; another moderation does.
#[derive(InputObject)]
pub struct ModerateFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Text to be shown; absent: it stays.
    text: Option<String>,
    /// Whether the case is published; absent: it stays.
    is_public: Option<bool>,
    /// Reason of the moderation.
    reason: String,
}

impl Change for ModerateFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        let shown = optional_text(self.text.as_deref(), "input.text", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Intake)?;
        if shown.is_none() && self.is_public.is_none() {
            return Err(Problem::validation("input.text", "nothing changes; accepted: a text, isPublic, or both"));
        }
        if let Some(is_public) = self.is_public {
            edit.row.is_hidden = !is_public;
            // What a case that its source does not publish needs in order to be seen. Its source can take it back.
            edit.row.is_public |= is_public;
        }
        if let Some(shown) = shown {
            let before = edit.row.moderated_text.replace(shown);
            let original_text = before.unwrap_or_else(|| edit.row.text.clone());
            let (id, feedback_id) = (schema::new_id(edit.now), edit.row.meta.id);
            let (moderated_by, moderated_at) = (edit.by.to_owned(), edit.now);
            edit.add(Moderation { id, feedback_id, original_text, reason: reason.clone(), moderated_by, moderated_at })
                .await?;
        }
        let step = Step { note: Some(reason), is_public: false, ..edit.remark() };
        edit.add(step).await
    }
}
