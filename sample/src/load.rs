//! Loading of a sample: writes the events up to now that are not stored yet.
//!
//! Each stage is one transaction. An interrupted load leaves complete stages, and the next load continues. A task
//! continues from its stored version if this is a version of the sample; a task that somebody has changed is skipped.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use schema::CityTime;
use sqlx::PgPool;
use tasks::import::{Task, TaskRows};
use uuid::Uuid;

use crate::city::City;
use crate::story::{self, Story, Year};
use crate::{Progress, SYNTHETIC_SOURCE, SampleError, reference};

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
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, tasks, versions) = (self.directory_rows, self.tasks_created, self.task_versions);
        match (rows, versions) {
            (0, 0) => f.write_str("up to date")?,
            _ => write!(f, "{rows} directory rows, {tasks} new tasks, {versions} task versions")?,
        }
        match self.tasks_kept {
            0 => Ok(()),
            kept => write!(f, "; {kept} tasks changed by others were left as they are"),
        }
    }
}

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
    let city = City::read(city)?;
    let year = story::year(&city)?;
    let failed = |stage| move |source| SampleError::Database { stage, source };
    let directory_rows = load_directory(&city, pool, now, progress).await;
    let mut summary = Summary { directory_rows: directory_rows.map_err(failed("directory"))?, ..Summary::default() };
    let loaded = load_tasks(&year, pool, now, progress, &mut summary).await;
    loaded.map_err(failed("tasks"))?;
    Ok(summary)
}

async fn load_directory(
    city: &City,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<u64, sqlx::Error> {
    progress.stage("directory", 1);
    let rows = reference::rows(city, CityTime::default().today(now));
    let mut transaction = pool.begin().await?;
    let written = directory::import::write(&mut transaction, &rows).await?;
    transaction.commit().await?;
    progress.advance(1);
    Ok(written)
}

async fn load_tasks(
    year: &Year,
    pool: &PgPool,
    now: DateTime<Utc>,
    progress: &dyn Progress,
    summary: &mut Summary,
) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let heads = tasks::import::lock_heads(&mut transaction, SYNTHETIC_SOURCE).await?;
    let rows = pending(year, now, &heads, summary);
    progress.stage("tasks", u64::try_from(summary.task_versions).unwrap_or(u64::MAX));
    if summary.task_versions > 0 {
        let told = |versions: usize| progress.advance(u64::try_from(versions).unwrap_or(u64::MAX));
        tasks::import::write(&mut transaction, &rows, told).await?;
    }
    transaction.commit().await
}

/// Version and observed time of a stored task.
type Head = (i32, DateTime<Utc>);

/// Events up to now that are not stored yet.
fn pending(year: &Year, now: DateTime<Utc>, heads: &HashMap<Uuid, Head>, summary: &mut Summary) -> TaskRows {
    let mut rows = TaskRows::default();
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
        summary.tasks_created += usize::from(stored == 0);
        summary.task_versions += untold.len();
        queue(&mut rows, untold, stored == 0);
        rows.transitions.extend(story.transitions);
        rows.milestones.extend(story.milestones);
        rows.updates.extend(story.updates);
        rows.evidence.extend(story.evidence);
        rows.blockers.extend(story.blockers);
        rows.extensions.extend(story.extensions);
    }
    // A relation is written with the second of its two tasks and never later, so it cannot conflict with relations that
    // people have added since.
    let new: HashSet<Uuid> = rows.created.iter().map(|task| task.meta.id).collect();
    let exists = |id: &Uuid| new.contains(id) || heads.contains_key(id);
    rows.relations.clone_from(&year.relations);
    rows.relations.retain(|relation| {
        let ends = [relation.from_task_id, relation.to_task_id];
        ends.iter().all(exists) && ends.iter().any(|id| new.contains(id))
    });
    rows
}

/// Number of stored versions of the story; `None` when the stored task is not one of them.
fn place_in(story: &Story, head: Head) -> Option<usize> {
    let same = |version: &Task| (version.meta.version, version.meta.observed_at) == head;
    story.versions.iter().position(same).map(|place| place + 1)
}

/// Adds each version to its round.
fn queue(rows: &mut TaskRows, versions: &[Task], new: bool) {
    let mut later = versions.iter();
    if new {
        rows.created.extend(later.next().cloned());
    }
    for (round, version) in later.enumerate() {
        if rows.rounds.len() <= round {
            rows.rounds.push(Vec::new());
        }
        rows.rounds[round].push(version.clone());
    }
}
