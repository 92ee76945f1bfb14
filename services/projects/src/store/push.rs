//! SQL of pushes: what the land office's sheet states in other tables.

/// Makes of each row of the sheet its parcel, party, right and milestones, and takes back what withdrawn rows stated. Rows that
/// state of one parcel what cannot both be are noted: the one observed last counts. `$1` is the source.
pub const SPREAD: &[&str] = &[
    "SELECT projects.spread_sheet($1, ARRAY(SELECT e.key::uuid FROM push_event AS e UNION SELECT r.key::uuid FROM push_row AS r WHERE r.status = 'UNDONE'))",
    "UPDATE push_row AS r SET errors = r.errors || d.notes FROM (
         SELECT s.id, jsonb_agg(DISTINCT jsonb_build_object('path', v.field, 'code', 'DIFFERS',
             'en', format('the row %s of this parcel states %s; the row that was observed last counts for the parcel', o.external_id, v.theirs),
             'vi', format('dòng %s của cùng thửa ghi %s; thửa lấy theo dòng có thời điểm ghi nhận mới nhất', o.external_id, v.theirs))) AS notes
         FROM projects.clearance_sheet AS s
         JOIN projects.clearance_sheet AS o ON (o.site_code, o.map_sheet, o.parcel_number) = (s.site_code, s.map_sheet, s.parcel_number)
             AND o.source = s.source AND o.id <> s.id AND o.deleted_at IS NULL
         CROSS JOIN LATERAL (VALUES ('areaToAcquire', trim_scale(s.area_to_acquire)::text, trim_scale(o.area_to_acquire)::text), ('landType', s.land_type, o.land_type)) AS v(field, ours, theirs)
         WHERE s.id IN (SELECT e.key::uuid FROM push_event AS e) AND s.source = $1 AND s.deleted_at IS NULL AND v.ours <> v.theirs GROUP BY s.id) AS d
     WHERE r.key = d.id::text AND r.status IN ('CREATED', 'UPDATED')",
];
