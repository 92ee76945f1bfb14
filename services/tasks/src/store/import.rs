//! Writes tasks with their past, set by set. Rows travel as one JSON value that the table's own row type reads.

use std::collections::HashMap;

use sqlx::types::Json;
use sqlx::{Error, PgConnection};
use uuid::Uuid;

use crate::import::{StoredHead, TaskRows, TaskVersion};

/// Where the tasks of a source stand, tombstones included. They stay locked until the transaction ends, and a second load
/// of the source waits for the first.
pub async fn lock_heads(db: &mut PgConnection, source: &str) -> Result<HashMap<Uuid, StoredHead>, Error> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('tasks.import/' || $1, 0))",
        source
    )
    .execute(&mut *db)
    .await?;
    let heads = sqlx::query!(
        "SELECT id, version, observed_at FROM tasks.task WHERE source = $1 FOR UPDATE",
        source
    )
    .fetch_all(db)
    .await?;
    Ok(heads
        .into_iter()
        .map(|head| {
            let stored = StoredHead {
                version: head.version,
                observed_at: head.observed_at,
            };
            (head.id, stored)
        })
        .collect())
}

/// Writes the rows in the caller's transaction, after [`lock_heads`]. `written` is told the number of versions after each round.
pub async fn write(db: &mut PgConnection, rows: &TaskRows, mut written: impl FnMut(usize)) -> Result<(), Error> {
    create(db, &rows.created).await?;
    written(rows.created.len());
    for round in &rows.rounds {
        advance(db, round).await?;
        written(round.len());
    }
    log(db, rows).await?;
    report(db, rows).await?;
    obstacles(db, rows).await?;
    relate(db, rows).await
}

async fn create(db: &mut PgConnection, tasks: &[TaskVersion]) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO tasks.task (id, source, external_id, code, title, action, kind, status, programme_codes, group_code,
             issuer_organization_code, lead_organization_code, lead_role, coordinating_organization_codes,
             accountable_position_code, approver_position_code, legal_basis, deliverable, acceptance_criteria, start_on,
             baseline_due, current_due, progress, self_declared_risk, bottlenecks, area_codes, priority, reporting_cadence_days,
             last_update_on, submitted_on, submitted_by, closed_on, extension_count, returned_count, recorded_by, version, observed_at)
         SELECT id, source, external_id, code, title, action, kind, status, programme_codes, group_code,
             issuer_organization_code, lead_organization_code, lead_role, coordinating_organization_codes,
             accountable_position_code, approver_position_code, legal_basis, deliverable, acceptance_criteria, start_on,
             baseline_due, current_due, progress, self_declared_risk, bottlenecks, area_codes, priority, reporting_cadence_days,
             last_update_on, submitted_on, submitted_by, closed_on, extension_count, returned_count, recorded_by, version, observed_at
         FROM jsonb_populate_recordset(NULL::tasks.task, $1)",
        Json(tasks) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The trigger on the table keeps the version that is left, and counts handovers.
async fn advance(db: &mut PgConnection, tasks: &[TaskVersion]) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE tasks.task AS t SET title = n.title, action = n.action, kind = n.kind, status = n.status,
             programme_codes = n.programme_codes, group_code = n.group_code, lead_organization_code = n.lead_organization_code,
             lead_role = n.lead_role, coordinating_organization_codes = n.coordinating_organization_codes,
             accountable_position_code = n.accountable_position_code, approver_position_code = n.approver_position_code,
             legal_basis = n.legal_basis, deliverable = n.deliverable, acceptance_criteria = n.acceptance_criteria,
             start_on = n.start_on, baseline_due = n.baseline_due, current_due = n.current_due, progress = n.progress,
             self_declared_risk = n.self_declared_risk, bottlenecks = n.bottlenecks, area_codes = n.area_codes,
             priority = n.priority, reporting_cadence_days = n.reporting_cadence_days, last_update_on = n.last_update_on,
             submitted_on = n.submitted_on, submitted_by = n.submitted_by, closed_on = n.closed_on,
             extension_count = n.extension_count, returned_count = n.returned_count, recorded_by = n.recorded_by,
             version = n.version, observed_at = n.observed_at, recorded_at = now()
         FROM jsonb_populate_recordset(NULL::tasks.task, $1) AS n
         WHERE t.id = n.id AND t.version = n.version - 1",
        Json(tasks) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is only ever added: moves, reports and evidence.
async fn log(db: &mut PgConnection, rows: &TaskRows) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO tasks.transition (id, task_id, verb, from_status, to_status, by_subject, reason, document, at)
         SELECT id, task_id, verb, from_status, to_status, by_subject, reason, document, at
         FROM jsonb_populate_recordset(NULL::tasks.transition, $1) ON CONFLICT (id) DO NOTHING",
        Json(&rows.transitions) as _
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "INSERT INTO tasks.evidence (id, task_id, title, uri, added_by, added_at)
         SELECT id, task_id, title, uri, added_by, added_at
         FROM jsonb_populate_recordset(NULL::tasks.evidence, $1) ON CONFLICT (id) DO NOTHING",
        Json(&rows.evidence) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn report(db: &mut PgConnection, rows: &TaskRows) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO tasks.progress_update (id, task_id, source, external_id, progress, self_declared_risk, note, reported_by, observed_at)
         SELECT id, task_id, source, external_id, progress, self_declared_risk, note, reported_by, observed_at
         FROM jsonb_populate_recordset(NULL::tasks.progress_update, $1) ON CONFLICT (id) DO NOTHING",
        Json(&rows.updates) as _
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "INSERT INTO tasks.milestone (id, task_id, title, due_on, completed_on, created_by)
         SELECT id, task_id, title, due_on, completed_on, created_by FROM jsonb_populate_recordset(NULL::tasks.milestone, $1)
         ON CONFLICT (id) DO UPDATE SET completed_on = excluded.completed_on
         WHERE milestone.completed_on IS NULL AND excluded.completed_on IS NOT NULL",
        Json(&rows.milestones) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is opened and closed: blockers and requests for more time. Who closed one first has the last word.
async fn obstacles(db: &mut PgConnection, rows: &TaskRows) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at, resolved_by, resolved_at, resolution)
         SELECT id, task_id, kind, needs_level, description, opened_by, opened_at, resolved_by, resolved_at, resolution
         FROM jsonb_populate_recordset(NULL::tasks.blocker, $1)
         ON CONFLICT (id) DO UPDATE SET resolved_by = excluded.resolved_by, resolved_at = excluded.resolved_at, resolution = excluded.resolution
         WHERE blocker.resolved_at IS NULL AND excluded.resolved_at IS NOT NULL",
        Json(&rows.blockers) as _
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due,
             decided_by, decided_at, decision)
         SELECT id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due, decided_by, decided_at, decision
         FROM jsonb_populate_recordset(NULL::tasks.extension_request, $1)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, previous_due = excluded.previous_due,
             decided_by = excluded.decided_by, decided_at = excluded.decided_at, decision = excluded.decision
         WHERE extension_request.status = 'PENDING' AND excluded.status <> 'PENDING'",
        Json(&rows.extensions) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn relate(db: &mut PgConnection, rows: &TaskRows) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO tasks.relation (id, from_task_id, to_task_id, kind, created_by, created_at)
         SELECT id, from_task_id, to_task_id, kind, created_by, created_at
         FROM jsonb_populate_recordset(NULL::tasks.relation, $1) ON CONFLICT (id) DO NOTHING",
        Json(&rows.relations) as _
    )
    .execute(db)
    .await?;
    Ok(())
}
