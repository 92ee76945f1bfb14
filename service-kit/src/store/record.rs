//! SQL of records: lock, insert, save.
//!
//! A statement sends rows as one JSON value, and PostgreSQL reads it by the row type of the table. The column list
//! comes from the fields of the record, so no statement names a column.

use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::problem::Problem;
use crate::record::Record;

/// Reads and locks the row with an id until the transaction ends; `None` when there is none or it is deleted.
///
/// `FOR NO KEY UPDATE` does not conflict with the key locks of foreign keys, so two transactions may refer to each
/// other's rows at once without a deadlock.
pub async fn lock<R: Record>(db: &mut PgConnection, id: Uuid) -> Result<Option<R>, Problem> {
    let mut sql = QueryBuilder::new("SELECT * FROM ");
    sql.push(R::TABLE).push(" WHERE id = ").push_bind(id);
    sql.push(" AND deleted_at IS NULL FOR NO KEY UPDATE");
    Ok(sql.build_query_as().fetch_optional(db).await?)
}

/// Inserts rows.
///
/// # Errors
/// The error of the database, so that the caller can convert the violation of a constraint.
pub async fn insert<R: Record>(db: &mut PgConnection, rows: &[R]) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new("INSERT INTO ");
    if push_rows(&mut sql, R::TABLE, rows)?.is_some() {
        sql.build().execute(db).await?;
    }
    Ok(())
}

/// Saves rows as their next version, if the stored version is the one before. Returns the number of saved rows.
///
/// # Errors
/// As [`insert`].
pub async fn save<R: Record>(db: &mut PgConnection, rows: &[R]) -> Result<u64, sqlx::Error> {
    let Some((columns, rows)) = as_json(rows)? else {
        return Ok(0);
    };
    let values = columns.replace(", ", ", n.");
    let mut sql = QueryBuilder::new("UPDATE ");
    sql.push(R::TABLE).push(format!(" AS t SET ({columns}, recorded_at) = ROW(n.{values}, now())"));
    sql.push(" FROM jsonb_populate_recordset(NULL::").push(R::TABLE).push(", ").push_bind(Json(rows));
    sql.push(") AS n WHERE t.id = n.id AND t.version = n.version - 1");
    Ok(sql.build().execute(db).await?.rows_affected())
}

/// Pushes `table (columns) SELECT columns FROM …` over the rows, and gives the columns; `None` without rows.
pub(super) fn push_rows<T: Serialize>(
    sql: &mut QueryBuilder<Postgres>,
    table: &'static str,
    rows: &[T],
) -> Result<Option<String>, sqlx::Error> {
    let Some((columns, rows)) = as_json(rows)? else {
        return Ok(None);
    };
    sql.push(table).push(format!(" AS old ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::"));
    sql.push(table).push(", ").push_bind(Json(rows)).push(")");
    Ok(Some(columns))
}

/// The rows as JSON, and the names of their columns; `None` without rows.
pub(super) fn as_json<T: Serialize>(rows: &[T]) -> Result<Option<(String, Value)>, sqlx::Error> {
    let rows = serde_json::to_value(rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let columns = match rows.get(0) {
        Some(Value::Object(first)) => first.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        _ => return Ok(None),
    };
    Ok(Some((columns, rows)))
}
