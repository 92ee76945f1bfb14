//! Relations between tasks. The task that must be finished first has the earlier due date, so there is no cycle.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use tasks::import::RelationKind;

use super::Plan;
use crate::draw::Draw;

/// Number of tasks of the same lead, directly before, to one of which a task of a volume is related.
const NEAR: usize = 6;

/// Relation between two plans, by their positions in the list.
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
    // Other tasks depend on most of the late tasks.
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
        // The last tasks of the year, in random order. They are still open while the late one is overdue.
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

/// Relations of a volume: some tasks wait for an earlier one of the same lead, or the other way round.
pub(crate) fn among_leads(plans: &[Plan], percent: u32) -> Vec<Relation> {
    let mut of_lead: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut relations = Vec::new();
    for (index, Plan { outline, .. }) in plans.iter().enumerate() {
        let before = of_lead.entry(&outline.lead).or_default();
        let draw = Draw(&outline.code);
        let near = &before[before.len().saturating_sub(NEAR)..];
        if let Some(other) = draw.pick("related", near).filter(|_| draw.chance("is related", percent)) {
            let (earlier, later) = if due(plans, other) < due(plans, index) { (other, index) } else { (index, other) };
            relations.push(relation(plans, earlier, later));
        }
        before.push(index);
    }
    relations
}

/// The order in which tasks must be finished.
fn due(plans: &[Plan], index: usize) -> (NaiveDate, usize) {
    (plans[index].schedule.due_on.unwrap_or(NaiveDate::MAX), index)
}

/// The kind of the relation decides which of the two tasks has it.
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
