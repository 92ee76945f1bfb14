//! Import of tasks with their history, many rows with one statement.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use service_kit::record::Record;
use service_kit::store::audit::add_import;
use service_kit::store::child::{self, Child};
use service_kit::store::record;
use sqlx::{AssertSqlSafe, Error, PgConnection};
use uuid::Uuid;

use crate::model::{
    Blocker, Evidence, ExtensionRequest, Milestone, ProgressUpdate, Reminder, Task, TaskRelation, TaskTransition,
};

/// The tables that an import writes.
const TABLES: [&str; 14] = [
    Task::TABLE,
    "tasks.task_event",
    TaskTransition::TABLE,
    Milestone::TABLE,
    ProgressUpdate::TABLE,
    Evidence::TABLE,
    Blocker::TABLE,
    Reminder::TABLE,
    ExtensionRequest::TABLE,
    TaskRelation::TABLE,
    "tasks.fact",
    "tasks.fact_code",
    "tasks.fact_of_area",
    "tasks.fact_tally",
];

/// Rows of one import. A stored child is not changed, except that an open one can be closed.
#[derive(Debug, Clone, Default)]
pub struct TaskRows {
    created: Created,
    /// Later versions of stored tasks: in each round at most one of each task, the one after the round before.
    pub rounds: Vec<Vec<Task>>,
    pub transitions: Vec<TaskTransition>,
    pub milestones: Vec<Milestone>,
    pub updates: Vec<ProgressUpdate>,
    pub evidence: Vec<Evidence>,
    pub blockers: Vec<Blocker>,
    pub reminders: Vec<Reminder>,
    pub extensions: Vec<ExtensionRequest>,
    pub relations: Vec<TaskRelation>,
}

/// New tasks: each in its last version, and the events of all its versions.
#[derive(Debug, Clone, Default)]
struct Created {
    heads: Vec<Task>,
    event_ids: Vec<Uuid>,
    observed: Vec<DateTime<Utc>>,
    changes: Vec<Value>,
}

impl TaskRows {
    /// Adds a new task with its versions, the earliest first.
    ///
    /// # Errors
    /// When a version cannot be written as JSON.
    pub fn create(&mut self, versions: &[Task]) -> Result<(), Error> {
        let mut before = Map::new();
        for version in versions {
            let state = state(version)?;
            let changed =
                state.iter().filter(|(column, value)| **value != *before.get(*column).unwrap_or(&Value::Null));
            self.created.changes.push(changed.map(|(column, value)| (column.clone(), value.clone())).collect());
            self.created.event_ids.push(version.meta.id);
            self.created.observed.push(version.meta.observed_at);
            before = state;
        }
        self.created.heads.extend(versions.last().cloned());
        Ok(())
    }
}

/// The columns of a version that an event has: all except those that `platform.not_state` names.
fn state(version: &Task) -> Result<Map<String, Value>, Error> {
    let mut state = match serde_json::to_value(version) {
        Ok(Value::Object(state)) => state,
        Ok(_) => Map::new(),
        Err(error) => return Err(Error::Encode(error.into())),
    };
    state.retain(|column, _| !matches!(column.as_str(), "version" | "observed_at"));
    Ok(state)
}

/// Reads and locks version and observed time of the stored ones of these tasks, deleted ones included. The locks last
/// until the transaction ends; a second import of the source waits for the first.
pub async fn lock_heads(
    db: &mut PgConnection,
    source: &str,
    tasks: &[Uuid],
) -> Result<HashMap<Uuid, (i32, DateTime<Utc>)>, Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('tasks.import/' || $1, 0))", source)
        .execute(&mut *db)
        .await?;
    let sql = sqlx::query!(
        "SELECT id, version, observed_at FROM tasks.task WHERE source = $1 AND id = ANY($2) ORDER BY id FOR UPDATE",
        source,
        tasks
    );
    let heads = sql.fetch_all(db).await?;
    Ok(heads.into_iter().map(|head| (head.id, (head.version, head.observed_at))).collect())
}

/// Writes the rows in the caller's transaction, after [`lock_heads`], with an entry of the audit trail in the name of `by`.
pub async fn write(db: &mut PgConnection, by: &str, rows: &TaskRows) -> Result<(), Error> {
    create(db, &rows.created).await?;
    for round in &rows.rounds {
        record::save(db, round).await?;
    }
    child::load(db, &rows.transitions).await?;
    child::load(db, &rows.evidence).await?;
    child::load(db, &rows.updates).await?;
    child::load(db, &rows.milestones).await?;
    child::load(db, &rows.blockers).await?;
    child::load(db, &rows.reminders).await?;
    child::load(db, &rows.extensions).await?;
    child::load(db, &rows.relations).await?;
    let versions = rows.created.heads.iter().chain(rows.rounds.iter().flatten());
    let versions = versions.map(|task| (Task::TABLE, task.meta.id.to_string(), task.meta.version)).collect();
    add_import(db, "import of tasks", by, versions).await
}

/// Inserts each new task once, in its last version, and the events that lead to it. Writing every version to the table
/// would update all its indexes each time.
async fn create(db: &mut PgConnection, Created { heads, event_ids, observed, changes }: &Created) -> Result<(), Error> {
    // As in `platform.insert_event`: the trigger writes no event while its events are written here.
    set_folding(db, "on").await?;
    record::insert(db, heads).await?;
    set_folding(db, "off").await?;
    sqlx::query!(
        "INSERT INTO tasks.task_event (id, observed_at, recorded_at, changes)
         SELECT id, observed_at, now(), changes FROM unnest($1::uuid[], $2::timestamptz[], $3::jsonb[]) AS e(id, observed_at, changes)",
        event_ids,
        observed,
        changes
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn set_folding(db: &mut PgConnection, state: &str) -> Result<(), Error> {
    sqlx::query!("SELECT set_config('platform.folding', $1, true)", state).fetch_one(db).await?;
    Ok(())
}

/// Ends a load of any number of [`write`]s. Everything that is derived from the tasks and can be computed for all of
/// them at once belongs here: the statistics, without which the planner expects an empty table.
///
/// # Errors
/// The error of the database.
pub async fn finish(db: &mut PgConnection) -> Result<(), Error> {
    for table in TABLES {
        sqlx::query(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut *db).await?;
    }
    Ok(())
}
