//! Which task waits for which. What must be finished first always falls due first, so no circle can arise.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use tasks::import::RelationKind;

use super::Plan;
use crate::draw::Draw;

/// A relation between two plans, by their places in the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: RelationKind,
}

pub(crate) fn relations(plans: &[Plan]) -> Vec<Relation> {
    let mut seen = BTreeSet::new();
    let mut relations = Vec::new();
    let mut relate = |earlier: usize, later: usize| {
        if due(plans, earlier) < due(plans, later) && seen.insert((earlier, later)) {
            relations.push(relation(plans, earlier, later));
        }
    };
    // Consecutive tasks of one theme.
    for later in 1..plans.len() {
        let (one, next) = (&plans[later - 1].outline, &plans[later].outline);
        if one.theme == next.theme && Draw(&next.code).chance("follows", 45) {
            relate(later - 1, later);
        }
    }
    // Lateness has consequences: others wait for most late tasks.
    let has_consequences =
        |plan: &Plan| plan.schedule.is_late() && Draw(&plan.outline.code).chance("has consequences", 70);
    for (earlier, plan) in plans.iter().enumerate().filter(|(_, plan)| has_consequences(plan)) {
        let mut waiting: Vec<usize> = (0..plans.len())
            .filter(|later| {
                plans[*later].outline.axis == plan.outline.axis
                    && plans[*later].schedule.due_on.is_some()
                    && !plans[*later].schedule.is_late()
                    && due(plans, earlier) < due(plans, *later)
            })
            .collect();
        // The last of the year, in drawn order: they are still open while the late one is overdue.
        waiting.sort_by_key(|later| {
            let theirs = &plans[*later];
            let month = theirs.schedule.due_on.map(|day| std::cmp::Reverse((day - NaiveDate::MIN).num_days() / 45));
            (month, Draw(&plan.outline.code).number(&theirs.outline.code))
        });
        if let Some(later) = waiting.into_iter().next() {
            relate(earlier, later);
        }
    }
    relations
}

/// The order in which tasks must be finished.
fn due(plans: &[Plan], index: usize) -> (NaiveDate, usize) {
    (plans[index].schedule.due_on.unwrap_or(NaiveDate::MAX), index)
}

/// The relation's kind decides which of the two names the other.
fn relation(plans: &[Plan], earlier: usize, later: usize) -> Relation {
    let draw = Draw(&plans[later].outline.code);
    let purpose = format!("waits for {}", plans[earlier].outline.code);
    let (from, to, kind) = match draw.between(&purpose, 1, 10) {
        1..=4 => (later, earlier, RelationKind::Follows),
        5..=7 => (later, earlier, RelationKind::Requires),
        8..=9 => (earlier, later, RelationKind::Blocks),
        _ => (earlier, later, RelationKind::PartOf),
    };
    Relation { from, to, kind }
}
