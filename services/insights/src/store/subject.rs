//! The entities of each dimension.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::{Problem, Reader};
use sqlx::{AssertSqlSafe, FromRow};

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
            "kind <> 'CITY' AND (valid_from IS NULL OR valid_from <= asked.day) AND (valid_to IS NULL OR asked.day < valid_to)",
        ],
        ScorecardDimension::Organization => ["directory.published_organization", "name", "level", "true"],
        ScorecardDimension::Programme => ["directory.published_programme", "title", "kind", "true"],
        // They are too many to show them all.
        ScorecardDimension::Official => ["directory.published_official", "display_name", "''", "code = ANY ($3)"],
        ScorecardDimension::Project => ["projects.published_project", "name", "kind", "true"],
        ScorecardDimension::Bottleneck => ["directory.published_bottleneck", "title", "''", "true"],
        ScorecardDimension::Indicator => ["kpis.published_indicator", "name", "''", "true"],
    }
}

/// A subject on one of the days.
#[derive(FromRow)]
struct OfDay {
    place: i64,
    #[sqlx(flatten)]
    subject: Subject,
}

/// The entities of a dimension on each of some days, in the order of their codes, by the position of the day: those with one of the
/// codes (`None` for all), and of officials those that are listed.
///
/// # Errors
/// The problem of the statement.
pub async fn subjects(
    reader: &Reader,
    dimension: ScorecardDimension,
    days: &[NaiveDate],
    codes: Option<&[String]>,
    listed: &[String],
) -> Result<HashMap<usize, Vec<Subject>>, Problem> {
    let [view, name, class, condition] = published(dimension);
    let size = if dimension == ScorecardDimension::Area {
        "population::numeric, area_km2"
    } else {
        "NULL::numeric AS population, NULL::numeric AS area_km2"
    };
    let code = if dimension == ScorecardDimension::City { "'CITY'" } else { "code" };
    let sql = format!(
        "SELECT asked.place - 1 AS place, {code} AS code, {name} AS name, {class} AS class, {size} \
         FROM unnest($1::date[]) WITH ORDINALITY AS asked(day, place) CROSS JOIN {view} \
         WHERE ($2::text[] IS NULL OR {code} = ANY ($2)) AND $3::text[] IS NOT NULL AND {condition} ORDER BY {code} COLLATE \"C\""
    );
    let rows: Vec<OfDay> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(days).bind(codes).bind(listed).fetch_all(&reader.whole()).await?;
    let mut found: HashMap<usize, Vec<Subject>> = HashMap::new();
    for OfDay { place, subject } in rows {
        found.entry(usize::try_from(place).unwrap_or_default()).or_default().push(subject);
    }
    Ok(found)
}
