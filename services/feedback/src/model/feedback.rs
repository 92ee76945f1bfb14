//! The case as it is stored, and as of the end of a day.

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::record::{Meta, Record};
use sqlx::FromRow;

use super::access::FEEDBACK;
use super::vocabulary::{FeedbackChannel, FeedbackKind, FeedbackLevel, FeedbackStatus, SenderKind};

/// A row of `feedback.feedback`.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Default)]
#[graphql(name = "StoredFeedback")]
pub struct Feedback {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    /// Number that the sender gets.
    pub code: String,
    /// Kind of the feedback.
    pub kind: FeedbackKind,
    /// Kind of the sender.
    pub sender: SenderKind,
    /// Channel through which it came.
    pub channel: FeedbackChannel,
    #[graphql(skip)]
    pub category_code: String,
    /// Level, which decides the deadline.
    pub level: FeedbackLevel,
    #[graphql(skip)]
    pub area_code: Option<String>,
    #[graphql(skip)]
    pub lat: Option<f64>,
    #[graphql(skip)]
    pub lon: Option<f64>,
    /// Text as it is shown today, also of a past day; moderation keeps the original apart.
    pub text: String,
    #[graphql(skip)]
    pub moderated_text: Option<String>,
    /// Answers to the attributes of the category, each as `code=value`.
    pub attributes: Vec<String>,
    /// Time of the submission (RFC 3339).
    pub submitted_at: DateTime<Utc>,
    #[graphql(skip)]
    pub status: FeedbackStatus,
    /// Reason of the last rejection, transfer or reopening, or the question that was asked of the sender.
    pub reason: Option<String>,
    /// Answer to the sender.
    pub reply: Option<String>,
    #[graphql(skip)]
    pub lead_organization_code: Option<String>,
    #[graphql(skip)]
    pub accountable_position_code: Option<String>,
    #[graphql(skip)]
    pub about_organization_code: Option<String>,
    #[graphql(skip)]
    pub project_code: Option<String>,
    #[graphql(skip)]
    pub programme_codes: Vec<String>,
    #[graphql(skip)]
    pub bottleneck_codes: Vec<String>,
    #[graphql(skip)]
    pub primary_code: Option<String>,
    /// Whether the case is published.
    pub is_public: bool,
    /// Whether its sender asked not to be named.
    pub is_anonymous: bool,
    #[graphql(skip)]
    pub is_hidden: bool,
}

impl Record for Feedback {
    const TABLE: &'static str = "feedback.feedback";
    const NOUN: &'static str = "case";
    const KIND: &'static Kind = &FEEDBACK;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}

/// Case of citizen feedback (phản ánh, kiến nghị), as of the end of a day (default: now).
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "Feedback", complex)]
pub struct FeedbackFacts {
    #[graphql(flatten)]
    #[sqlx(flatten)]
    pub case: Feedback,
    /// The day as of which it was read.
    #[graphql(skip)]
    pub as_of: NaiveDate,
    /// State; a resolved case counts as closed when the days of the rule are over.
    #[graphql(name = "status")]
    pub current_status: FeedbackStatus,
    /// Whether it waits for an answer.
    pub is_open: bool,
    /// Whether it is open past its deadline.
    pub is_overdue: bool,
    /// Whether it is open and its deadline is within the next four working hours (rule `FEEDBACK_DUE_SOON`).
    pub is_due_soon: bool,
    /// Time when the intake first acted on it (RFC 3339).
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Time by which the intake must act on it (RFC 3339).
    #[graphql(name = "ackDueAt")]
    pub acknowledge_due_at: Option<DateTime<Utc>>,
    /// Deadline of the answer (RFC 3339); null while the clock stands still, of a rejected or merged case, and when the calendar does not reach it.
    pub due_at: Option<DateTime<Utc>>,
    /// Time of the answer (RFC 3339); null while it is open.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Working hours until the deadline, negative after it; null when it is not open.
    pub hours_left: Option<f64>,
    /// Working hours from the submission or the reopening to the answer, without the time of waiting for the sender.
    pub hours_to_resolve: Option<f64>,
    /// Number of times that it went to another organization.
    pub transfers: i32,
    /// Number of times that it was opened again.
    pub reopenings: i32,
    /// Number of its deadlines that were broken; one before a reopening stays broken.
    pub broken_deadlines: i32,
}
