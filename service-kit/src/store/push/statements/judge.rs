//! Judging: the events of the touched records are arranged in their order and folded, and the rules of the table are evaluated
//! over each state.

use std::fmt::Write as _;

use tabular::Words;

use super::{Catalog, Check, Unique, array, filled, literal};
use crate::push::PushKind;

/// Whether a state says something new. The states of a record that continues have the same columns; of others an absent column
/// is null, which matters only if the event states a null.
const EFFECTIVE: &str = "(c.before IS NULL
                OR (c.before ->> 'deleted_at' IS NULL) <> (c.after ->> 'deleted_at' IS NULL)
                OR c.after ->> 'deleted_at' IS NULL AND c.before <> c.after AND (
                    NOT (c.is_new OR c.is_late) OR jsonb_strip_nulls(c.changes) = c.changes
                    OR jsonb_strip_nulls(c.before) - 'deleted_at' <> jsonb_strip_nulls(c.after) - 'deleted_at'))";

/// Arranges the events of the touched records in their order and folds them. A record to which all rows are newer continues
/// from its stored state; the others are folded from all their events. A single newer row needs no order.
///
/// With a catalog the constraints of the table are evaluated for each state. A deleted record breaks none, but it must have
/// been one.
pub(super) fn arrange(kind: &PushKind, catalog: Option<&Catalog>, not_state: &str) -> String {
    let kept = array(&kind.kept.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>());
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    let (missing, broken, rules) = catalog.map_or_else(
        || ("NULL::text[]".to_owned(), "NULL::text[]".to_owned(), String::new()),
        |catalog| rules(kind, catalog, not_state),
    );
    // What is not judged is only written: the last state is that of the record.
    let after = if catalog.is_some() { "e.after" } else { "CASE WHEN e.is_last THEN e.after END" };
    format!(
        "INSERT INTO push_event (key, n, receipt_id, logged, cause, stored, moved, at, old_at, stated_at, rank, ordinal, changes, is_new, is_late,
             pushed, seq, is_last, versions, observed_at, before, after, effective, external_id, missing, broken)
         WITH fresh AS MATERIALIZED (
             SELECT r.n, r.key, r.receipt_id, r.timed OR r.rank > 0 AS logged, r.cause, r.at, r.rank, r.ordinal, r.content, r.is_new, r.external_id
             FROM push_row AS r WHERE r.status IS NULL AND r.waits = '{{}}' AND $1 IS NOT NULL),
         -- What is stored of the records.
         known AS MATERIALIZED (
             SELECT k.key, l.observed_at, l.rank, l.ordinal,
                    CASE WHEN k.is_ranked THEN (SELECT max(e.rank) FROM {events} AS e WHERE e.{key} = k.key::{key_type} AND e.withdrawn_at IS NULL) END AS top,
                    (SELECT h.deleted_at IS NOT NULL FROM {table} AS h WHERE h.{key} = k.key::{key_type}) AS is_gone
             FROM (SELECT f.key, bool_or(f.rank > 0) AS is_ranked FROM fresh AS f WHERE NOT f.is_new GROUP BY f.key) AS k
             LEFT JOIN LATERAL (SELECT e.observed_at, e.rank, e.ordinal FROM {events} AS e
                                WHERE e.{key} = k.key::{key_type} AND e.withdrawn_at IS NULL
                                ORDER BY e.observed_at DESC, e.rank DESC, e.ordinal DESC LIMIT 1) AS l ON true),
         record AS (
             SELECT f.key, bool_or(f.is_new) AS is_new, min(f.external_id) AS external_id, count(*) AS size, bool_or(f.rank > 0) AS is_ranked,
                    platform.fold_events(f.content) FILTER (WHERE NOT f.is_new) AS stated,
                    -- Two new versions of one record may contradict their times.
                    coalesce(bool_or(k.observed_at IS NOT NULL AND (
                        (f.at, f.rank, f.ordinal) <= (k.observed_at, k.rank, k.ordinal) OR f.rank > 0 AND f.rank < k.top)), false)
                        -- It comes back: what its earlier events stated about its parent holds again.
                        OR coalesce(bool_or(k.is_gone), false)
                        -- Events of it were withdrawn.
                        OR f.key IN (SELECT u.key FROM push_row AS u WHERE u.status = 'UNDONE') AS is_late
             FROM fresh AS f LEFT JOIN known AS k USING (key)
             GROUP BY f.key
             UNION ALL
             SELECT DISTINCT u.key, false, u.external_id, 0, false, '{{}}'::jsonb, true FROM push_row AS u
             WHERE u.status = 'UNDONE' AND u.key NOT IN (SELECT key FROM fresh)),
         -- A record continues from those of its columns that the rows state.
         start AS MATERIALIZED (
             SELECT c.key, c.is_new, c.is_late, c.external_id, c.is_ranked OR c.is_late AS is_ranked, NOT c.is_late AND c.size = 1 AS is_single, c.head,
                    CASE WHEN c.is_new OR c.is_late THEN {table}_defaults() ELSE (
                        SELECT coalesce(jsonb_object_agg(k.name, c.head -> k.name), '{{}}')
                        FROM (SELECT jsonb_object_keys(c.stated) UNION SELECT unnest({kept})) AS k(name)) END AS base
             FROM (SELECT d.*, CASE WHEN NOT d.is_new AND NOT d.is_late THEN (
                              SELECT to_jsonb(h) FROM {table} AS h WHERE h.{key} = d.key::{key_type}) END AS head
                   FROM record AS d OFFSET 0) AS c),
         every AS MATERIALIZED (
             SELECT f.key, f.n, f.receipt_id, f.logged, f.cause, false AS stored, f.at AS stated_at, NULL::timestamptz AS old_at, NULL::boolean AS was_effective,
                    f.rank, f.ordinal, f.content AS changes, true AS pushed, s.is_new, s.is_late, s.external_id, s.is_ranked, s.is_single, s.base
             FROM fresh AS f JOIN start AS s USING (key)
             UNION ALL
             SELECT s.key, NULL, e.receipt_id, NULL, NULL, true, coalesce(e.stated_at, e.observed_at), e.observed_at, e.effective, e.rank, e.ordinal, e.changes,
                    e.receipt_id IS NOT NULL, s.is_new, s.is_late, s.external_id, s.is_ranked, s.is_single, s.base
             FROM start AS s JOIN {events} AS e ON s.is_late AND e.{key} = s.key::{key_type} AND e.withdrawn_at IS NULL),
         placed AS (
             SELECT v.*, v.stated_at AS at FROM every AS v WHERE NOT v.is_single AND NOT v.is_ranked
             UNION ALL
             SELECT v.*, CASE WHEN v.rank > 0
                 THEN min(v.stated_at) FILTER (WHERE v.rank > 0) OVER (PARTITION BY v.key ORDER BY v.rank DESC, v.stated_at DESC ROWS UNBOUNDED PRECEDING)
                 ELSE v.stated_at END
             FROM every AS v WHERE NOT v.is_single AND v.is_ranked),
         folded AS (
             SELECT p.*, row_number() OVER w AS seq, p.base || platform.fold_events(p.changes) OVER w AS after
             FROM placed AS p WINDOW w AS (PARTITION BY p.key ORDER BY p.at, p.rank, p.ordinal)),
         compared AS (
             SELECT f.*, CASE WHEN f.seq > 1 THEN lag(f.after) OVER w WHEN NOT (f.is_new OR f.is_late) THEN f.base END AS before,
                    lead(f.seq) OVER w IS NULL AS is_last
             FROM folded AS f WINDOW w AS (PARTITION BY f.key ORDER BY f.at, f.rank, f.ordinal)),
         -- Each is weighed once, however often the answer is read, and they stay in their order.
         weighed AS (SELECT c.*, x.effective FROM compared AS c CROSS JOIN LATERAL (SELECT {EFFECTIVE} AS effective OFFSET 0) AS x),
         single AS (
             SELECT v.*, v.stated_at AS at, 1::bigint AS seq, v.base || v.changes AS after, CASE WHEN NOT v.is_new THEN v.base END AS before, true AS is_last
             FROM every AS v WHERE v.is_single),
         event AS (
             SELECT w.*, count(*) FILTER (WHERE w.effective) OVER w AS versions, max(w.at) FILTER (WHERE w.effective) OVER w AS observed_at
             FROM weighed AS w WINDOW w AS (PARTITION BY w.key ORDER BY w.at, w.rank, w.ordinal)
             UNION ALL
             SELECT s.*, s.effective::int, CASE WHEN s.effective THEN s.at END FROM (SELECT c.*, {EFFECTIVE} AS effective FROM single AS c OFFSET 0) AS s)
         SELECT e.key, e.n, e.receipt_id, e.logged, e.cause, e.stored, e.stored AND (e.effective <> e.was_effective OR e.at <> e.old_at), e.at, e.old_at,
                e.stated_at, e.rank, e.ordinal, e.changes, e.is_new, e.is_late, e.pushed, e.seq, e.is_last, e.versions, e.observed_at,
                CASE WHEN e.seq = 1 THEN e.before END, {after}, e.effective, e.external_id, {missing}, {broken}
         FROM event AS e {rules}"
    )
}

/// The missing columns and the broken constraints of a state, and the tables from which they are computed.
fn rules(kind: &PushKind, catalog: &Catalog, not_state: &str) -> (String, String, String) {
    let mut broken = String::new();
    for Check { name, expression, .. } in &catalog.checks {
        // Writing to a string cannot fail.
        let _ = write!(broken, "CASE WHEN NOT ({expression}) THEN {} END, ", literal(name));
    }
    let missing: Vec<String> = catalog
        .required
        .iter()
        .map(|column| format!("CASE WHEN w.state ->> '{column}' IS NULL THEN {} END", literal(column)))
        .collect();
    // A constraint may be about a generated column, which is null here.
    let generated = catalog.not_state.iter().filter(|column| !catalog.columns.contains(column));
    let columns = catalog.columns.iter().chain(generated);
    (
        format!("array_remove(ARRAY[{}]::text[], NULL)", missing.join(", ")),
        "CASE WHEN e.after ->> 'deleted_at' IS NULL THEN array_remove(c.broken, NULL) ELSE '{}' END".to_owned(),
        format!(
            "JOIN start AS b ON b.key = e.key
             CROSS JOIN LATERAL (SELECT CASE WHEN b.head IS NULL THEN e.after ELSE b.head - {not_state} || e.after END AS state OFFSET 0) AS w
             CROSS JOIN LATERAL (
                 SELECT ARRAY[{broken}NULL]::text[] AS broken
                 FROM (SELECT {columns} FROM jsonb_populate_record(NULL::{table}, w.state) AS p OFFSET 0) AS record OFFSET 0) AS c",
            table = kind.table,
            columns = filled(kind, columns, &[
                ("source", "$1::text"),
                ("external_id", "e.external_id"),
                ("version", "1"),
                ("observed_at", "e.at"),
                ("recorded_at", "e.at"),
            ]),
        ),
    )
}

/// Parks rows before the first complete state of a record, and rejects the first row of each record that breaks a rule. The
/// rows that are left are judged anew.
pub(super) fn verdict(kind: &PushKind, catalog: &Catalog) -> Vec<String> {
    let columns =
        kind.fields.iter().filter(|field| !field.column.is_empty()).map(|field| (field.column, field.field.name));
    let parent = kind.parent.as_ref().map(|parent| (parent.column, parent.field));
    let fields: Vec<String> =
        columns.chain(parent).map(|(column, name)| format!("({}, {})", literal(column), literal(name))).collect();
    let refusals = kind.refusals.iter().map(|refusal| {
        format!(
            "({}, {}, {}, {})",
            literal(refusal.constraint),
            literal(refusal.field),
            literal(refusal.message.0),
            literal(refusal.message.1)
        )
    });
    let refusals: Vec<String> = refusals.chain(["(NULL, NULL, NULL, NULL)".to_owned()]).collect();
    let rules = catalog.checks.iter().map(|check| {
        let field = check.column.as_deref().and_then(|column| kind.field_of(column)).unwrap_or_default();
        let words = check.words(kind).unwrap_or_else(|| Words::new(&check.name, &check.name));
        format!("({}, {}, {}, {})", literal(&check.name), literal(field), literal(&words.en), literal(&words.vi))
    });
    let rules: Vec<String> = rules.chain(["(NULL, NULL, NULL, NULL)".to_owned()]).collect();
    vec![
        format!(
            "UPDATE push_row AS r SET waits = ARRAY[{name} || ':' || $1 || ':' || r.external_id],
                 errors = (SELECT jsonb_agg(jsonb_build_object('path', coalesce(f.field, m.name), 'code', 'REQUIRED',
                     'en', 'found no value, and no earlier row of the record has stated one; accepted: a row with a value',
                     'vi', 'không có giá trị, và chưa có dòng nào trước đó của bản ghi nêu giá trị; cần: gửi dòng có giá trị'))
                     FROM unnest(e.missing) AS m(name) LEFT JOIN (VALUES {fields}) AS f(name, field) USING (name))
             FROM push_event AS e WHERE e.n = r.n AND e.missing <> '{{}}'",
            name = literal(kind.name),
            fields = fields.join(", ")
        ),
        format!(
            "UPDATE push_row AS r SET status = 'REJECTED', errors = d.errors
             FROM (SELECT DISTINCT ON (b.key) o.n, (
                       SELECT jsonb_agg(jsonb_build_object('path', coalesce(f.field, g.field, ''), 'code', 'INVALID',
                           'en', coalesce(f.en, format('the record would break a rule; accepted: %s', g.en))
                                 || CASE WHEN b.stored THEN format(' (at the later state of %s)', b.at) ELSE '' END,
                           'vi', coalesce(f.vi, format('bản ghi vi phạm quy tắc; chấp nhận: %s', g.vi))
                                 || CASE WHEN b.stored THEN format(' (ở trạng thái sau, lúc %s)', b.at) ELSE '' END))
                       FROM unnest(b.broken) AS c(name) LEFT JOIN (VALUES {refusals}) AS f(name, field, en, vi) USING (name)
                            LEFT JOIN (VALUES {rules}) AS g(name, field, en, vi) USING (name)) AS errors
                   -- The last row up to the broken state is to blame.
                   FROM (SELECT e.*, max(e.seq) FILTER (WHERE e.n IS NOT NULL) OVER (PARTITION BY e.key ORDER BY e.seq) AS blamed
                         FROM push_event AS e) AS b
                   JOIN push_event AS o ON o.key = b.key AND o.seq = b.blamed
                   WHERE b.broken <> '{{}}' AND b.missing = '{{}}' AND $1 IS NOT NULL
                   ORDER BY b.key, b.seq) AS d
             WHERE d.n = r.n AND r.status IS NULL",
            refusals = refusals.join(", "),
            rules = rules.join(", "),
        ),
    ]
}

/// Rejects rows that state what another record has, by a unique index. Of several rows of the chunk the first has it. What only
/// the write finds is rejected too, but one by one.
pub(super) fn claim(kind: &PushKind, unique: &Unique) -> String {
    let (table, key, key_type) = (kind.table, kind.key.column(), kind.key.sql_type());
    let refusal = kind.refusals.iter().find(|refusal| refusal.constraint == unique.name);
    let (field, en, vi) = refusal.map_or_else(
        || {
            let field = unique.columns.iter().find_map(|column| kind.field_of(column)).unwrap_or_default();
            let en = "another record has this value; accepted: a value that is not in use";
            (field, en, "giá trị đã được bản ghi khác dùng; cần: giá trị chưa dùng")
        },
        |refusal| (refusal.field, refusal.message.0, refusal.message.1),
    );
    let (mut stated, mut values, mut same, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, (name, sql_type)) in unique.columns.iter().zip(&unique.types).enumerate() {
        // A generated one from the columns that the row states: null when it states too few.
        values.push(if let Some(generated) = unique.generated.get(place).and_then(Option::as_ref) {
            format!("(SELECT {generated} FROM jsonb_populate_record(NULL::{table}, e.after) AS p) AS v{place}")
        } else {
            stated.push(name.clone());
            format!("(e.after ->> '{name}')::{sql_type} AS v{place}")
        });
        same.push(format!("h.{name} = s.v{place}"));
        names.push(format!("s.v{place}"));
    }
    let columns = array(&stated);
    format!(
        // The last row of each record that states the values.
        "WITH stated AS MATERIALIZED (
             SELECT DISTINCT ON (e.key) e.key, e.n, {values} FROM push_event AS e
             WHERE e.n IS NOT NULL AND e.changes ?| {columns} AND e.after ?& {columns} AND e.after ->> 'deleted_at' IS NULL AND $1 IS NOT NULL
             ORDER BY e.key, e.seq DESC),
         taken AS (
             -- Looked up one by one, by the index.
             SELECT s.n FROM stated AS s WHERE (SELECT true FROM {table} AS h WHERE {same} AND ({predicate}) AND h.{key} <> s.key::{key_type} LIMIT 1)
             UNION
             SELECT r.n FROM (SELECT s.n, row_number() OVER (PARTITION BY {names} ORDER BY s.n) AS place FROM stated AS s
                              WHERE num_nulls({names}) = 0) AS r WHERE r.place > 1)
         UPDATE push_row AS r SET status = 'REJECTED',
             errors = jsonb_build_array(jsonb_build_object('path', {field}, 'code', 'CONFLICT', 'en', {en}, 'vi', {vi}))
         FROM taken WHERE taken.n = r.n AND r.status IS NULL",
        values = values.join(", "),
        same = same.join(" AND "),
        names = names.join(", "),
        predicate = unique.predicate.as_deref().unwrap_or("true"),
        field = literal(field),
        en = literal(en),
        vi = literal(vi),
    )
}
