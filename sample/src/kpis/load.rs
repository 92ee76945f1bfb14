//! Pushes the rows: indicators first, then targets, so that facts are derived once from most observations.

use chrono::{DateTime, Utc};
use kpis::push::KINDS;
use service_kit::Problem;
use service_kit::push::engine::CHUNK_ROWS;
use sqlx::PgPool;

use super::{catalogue, city as whole, target, volume, ward};
use crate::city::City;
use crate::push::{Pushed, Pushes};
use crate::row::Rows;
use crate::{Progress, Stage, Volume};

/// The order of the kinds: what others name first.
const ORDER: [&str; 3] = ["indicators", "targets", "observations"];

/// Number of series of the volume whose rows are made and pushed together: about a chunk, so that a push has all of a series.
const STEP: usize = 250;

/// Loads the indicators with their targets and observations up to `now`.
pub(crate) async fn load(
    city: &City,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let told = ward::told(city);
    let way = Pushes::new(pool, now, KINDS);
    let mut pushed = Pushed::default();
    let mut rows = Rows::new(now);
    catalogue::rows(city, &mut rows);
    target::of_city(city, &mut rows);
    target::of_parts(city, &told, &mut rows);
    whole::rows(city, &told, &mut rows);
    ward::rows(city, &told, &mut rows);
    let stage = progress.stage("indicators", rows.len() as u64);
    step(&way, rows, &*stage, &mut pushed).await?;
    Ok(pushed)
}

/// Loads the series of a volume, in proportion to its tasks.
pub(crate) async fn load_volume(
    city: &City,
    volume: Volume,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let series = city.kpis.volume.series * volume.tasks(city.volume.tasks) / city.volume.tasks;
    let way = Pushes::new(pool, now, KINDS);
    let mut pushed = Pushed::default();
    let stage = progress.stage("observations of the volume", series as u64);
    let mut rows = Rows::new(now);
    for place in 0..volume::indicators(city, series) {
        rows.add("indicators", volume::indicator(city, place));
    }
    step(&way, rows, &crate::NoProgress, &mut pushed).await?;
    for first in (0..series).step_by(STEP) {
        let last = series.min(first + STEP);
        let mut rows = Rows::new(now);
        for number in first..last {
            volume::series(city, number, &mut rows);
        }
        step(&way, rows, &crate::NoProgress, &mut pushed).await?;
        stage.advance((last - first) as u64);
    }
    Ok(pushed)
}

/// Pushes the rows of a step, kind by kind.
async fn step(way: &Pushes, mut rows: Rows, stage: &dyn Stage, pushed: &mut Pushed) -> Result<(), Problem> {
    for name in ORDER {
        way.kind(name, CHUNK_ROWS, &mut rows, stage, pushed).await?;
    }
    Ok(())
}
