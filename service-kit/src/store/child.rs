//! Child rows of a record: loaded for many parents with one statement, inserted one by one or in bulk.

use std::collections::HashMap;
use std::marker::PhantomData;

use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, QueryBuilder, Row};
use uuid::Uuid;

use super::plan::Plan;
use super::record::push_rows;
use crate::loader::BatchSource;
use crate::problem::Problem;
use crate::reader::Reader;

/// Kind of child row. Its fields are the columns of its table.
pub trait Child: Serialize + for<'r> FromRow<'r, PgRow> + Clone + Send + Sync + Unpin + 'static {
    /// Name of the table with its schema.
    const TABLE: &'static str;
    /// Condition that joins a row `c` with `parent.id`.
    const TIE: &'static str;
    /// The order in which rows are shown.
    const ORDER: &'static str;
    /// Condition under which a later import `excluded` replaces a stored row `old`; otherwise the stored row is kept.
    const CLOSES: Option<&'static str> = None;
}

/// Inserts rows.
///
/// # Errors
/// The error of the database, so that the caller can convert the violation of a constraint.
pub async fn add<C: Child>(db: &mut PgConnection, rows: &[C]) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new("INSERT INTO ");
    if push_rows(&mut sql, C::TABLE, rows)?.is_some() {
        sql.build().execute(db).await?;
    }
    Ok(())
}

/// Inserts rows of an import that may be stored already. A stored row is not changed, except that an open one can be
/// closed.
///
/// # Errors
/// As [`add`].
pub async fn load<C: Child>(db: &mut PgConnection, rows: &[C]) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new("INSERT INTO ");
    let Some(columns) = push_rows(&mut sql, C::TABLE, rows)? else {
        return Ok(());
    };
    match C::CLOSES {
        None => sql.push(" ON CONFLICT (id) DO NOTHING"),
        Some(closes) => {
            let values = columns.replace(", ", ", excluded.");
            sql.push(format!(" ON CONFLICT (id) DO UPDATE SET ({columns}) = ROW(excluded.{values}) WHERE {closes}"))
        }
    };
    sql.build().execute(db).await?;
    Ok(())
}

/// Loads the children of one kind of many parents.
#[derive(Debug)]
pub struct ChildrenOf<C> {
    reader: Reader,
    kind: PhantomData<fn() -> C>,
}

impl<C> ChildrenOf<C> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, kind: PhantomData }
    }
}

impl<C: Child> BatchSource for ChildrenOf<C> {
    type Key = Uuid;
    type Value = Vec<C>;

    async fn load(&self, parents: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<C>>, Problem> {
        let mut sql = QueryBuilder::new("SELECT parent.id AS parent_id, c.* FROM unnest(");
        sql.push_bind(parents).push("::uuid[]) AS parent(id) JOIN ").push(C::TABLE);
        sql.push(" AS c ON ").push(C::TIE).push(" ORDER BY parent.id, ").push(C::ORDER);
        let mut found: HashMap<Uuid, Vec<C>> = HashMap::new();
        for row in sql.build().fetch_all(&self.reader.planned(Plan::Kept)).await? {
            found.entry(row.try_get("parent_id")?).or_default().push(C::from_row(&row)?);
        }
        Ok(found)
    }
}
