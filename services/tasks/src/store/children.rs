//! What hangs on a task: milestones, updates, evidence, blockers, extension requests, relations and moves.

use std::collections::HashMap;
use std::marker::PhantomData;

use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use service_kit::{BatchSource, Problem};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::model::{BlockerKind, BlockerLevel, ExtensionStatus, RelationKind, SelfDeclaredRisk, TaskStatus};

/// An intermediate goal.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct Milestone {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// What is reached.
    pub title: String,
    #[graphql(skip)]
    pub due_on: NaiveDate,
    #[graphql(skip)]
    pub completed_on: Option<NaiveDate>,
}

/// A report of the lead.
#[derive(SimpleObject, Debug, Clone)]
pub struct ProgressUpdate {
    #[graphql(skip)]
    pub task_id: Uuid,
    /// Percent, 0 to 100. A task at 100 is not completed by that.
    pub progress: i16,
    /// The risk declared with it; null when nothing was said.
    pub self_declared_risk: Option<SelfDeclaredRisk>,
    /// What was reported.
    pub note: Option<String>,
    /// By whom.
    pub reported_by: String,
    /// When it was true.
    pub observed_at: DateTime<Utc>,
}

/// What shows that the work is done.
#[derive(SimpleObject, Debug, Clone)]
pub struct Evidence {
    #[graphql(skip)]
    pub task_id: Uuid,
    /// What it is.
    pub title: String,
    /// Where it is.
    pub uri: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// What stops a task.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct Blocker {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    /// What kind of obstacle it is.
    pub kind: BlockerKind,
    /// The level that can lift it.
    pub needs_level: BlockerLevel,
    /// What it is.
    pub description: String,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Until when; null while it stands.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How it was lifted.
    pub resolution: Option<String>,
}

/// A request for more time, the only way in which a due date moves.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct ExtensionRequest {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    #[graphql(skip)]
    pub requested_due: NaiveDate,
    /// Why.
    pub reason: String,
    /// By whom.
    pub requested_by: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// What became of it.
    pub status: ExtensionStatus,
    #[graphql(skip)]
    pub previous_due: Option<NaiveDate>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// With which words.
    pub decision: Option<String>,
}

/// A tie between two tasks; it reads `from KIND to`.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct TaskRelation {
    #[graphql(skip)]
    pub id: Uuid,
    #[graphql(skip)]
    pub task_id: Uuid,
    #[graphql(skip)]
    pub from_task_id: Uuid,
    #[graphql(skip)]
    pub to_task_id: Uuid,
    /// How.
    pub kind: RelationKind,
}

/// A move of the state machine.
#[derive(SimpleObject, Debug, Clone)]
pub struct TaskTransition {
    #[graphql(skip)]
    pub task_id: Uuid,
    /// The mutation that made it.
    pub verb: String,
    /// From which state; null for the creation.
    pub from_status: Option<TaskStatus>,
    /// To which state.
    pub to_status: TaskStatus,
    /// By whom.
    pub by_subject: String,
    /// Why.
    pub reason: Option<String>,
    /// By which document.
    pub document: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A kind of child that is loaded for many tasks at once.
pub trait Child: Clone + Send + Sync + 'static {
    /// The children of the tasks, in the order in which they are shown.
    fn of_tasks(pool: &PgPool, tasks: &[Uuid]) -> impl Future<Output = Result<Vec<Self>, sqlx::Error>> + Send;

    /// The task it is shown under.
    fn task_id(&self) -> Uuid;
}

/// Loads one kind of child.
#[derive(Debug)]
pub struct ChildSource<C> {
    pool: PgPool,
    kind: PhantomData<fn() -> C>,
}

impl<C> ChildSource<C> {
    /// A source over the database.
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            kind: PhantomData,
        }
    }
}

impl<C: Child> BatchSource for ChildSource<C> {
    type Key = Uuid;
    type Value = Vec<C>;

    async fn load(&self, tasks: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<C>>, Problem> {
        let mut found: HashMap<Uuid, Vec<C>> = HashMap::new();
        for child in C::of_tasks(&self.pool, &tasks).await? {
            found.entry(child.task_id()).or_default().push(child);
        }
        Ok(found)
    }
}

/// Implements [`Child`] by a checked statement.
macro_rules! child {
    ($child:ident, $sql:literal) => {
        impl Child for $child {
            async fn of_tasks(pool: &PgPool, tasks: &[Uuid]) -> Result<Vec<Self>, sqlx::Error> {
                sqlx::query_as!($child, $sql, tasks).fetch_all(pool).await
            }

            fn task_id(&self) -> Uuid {
                self.task_id
            }
        }
    };
}

child!(
    Milestone,
    "SELECT id, task_id, title, due_on, completed_on FROM tasks.milestone WHERE task_id = ANY($1) ORDER BY due_on, id"
);
child!(
    ProgressUpdate,
    r#"SELECT task_id, progress, self_declared_risk AS "self_declared_risk: SelfDeclaredRisk", note, reported_by, observed_at
       FROM tasks.progress_update WHERE task_id = ANY($1) ORDER BY observed_at DESC, id DESC"#
);
child!(
    Evidence,
    "SELECT task_id, title, uri, added_by, added_at FROM tasks.evidence WHERE task_id = ANY($1) ORDER BY added_at, id"
);
child!(
    Blocker,
    r#"SELECT id, task_id, kind AS "kind: BlockerKind", needs_level AS "needs_level: BlockerLevel", description, opened_at,
              resolved_at, resolution
       FROM tasks.blocker WHERE task_id = ANY($1) ORDER BY opened_at, id"#
);
child!(
    ExtensionRequest,
    r#"SELECT id, task_id, requested_due, reason, requested_by, requested_at, status AS "status: ExtensionStatus",
              previous_due, decided_at, decision
       FROM tasks.extension_request WHERE task_id = ANY($1) ORDER BY requested_at, id"#
);
child!(
    TaskRelation,
    r#"SELECT r.id, end_of.task_id AS "task_id!", r.from_task_id, r.to_task_id, r.kind AS "kind: RelationKind"
       FROM tasks.relation AS r
       CROSS JOIN LATERAL (VALUES (r.from_task_id), (r.to_task_id)) AS end_of(task_id)
       WHERE (r.from_task_id = ANY($1) OR r.to_task_id = ANY($1)) AND end_of.task_id = ANY($1) AND r.removed_at IS NULL
       ORDER BY r.created_at, r.id"#
);
child!(
    TaskTransition,
    r#"SELECT task_id, verb, from_status AS "from_status: TaskStatus", to_status AS "to_status: TaskStatus", by_subject,
              reason, document, at
       FROM tasks.transition WHERE task_id = ANY($1) ORDER BY at, id"#
);

/// Who writes a child, when, and on which task.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    pub task_id: Uuid,
    pub by: &'a str,
    pub now: DateTime<Utc>,
}

/// An id as the API writes it.
pub fn id(id: Uuid) -> ID {
    ID(id.to_string())
}

/// Adds a milestone.
pub async fn add_milestone(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    title: &str,
    due_on: NaiveDate,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.milestone (id, task_id, title, due_on, created_by) VALUES ($1, $2, $3, $4, $5)",
        schema::new_id(stamp.now),
        stamp.task_id,
        title,
        due_on,
        stamp.by
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Completes a milestone of the task. `false` when it has no such milestone that is still open.
pub async fn complete_milestone(
    db: &mut PgConnection,
    task_id: Uuid,
    id: Uuid,
    on: NaiveDate,
) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "UPDATE tasks.milestone SET completed_on = $3 WHERE id = $1 AND task_id = $2 AND completed_on IS NULL",
        id,
        task_id,
        on
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Adds a report.
pub async fn add_update(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    progress: i16,
    risk: Option<SelfDeclaredRisk>,
    note: Option<&str>,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.progress_update (id, task_id, progress, self_declared_risk, note, reported_by, observed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        schema::new_id(stamp.now),
        stamp.task_id,
        progress,
        risk.map(SelfDeclaredRisk::as_str),
        note,
        stamp.by,
        stamp.now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Adds a piece of evidence.
pub async fn add_evidence(db: &mut PgConnection, stamp: Stamp<'_>, title: &str, uri: &str) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.evidence (id, task_id, title, uri, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6)",
        schema::new_id(stamp.now),
        stamp.task_id,
        title,
        uri,
        stamp.by,
        stamp.now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whether the task has any evidence.
pub async fn has_evidence(db: &mut PgConnection, task_id: Uuid) -> Result<bool, Problem> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM tasks.evidence WHERE task_id = $1) AS "found!""#,
        task_id
    )
    .fetch_one(db)
    .await?)
}

/// Opens a blocker.
pub async fn open_blocker(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    kind: BlockerKind,
    needs_level: BlockerLevel,
    description: &str,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.blocker (id, task_id, kind, needs_level, description, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        schema::new_id(stamp.now),
        stamp.task_id,
        kind.as_str(),
        needs_level.as_str(),
        description,
        stamp.by,
        stamp.now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Resolves a blocker of the task, or every one that is open. Says how many were.
pub async fn resolve_blockers(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    only: Option<Uuid>,
    resolution: Option<&str>,
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

/// Asks for more time.
///
/// # Errors
/// `CONFLICT` while another request waits.
pub async fn request_extension(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    due: NaiveDate,
    reason: &str,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        schema::new_id(stamp.now),
        stamp.task_id,
        due,
        reason,
        stamp.by,
        stamp.now
    )
    .execute(db)
    .await
    .map_err(|error| match constraint(&error) {
        Some("extension_request_one_pending") => {
            Problem::conflict("another request for more time waits for its decision")
        }
        _ => error.into(),
    })?;
    Ok(())
}

/// A request that waits: the day asked for, and who asked.
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

/// Decides a request.
pub async fn decide_extension(
    db: &mut PgConnection,
    stamp: Stamp<'_>,
    id: Uuid,
    status: ExtensionStatus,
    previous_due: Option<NaiveDate>,
    decision: Option<&str>,
) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE tasks.extension_request SET status = $2, previous_due = $3, decided_by = $4, decided_at = $5, decision = $6
         WHERE id = $1",
        id,
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

/// Ties the task to another.
///
/// # Errors
/// `VALIDATION` when the other does not exist, is the same, is tied so already, or when the tie closes a cycle.
pub async fn relate(db: &mut PgConnection, stamp: Stamp<'_>, to: Uuid, kind: RelationKind) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO tasks.relation (id, from_task_id, to_task_id, kind, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        schema::new_id(stamp.now),
        stamp.task_id,
        to,
        kind.as_str(),
        stamp.by,
        stamp.now
    )
    .execute(db)
    .await
    .map_err(|error| {
        let refused = |message: &str| Problem::validation("input.toTask", message);
        match constraint(&error) {
            Some("relation_acyclic") => {
                refused("the relation closes a cycle: each of the two would wait for the other")
            }
            Some("relation_not_to_itself") => refused("a task is not related to itself"),
            Some("relation_to_task_id_fkey") => refused("there is no such task"),
            Some("relation_once") => Problem::conflict("the two tasks are already related so"),
            _ => error.into(),
        }
    })?;
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

/// The name of the constraint that refused a write.
fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
