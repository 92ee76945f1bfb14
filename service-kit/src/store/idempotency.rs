//! Idempotency keys: a repeated write returns the row of the first one.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::problem::Problem;

/// Write with an idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Subject of the credential. Keys of two subjects are independent.
    pub subject: &'a str,
    /// Idempotency key.
    pub key: &'a str,
    /// A digest of verb and input.
    pub digest: &'a [u8],
    /// The row that the write changes or creates.
    pub row_id: Uuid,
}

/// Claims the key within the transaction of the write. Returns the row of an earlier write with the same key, if there
/// is one; waits for one that runs at the same time. Keys are stored for seven days.
///
/// # Errors
/// `CONFLICT` when the key was used for another input.
pub async fn claim(db: &mut PgConnection, attempt: Attempt<'_>) -> Result<Option<Uuid>, Problem> {
    sqlx::query!(
        "DELETE FROM platform.idempotency_key WHERE subject = $1 AND created_at < now() - interval '7 days'",
        attempt.subject
    )
    .execute(&mut *db)
    .await?;
    let claimed = sqlx::query!(
        "INSERT INTO platform.idempotency_key (subject, key, digest, row_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        attempt.subject,
        attempt.key,
        attempt.digest,
        attempt.row_id
    )
    .execute(&mut *db)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(None);
    }
    let earlier = sqlx::query!(
        "SELECT digest, row_id FROM platform.idempotency_key WHERE subject = $1 AND key = $2",
        attempt.subject,
        attempt.key
    )
    .fetch_one(db)
    .await?;
    if earlier.digest == attempt.digest {
        return Ok(Some(earlier.row_id));
    }
    let message = "this key was used for another input; accepted: a new key, or the very input that was sent with it";
    Err(Problem::conflict(message).at("input.idempotencyKey"))
}
