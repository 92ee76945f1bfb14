//! Loading of a sample: writes the events up to now that are not stored yet.
//!
//! Each stage is one transaction. An interrupted load leaves complete stages, and the next load continues. A task
//! continues from its stored version if this is a version of the sample; a task that somebody has changed is skipped.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use schema::CityTime;
use service_kit::Problem;
use service_kit::store::estimate::analyze;
use sqlx::PgPool;
use tasks::import::{Task, TaskRows};
use uuid::Uuid;

use crate::city::City;
use crate::feedback;
use crate::plan::{self, Plan, Relation};
use crate::push::{Pushed, one_at_a_time};
use crate::story::{self, Story, Year};
use crate::{Progress, SYNTHETIC_SOURCE, SampleError, Volume, briefings, kpis, projects, reference};

/// Summary of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Rows of the directory that were new or changed.
    pub directory_rows: u64,
    /// Tasks that were not stored before.
    pub tasks_created: usize,
    /// Versions of tasks, the first ones included.
    pub task_versions: usize,
    /// Tasks that were skipped because somebody has changed them since the last load.
    pub tasks_kept: usize,
    /// Rows of projects and land clearance that were new or changed something.
    pub project_rows: u64,
    /// Rows of projects and land clearance that contradict what somebody has changed.
    pub project_rows_refused: u64,
    /// Rows of indicators, targets and observations that were new or changed something.
    pub kpi_rows: u64,
    /// Rows of indicators, targets and observations that contradict what somebody has changed.
    pub kpi_rows_refused: u64,
    /// Rows of feedback that were new or changed something.
    pub feedback_rows: u64,
    /// Rows of feedback that contradict what somebody has changed.
    pub feedback_rows_refused: u64,
    /// Briefings that were new.
    pub briefings: u64,
}

impl Summary {
    /// Loads parts in their order, and then their volume, of which no part depends on another: the services take it in at the same
    /// time.
    async fn add_parts(
        &mut self,
        city: &City,
        parts: &[Part],
        volume: Option<Volume>,
        load: (&PgPool, DateTime<Utc>, &dyn Progress),
    ) -> Result<(), Problem> {
        for part in parts {
            let pushed = part.load(city, load).await?;
            self.add(*part, pushed);
        }
        if let Some(volume) = volume {
            let volumes = parts.iter().map(|part| part.load_volume(city, volume, load));
            for (part, pushed) in parts.iter().zip(try_join_all(volumes).await?) {
                self.add(*part, pushed);
            }
        }
        Ok(())
    }

    fn add(&mut self, part: Part, pushed: Pushed) {
        let (written, refused) = match part {
            Part::Projects => (&mut self.project_rows, &mut self.project_rows_refused),
            Part::Kpis => (&mut self.kpi_rows, &mut self.kpi_rows_refused),
            Part::Feedback => (&mut self.feedback_rows, &mut self.feedback_rows_refused),
        };
        *written += pushed.written;
        *refused += pushed.refused;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, tasks, versions) = (self.directory_rows, self.tasks_created, self.task_versions);
        let (projects, kpis, feedback) = (self.project_rows, self.kpi_rows, self.feedback_rows);
        let briefings = self.briefings;
        match (rows, versions, projects, kpis, feedback, briefings) {
            (0, 0, 0, 0, 0, 0) => f.write_str("up to date")?,
            _ => write!(
                f,
                "{rows} directory rows, {tasks} new tasks, {versions} task versions, {projects} rows of projects and \
                 clearance, {kpis} rows of KPIs, {feedback} of feedback, {briefings} briefings"
            )?,
        }
        if self.tasks_kept > 0 {
            write!(f, "; {} tasks changed by others were left as they are", self.tasks_kept)?;
        }
        for (refused, what) in [
            (self.project_rows_refused, "projects"),
            (self.kpi_rows_refused, "KPIs"),
            (self.feedback_rows_refused, "feedback"),
        ] {
            if refused > 0 {
                write!(f, "; {refused} rows of {what} were refused")?;
            }
        }
        Ok(())
    }
}

/// Number of tasks of a volume that are written with one transaction.
const STEP: usize = 1000;

/// Loads a bundled city with its events up to `now`.
///
/// # Errors
/// When the city is unknown, or the database returns an error or loses the connection. Complete stages stay stored.
pub async fn load(
    city: &str,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Summary, SampleError> {
    load_volume(city, None, pool, now, progress).await
}

/// As [`load`], with the tasks, organizations, projects, sites and series of a volume, if one is given, in addition to the published
/// ones.
///
/// # Errors
/// As [`load`]. Complete steps of the volume stay stored.
pub async fn load_volume(
    city: &str,
    volume: Option<Volume>,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Summary, SampleError> {
    let mut summary = load_tasks(city, volume, pool, now, progress).await?;
    let city = City::read(city)?;
    one_at_a_time(pool, now, async || summary.add_parts(&city, &Part::ALL, volume, (pool, now, progress)).await)
        .await?;
    let mut transaction = pool.begin().await.map_err(failed("briefings"))?;
    let rows = briefings::rows(now);
    summary.briefings =
        insights::import::write(&mut transaction, SYNTHETIC_SOURCE, &rows).await.map_err(failed("briefings"))?;
    transaction.commit().await.map_err(failed("briefings"))?;
    if summary != Summary::default() {
        analyze(pool).await.map_err(failed("statistics"))?;
    }
    Ok(summary)
}

/// As [`load_volume`], without projects, land clearance, KPIs and feedback.
///
/// # Errors
/// As [`load_volume`].
pub async fn load_tasks(
    city: &str,
    volume: Option<Volume>,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Summary, SampleError> {
    let city = City::read(city)?;
    let load = Load { city: &city, pool, now, progress };
    let directory_rows = load.directory(volume).await.map_err(failed("directory"))?;
    let mut summary = Summary { directory_rows, ..Summary::default() };
    let (plans, relations) = plan::plans(&city)?;
    load.tasks("tasks", &plans, &relations, plans.len(), &mut summary).await?;
    if let Some(volume) = volume {
        let (plans, relations) = plan::plans_of_volume(&city, volume);
        load.tasks("tasks of the volume", &plans, &relations, STEP, &mut summary).await?;
    }
    Ok(summary)
}

/// Part of the city that is pushed: what departments send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Projects and land clearance.
    Projects,
    /// Indicators, targets and observations.
    Kpis,
    /// Citizen feedback, which names projects.
    Feedback,
}

impl Part {
    const ALL: [Self; 3] = [Self::Projects, Self::Kpis, Self::Feedback];

    async fn load(
        self,
        city: &City,
        (pool, now, progress): (&PgPool, DateTime<Utc>, &dyn Progress),
    ) -> Result<Pushed, Problem> {
        match self {
            Self::Projects => projects::load(city, pool, now, progress).await,
            Self::Kpis => kpis::load(city, pool, now, progress).await,
            Self::Feedback => feedback::load(city, pool, now, progress).await,
        }
    }

    async fn load_volume(
        self,
        city: &City,
        volume: Volume,
        (pool, now, progress): (&PgPool, DateTime<Utc>, &dyn Progress),
    ) -> Result<Pushed, Problem> {
        match self {
            Self::Projects => projects::load_volume(city, volume, pool, now, progress).await,
            Self::Kpis => kpis::load_volume(city, volume, pool, now, progress).await,
            Self::Feedback => feedback::load_volume(city, volume, pool, now, progress).await,
        }
    }
}

/// As [`load_volume`], with the directory and these parts only.
///
/// # Errors
/// As [`load_volume`].
pub async fn load_parts(
    city: &str,
    parts: &[Part],
    volume: Option<Volume>,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Summary, SampleError> {
    let city = City::read(city)?;
    let load = Load { city: &city, pool, now, progress };
    let directory_rows = load.directory(None).await.map_err(failed("directory"))?;
    let mut summary = Summary { directory_rows, ..Summary::default() };
    one_at_a_time(pool, now, async || summary.add_parts(&city, parts, volume, (pool, now, progress)).await).await?;
    Ok(summary)
}

fn failed(stage: &'static str) -> impl FnOnce(sqlx::Error) -> SampleError {
    move |source| SampleError::Database { stage, source }
}

/// A load in progress.
struct Load<'a> {
    city: &'a City,
    pool: &'a PgPool,
    now: DateTime<Utc>,
    progress: &'a dyn Progress,
}

impl Load<'_> {
    async fn directory(&self, volume: Option<Volume>) -> Result<u64, sqlx::Error> {
        let steps = reference::rows(self.city, volume, CityTime::default().today(self.now));
        let stage = self.progress.stage("directory", steps.len() as u64);
        let mut written = 0;
        for rows in steps {
            let mut transaction = self.pool.begin().await?;
            written += directory::import::write(&mut transaction, SYNTHETIC_SOURCE, &rows).await?;
            transaction.commit().await?;
            stage.advance(1);
        }
        Ok(written)
    }

    /// Loads the tasks in steps, the earliest ones first. Each relation belongs to the step of the later of its tasks.
    async fn tasks(
        &self,
        stage: &'static str,
        plans: &[Plan],
        relations: &[Relation],
        step: usize,
        summary: &mut Summary,
    ) -> Result<(), SampleError> {
        let before = summary.task_versions;
        let stage = self.progress.stage(stage, plans.len() as u64);
        for first in (0..plans.len()).step_by(step) {
            let written = first..plans.len().min(first + step);
            let of_step = |relation: &&Relation| written.contains(&relation.from.max(relation.to));
            let relations: Vec<Relation> = relations.iter().filter(of_step).copied().collect();
            let year = story::year(self.city, plans, written.clone(), &relations)?;
            self.write(&year, summary).await.map_err(failed("tasks"))?;
            stage.advance(written.len() as u64);
        }
        if summary.task_versions > before {
            let mut connection = self.pool.acquire().await.map_err(failed("tasks"))?;
            tasks::import::finish(&mut connection).await.map_err(failed("tasks"))?;
        }
        Ok(())
    }

    /// Writes what is not stored yet in one transaction.
    async fn write(&self, year: &Year, summary: &mut Summary) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let told = year.stories.iter().filter_map(|story| Some(story.versions.first()?.meta.id));
        let related = year.relations.iter().flat_map(|relation| [relation.from_task_id, relation.to_task_id]);
        let ids: Vec<Uuid> = told.chain(related).collect();
        let heads = tasks::import::lock_heads(&mut transaction, SYNTHETIC_SOURCE, &ids).await?;
        let before = summary.task_versions;
        let rows = pending(year, self.now, &heads, summary)?;
        if summary.task_versions > before {
            tasks::import::write(&mut transaction, SYNTHETIC_SOURCE, &rows).await?;
        }
        transaction.commit().await
    }
}

/// Version and observed time of a stored task.
type Head = (i32, DateTime<Utc>);

/// Events up to now that are not stored yet.
fn pending(
    year: &Year,
    now: DateTime<Utc>,
    heads: &HashMap<Uuid, Head>,
    summary: &mut Summary,
) -> Result<TaskRows, sqlx::Error> {
    let mut rows = TaskRows::default();
    let mut new = HashSet::new();
    for whole in &year.stories {
        let story = whole.until(now);
        let Some(first) = story.versions.first() else {
            continue;
        };
        let head = heads.get(&first.meta.id);
        let Some(stored) = head.map_or(Some(0), |head| place_in(&story, *head)) else {
            // The stored version is not one up to now: it is from a load on a later day, or from somebody else.
            let told_later = head.is_some_and(|head| place_in(whole, *head).is_some());
            summary.tasks_kept += usize::from(!told_later);
            continue;
        };
        let untold = &story.versions[stored..];
        if untold.is_empty() {
            continue;
        }
        summary.task_versions += untold.len();
        if stored == 0 {
            summary.tasks_created += 1;
            new.insert(untold[0].meta.id);
            rows.create(untold)?;
        } else {
            queue(&mut rows, untold);
        }
        rows.transitions.extend(story.transitions);
        rows.milestones.extend(story.milestones);
        rows.updates.extend(story.updates);
        rows.evidence.extend(story.evidence);
        rows.blockers.extend(story.blockers);
        rows.reminders.extend(story.reminders);
        rows.extensions.extend(story.extensions);
    }
    // A relation is written with the second of its two tasks and never later, so it cannot conflict with relations that
    // people have added since.
    let exists = |id: &Uuid| new.contains(id) || heads.contains_key(id);
    rows.relations.clone_from(&year.relations);
    rows.relations.retain(|relation| {
        let ends = [relation.from_task_id, relation.to_task_id];
        ends.iter().all(exists) && ends.iter().any(|id| new.contains(id))
    });
    Ok(rows)
}

/// Number of stored versions of the story; `None` when the stored task is not one of them.
fn place_in(story: &Story, head: Head) -> Option<usize> {
    let same = |version: &Task| (version.meta.version, version.meta.observed_at) == head;
    story.versions.iter().position(same).map(|place| place + 1)
}

/// Adds each later version of a stored task to its round.
fn queue(rows: &mut TaskRows, versions: &[Task]) {
    rows.rounds.resize_with(rows.rounds.len().max(versions.len()), Vec::new);
    for (round, version) in rows.rounds.iter_mut().zip(versions) {
        round.push(version.clone());
    }
}
