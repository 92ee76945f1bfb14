//! Reminders (đôn đốc): leads that are late are reminded. Most answer in time, some late, some never.

use chrono::NaiveDate;

use super::Plan;
use crate::draw::Draw;
use crate::workday;

/// Working days in which a lead must answer.
const ANSWER_WORKDAYS: u32 = 5;

/// Reminder to a lead.
#[derive(Debug, Clone)]
pub(crate) struct PlannedReminder {
    pub(crate) sent_on: NaiveDate,
    pub(crate) answer_due: NaiveDate,
    /// Day of the answer, if there is one.
    pub(crate) answered_on: Option<NaiveDate>,
}

/// Reminders of a task, the earliest first: after its due date, and again when that did not help.
pub(super) fn reminders(plan: &Plan) -> Vec<PlannedReminder> {
    let draw = Draw(&plan.outline.code);
    let mut sent = Vec::new();
    if let Some(due_on) = plan.schedule.due_on.filter(|_| plan.schedule.is_late()) {
        let first = workday::after(due_on, draw.between("reminded", 3, 9));
        sent.push(first);
        if draw.chance("reminded again", 40) {
            sent.push(workday::after(first, draw.between("reminded after", 20, 35)));
        }
    }
    let before_end = |day: &NaiveDate| *day < plan.schedule.submitted_on().unwrap_or(plan.schedule.ends_on);
    sent.into_iter().filter(before_end).enumerate().map(|(number, sent_on)| reminder(draw, number, sent_on)).collect()
}

fn reminder(draw: Draw<'_>, number: usize, sent_on: NaiveDate) -> PlannedReminder {
    let purpose = format!("answer {number}");
    let within = match draw.between(&purpose, 1, 100) {
        ..=60 => Some((1, ANSWER_WORKDAYS)),
        61..=80 => Some((ANSWER_WORKDAYS + 1, 15)),
        _ => None,
    };
    let days = within.map(|(first, last)| draw.between(&format!("{purpose} after"), first, last));
    PlannedReminder {
        sent_on,
        answer_due: workday::after(sent_on, ANSWER_WORKDAYS),
        answered_on: days.map(|days| workday::after(sent_on, days)),
    }
}
