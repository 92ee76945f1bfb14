//! Ties between tasks. They are drawn by the issuer, who gave both out.

use service_kit::Problem;
use uuid::Uuid;

use super::edit::Edit;
use super::{Setting, Target};
use crate::model::{Actor, RelationKind};
use crate::store::children;

/// Ties the task to another. The tie reads `task KIND other`.
pub async fn relate(at: Setting<'_>, target: Target, other: Uuid, kind: RelationKind) -> Result<(), Problem> {
    let mut edit = Edit::open(at, target).await?;
    edit.permit(Actor::Issuer, at)?;
    let (db, stamp) = edit.parts();
    children::relate(db, stamp, other, kind).await?;
    edit.commit().await
}

/// Ends a tie of the task. It is kept in the history.
pub async fn unrelate(at: Setting<'_>, target: Target, relation: Uuid) -> Result<(), Problem> {
    let mut edit = Edit::open(at, target).await?;
    edit.permit(Actor::Issuer, at)?;
    let (db, stamp) = edit.parts();
    if !children::unrelate(db, stamp, relation).await? {
        return Err(Problem::validation(
            "input.relation",
            "no such relation begins at this task",
        ));
    }
    edit.commit().await
}
