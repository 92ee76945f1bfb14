//! SQL of pushes that replace.

use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::push::PushKind;

/// Notes the records that a push names, and whether it states them.
///
/// # Errors
/// The error of the database.
pub async fn seen(db: &mut PgConnection, receipt: Uuid, records: &[(&str, bool)]) -> Result<(), sqlx::Error> {
    let (ids, stated): (Vec<&str>, Vec<bool>) = records.iter().copied().unzip();
    sqlx::query(
        "INSERT INTO platform.receipt_seen AS s (receipt_id, external_id, stated)
         SELECT $1, r.id, bool_or(r.stated) FROM unnest($2::text[], $3::boolean[]) AS r(id, stated) GROUP BY r.id
         ON CONFLICT (receipt_id, external_id) DO UPDATE SET stated = s.stated OR excluded.stated",
    )
    .bind(receipt)
    .bind(ids)
    .bind(stated)
    .execute(db)
    .await?;
    Ok(())
}

/// External ids of the records that a push states and that an earlier push has removed.
///
/// # Errors
/// The error of the database.
pub async fn hidden(
    db: &mut PgConnection,
    kind: &PushKind,
    source: &str,
    receipt: Uuid,
) -> Result<Vec<String>, sqlx::Error> {
    let sql = format!(
        "SELECT h.external_id FROM {} AS h JOIN platform.receipt_seen AS s ON s.receipt_id = $1 AND s.external_id = h.external_id AND s.stated
         WHERE h.source = $2 AND h.deleted_at IS NOT NULL ORDER BY 1",
        kind.table
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(receipt).bind(source).fetch_all(db).await
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
