//! Relations between tasks. The issuer creates and ends them.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::input::{Target, parse_id};
use service_kit::store::child;
use service_kit::write::Change;

use super::{Edit, TaskEdit, stamp};
use crate::model::{Actor, RelationKind, TaskRelation};
use crate::store::children::{self, constraint};

/// New relation to another task, read as `task KIND toTask`.
#[derive(InputObject)]
pub struct RelateTasksInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Kind of the relation.
    kind: RelationKind,
    /// Platform id of the other task.
    to_task: ID,
}

impl Change for RelateTasksInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let to_task_id = parse_id(&self.to_task, "input.toTask")?;
        edit.permit(Actor::Issuer)?;
        let relation = TaskRelation {
            id: schema::new_id(edit.now),
            from_task_id: edit.row.meta.id,
            to_task_id,
            kind: self.kind,
            created_by: edit.by.to_owned(),
            created_at: edit.now,
        };
        child::add(edit.db, &[relation]).await.map_err(|error| {
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
        })
    }
}

/// End of a relation. The history keeps the relation.
#[derive(InputObject)]
pub struct UnrelateTasksInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Platform id of a relation that starts at the task.
    relation: ID,
}

impl Change for UnrelateTasksInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let relation = parse_id(&self.relation, "input.relation")?;
        edit.permit(Actor::Issuer)?;
        let stamp = stamp(edit);
        if !children::unrelate(edit.db, stamp, relation).await? {
            return Err(Problem::validation("input.relation", "no such relation begins at this task"));
        }
        Ok(())
    }
}
