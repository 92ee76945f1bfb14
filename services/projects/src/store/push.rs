//! SQL of pushes: what the land office's sheet states in other tables.

/// Makes of each row of the sheet its parcel, party, right and milestones. `$1` is the source.
pub const SPREAD: &[&str] =
    &["SELECT projects.spread_sheet($1, ARRAY(SELECT DISTINCT e.key::uuid FROM push_event AS e))"];
