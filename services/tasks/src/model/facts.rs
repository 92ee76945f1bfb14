//! A task as of the end of a day, with its derived values.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::FromRow;

use super::task::Task;
use super::vocabulary::{DecidingLevel, RiskReason};

/// Task (nhiệm vụ), as of the end of a day (default: today).
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(name = "Task", complex)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the six clarities are six independent facts, as the domain counts them"
)]
pub struct TaskFacts {
    #[graphql(flatten)]
    #[sqlx(flatten)]
    pub task: Task,
    /// The day as of which it was read.
    #[graphql(skip)]
    pub as_of: NaiveDate,
    /// Whether the task is open: assigned and not yet finished.
    pub is_open: bool,
    #[graphql(skip)]
    pub is_issued: bool,
    #[graphql(skip)]
    pub is_overdue: bool,
    #[graphql(skip)]
    pub days_overdue: Option<i32>,
    #[graphql(skip)]
    pub done_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub expected_progress: Option<Decimal>,
    #[graphql(skip)]
    pub clear_person: bool,
    #[graphql(skip)]
    pub clear_action: bool,
    #[graphql(skip)]
    pub clear_due: bool,
    #[graphql(skip)]
    pub clear_lead: bool,
    #[graphql(skip)]
    pub clear_product: bool,
    #[graphql(skip)]
    pub clear_authority: bool,
    #[graphql(skip)]
    pub clarity: i32,
    /// Number of transfers to another lead since the assignment.
    pub lead_changes: i32,
    /// Number of approved extensions of the due date.
    pub extension_count: i32,
    /// Number of times that the lead returned the task.
    pub returned_count: i32,
    #[graphql(skip)]
    at_risk_reasons: Vec<String>,
    /// Number of reminders to the lead so far.
    pub reminder_count: i32,
    /// Number of reminders to the lead that have no answer; 0 when the task is not open.
    pub unanswered_reminder_count: i32,
    #[graphql(skip)]
    pub city_since: Option<NaiveDate>,
    #[graphql(skip)]
    pub central_since: Option<NaiveDate>,
}

impl TaskFacts {
    /// Reasons why the task is at risk; empty when it is not.
    pub fn risk_reasons(&self) -> Vec<RiskReason> {
        self.at_risk_reasons.iter().filter_map(|reason| reason.parse().ok()).collect()
    }

    /// Levels whose decision the task waits for, each with the day of the oldest request.
    pub fn waits(&self) -> impl Iterator<Item = (DecidingLevel, NaiveDate)> + use<> {
        let levels = [(DecidingLevel::City, self.city_since), (DecidingLevel::Central, self.central_since)];
        levels.into_iter().filter_map(|(level, since)| Some((level, since?)))
    }
}
