//! The entities of each dimension.

use chrono::NaiveDate;
use service_kit::{Problem, Reader};
use sqlx::AssertSqlSafe;

use crate::model::ScorecardDimension;
use crate::scorecard::Subject;

/// Where the entities of a dimension are published: the view, the expressions of name and class, and a condition.
const fn published(dimension: ScorecardDimension) -> [&'static str; 4] {
    match dimension {
        ScorecardDimension::City => ["directory.published_area", "name", "kind", "kind = 'CITY'"],
        ScorecardDimension::Area => [
            "directory.published_area",
            "name",
            "kind",
            "kind <> 'CITY' AND (valid_from IS NULL OR valid_from <= $1) AND (valid_to IS NULL OR $1 < valid_to)",
        ],
        ScorecardDimension::Organization => ["directory.published_organization", "name", "level", "true"],
        ScorecardDimension::Programme => ["directory.published_programme", "title", "kind", "true"],
        // They are too many to list, so only those with a figure.
        ScorecardDimension::Official => ["directory.published_official", "display_name", "''", "code = ANY ($2)"],
        ScorecardDimension::Project => ["projects.published_project", "name", "kind", "true"],
        ScorecardDimension::Bottleneck => ["directory.published_bottleneck", "title", "''", "true"],
        ScorecardDimension::Indicator => ["kpis.published_indicator", "name", "''", "true"],
    }
}

/// The entities of a dimension on a day by code; of officials those with one of the codes.
///
/// # Errors
/// The problem of the statement.
pub async fn subjects(
    reader: &Reader,
    dimension: ScorecardDimension,
    day: NaiveDate,
    measured: &[String],
) -> Result<Vec<Subject>, Problem> {
    let [view, name, class, condition] = published(dimension);
    let size = if dimension == ScorecardDimension::Area {
        "population::numeric, area_km2"
    } else {
        "NULL::numeric AS population, NULL::numeric AS area_km2"
    };
    let code = if dimension == ScorecardDimension::City { "'CITY'" } else { "code" };
    let sql = format!(
        "SELECT {code} AS code, {name} AS name, {class} AS class, {size} FROM {view} \
         WHERE $1::date IS NOT NULL AND $2::text[] IS NOT NULL AND {condition} ORDER BY code COLLATE \"C\""
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(day).bind(measured).fetch_all(&reader.whole()).await?)
}
