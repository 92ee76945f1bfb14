//! Areas and organizations in which the satisfaction with feedback falls.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::prelude::ToPrimitive;
use service_kit::{Problem, Reader};

use super::Moment;
use crate::alert::{Alert, Month, Rule, falls_since};

/// Months before the present one that are compared first.
const LATEST_MONTHS: u32 = 2;

/// Months that are read when some place falls: a run of falling months is followed back for a year.
const MONTHS: u32 = 13;

/// Ratings of each month, as known at the end of the day.
const RATED: &str = "SELECT place.dimension, place.code, date_trunc('month', r.rated_on)::date AS month, \
        count(*) FILTER (WHERE r.is_satisfied) AS satisfied, count(*) AS rated \
    FROM feedback.published_rating AS r \
    CROSS JOIN LATERAL (VALUES ('AREA', r.area), ('ORGANIZATION', r.organization)) AS place(dimension, code) \
    WHERE r.rated_on >= $1 AND r.rated_on < $2 AND r.from_day <= $3 AND $3 < r.to_day AND place.code IS NOT NULL \
      AND (SELECT feedback.published_facts_are_current()) \
    GROUP BY 1, 2, 3";

/// Who must act, for the places that the caller sees.
const PLACES: &str = "SELECT p.dimension, p.code, w.organization, w.area \
    FROM unnest($1::text[], $2::text[]) AS p(dimension, code) \
    CROSS JOIN LATERAL (SELECT \
        CASE p.dimension WHEN 'ORGANIZATION' THEN p.code ELSE (SELECT min(o.code) FROM directory.published_organization AS o \
            WHERE o.area_code = p.code AND o.axis = 'COMMITTEE' AND o.level = 'COMMUNE') END AS organization, \
        CASE p.dimension WHEN 'AREA' THEN p.code ELSE (SELECT o.area_code FROM directory.published_organization AS o WHERE o.code = p.code) END AS area) AS w \
    WHERE insights.sees(w.organization, w.area)";

/// Reads the open alerts. Ratings are read as the aggregates that everybody sees; of those the caller sees the ones of its scope.
///
/// # Errors
/// The problem of a statement.
pub(super) async fn falling(reader: &Reader, rules: &[&'static Rule], moment: Moment) -> Result<Vec<Alert>, Problem> {
    if places_since(reader, moment, LATEST_MONTHS).await?.is_empty() {
        return Ok(Vec::new());
    }
    let falling = places_since(reader, moment, MONTHS).await?;
    let (dimensions, codes): (Vec<&str>, Vec<&str>) =
        falling.keys().map(|(dimension, code)| (dimension.as_str(), code.as_str())).unzip();
    let places: Vec<(String, String, Option<String>, Option<String>)> =
        sqlx::query_as(PLACES).bind(dimensions).bind(codes).fetch_all(reader).await?;
    let mut found = Vec::new();
    for (dimension, code, organization, area) in places {
        let record = format!("{dimension}:{code}");
        let Some(since) = falling.get(&(dimension, code)) else { continue };
        for rule in rules {
            found.push(Alert {
                reasons: vec!["SATISFACTION_FELL".to_owned()],
                organization: organization.clone(),
                areas: area.iter().cloned().collect(),
                ..Alert::of(rule, record.clone(), *since)
            });
        }
    }
    Ok(found)
}

/// Places in which the satisfaction falls, as dimension and code, with the first day of the fall within so many months.
async fn places_since(
    reader: &Reader,
    moment: Moment,
    months_back: u32,
) -> Result<HashMap<(String, String), NaiveDate>, Problem> {
    let present = moment.day.with_day(1).unwrap_or(moment.day);
    let rows: Vec<(String, String, NaiveDate, i64, i64)> = sqlx::query_as(RATED)
        .bind(present.checked_sub_months(Months::new(months_back)).unwrap_or(present))
        .bind(present)
        .bind(moment.day)
        .fetch_all(&reader.whole())
        .await?;
    let mut months: HashMap<(String, String), Vec<Month>> = HashMap::new();
    for (dimension, code, first, satisfied, rated) in rows {
        let (satisfied, rated) = (satisfied.to_f64().unwrap_or_default(), rated.to_f64().unwrap_or_default());
        months.entry((dimension, code)).or_default().push(Month { first, satisfied, rated });
    }
    Ok(months.into_iter().filter_map(|(place, months)| Some((place, falls_since(&months, present)?))).collect())
}
