//! The verbs of the workflow. Each takes the version that its caller saw, and answers with the task as it is now or
//! with an error whose `extensions.code` says what to do: `VALIDATION` (with the field in `extensions.path`),
//! `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

pub mod reporting;
pub mod transition;
pub mod writing;

use async_graphql::{Context, ID, Result, SimpleObject};
use service_kit::{Problem, ScopeContext};
use uuid::Uuid;

use super::task::Task;
use crate::store::facts;
use crate::workflow::{Setting, Target, parse_id};

/// What a verb leads to.
#[derive(SimpleObject)]
pub struct TaskPayload {
    /// The task after it.
    task: Task,
}

/// Where a verb runs.
fn setting<'a>(ctx: &'a Context<'_>) -> Setting<'a> {
    Setting {
        pool: ctx.database().pool(),
        scope: ctx.scope(),
    }
}

/// The task that a verb changes.
fn target(task: &ID, expected_version: i32) -> Result<Target, Problem> {
    Ok(Target {
        id: parse_id(task, "input.task")?,
        expected_version,
    })
}

/// The task as it is now. Not through the loader, which may remember it as it was.
async fn payload(ctx: &Context<'_>, id: Uuid) -> Result<TaskPayload> {
    let scope = ctx.scope();
    let found = facts::by_ids(ctx.database().pool(), &[id], scope.today(), super::zone(scope)).await?;
    match found.into_iter().next() {
        Some(facts) => Ok(TaskPayload { task: facts.into() }),
        None => Err(Problem::not_found(format!("there is no task {id}")).into()),
    }
}
