//! Writing: heads, events and outcomes; what a row states about its parent; and the parked rows that are due.

use super::{Catalog, array, filled, literal};
use crate::push::PushKind;

/// Gives the touched records an event with what they had before their first one.
pub(super) fn baseline(kind: &PushKind, not_state: &str) -> String {
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    format!(
        "INSERT INTO {events} ({key}, observed_at, rank, ordinal, recorded_at, changes)
         SELECT h.{key}, h.observed_at, -1, 0, h.recorded_at, jsonb_strip_nulls(to_jsonb(h) - {not_state})
         FROM {table} AS h WHERE h.{key} IN (SELECT r.key::{key_type} FROM push_row AS r WHERE NOT r.is_new AND r.status IS NULL AND $1 IS NOT NULL)
           AND NOT EXISTS (SELECT FROM {events} AS e WHERE e.{key} = h.{key})"
    )
}

/// Writes heads and events.
pub(super) fn write(kind: &PushKind, catalog: &Catalog, not_state: &str) -> Vec<String> {
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    let columns = catalog.columns.join(", ");
    let changing: Vec<&str> = catalog
        .columns
        .iter()
        .map(String::as_str)
        .filter(|column| *column != key && !(kind.authors.contains(column) && *column != "recorded_by"))
        .collect();
    let identity = kind.authors.iter().copied().chain([key, "source", "external_id"]);
    let state = |row: &str| {
        let identity = array(&identity.clone().map(str::to_owned).collect::<Vec<_>>());
        format!("jsonb_strip_nulls({row} - {not_state} - {identity})")
    };
    let differs = format!("{} <> {}", state("o.head"), state("to_jsonb(s)"));
    vec![
        format!(
            "INSERT INTO {table} ({columns}) SELECT {filled}
             FROM (SELECT e.key, e.external_id, e.after, e.versions, e.observed_at FROM push_event AS e WHERE e.is_last AND e.is_new ORDER BY e.key) AS last
             CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, last.after) AS p",
            filled = filled(kind, catalog.columns.iter(), &[
                (key, &format!("last.key::{key_type}")),
                ("source", "$1::text"),
                ("external_id", "last.external_id"),
                ("version", "last.versions"),
                ("observed_at", "last.observed_at"),
                ("recorded_at", "now()"),
            ]),
        ),
        format!(
            "WITH last AS MATERIALIZED (
                 SELECT e.key, e.is_late, e.external_id, e.after, e.versions, e.observed_at FROM push_event AS e WHERE e.is_last AND NOT e.is_new),
             changed AS (
                 UPDATE {table} AS h SET ({changing}) = ROW({values})
                 FROM last CROSS JOIN LATERAL (SELECT to_jsonb(old) AS head FROM {table} AS old WHERE old.{key} = last.key::{key_type}) AS o
                 CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, CASE WHEN last.is_late THEN last.after
                     ELSE (o.head - {not_state}) || last.after END) AS s
                 CROSS JOIN LATERAL jsonb_populate_record(s, jsonb_build_object(
                     'source', $1::text, 'external_id', last.external_id, 'recorded_at', now(){recorded_by},
                     'version', CASE WHEN last.is_late
                         THEN greatest(last.versions, (o.head ->> 'version')::bigint + ({differs})::int)
                         ELSE (o.head ->> 'version')::bigint + last.versions END,
                     'observed_at', CASE WHEN last.is_late THEN last.observed_at
                         ELSE greatest(last.observed_at, (o.head ->> 'observed_at')::timestamptz) END)) AS p
                 WHERE h.{key} = last.key::{key_type}
                   AND (last.versions > 0 AND NOT last.is_late OR last.is_late AND (
                        {differs} OR (o.head ->> 'version')::bigint < last.versions
                        OR (o.head ->> 'observed_at')::timestamptz <> last.observed_at)
                        OR o.head ->> 'external_id' IS NULL)
                 RETURNING h.{key}::text AS key, {differs} AS differs)
             -- Only of a late row it matters.
             UPDATE push_event AS e SET head_changed = changed.differs FROM changed WHERE changed.key = e.key AND e.is_late",
            changing = changing.join(", "),
            values = changing.iter().map(|column| format!("p.{column}")).collect::<Vec<_>>().join(", "),
            recorded_by = if kind.authors.contains(&"recorded_by") { ", 'recorded_by', $1::text" } else { "" },
        ),
        // The place of each is looked up by the index, however large the log is.
        format!(
            "UPDATE {events} AS s SET effective = m.effective, observed_at = m.at, stated_at = CASE WHEN m.at <> m.stated_at THEN m.stated_at END
             FROM (SELECT e.effective, e.at, e.stated_at, (
                       SELECT o.ctid FROM {events} AS o
                       WHERE o.{key} = e.key::{key_type} AND o.observed_at = e.old_at AND o.rank = e.rank AND o.ordinal = e.ordinal) AS place
                   FROM push_event AS e WHERE e.moved AND $1 IS NOT NULL OFFSET 0) AS m
             WHERE s.ctid = m.place"
        ),
        format!(
            "INSERT INTO {events} AS s ({key}, observed_at, rank, ordinal, recorded_at, effective, changes, receipt_id, stated_at, cause)
             SELECT e.key::{key_type}, e.at, e.rank, e.ordinal, now(), e.effective, e.changes, e.receipt_id, CASE WHEN e.at <> e.stated_at THEN e.stated_at END, e.cause
             FROM push_event AS e
             WHERE NOT e.stored AND (e.effective OR e.logged) AND $1 IS NOT NULL
             ORDER BY e.key, e.at, e.rank, e.ordinal
             ON CONFLICT ({key}, observed_at, rank, ordinal) DO UPDATE SET withdrawn_at = NULL, effective = excluded.effective, receipt_id = excluded.receipt_id,
                 changes = excluded.changes"
        ),
    ]
}

/// What became of each row.
pub(super) const OUTCOME: &str = "UPDATE push_row AS r SET errors = '[]', status = CASE
                 WHEN e.is_new AND e.first THEN 'CREATED'
                 WHEN NOT e.effective THEN 'UNCHANGED'
                 WHEN e.is_late AND e.head_changed IS NOT TRUE THEN 'STALE'
                 ELSE 'UPDATED' END
         FROM (SELECT n, is_new, is_late, effective, head_changed, seq = 1 AS first FROM push_event WHERE n IS NOT NULL AND $1 IS NOT NULL) AS e
         WHERE e.n = r.n";

/// Records of rows that have no outcome yet may have been made.
pub(super) const MADE: &str = "UPDATE push_row SET is_new = false WHERE status IS NULL AND is_new AND key IN (SELECT key FROM push_event) AND $1 IS NOT NULL";

/// What the touched records state about their parents.
pub(super) fn effects(kind: &PushKind) -> Option<String> {
    let (effect, parent) = kind.effect.as_ref().zip(kind.parent.as_ref())?;
    let (events, key, key_type) = (kind.events(), kind.key.column(), kind.key.sql_type());
    Some(format!(
        "INSERT INTO push_effect (key, receipt_id, at, timed, ordinal, content, cause)
         WITH child AS (
             SELECT e.key, e.is_late, e.after ->> 'deleted_at' IS NOT NULL AS is_gone, {name} || ':' || e.external_id AS cause
             FROM push_event AS e WHERE e.is_last AND $1 IS NOT NULL
             UNION ALL
             -- All that was stated of it is withdrawn.
             SELECT DISTINCT r.key, true, true, {name} || ':' || r.external_id FROM push_row AS r
             WHERE r.status = 'UNDONE' AND r.key NOT IN (SELECT key FROM push_event))
         SELECT c.{column}::text, e.receipt_id, e.stated_at,
                -- What waited keeps its time.
                coalesce(e.logged OR (SELECT r.was_parked FROM push_row AS r WHERE r.n = e.n), true),
                -- The place of the row, and a digest of what it states: another statement of the row at this place is another event.
                (CASE WHEN e.ordinal < 4398046511104 THEN 4398046511104 + (e.ordinal << 8) ELSE (least(e.rank, 1048575) << 43) | (e.ordinal >> 28 << 8) END)
                    | (jsonb_hash_extended(f.content, 0) & 255),
                f.content, k.cause
         FROM push_event AS e JOIN child AS k USING (key)
         CROSS JOIN LATERAL (SELECT e.stated_at AS at) AS t
         CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, e.after) AS c
         CROSS JOIN LATERAL (SELECT {columns} AS content OFFSET 0) AS f
         -- That a record is there again says nothing new of its parent.
         WHERE e.effective AND c.deleted_at IS NULL AND NOT k.is_gone AND (e.n IS NOT NULL OR k.is_late) AND e.changes - 'deleted_at' <> '{{}}'
         UNION ALL
         -- What a child stated that is gone or has a late row is withdrawn first, from every parent that it has ever had.
         SELECT had.parent, NULL, had.at, true, 0, NULL, k.cause
         FROM child AS k CROSS JOIN LATERAL (
             SELECT e.changes ->> '{column}' AS parent, min(e.observed_at) AS at FROM {events} AS e
             WHERE e.{key} = k.key::{key_type} AND e.changes ->> '{column}' IS NOT NULL GROUP BY 1 OFFSET 0) AS had
         WHERE k.is_gone OR k.is_late",
        name = literal(kind.name),
        table = kind.table,
        column = parent.column,
        columns = effect.columns.replace("{at}", "t.at"),
    ))
}

/// Settles parked rows of earlier pushes. The numbers of their receipts follow.
pub(super) const SETTLE: [&str; 2] = [
        "WITH settled AS (
             UPDATE platform.receipt_row AS p SET status = r.status, errors = r.errors, settled_at = now(), due = false, waits = '{}'
             FROM push_row AS r WHERE r.was_parked AND r.status <> 'PARKED' AND p.receipt_id = r.receipt_id AND p.row = r.row AND $1 IS NOT NULL
             RETURNING p.receipt_id, p.status)
         UPDATE platform.receipt AS t SET parked = t.parked - s.parked, created = t.created + s.created, updated = t.updated + s.updated,
             unchanged = t.unchanged + s.unchanged, stale = t.stale + s.stale, rejected = t.rejected + s.rejected
         FROM (SELECT receipt_id, count(*) AS parked, count(*) FILTER (WHERE status = 'CREATED') AS created,
                      count(*) FILTER (WHERE status = 'UPDATED') AS updated, count(*) FILTER (WHERE status = 'UNCHANGED') AS unchanged,
                      count(*) FILTER (WHERE status = 'STALE') AS stale, count(*) FILTER (WHERE status = 'REJECTED') AS rejected
               FROM settled GROUP BY receipt_id) AS s
         WHERE t.id = s.receipt_id",
        "UPDATE platform.receipt_row AS p SET waits = r.waits, errors = r.errors, due = false
         FROM push_row AS r WHERE r.was_parked AND r.status = 'PARKED' AND p.receipt_id = r.receipt_id AND p.row = r.row AND $1 IS NOT NULL",
];

/// Keeps the rows that failed. `$2` and `$3` have their numbers and their cells.
pub(super) fn keep_failed(kind: &PushKind) -> String {
    format!(
        "INSERT INTO platform.receipt_row (receipt_id, row, line, source, kind, external_id, status, errors, raw, staged, waits)
         SELECT r.receipt_id, r.row, r.line, $1, {kind}, r.external_id, r.status, r.errors, w.raw::jsonb,
                jsonb_build_object('rank', r.rank, 'at', r.at, 'timed', r.timed, 'ordinal', r.ordinal,
                    'deleted', r.deleted, 'parent', r.parent, 'content', r.content, 'new_key', r.new_key), r.waits
         FROM push_row AS r JOIN unnest($2::bigint[], $3::text[]) AS w(row, raw) ON w.row = r.row
         WHERE NOT r.was_parked AND r.status IN ('PARKED', 'REJECTED')",
        kind = literal(kind.name)
    )
}

/// Marks the parked rows that wait for the records which the chunk made.
pub(super) fn wake(kind: &PushKind) -> String {
    let (key, key_type) = (kind.key.column(), kind.key.sql_type());
    let entity = kind.entity.map_or_else(String::new, |entity| {
        format!(
            " UNION ALL SELECT DISTINCT {} || ':' || (h.code) FROM push_row AS r JOIN {} AS h ON h.{key} = r.key::{key_type} WHERE r.status IN ('CREATED', 'UPDATED')",
            literal(entity),
            kind.table
        )
    });
    format!(
        "UPDATE platform.receipt_row AS p SET due = true
         WHERE p.status = 'PARKED' AND NOT p.due AND p.waits && ARRAY(
             SELECT DISTINCT {name} || ':' || $1 || ':' || r.external_id FROM push_row AS r WHERE r.status IN ('CREATED', 'UPDATED'){entity})",
        name = literal(kind.name)
    )
}
