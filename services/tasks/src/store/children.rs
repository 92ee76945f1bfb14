//! Children of a task: their tables, and the statements that close them.

use service_kit::Problem;
use service_kit::store::child::Child;
use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

use chrono::{DateTime, NaiveDate, Utc};

use crate::model::{
    Blocker, Evidence, ExtensionRequest, ExtensionStatus, Milestone, ProgressUpdate, Reminder, TaskRelation,
    TaskTransition,
};

const OF_TASK: &str = "c.task_id = parent.id";
/// Of those that a source can delete.
const KEPT: &str = "c.task_id = parent.id AND c.deleted_at IS NULL";

impl Child for Milestone {
    const TABLE: &'static str = "tasks.milestone";
    const TIE: &'static str = KEPT;
    const ORDER: &'static str = "c.due_on, c.id";
    const CLOSES: Option<&'static str> = Some("old.completed_on IS NULL AND excluded.completed_on IS NOT NULL");
}

impl Child for ProgressUpdate {
    const TABLE: &'static str = "tasks.progress_update";
    const TIE: &'static str = KEPT;
    const ORDER: &'static str = "c.observed_at DESC, c.id DESC";
}

impl Child for Evidence {
    const TABLE: &'static str = "tasks.evidence";
    const TIE: &'static str = KEPT;
    const ORDER: &'static str = "c.added_at, c.id";
}

impl Child for Blocker {
    const TABLE: &'static str = "tasks.blocker";
    const TIE: &'static str = KEPT;
    const ORDER: &'static str = "c.opened_at, c.id";
    // What was stated of a blocker is never taken back: resolution, request and decision each come once.
    const CLOSES: Option<&'static str> = Some(
        "old.resolved_at IS NULL AND (excluded.resolved_at IS NOT NULL \
         OR old.requested_on IS NULL AND excluded.requested_on IS NOT NULL \
         OR old.decided_on IS NULL AND excluded.decided_on IS NOT NULL)",
    );
}

impl Child for Reminder {
    const TABLE: &'static str = "tasks.reminder";
    const TIE: &'static str = KEPT;
    const ORDER: &'static str = "c.sent_on, c.id";
    const CLOSES: Option<&'static str> = Some("old.answered_on IS NULL AND excluded.answered_on IS NOT NULL");
}

impl Child for ExtensionRequest {
    const TABLE: &'static str = "tasks.extension_request";
    const TIE: &'static str = OF_TASK;
    const ORDER: &'static str = "c.requested_at, c.id";
    const CLOSES: Option<&'static str> = Some("old.status = 'PENDING' AND excluded.status <> 'PENDING'");
}

impl Child for TaskRelation {
    const TABLE: &'static str = "tasks.relation";
    const TIE: &'static str = "(c.from_task_id = parent.id OR c.to_task_id = parent.id) AND c.removed_at IS NULL";
    const ORDER: &'static str = "c.created_at, c.id";
}

impl Child for TaskTransition {
    const TABLE: &'static str = "tasks.transition";
    const TIE: &'static str = OF_TASK;
    const ORDER: &'static str = "c.at, c.id";
}

/// Subject and time of a change.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    pub task_id: Uuid,
    pub by: &'a str,
    pub now: DateTime<Utc>,
}

/// Completes a milestone of the task. `false` when it has no such milestone that is still open.
pub async fn complete_milestone(db: &mut PgConnection, task: Uuid, id: Uuid, on: NaiveDate) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "UPDATE tasks.milestone SET completed_on = $3 WHERE id = $1 AND task_id = $2 AND completed_on IS NULL",
        id,
        task,
        on
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the task has any evidence.
pub async fn has_evidence(db: &mut PgConnection, task_id: Uuid) -> Result<bool, Problem> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM tasks.evidence WHERE task_id = $1 AND deleted_at IS NULL) AS "found!""#,
        task_id
    )
    .fetch_one(db)
    .await?)
}

/// Resolves a blocker of the task, or every one that is open. Returns their number.
pub async fn resolve_blockers(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    only: Option<Uuid>,
    resolution: &str,
) -> Result<u64, Problem> {
    let done = sqlx::query!(
        "UPDATE tasks.blocker SET resolved_by = $3, resolved_at = greatest(opened_at, $4), resolution = $5
         WHERE task_id = $1 AND resolved_at IS NULL AND ($2::uuid IS NULL OR id = $2)",
        stamp.task_id,
        only,
        stamp.by,
        stamp.now,
        resolution
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Reads and locks a child of the task.
async fn locked<C: Child>(db: &mut PgConnection, task_id: Uuid, id: Uuid) -> Result<Option<C>, Problem> {
    let mut sql = QueryBuilder::new("SELECT * FROM ");
    sql.push(C::TABLE).push(" WHERE id = ").push_bind(id).push(" AND task_id = ").push_bind(task_id);
    sql.push(" AND deleted_at IS NULL FOR NO KEY UPDATE");
    Ok(sql.build_query_as().fetch_optional(db).await?)
}

/// A reminder of the task.
pub async fn reminder(db: &mut PgConnection, task_id: Uuid, id: Uuid) -> Result<Option<Reminder>, Problem> {
    locked(db, task_id, id).await
}

/// A blocker of the task.
pub async fn blocker(db: &mut PgConnection, task_id: Uuid, id: Uuid) -> Result<Option<Blocker>, Problem> {
    locked(db, task_id, id).await
}

/// Stores the answer to a reminder.
pub async fn answer_reminder(db: &mut PgConnection, reminder: &Reminder) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE tasks.reminder SET answered_on = $2, answer = $3, answered_by = $4 WHERE id = $1",
        reminder.id,
        reminder.answered_on,
        reminder.answer,
        reminder.answered_by
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Stores the request of a blocker and its decision.
pub async fn escalate(db: &mut PgConnection, blocker: &Blocker) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE tasks.blocker SET request_document = $2, requested_on = $3, decision = $4, decision_document = $5, decided_on = $6
         WHERE id = $1",
        blocker.id,
        blocker.request_document,
        blocker.requested_on,
        blocker.decision,
        blocker.decision_document,
        blocker.decided_on
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether an organization is above another one.
pub async fn is_above(db: &mut PgConnection, superior: &str, below: &str) -> Result<bool, Problem> {
    Ok(superior != below
        && sqlx::query_scalar!(
            r#"SELECT $2 IN (SELECT directory.published_with_subordinates(ARRAY[$1])) AS "above!""#,
            superior,
            below
        )
        .fetch_one(db)
        .await?)
}

/// Pending extension request: the requested due date and the requester.
pub async fn pending_extension(
    db: &mut PgConnection,
    task_id: Uuid,
    id: Uuid,
) -> Result<Option<(NaiveDate, String)>, Problem> {
    let row = sqlx::query!(
        "SELECT requested_due, requested_by FROM tasks.extension_request WHERE id = $1 AND task_id = $2 AND status = 'PENDING'",
        id,
        task_id
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.requested_due, row.requested_by)))
}

/// Stores the decision on the pending request, if there is one.
pub async fn decide_extension(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    status: ExtensionStatus,
    previous_due: Option<NaiveDate>,
    decision: Option<&str>,
) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE tasks.extension_request SET status = $2, previous_due = $3, decided_by = $4, decided_at = $5, decision = $6
         WHERE task_id = $1 AND status = 'PENDING'",
        stamp.task_id,
        status.as_str(),
        previous_due,
        stamp.by,
        stamp.now,
        decision
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a relation of the task. `false` when it has no such relation.
pub async fn unrelate(db: &mut PgConnection, stamp: Stamp<'_>, id: Uuid) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "UPDATE tasks.relation SET removed_by = $3, removed_at = greatest(created_at, $4)
         WHERE id = $1 AND from_task_id = $2 AND removed_at IS NULL",
        id,
        stamp.task_id,
        stamp.by,
        stamp.now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Returns the name of the constraint that a write violates.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
