//! SQL of the audit trail: entries, written in the transaction that they describe.

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::role;
use crate::scope::RequestScope;
use crate::vocabulary::AuditAction;

/// Row of an entry: its kind, id and version.
pub type AuditRow<'a> = (&'a str, String, i32);

/// Entry of the audit trail.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    /// Name of the mutation or of the field.
    pub operation: &'a str,
    /// The caller; `None` for a visitor.
    pub subject: Option<&'a str>,
    /// The rows.
    pub rows: Vec<AuditRow<'a>>,
    /// Why access was refused.
    pub reason: Option<&'a str>,
    /// The request.
    pub request_id: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// An entry of a request without rows.
    pub fn of(scope: &'a RequestScope, operation: &'a str) -> Self {
        let (subject, request_id) = (scope.principal.subject.as_deref(), scope.request_id.as_deref());
        Self { operation, subject, request_id, ..Self::default() }
    }

    /// The same entry, about one row.
    #[must_use]
    pub fn about(mut self, kind: &'a str, id: Uuid, version: i32) -> Self {
        self.rows.push((kind, id.to_string(), version));
        self
    }
}

/// Adds an entry in the caller's transaction.
///
/// # Errors
/// The error of the database.
pub async fn add(db: &mut PgConnection, action: AuditAction, entry: &Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO platform.audit_entry (action, operation, subject, rows, reason, request_id) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(action.as_str())
    .bind(entry.operation)
    .bind(entry.subject)
    .bind(Json(&entry.rows))
    .bind(entry.reason)
    .bind(entry.request_id)
    .execute(db)
    .await?;
    Ok(())
}

/// Adds the entry of an import, if it wrote any row, in the caller's transaction.
///
/// # Errors
/// The error of the database.
pub async fn add_import(
    db: &mut PgConnection,
    operation: &str,
    by: &str,
    rows: Vec<AuditRow<'_>>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    add(db, AuditAction::Write, &Entry { operation, subject: Some(by), rows, ..Entry::default() }).await
}

/// Adds entries in a transaction of its own.
///
/// # Errors
/// The error of the database.
pub async fn add_alone(pool: &PgPool, action: AuditAction, entries: &[Entry<'_>]) -> Result<(), sqlx::Error> {
    let mut transaction = role::begin(pool).await?;
    for entry in entries {
        add(&mut transaction, action, entry).await?;
    }
    transaction.commit().await
}
