//! SQL of receipts: what was received, what became of it, what failed and what waits.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool};
use tabular::Words;
use uuid::Uuid;

use crate::push::engine::Faulty;
use crate::push::{Counts, RowError};
use crate::store::role;

/// States of a receipt.
pub const STATES: [&str; 5] = ["RUNNING", "DONE", "FAILED", "ROLLED_BACK", "UNDONE"];

/// Receipt of a push.
#[derive(Debug, Clone, FromRow)]
pub struct Receipt {
    pub id: Uuid,
    pub source: String,
    pub kind: String,
    pub subject: String,
    /// One of [`STATES`].
    pub state: String,
    pub format: String,
    pub mode: String,
    pub atomic: bool,
    pub encoding: Option<String>,
    pub file_name: Option<String>,
    pub idempotency_key: Option<String>,
    pub digest: Option<Vec<u8>>,
    pub bytes: i64,
    pub received_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub removed: i64,
    pub unchanged: i64,
    pub stale: i64,
    pub parked: i64,
    pub rejected: i64,
    #[sqlx(json)]
    pub notes: Value,
    pub error: Option<Json<RowError>>,
    pub undone_by: Option<String>,
    pub undone_at: Option<DateTime<Utc>>,
    pub request_id: Option<String>,
    /// When its body was forgotten.
    pub body_deleted_at: Option<DateTime<Utc>>,
}

/// What a push begins with.
#[derive(Debug, Clone)]
pub struct NewReceipt<'a> {
    pub id: Uuid,
    pub source: &'a str,
    pub kind: &'static str,
    pub subject: &'a str,
    pub format: &'static str,
    pub mode: &'static str,
    pub atomic: bool,
    pub idempotency_key: Option<&'a str>,
    pub received_at: DateTime<Utc>,
    pub request_id: Option<&'a str>,
    pub file_name: Option<&'a str>,
}

/// Registers the source if it is new, and begins a receipt. A push that did not end is continued under its key. Returns the
/// receipt that has the key already, if there is one.
///
/// # Errors
/// The error of the database.
pub async fn begin(db: &mut PgConnection, new: &NewReceipt<'_>) -> Result<Option<Receipt>, sqlx::Error> {
    sqlx::query(
        "INSERT INTO platform.source (code, created_by, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(new.source)
    .bind(new.subject)
    .bind(new.received_at)
    .execute(&mut *db)
    .await?;
    let made = sqlx::query(
        "INSERT INTO platform.receipt (id, source, kind, subject, state, format, mode, atomic, idempotency_key, received_at, request_id, file_name)
         VALUES ($1, $2, $3, $4, 'RUNNING', $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (subject, idempotency_key) DO NOTHING",
    )
    .bind(new.id)
    .bind(new.source)
    .bind(new.kind)
    .bind(new.subject)
    .bind(new.format)
    .bind(new.mode)
    .bind(new.atomic)
    .bind(new.idempotency_key)
    .bind(new.received_at)
    .bind(new.request_id)
    .bind(new.file_name)
    .execute(&mut *db)
    .await?;
    if made.rows_affected() == 1 {
        return Ok(None);
    }
    sqlx::query_as("SELECT * FROM platform.receipt WHERE subject = $1 AND idempotency_key = $2")
        .bind(new.subject)
        .bind(new.idempotency_key)
        .fetch_optional(db)
        .await
}

/// Whether another push of the source is running that replaces the records of a kind. Who asks is the only one that may begin until its
/// transaction ends.
///
/// # Errors
/// The error of the database.
pub async fn is_replaced_elsewhere(
    db: &mut PgConnection,
    source: &str,
    kind: &str,
    receipt: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('push/replace/' || $1 || '/' || $2, 0))")
        .bind(source)
        .bind(kind)
        .execute(&mut *db)
        .await?;
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM platform.receipt WHERE source = $1 AND kind = $2 AND state = 'RUNNING' AND mode = 'REPLACE' AND id <> $3)",
    )
    .bind(source)
    .bind(kind)
    .bind(receipt)
    .fetch_one(db)
    .await
}

/// Begins a receipt anew whose push did not end, such as after a crash. What it wrote stays; rows say nothing new twice.
///
/// # Errors
/// The error of the database.
pub async fn restart(db: &mut PgConnection, receipt: Uuid) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM platform.receipt_payload WHERE receipt_id = $1",
        "DELETE FROM platform.receipt_result WHERE receipt_id = $1",
        "DELETE FROM platform.receipt_row WHERE receipt_id = $1",
        "UPDATE platform.receipt SET state = 'RUNNING', rows = 0, created = 0, updated = 0, removed = 0, unchanged = 0, stale = 0, parked = 0,
             rejected = 0, bytes = 0, error = NULL, notes = '[]', body_deleted_at = NULL WHERE id = $1",
    ] {
        sqlx::query(sql).bind(receipt).execute(&mut *db).await?;
    }
    Ok(())
}

/// One receipt.
///
/// # Errors
/// The error of the database.
pub async fn find(db: impl PgExecutor<'_>, receipt: Uuid) -> Result<Option<Receipt>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM platform.receipt WHERE id = $1").bind(receipt).fetch_optional(db).await
}

/// Which receipts.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub source: Option<String>,
    pub kind: Option<String>,
    pub state: Option<String>,
    /// Time and id of the receipt after which they come.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// The newest receipts.
///
/// # Errors
/// The error of the database.
pub async fn newest(db: impl PgExecutor<'_>, filter: &Filter, first: i64) -> Result<Vec<Receipt>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM platform.receipt
         WHERE ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR state = $3)
           AND ($4::timestamptz IS NULL OR (received_at, id) < ($4, $5))
         ORDER BY received_at DESC, id DESC LIMIT $6",
    )
    .bind(filter.source.as_deref())
    .bind(filter.kind.as_deref())
    .bind(filter.state.as_deref())
    .bind(filter.after.map(|(at, _)| at))
    .bind(filter.after.map(|(_, id)| id))
    .bind(first)
    .fetch_all(db)
    .await
}

/// Which stored parts of a receipt.
#[derive(Debug, Clone, Copy)]
pub enum Parts {
    /// The body as it was received.
    Payload,
    /// The results that were sent.
    Results,
}

impl Parts {
    fn table(self) -> &'static str {
        match self {
            Self::Payload => "platform.receipt_payload",
            Self::Results => "platform.receipt_result",
        }
    }
}

/// Stores a compressed part, in place of one that had less.
///
/// # Errors
/// The error of the database.
pub async fn add_part(
    db: &mut PgConnection,
    parts: Parts,
    receipt: Uuid,
    part: i32,
    bytes: &[u8],
) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO {} (receipt_id, part, bytes) VALUES ($1, $2, $3) ON CONFLICT (receipt_id, part) DO UPDATE SET bytes = excluded.bytes",
        parts.table()
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(receipt).bind(part).bind(bytes).execute(db).await?;
    Ok(())
}

/// One compressed part.
///
/// # Errors
/// The error of the database.
pub async fn part(
    db: &mut PgConnection,
    parts: Parts,
    receipt: Uuid,
    part: i32,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let sql = format!("SELECT bytes FROM {} WHERE receipt_id = $1 AND part = $2", parts.table());
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(receipt).bind(part).fetch_optional(db).await
}

/// Adds the numbers of a chunk.
///
/// # Errors
/// The error of the database.
pub async fn count(db: &mut PgConnection, receipt: Uuid, counts: &Counts) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE platform.receipt SET rows = rows + $2, created = created + $3, updated = updated + $4, unchanged = unchanged + $5,
             stale = stale + $6, parked = parked + $7, rejected = rejected + $8, removed = removed + $9 WHERE id = $1",
    )
    .bind(receipt)
    .bind(counts.rows)
    .bind(counts.created)
    .bind(counts.updated)
    .bind(counts.unchanged)
    .bind(counts.stale)
    .bind(counts.parked)
    .bind(counts.rejected)
    .bind(counts.removed)
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps rejected rows with their cells.
///
/// # Errors
/// The error of the database.
pub async fn keep_rejected(
    db: &mut PgConnection,
    receipt: Uuid,
    source: &str,
    kind: &str,
    rows: &[Faulty],
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO platform.receipt_row (receipt_id, row, line, source, kind, external_id, status, errors, raw)
         SELECT $1, r.row, r.line, $2, $3, r.external_id, 'REJECTED', r.errors, r.raw::jsonb
         FROM unnest($4::bigint[], $5::bigint[], $6::text[], $7::jsonb[], $8::text[]) AS r(row, line, external_id, errors, raw)",
    )
    .bind(receipt)
    .bind(source)
    .bind(kind)
    .bind(rows.iter().map(|faulty| faulty.result.row).collect::<Vec<_>>())
    .bind(rows.iter().map(|faulty| faulty.result.line).collect::<Vec<_>>())
    .bind(rows.iter().map(|faulty| faulty.result.external_id.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|faulty| Json(&faulty.result.errors)).collect::<Vec<_>>())
    .bind(rows.iter().map(|faulty| faulty.raw.as_str()).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// How a push ended.
#[derive(Debug, Clone)]
pub struct End<'a> {
    pub state: &'static str,
    pub encoding: Option<&'a str>,
    pub digest: &'a [u8],
    pub bytes: i64,
    pub notes: Value,
    pub error: Option<&'a RowError>,
    pub at: DateTime<Utc>,
}

/// Ends a receipt.
///
/// # Errors
/// The error of the database.
pub async fn finish(db: &mut PgConnection, receipt: Uuid, end: &End<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE platform.receipt SET state = $2, encoding = $3, digest = $4, bytes = $5, notes = $6, error = $7, finished_at = $8 WHERE id = $1",
    )
    .bind(receipt)
    .bind(end.state)
    .bind(end.encoding)
    .bind(end.digest)
    .bind(end.bytes)
    .bind(&end.notes)
    .bind(end.error.map(Json))
    .bind(end.at)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "INSERT INTO platform.source_kind (source, kind, last_receipt_at) SELECT source, kind, $2 FROM platform.receipt WHERE id = $1
         ON CONFLICT (source, kind) DO UPDATE SET last_receipt_at = greatest(platform.source_kind.last_receipt_at, excluded.last_receipt_at)",
    )
    .bind(receipt)
    .bind(end.at)
    .execute(&mut *db)
    .await?;
    sqlx::query("DELETE FROM platform.receipt_seen WHERE receipt_id = $1").bind(receipt).execute(db).await?;
    Ok(())
}

/// Row that was rejected or waits.
#[derive(Debug, Clone, FromRow)]
pub struct FailedRow {
    pub row: i64,
    pub line: i64,
    pub external_id: String,
    pub status: String,
    #[sqlx(json)]
    pub errors: Vec<RowError>,
    #[sqlx(json)]
    pub raw: Value,
}

/// Rows of a receipt that are rejected or wait, after a row, in order.
///
/// # Errors
/// The error of the database.
pub async fn failed(
    db: &mut PgConnection,
    receipt: Uuid,
    after: i64,
    first: i64,
) -> Result<Vec<FailedRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT row, line, external_id, status, errors, raw FROM platform.receipt_row
         WHERE receipt_id = $1 AND row > $2 AND status IN ('PARKED', 'REJECTED') ORDER BY row LIMIT $3",
    )
    .bind(receipt)
    .bind(after)
    .bind(first)
    .fetch_all(db)
    .await
}

/// Ends the receipts of kinds that no process works on any more.
///
/// # Errors
/// The error of the database.
pub async fn fail_running(
    db: &mut PgConnection,
    kinds: &[&str],
    error: &RowError,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE platform.receipt SET state = 'FAILED', error = $2, finished_at = $3 WHERE state = 'RUNNING' AND kind = ANY($1) AND received_at < $3",
    )
    .bind(kinds)
    .bind(Json(error))
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

/// Discards the rows of a receipt that wait. Returns how many.
///
/// # Errors
/// The error of the database.
pub async fn discard(db: &mut PgConnection, receipt: Uuid) -> Result<u64, sqlx::Error> {
    let discarded = RowError::new(
        "",
        "DISCARDED",
        Words::new("somebody discarded the row while it waited", "dòng đã bị bỏ trong khi chờ"),
    );
    let done = sqlx::query(
        "UPDATE platform.receipt_row SET status = 'REJECTED', errors = $2, waits = '{}', settled_at = now(), due = false, staged = NULL
         WHERE receipt_id = $1 AND status = 'PARKED'",
    )
    .bind(receipt)
    .bind(Json([discarded]))
    .execute(&mut *db)
    .await?;
    sqlx::query("UPDATE platform.receipt SET rejected = rejected + $2, parked = parked - $2 WHERE id = $1")
        .bind(receipt)
        .bind(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Makes the rows of a receipt due that wait, or that were rejected although they could be read. Returns how many.
///
/// # Errors
/// The error of the database.
pub async fn retry(db: &mut PgConnection, receipt: Uuid) -> Result<u64, sqlx::Error> {
    let again = sqlx::query(
        "UPDATE platform.receipt_row SET status = 'PARKED', due = true, settled_at = NULL
         WHERE receipt_id = $1 AND status = 'REJECTED' AND staged IS NOT NULL",
    )
    .bind(receipt)
    .execute(&mut *db)
    .await?
    .rows_affected();
    sqlx::query("UPDATE platform.receipt SET rejected = rejected - $2, parked = parked + $2 WHERE id = $1")
        .bind(receipt)
        .bind(i64::try_from(again).unwrap_or(i64::MAX))
        .execute(&mut *db)
        .await?;
    let waiting = sqlx::query(
        "UPDATE platform.receipt_row SET due = true WHERE receipt_id = $1 AND status = 'PARKED' AND NOT due",
    )
    .bind(receipt)
    .execute(db)
    .await?;
    Ok(again + waiting.rows_affected())
}

/// Forgets the bodies, and the cells of settled rows, of the oldest receipts before an instant. Returns their ids.
///
/// # Errors
/// The error of the database.
pub async fn forget_bodies(
    db: &mut PgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    first: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let receipts: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE platform.receipt SET body_deleted_at = $2 WHERE id IN (
             SELECT id FROM platform.receipt WHERE body_deleted_at IS NULL AND state <> 'RUNNING' AND received_at < $1
             ORDER BY received_at, id LIMIT $3 FOR UPDATE) RETURNING id",
    )
    .bind(before)
    .bind(now)
    .bind(first)
    .fetch_all(&mut *db)
    .await?;
    for sql in [
        "DELETE FROM platform.receipt_payload WHERE receipt_id = ANY($1)",
        "UPDATE platform.receipt_row SET raw = 'null', staged = NULL WHERE receipt_id = ANY($1) AND status <> 'PARKED'",
    ] {
        sqlx::query(sql).bind(&receipts).execute(&mut *db).await?;
    }
    Ok(receipts)
}

/// Kinds and sources of the parked rows that are due, of the first ones.
///
/// # Errors
/// The error of the database.
pub async fn due(db: &mut PgConnection, kinds: &[&str], first: i64) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT DISTINCT kind, source FROM (SELECT kind, source FROM platform.receipt_row
             WHERE status = 'PARKED' AND due AND kind = ANY($1) LIMIT $2) AS due",
    )
    .bind(kinds)
    .bind(first)
    .fetch_all(db)
    .await
}

/// Marks the parked rows of the kinds as due whose codes are known now although no push has woken them: a verb made the record, or a
/// push that ran at the same time. Returns how many.
///
/// # Errors
/// The error of the database.
pub async fn look_again(db: &mut PgConnection, kinds: &[&str]) -> Result<u64, sqlx::Error> {
    let found = sqlx::query(
        "WITH waited AS MATERIALIZED (
             SELECT DISTINCT w.name FROM platform.receipt_row AS p CROSS JOIN LATERAL unnest(p.waits) AS w(name)
             WHERE p.status = 'PARKED' AND NOT p.due AND p.kind = ANY($1)),
         known AS MATERIALIZED (
             SELECT array_agg(name) AS names FROM waited
             WHERE directory.published_knows(split_part(name, ':', 1), substr(name, strpos(name, ':') + 1)))
         UPDATE platform.receipt_row AS p SET due = true FROM known
         WHERE p.status = 'PARKED' AND NOT p.due AND p.kind = ANY($1) AND p.waits && known.names",
    )
    .bind(kinds)
    .execute(db)
    .await?;
    Ok(found.rows_affected())
}

/// Marks a receipt as undone.
///
/// # Errors
/// The error of the database.
pub async fn undone(db: &mut PgConnection, receipt: Uuid, by: &str, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE platform.receipt SET state = 'UNDONE', undone_by = $2, undone_at = $3 WHERE id = $1")
        .bind(receipt)
        .bind(by)
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether an organization answers for a source.
///
/// # Errors
/// The error of the database.
pub async fn is_owned(pool: &PgPool, source: &str, organization: Option<&str>) -> Result<bool, sqlx::Error> {
    let Some(organization) = organization else { return Ok(false) };
    let mut transaction = role::begin(pool).await?;
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM platform.source WHERE code = $1 AND organization_code = $2)")
        .bind(source)
        .bind(organization)
        .fetch_one(&mut *transaction)
        .await
}

/// Rejects the first parked row that is due.
///
/// # Errors
/// The error of the database.
pub async fn reject_due(db: &mut PgConnection, kind: &str, source: &str, error: &RowError) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH one AS (SELECT receipt_id, row FROM platform.receipt_row
                      WHERE kind = $1 AND source = $2 AND status = 'PARKED' AND due ORDER BY receipt_id, row LIMIT 1),
              settled AS (UPDATE platform.receipt_row AS p SET status = 'REJECTED', errors = $3, due = false, settled_at = now()
                          FROM one WHERE p.receipt_id = one.receipt_id AND p.row = one.row RETURNING p.receipt_id)
         UPDATE platform.receipt AS t SET parked = parked - 1, rejected = rejected + 1 FROM settled WHERE t.id = settled.receipt_id",
    )
    .bind(kind)
    .bind(source)
    .bind(Json([error]))
    .execute(db)
    .await?;
    Ok(())
}

/// Whether anything of a source is registered so that verbs may not change its records.
///
/// # Errors
/// The error of the database.
pub async fn is_closed_to_verbs(db: &mut PgConnection, source: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM platform.source WHERE code = $1 AND NOT open_to_verbs)")
        .bind(source)
        .fetch_one(db)
        .await
}
