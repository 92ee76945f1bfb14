//! Statements of the mutations.

use service_kit::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

/// Returns the name of the constraint that a write violates.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}

/// Id of the case that a chain of merges ends at: the case itself when it is not merged.
///
/// # Errors
/// The problem of the statement.
pub async fn root_of(db: &mut PgConnection, id: Uuid) -> Result<Uuid, Problem> {
    let root: Option<Uuid> = sqlx::query_scalar("SELECT feedback.root_of($1)").bind(id).fetch_one(db).await?;
    Ok(root.unwrap_or(id))
}

/// Id of the case with a code; `None` when there is none.
///
/// # Errors
/// The problem of the statement.
pub async fn id_of(db: &mut PgConnection, code: &str) -> Result<Option<Uuid>, Problem> {
    let sql = "SELECT id FROM feedback.feedback WHERE code = $1 AND deleted_at IS NULL";
    Ok(sqlx::query_scalar(sql).bind(code).fetch_optional(db).await?)
}

/// Whether a category takes new cases.
///
/// # Errors
/// The problem of the statement.
pub async fn is_active(db: &mut PgConnection, category: &str) -> Result<bool, Problem> {
    let sql = "SELECT EXISTS (SELECT FROM feedback.category WHERE code = $1 AND is_active)";
    Ok(sqlx::query_scalar(sql).bind(category).fetch_one(db).await?)
}

/// Whether a case has evidence.
///
/// # Errors
/// The problem of the statement.
pub async fn has_evidence(db: &mut PgConnection, case: Uuid) -> Result<bool, Problem> {
    let sql = "SELECT EXISTS (SELECT FROM feedback.attachment WHERE feedback_id = $1 AND role = 'EVIDENCE' AND deleted_at IS NULL)";
    Ok(sqlx::query_scalar(sql).bind(case).fetch_one(db).await?)
}
