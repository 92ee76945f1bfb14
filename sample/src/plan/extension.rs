//! Extension requests. Approved ones change the due date from the first to the last; rejected ones change nothing.

use chrono::{Days, NaiveDate};

use super::outline::Outline;
use super::schedule::Schedule;
use crate::draw::Draw;
use crate::workday;

/// Minimum time between the request and the due date.
const SHORTEST_RUN_DAYS: u64 = 45;

/// Extension request.
#[derive(Debug, Clone)]
pub(crate) struct Extension {
    pub(crate) requested_on: NaiveDate,
    pub(crate) decided_on: NaiveDate,
    /// Due date at the time of the request.
    pub(crate) previous_due: NaiveDate,
    pub(crate) requested_due: NaiveDate,
    pub(crate) granted: bool,
}

/// Requests of a task, the earliest first. Each is decided before the due date that it changes.
pub(crate) fn extensions(outline: &Outline, schedule: &Schedule) -> Vec<Extension> {
    let draw = Draw(&outline.code);
    let Some(due_on) = schedule.due_on else {
        return Vec::new();
    };
    let mut extensions = Vec::new();
    let wanted = match (outline.told.extensions, outline.told.never_done_since) {
        (Some(told), _) => told,
        (None, Some(_)) => 0,
        (None, None) => match draw.between("extensions", 1, 100) {
            ..=14 => 1,
            15..=18 => 2,
            _ => 0,
        },
    };
    let mut next = due_on;
    for number in 0..wanted {
        let purpose = format!("extension {number}");
        let previous_due = workday::before(next, draw.between(&purpose, 18, 40));
        if previous_due < schedule.start_on + Days::new(SHORTEST_RUN_DAYS) {
            break;
        }
        extensions.push(request(draw, &purpose, previous_due, next, true));
        next = previous_due;
    }
    extensions.reverse();
    let runs_long_enough = due_on >= schedule.start_on + Days::new(SHORTEST_RUN_DAYS);
    if extensions.is_empty() && schedule.is_late() && runs_long_enough && draw.chance("refused extension", 30) {
        let wished = workday::after(due_on, draw.between("wished", 20, 45));
        extensions.push(request(draw, "refused", due_on, wished, false));
    }
    extensions
}

fn request(
    draw: Draw<'_>,
    purpose: &str,
    previous_due: NaiveDate,
    requested_due: NaiveDate,
    granted: bool,
) -> Extension {
    let requested_on = workday::before(previous_due, draw.between(&format!("{purpose} requested"), 10, 16));
    Extension {
        requested_on,
        decided_on: workday::after(requested_on, draw.between(&format!("{purpose} decided"), 2, 5)).min(previous_due),
        previous_due,
        requested_due,
        granted,
    }
}
