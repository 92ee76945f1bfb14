//! SQL of API keys.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, PgPool};

use crate::model::ApiKey;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// Stores a key.
pub async fn insert(db: &mut PgConnection, key: &ApiKey, hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.api_key (id, hash, subject, roles, organization, position, areas, created_by, created_at, expires_at, source, kinds)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        key.id,
        hash,
        key.subject,
        &key.roles,
        key.organization,
        key.position,
        &key.areas,
        key.created_by,
        key.created_at,
        key.expires_at,
        key.source,
        &key.kinds
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads and locks a key.
pub async fn lock(db: &mut PgConnection, id: &str) -> Result<Option<ApiKey>, sqlx::Error> {
    sqlx::query_as!(
        ApiKey,
        "SELECT id, subject, roles, organization, position, areas, source, kinds, created_by, created_at, expires_at, revoked_by, revoked_at, last_used_at
         FROM platform.api_key WHERE id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(db)
    .await
}

/// Revokes a key.
pub async fn revoke(db: &mut PgConnection, id: &str, by: &str, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.api_key SET revoked_by = $2, revoked_at = $3 WHERE id = $1 AND revoked_at IS NULL",
        id,
        by,
        at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads every key, the newest first.
pub async fn all(db: &mut PgConnection) -> Result<Vec<ApiKey>, sqlx::Error> {
    sqlx::query_as!(
        ApiKey,
        "SELECT id, subject, roles, organization, position, areas, source, kinds, created_by, created_at, expires_at, revoked_by, revoked_at, last_used_at
         FROM platform.api_key ORDER BY created_at DESC, id DESC"
    )
    .fetch_all(db)
    .await
}

/// Reads a key that is in force, by id and hash. Notes the use, at most once a minute.
pub async fn in_force(pool: &PgPool, id: &str, hash: &[u8], now: DateTime<Utc>) -> Result<Option<ApiKey>, sqlx::Error> {
    let mut transaction = service_kit::store::role::begin(pool).await?;
    let key = sqlx::query_as!(
        ApiKey,
        "SELECT id, subject, roles, organization, position, areas, source, kinds, created_by, created_at, expires_at, revoked_by, revoked_at, last_used_at
         FROM platform.api_key WHERE id = $1 AND hash = $2 AND revoked_at IS NULL AND $3 < expires_at",
        id,
        hash,
        now
    )
    .fetch_optional(&mut *transaction)
    .await?;
    if key.as_ref().is_some_and(|key| key.last_used_at.is_none_or(|used| used < now - MINUTE)) {
        // A use that is lost in a crash is no loss, so nobody waits for the disk.
        sqlx::raw_sql("SET LOCAL synchronous_commit = off").execute(&mut *transaction).await?;
        sqlx::query!("UPDATE platform.api_key SET last_used_at = $2 WHERE id = $1", id, now)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(key)
}
