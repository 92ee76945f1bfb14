//! Points of series, and the value of places together.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::{FromRow, Row, query, query_as};

use crate::model::{Aggregate, Point};

/// A series and the days of its points.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SeriesKey {
    /// Code of the indicator.
    pub indicator: String,
    /// Code of the area, if it is about one.
    pub area: Option<String>,
    /// Code of the organization, if it is about one.
    pub organization: Option<String>,
    /// A day of the first sub-period, and of the last.
    pub days: (NaiveDate, NaiveDate),
    /// Day as of which it is known.
    pub as_of: NaiveDate,
}

/// Points of the series that the caller sees.
const POINTS: &str = "SELECT * FROM kpis.points($1, $2, $3, $4, $5, $6) WHERE kpis.check_facts() AND place IN ( \
     SELECT a.place FROM unnest($1, $2, $3) WITH ORDINALITY AS a(indicator, area, organization, place) WHERE kpis.sees(a.indicator, a.area, a.organization))";

/// Loads the points of series. Of a series that the caller does not see there is none.
#[derive(Debug)]
pub struct PointsOf(pub Reader);

impl BatchSource for PointsOf {
    type Key = SeriesKey;
    type Value = Vec<Point>;

    /// Sends one statement for each range of days; a page has one.
    async fn load(&self, keys: Vec<SeriesKey>) -> Result<HashMap<SeriesKey, Vec<Point>>, Problem> {
        let mut by_days: HashMap<_, Vec<SeriesKey>> = HashMap::new();
        for key in keys {
            by_days.entry((key.days, key.as_of)).or_default().push(key);
        }
        let mut found: HashMap<SeriesKey, Vec<Point>> = HashMap::new();
        for (((first, last), as_of), keys) in by_days {
            let of = |part: fn(&SeriesKey) -> Option<String>| keys.iter().map(part).collect::<Vec<_>>();
            let rows = query(POINTS)
                .bind(of(|key| Some(key.indicator.clone())))
                .bind(of(|key| key.area.clone()))
                .bind(of(|key| key.organization.clone()))
                .bind(first)
                .bind(last)
                .bind(as_of)
                .fetch_all(&self.0)
                .await?;
            for row in &rows {
                let place = usize::try_from(row.try_get::<i64, _>("place")?).unwrap_or_default();
                if let Some(key) = place.checked_sub(1).and_then(|place| keys.get(place)) {
                    found.entry(key.clone()).or_default().push(Point::from_row(row)?);
                }
            }
        }
        Ok(found)
    }
}

/// Value of the places of an indicator together. `over` is `AREA` or `ORGANIZATION`.
///
/// # Errors
/// The problem of the statement.
pub async fn together(
    reader: &Reader,
    indicator: &str,
    over: &str,
    period: schema::Period,
    as_of: NaiveDate,
) -> Result<Option<Aggregate>, Problem> {
    let sql = "SELECT * FROM kpis.together($1, $2, $3, $4, $5)";
    let asked = query_as(sql).bind(indicator).bind(over).bind(period.first_day()).bind(period.end()).bind(as_of);
    Ok(asked.fetch_optional(reader).await?)
}

/// What the parts of an indicator declared against the target of the city.
#[expect(clippy::struct_field_names, reason = "the fields are the columns")]
#[derive(FromRow, Debug, Clone)]
pub struct Declared {
    /// Target of the city.
    pub target: Option<Decimal>,
    /// Sum of the targets of the parts.
    pub declared: Option<Decimal>,
    /// Sum of what was observed of the parts of which all that is due was.
    pub actual: Option<Decimal>,
    /// Parts with a target.
    pub declaring: i64,
    /// Parts of which all that is due was observed.
    pub observed: i64,
    /// Whether the parts add up: the indicator does, or its parts are indicators that do, of one unit and direction.
    pub adds_up: bool,
    /// Whether less is better.
    pub is_lower: bool,
    /// Codes of the wards and communes that declared nothing.
    pub missing: Vec<String>,
    /// Codes of the organizations that report a part and declared nothing.
    pub missing_organizations: Vec<String>,
}

/// Reads what the wards, communes and organizations declared for a period. An indicator that does not add up is declared through
/// indicators that are parts of it.
///
/// # Errors
/// The problem of the statement.
pub async fn declared(
    reader: &Reader,
    indicator: &str,
    period: &str,
    as_of: NaiveDate,
) -> Result<Option<Declared>, Problem> {
    let sql = "WITH named AS (SELECT i.code, i.scopes, i.unit, i.direction FROM kpis.indicator AS i
             WHERE i.deleted_at IS NULL AND i.over_places = 'SUM' AND (i.code = $1 OR i.parent_code = $1)),
         part AS (SELECT code, scopes FROM named WHERE (SELECT count(DISTINCT (unit, direction)) FROM named) = 1),
         stated AS (SELECT f.*, f.scope = 'CITY' AND f.indicator_code = $1 AS is_whole FROM kpis.target_fact AS f
             WHERE f.period = $2 AND f.from_day <= $3 AND $3 < f.to_day AND (f.indicator_code = $1 OR f.indicator_code IN (SELECT code FROM part)))
         SELECT (SELECT target FROM stated WHERE is_whole) AS target,
             sum(s.target) FILTER (WHERE s.is_part) AS declared, sum(s.actual) FILTER (WHERE s.is_part AND s.is_observed) AS actual,
             count(*) FILTER (WHERE s.is_part AND s.target IS NOT NULL) AS declaring, count(s.actual) FILTER (WHERE s.is_part AND s.is_observed) AS observed,
             EXISTS (TABLE part) AS adds_up, (SELECT direction = 'LOWER' FROM kpis.indicator WHERE code = $1) AS is_lower,
             CASE WHEN EXISTS (SELECT FROM part WHERE 'AREA' = ANY(scopes)) THEN ARRAY(
                 SELECT a.code FROM kpis.areas_on($3) AS a(code) WHERE NOT EXISTS (
                     SELECT FROM stated AS t WHERE t.scope = 'AREA' AND t.area_code = a.code AND t.target IS NOT NULL AND t.indicator_code IN (SELECT code FROM part))
                 ORDER BY a.code) ELSE '{}' END AS missing,
             ARRAY(SELECT DISTINCT e.organization_code FROM kpis.series AS e
                 WHERE e.organization_code IS NOT NULL AND e.indicator_code IN (SELECT code FROM part WHERE 'ORGANIZATION' = ANY(scopes)) AND NOT EXISTS (
                     SELECT FROM stated AS t WHERE t.series_id = e.id AND t.target IS NOT NULL) ORDER BY 1) AS missing_organizations
         FROM (SELECT *, scope <> 'CITY' AND indicator_code IN (SELECT code FROM part) AS is_part,
                   cardinality(ends) >= (SELECT count(*) FROM generate_series(1, expected) AS place WHERE (period_first + make_interval(months => place * step))::date + lag_days <= $3) AS is_observed
               FROM stated) AS s
         WHERE kpis.check_facts()";
    Ok(query_as(sql).bind(indicator).bind(period).bind(as_of).fetch_optional(reader).await?)
}
