//! Areas and what they succeeded.

use std::collections::HashMap;

use rust_decimal::Decimal;
use schema::AreaKind;
use service_kit::filter::push_search;
use service_kit::{Page, Problem};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};

use super::spelled;
use crate::model::{Area, Succession};

/// Which areas are wanted; an absent field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub codes: Option<Vec<String>>,
    pub kinds: Option<Vec<AreaKind>>,
    pub parent: Option<String>,
    pub search: Option<String>,
}

#[derive(FromRow)]
struct Row {
    code: String,
    name: String,
    short_name: Option<String>,
    kind: String,
    parent_code: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    area_km2: Option<Decimal>,
    population: Option<i64>,
    valid_from: Option<chrono::NaiveDate>,
    valid_to: Option<chrono::NaiveDate>,
}

impl TryFrom<Row> for Area {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            kind: spelled(&row.kind)?,
            code: row.code,
            name: row.name,
            short_name: row.short_name,
            parent_code: row.parent_code,
            centre: row.lat.zip(row.lon),
            extent_km2: row.area_km2,
            population: row.population,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
    }
}

/// Areas by their code.
pub async fn by_code(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Area>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT code, name, short_name, kind, parent_code, lat, lon, area_km2, population, valid_from, valid_to
         FROM directory.area WHERE code = ANY($1) AND deleted_at IS NULL",
        codes
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.code.clone(), row.try_into()?)))
        .collect()
}

/// A page of areas, each with its sort key.
pub async fn page(pool: &PgPool, filter: &Filter, page: &Page) -> Result<Vec<(Vec<String>, Area)>, Problem> {
    #[derive(FromRow)]
    struct Sorted {
        sort_key: Vec<String>,
        #[sqlx(flatten)]
        row: Row,
    }
    let mut sql = QueryBuilder::new(
        "SELECT code, name, short_name, kind, parent_code, lat, lon, area_km2, population, valid_from, valid_to, ",
    );
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key FROM directory.area WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    let rows: Vec<Sorted> = sql.build_query_as().fetch_all(pool).await?;
    rows.into_iter()
        .map(|sorted| Ok((sorted.sort_key, sorted.row.try_into()?)))
        .collect()
}

/// How many areas match.
pub async fn count(pool: &PgPool, filter: &Filter) -> Result<i64, Problem> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM directory.area WHERE deleted_at IS NULL");
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
    filter
        .search
        .as_deref()
        .map_or(Ok(()), |text| push_search(sql, "search", text, "filter.search"))
}

/// The units that each area was made from, by the area's code.
pub async fn predecessors(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Vec<Succession>>, Problem> {
    let rows = sqlx::query_as!(
        Succession,
        "SELECT from_code, from_name, to_code, share, effective_on FROM directory.area_succession
         WHERE to_code = ANY($1) ORDER BY to_code, effective_on, from_code",
        codes
    )
    .fetch_all(pool)
    .await?;
    let mut found: HashMap<String, Vec<Succession>> = HashMap::new();
    for row in rows {
        found.entry(row.to_code.clone()).or_default().push(row);
    }
    Ok(found)
}

/// What a unit that no longer exists became, by the old unit's code.
pub async fn successors(pool: &PgPool, from_code: &str) -> Result<Vec<Succession>, Problem> {
    Ok(sqlx::query_as!(
        Succession,
        "SELECT from_code, from_name, to_code, share, effective_on FROM directory.area_succession
         WHERE from_code = $1 ORDER BY effective_on, to_code",
        from_code
    )
    .fetch_all(pool)
    .await?)
}
