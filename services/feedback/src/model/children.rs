//! Rows that hang on a case.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_kit::dated::{Dated, DayEnd};
use service_kit::record::Meta;
use sqlx::FromRow;
use uuid::Uuid;

use super::vocabulary::{AttachmentRole, FeedbackLevel, FeedbackStatus};

/// What happened to a case: a step to a state, a change of its level, or a note.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Default)]
#[graphql(name = "FeedbackEvent", complex)]
pub struct Step {
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub feedback_id: Uuid,
    /// State after it; null for a note.
    pub status: Option<FeedbackStatus>,
    #[graphql(skip)]
    pub organization_code: Option<String>,
    #[graphql(skip)]
    pub position_code: Option<String>,
    /// Level after it, if it changed.
    pub level: Option<FeedbackLevel>,
    /// Code of the case that it was merged into.
    pub primary_code: Option<String>,
    /// Reason, or the question to the sender.
    pub reason: Option<String>,
    /// Answer to the sender.
    pub reply: Option<String>,
    /// Note.
    pub note: Option<String>,
    #[graphql(skip)]
    pub update_id: Option<String>,
    /// Whether the sender and the public may read it.
    pub is_public: bool,
}

/// Document or picture of a case, as a reference.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(name = "FeedbackAttachment", complex)]
pub struct Attachment {
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub feedback_id: Uuid,
    /// What it is for.
    pub role: AttachmentRole,
    /// Title.
    pub title: String,
    /// Web address.
    pub uri: String,
}

/// What the sender thinks of the answer. Of several of one case the last counts, from an answer on.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(name = "FeedbackRating", complex)]
pub struct Rating {
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub feedback_id: Uuid,
    /// Score from 1 to 5; 4 and 5 count as satisfied.
    pub score: i16,
    /// What the sender says.
    pub comment: Option<String>,
    /// Time of the rating (RFC 3339).
    pub rated_at: DateTime<Utc>,
}

/// Sender of a case: personal data.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Default)]
#[graphql(name = "FeedbackSender", complex)]
pub struct Sender {
    #[graphql(skip)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub feedback_id: Uuid,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Identity number.
    pub identity_number: Option<String>,
    /// Address.
    pub address: Option<String>,
    #[graphql(skip)]
    pub exact_lat: Option<f64>,
    #[graphql(skip)]
    pub exact_lon: Option<f64>,
}

/// Text that moderation replaced: personal data, as it can name people.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq)]
#[graphql(name = "FeedbackModeration")]
pub struct Moderation {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub feedback_id: Uuid,
    /// Text before the moderation.
    pub original_text: String,
    /// Reason of the moderation.
    pub reason: String,
    /// Who moderated.
    pub moderated_by: String,
    /// Time of the moderation (RFC 3339).
    pub moderated_at: DateTime<Utc>,
}

/// Time in which the clock of a case stood still.
#[derive(SimpleObject, FromRow, Debug, Clone, PartialEq)]
#[graphql(name = "FeedbackPause")]
pub struct Pause {
    /// Time when the sender was asked (RFC 3339).
    pub from_at: DateTime<Utc>,
    /// Time when the clock ran again (RFC 3339); null while it stands still.
    pub to_at: Option<DateTime<Utc>>,
    /// Working hours of the pause; null while it lasts.
    pub hours: Option<f64>,
}

impl Dated for Step {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.meta.observed_at).then_some(self)
    }
}

impl Dated for Attachment {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.meta.observed_at).then_some(self)
    }
}

impl Dated for Rating {
    fn at(self, end: DayEnd) -> Option<Self> {
        end.has(self.rated_at).then_some(self)
    }
}

impl Dated for Pause {
    fn at(mut self, end: DayEnd) -> Option<Self> {
        if self.to_at.take_if(|at| !end.has(*at)).is_some() {
            self.hours = None;
        }
        end.has(self.from_at).then_some(self)
    }
}
