//! Organizations, a tree.

use std::collections::HashMap;

use schema::{Axis, Level};
use service_kit::filter::push_search;
use service_kit::{Page, Problem};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};

use super::spelled;
use crate::model::Organization;

/// Which organizations are wanted; an absent field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub codes: Option<Vec<String>>,
    pub axes: Option<Vec<Axis>>,
    pub levels: Option<Vec<Level>>,
    pub parent: Option<String>,
    /// The organization itself and everything below it.
    pub under: Option<String>,
    pub area: Option<String>,
    pub search: Option<String>,
}

#[derive(FromRow)]
struct Row {
    code: String,
    name: String,
    short_name: Option<String>,
    axis: String,
    level: String,
    parent_code: Option<String>,
    area_code: Option<String>,
}

impl TryFrom<Row> for Organization {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            axis: spelled(&row.axis)?,
            level: spelled(&row.level)?,
            code: row.code,
            name: row.name,
            short_name: row.short_name,
            parent_code: row.parent_code,
            area_code: row.area_code,
        })
    }
}

/// Organizations by their code.
pub async fn by_code(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Organization>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, name, short_name, axis, level, parent_code, area_code
         FROM directory.organization WHERE code = ANY($1) AND deleted_at IS NULL",
        codes
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), row.try_into()?)))
        .collect()
}

/// The organizations directly below each, by the parent's code.
pub async fn children(pool: &PgPool, parents: &[String]) -> Result<HashMap<String, Vec<Organization>>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, name, short_name, axis, level, parent_code, area_code
         FROM directory.organization WHERE parent_code = ANY($1) AND deleted_at IS NULL ORDER BY code",
        parents
    )
    .fetch_all(pool)
    .await?;
    grouped(rows, |row| row.parent_code.clone())
}

/// The organizations seated in each area, by the area's code.
pub async fn by_area(pool: &PgPool, areas: &[String]) -> Result<HashMap<String, Vec<Organization>>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, name, short_name, axis, level, parent_code, area_code
         FROM directory.organization WHERE area_code = ANY($1) AND deleted_at IS NULL ORDER BY code",
        areas
    )
    .fetch_all(pool)
    .await?;
    grouped(rows, |row| row.area_code.clone())
}

fn grouped(
    rows: Vec<Row>,
    key: impl Fn(&Row) -> Option<String>,
) -> Result<HashMap<String, Vec<Organization>>, Problem> {
    let mut found: HashMap<String, Vec<Organization>> = HashMap::new();
    for row in rows {
        if let Some(key) = key(&row) {
            found.entry(key).or_default().push(row.try_into()?);
        }
    }
    Ok(found)
}

/// A page of organizations, each with its sort key.
pub async fn page(pool: &PgPool, filter: &Filter, page: &Page) -> Result<Vec<(Vec<String>, Organization)>, Problem> {
    #[derive(FromRow)]
    struct Sorted {
        sort_key: Vec<String>,
        #[sqlx(flatten)]
        row: Row,
    }
    let mut sql = QueryBuilder::new("SELECT code, name, short_name, axis, level, parent_code, area_code, ");
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key FROM directory.organization WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    let rows: Vec<Sorted> = sql.build_query_as().fetch_all(pool).await?;
    rows.into_iter()
        .map(|sorted| Ok((sorted.sort_key, sorted.row.try_into()?)))
        .collect()
}

/// How many organizations match.
pub async fn count(pool: &PgPool, filter: &Filter) -> Result<i64, Problem> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM directory.organization WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    Ok(sql.build_query_scalar().fetch_one(pool).await?)
}

fn push_filter(sql: &mut QueryBuilder<Postgres>, filter: &Filter) -> Result<(), Problem> {
    if let Some(codes) = &filter.codes {
        sql.push(" AND code = ANY(").push_bind(codes.clone()).push(")");
    }
    if let Some(axes) = &filter.axes {
        let axes: Vec<&str> = axes.iter().map(|axis| axis.as_str()).collect();
        sql.push(" AND axis = ANY(").push_bind(axes).push(")");
    }
    if let Some(levels) = &filter.levels {
        let levels: Vec<&str> = levels.iter().map(|level| level.as_str()).collect();
        sql.push(" AND level = ANY(").push_bind(levels).push(")");
    }
    if let Some(parent) = &filter.parent {
        sql.push(" AND parent_code = ").push_bind(parent.clone());
    }
    if let Some(under) = &filter.under {
        sql.push(" AND code IN (WITH RECURSIVE below(code) AS (SELECT ").push_bind(under.clone()).push(
            "::text UNION SELECT o.code FROM directory.organization o JOIN below b ON o.parent_code = b.code) SELECT code FROM below)",
        );
    }
    if let Some(area) = &filter.area {
        sql.push(" AND area_code = ").push_bind(area.clone());
    }
    filter
        .search
        .as_deref()
        .map_or(Ok(()), |text| push_search(sql, "search", text, "filter.search"))
}
