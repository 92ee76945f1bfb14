//! A task as of the end of a day, with its derived values.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::FromRow;

use super::task::Task;
use super::vocabulary::RiskReason;

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
}

impl TaskFacts {
    /// Reasons why the task is at risk; empty when it is not.
    pub fn risk_reasons(&self) -> Vec<RiskReason> {
        self.at_risk_reasons.iter().filter_map(|reason| reason.parse().ok()).collect()
    }
}
