//! The stored head of a task, as the workflow reads and writes it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::vocabulary::{SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus};

/// Everything that a verb may read or change. What is derived (overdue, at risk, clarity) is not here: see
/// `tasks.task_facts` in the migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Platform id.
    pub id: Uuid,
    /// The owning system.
    pub source: String,
    /// The id in the owning system.
    pub external_id: String,
    /// The code under which people know the task.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What is to be done.
    pub action: Option<String>,
    /// Task, scheme or directive.
    pub kind: TaskKind,
    /// Where it stands.
    pub status: TaskStatus,
    /// The programmes it belongs to.
    pub programme_codes: Vec<String>,
    /// Its group.
    pub group_code: Option<String>,
    /// Who gave it out.
    pub issuer_organization_code: Option<String>,
    /// The one lead.
    pub lead_organization_code: Option<String>,
    /// What the lead's part is.
    pub lead_role: Option<String>,
    /// Who helps.
    pub coordinating_organization_codes: Vec<String>,
    /// The position that answers for it.
    pub accountable_position_code: Option<String>,
    /// The position that accepts it.
    pub approver_position_code: Option<String>,
    /// By which document.
    pub legal_basis: Option<String>,
    /// What is handed in.
    pub deliverable: Option<String>,
    /// When it counts as good.
    pub acceptance_criteria: Option<String>,
    /// First day of the work.
    pub start_on: Option<NaiveDate>,
    /// The first due date.
    pub baseline_due: Option<NaiveDate>,
    /// The due date in force.
    pub current_due: Option<NaiveDate>,
    /// Percent, 0 to 100.
    pub progress: i16,
    /// The lead's own judgement.
    pub self_declared_risk: SelfDeclaredRisk,
    /// The bottlenecks it works on, spelled as in the API.
    pub bottlenecks: Vec<String>,
    /// The areas it concerns.
    pub area_codes: Vec<String>,
    /// How urgent it is.
    pub priority: TaskPriority,
    /// How often the lead reports, in days.
    pub reporting_cadence_days: i16,
    /// When it last did.
    pub last_update_on: Option<NaiveDate>,
    /// When the waiting or accepted work was handed in.
    pub submitted_on: Option<NaiveDate>,
    /// By whom.
    pub submitted_by: Option<String>,
    /// When the task was accepted, cancelled or superseded.
    pub closed_on: Option<NaiveDate>,
    /// The task that replaced it.
    pub superseded_by_id: Option<Uuid>,
    /// How often its due date was moved.
    pub extension_count: i32,
    /// How often it was sent back by its lead.
    pub returned_count: i32,
    /// Counts the changes.
    pub version: i32,
}
