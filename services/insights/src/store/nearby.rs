//! Feedback near sites and points.

use chrono::NaiveDate;
use service_kit::store::page::{OrderTerm, Page};
use service_kit::store::plan::Plan;
use service_kit::{Problem, Reader};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::NEARBY;

/// A case near a site or a point.
#[derive(Debug, Clone, FromRow)]
pub struct Near {
    pub feedback_id: Uuid,
    /// The nearest of the sites; none for a point.
    pub site_code: Option<String>,
    pub site_name: Option<String>,
    pub project_code: Option<String>,
    pub area_code: Option<String>,
    pub distance_m: f64,
    pub sort_key: Vec<String>,
}

/// Around what cases are asked for.
#[derive(Debug)]
pub enum Centre {
    /// The centres of all sites with a point, of some projects, or some sites themselves.
    Sites { projects: Option<Vec<String>>, sites: Option<Vec<String>> },
    /// A point.
    Point { lat: f64, lon: f64 },
}

/// A circle, and the days on which the cases were submitted.
#[derive(Debug)]
pub struct Asked {
    pub centre: Centre,
    pub radius_m: f64,
    pub first_day: NaiveDate,
    pub end_day: NaiveDate,
}

/// The nearest first.
pub fn nearest_first() -> Vec<OrderTerm> {
    vec![OrderTerm::ascending("f.distance_m", "float8"), OrderTerm::ascending("f.feedback_id", "uuid")]
}

/// A page of the cases in the circles, of those that the caller sees, with one more if another page follows, and their number. A case near
/// several sites is there once, with the nearest.
///
/// # Errors
/// The problem of the statement.
pub async fn near(reader: &Reader, asked: &Asked, page: &Page) -> Result<(Vec<Near>, i64), Problem> {
    let mut sql = QueryBuilder::new(
        "WITH centre AS MATERIALIZED (SELECT row_number() OVER (ORDER BY code)::int AS place, * FROM (",
    );
    match &asked.centre {
        Centre::Point { lat, lon } => {
            sql.push(
                "SELECT NULL::text AS code, NULL::text AS name, NULL::text AS project_code, NULL::text AS area_code, ",
            );
            sql.push_bind(lat).push("::float8 AS lat, ").push_bind(lon).push("::float8 AS lon");
        }
        Centre::Sites { projects, sites } => {
            sql.push("SELECT code, name, project_code, area_code, lat, lon FROM projects.published_site WHERE lat IS NOT NULL");
            for (column, codes) in [("project_code", projects), ("code", sites)] {
                if let Some(codes) = codes {
                    sql.push(format!(" AND {column} = ANY (")).push_bind(codes).push(")");
                }
            }
        }
    }
    sql.push(
        ") AS c), found AS MATERIALIZED (SELECT n.* FROM (SELECT array_agg(lat ORDER BY place) AS lats, array_agg(lon ORDER BY place) AS lons FROM centre) AS c \
         CROSS JOIN LATERAL feedback.published_nearest(c.lats, c.lons, ",
    );
    sql.push_bind(asked.radius_m).push(", ").push_bind(asked.first_day).push(", ").push_bind(asked.end_day);
    sql.push(
        ") AS n) SELECT p.*, c.code AS site_code, c.name AS site_name, c.project_code, c.area_code, t.total FROM (SELECT count(*) AS total FROM found) AS t \
         LEFT JOIN (SELECT p.*, ",
    );
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key FROM (SELECT f.*, ");
    page.push_keys(&mut sql);
    sql.push(" FROM found AS f WHERE true");
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql, Plan::ForValues);
    sql.push(") AS p) AS p ON true LEFT JOIN centre AS c ON c.place = p.place ");
    page.push_order_of_keys(&mut sql);
    let rows = sql.build().fetch_all(&reader.rows(&NEARBY)).await?;
    let total = rows.first().map_or(Ok(0), |row| row.try_get("total"))?;
    let is_case = |row: &&PgRow| row.try_get::<Option<Uuid>, _>("feedback_id").is_ok_and(|id| id.is_some());
    let found: Result<Vec<Near>, sqlx::Error> = rows.iter().filter(is_case).map(Near::from_row).collect();
    Ok((found?, total))
}
