//! The task as it is stored. The row is read, written and returned whole.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use serde::Serialize;
use service_kit::access::Kind;
use service_kit::record::{Meta, Record};
use sqlx::FromRow;
use uuid::Uuid;

use super::access::TASKS;
use super::vocabulary::{SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus};

/// A row of `tasks.task`. Its derived values are in [`super::TaskFacts`].
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone, PartialEq, Default)]
#[graphql(name = "StoredTask")]
pub struct Task {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    /// Code of the task, as people use it.
    pub code: String,
    /// Title of the task.
    pub title: String,
    /// Action to be taken, as a verb.
    pub action: Option<String>,
    /// Kind of the task: task, scheme or directive.
    pub kind: TaskKind,
    /// State of the task.
    pub status: TaskStatus,
    #[graphql(skip)]
    pub programme_codes: Vec<String>,
    #[graphql(skip)]
    pub group_code: Option<String>,
    #[graphql(skip)]
    pub issuer_organization_code: Option<String>,
    #[graphql(skip)]
    pub lead_organization_code: Option<String>,
    /// Role of the lead organization.
    pub lead_role: Option<String>,
    #[graphql(skip)]
    pub coordinating_organization_codes: Vec<String>,
    #[graphql(skip)]
    pub accountable_position_code: Option<String>,
    #[graphql(skip)]
    pub approver_position_code: Option<String>,
    /// Document that is the legal basis of the task.
    pub legal_basis: Option<String>,
    /// Product of the task.
    pub deliverable: Option<String>,
    /// Conditions under which the product is accepted.
    pub acceptance_criteria: Option<String>,
    #[graphql(skip)]
    pub start_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub baseline_due: Option<NaiveDate>,
    #[graphql(skip)]
    pub current_due: Option<NaiveDate>,
    /// Reported progress in percent, 0 to 100. A task with progress 100 is not completed.
    pub progress: i16,
    /// Risk that the lead declares.
    pub self_declared_risk: SelfDeclaredRisk,
    #[graphql(skip)]
    pub bottleneck_codes: Vec<String>,
    #[graphql(skip)]
    pub project_codes: Vec<String>,
    #[graphql(skip)]
    pub indicator_codes: Vec<String>,
    #[graphql(skip)]
    pub area_codes: Vec<String>,
    #[graphql(skip)]
    pub conclusion_code: Option<String>,
    /// Urgency of the task.
    pub priority: TaskPriority,
    /// Interval between two reports of the lead, in days.
    pub reporting_cadence_days: i16,
    #[graphql(skip)]
    pub last_update_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub submitted_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub submitted_by: Option<String>,
    #[graphql(skip)]
    pub closed_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub superseded_by_id: Option<Uuid>,
}

/// Default interval between two reports of the lead, in days.
const REPORTING_CADENCE_DAYS: i16 = 30;

impl Task {
    /// Creates an empty draft.
    pub fn draft(meta: Meta, code: String, title: String) -> Self {
        Self { meta, code, title, reporting_cadence_days: REPORTING_CADENCE_DAYS, ..Self::default() }
    }
}

impl Record for Task {
    const TABLE: &'static str = "tasks.task";
    const NOUN: &'static str = "task";
    const KIND: &'static Kind = &TASKS;

    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }
}
