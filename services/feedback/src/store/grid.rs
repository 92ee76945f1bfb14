//! Where feedback comes from: circles, and the cells of a map.

use service_kit::store::condition::Conditions;
use service_kit::{Problem, Reader};
use sqlx::{FromRow, Postgres, QueryBuilder};

use crate::filter::NearInput;

/// Metres of a degree of latitude, rounded down: the box must not be smaller than the circle.
const METRES_A_DEGREE: f64 = 111_000.0;
/// Largest radius in metres.
const MAX_RADIUS_M: f64 = 20_000.0;

/// Checked circle.
#[derive(Debug, Clone, Copy)]
pub struct Near {
    lat: f64,
    lon: f64,
    radius_m: f64,
}

impl Near {
    /// Checks a circle.
    ///
    /// # Errors
    /// `VALIDATION` below the path.
    pub fn checked(asked: &NearInput, path: &str) -> Result<Self, Problem> {
        let NearInput { lat, lon, radius_m } = *asked;
        for (value, name, range) in
            [(lat, "lat", -85.0..=85.0), (lon, "lon", -180.0..=180.0), (radius_m, "radiusM", 1.0..=MAX_RADIUS_M)]
        {
            if !range.contains(&value) {
                let message = format!("{value}; accepted: {} to {}", range.start(), range.end());
                return Err(Problem::validation(format!("{path}.{name}"), message));
            }
        }
        Ok(Self { lat, lon, radius_m })
    }

    /// Its box: bounds of latitude and of longitude.
    fn bounds(self) -> [f64; 4] {
        let high = self.radius_m / METRES_A_DEGREE;
        let wide = high / self.lat.to_radians().cos();
        [self.lat - high, self.lat + high, self.lon - wide, self.lon + wide]
    }

    /// Pushes the condition that the point of a row lies in it.
    pub fn push(self, sql: &mut QueryBuilder<Postgres>, row: &'static str) {
        let [south, north, west, east] = self.bounds();
        sql.push(row).push(".lat BETWEEN ").push_bind(south).push(" AND ").push_bind(north);
        sql.push(" AND ").push(row).push(".lon BETWEEN ").push_bind(west).push(" AND ").push_bind(east);
        sql.push(" AND feedback.distance_m(").push_bind(self.lat).push(", ").push_bind(self.lon);
        sql.push(format!(", {row}.lat, {row}.lon) <= ")).push_bind(self.radius_m);
    }
}

/// Adds a circle: its box, by an index, and the distance on the sphere within it.
pub fn near(list: &mut Conditions, circle: Near) {
    let [south, north, west, east] = circle.bounds();
    list.numbers(
        "near",
        "f.lat BETWEEN {0} AND {1} AND f.lon BETWEEN {2} AND {3} AND feedback.distance_m({4}, {5}, f.lat, f.lon) <= {6}",
        &[south, north, west, east, circle.lat, circle.lon, circle.radius_m],
    );
}

/// Cell of a map with its cases.
#[derive(Debug, Clone, FromRow)]
pub struct Cell {
    pub row: i32,
    pub col: i32,
    pub cases: i64,
    pub open: i64,
    pub overdue: i64,
    /// The category with most cases, and their number.
    pub category: String,
    pub category_cases: i64,
}

/// Box of a map and the size of its cells in degrees.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
    pub lat_step: f64,
    pub lon_step: f64,
}

/// Counts the cases in the cells, those with most first. `fewest` is the number of cases that a cell must have, `most` the number of cells.
///
/// # Errors
/// The problem of the statement.
pub async fn cells(
    reader: &Reader,
    grid: Grid,
    conditions: &Conditions,
    day: chrono::NaiveDate,
    fewest: i64,
    most: usize,
) -> Result<Vec<Cell>, Problem> {
    use service_kit::store::condition::DaySql;
    use service_kit::store::template::push_source;
    let mut sql = QueryBuilder::new(
        "SELECT g.row, g.col, sum(g.cases)::bigint AS cases, sum(g.open)::bigint AS open, sum(g.overdue)::bigint AS overdue, \
         (array_agg(g.category ORDER BY g.cases DESC, g.category))[1] AS category, max(g.cases) AS category_cases \
         FROM (SELECT floor((f.lat - ",
    );
    sql.push_bind(grid.south).push(") / ").push_bind(grid.lat_step).push(")::int AS row, floor((f.lon - ");
    sql.push_bind(grid.west).push(") / ").push_bind(grid.lon_step);
    sql.push(
        ")::int AS col, f.category, count(*) AS cases, count(*) FILTER (WHERE f.is_open) AS open, count(*) FILTER (WHERE f.is_overdue) AS overdue FROM ",
    );
    push_source(&mut sql, ON_MAP, DaySql::Bound(day));
    sql.push(" AND f.lat >= ").push_bind(grid.south).push(" AND f.lat < ").push_bind(grid.north);
    sql.push(" AND f.lon >= ").push_bind(grid.west).push(" AND f.lon < ").push_bind(grid.east);
    conditions.push(&mut sql, DaySql::Bound(day));
    sql.push(" GROUP BY 1, 2, 3) AS g WHERE ").push(super::feedback::CURRENT);
    sql.push(" GROUP BY g.row, g.col HAVING sum(g.cases) >= ").push_bind(fewest);
    sql.push(" ORDER BY cases DESC, g.row, g.col LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// Cases of both partitions.
const ON_MAP: &str = super::feedback::ON_MAP;
