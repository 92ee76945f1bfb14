//! The statements of a push, made once for each kind from its declaration and from the catalog of the database.
//!
//! [`find`] stages rows and looks for their records, [`judge`] arranges their events and evaluates the rules, [`write`] writes
//! records and events. `push_row` has the rows of a chunk, `push_event` the events of the records that they touch, in their
//! order. Both are temporary tables, emptied at the end of the transaction. They have no index, and a row is rewritten only
//! for its outcome: each is read whole, and copies of wide rows are most of the cost of a push.

mod find;
mod judge;
mod words;
mod write;

use tabular::Words;

use crate::push::PushKind;

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

impl Check {
    /// What it accepts, in words; `None` when it has none of the general forms and needs a refusal of the kind.
    pub fn words(&self, kind: &PushKind) -> Option<Words> {
        words::words(&self.expression, |column| kind.field_of(column).unwrap_or(column).to_owned())
    }
}

/// A unique index over columns.
#[derive(Debug, Clone)]
pub struct Unique {
    pub name: String,
    pub columns: Vec<String>,
    /// Of each column that is generated the expression.
    pub generated: Vec<Option<String>>,
    /// Types of the columns.
    pub types: Vec<String>,
    /// Condition on the rows that it has.
    pub predicate: Option<String>,
}

/// Temporary tables of a connection.
pub const TABLES: &str = "
CREATE TEMP TABLE IF NOT EXISTS push_row (
    n bigint, receipt_id uuid, row bigint, line bigint, external_id text, rank bigint,
    at timestamptz, timed boolean, ordinal bigint, deleted boolean, parent text, content jsonb, new_key text, key text,
    is_new boolean, status text, errors jsonb NOT NULL DEFAULT '[]', waits text[] NOT NULL DEFAULT '{}', was_parked boolean NOT NULL DEFAULT false, cause text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS push_event (
    key text, n bigint, receipt_id uuid, logged boolean, cause text, stored boolean, moved boolean, at timestamptz, old_at timestamptz,
    stated_at timestamptz, rank bigint, ordinal bigint, changes jsonb, is_new boolean, is_late boolean, pushed boolean, seq bigint, is_last boolean,
    versions bigint, observed_at timestamptz, before jsonb, after jsonb, effective boolean, external_id text, missing text[], broken text[],
    head_changed boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS push_effect (key text, receipt_id uuid, at timestamptz, timed boolean, ordinal bigint, content jsonb, cause text) ON COMMIT DELETE ROWS";

/// The statements of a kind.
#[derive(Debug)]
pub struct Statements {
    /// Rows of the chunk, with their records and parents.
    pub stage: String,
    /// The same if each row is of its own record.
    pub stage_distinct: String,
    /// Parked rows of the same records.
    pub pull_parked: String,
    /// Fails when a row may touch another parent than it states.
    pub apart: Option<String>,
    /// Parked rows that are due.
    pub pull_due: String,
    /// Records that are found by their values.
    pub adopt: Option<String>,
    /// One key for all rows of a record.
    pub agree: &'static str,
    /// Rows whose code is taken, or is not the one of their record.
    pub check_codes: Vec<String>,
    pub wait: Vec<String>,
    /// Rows that are stored already.
    pub known: String,
    /// Rows that stand twice in the chunk.
    pub twice: &'static str,
    pub baseline: String,
    pub receive: String,
    /// Rows that waited for the first row of their record come after it.
    pub follow_first: String,
    /// Events in their order, judged.
    pub events: String,
    /// Events in their order; nothing of them is judged.
    pub unjudged: String,
    pub verdict: Vec<String>,
    pub write: Vec<String>,
    /// What became of each row.
    pub outcome: &'static str,
    /// Records of rows that have no outcome yet may have been made.
    pub made: &'static str,
    pub effects: Option<String>,
    pub settle: Vec<&'static str>,
    pub keep_failed: String,
    pub wake: String,
}

/// Makes the statements of a kind. `$1` is the source in each.
pub fn statements(kind: &PushKind, catalog: &Catalog) -> Statements {
    let not_state = array(&catalog.not_state);
    Statements {
        stage: find::stage(kind, find::Records::Repeated),
        stage_distinct: find::stage(kind, find::Records::Distinct),
        pull_parked: find::pull_parked(kind, "p.external_id IN (SELECT external_id FROM push_row)", ""),
        apart: find::apart(kind),
        pull_due: find::pull_parked(kind, "p.due", "LIMIT $2"),
        adopt: find::adopt(kind),
        agree: find::AGREE,
        check_codes: find::check_codes(kind),
        wait: find::wait(kind),
        known: find::known(kind),
        twice: find::TWICE,
        baseline: write::baseline(kind, &not_state),
        receive: find::receive(kind),
        follow_first: find::follow_first(kind, &array(&catalog.required)),
        events: judge::arrange(kind, Some(catalog), &not_state),
        unjudged: judge::arrange(kind, None, &not_state),
        verdict: judge::verdict(kind, catalog)
            .into_iter()
            .chain(catalog.uniques.iter().map(|unique| judge::claim(kind, unique)))
            .collect(),
        write: write::write(kind, catalog, &not_state),
        outcome: write::OUTCOME,
        made: write::MADE,
        effects: write::effects(kind),
        settle: write::SETTLE.to_vec(),
        keep_failed: write::keep_failed(kind),
        wake: write::wake(kind),
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

/// The columns of a record `p`, with what the engine fills and with the source as who wrote it. Only other columns have their
/// value from what the rows state.
fn filled<'a>(kind: &PushKind, columns: impl Iterator<Item = &'a String>, fills: &[(&str, &str)]) -> String {
    let column = |name: &String| {
        let fill = fills.iter().find(|(filled, _)| filled == name).map(|(_, fill)| (*fill).to_owned());
        let author = || kind.authors.contains(&name.as_str()).then(|| format!("coalesce(p.{name}, $1::text)"));
        let value = fill.or_else(author).unwrap_or_else(|| format!("p.{name}"));
        format!("{value} AS {name}")
    };
    columns.map(column).collect::<Vec<_>>().join(", ")
}
