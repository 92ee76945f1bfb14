//! The field `feedbackGrid`: cases in the cells of a map.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use service_kit::lists::checked_aggregate;
use service_kit::measures::FEWEST_PERSONS;
use service_kit::scalar::{Date, GeoPoint};
use service_kit::stats::{checked_first, limit};
use service_kit::{Problem, ScopeContext};

use crate::filter::FeedbackFilter;
use crate::model::{Category, FEEDBACK};
use crate::store::category::CategoryByCode;
use crate::store::feedback::PRESENT;
use crate::store::grid::{Cell, Grid, cells};

/// Maximum number of cells in one answer.
const MAX_CELLS: usize = 5000;

/// Box on the map.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct BoxInput {
    /// Southern border in degrees.
    south: f64,
    /// Western border in degrees.
    west: f64,
    /// Northern border in degrees.
    north: f64,
    /// Eastern border in degrees.
    east: f64,
}

/// Cell of a map.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct FeedbackCell {
    /// South-western corner.
    south_west: GeoPoint,
    /// North-eastern corner.
    north_east: GeoPoint,
    /// Number of cases.
    cases: i64,
    /// Number of open cases.
    open: i64,
    /// Number of overdue cases.
    overdue: i64,
    /// Number of cases of the most frequent category: a hot spot of it. Null when it has fewer than five and the caller does not see
    /// all feedback.
    category_cases: Option<i64>,
    #[graphql(skip)]
    category_code: Option<String>,
}

#[async_graphql::ComplexObject]
impl FeedbackCell {
    /// Category with most cases in the cell; null when their number is.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        let Some(code) = &self.category_code else { return Ok(None) };
        Ok(ctx.loader::<CategoryByCode>().load_one(code.clone()).await?)
    }
}

/// Checks the box and divides it into cells of a size in metres.
fn grid(asked: BoxInput, size_m: f64) -> Result<Grid, Problem> {
    let BoxInput { south, west, north, east } = asked;
    let wrong = |name: &str, message: &str| Err(Problem::validation(format!("bbox.{name}"), message));
    if !(-85.0..=85.0).contains(&south) {
        return wrong("south", "accepted: -85 to 85");
    }
    if !(south < north && north <= 85.0) {
        return wrong("north", "accepted: above the southern border, up to 85");
    }
    if !(-180.0..=180.0).contains(&west) {
        return wrong("west", "accepted: -180 to 180");
    }
    if !(west < east && east <= 180.0) {
        return wrong("east", "accepted: above the western border, up to 180");
    }
    if !(100.0..=50_000.0).contains(&size_m) {
        return Err(Problem::validation(
            "sizeM",
            format!("{size_m}; accepted: 100 to 50000 metres, as points are rounded to about 110"),
        ));
    }
    let lat_step = size_m / 111_320.0;
    // One width for the whole box, that of its middle, so that cells lie on a grid.
    let lon_step = lat_step / f64::midpoint(south, north).to_radians().cos();
    Ok(Grid { south, west, north, east, lat_step, lon_step })
}

/// A cell as it is shown. A category in it is a group of its own, so it has as many cases as a cell must have.
fn cell(grid: Grid, cell: Cell, fewest: i64) -> FeedbackCell {
    let is_shown = cell.category_cases >= fewest;
    let south = grid.south + f64::from(cell.row) * grid.lat_step;
    let west = grid.west + f64::from(cell.col) * grid.lon_step;
    FeedbackCell {
        south_west: GeoPoint { lat: south, lon: west },
        north_east: GeoPoint { lat: south + grid.lat_step, lon: west + grid.lon_step },
        cases: cell.cases,
        open: cell.open,
        overdue: cell.overdue,
        category_cases: is_shown.then_some(cell.category_cases),
        category_code: is_shown.then_some(cell.category),
    }
}

#[derive(Default)]
pub struct MapQuery;

#[Object]
impl MapQuery {
    /// Cases in the cells of a map as of the end of a day (default: now), those with most cases first, at most `first`. Without
    /// `first` all are given, and more than 5,000 are refused. Cells have `sizeM` metres. Who does not see all feedback gets no cell with fewer than five cases.
    async fn feedback_grid(
        &self,
        ctx: &Context<'_>,
        bbox: BoxInput,
        size_m: f64,
        filter: Option<FeedbackFilter>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<Vec<FeedbackCell>>> {
        let scope = ctx.scope();
        let grid = grid(bbox, size_m)?;
        let first = checked_first(first, MAX_CELLS)?;
        let day = scope.as_of(as_of.as_ref())?;
        let conditions = checked_aggregate(ctx, &FEEDBACK, filter, []).await?;
        let fewest = if ctx.reader().sees_all(&FEEDBACK) { 1 } else { FEWEST_PERSONS };
        let reader = ctx.reader().whole();
        reader.charge(PRESENT, 1)?;
        let mut found = cells(&reader, grid, &conditions, day, fewest, MAX_CELLS + 1).await?;
        limit(&mut found, first, MAX_CELLS, "a larger sizeM, a smaller bbox, a filter")?;
        Ok(Some(found.into_iter().map(|found| cell(grid, found, fewest)).collect()))
    }
}
