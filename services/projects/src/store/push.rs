//! SQL of pushes: what the land office's sheet states in other tables.

/// Makes of each row of the sheet its parcel, party, right and milestones, and takes back what withdrawn rows stated. `$1` is
/// the source.
pub const SPREAD: &[&str] = &[
    "SELECT projects.spread_sheet($1, ARRAY(SELECT e.key::uuid FROM push_event AS e UNION SELECT r.key::uuid FROM push_row AS r WHERE r.status = 'UNDONE'))",
];
