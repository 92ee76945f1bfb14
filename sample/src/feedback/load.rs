//! Pushes the cases in steps: cases before what hangs on them.

use chrono::{DateTime, NaiveDate, Utc};
use feedback::push::KINDS;
use service_kit::Problem;
use service_kit::push::engine::CHUNK_ROWS;
use sqlx::PgPool;

use super::case::{Series, Source, case};
use super::path::{is_begun, rows, year_of_volume};
use crate::city::City;
use crate::push::{Pushed, Pushes};
use crate::row::Rows;
use crate::{Progress, Volume};

/// The order of the kinds: what others name first.
const ORDER: &[&str] = &["feedback", "feedback-events", "feedback-senders", "feedback-attachments", "feedback-ratings"];

/// Number of cases whose rows are made and pushed together.
const STEP: usize = 2000;

/// Loads the cases up to `now`.
pub(crate) async fn load(
    city: &City,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let facts = &city.feedback;
    let series = Series { prefix: "PA", cases: facts.cases, first: facts.first, last: facts.last, told: facts.told };
    push(city, series, "feedback", pool, now, progress).await
}

/// Loads the cases of a volume, in proportion to its tasks, over the year that ends with the year of the sample.
pub(crate) async fn load_volume(
    city: &City,
    volume: Volume,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let cases = city.feedback.volume / city.volume.tasks * volume.tasks(city.volume.tasks);
    let (first, last) = year_of_volume(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default());
    let series = Series { prefix: "PV", cases, first, last, told: 0 };
    push(city, series, "feedback of the volume", pool, now, progress).await
}

async fn push(
    city: &City,
    series: Series,
    stage: &'static str,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let source = Source::new(city);
    let way = Pushes::new(pool, now, KINDS);
    let mut pushed = Pushed::default();
    let stage = progress.stage(stage, series.cases as u64);
    for first in (1..=series.cases).step_by(STEP) {
        let last = series.cases.min(first + STEP - 1);
        let mut made = Rows::new(now);
        for number in first..=last {
            let case = case(&source, series, number);
            if is_begun(&case, now) {
                rows(&source, series, &case, &mut made);
            }
        }
        for name in ORDER {
            way.kind(name, CHUNK_ROWS, &mut made, &crate::NoProgress, &mut pushed).await?;
        }
        stage.advance((last + 1 - first) as u64);
    }
    Ok(pushed)
}
