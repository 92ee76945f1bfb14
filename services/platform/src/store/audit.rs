//! SQL of the hash chain over the audit trail.

use service_kit::{Problem, Reader};
use sqlx::{PgConnection, PgPool};

use crate::chain::{Sealed, Text};

/// Maximum number of entries that one transaction seals, and that the verification reads at a time.
pub const STEP: i64 = 5000;

/// Waits until no other process seals.
pub async fn lock(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('platform.audit_seal', 0))").execute(db).await?;
    Ok(())
}

/// Whether entries wait for their seal.
pub async fn is_pending(db: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM platform.audit_pending) AS "pending!""#).fetch_one(db).await
}

/// Place and hash of the last seal.
pub async fn last(db: &mut PgConnection) -> Result<Option<(i64, Vec<u8>)>, sqlx::Error> {
    let last = sqlx::query!("SELECT sequence, hash FROM platform.audit_seal ORDER BY sequence DESC LIMIT 1");
    Ok(last.fetch_optional(db).await?.map(|seal| (seal.sequence, seal.hash)))
}

/// Takes the entries that wait, in the order of their numbers.
pub async fn take_pending(db: &mut PgConnection) -> Result<Vec<Text>, sqlx::Error> {
    sqlx::query_as!(
        Text,
        r#"WITH taken AS (
               DELETE FROM platform.audit_pending WHERE entry_id IN (SELECT entry_id FROM platform.audit_pending ORDER BY entry_id LIMIT $1)
               RETURNING entry_id)
           SELECT e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "at!", e.action, e.operation, e.subject,
                  e.rows::text AS "rows!", e.reason, e.request_id
           FROM taken JOIN platform.audit_entry AS e ON e.id = taken.entry_id ORDER BY e.id"#,
        STEP
    )
    .fetch_all(db)
    .await
}

/// Stores seals.
pub async fn seal(db: &mut PgConnection, first: i64, entries: &[i64], hashes: &[Vec<u8>]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.audit_seal (sequence, entry_id, hash)
         SELECT $1 + ordinality - 1, entry_id, hash FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY AS s(entry_id, hash, ordinality)",
        first,
        entries,
        hashes
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The seals after a place, each with its entry as it is now.
pub async fn sealed_after(pool: &PgPool, sequence: i64) -> Result<Vec<Sealed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT s.sequence, s.entry_id, s.hash, e.id AS "id?", to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS at,
                  e.action AS "action?", e.operation AS "operation?", e.subject, e.rows::text AS rows, e.reason, e.request_id
           FROM platform.audit_seal AS s LEFT JOIN platform.audit_entry AS e ON e.id = s.entry_id
           WHERE s.sequence > $1 ORDER BY s.sequence LIMIT $2"#,
        sequence,
        STEP
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Sealed {
            sequence: row.sequence,
            entry_id: row.entry_id,
            hash: row.hash,
            text: match (row.id, row.at, row.action, row.operation, row.rows) {
                (Some(id), Some(at), Some(action), Some(operation), Some(rows)) => Some(Text {
                    id,
                    at,
                    action,
                    operation,
                    subject: row.subject,
                    rows,
                    reason: row.reason,
                    request_id: row.request_id,
                }),
                _ => None,
            },
        })
        .collect())
}

/// Numbers of entries that are neither sealed nor waiting, and the number of those that wait.
pub async fn unsealed(pool: &PgPool) -> Result<(Vec<i64>, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT ARRAY(SELECT e.id FROM platform.audit_entry AS e
                   WHERE NOT EXISTS (SELECT FROM platform.audit_seal AS s WHERE s.entry_id = e.id)
                     AND NOT EXISTS (SELECT FROM platform.audit_pending AS p WHERE p.entry_id = e.id) ORDER BY e.id LIMIT 100) AS "stray!",
                  (SELECT count(*) FROM platform.audit_pending) AS "waiting!""#
    )
    .fetch_one(pool)
    .await?;
    Ok((row.stray, row.waiting))
}

/// Entries after a number, as JSON, each with its seal.
pub async fn export_after(pool: &PgPool, id: i64) -> Result<Vec<(i64, serde_json::Value)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT e.id, to_jsonb(e) || jsonb_build_object('sequence', s.sequence, 'hash', encode(s.hash, 'hex')) AS "entry!"
           FROM platform.audit_entry AS e LEFT JOIN platform.audit_seal AS s ON s.entry_id = e.id
           WHERE e.id > $1 ORDER BY e.id LIMIT $2"#,
        id,
        STEP
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.entry)).collect())
}

/// Whether the platform has a table of a name, such as `tasks.task`.
///
/// # Errors
/// The problem of the statement.
pub async fn has_table(reader: &Reader, name: &str) -> Result<bool, Problem> {
    let sql = "SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname || '.' || c.relname = $1 AND c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema'))";
    Ok(sqlx::query_scalar(sql).bind(name).fetch_one(reader).await?)
}
