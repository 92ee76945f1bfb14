//! Turns: pushes of one source to one service are applied one after the other, or two parts of one beside each other.

use sqlx::PgConnection;

use super::statements::TABLES;
use crate::push::PushKind;

/// Whether other rows of the source are applied at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// None are.
    Alone,
    /// Rows of other parents are. A row that may touch what they do is a serialization failure.
    Beside,
}

/// Pushes of one source to one service take turns. The lock lasts until the transaction ends. Who has shared the turn before
/// may still be at work, and is waited for.
///
/// # Errors
/// The error of the database.
pub async fn take_turn(db: &mut PgConnection, source: &str, kind: &PushKind) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('push/' || $1, 0)),
                pg_advisory_xact_lock(hashtextextended('push/' || $2 || '/' || $1, 0)),
                platform.wait_for_lock(hashtextextended('push/' || $2 || '/' || $1 || '/shared', 0))",
    )
    .bind(source)
    .bind(kind.service())
    .execute(&mut *db)
    .await?;
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

/// Works beside the transaction that has the turn, until this one ends. Returns false when somebody waits for both: it would wait
/// behind them, and they for the turn.
///
/// # Errors
/// The error of the database.
pub async fn share_turn(db: &mut PgConnection, source: &str, kind: &PushKind) -> Result<bool, sqlx::Error> {
    let is_shared = sqlx::query_scalar(
        "SELECT pg_try_advisory_xact_lock_shared(hashtextextended('push/' || $1, 0))
            AND pg_try_advisory_xact_lock_shared(hashtextextended('push/' || $2 || '/' || $1 || '/shared', 0))",
    )
    .bind(source)
    .bind(kind.service())
    .fetch_one(&mut *db)
    .await?;
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(is_shared)
}

/// Runs what is deferred to the end of the transaction, such as the facts of the records.
///
/// # Errors
/// The error of the database.
pub async fn run_deferred(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SET CONSTRAINTS ALL IMMEDIATE").execute(db).await?;
    Ok(())
}

/// Waits for the pushes of a source to all services, and keeps others from beginning until the transaction ends.
///
/// # Errors
/// The error of the database.
pub async fn take_every_turn(db: &mut PgConnection, source: &str) -> Result<(), sqlx::Error> {
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended('push/' || $1, 0))";
    sqlx::query(sql).bind(source).execute(db).await?;
    Ok(())
}
