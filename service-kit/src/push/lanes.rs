//! Lanes: two parts of a chunk that are applied at the same time, in a transaction each. What can touch the same record is in one lane.

use std::collections::HashMap;

use super::kind::{Key, PushKind};
use super::row::Staged;

/// Number of rows from which two lanes are faster than one.
const LEAST_ROWS: usize = 500;

/// Splits rows in two, those of one parent together; the second part is empty when it cannot be done.
///
/// Only rows with a parent of another kind are split: nothing names them but their parent, so no row of one lane waits for one of
/// the other.
pub(super) fn split(kind: &PushKind, rows: Vec<Staged>) -> [Vec<Staged>; 2] {
    let has_parent = kind.parent.as_ref().is_some_and(|parent| parent.kind.name != kind.name);
    let is_split = has_parent && kind.key == Key::Id && kind.entity.is_none() && kind.after.is_empty();
    if !is_split || rows.len() < LEAST_ROWS {
        return [rows, Vec::new()];
    }
    let Some(lanes) = lanes(&rows) else { return [rows, Vec::new()] };
    let mut split = [Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len() / 2)];
    for (row, lane) in rows.into_iter().zip(lanes) {
        split[usize::from(lane)].push(row);
    }
    split
}

/// Whether each row is in the second lane; `None` when a row has no parent, a record has two, or one parent has most rows.
fn lanes(rows: &[Staged]) -> Option<Vec<bool>> {
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    let mut parents: HashMap<&str, &str> = HashMap::with_capacity(rows.len());
    for row in rows {
        let parent = row.parent.as_deref()?;
        *sizes.entry(parent).or_default() += 1;
        if *parents.entry(&row.external_id).or_insert(parent) != parent {
            return None;
        }
    }
    let mut chosen: HashMap<&str, bool> = HashMap::with_capacity(sizes.len());
    let mut filled = [0, 0];
    let lanes = rows
        .iter()
        .map(|row| {
            let parent = row.parent.as_deref().unwrap_or_default();
            *chosen.entry(parent).or_insert_with(|| {
                let lane = filled[1] < filled[0];
                filled[usize::from(lane)] += sizes.get(parent).copied().unwrap_or_default();
                lane
            })
        })
        .collect();
    // Of two lanes of which one has little to do the other one decides.
    (filled[0].min(filled[1]) * 4 >= rows.len()).then_some(lanes)
}
