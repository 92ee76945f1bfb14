//! Programmes, a tree whose nodes also supersede each other.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::filter::push_search;
use service_kit::{Page, Problem};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};

use super::spelled;
use crate::model::{Programme, ProgrammeKind};

/// Which programmes are wanted; an absent field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub codes: Option<Vec<String>>,
    pub kinds: Option<Vec<ProgrammeKind>>,
    pub parent: Option<String>,
    /// Only programmes that no other supersedes.
    pub in_force: bool,
    pub search: Option<String>,
}

#[derive(FromRow)]
struct Row {
    code: String,
    doc_no: Option<String>,
    title: String,
    kind: String,
    issued_on: Option<NaiveDate>,
    parent_code: Option<String>,
    supersedes_code: Option<String>,
}

impl TryFrom<Row> for Programme {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            kind: spelled(&row.kind)?,
            code: row.code,
            doc_no: row.doc_no,
            title: row.title,
            issued_on: row.issued_on,
            parent_code: row.parent_code,
            supersedes_code: row.supersedes_code,
        })
    }
}

/// Programmes by their code.
pub async fn by_code(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Programme>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, doc_no, title, kind, issued_on, parent_code, supersedes_code
         FROM directory.programme WHERE code = ANY($1) AND deleted_at IS NULL",
        codes
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), row.try_into()?)))
        .collect()
}

/// The programmes directly below each, by the parent's code.
pub async fn children(pool: &PgPool, parents: &[String]) -> Result<HashMap<String, Vec<Programme>>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, doc_no, title, kind, issued_on, parent_code, supersedes_code
         FROM directory.programme WHERE parent_code = ANY($1) AND deleted_at IS NULL ORDER BY code",
        parents
    )
    .fetch_all(pool)
    .await?;
    grouped(rows, |row| row.parent_code.clone())
}

/// The programmes that superseded each, by the superseded one's code.
pub async fn superseded_by(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Vec<Programme>>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, doc_no, title, kind, issued_on, parent_code, supersedes_code
         FROM directory.programme WHERE supersedes_code = ANY($1) AND deleted_at IS NULL ORDER BY code",
        codes
    )
    .fetch_all(pool)
    .await?;
    grouped(rows, |row| row.supersedes_code.clone())
}

fn grouped(rows: Vec<Row>, key: impl Fn(&Row) -> Option<String>) -> Result<HashMap<String, Vec<Programme>>, Problem> {
    let mut found: HashMap<String, Vec<Programme>> = HashMap::new();
    for row in rows {
        if let Some(key) = key(&row) {
            found.entry(key).or_default().push(row.try_into()?);
        }
    }
    Ok(found)
}

/// A page of programmes, each with its sort key.
pub async fn page(pool: &PgPool, filter: &Filter, page: &Page) -> Result<Vec<(Vec<String>, Programme)>, Problem> {
    #[derive(FromRow)]
    struct Sorted {
        sort_key: Vec<String>,
        #[sqlx(flatten)]
        row: Row,
    }
    let mut sql = QueryBuilder::new("SELECT code, doc_no, title, kind, issued_on, parent_code, supersedes_code, ");
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key FROM directory.programme WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    let rows: Vec<Sorted> = sql.build_query_as().fetch_all(pool).await?;
    rows.into_iter()
        .map(|sorted| Ok((sorted.sort_key, sorted.row.try_into()?)))
        .collect()
}

/// How many programmes match.
pub async fn count(pool: &PgPool, filter: &Filter) -> Result<i64, Problem> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM directory.programme WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    Ok(sql.build_query_scalar().fetch_one(pool).await?)
}

fn push_filter(sql: &mut QueryBuilder<Postgres>, filter: &Filter) -> Result<(), Problem> {
    if let Some(codes) = &filter.codes {
        sql.push(" AND code = ANY(").push_bind(codes.clone()).push(")");
    }
    if let Some(kinds) = &filter.kinds {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        sql.push(" AND kind = ANY(").push_bind(kinds).push(")");
    }
    if let Some(parent) = &filter.parent {
        sql.push(" AND parent_code = ").push_bind(parent.clone());
    }
    if filter.in_force {
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM directory.programme later
              WHERE later.supersedes_code = directory.programme.code AND later.deleted_at IS NULL)",
        );
    }
    filter
        .search
        .as_deref()
        .map_or(Ok(()), |text| push_search(sql, "search", text, "filter.search"))
}
