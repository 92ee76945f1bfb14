//! Pushes the rows in steps. Rows that others name go first, and milestones last: facts are derived once from most of them.

use chrono::{DateTime, Utc};
use projects::push::KINDS;
use service_kit::Problem;
use service_kit::push::engine::CHUNK_ROWS;
use sqlx::PgPool;

use super::{catalogue, clearance, money};
use crate::city::City;
use crate::push::{Pushed, Pushes};
use crate::row::Rows;
use crate::{Progress, Stage, Volume};

/// The order of the kinds: what others name first.
const ORDER: [&str; 16] = [
    "projects",
    "capital-plans",
    "contracts",
    "contract-modifications",
    "disbursements",
    "assessments",
    "sites",
    "grave-relocations",
    "utility-relocations",
    "parties",
    "party-identities",
    "parcel-cases",
    "parcel-rights",
    "resettlements",
    "compensation-plans",
    "compensation-payments",
];

/// The kind with most rows, after all that its facts are derived from.
const LAST: &str = "parcel-events";

/// Kinds of which each push derives the facts of many records from many rows: the work grows with the square of its rows.
const FEWER: [&str; 3] = ["disbursements", "compensation-plans", "compensation-payments"];
const FEWER_ROWS: usize = 1000;

/// Number of projects of the volume, and of sites, whose rows are made and pushed together.
const STEP_PROJECTS: usize = 500;
const STEP_SITES: usize = 4;

/// Loads the catalogue and its sites up to `now`.
pub(crate) async fn load(
    city: &City,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let items = catalogue::items(city);
    let sites = clearance::sites(city);
    let way = Pushes::new(pool, now, KINDS);
    let mut pushed = Pushed::default();
    let mut rows = Rows::new(now);
    for item in &items {
        catalogue::rows(item, &mut rows);
    }
    money::of_catalogue(city, &items, &mut rows);
    for site in &sites {
        clearance::site_rows(city, site, &mut rows);
    }
    for (site, files) in sites.iter().zip(clearance::files_of_sites(city, &sites)) {
        for file in &files {
            clearance::file_rows(site, file, &mut rows);
        }
    }
    let stage = progress.stage("projects and clearance", rows.len() as u64);
    step(&way, rows, &*stage, &mut pushed).await?;
    Ok(pushed)
}

/// Loads the projects and sites of a volume, in proportion to its tasks.
pub(crate) async fn load_volume(
    city: &City,
    volume: Volume,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let facts = &city.projects.volume;
    let share = |number: usize| number * volume.tasks(city.volume.tasks) / city.volume.tasks;
    let (projects, sites) = (share(facts.projects), share(facts.sites));
    let way = Pushes::new(pool, now, KINDS);
    let mut pushed = Pushed::default();
    let stage = progress.stage("projects of the volume", projects as u64);
    for first in (1..=projects).step_by(STEP_PROJECTS) {
        let last = projects.min(first + STEP_PROJECTS - 1);
        let mut rows = Rows::new(now);
        for number in first..=last {
            let item = catalogue::item_of_volume(city, number);
            catalogue::rows(&item, &mut rows);
            money::of_volume(city, &item, &mut rows);
        }
        step(&way, rows, &crate::NoProgress, &mut pushed).await?;
        stage.advance((last + 1 - first) as u64);
    }
    drop(stage);
    let stage = progress.stage("clearance of the volume", sites as u64);
    for first in (1..=sites).step_by(STEP_SITES) {
        let last = sites.min(first + STEP_SITES - 1);
        let mut rows = Rows::new(now);
        for number in first..=last {
            // Two sites of a project follow each other.
            let project = number.div_ceil(2).min(projects);
            let site = clearance::site_of_volume(city, number, &format!("DA-{project:05}"));
            clearance::site_rows(city, &site, &mut rows);
            for file in &clearance::files_of_volume(&site) {
                clearance::file_rows(&site, file, &mut rows);
            }
        }
        step(&way, rows, &crate::NoProgress, &mut pushed).await?;
        stage.advance((last + 1 - first) as u64);
    }
    Ok(pushed)
}

/// Pushes the rows of a step, kind by kind.
async fn step(way: &Pushes, mut rows: Rows, stage: &dyn Stage, pushed: &mut Pushed) -> Result<(), Problem> {
    for name in ORDER.into_iter().chain([LAST]) {
        let most = if FEWER.contains(&name) { FEWER_ROWS } else { CHUNK_ROWS };
        way.kind(name, most, &mut rows, stage, pushed).await?;
    }
    Ok(())
}
