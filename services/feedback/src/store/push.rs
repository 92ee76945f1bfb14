//! SQL of pushes: what a pushed event states about its case.

/// Columns of the case that an event `c` states from the time `{at}` on. A case that leaves MERGED has no primary. The reopening
/// of a merged case is one of its primary ([`REOPENED`]), so it states nothing here.
pub const STATED: &str = "CASE WHEN c.status = 'REOPENED' AND (SELECT f.primary_code FROM feedback.feedback AS f WHERE f.id = c.feedback_id) IS NOT NULL THEN '{}'::jsonb \
     ELSE jsonb_strip_nulls(jsonb_build_object('status', c.status, 'lead_organization_code', c.organization_code, \
         'accountable_position_code', c.position_code, 'level', c.level, 'primary_code', c.primary_code, 'reason', c.reason, 'reply', c.reply)) \
         || CASE WHEN c.status <> 'MERGED' THEN '{\"primary_code\": null}'::jsonb ELSE '{}'::jsonb END END";

/// Makes of the reopening of a merged case one of its primary.
pub const REOPENED: &[&str] =
    &["SELECT feedback.reopen_primaries(ARRAY(SELECT e.key::uuid FROM push_event AS e WHERE $1 IS NOT NULL))"];
