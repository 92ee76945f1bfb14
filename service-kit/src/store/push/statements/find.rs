//! Finding: rows are staged with their records and parents, and what each waits for is noted.

use super::literal;
use crate::push::{Key, PushKind};

/// Columns that a staged row is inserted with.
const COLUMNS: &str = "n, receipt_id, row, line, external_id, rank, at, timed, ordinal, deleted, parent, content, new_key, key, is_new, was_parked";

/// Adds the columns `known`, the key of the record, and `above`, the key of the parent, to rows `s`. Each is looked up by the
/// index, whatever the planner believes of a table that has just grown.
fn looked_up(kind: &PushKind) -> String {
    let (table, key) = (kind.table, kind.key.column());
    let above = kind.parent.as_ref().map_or_else(
        || "NULL::text AS above".to_owned(),
        |parent| {
            let key = parent.kind.key.column();
            format!(
                "CASE WHEN s.parent IS NOT NULL THEN (SELECT h.{key}::text {}) END AS above",
                of_parent(parent.kind, "s.parent")
            )
        },
    );
    format!(
        "(SELECT h.{key}::text FROM {table} AS h WHERE h.source = $1 AND h.external_id = s.external_id) AS known, {above}"
    )
}

/// The record `h` of a parent with an external id, unless all that was stated of it is withdrawn.
fn of_parent(parent: &PushKind, id: &str) -> String {
    let (table, events, key) = (parent.table, parent.events(), parent.key.column());
    format!(
        "FROM {table} AS h WHERE h.source = $1 AND h.external_id = {id} AND (h.deleted_at IS NULL OR NOT EXISTS (SELECT FROM {events} AS e WHERE e.{key} = h.{key})
             OR EXISTS (SELECT FROM {events} AS e WHERE e.{key} = h.{key} AND e.withdrawn_at IS NULL))"
    )
}

/// Whether rows of a chunk may be of one record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Records {
    /// Each is of its own.
    Distinct,
    /// Several may be of one, which then has one key.
    Repeated,
}

/// The rest of a staged row `f`: content with the parent, key, whether the record is new.
fn settled(kind: &PushKind, records: Records) -> String {
    let content = kind.parent.as_ref().map_or_else(
        || "f.content".to_owned(),
        |parent| {
            let column = parent.column;
            format!(
                "CASE WHEN f.above IS NULL THEN f.content ELSE f.content || jsonb_build_object('{column}', f.above) END"
            )
        },
    );
    let new_key = match kind.key {
        Key::Id => "f.new_key",
        Key::Code => "f.content ->> 'code'",
    };
    let new_key = match records {
        Records::Distinct => new_key.to_owned(),
        Records::Repeated => format!("min({new_key}) OVER (PARTITION BY f.external_id)"),
    };
    format!("{content}, f.new_key, coalesce(f.known, {new_key}), f.known IS NULL")
}

/// Stores the rows of a chunk. Values take the form in which the database shows them, so that equal ones are equal.
pub(super) fn stage(kind: &PushKind, records: Records) -> String {
    format!(
        "INSERT INTO push_row ({COLUMNS})
         SELECT f.n, $2, f.row, f.line, f.external_id, f.rank, f.at, f.timed, f.ordinal, f.deleted, f.parent, {settled}, false
         FROM (SELECT s.n, s.row, s.line, s.external_id, s.rank, s.at, s.timed, s.ordinal, s.deleted, s.parent, s.new_key,
                      CASE WHEN s.deleted THEN jsonb_build_object('deleted_at', s.at) ELSE {normal} END AS content, {looked_up}
               FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::timestamptz[], $8::boolean[], $9::bigint[], $10::boolean[],
                           $11::text[], $12::jsonb[], $13::text[]) WITH ORDINALITY
                    AS s(row, line, external_id, rank, at, timed, ordinal, deleted, parent, stated, new_key, n)
               CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, s.stated) AS p
               OFFSET 0) AS f",
        settled = settled(kind, records),
        normal = normal(kind),
        looked_up = looked_up(kind),
        table = kind.table,
    )
}

/// The stated columns of a record `p` in the form in which the database shows them, and not deleted. NULL in a column with a
/// default is the default.
fn normal(kind: &PushKind) -> String {
    let columns: Vec<&str> = kind.fields.iter().map(|field| field.column).filter(|column| !column.is_empty()).collect();
    let value =
        |column: &&str| format!("'{column}', coalesce(to_jsonb(p.{column}), {}_defaults() -> '{column}')", kind.table);
    let unstated = |column: &&str| format!("CASE WHEN NOT s.stated ? '{column}' THEN '{column}' END");
    // A function takes 100 arguments.
    let objects: Vec<String> = columns
        .chunks(40)
        .map(|columns| format!("jsonb_build_object({})", columns.iter().map(value).collect::<Vec<_>>().join(", ")))
        .collect();
    format!(
        "({} - ARRAY[{}]::text[]) || '{{\"deleted_at\": null}}'",
        objects.join(" || "),
        columns.iter().map(unstated).collect::<Vec<_>>().join(", ")
    )
}

/// Adds parked rows: what they wait for may have come.
pub(super) fn pull_parked(kind: &PushKind, which: &str, limit: &str) -> String {
    format!(
        "INSERT INTO push_row ({COLUMNS})
         SELECT (SELECT coalesce(max(n), 0) FROM push_row) + row_number() OVER (ORDER BY f.receipt_id, f.row),
                f.receipt_id, f.row, f.line, f.external_id, f.rank, f.at, f.timed, f.ordinal, f.deleted, f.parent, {settled}, true
         FROM (SELECT s.*, {looked_up}
               FROM (SELECT p.receipt_id, p.row, p.line, p.external_id, t.rank, t.at, t.timed, t.ordinal, t.deleted, t.parent, t.content, t.new_key
                     FROM platform.receipt_row AS p
                     CROSS JOIN LATERAL jsonb_to_record(p.staged) AS t(
                         rank bigint, at timestamptz, timed boolean, ordinal bigint, deleted boolean, parent text, content jsonb, new_key text)
                     WHERE p.kind = {kind} AND p.source = $1 AND p.status = 'PARKED' AND {which}
                     ORDER BY p.receipt_id, p.row {limit}) AS s
               OFFSET 0) AS f",
        settled = settled(kind, Records::Repeated),
        looked_up = looked_up(kind),
        kind = literal(kind.name)
    )
}

/// Fails when a row waited, or is of a record that has another parent than the row states.
pub(super) fn apart(kind: &PushKind) -> Option<String> {
    let (table, key, key_type) = (kind.table, kind.key.column(), kind.key.sql_type());
    let column = kind.parent.as_ref()?.column;
    Some(format!(
        "SELECT platform.refuse_lane() FROM push_row AS r
         WHERE r.was_parked OR NOT r.is_new AND $1 IS NOT NULL AND r.content ->> '{column}' IS DISTINCT FROM (
             SELECT h.{column}::text FROM {table} AS h WHERE h.{key} = r.key::{key_type})
         LIMIT 1"
    ))
}

/// Gives rows the record of the source that has their values and no external id yet; or the one with their code of which all was withdrawn,
/// whatever source had stated it.
pub(super) fn adopt(kind: &PushKind) -> Option<String> {
    let (table, key, events, key_type) = (kind.table, kind.key.column(), kind.events(), kind.key.sql_type());
    if kind.key == Key::Code {
        return Some(format!(
            "UPDATE push_row AS r SET is_new = false FROM {table} AS h
             WHERE r.is_new AND h.{key} = r.key::{key_type} AND h.deleted_at IS NOT NULL AND $1 IS NOT NULL
               AND EXISTS (SELECT FROM {events} AS e WHERE e.{key} = h.{key})
               AND NOT EXISTS (SELECT FROM {events} AS e WHERE e.{key} = h.{key} AND e.withdrawn_at IS NULL)"
        ));
    }
    let same = |column: &&str| format!("h.{column} = (jsonb_populate_record(NULL::{table}, r.content)).{column}");
    (!kind.natural.is_empty()).then(|| {
        format!(
            "UPDATE push_row AS r SET key = h.{key}::text, is_new = false FROM {table} AS h
             WHERE h.source = $1 AND h.external_id IS NULL AND r.is_new AND {}",
            kind.natural.iter().map(same).collect::<Vec<_>>().join(" AND ")
        )
    })
}

/// Rows of one record have one key: the record's, or the first of the new ones.
pub(super) const AGREE: &str = "UPDATE push_row AS r SET key = k.key, is_new = k.is_new
         FROM (SELECT external_id, coalesce(min(key) FILTER (WHERE NOT is_new), min(key)) AS key, bool_and(is_new) AS is_new
               FROM push_row WHERE $1 IS NOT NULL GROUP BY external_id) AS k
         WHERE r.external_id = k.external_id AND (r.key IS DISTINCT FROM k.key OR r.is_new <> k.is_new)";

/// Rejects rows whose code another record has, or that would change the code of their record.
pub(super) fn check_codes(kind: &PushKind) -> Vec<String> {
    if kind.key != Key::Code {
        return Vec::new();
    }
    let (table, key) = (kind.table, kind.key.column());
    vec![
        format!(
            "UPDATE push_row AS r SET status = 'REJECTED', errors = jsonb_build_array(jsonb_build_object('path', 'code', 'code', 'CONFLICT',
                 'en', CASE WHEN h.source = $1 THEN format('%s is the code of the record with the externalId %s; accepted: that externalId', r.key, h.external_id)
                       ELSE format('%s belongs to the source %s, which is its master; accepted: rows of that source', r.key, h.source) END,
                 'vi', CASE WHEN h.source = $1 THEN format('%s là mã của bản ghi có externalId %s; cần: dùng externalId đó', r.key, h.external_id)
                       ELSE format('%s thuộc nguồn %s là nguồn chủ quản; chỉ nguồn đó được cập nhật', r.key, h.source) END))
             FROM {table} AS h WHERE r.is_new AND h.{key}::text = r.key AND r.status IS NULL AND $1 IS NOT NULL"
        ),
        "UPDATE push_row AS r SET status = 'REJECTED', errors = jsonb_build_array(jsonb_build_object('path', 'code', 'code', 'INVALID',
                 'en', format('the record has the code %s, which does not change; accepted: a new externalId for another code', r.key),
                 'vi', format('bản ghi đã có mã %s và mã không đổi; cần: externalId mới cho mã khác', r.key)))
             WHERE r.content ->> 'code' <> r.key AND r.status IS NULL AND $1 IS NOT NULL"
            .to_owned(),
    ]
}

/// Notes what each row waits for: its parent, codes that it names, and the first row of its record.
pub(super) fn wait(kind: &PushKind) -> Vec<String> {
    let mut statements =
        vec!["UPDATE push_row SET waits = '{}' WHERE status IS NULL AND waits <> '{}' AND $1 IS NOT NULL".to_owned()];
    if let Some(parent) = &kind.parent {
        let (key, column, name) = (parent.kind.key.column(), parent.column, literal(parent.kind.name));
        let found = of_parent(parent.kind, "p.parent");
        statements.push(format!(
            "UPDATE push_row AS r SET content = r.content || jsonb_build_object('{column}', k.key)
             FROM (SELECT n, (SELECT h.{key} {found}) AS key FROM push_row AS p
                   WHERE p.status IS NULL AND p.parent IS NOT NULL AND p.content -> '{column}' IS NULL) AS k
             WHERE r.n = k.n AND k.key IS NOT NULL"
        ));
        statements.push(format!(
            "UPDATE push_row AS r SET waits = array_append(waits, {name} || ':' || $1 || ':' || r.parent)
             WHERE r.status IS NULL AND r.parent IS NOT NULL AND r.content -> '{column}' IS NULL"
        ));
    }
    for field in kind.fields {
        let Some(entity) = field.names else { continue };
        let column = field.column;
        let many = matches!(field.field.form, tabular::Form::Texts(_));
        let named = if many {
            format!(
                "SELECT r.n, c.code FROM push_row AS r CROSS JOIN LATERAL jsonb_array_elements_text(r.content -> '{column}') AS c(code)
                 WHERE r.status IS NULL AND jsonb_typeof(r.content -> '{column}') = 'array'"
            )
        } else {
            format!(
                "SELECT r.n, r.content ->> '{column}' AS code FROM push_row AS r
                 WHERE r.status IS NULL AND r.content ->> '{column}' IS NOT NULL"
            )
        };
        statements.push(format!(
            "WITH named AS MATERIALIZED ({named}),
                  absent AS MATERIALIZED (SELECT code FROM (SELECT DISTINCT code FROM named OFFSET 0) AS d WHERE NOT directory.published_knows({entity}, code))
             UPDATE push_row AS r SET waits = r.waits || w.waits
             FROM (SELECT n, array_agg({entity} || ':' || code) AS waits FROM named JOIN absent USING (code) {others} GROUP BY n) AS w
             WHERE r.n = w.n AND $1 IS NOT NULL",
            entity = literal(entity),
            // A row does not wait for itself.
            others = if kind.entity == Some(entity) { "JOIN push_row AS own USING (n) WHERE code IS DISTINCT FROM own.key" } else { "" },
        ));
    }
    statements.push(format!(
        "UPDATE push_row AS r SET waits = array_append(waits, {name} || ':' || $1 || ':' || r.external_id) WHERE r.status IS NULL AND r.key IS NULL",
        name = literal(kind.name)
    ));
    statements
}

/// Rows that are stored already say nothing new; a newer row may have the last word.
pub(super) fn known(kind: &PushKind) -> String {
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    format!(
        "UPDATE push_row AS r SET status = CASE WHEN (SELECT to_jsonb(h) @> r.content FROM {table} AS h WHERE h.{key} = e.{key})
                 OR r.deleted AND (SELECT h.deleted_at IS NOT NULL FROM {table} AS h WHERE h.{key} = e.{key}) THEN 'UNCHANGED' ELSE 'STALE' END
             FROM {events} AS e
             WHERE r.status IS NULL AND r.waits = '{{}}' AND NOT r.is_new AND e.{key} = r.key::{key_type} AND e.withdrawn_at IS NULL
               AND e.rank = r.rank AND e.ordinal = r.ordinal
               AND (coalesce(e.stated_at, e.observed_at) = r.at OR r.rank > 0 AND NOT r.timed) AND $1 IS NOT NULL"
    )
}

/// Of rows that stand twice in the chunk the first counts.
pub(super) const TWICE: &str = "UPDATE push_row AS r SET status = 'UNCHANGED'
         FROM (SELECT n, row_number() OVER (PARTITION BY key, rank, ordinal, CASE WHEN rank > 0 AND NOT timed THEN NULL ELSE at END ORDER BY n) AS place
               FROM push_row WHERE status IS NULL AND waits = '{}' AND $1 IS NOT NULL) AS d
         WHERE d.n = r.n AND d.place > 1";

/// Who states no time means the time of the first receipt: after what other pushes said before, whatever two clocks say. Rows of one
/// push keep one time and are in the order of the file. A row that waited keeps the time that it got then.
pub(super) fn receive(kind: &PushKind) -> String {
    let (events, key, key_type) = (kind.events(), kind.key.column(), kind.key.sql_type());
    format!(
        "WITH parked AS (SELECT w.external_id, max(w.at) AS at FROM push_row AS w WHERE w.was_parked AND NOT w.timed AND w.rank = 0 GROUP BY 1)
         UPDATE push_row AS r SET at = k.at
         FROM (SELECT p.n, greatest(parked.at, (
                          SELECT max(e.observed_at) FROM {events} AS e
                          WHERE e.{key} = p.key::{key_type} AND e.withdrawn_at IS NULL AND e.receipt_id IS DISTINCT FROM p.receipt_id))
                      + interval '1 microsecond' AS at
               FROM push_row AS p LEFT JOIN parked USING (external_id)
               WHERE p.status IS NULL AND NOT p.timed AND p.rank = 0 AND NOT p.was_parked AND $1 IS NOT NULL) AS k
         WHERE r.n = k.n AND k.at > r.at"
    )
}

/// Of a row without a time that was received before the first row of its record, and is no whole record itself, the first row is what
/// it waited for: it is true right after it. Such rows are in the order of their receipts and, within a file, of its rows.
pub(super) fn follow_first(kind: &PushKind, required: &str) -> String {
    let (events, key, key_type) = (kind.events(), kind.key.column(), kind.key.sql_type());
    format!(
        "UPDATE push_row AS r SET at = k.at + interval '1 microsecond', ordinal = k.ordinal
         FROM (SELECT p.n, e.observed_at AS at,
                      greatest(0, (extract(epoch FROM p.at - timestamptz '2020-01-01Z') * 1000000)::bigint) * 4096 + p.row % 4096 AS ordinal
               FROM push_row AS p CROSS JOIN LATERAL (
                   SELECT e.observed_at, e.rank, e.ordinal FROM {events} AS e WHERE e.{key} = p.key::{key_type} AND e.withdrawn_at IS NULL
                   ORDER BY e.observed_at, e.rank, e.ordinal LIMIT 1) AS e
               WHERE p.status IS NULL AND NOT p.timed AND p.rank = 0 AND NOT p.is_new AND $1 IS NOT NULL
                 AND (p.at, p.rank, p.ordinal) < (e.observed_at, e.rank, e.ordinal) AND NOT jsonb_strip_nulls(p.content) ?& {required}) AS k
         WHERE r.n = k.n"
    )
}
