//! Times of trouble of tasks that are finished in the end. They cover chosen days of the year, so that on these days
//! some tasks are at risk, for every reason.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use directory::import::Axis;

use super::Plan;
use super::schedule::Ending;
use crate::city::{ShareByAxis, TroubleShare};
use crate::draw::Draw;
use crate::workday;

/// Minimum time between the end of the trouble and the submission.
const CALM_DAYS: u64 = 6;

/// Time of trouble; it is over on `until`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) kind: TroubleKind,
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
}

/// Kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TroubleKind {
    /// The progress stops, and the reports say so.
    Behind,
    /// A blocker stops the work.
    Blocked,
    /// No reports.
    Silent,
    /// The lead declares a high risk.
    DeclaredHigh,
}

pub(super) const KINDS: [TroubleKind; 4] =
    [TroubleKind::Behind, TroubleKind::Blocked, TroubleKind::Silent, TroubleKind::DeclaredHigh];

impl Trouble {
    fn covers(&self, day: NaiveDate) -> bool {
        self.from < day && day < self.until
    }
}

/// Gives trouble to tasks of each axis until the required numbers are reached. A task has at most one time of trouble.
pub(crate) fn spread(share: &TroubleShare, plans: &mut [Plan]) {
    let mut turns: BTreeMap<Axis, usize> = BTreeMap::new();
    for day in &share.days {
        spread_on(*day, &share.tasks, plans, &mut turns);
    }
}

fn spread_on(day: NaiveDate, wanted: &ShareByAxis, plans: &mut [Plan], turns: &mut BTreeMap<Axis, usize>) {
    for (number, (axis, wanted)) in wanted.iter().enumerate() {
        let in_trouble =
            |plan: &&Plan| plan.outline.axis == *axis && plan.trouble.is_some_and(|trouble| trouble.covers(day));
        let mut missing = wanted.saturating_sub(plans.iter().filter(in_trouble).count());
        let mut candidates: Vec<&mut Plan> = plans
            .iter_mut()
            .filter(|plan| plan.outline.axis == *axis && plan.trouble.is_none() && !plan.schedule.is_late())
            .collect();
        // Tasks that end first come first; the others are for later days.
        candidates.sort_by_key(|plan| plan.schedule.submitted_on().unwrap_or(plan.schedule.ends_on));
        let turn = turns.entry(*axis).or_insert(number);
        for plan in candidates {
            if missing == 0 {
                break;
            }
            plan.trouble = (0..KINDS.len()).find_map(|next| trouble(plan, KINDS[(*turn + next) % KINDS.len()], day));
            if plan.trouble.is_some() {
                *turn += 1;
                missing -= 1;
            }
        }
    }
}

/// Trouble of this kind that covers the day, if it fits the dates of the task.
pub(super) fn trouble(plan: &Plan, kind: TroubleKind, day: NaiveDate) -> Option<Trouble> {
    let schedule = &plan.schedule;
    let draw = Draw(&plan.outline.code);
    let due_on = plan.due_on(day);
    let lead_days = match kind {
        // So long without progress that the delay exceeds every tolerance of up to a quarter of the time.
        TroubleKind::Behind => {
            let length_days = u32::try_from((due_on? - schedule.start_on).num_days()).ok()?;
            length_days * 3 / 10 + 3
        }
        TroubleKind::Silent => schedule.cadence_days * 3 / 2 + draw.between("silent", 3, 8),
        TroubleKind::Blocked => draw.between("blocked", 5, 30),
        TroubleKind::DeclaredHigh => draw.between("declared", 5, 20),
    };
    let from = workday::before(day, lead_days);
    let until = workday::after(day, draw.between("recovers", 6, 20));
    let end = match schedule.ending {
        Ending::InTime(day) => day,
        Ending::Late(_) | Ending::Never { .. } => schedule.ends_on,
    };
    let fits = from > schedule.start_on + Days::new(2) && until + Days::new(CALM_DAYS) <= end;
    fits.then_some(Trouble { kind, from, until })
}

impl Plan {
    /// The due date in force on a day.
    pub(crate) fn due_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        let pending = self.extensions.iter().find(|extension| extension.granted && extension.decided_on > day);
        pending.map_or(self.schedule.due_on, |extension| Some(extension.previous_due))
    }

    /// The first due date.
    pub(crate) fn baseline_due(&self) -> Option<NaiveDate> {
        self.due_on(self.schedule.assigned_on)
    }
}
