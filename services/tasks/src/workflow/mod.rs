//! The mutations of tasks: for each its input, the required role and state, and the change.
//!
//! Every mutation of a stored task is a locked edit in one transaction (`service_kit::write`). A problem at any step
//! rolls it back.

mod escalation;
mod extension;
mod progress;
mod relation;
mod reminder;
mod transition;
mod write_up;

use chrono::NaiveDate;
use service_kit::Problem;
use service_kit::scalar::Date;
use service_kit::store::child::{self, Child};

pub use escalation::{RecordDecisionInput, RequestDecisionInput};
pub use extension::{DecideExtensionInput, RequestExtensionInput};
pub use progress::{
    AddEvidenceInput, AddMilestoneInput, CompleteMilestoneInput, OpenBlockerInput, ReportProgressInput,
    ResolveBlockerInput,
};
pub use relation::{RelateTasksInput, UnrelateTasksInput};
pub use reminder::{AnswerReminderInput, RemindTaskInput};
pub use transition::{
    AcceptTaskInput, AssignTaskInput, BlockTaskInput, CancelTaskInput, ReassignTaskInput, RejectSubmissionInput,
    ReopenTaskInput, ReturnTaskInput, StartTaskInput, SubmitTaskInput, SupersedeTaskInput, UnblockTaskInput,
};
pub use write_up::{CreateTaskInput, MoveStartInput, UpdateTaskInput, WithdrawTaskInput};

use crate::model::{Actor, Task, TaskStatus, TaskTransition, Verb};
use crate::store::children::{Stamp, constraint};

service_kit::verbs! {
    Task:
    UpdateTaskInput = "updateTask",
    MoveStartInput = "moveStart",
    WithdrawTaskInput = "withdrawTask",
    AssignTaskInput = "assignTask",
    ReassignTaskInput = "reassignTask",
    ReturnTaskInput = "returnTask",
    StartTaskInput = "startTask",
    BlockTaskInput = "blockTask",
    UnblockTaskInput = "unblockTask",
    SubmitTaskInput = "submitTask",
    AcceptTaskInput = "acceptTask",
    RejectSubmissionInput = "rejectSubmission",
    CancelTaskInput = "cancelTask",
    SupersedeTaskInput = "supersedeTask",
    ReopenTaskInput = "reopenTask",
    ReportProgressInput = "reportProgress",
    AddMilestoneInput = "addMilestone",
    CompleteMilestoneInput = "completeMilestone",
    AddEvidenceInput = "addEvidence",
    OpenBlockerInput = "openBlocker",
    ResolveBlockerInput = "resolveBlocker",
    RequestDecisionInput = "requestDecision",
    RecordDecisionInput = "recordDecision",
    RemindTaskInput = "remindTask",
    AnswerReminderInput = "answerReminder",
    RequestExtensionInput = "requestExtension",
    DecideExtensionInput = "decideExtension",
    RelateTasksInput = "relateTasks",
    UnrelateTasksInput = "unrelateTasks",
}

/// A task that is being changed.
type Edit<'a> = service_kit::write::Edit<'a, Task>;

/// Steps that several verbs share.
trait TaskEdit {
    /// Refuses a caller without the role.
    fn permit(&self, actor: Actor) -> Result<(), Problem>;

    /// Refuses a task that is not open.
    fn require_open(&self, doing: &str) -> Result<(), Problem>;

    /// Moves the task to the next state of the state machine. Log the returned move when the change is complete.
    fn advance(&mut self, verb: Verb) -> Result<Move, Problem>;

    /// Adds a child.
    async fn add<C: Child>(&mut self, row: C) -> Result<(), Problem>;
}

/// Transition that is not logged yet.
struct Move {
    verb: &'static str,
    from_status: Option<TaskStatus>,
    from_lead: Option<String>,
}

impl Move {
    /// Begins a transition.
    fn from(task: &Task, verb: &'static str) -> Self {
        Self { verb, from_status: Some(task.status), from_lead: task.lead_organization_code.clone() }
    }

    /// Logs the transition with the state after it.
    async fn log(self, edit: &mut Edit<'_>, reason: Option<String>, document: Option<String>) -> Result<(), Problem> {
        let row = logged(self, &edit.row, edit.by, edit.now, reason, document);
        edit.add(row).await
    }
}

fn logged(
    made: Move,
    task: &Task,
    by: &str,
    now: chrono::DateTime<chrono::Utc>,
    reason: Option<String>,
    document: Option<String>,
) -> TaskTransition {
    TaskTransition {
        id: schema::new_id(now),
        task_id: task.meta.id,
        verb: made.verb.to_owned(),
        from_status: made.from_status,
        to_status: task.status,
        from_lead: made.from_lead,
        to_lead: task.lead_organization_code.clone(),
        by_subject: by.to_owned(),
        reason,
        document,
        at: now,
    }
}

impl TaskEdit for Edit<'_> {
    fn permit(&self, actor: Actor) -> Result<(), Problem> {
        actor.permit(self.principal, &self.row)
    }

    fn require_open(&self, doing: &str) -> Result<(), Problem> {
        if self.row.status.is_open() {
            return Ok(());
        }
        Err(Problem::conflict(format!(
            "the task is {}; {doing} needs an open task: ASSIGNED, RETURNED, IN_PROGRESS, BLOCKED or SUBMITTED",
            self.row.status
        )))
    }

    fn advance(&mut self, verb: Verb) -> Result<Move, Problem> {
        self.permit(verb.transition().actor)?;
        let made = Move::from(&self.row, verb.as_str());
        self.row.status = verb.target(self.row.status)?;
        Ok(made)
    }

    async fn add<C: Child>(&mut self, row: C) -> Result<(), Problem> {
        Ok(child::add(self.db, &[row]).await?)
    }
}

/// Day of something that has happened: that of the input, by default today. A day to come is refused.
fn past_day(day: Option<&Date>, path: &str, edit: &Edit<'_>) -> Result<NaiveDate, Problem> {
    day.map_or(Ok(edit.today), |day| day.past(path, edit.today))
}

/// Subject and time of the change.
fn stamp<'a>(edit: &Edit<'a>) -> Stamp<'a> {
    Stamp { task_id: edit.row.meta.id, by: edit.by, now: edit.now }
}

/// Converts the violation of a constraint to a problem for the caller. It converts only those that a caller can cause.
fn refused(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("task_code_key") => Problem::validation("input.code", "the code is taken by another task"),
        Some("task_source_external_id_key") => {
            Problem::validation("input.externalId", "the platform already has a task with this external id")
        }
        Some("task_due_not_before_start") => {
            Problem::validation("input.startOn", "the task would be due before it starts")
        }
        _ => error.into(),
    }
}
