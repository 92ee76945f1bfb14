//! SQL of pushes that replace.

use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::push::PushKind;
use crate::push::replace::Scope;

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

/// Records of a source in a scope.
#[derive(Debug, Default)]
pub struct Scoped {
    /// External ids of those that a push does not name.
    pub absent: Vec<String>,
    /// Number of those that are there.
    pub present: usize,
    /// Number of all, also of those that were removed.
    pub ever: usize,
}

/// The records of a source in a scope, and which of them a push does not name.
///
/// # Errors
/// The error of the database.
pub async fn scoped(
    db: &mut PgConnection,
    kind: &PushKind,
    source: &str,
    receipt: Uuid,
    scope: Option<&Scope>,
) -> Result<Scoped, sqlx::Error> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT h.external_id, h.deleted_at IS NULL, EXISTS (SELECT FROM platform.receipt_seen AS s WHERE s.receipt_id = ",
    );
    sql.push_bind(receipt).push(" AND s.external_id = h.external_id) FROM ");
    sql.push(kind.table).push(" AS h WHERE h.external_id IS NOT NULL AND h.source = ");
    sql.push_bind(source);
    if let Some(Scope { column, value, is_many, .. }) = scope {
        sql.push(" AND ").push_bind(value);
        let _ = if *is_many {
            sql.push(" = ANY(h.").push(column).push("::text[])")
        } else {
            sql.push(" = h.").push(column).push("::text")
        };
    }
    sql.push(" ORDER BY h.external_id");
    let found: Vec<(String, bool, bool)> = sql.build_query_as().fetch_all(db).await?;
    let mut scoped = Scoped { ever: found.len(), ..Scoped::default() };
    for (id, is_present, is_seen) in found {
        scoped.present += usize::from(is_present);
        if is_present && !is_seen {
            scoped.absent.push(id);
        }
    }
    Ok(scoped)
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
