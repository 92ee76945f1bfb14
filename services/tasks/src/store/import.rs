//! Import of tasks with their history, many rows with one statement.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use service_kit::store::{child, record};
use sqlx::{Error, PgConnection};
use uuid::Uuid;

use crate::model::{
    Blocker, Evidence, ExtensionRequest, Milestone, ProgressUpdate, Task, TaskRelation, TaskTransition,
};

/// Rows of one import. A stored child is not changed, except that an open one can be closed.
#[derive(Debug, Clone, Default)]
pub struct TaskRows {
    /// New tasks in their first version.
    pub created: Vec<Task>,
    /// Later versions: in each round at most one of each task, the one after the round before.
    pub rounds: Vec<Vec<Task>>,
    pub transitions: Vec<TaskTransition>,
    pub milestones: Vec<Milestone>,
    pub updates: Vec<ProgressUpdate>,
    pub evidence: Vec<Evidence>,
    pub blockers: Vec<Blocker>,
    pub extensions: Vec<ExtensionRequest>,
    pub relations: Vec<TaskRelation>,
}

/// Reads and locks version and observed time of the tasks of a source, deleted ones included. The locks last until the
/// transaction ends; a second import of the source waits for the first.
pub async fn lock_heads(db: &mut PgConnection, source: &str) -> Result<HashMap<Uuid, (i32, DateTime<Utc>)>, Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('tasks.import/' || $1, 0))", source)
        .execute(&mut *db)
        .await?;
    let heads = sqlx::query!("SELECT id, version, observed_at FROM tasks.task WHERE source = $1 FOR UPDATE", source)
        .fetch_all(db)
        .await?;
    Ok(heads.into_iter().map(|head| (head.id, (head.version, head.observed_at))).collect())
}

/// Writes the rows in the caller's transaction, after [`lock_heads`]. It calls `written` with the number of versions
/// after each round.
pub async fn write(db: &mut PgConnection, rows: &TaskRows, mut written: impl FnMut(usize)) -> Result<(), Error> {
    record::insert(db, &rows.created).await?;
    written(rows.created.len());
    for round in &rows.rounds {
        record::save(db, round).await?;
        written(round.len());
    }
    child::load(db, &rows.transitions).await?;
    child::load(db, &rows.evidence).await?;
    child::load(db, &rows.updates).await?;
    child::load(db, &rows.milestones).await?;
    child::load(db, &rows.blockers).await?;
    child::load(db, &rows.extensions).await?;
    child::load(db, &rows.relations).await
}
