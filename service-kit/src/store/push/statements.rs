//! The statements of a push, made once for each kind from its declaration and from the catalog of the database.
//!
//! `push_row` has the rows of a chunk, `push_event` the events of the records that they touch, in their order. Both are
//! temporary tables, emptied at the end of the transaction.

use std::fmt::Write as _;

use crate::push::{Key, PushKind};

/// What the catalog says of a table.
#[derive(Debug, Default, Clone)]
pub struct Catalog {
    /// Columns that a row has, without the generated ones.
    pub columns: Vec<String>,
    /// Columns that are not part of the state (`platform.not_state`).
    pub not_state: Vec<String>,
    /// The `CHECK` constraints.
    pub checks: Vec<Check>,
    /// Unique indexes apart from the keys.
    pub uniques: Vec<Unique>,
    /// Columns that must have a value and have no default.
    pub required: Vec<String>,
}

/// A `CHECK` constraint.
#[derive(Debug, Clone)]
pub struct Check {
    pub name: String,
    pub expression: String,
    /// Its first column.
    pub column: Option<String>,
}

/// A unique index over columns.
#[derive(Debug, Clone)]
pub struct Unique {
    pub name: String,
    pub columns: Vec<String>,
    /// Types of the columns.
    pub types: Vec<String>,
    /// Condition on the rows that it has.
    pub predicate: Option<String>,
}

/// Temporary tables of a connection.
pub const TABLES: &str = "
CREATE TEMP TABLE IF NOT EXISTS push_row (
    n bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, receipt_id uuid, row bigint, line bigint, external_id text, rank bigint,
    at timestamptz, timed boolean, ordinal bigint, deleted boolean, parent text, content jsonb, raw jsonb, new_key text, key text,
    is_new boolean, status text, errors jsonb NOT NULL DEFAULT '[]', waits text[] NOT NULL DEFAULT '{}', was_parked boolean NOT NULL DEFAULT false, cause text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS push_event (
    key text, n bigint, stored boolean, at timestamptz, old_at timestamptz, stated_at timestamptz, rank bigint, ordinal bigint, changes jsonb,
    is_new boolean, is_late boolean, pushed boolean, seq bigint, before jsonb, after jsonb, effective boolean, external_id text,
    missing text[], broken text[], head_changed boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS push_effect (key text, at timestamptz, timed boolean, ordinal bigint, content jsonb, cause text) ON COMMIT DELETE ROWS";

/// The statements of a kind.
#[derive(Debug)]
pub struct Statements {
    pub stage: String,
    pub pull_parked: String,
    pub pull_due: String,
    pub identify: Vec<String>,
    pub wait: Vec<String>,
    pub duplicates: Vec<String>,
    pub baseline: String,
    pub receive: String,
    pub events: String,
    pub judge: String,
    pub verdict: Vec<String>,
    pub write: Vec<String>,
    pub outcome: String,
    pub effects: Option<String>,
    pub settle: Vec<String>,
    pub wake: String,
}

/// Makes the statements of a kind. `$1` is the source in each.
pub fn statements(kind: &PushKind, catalog: &Catalog) -> Statements {
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    let not_state = array(&catalog.not_state);
    Statements {
        stage: stage(kind),
        pull_parked: pull_parked(kind, "p.external_id IN (SELECT external_id FROM push_row)"),
        pull_due: format!("{} LIMIT $2", pull_parked(kind, "p.due")),
        identify: identify(kind),
        wait: wait(kind),
        duplicates: duplicates(table, &events, key, key_type),
        baseline: format!(
            "INSERT INTO {events} ({key}, observed_at, rank, ordinal, recorded_at, changes)
             SELECT h.{key}, h.observed_at, -1, 0, h.recorded_at, jsonb_strip_nulls(to_jsonb(h) - {not_state})
             FROM {table} AS h WHERE h.{key} IN (SELECT r.key::{key_type} FROM push_row AS r WHERE NOT r.is_new AND r.status IS NULL AND $1 IS NOT NULL)
               AND NOT EXISTS (SELECT FROM {events} AS e WHERE e.{key} = h.{key})"
        ),
        // Who states no time means now: after what is known, whatever two clocks say.
        receive: format!(
            "UPDATE push_row AS r SET at = k.at
             FROM (SELECT p.n, (SELECT max(e.observed_at) FROM {events} AS e WHERE e.{key} = p.key::{key_type} AND e.withdrawn_at IS NULL)
                              + interval '1 microsecond' AS at
                   FROM push_row AS p WHERE p.status IS NULL AND NOT p.timed AND p.rank = 0 AND NOT p.is_new AND $1 IS NOT NULL) AS k
             WHERE r.n = k.n AND k.at > r.at"
        ),
        events: arrange(kind),
        judge: judge(kind, catalog, &not_state),
        verdict: verdict(kind, catalog).into_iter().chain(catalog.uniques.iter().map(|unique| claim(kind, unique))).collect(),
        write: write(kind, catalog, &not_state),
        outcome: "SELECT receipt_id, row, line, external_id, status, CASE WHEN status NOT IN ('PARKED', 'REJECTED') THEN key END AS key, errors, was_parked
                  FROM push_row ORDER BY n".to_owned(),
        effects: kind.effect.as_ref().zip(kind.parent.as_ref()).map(|(effect, parent)| {
            format!(
                "INSERT INTO push_effect (key, at, timed, ordinal, content, cause)
                 WITH child AS (
                     SELECT DISTINCT ON (e.key) e.key, e.seq, e.is_late, e.after ->> 'deleted_at' IS NOT NULL AS is_gone, {name} || ':' || e.external_id AS cause
                     FROM push_event AS e WHERE $1 IS NOT NULL ORDER BY e.key, e.seq DESC)
                 SELECT c.{column}::text, e.stated_at, coalesce(r.timed OR r.rank > 0, true),
                        CASE WHEN e.ordinal < 4398046511104 THEN e.ordinal + 4398046511104 ELSE (least(e.rank, 1048575) << 43) | (e.ordinal >> 20) END,
                        {columns}, k.cause
                 FROM push_event AS e JOIN child AS k USING (key) LEFT JOIN push_row AS r ON r.n = e.n
                 CROSS JOIN LATERAL (SELECT e.stated_at AS at) AS t
                 CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, e.after) AS c
                 WHERE e.effective AND c.deleted_at IS NULL AND NOT k.is_gone AND (e.n IS NOT NULL OR k.is_late)
                 UNION ALL
                 -- What a child stated that is gone or has a late row is withdrawn first.
                 SELECT e.after ->> '{column}', e.at, true, 0, NULL, k.cause FROM child AS k JOIN push_event AS e USING (key, seq)
                 WHERE k.is_gone OR k.is_late",
                name = literal(kind.name),
                column = parent.column,
                columns = effect.columns.replace("{at}", "t.at"),
            )
        }),
        settle: settle(kind),
        wake: wake(kind),
    }
}

/// An array of texts as an SQL literal.
fn array(texts: &[String]) -> String {
    format!("ARRAY[{}]::text[]", texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", "))
}

/// A text as an SQL literal. Only names of the catalog and of declarations are written this way.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Stores the rows of a chunk. Values take the form in which the database shows them, so that equal ones are equal.
fn stage(kind: &PushKind) -> String {
    format!(
        "INSERT INTO push_row (receipt_id, row, line, external_id, rank, at, timed, ordinal, deleted, parent, content, raw, new_key)
         SELECT $2, s.row, s.line, s.external_id, s.rank, s.at, s.timed, s.ordinal, s.deleted, s.parent,
                CASE WHEN s.deleted THEN jsonb_build_object('deleted_at', s.at) ELSE {normal} END, s.raw, s.new_key
         FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::timestamptz[], $8::boolean[], $9::bigint[], $10::boolean[],
                     $11::text[], $12::jsonb[], $13::jsonb[], $14::text[])
              AS s(row, line, external_id, rank, at, timed, ordinal, deleted, parent, content, raw, new_key)
         WHERE $1 IS NOT NULL",
        normal = normal(kind, "s.content"),
    )
}

/// A content with its values in the form in which the database shows them, and not deleted. NULL in a column with a default
/// is the default.
fn normal(kind: &PushKind, content: &str) -> String {
    format!(
        "(SELECT coalesce(jsonb_object_agg(k.name, coalesce(nullif(to_jsonb(p) -> k.name, 'null'), {table}_defaults() -> k.name, 'null')), '{{}}')
                 || '{{\"deleted_at\": null}}'
          FROM jsonb_populate_record(NULL::{table}, {content}) AS p, jsonb_object_keys({content}) AS k(name))",
        table = kind.table
    )
}

/// Adds parked rows: what they wait for may have come.
fn pull_parked(kind: &PushKind, which: &str) -> String {
    format!(
        "INSERT INTO push_row (receipt_id, row, line, external_id, rank, at, timed, ordinal, deleted, parent, content, raw, new_key, was_parked)
         SELECT p.receipt_id, p.row, p.line, p.external_id, s.rank, s.at, s.timed, s.ordinal, s.deleted, s.parent, s.content, p.raw, s.new_key, true
         FROM platform.receipt_row AS p
         CROSS JOIN LATERAL jsonb_to_record(p.staged) AS s(
             rank bigint, at timestamptz, timed boolean, ordinal bigint, deleted boolean, parent text, content jsonb, new_key text)
         WHERE p.kind = {kind} AND p.source = $1 AND p.status = 'PARKED' AND {which}
         ORDER BY p.receipt_id, p.row",
        kind = literal(kind.name)
    )
}

/// Finds the record of each row.
fn identify(kind: &PushKind) -> Vec<String> {
    let (table, key) = (kind.table, kind.key.column());
    // Each row is looked up by the index, whatever the planner believes of a table that has just grown.
    let mut statements = vec![format!(
        "UPDATE push_row AS r SET key = k.key, is_new = false
         FROM (SELECT n, (SELECT h.{key}::text FROM {table} AS h WHERE h.source = $1 AND h.external_id = p.external_id) AS key
               FROM push_row AS p WHERE p.key IS NULL) AS k
         WHERE r.n = k.n AND k.key IS NOT NULL"
    )];
    if !kind.natural.is_empty() {
        let same: Vec<String> = kind
            .natural
            .iter()
            .map(|column| format!("h.{column} = (jsonb_populate_record(NULL::{table}, r.content)).{column}"))
            .collect();
        statements.push(format!(
            "UPDATE push_row AS r SET key = h.{key}::text, is_new = false FROM {table} AS h
             WHERE h.source = $1 AND h.external_id IS NULL AND r.key IS NULL AND {}",
            same.join(" AND ")
        ));
    }
    let new_key = match kind.key {
        Key::Id => "min(new_key)",
        Key::Code => "min(content ->> 'code')",
    };
    statements.push(format!(
        "UPDATE push_row AS r SET key = k.key, is_new = true
         FROM (SELECT external_id, {new_key} AS key FROM push_row WHERE key IS NULL AND $1 IS NOT NULL GROUP BY external_id) AS k
         WHERE r.external_id = k.external_id AND r.key IS NULL"
    ));
    // Another row of the same push may have made the record.
    statements.push(
        "UPDATE push_row AS r SET key = k.key, is_new = false
         FROM (SELECT external_id, min(key) AS key FROM push_row WHERE is_new = false AND $1 IS NOT NULL GROUP BY external_id) AS k
         WHERE r.external_id = k.external_id AND r.is_new"
            .to_owned(),
    );
    if kind.key == Key::Code {
        statements.push(format!(
            "UPDATE push_row AS r SET status = 'REJECTED', errors = jsonb_build_array(jsonb_build_object('path', 'code', 'code', 'CONFLICT',
                 'en', CASE WHEN h.source = $1 THEN format('%s is the code of the record with the externalId %s; accepted: that externalId', r.key, h.external_id)
                       ELSE format('%s belongs to the source %s, which is its master; accepted: rows of that source', r.key, h.source) END,
                 'vi', CASE WHEN h.source = $1 THEN format('%s là mã của bản ghi có externalId %s; cần: dùng externalId đó', r.key, h.external_id)
                       ELSE format('%s thuộc nguồn %s là nguồn chủ quản; chỉ nguồn đó được cập nhật', r.key, h.source) END))
             FROM {table} AS h WHERE r.is_new AND h.{key}::text = r.key AND r.status IS NULL AND $1 IS NOT NULL"
        ));
        statements.push(
            "UPDATE push_row AS r SET status = 'REJECTED', errors = jsonb_build_array(jsonb_build_object('path', 'code', 'code', 'INVALID',
                 'en', format('the record has the code %s, which does not change; accepted: a new externalId for another code', r.key),
                 'vi', format('bản ghi đã có mã %s và mã không đổi; cần: externalId mới cho mã khác', r.key)))
             WHERE r.content ->> 'code' <> r.key AND r.status IS NULL AND $1 IS NOT NULL"
                .to_owned(),
        );
    }
    statements
}

/// Notes what each row waits for: its parent, codes that it names, and the first row of its record.
fn wait(kind: &PushKind) -> Vec<String> {
    let mut statements =
        vec!["UPDATE push_row SET waits = '{}' WHERE status IS NULL AND waits <> '{}' AND $1 IS NOT NULL".to_owned()];
    if let Some(parent) = &kind.parent {
        let (table, key, column, name) =
            (parent.kind.table, parent.kind.key.column(), parent.column, literal(parent.kind.name));
        statements.push(format!(
            "UPDATE push_row AS r SET content = r.content || jsonb_build_object('{column}', k.key)
             FROM (SELECT n, (SELECT h.{key} FROM {table} AS h WHERE h.source = $1 AND h.external_id = p.parent) AS key FROM push_row AS p
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
                  absent AS MATERIALIZED (SELECT code FROM (SELECT DISTINCT code FROM named) AS d WHERE NOT directory.published_knows({entity}, code))
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

/// Rows that are stored already, or stand twice in the chunk, say nothing new; a newer row may have the last word.
fn duplicates(table: &str, events: &str, key: &str, key_type: &str) -> Vec<String> {
    vec![
        format!(
            "UPDATE push_row AS r SET status = CASE WHEN (SELECT to_jsonb(h) @> r.content FROM {table} AS h WHERE h.{key} = e.{key})
                 OR r.deleted AND (SELECT h.deleted_at IS NOT NULL FROM {table} AS h WHERE h.{key} = e.{key}) THEN 'UNCHANGED' ELSE 'STALE' END
             FROM {events} AS e
             WHERE r.status IS NULL AND r.waits = '{{}}' AND NOT r.is_new AND e.{key} = r.key::{key_type} AND e.withdrawn_at IS NULL
               AND e.rank = r.rank AND e.ordinal = r.ordinal
               AND (coalesce(e.stated_at, e.observed_at) = r.at OR r.rank > 0 AND NOT r.timed) AND $1 IS NOT NULL"
        ),
        "UPDATE push_row AS r SET status = 'UNCHANGED'
         FROM (SELECT n, row_number() OVER (PARTITION BY key, rank, ordinal, CASE WHEN rank > 0 AND NOT timed THEN NULL ELSE at END ORDER BY n) AS place
               FROM push_row WHERE status IS NULL AND waits = '{}' AND $1 IS NOT NULL) AS d
         WHERE d.n = r.n AND d.place > 1"
            .to_owned(),
    ]
}

/// Arranges the events of the touched records in their order and folds them. A record to which all rows are newer continues
/// from its stored state; the others are folded from all their events.
fn arrange(kind: &PushKind) -> String {
    let kept = array(&kind.kept.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>());
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    format!(
        "INSERT INTO push_event (key, n, stored, at, old_at, stated_at, rank, ordinal, changes, is_new, is_late, pushed, seq, before, after, effective, external_id)
         WITH fresh AS MATERIALIZED (
             SELECT r.n, r.key, r.at, r.rank, r.ordinal, r.content, r.is_new, r.external_id FROM push_row AS r
             WHERE r.status IS NULL AND r.waits = '{{}}' AND $1 IS NOT NULL),
         record AS MATERIALIZED (
             SELECT f.key, bool_or(f.is_new) AS is_new, min(f.external_id) AS external_id, platform.fold_events(f.content) AS stated,
                    -- Two new versions of one record may contradict their times.
                    coalesce(bool_or(NOT f.is_new AND l.observed_at IS NOT NULL AND (
                        (f.at, f.rank, f.ordinal) <= (l.observed_at, l.rank, l.ordinal) OR f.rank > 0 AND f.rank < m.rank)), false)
                        -- It comes back: what its earlier events stated about its parent holds again.
                        OR coalesce((SELECT h.deleted_at IS NOT NULL FROM {table} AS h WHERE h.{key} = f.key::{key_type}), false)
                        -- Events of it were withdrawn.
                        OR f.key IN (SELECT u.key FROM push_row AS u WHERE u.status = 'UNDONE') AS is_late
             FROM fresh AS f
             LEFT JOIN LATERAL (SELECT e.observed_at, e.rank, e.ordinal FROM {events} AS e
                                WHERE NOT f.is_new AND e.{key} = f.key::{key_type} AND e.withdrawn_at IS NULL
                                ORDER BY e.observed_at DESC, e.rank DESC, e.ordinal DESC LIMIT 1) AS l ON true
             LEFT JOIN LATERAL (SELECT max(e.rank) AS rank FROM {events} AS e
                                WHERE f.rank > 0 AND NOT f.is_new AND e.{key} = f.key::{key_type} AND e.withdrawn_at IS NULL) AS m ON true
             GROUP BY f.key
             UNION ALL
             SELECT DISTINCT u.key, false, u.external_id, '{{}}'::jsonb, true FROM push_row AS u
             WHERE u.status = 'UNDONE' AND u.key NOT IN (SELECT key FROM fresh)),
         every AS (
             SELECT f.key, f.n, false AS stored, f.at AS stated_at, NULL::timestamptz AS old_at, f.rank, f.ordinal, f.content AS changes, true AS pushed
             FROM fresh AS f
             UNION ALL
             SELECT c.key, NULL, true, coalesce(e.stated_at, e.observed_at), e.observed_at, e.rank, e.ordinal, e.changes, e.receipt_id IS NOT NULL
             FROM record AS c JOIN {events} AS e ON c.is_late AND e.{key} = c.key::{key_type} AND e.withdrawn_at IS NULL),
         placed AS (
             SELECT v.*, CASE WHEN v.rank > 0
                 THEN min(v.stated_at) FILTER (WHERE v.rank > 0) OVER (PARTITION BY v.key ORDER BY v.rank DESC, v.stated_at DESC ROWS UNBOUNDED PRECEDING)
                 ELSE v.stated_at END AS at
             FROM every AS v),
         -- A record continues from those of its columns that the rows state.
         start AS MATERIALIZED (
             SELECT c.key, c.is_new, c.is_late, c.external_id, CASE WHEN c.is_new OR c.is_late THEN {table}_defaults() ELSE (
                        SELECT coalesce(jsonb_object_agg(k.name, w.head -> k.name), '{{}}')
                        FROM (SELECT jsonb_object_keys(c.stated) UNION SELECT unnest({kept})) AS k(name)) END AS base
             FROM record AS c
             LEFT JOIN LATERAL (SELECT to_jsonb(h) AS head FROM {table} AS h
                                WHERE NOT c.is_new AND NOT c.is_late AND h.{key} = c.key::{key_type}) AS w ON true),
         based AS (
             SELECT p.*, s.is_new, s.is_late, s.external_id, s.base FROM placed AS p JOIN start AS s USING (key)),
         folded AS (
             SELECT b.*, row_number() OVER w AS seq, b.base || platform.fold_events(b.changes) OVER w AS after
             FROM based AS b WINDOW w AS (PARTITION BY b.key ORDER BY b.at, b.rank, b.ordinal)),
         compared AS (
             SELECT f.*, CASE WHEN seq > 1 THEN lag(after) OVER w WHEN NOT (is_new OR is_late) THEN base END AS before
             FROM folded AS f WINDOW w AS (PARTITION BY key ORDER BY seq))
         SELECT key, n, stored, at, old_at, stated_at, rank, ordinal, changes, is_new, is_late, pushed, seq, CASE WHEN seq = 1 THEN before END, after,
                before IS NULL
                OR (before ->> 'deleted_at' IS NULL) <> (after ->> 'deleted_at' IS NULL)
                OR after ->> 'deleted_at' IS NULL AND jsonb_strip_nulls(before) - 'deleted_at' <> jsonb_strip_nulls(after) - 'deleted_at',
                external_id
         FROM compared"
    )
}

/// The columns with the name of who wrote the row, as arguments of `jsonb_build_object`.
fn authors(kind: &PushKind) -> String {
    kind.authors.iter().fold(String::new(), |list, column| list + &format!(", '{column}', $1::text"))
}

/// Evaluates the constraints of the table for each state of a record. A deleted record breaks none, but it must have been one.
fn judge(kind: &PushKind, catalog: &Catalog, not_state: &str) -> String {
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
    let authors = authors(kind);
    let (table, key, key_type) = (kind.table, kind.key.column(), kind.key.sql_type());
    format!(
        "WITH head AS MATERIALIZED (
             SELECT d.key, to_jsonb(h) - {not_state} AS state
             FROM (SELECT DISTINCT key FROM push_event WHERE NOT is_new AND NOT is_late) AS d JOIN {table} AS h ON h.{key} = d.key::{key_type})
         UPDATE push_event AS e SET missing = v.missing, broken = v.broken
         FROM (SELECT e.ctid AS place, array_remove(ARRAY[{missing}]::text[], NULL) AS missing,
                      CASE WHEN e.after ->> 'deleted_at' IS NULL THEN array_remove(c.broken, NULL) ELSE '{{}}' END AS broken
               FROM push_event AS e LEFT JOIN head USING (key)
               CROSS JOIN LATERAL (SELECT coalesce(head.state, '{{}}') || e.after AS state) AS w
               CROSS JOIN LATERAL (
                   SELECT ARRAY[{broken}NULL]::text[] AS broken
                   FROM jsonb_populate_record(NULL::{table}, jsonb_build_object('source', $1::text, 'external_id', e.external_id,
                       'version', 1, 'observed_at', e.at, 'recorded_at', e.at{authors}) || w.state)) AS c) AS v
         WHERE e.ctid = v.place",
        missing = missing.join(", "),
    )
}

/// Parks rows before the first complete state of a record, and rejects the first row of each record that breaks a rule. The
/// rows that are left are judged anew.
fn verdict(kind: &PushKind, catalog: &Catalog) -> Vec<String> {
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
        format!("({}, {}, {})", literal(&check.name), literal(field), literal(&check.expression))
    });
    let rules: Vec<String> = rules.chain(["(NULL, NULL, NULL)".to_owned()]).collect();
    vec![
        format!(
            "UPDATE push_row AS r SET waits = ARRAY[{name} || ':' || $1 || ':' || r.external_id],
                 errors = (SELECT jsonb_agg(jsonb_build_object('path', coalesce(f.field, m.name), 'code', 'REQUIRED',
                     'en', format('%s is missing and no earlier row of the record has stated it; accepted: a row with it', coalesce(f.field, m.name)),
                     'vi', format('thiếu %s và chưa có dòng nào trước đó của bản ghi nêu giá trị này; cần: gửi dòng có giá trị', coalesce(f.field, m.name))))
                     FROM unnest(e.missing) AS m(name) LEFT JOIN (VALUES {fields}) AS f(name, field) USING (name))
             FROM push_event AS e WHERE e.n = r.n AND e.missing <> '{{}}'",
            name = literal(kind.name),
            fields = fields.join(", ")
        ),
        format!(
            "UPDATE push_row AS r SET status = 'REJECTED', errors = d.errors
             FROM (SELECT DISTINCT ON (b.key) o.n, (
                       SELECT jsonb_agg(jsonb_build_object('path', coalesce(f.field, g.field, ''), 'code', 'INVALID',
                           'en', coalesce(f.en, format('the record would break a rule; accepted: %s', g.rule))
                                 || CASE WHEN b.stored THEN format(' (at the later state of %s)', b.at) ELSE '' END,
                           'vi', coalesce(f.vi, format('bản ghi vi phạm quy tắc; chấp nhận: %s', g.rule))
                                 || CASE WHEN b.stored THEN format(' (ở trạng thái sau, lúc %s)', b.at) ELSE '' END))
                       FROM unnest(b.broken) AS c(name) LEFT JOIN (VALUES {refusals}) AS f(name, field, en, vi) USING (name)
                            LEFT JOIN (VALUES {rules}) AS g(name, field, rule) USING (name)) AS errors
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
fn claim(kind: &PushKind, unique: &Unique) -> String {
    let (table, key, key_type) = (kind.table, kind.key.column(), kind.key.sql_type());
    let refusal = kind.refusals.iter().find(|refusal| refusal.constraint == unique.name);
    let (field, en, vi) = refusal.map_or_else(
        || {
            let field = unique.columns.first().and_then(|column| kind.field_of(column)).unwrap_or_default();
            let en = "another record has this value; accepted: a value that is not in use";
            (field, en, "giá trị đã được bản ghi khác dùng; cần: giá trị chưa dùng")
        },
        |refusal| (refusal.field, refusal.message.0, refusal.message.1),
    );
    let columns = array(&unique.columns);
    let (mut values, mut same, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (name, sql_type)) in unique.columns.iter().zip(&unique.types).enumerate() {
        values.push(format!("(e.after ->> '{name}')::{sql_type} AS v{place}"));
        same.push(format!("h.{name} = s.v{place}"));
        names.push(format!("s.v{place}"));
    }
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
             SELECT r.n FROM (SELECT s.n, row_number() OVER (PARTITION BY {names} ORDER BY s.n) AS place FROM stated AS s) AS r WHERE r.place > 1)
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

/// Writes heads, events and statuses.
fn write(kind: &PushKind, catalog: &Catalog, not_state: &str) -> Vec<String> {
    let (table, events, key, key_type) = (kind.table, kind.events(), kind.key.column(), kind.key.sql_type());
    let columns = catalog.columns.join(", ");
    let changing: Vec<&str> = catalog
        .columns
        .iter()
        .map(String::as_str)
        .filter(|column| *column != key && !(kind.authors.contains(column) && *column != "recorded_by"))
        .collect();
    let authors = authors(kind);
    let identity = kind.authors.iter().copied().chain([key, "source", "external_id"]);
    let state = |row: &str| {
        let identity = array(&identity.clone().map(str::to_owned).collect::<Vec<_>>());
        format!("jsonb_strip_nulls({row} - {not_state} - {identity})")
    };
    let differs = format!("{} <> {}", state("o.head"), state("to_jsonb(s)"));
    let last = "WITH last AS MATERIALIZED (
             SELECT DISTINCT ON (e.key) e.key, e.is_new, e.is_late, e.external_id, e.after,
                    count(*) FILTER (WHERE e.effective) OVER (PARTITION BY e.key) AS versions,
                    max(e.at) FILTER (WHERE e.effective) OVER (PARTITION BY e.key) AS observed_at
             FROM push_event AS e ORDER BY e.key, e.seq DESC)";
    vec![
        format!(
            "{last} INSERT INTO {table} ({columns}) SELECT {columns} FROM (
                 SELECT p.* FROM last CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, last.after || jsonb_build_object(
                     '{key}', last.key, 'source', $1::text, 'external_id', last.external_id, 'version', last.versions,
                     'observed_at', last.observed_at, 'recorded_at', now(){authors})) AS p
                 WHERE last.is_new ORDER BY last.key) AS made"
        ),
        format!(
            "{last}, changed AS (
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
                 WHERE NOT last.is_new AND h.{key} = last.key::{key_type}
                   AND (last.versions > 0 AND NOT last.is_late OR last.is_late AND (
                        {differs} OR (o.head ->> 'version')::bigint < last.versions
                        OR (o.head ->> 'observed_at')::timestamptz <> last.observed_at)
                        OR o.head ->> 'external_id' IS NULL)
                 RETURNING h.{key}::text AS key, {differs} AS differs)
             UPDATE push_event AS e SET head_changed = changed.differs FROM changed WHERE changed.key = e.key",
            changing = changing.join(", "),
            values = changing.iter().map(|column| format!("p.{column}")).collect::<Vec<_>>().join(", "),
            recorded_by = if kind.authors.contains(&"recorded_by") { ", 'recorded_by', $1::text" } else { "" },
        ),
        format!(
            "UPDATE {events} AS s SET effective = e.effective, observed_at = e.at, stated_at = CASE WHEN e.at <> e.stated_at THEN e.stated_at END
             FROM push_event AS e WHERE e.stored AND s.{key} = e.key::{key_type} AND s.observed_at = e.old_at AND s.rank = e.rank AND s.ordinal = e.ordinal
               AND (s.effective <> e.effective OR s.observed_at <> e.at) AND $1 IS NOT NULL"
        ),
        format!(
            "INSERT INTO {events} AS s ({key}, observed_at, rank, ordinal, recorded_at, effective, changes, receipt_id, stated_at, cause)
             SELECT e.key::{key_type}, e.at, e.rank, e.ordinal, now(), e.effective, e.changes, r.receipt_id, CASE WHEN e.at <> e.stated_at THEN e.stated_at END, r.cause
             FROM push_event AS e JOIN push_row AS r ON r.n = e.n
             WHERE (e.effective OR r.timed OR r.rank > 0) AND $1 IS NOT NULL
             ORDER BY e.key, e.at, e.rank, e.ordinal
             ON CONFLICT ({key}, observed_at, rank, ordinal) DO UPDATE SET withdrawn_at = NULL, effective = excluded.effective, receipt_id = excluded.receipt_id"
        ),
        "UPDATE push_row AS r SET errors = '[]', status = CASE
                 WHEN e.is_new AND e.first THEN 'CREATED'
                 WHEN NOT e.effective THEN 'UNCHANGED'
                 WHEN e.is_late AND e.head_changed IS NOT TRUE THEN 'STALE'
                 ELSE 'UPDATED' END
         FROM (SELECT n, is_new, is_late, effective, head_changed, seq = 1 AS first FROM push_event WHERE n IS NOT NULL AND $1 IS NOT NULL) AS e
         WHERE e.n = r.n"
            .to_owned(),
        "UPDATE push_row SET is_new = false WHERE is_new AND key IN (SELECT key FROM push_event) AND $1 IS NOT NULL".to_owned(),
    ]
}

/// Keeps the rows that failed, and settles parked rows of earlier pushes. The numbers of their receipts follow.
fn settle(kind: &PushKind) -> Vec<String> {
    vec![
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
         WHERE t.id = s.receipt_id"
            .to_owned(),
        "UPDATE platform.receipt_row AS p SET waits = r.waits, errors = r.errors, due = false
         FROM push_row AS r WHERE r.was_parked AND r.status = 'PARKED' AND p.receipt_id = r.receipt_id AND p.row = r.row AND $1 IS NOT NULL"
            .to_owned(),
        format!(
            "INSERT INTO platform.receipt_row (receipt_id, row, line, source, kind, external_id, status, errors, raw, staged, waits)
         SELECT r.receipt_id, r.row, r.line, $1, {kind}, r.external_id, r.status, r.errors, r.raw,
                CASE WHEN r.status = 'PARKED' THEN jsonb_build_object('rank', r.rank, 'at', r.at, 'timed', r.timed, 'ordinal', r.ordinal,
                    'deleted', r.deleted, 'parent', r.parent, 'content', r.content, 'new_key', r.new_key) END, r.waits
         FROM push_row AS r WHERE NOT r.was_parked AND r.status IN ('PARKED', 'REJECTED')"
            ,kind = literal(kind.name)
        ),
    ]
}

/// Marks the parked rows that wait for the records which the chunk made.
fn wake(kind: &PushKind) -> String {
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
