//! The year of each task as dated versions.
//!
//! `timeline` decides what happens when, `chronicle` turns it into versions of the task and what hangs on it, in the order
//! and by the verbs of the state machine. A story is always told to its end; [`Story::until`] cuts it at an instant.

mod cast;
mod chronicle;
mod opening;
mod phrases;
mod timeline;

use chrono::{DateTime, Utc};
use schema::{CityTime, sample_id};
use tasks::import::{
    BlockerRow, EvidenceRow, ExtensionRow, ExtensionStatus, MilestoneRow, RelationRow, TaskVersion, TransitionRow,
    UpdateRow,
};
use uuid::Uuid;

use crate::SampleError;
use crate::city::City;
use crate::plan::{self, Plan, Relation};

/// All that happens to one task.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// The versions, the earliest first, each later than the one before.
    pub(crate) versions: Vec<TaskVersion>,
    pub(crate) transitions: Vec<TransitionRow>,
    pub(crate) milestones: Vec<MilestoneRow>,
    pub(crate) updates: Vec<UpdateRow>,
    pub(crate) evidence: Vec<EvidenceRow>,
    pub(crate) blockers: Vec<BlockerRow>,
    pub(crate) extensions: Vec<ExtensionRow>,
}

/// The stories of all tasks of a city, and how the tasks depend on each other.
#[derive(Debug)]
pub(crate) struct Year {
    pub(crate) stories: Vec<Story>,
    pub(crate) relations: Vec<RelationRow>,
}

/// Tells the whole year.
pub(crate) fn year(city: &City) -> Result<Year, SampleError> {
    let (plans, relations) = plan::plans(city)?;
    let stories = plans
        .iter()
        .map(|plan| story(city, plan))
        .collect::<Result<Vec<_>, _>>()?;
    let relations = relations
        .iter()
        .filter_map(|relation| relation_row(city, &stories, *relation))
        .collect();
    Ok(Year { stories, relations })
}

fn story(city: &City, plan: &Plan) -> Result<Story, SampleError> {
    let cast = cast::Cast::of(city, plan)?;
    let mut chronicle = chronicle::Chronicle::open(opening::opening(city, plan, &cast), cast);
    for (at, event) in timeline::timeline(city, plan) {
        chronicle.tell(at, event)?;
    }
    Ok(chronicle.close(opening::milestones(city, plan)))
}

/// A relation begins with the younger of its two tasks, so that it is written together with it.
fn relation_row(city: &City, stories: &[Story], relation: Relation) -> Option<RelationRow> {
    let (from, to) = (
        stories.get(relation.from)?.versions.first()?,
        stories.get(relation.to)?.versions.first()?,
    );
    let younger = if from.observed_at >= to.observed_at { from } else { to };
    Some(RelationRow {
        id: row_id(city.name, "relation", &format!("{}/{}", from.code, to.code)),
        from_task_id: from.id,
        to_task_id: to.id,
        kind: relation.kind,
        created_by: younger.recorded_by.clone(),
        created_at: younger.observed_at,
    })
}

/// The id of a row of a city's sample.
fn row_id(city: &str, kind: &str, name: &str) -> Uuid {
    sample_id(&format!("{city}/{kind}"), name)
}

impl Story {
    /// The story as it is known at an instant: nothing later has begun, and what ends later is still open.
    pub(crate) fn until(&self, now: DateTime<Utc>) -> Self {
        let today = CityTime::default().today(now);
        let known = |at: &DateTime<Utc>| *at <= now;
        let mut story = self.clone();
        story.versions.retain(|version| known(&version.observed_at));
        story.transitions.retain(|transition| known(&transition.at));
        story.updates.retain(|update| known(&update.observed_at));
        story.evidence.retain(|evidence| known(&evidence.added_at));
        story.blockers.retain(|blocker| known(&blocker.opened_at));
        story.extensions.retain(|extension| known(&extension.requested_at));
        for blocker in story
            .blockers
            .iter_mut()
            .filter(|blocker| !blocker.resolved_at.as_ref().is_some_and(known))
        {
            (blocker.resolved_at, blocker.resolved_by, blocker.resolution) = (None, None, None);
        }
        for extension in story
            .extensions
            .iter_mut()
            .filter(|extension| !extension.decided_at.as_ref().is_some_and(known))
        {
            extension.status = ExtensionStatus::Pending;
            (extension.previous_due, extension.decided_by) = (None, None);
            (extension.decided_at, extension.decision) = (None, None);
        }
        // A milestone is reached by a report of its day; what the day has not told yet is not known.
        let last_told = story.versions.last().and_then(|version| version.last_update_on);
        for milestone in &mut story.milestones {
            milestone.completed_on = milestone
                .completed_on
                .filter(|day| *day <= today && last_told.is_some_and(|told| *day <= told));
        }
        story
    }
}
