//! Pushes the rows in steps. Rows that others name go first, and milestones last: facts are derived once from most of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use platform::keys::By;
use platform::sources::{self, NewSource};
use projects::push::KINDS;
use schema::clock::FixedClock;
use schema::sample_id;
use service_kit::push::PushKind;
use service_kit::push::engine::{Begin, Begun, CHUNK_ROWS, Options, Pusher, Reading};
use service_kit::push::intake::read_rows;
use service_kit::push::{Counts, PushStatus};
use service_kit::store::push::take_turn;
use service_kit::store::role;
use service_kit::{Database, Problem};
use sqlx::PgPool;
use tabular::{Format, Required};

use super::row::Rows;
use super::{catalogue, clearance, money};
use crate::city::City;
use crate::{Progress, SYNTHETIC_SOURCE, Volume};

/// The order of the kinds: what others name first.
const ORDER: &[&str] = &[
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
    // The kind with most rows, after all that its facts are derived from.
    "parcel-events",
];

/// Kinds of which each push derives the facts of many records from many rows: the work grows with the square of its rows.
const FEWER: [&str; 3] = ["disbursements", "compensation-plans", "compensation-payments"];
const FEWER_ROWS: usize = 1000;

/// Maximum number of rows of a push of a kind.
fn most(kind: &str) -> usize {
    if FEWER.contains(&kind) { FEWER_ROWS } else { CHUNK_ROWS }
}

/// Number of projects of the volume, and of sites, whose rows are made and pushed together.
const STEP_PROJECTS: usize = 500;
const STEP_SITES: usize = 4;

/// What the pushes did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pushed {
    /// Rows that made or changed a record.
    pub(crate) written: u64,
    /// Rows that were not accepted, or wait, because somebody has changed what they are about.
    pub(crate) refused: u64,
}

/// Loads the catalogue and its sites up to `now`.
pub(crate) async fn load(
    city: &City,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Pushed, Problem> {
    let items = catalogue::items(city);
    let sites = clearance::sites(city);
    let load = Load::new(pool, now, KINDS);
    load.one_at_a_time(async || {
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
        progress.stage("projects and clearance", rows.len() as u64);
        load.step(rows, ORDER, most, progress, &mut pushed).await?;
        Ok(pushed)
    })
    .await
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
    let load = Load::new(pool, now, KINDS);
    load.one_at_a_time(async || {
        let mut pushed = Pushed::default();
        progress.stage("projects of the volume", projects as u64);
        for first in (1..=projects).step_by(STEP_PROJECTS) {
            let last = projects.min(first + STEP_PROJECTS - 1);
            let mut rows = Rows::new(now);
            for number in first..=last {
                let item = catalogue::item_of_volume(city, number);
                catalogue::rows(&item, &mut rows);
                money::of_volume(city, &item, &mut rows);
            }
            load.step(rows, ORDER, most, &crate::NoProgress, &mut pushed).await?;
            progress.advance((last + 1 - first) as u64);
        }
        progress.stage("clearance of the volume", sites as u64);
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
            load.step(rows, ORDER, most, &crate::NoProgress, &mut pushed).await?;
            progress.advance((last + 1 - first) as u64);
        }
        Ok(pushed)
    })
    .await
}

/// Pushes rows of the kinds of a service.
pub(crate) struct Load {
    pusher: Pusher,
    now: DateTime<Utc>,
}

impl Load {
    pub(crate) fn new(pool: &PgPool, now: DateTime<Utc>, kinds: &'static [&'static PushKind]) -> Self {
        let pusher = Pusher::new(Database::from_pool(pool.clone()), Arc::new(FixedClock::new(now)), kinds);
        Self { pusher, now }
    }

    /// Runs the work while no other load of the sample does.
    pub(crate) async fn one_at_a_time(
        &self,
        work: impl AsyncFnOnce() -> Result<Pushed, Problem>,
    ) -> Result<Pushed, Problem> {
        let pool = self.pusher.database().pool();
        let mut turn = role::begin(pool).await?;
        take_turn(&mut turn, "sample/load").await?;
        self.register().await?;
        let pushed = work().await;
        turn.commit().await?;
        pushed
    }

    /// People may change what the sample says; another source could not.
    async fn register(&self) -> Result<(), Problem> {
        let pool = self.pusher.database().pool();
        if sources::is_registered(pool, SYNTHETIC_SOURCE).await? {
            return Ok(());
        }
        let source = NewSource {
            code: SYNTHETIC_SOURCE,
            name: Some("Dữ liệu mẫu"),
            organization: None,
            cadence_hours: None,
            working_days: false,
            open_to_verbs: true,
        };
        sources::register(pool, &source, By { subject: SYNTHETIC_SOURCE, now: self.now, request_id: None }).await
    }

    /// Pushes rows kind by kind, in chunks of at most as many rows as the kind has.
    pub(crate) async fn step(
        &self,
        mut rows: Rows,
        order: &[&'static str],
        most: impl Fn(&str) -> usize,
        progress: &dyn Progress,
        pushed: &mut Pushed,
    ) -> Result<(), Problem> {
        for name in order {
            let Some(kind) = self.pusher.kind(name) else { continue };
            for body in rows.take(name, most(name)) {
                let lines = body.lines().count() as u64;
                self.push(kind, body.as_bytes(), pushed).await?;
                progress.advance(lines);
            }
        }
        Ok(())
    }

    /// Pushes a chunk. One that was pushed before is not sent again.
    async fn push(&self, kind: &'static PushKind, body: &[u8], pushed: &mut Pushed) -> Result<(), Problem> {
        let key = sample_id(kind.name, &String::from_utf8_lossy(body)).to_string();
        let begin = Begin {
            kind,
            source: SYNTHETIC_SOURCE,
            subject: SYNTHETIC_SOURCE,
            format: "NDJSON",
            options: Options::default(),
            idempotency_key: Some(&key),
            request_id: None,
            file_name: None,
        };
        let since = std::time::Instant::now();
        let Begun::New(mut session) = self.pusher.begin(begin).await? else { return Ok(()) };
        let reading = tabular::Reading { required: Required::NewRecords, ..tabular::Reading::new(Format::Ndjson) };
        let staged = read_rows(kind, &reading, body, self.now);
        session.received(body);
        let results = match session.apply(staged).await {
            Ok(results) => results,
            Err(problem) => {
                session.fail(&problem).await;
                return Err(problem);
            }
        };
        for result in results.iter().filter(|result| matches!(result.status, PushStatus::Rejected | PushStatus::Parked))
        {
            tracing::warn!(kind = kind.name, external_id = result.external_id, errors = ?result.errors, "a row of the sample was not accepted");
        }
        let counts = Counts::of(&results);
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        pushed.written += number(counts.created + counts.updated);
        pushed.refused += number(counts.rejected + counts.parked);
        session.finish(Reading::default()).await?;
        tracing::debug!(kind = kind.name, rows = counts.rows, elapsed_ms = since.elapsed().as_millis(), "pushed");
        Ok(())
    }
}
