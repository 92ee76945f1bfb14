//! Heads of tasks: locked, created and saved. The history is written by the table's own trigger.

use chrono::{DateTime, Utc};
use service_kit::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::model::{Head, SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus, Verb};

/// The head of a task, locked until the transaction ends; `None` when there is none or it is hidden by a tombstone.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Head>, Problem> {
    let head = sqlx::query_as!(
        Head,
        r#"SELECT id, source, external_id, code, title, action, kind AS "kind: TaskKind", status AS "status: TaskStatus",
                  programme_codes, group_code, issuer_organization_code, lead_organization_code, lead_role,
                  coordinating_organization_codes, accountable_position_code, approver_position_code, legal_basis,
                  deliverable, acceptance_criteria, start_on, baseline_due, current_due, progress,
                  self_declared_risk AS "self_declared_risk: SelfDeclaredRisk", bottlenecks, area_codes,
                  priority AS "priority: TaskPriority", reporting_cadence_days, last_update_on, submitted_on, submitted_by,
                  closed_on, superseded_by_id, extension_count, returned_count, version
           FROM tasks.task WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"#,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(head)
}

/// Stores a new task.
///
/// # Errors
/// `VALIDATION` when the code or the external id is taken.
pub async fn insert(connection: &mut PgConnection, head: &Head, by: &str, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.task (id, source, external_id, code, title, action, kind, status, programme_codes, group_code,
             issuer_organization_code, lead_organization_code, lead_role, coordinating_organization_codes,
             accountable_position_code, approver_position_code, legal_basis, deliverable, acceptance_criteria, start_on,
             baseline_due, current_due, bottlenecks, area_codes, priority, reporting_cadence_days, recorded_by, observed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
                 $24, $25, $26, $27, $28)",
        head.id,
        head.source,
        head.external_id,
        head.code,
        head.title,
        head.action,
        head.kind.as_str(),
        head.status.as_str(),
        &head.programme_codes,
        head.group_code,
        head.issuer_organization_code,
        head.lead_organization_code,
        head.lead_role,
        &head.coordinating_organization_codes,
        head.accountable_position_code,
        head.approver_position_code,
        head.legal_basis,
        head.deliverable,
        head.acceptance_criteria,
        head.start_on,
        head.baseline_due,
        head.current_due,
        &head.bottlenecks,
        &head.area_codes,
        head.priority.as_str(),
        head.reporting_cadence_days,
        by,
        now
    )
    .execute(connection)
    .await
    .map_err(|error| refused_by_constraint(error, head))?;
    Ok(())
}

/// Saves a head as its next version, if `head.version` is still the stored one. `false` when it is not.
///
/// Observed time never runs back: two processes' clocks may differ by a little.
pub async fn save(connection: &mut PgConnection, head: &Head, by: &str, now: DateTime<Utc>) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "UPDATE tasks.task SET title = $3, action = $4, kind = $5, status = $6, programme_codes = $7, group_code = $8,
             lead_organization_code = $9, lead_role = $10, coordinating_organization_codes = $11,
             accountable_position_code = $12, approver_position_code = $13, legal_basis = $14, deliverable = $15,
             acceptance_criteria = $16, start_on = $17, baseline_due = $18, current_due = $19, progress = $20,
             self_declared_risk = $21, bottlenecks = $22, area_codes = $23, priority = $24, reporting_cadence_days = $25,
             last_update_on = $26, submitted_on = $27, submitted_by = $28, closed_on = $29, superseded_by_id = $30,
             extension_count = $31, returned_count = $32, recorded_by = $33, observed_at = greatest(observed_at, $34),
             recorded_at = now(), version = version + 1
         WHERE id = $1 AND version = $2",
        head.id,
        head.version,
        head.title,
        head.action,
        head.kind.as_str(),
        head.status.as_str(),
        &head.programme_codes,
        head.group_code,
        head.lead_organization_code,
        head.lead_role,
        &head.coordinating_organization_codes,
        head.accountable_position_code,
        head.approver_position_code,
        head.legal_basis,
        head.deliverable,
        head.acceptance_criteria,
        head.start_on,
        head.baseline_due,
        head.current_due,
        head.progress,
        head.self_declared_risk.as_str(),
        &head.bottlenecks,
        &head.area_codes,
        head.priority.as_str(),
        head.reporting_cadence_days,
        head.last_update_on,
        head.submitted_on,
        head.submitted_by,
        head.closed_on,
        head.superseded_by_id,
        head.extension_count,
        head.returned_count,
        by,
        now
    )
    .execute(connection)
    .await
    .map_err(|error| refused_by_constraint(error, head))?;
    Ok(done.rows_affected() == 1)
}

/// A move of the state machine, as it is logged.
#[derive(Debug)]
pub struct Move<'a> {
    /// The task.
    pub task_id: Uuid,
    /// What moved it.
    pub verb: Verb,
    /// From where.
    pub from: TaskStatus,
    /// To where.
    pub to: TaskStatus,
    /// Why.
    pub reason: Option<&'a str>,
    /// By which document.
    pub document: Option<&'a str>,
}

/// Logs a move.
pub async fn log(connection: &mut PgConnection, made: &Move<'_>, by: &str, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.transition (id, task_id, verb, from_status, to_status, by_subject, reason, document, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        schema::new_id(now),
        made.task_id,
        made.verb.as_str(),
        made.from.as_str(),
        made.to.as_str(),
        by,
        made.reason,
        made.document,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Logs a creation, the one entry without an earlier state.
pub async fn log_creation(
    connection: &mut PgConnection,
    id: Uuid,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.transition (id, task_id, verb, to_status, by_subject, at)
         VALUES ($1, $2, 'createTask', 'DRAFT', $3, $4)",
        schema::new_id(now),
        id,
        by,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Says in the caller's words what a constraint refused. Only what a caller can cause is translated.
fn refused_by_constraint(error: sqlx::Error, head: &Head) -> Problem {
    let constraint = error
        .as_database_error()
        .and_then(|error| error.constraint())
        .map(str::to_owned);
    match constraint.as_deref() {
        Some("task_code_key") => {
            Problem::validation("input.code", format!("code {} is taken by another task", head.code))
        }
        Some("task_source_external_id_key") => Problem::validation(
            "input.externalId",
            format!("{} already has a task {}", head.source, head.external_id),
        ),
        Some("task_due_not_before_start") => {
            Problem::validation("input.startOn", "the task would be due before it starts")
        }
        _ => error.into(),
    }
}

/// Whether there is such a task.
pub async fn exists(connection: &mut PgConnection, id: Uuid) -> Result<bool, Problem> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM tasks.task WHERE id = $1 AND deleted_at IS NULL) AS "found!""#,
        id
    )
    .fetch_one(connection)
    .await?)
}
