//! Feedback near sites and points.

use chrono::NaiveDate;
use service_kit::{Problem, Reader};
use sqlx::{FromRow, QueryBuilder};
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

/// The cases in the circles, of those that the caller sees, the nearest first. A case near several sites is there once, with the
/// nearest.
///
/// # Errors
/// The problem of the statement.
pub async fn near(reader: &Reader, asked: &Asked) -> Result<Vec<Near>, Problem> {
    let mut sql = QueryBuilder::new(
        "SELECT feedback_id, site_code, site_name, project_code, area_code, distance_m FROM ( \
             SELECT DISTINCT ON (f.feedback_id) f.feedback_id, c.code AS site_code, c.name AS site_name, c.project_code, c.area_code, f.distance_m \
             FROM (",
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
    sql.push(") AS c CROSS JOIN LATERAL feedback.published_near(c.lat, c.lon, ").push_bind(asked.radius_m).push(", ");
    sql.push_bind(asked.first_day).push(", ").push_bind(asked.end_day);
    sql.push(") AS f ORDER BY f.feedback_id, f.distance_m, c.code) AS nearest ORDER BY distance_m, feedback_id");
    Ok(sql.build_query_as().fetch_all(&reader.rows(&NEARBY)).await?)
}
