//! SQL of pushes that replace.

use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::push::PushKind;

/// Notes the records that a push names.
///
/// # Errors
/// The error of the database.
pub async fn seen(db: &mut PgConnection, receipt: Uuid, external_ids: &[&str]) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO platform.receipt_seen SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING")
        .bind(receipt)
        .bind(external_ids)
        .execute(db)
        .await?;
    Ok(())
}

/// External ids of the records that a push does not name, and the number of all, of a scope.
///
/// # Errors
/// The error of the database.
pub async fn absent(
    db: &mut PgConnection,
    kind: &PushKind,
    source: &str,
    receipt: Uuid,
    scope: Option<(&'static str, &str)>,
) -> Result<(Vec<String>, usize), sqlx::Error> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT h.external_id, EXISTS (SELECT FROM platform.receipt_seen AS s WHERE s.receipt_id = ",
    );
    sql.push_bind(receipt).push(" AND s.external_id = h.external_id) FROM ");
    sql.push(kind.table).push(" AS h WHERE h.deleted_at IS NULL AND h.external_id IS NOT NULL AND h.source = ");
    sql.push_bind(source);
    if let Some((column, value)) = scope {
        sql.push(" AND h.").push(column).push("::text = ").push_bind(value);
    }
    sql.push(" ORDER BY h.external_id");
    let found: Vec<(String, bool)> = sql.build_query_as().fetch_all(db).await?;
    let total = found.len();
    Ok((found.into_iter().filter(|(_, seen)| !seen).map(|(id, _)| id).collect(), total))
}

/// Withdraws the events of a receipt from a kind's records, and returns the external ids of these records with their sources.
///
/// # Errors
/// The error of the database.
pub async fn withdraw(db: &mut PgConnection, kind: &PushKind, receipt: Uuid) -> Result<Vec<String>, sqlx::Error> {
    let sql = format!(
        "UPDATE {events} SET withdrawn_at = now() WHERE receipt_id = $1 AND withdrawn_at IS NULL RETURNING {key}::text",
        events = kind.events(),
        key = kind.key.column()
    );
    let keys: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).bind(receipt).fetch_all(db).await?;
    Ok(keys)
}
