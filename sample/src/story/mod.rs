//! Events of each task in the year, as dated versions.
//!
//! `timeline` generates the events with their times. `chronicle` converts them to versions of the task and to its
//! children, by the verbs of the state machine. A story always has the whole year; [`Story::until`] cuts it at an
//! instant.

mod cast;
mod chronicle;
mod opening;
mod phrases;
mod timeline;

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use schema::{CityTime, sample_id};
use tasks::import::{
    Blocker, Evidence, ExtensionRequest, ExtensionStatus, Milestone, ProgressUpdate, Reminder, Task, TaskRelation,
    TaskTransition,
};
use uuid::Uuid;

use self::cast::Cast;
use self::chronicle::Chronicle;
use crate::SampleError;
use crate::city::City;
use crate::plan::{Plan, Relation};

/// Versions and children of one task.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    /// The versions, the earliest first, each later than the one before.
    pub(crate) versions: Vec<Task>,
    pub(crate) transitions: Vec<TaskTransition>,
    pub(crate) milestones: Vec<Milestone>,
    pub(crate) updates: Vec<ProgressUpdate>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) blockers: Vec<Blocker>,
    pub(crate) reminders: Vec<Reminder>,
    pub(crate) extensions: Vec<ExtensionRequest>,
}

/// Stories of some tasks of a city, and the relations of these tasks to each other and to earlier ones.
#[derive(Debug)]
pub(crate) struct Year {
    pub(crate) stories: Vec<Story>,
    pub(crate) relations: Vec<TaskRelation>,
}

/// Generates the whole year of these plans. The relations are between any of `all` plans.
pub(crate) fn year(
    city: &City,
    all: &[Plan],
    written: Range<usize>,
    relations: &[Relation],
) -> Result<Year, SampleError> {
    let stories = all[written].iter().map(|plan| story(city, plan)).collect::<Result<_, _>>()?;
    let relations = relations.iter().map(|relation| relation_row(city, all, *relation)).collect::<Result<_, _>>()?;
    Ok(Year { stories, relations })
}

fn story(city: &City, plan: &Plan) -> Result<Story, SampleError> {
    let cast = Cast::of(city, plan)?;
    let mut chronicle = Chronicle::open(opening::opening(city, plan, &cast), cast);
    for (at, event) in timeline::timeline(city, plan) {
        chronicle.tell(at, event)?;
    }
    Ok(chronicle.close(opening::milestones(city, plan)))
}

/// A relation begins with the later of its two tasks and is written together with it.
fn relation_row(city: &City, plans: &[Plan], relation: Relation) -> Result<TaskRelation, SampleError> {
    let first = |plan: &Plan| Ok::<_, SampleError>(opening::opening(city, plan, &Cast::of(city, plan)?));
    let (from, to) = (first(&plans[relation.from])?, first(&plans[relation.to])?);
    let younger = if from.meta.observed_at >= to.meta.observed_at { &from } else { &to };
    Ok(TaskRelation {
        id: row_id(city.name, "relation", &format!("{}/{}", from.code, to.code)),
        from_task_id: from.meta.id,
        to_task_id: to.meta.id,
        kind: relation.kind,
        created_by: younger.meta.recorded_by.clone(),
        created_at: younger.meta.observed_at,
    })
}

/// The id of a row of a city's sample.
fn row_id(city: &str, kind: &str, name: &str) -> Uuid {
    sample_id(&format!("{city}/{kind}"), name)
}

impl Story {
    /// Cuts the story at an instant: later events are removed, and children that end later are open.
    pub(crate) fn until(&self, now: DateTime<Utc>) -> Self {
        let today = CityTime::default().today(now);
        let mut story = self.clone();
        story.versions.retain(|version| version.meta.observed_at <= now);
        story.transitions.retain(|transition| transition.at <= now);
        story.updates.retain(|update| update.observed_at <= now);
        story.evidence.retain(|evidence| evidence.added_at <= now);
        story.blockers.retain(|blocker| blocker.opened_at <= now);
        story.extensions.retain(|extension| extension.requested_at <= now);
        let later = |at: Option<DateTime<Utc>>| at.is_none_or(|at| at > now);
        for blocker in story.blockers.iter_mut().filter(|blocker| later(blocker.resolved_at)) {
            (blocker.resolved_at, blocker.resolved_by, blocker.resolution) = (None, None, None);
        }
        let to_come = |day: Option<NaiveDate>| day.is_none_or(|day| day > today);
        for blocker in &mut story.blockers {
            if to_come(blocker.requested_on) {
                (blocker.request_document, blocker.requested_on) = (None, None);
            }
            if to_come(blocker.decided_on) {
                (blocker.decision, blocker.decision_document, blocker.decided_on) = (None, None, None);
            }
        }
        story.reminders.retain(|reminder| reminder.sent_on <= today);
        for reminder in story.reminders.iter_mut().filter(|reminder| to_come(reminder.answered_on)) {
            (reminder.answered_on, reminder.answer, reminder.answered_by) = (None, None, None);
        }
        for extension in story.extensions.iter_mut().filter(|extension| later(extension.decided_at)) {
            extension.status = ExtensionStatus::Pending;
            (extension.previous_due, extension.decided_by) = (None, None);
            (extension.decided_at, extension.decision) = (None, None);
        }
        // A report completes the milestone of its day; a later report is not known yet.
        let last_told = story.versions.last().and_then(|version| version.last_update_on);
        let known = last_told.map(|told| told.min(today));
        for milestone in &mut story.milestones {
            milestone.completed_on = milestone.completed_on.filter(|day| Some(*day) <= known);
        }
        story
    }
}
