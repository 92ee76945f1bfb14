//! A change to one task, from lock to commit.

use chrono::NaiveDate;
use service_kit::Problem;
use sqlx::{PgConnection, Postgres, Transaction};

use super::{Setting, Target};
use crate::model::{Actor, Head, Verb};
use crate::store::children::Stamp;
use crate::store::head;

/// A task that is being changed. Dropping it changes nothing.
pub(super) struct Edit {
    pub(super) transaction: Transaction<'static, Postgres>,
    pub(super) head: Head,
    pub(super) by: String,
    pub(super) today: NaiveDate,
    now: chrono::DateTime<chrono::Utc>,
}

impl Edit {
    /// Locks the task and makes sure that the caller saw its present version.
    pub(super) async fn open(at: Setting<'_>, target: Target) -> Result<Self, Problem> {
        let by = at.scope.principal.subject()?.to_owned();
        let mut transaction = at.pool.begin().await?;
        let head = head::lock(&mut transaction, target.id)
            .await?
            .ok_or_else(|| Problem::not_found(format!("there is no task {}", target.id)).at("input.task"))?;
        if head.version != target.expected_version {
            return Err(Problem::stale_version(target.expected_version, head.version).at("input.expectedVersion"));
        }
        Ok(Self {
            transaction,
            head,
            by,
            today: at.scope.today(),
            now: at.scope.now,
        })
    }

    /// The connection to write children with, and who writes them, when, on which task.
    pub(super) fn parts(&mut self) -> (&mut PgConnection, Stamp<'_>) {
        let stamp = Stamp {
            task_id: self.head.id,
            by: &self.by,
            now: self.now,
        };
        (&mut self.transaction, stamp)
    }

    /// Refuses a caller who may not play the part.
    pub(super) fn permit(&self, actor: Actor, at: Setting<'_>) -> Result<(), Problem> {
        actor.permit(&at.scope.principal, &self.head)
    }

    /// Refuses what is only possible while the task is open.
    pub(super) fn require_open(&self, doing: &str) -> Result<(), Problem> {
        if self.head.status.is_open() {
            return Ok(());
        }
        Err(Problem::conflict(format!(
            "the task is {}; {doing} needs an open task: ASSIGNED, RETURNED, IN_PROGRESS, BLOCKED or SUBMITTED",
            self.head.status
        )))
    }

    /// Moves the task as the state machine says, and logs the move.
    pub(super) async fn advance(
        &mut self,
        verb: Verb,
        at: Setting<'_>,
        reason: Option<&str>,
        document: Option<&str>,
    ) -> Result<(), Problem> {
        self.permit(verb.transition().actor, at)?;
        let from = self.head.status;
        let to = verb.target(from)?;
        let made = head::Move {
            task_id: self.head.id,
            verb,
            from,
            to,
            reason,
            document,
        };
        head::log(&mut self.transaction, &made, &self.by, self.now).await?;
        self.head.status = to;
        Ok(())
    }

    /// Saves the head as its next version and commits.
    pub(super) async fn commit(mut self) -> Result<(), Problem> {
        if !head::save(&mut self.transaction, &self.head, &self.by, self.now).await? {
            // The lock makes this impossible; the condition in the statement holds even where a lock would not.
            return Err(Problem::conflict(
                "the task was changed at the same time; read it again and decide anew",
            ));
        }
        Ok(self.transaction.commit().await?)
    }
}
