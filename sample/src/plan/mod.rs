//! Plans of the tasks: outline, schedule, trouble and extensions, before events are generated.

mod extension;
mod outline;
mod relation;
mod reminder;
mod schedule;
mod trouble;
mod volume;

pub(crate) use extension::Extension;
pub(crate) use outline::Outline;
pub(crate) use relation::Relation;
pub(crate) use reminder::PlannedReminder;
pub(crate) use schedule::{Ending, Schedule};
pub(crate) use trouble::{Trouble, TroubleKind};
pub(crate) use volume::plans as plans_of_volume;

use crate::SampleError;
use crate::city::City;

/// Plan of a task: outline, schedule, times of trouble, extensions.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) outline: Outline,
    pub(crate) schedule: Schedule,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) trouble: Option<Trouble>,
    /// Reminders to the lead, the earliest first.
    pub(crate) reminders: Vec<PlannedReminder>,
}

/// Plans of all tasks, in the order of their codes, and their relations.
pub(crate) fn plans(city: &City) -> Result<(Vec<Plan>, Vec<Relation>), SampleError> {
    let outlines = outline::outlines(city)?;
    let schedules = schedule::schedules(city, &outlines)?;
    let mut plans: Vec<Plan> = outlines
        .into_iter()
        .zip(schedules)
        .map(|(outline, schedule)| Plan {
            extensions: extension::extensions(&outline, &schedule),
            outline,
            schedule,
            trouble: None,
            reminders: Vec::new(),
        })
        .collect();
    trouble::spread(&city.year.trouble, &mut plans);
    for plan in &mut plans {
        plan.reminders = reminder::reminders(plan);
    }
    let relations = relation::relations(&plans);
    Ok((plans, relations))
}
