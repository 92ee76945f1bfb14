//! What the sender of a case says, as the intake records it. Ratings and reopenings of a merged case reach its primary.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, text};
use service_kit::record::Record;
use service_kit::store::record;
use service_kit::write::{Change, Write, Written};
use service_kit::{Problem, RequestScope};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Edit, FeedbackEdit, own, refused};
use crate::model::{Actor, Feedback, FeedbackStatus, Rating, Step, Verb};
use crate::store::workflow::root_of;

/// Agreement of the sender with the answer.
#[derive(InputObject)]
pub struct CloseFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
}

impl Change for CloseFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let step = edit.advance(Verb::Close)?;
        edit.add(step).await
    }
}

/// Note to a case.
#[derive(InputObject)]
pub struct NoteFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Note.
    note: String,
    /// Whether the sender and the public may read it.
    #[graphql(default)]
    is_public: bool,
    #[graphql(skip)]
    update: Option<Update>,
}

/// What a client of Open311 says of its note.
#[derive(Debug, Clone)]
pub struct Update {
    /// Id that the client gave it.
    pub id: String,
    /// Time of the note, if the client states one.
    pub at: Option<DateTime<Utc>>,
}

impl NoteFeedbackInput {
    /// A note of a client that the sender and the public may read.
    pub fn public(target: Target, note: String, update: Update) -> Self {
        Self { target, note, is_public: true, update: Some(update) }
    }
}

impl Change for NoteFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let note = text(&self.note, "input.note", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Desk)?;
        let mut step = Step { note: Some(note), is_public: self.is_public, ..edit.remark() };
        if let Some(update) = &self.update {
            step.update_id = Some(update.id.clone());
            step.meta.observed_at = update.at.unwrap_or(step.meta.observed_at);
        }
        edit.add(step).await
    }
}

/// Rating of the answer by the sender. That of a merged case counts for its primary.
#[derive(InputObject)]
pub struct RateFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Score from 1 to 5; 4 and 5 count as satisfied.
    score: i32,
    /// What the sender says.
    comment: Option<String>,
}

impl Change for RateFeedbackInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let comment = optional_text(self.comment.as_deref(), "input.comment", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Intake)?;
        let Some(score) = i16::try_from(self.score).ok().filter(|score| (1..=5).contains(score)) else {
            return Err(Problem::validation("input.score", format!("{}; accepted: 1 to 5", self.score)));
        };
        let root = root_of(edit.db, edit.row.meta.id).await?;
        let answered = match edit.row.status {
            FeedbackStatus::Merged => {
                let root: Option<Feedback> = record::lock(edit.db, root).await?;
                root.is_some_and(|root| has_answer(root.status))
            }
            status => has_answer(status),
        };
        if !answered {
            let message =
                format!("the case is {}; what is rated is an answer: RESOLVED, CLOSED or REOPENED", edit.row.status);
            return Err(Problem::conflict(message));
        }
        let rating = Rating { meta: own(edit), feedback_id: edit.row.meta.id, score, comment, rated_at: edit.now };
        edit.add(rating).await
    }
}

fn has_answer(status: FeedbackStatus) -> bool {
    matches!(status, FeedbackStatus::Resolved | FeedbackStatus::Closed | FeedbackStatus::Reopened)
}

/// Reopening of an answered case: a new term begins. The reopening of a merged case is one of its primary.
#[derive(InputObject)]
pub struct ReopenFeedbackInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Reason of the sender or the inspector.
    reason: String,
}

impl Write for ReopenFeedbackInput {
    const VERB: &'static str = "reopenFeedback";
    const TABLE: &'static str = Feedback::TABLE;

    fn next_version(&self) -> i32 {
        self.target.expected_version + 1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.target.idempotency_key.as_deref()
    }

    fn row_id(&self, _: DateTime<Utc>) -> Result<Uuid, Problem> {
        self.target.uuid()
    }

    /// Changes the primary, which the caller need not have read: the version is that of the case that was named.
    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        let mut named = Edit::open(&mut *db, id, self.target.expected_version, scope).await?;
        let root = root_of(named.db, id).await?;
        if root == id {
            reopen(&mut named, reason).await?;
            return Ok(Written::Version);
        }
        named.permit(Verb::Reopen.transition().actor)?;
        let note = format!("reopened the case that it was merged into: {reason}");
        let step = Step { note: Some(note), is_public: false, ..named.remark() };
        named.add(step).await?;
        let primary: Option<Feedback> = record::lock(named.db, root).await?;
        let absent = || Problem::not_found("the case that it was merged into is gone").at("input.id");
        let primary = primary.ok_or_else(absent)?;
        if !Verb::Reopen.transition().from.contains(&primary.status) {
            let (code, status) = (&primary.code, primary.status);
            let message = format!(
                "the case is MERGED into {code}, which is {status}; its reopening is one of {code}, which must be RESOLVED or CLOSED"
            );
            return Err(Problem::conflict(message));
        }
        let mut edit = Edit::open(&mut *db, root, primary.meta.version, scope).await?;
        reopen(&mut edit, reason).await?;
        Ok(Written::Version)
    }
}

async fn reopen(edit: &mut Edit<'_>, reason: String) -> Result<(), Problem> {
    let step = edit.advance(Verb::Reopen)?;
    edit.row.reason = Some(reason.clone());
    edit.add(Step { reason: Some(reason), ..step }).await?;
    edit.save(refused).await
}
