//! SQL of reference data: look-up by the values of a column, and versioned imports.
//!
//! Only a higher version of the same source replaces a stored row. So a second import changes nothing, and a row that a
//! person or another system has changed since is not overwritten.

use std::collections::HashMap;
use std::marker::PhantomData;

use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Error, PgConnection, Postgres, QueryBuilder, Row};

use super::audit::AuditRow;
use super::list::Listed;
use super::plan::Plan;
use super::record::{as_json, push_rows};
use crate::loader::BatchSource;
use crate::problem::Problem;
use crate::reader::Reader;

/// Kind of reference row. Its fields, by their serde names, are the columns that an import writes; serde skips the
/// other columns.
pub trait Reference: Listed + Serialize {
    /// Name of the table with its schema.
    const TABLE: &'static str;
    /// The only one of [`Listed::SOURCES`]; it has no placeholders.
    const SOURCE: &'static str;
    /// Columns of the primary key, as in `from_code, to_code`.
    const KEY: &'static str;
    /// Order of the rows `f`.
    const ORDER: &'static str;
    /// Whether the table has `version` and `recorded_at`. Without them a stored row is replaced when it differs.
    const VERSIONED: bool = true;
}

/// Every row, in order.
///
/// # Errors
/// The problem of the statement.
pub async fn all<R: Reference>(reader: &Reader) -> Result<Vec<R>, Problem> {
    let mut sql = QueryBuilder::new("SELECT f.* FROM ");
    sql.push(R::SOURCE).push(" ORDER BY ").push(R::ORDER);
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// Text column by whose values rows are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Column {
    name: &'static str,
    is_ever: bool,
}

impl Column {
    /// A column by which visible rows are looked up.
    pub const fn shown(name: &'static str) -> Self {
        Self { name, is_ever: false }
    }

    /// A column by which rows are looked up that others still name, also when they are deleted.
    pub const fn ever(name: &'static str) -> Self {
        Self { name, is_ever: true }
    }
}

/// Loads the rows of one kind that have a value in a column.
#[derive(Debug)]
pub struct RowsBy<R> {
    reader: Reader,
    row: PhantomData<fn() -> R>,
}

impl<R> RowsBy<R> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, row: PhantomData }
    }
}

impl<R: Reference> BatchSource for RowsBy<R> {
    type Key = (Column, String);
    type Value = Vec<R>;

    /// Sends one statement for each column, for all values together.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Vec<R>>, Problem> {
        let mut by_column: HashMap<Column, Vec<String>> = HashMap::new();
        for (column, value) in keys {
            by_column.entry(column).or_default().push(value);
        }
        let mut found: HashMap<Self::Key, Vec<R>> = HashMap::new();
        for (column, values) in by_column {
            let mut sql = QueryBuilder::new("SELECT f.*, f.");
            sql.push(column.name).push(" AS looked_up FROM ");
            if column.is_ever {
                sql.push(R::TABLE).push(" AS f WHERE true");
            } else {
                sql.push(R::SOURCE);
            }
            sql.push(" AND f.").push(column.name).push(" = ANY(").push_bind(values);
            sql.push(") ORDER BY ").push(R::ORDER);
            for row in sql.build().fetch_all(&self.reader.planned(Plan::Kept)).await? {
                let key = (column, row.try_get("looked_up")?);
                found.entry(key).or_default().push(R::from_row(&row)?);
            }
        }
        Ok(found)
    }
}

/// Stores the rows of an import: inserts new rows and replaces rows with a lower version. Returns the inserted and replaced rows.
///
/// # Errors
/// The error of the database.
pub async fn write<R: Reference>(db: &mut PgConnection, rows: &[R]) -> Result<Vec<AuditRow<'static>>, Error> {
    Ok([add(db, rows).await?, replace(db, rows).await?].concat())
}

/// Inserts the rows that are not stored yet, in their order. A row that violates a unique or an exclusion constraint is
/// skipped, and the stored row is kept.
///
/// # Errors
/// As [`write`].
pub async fn add<R: Reference>(db: &mut PgConnection, rows: &[R]) -> Result<Vec<AuditRow<'static>>, Error> {
    let mut sql = QueryBuilder::new("INSERT INTO ");
    if push_rows(&mut sql, R::TABLE, rows)?.is_none() {
        return Ok(Vec::new());
    }
    sql.push(" ON CONFLICT DO NOTHING RETURNING ").push(written::<R>(""));
    named::<R>(sql, db).await
}

/// Replaces the stored rows for which the same source has a higher version.
///
/// # Errors
/// As [`write`].
pub async fn replace<R: Reference>(db: &mut PgConnection, rows: &[R]) -> Result<Vec<AuditRow<'static>>, Error> {
    let Some((columns, rows)) = as_json(rows)? else {
        return Ok(Vec::new());
    };
    let of = |row: &str, columns: &str| format!("({row}.{})", columns.replace(", ", &format!(", {row}.")));
    let (stored, stated) = (of("t", &columns), of("n", &columns));
    let mut sql = QueryBuilder::new("UPDATE ");
    sql.push(R::TABLE).push(" AS t SET ");
    if R::VERSIONED {
        sql.push(format!("({columns}) = ROW{stated}, recorded_at = now()"));
    } else {
        sql.push(format!("({columns}) = ROW{stated}"));
    }
    sql.push(" FROM jsonb_populate_recordset(NULL::").push(R::TABLE).push(", ").push_bind(Json(rows));
    sql.push(format!(") AS n WHERE {} = {} AND t.source = n.source AND ", of("t", R::KEY), of("n", R::KEY)));
    if R::VERSIONED {
        sql.push("t.version < n.version");
    } else {
        sql.push(format!("{stored} IS DISTINCT FROM {stated}"));
    }
    sql.push(" RETURNING ").push(written::<R>("t."));
    named::<R>(sql, db).await
}

/// Key and version of a written row, for the audit trail.
fn written<R: Reference>(row: &str) -> String {
    let key = R::KEY.replace(", ", &format!("::text, {row}"));
    let version = if R::VERSIONED { format!("{row}version") } else { "1".to_owned() };
    format!("concat_ws(' ', {row}{key}::text), {version}")
}

async fn named<R: Reference>(
    mut sql: QueryBuilder<Postgres>,
    db: &mut PgConnection,
) -> Result<Vec<AuditRow<'static>>, Error> {
    let rows: Vec<(String, i32)> = sql.build_query_as().fetch_all(db).await?;
    Ok(rows.into_iter().map(|(key, version)| (R::TABLE, key, version)).collect())
}
