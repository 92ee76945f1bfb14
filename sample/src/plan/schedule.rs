//! Schedules of tasks: assignment, start, due date and submission.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use directory::import::Axis;

use super::outline::Outline;
use crate::SampleError;
use crate::city::{City, Late, Window, Year};
use crate::draw::Draw;
use crate::workday;

/// The shortest time from start to due date.
const SHORTEST_DAYS: u64 = 40;

/// The dates of a task.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) assigned_on: NaiveDate,
    pub(crate) start_on: NaiveDate,
    /// Due date after all extensions.
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) ending: Ending,
    pub(crate) cadence_days: u32,
    /// The last day of the story.
    pub(crate) ends_on: NaiveDate,
}

/// How a task ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Submitted by the due date and accepted.
    InTime(NaiveDate),
    /// Submitted after the due date.
    Late(NaiveDate),
    /// Not submitted within the year.
    Never {
        /// Whether it has a due date.
        overdue: bool,
    },
}

impl Schedule {
    /// The day of the submission that is accepted.
    pub(crate) fn submitted_on(&self) -> Option<NaiveDate> {
        match self.ending {
            Ending::InTime(day) | Ending::Late(day) => Some(day),
            Ending::Never { .. } => None,
        }
    }

    /// Whether the task misses its due date.
    pub(crate) fn is_late(&self) -> bool {
        matches!(self.ending, Ending::Late(_) | Ending::Never { overdue: true })
    }
}

/// Slot of the year for one task.
#[derive(Debug, Clone)]
struct Slot<'a> {
    window: &'a Window,
    due_on: Option<NaiveDate>,
    late: Option<&'a Late>,
}

impl Slot<'_> {
    /// Whether its task has a due date and is not done within the year.
    fn is_never_done(&self) -> bool {
        self.late.is_some_and(|late| late.submitted_from.is_none() && late.days_late_from.is_none())
    }
}

/// A schedule for each outline, in their order.
pub(crate) fn schedules(city: &City, outlines: &[Outline]) -> Result<Vec<Schedule>, SampleError> {
    let mut of_axis: BTreeMap<Axis, Vec<usize>> = BTreeMap::new();
    for (index, outline) in outlines.iter().enumerate() {
        of_axis.entry(outline.axis).or_default().push(index);
    }
    let mut slots: BTreeMap<usize, Slot<'_>> = BTreeMap::new();
    for (axis, indexes) in of_axis {
        let offered = slots_of_axis(&city.year, axis);
        if offered.len() != indexes.len() {
            return Err(SampleError::Contradiction(format!(
                "the year has room for {} tasks of axis {axis}, but the themes make {}",
                offered.len(),
                indexes.len()
            )));
        }
        slots.extend(indexes.into_iter().zip(offered));
    }
    // Within a theme, due dates follow the order of the tasks.
    let mut of_theme: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, outline) in outlines.iter().enumerate() {
        of_theme.entry(outline.theme).or_default().push(index);
    }
    for indexes in of_theme.into_values() {
        let mut held: Vec<Slot<'_>> = indexes.iter().filter_map(|index| slots.remove(index)).collect();
        held.sort_by_key(|slot| slot.due_on.unwrap_or(NaiveDate::MAX));
        slots.extend(indexes.into_iter().zip(held));
    }
    let mut slots: Vec<Slot<'_>> = slots.into_values().collect();
    tell(outlines, &mut slots)?;
    Ok(outlines.iter().zip(&slots).map(|(outline, slot)| schedule(&city.year, outline, slot)).collect())
}

/// Gives each task that is told never to be done the place of another such task of its axis, the one that is due first.
fn tell(outlines: &[Outline], slots: &mut [Slot<'_>]) -> Result<(), SampleError> {
    for (index, outline) in outlines.iter().enumerate() {
        let Some(due_on) = outline.told.never_done_since else { continue };
        let others = outlines.iter().enumerate().filter(|(other, theirs)| {
            let is_free = *other == index || theirs.told.never_done_since.is_none();
            is_free && theirs.axis == outline.axis && slots[*other].is_never_done()
        });
        let other = others.min_by_key(|(other, _)| (slots[*other].due_on, *other)).map(|(other, _)| other);
        let other = other.ok_or_else(|| {
            SampleError::Contradiction(format!("no place is left for `{}`, which is never done", outline.title))
        })?;
        slots.swap(index, other);
        slots[index].due_on = Some(due_on);
    }
    Ok(())
}

/// Slots for all tasks of the axis, in random order.
fn slots_of_axis(year: &Year, axis: Axis) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    for (number, window) in year.windows.iter().enumerate() {
        let count = window.tasks.get(&axis).copied().unwrap_or(0);
        let mut late = window.late.iter().flat_map(|late| {
            let count = late.tasks.get(&axis).copied().unwrap_or(0);
            std::iter::repeat_n(late, count)
        });
        let mut order: Vec<usize> = (0..count).collect();
        let key = |place: &usize| Draw(&format!("{axis}/{number}/{place}")).number("late");
        order.sort_by_key(key);
        for place in order {
            slots.push(Slot { window, due_on: due_on(window, axis, place, count), late: late.next() });
        }
    }
    let mut order: Vec<(u64, Slot<'_>)> =
        (0_u32..).zip(slots).map(|(number, slot)| (Draw(&format!("{axis}/{number}")).number("slot"), slot)).collect();
    order.sort_by_key(|(key, _)| *key);
    order.into_iter().map(|(_, slot)| slot).collect()
}

/// Due dates are spread over the window: each is random within its own part.
fn due_on(window: &Window, axis: Axis, place: usize, count: usize) -> Option<NaiveDate> {
    let (first, last) = (window.due_from?, window.due_to?);
    let days = usize::try_from((last - first).num_days()).ok()?;
    let begin = u64::try_from(days * place / count).ok()?;
    let end = u64::try_from(days * (place + 1) / count).ok()?;
    let drawn = Draw(&format!("{axis}/{first}/{place}")).day("due", first + Days::new(begin), first + Days::new(end));
    Some(workday::until(drawn).max(first))
}

fn schedule(year: &Year, outline: &Outline, slot: &Slot<'_>) -> Schedule {
    let draw = Draw(&outline.code);
    let assigned_on = if outline.under_congress {
        // Before the lunar new year; the year's programme came later.
        workday::from(draw.day("assigned", year.assigned_from, year.programme_from - Days::new(10)))
    } else {
        workday::until(draw.day("assigned", year.programme_from, year.assigned_by))
    };
    let mut start_on = draw.day("start", slot.window.start_from, slot.window.start_to);
    if let Some(due_on) = slot.due_on {
        start_on = start_on.min(due_on - Days::new(SHORTEST_DAYS));
    }
    let start_on = workday::from(start_on.max(workday::after(assigned_on, draw.between("start after", 1, 4))));
    let length_days = slot.due_on.unwrap_or(year.ends_on) - start_on;
    let cadence_days = match length_days.num_days() {
        ..110 => 7,
        110..230 => 14,
        _ => 30,
    };
    Schedule {
        assigned_on,
        start_on,
        due_on: slot.due_on,
        ending: ending(draw, slot),
        cadence_days,
        ends_on: year.ends_on,
    }
}

fn ending(draw: Draw<'_>, slot: &Slot<'_>) -> Ending {
    let Some(due_on) = slot.due_on else {
        return Ending::Never { overdue: false };
    };
    let Some(late) = slot.late else {
        return Ending::InTime(workday::before(due_on, draw.between("early", 0, 9)));
    };
    if let (Some(first), Some(last)) = (late.submitted_from, late.submitted_to) {
        return Ending::Late(workday::from(draw.day("submitted", first, last)));
    }
    if let (Some(low), Some(high)) = (late.days_late_from, late.days_late_to) {
        return Ending::Late(workday::after(due_on, draw.between("days late", low, high)));
    }
    Ending::Never { overdue: true }
}
