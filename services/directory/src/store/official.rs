//! Positions, officials, and who holds what on which day.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::filter::push_search;
use service_kit::{Page, Problem};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};

use crate::model::{Appointment, Official, Position};

/// Which officials are wanted; an absent field does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub codes: Option<Vec<String>>,
    pub search: Option<String>,
    /// Those who hold a position in this organization on the date.
    pub serving: Option<(String, NaiveDate)>,
}

/// Officials by their code.
pub async fn by_code(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Official>, Problem> {
    let rows = sqlx::query_as!(
        Official,
        "SELECT code, display_name FROM directory.official WHERE code = ANY($1) AND deleted_at IS NULL",
        codes
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// A page of officials, each with its sort key.
pub async fn page(pool: &PgPool, filter: &Filter, page: &Page) -> Result<Vec<(Vec<String>, Official)>, Problem> {
    #[derive(FromRow)]
    struct Row {
        sort_key: Vec<String>,
        code: String,
        display_name: String,
    }
    let mut sql = QueryBuilder::new("SELECT code, display_name, ");
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key FROM directory.official WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    let rows: Vec<Row> = sql.build_query_as().fetch_all(pool).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.sort_key,
                Official {
                    code: row.code,
                    display_name: row.display_name,
                },
            )
        })
        .collect())
}

/// How many officials match.
pub async fn count(pool: &PgPool, filter: &Filter) -> Result<i64, Problem> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM directory.official WHERE deleted_at IS NULL");
    push_filter(&mut sql, filter)?;
    Ok(sql.build_query_scalar().fetch_one(pool).await?)
}

fn push_filter(sql: &mut QueryBuilder<Postgres>, filter: &Filter) -> Result<(), Problem> {
    if let Some(codes) = &filter.codes {
        sql.push(" AND code = ANY(").push_bind(codes.clone()).push(")");
    }
    if let Some((organization, as_of)) = &filter.serving {
        sql.push(
            " AND code IN (SELECT a.official_code FROM directory.appointment a
              JOIN directory.position p ON p.code = a.position_code AND p.deleted_at IS NULL
              WHERE a.deleted_at IS NULL AND p.organization_code = ",
        )
        .push_bind(organization.clone())
        .push(" AND daterange(a.from_on, a.to_on) @> ")
        .push_bind(*as_of)
        .push(")");
    }
    filter
        .search
        .as_deref()
        .map_or(Ok(()), |text| push_search(sql, "search", text, "filter.search"))
}

/// Positions by their code.
pub async fn positions(pool: &PgPool, codes: &[String]) -> Result<HashMap<String, Position>, Problem> {
    let rows = sqlx::query_as!(
        Position,
        "SELECT code, title, organization_code FROM directory.position WHERE code = ANY($1) AND deleted_at IS NULL",
        codes
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// The positions of each organization, by its code.
pub async fn positions_of(pool: &PgPool, organizations: &[String]) -> Result<HashMap<String, Vec<Position>>, Problem> {
    let rows = sqlx::query_as!(
        Position,
        "SELECT code, title, organization_code FROM directory.position
         WHERE organization_code = ANY($1) AND deleted_at IS NULL ORDER BY code",
        organizations
    )
    .fetch_all(pool)
    .await?;
    let mut found: HashMap<String, Vec<Position>> = HashMap::new();
    for row in rows {
        found.entry(row.organization_code.clone()).or_default().push(row);
    }
    Ok(found)
}

/// Every appointment of each official, by the official's code, oldest first.
pub async fn appointments_of(
    pool: &PgPool,
    officials: &[String],
) -> Result<HashMap<String, Vec<Appointment>>, Problem> {
    let rows = sqlx::query_as!(
        Appointment,
        "SELECT official_code, position_code, from_on, to_on FROM directory.appointment
         WHERE official_code = ANY($1) AND deleted_at IS NULL ORDER BY from_on, position_code",
        officials
    )
    .fetch_all(pool)
    .await?;
    let mut found: HashMap<String, Vec<Appointment>> = HashMap::new();
    for row in rows {
        found.entry(row.official_code.clone()).or_default().push(row);
    }
    Ok(found)
}

/// Who holds each position on each date. A vacant position has no entry.
pub async fn holders(
    pool: &PgPool,
    asked: &[(String, NaiveDate)],
) -> Result<HashMap<(String, NaiveDate), Official>, Problem> {
    let (positions, dates): (Vec<String>, Vec<NaiveDate>) = asked.iter().cloned().unzip();
    let rows = sqlx::query!(
        r#"SELECT asked.position AS "position!", asked.as_of AS "as_of!", o.code, o.display_name
           FROM unnest($1::text[], $2::date[]) AS asked(position, as_of)
           JOIN directory.appointment a ON a.position_code = asked.position AND a.deleted_at IS NULL
                AND a.from_on <= asked.as_of AND (a.to_on IS NULL OR asked.as_of < a.to_on)
           JOIN directory.official o ON o.code = a.official_code AND o.deleted_at IS NULL"#,
        &positions,
        &dates
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                (row.position, row.as_of),
                Official {
                    code: row.code,
                    display_name: row.display_name,
                },
            )
        })
        .collect())
}
