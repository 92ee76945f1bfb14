//! Pages of an ordered list by keyset cursors.
//!
//! A cursor has the sort key of its row, so a page costs the same at the end of a list as at its beginning and never
//! skips a row that another write moved. It also has a fingerprint of list and order: a cursor of another list is
//! refused instead of silently giving another page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{Postgres, QueryBuilder};

use super::plan::Plan;
use crate::problem::Problem;
use crate::vocabulary::Direction;

/// Rows on a page when `first` is absent.
pub const DEFAULT_FIRST: i32 = 20;
/// Maximum number of rows on a page.
pub const MAX_FIRST: i32 = 500;

/// Column of an order: an SQL expression that is never null, the type to which its text is cast back, and the
/// direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrderTerm {
    /// The expression, over the aliases of the statement it is used in.
    pub expression: &'static str,
    /// The PostgreSQL type of the expression.
    pub sql_type: &'static str,
    /// Whether larger values come first.
    pub descending: bool,
}

impl OrderTerm {
    /// Values in a direction.
    pub fn new(expression: &'static str, sql_type: &'static str, direction: Direction) -> Self {
        Self { expression, sql_type, descending: direction == Direction::Desc }
    }

    /// Smaller values first.
    pub const fn ascending(expression: &'static str, sql_type: &'static str) -> Self {
        Self { expression, sql_type, descending: false }
    }
}

/// The arguments `first` and `after` as the client sent them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// Maximum number of rows.
    pub first: Option<i32>,
    /// The cursor after which the page begins.
    pub after: Option<String>,
}

/// A checked page of an ordered list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    terms: Vec<OrderTerm>,
    fingerprint: String,
    /// Rows on the page.
    pub limit: i64,
    after: Option<Vec<String>>,
}

impl Page {
    /// Whether the page begins after a cursor.
    pub fn is_continued(&self) -> bool {
        self.after.is_some()
    }

    /// The cursor of a row, from its sort key.
    pub fn cursor(&self, sort_key: &[String]) -> String {
        encode(&self.fingerprint, sort_key)
    }

    /// A page of a list that is ordered in memory and has unique codes.
    ///
    /// # Errors
    /// As [`Page::new`].
    pub fn of_codes(list: &str, args: &PageArgs) -> Result<Self, Problem> {
        Self::new(list, vec![OrderTerm::ascending("code", "text")], args)
    }

    /// The rows of the page, and one more if another page follows, of a list that is ordered in memory.
    ///
    /// # Errors
    /// `VALIDATION` at `after` when the row of the cursor is no longer in the list.
    pub fn cut<'a, T>(&self, rows: &'a [T], code: impl Fn(&T) -> &str) -> Result<&'a [T], Problem> {
        let begin = match &self.after {
            None => 0,
            Some(last) => rows.iter().position(|row| last.first().is_some_and(|last| last == code(row))).map_or_else(
                || {
                    let message = "the row of this cursor is no longer in the list; begin again without `after`";
                    Err(Problem::validation("after", message))
                },
                |place| Ok(place + 1),
            )?,
        };
        let end = rows.len().min(begin + usize::try_from(self.limit).unwrap_or_default() + 1);
        Ok(&rows[begin..end])
    }

    /// Checks the arguments against a list and its order. The last term must be unique, so that the order is total.
    ///
    /// # Errors
    /// `VALIDATION` at `first` or `after`.
    pub fn new(list: &str, terms: Vec<OrderTerm>, args: &PageArgs) -> Result<Self, Problem> {
        let first = args.first.unwrap_or(DEFAULT_FIRST);
        if !(0..=MAX_FIRST).contains(&first) {
            return Err(Problem::validation("first", format!("first is {first}; accepted: 0 to {MAX_FIRST}")));
        }
        let fingerprint = fingerprint(list, &terms);
        let after = args.after.as_deref().map(|cursor| decode(cursor, &fingerprint, terms.len())).transpose()?;
        Ok(Self { terms, fingerprint, limit: i64::from(first), after })
    }

    /// Pushes the values of the order as columns `sort_0`, `sort_1` …
    pub fn push_keys(&self, sql: &mut QueryBuilder<Postgres>) {
        for (index, term) in self.terms.iter().enumerate() {
            sql.push(if index == 0 { "(" } else { ", (" }).push(term.expression).push(format!(") AS sort_{index}"));
        }
    }

    /// Pushes `ARRAY[…]`, the columns of [`Page::push_keys`] as texts.
    pub fn push_sort_key(&self, sql: &mut QueryBuilder<Postgres>) {
        let keys: Vec<String> = (0..self.terms.len()).map(|index| format!("p.sort_{index}::text")).collect();
        sql.push(format!("ARRAY[{}]", keys.join(", ")));
    }

    /// Pushes `ORDER BY …` over the columns of [`Page::push_keys`].
    pub fn push_order_of_keys(&self, sql: &mut QueryBuilder<Postgres>) {
        let direction = |term: &OrderTerm| if term.descending { " DESC" } else { "" };
        let keys = self.terms.iter().enumerate().map(|(index, term)| format!("p.sort_{index}{}", direction(term)));
        sql.push(format!("ORDER BY {}", keys.collect::<Vec<_>>().join(", ")));
    }

    /// Pushes ` AND (…)`, the rows after the cursor, or nothing on the first page.
    pub fn push_after(&self, sql: &mut QueryBuilder<Postgres>) {
        let Some(after) = &self.after else { return };
        sql.push(" AND (");
        // This is (a, b) > (x, y) as separate terms, because their directions can differ: a > x OR (a = x AND b < y).
        for last in 0..self.terms.len() {
            sql.push(if last == 0 { "(" } else { " OR (" });
            for (index, (term, value)) in self.terms.iter().zip(after).enumerate().take(last + 1) {
                if index > 0 {
                    sql.push(" AND ");
                }
                let operator = match (index == last, term.descending) {
                    (false, _) => " = ",
                    (true, false) => " > ",
                    (true, true) => " < ",
                };
                sql.push("(").push(term.expression).push(")").push(operator).push("(");
                sql.push_bind(value.clone()).push("::text)::").push(term.sql_type);
            }
            sql.push(")");
        }
        sql.push(")");
    }

    /// Pushes ` ORDER BY …`.
    fn push_order(&self, sql: &mut QueryBuilder<Postgres>) {
        for (index, term) in self.terms.iter().enumerate() {
            sql.push(if index == 0 { " ORDER BY (" } else { ", (" }).push(term.expression);
            sql.push(if term.descending { ") DESC" } else { ")" });
        }
    }

    /// Pushes order and limit: one row more than the page, to know whether another page follows.
    pub fn push_order_and_limit(&self, sql: &mut QueryBuilder<Postgres>, plan: Plan) {
        self.push_order(sql);
        self.push_limit(sql, plan);
    }

    /// Pushes the limit.
    pub fn push_limit(&self, sql: &mut QueryBuilder<Postgres>, plan: Plan) {
        plan.push_number(sql.push(" LIMIT "), self.limit + 1);
    }
}

/// FNV-1a hash of list and order: short and the same in every release. It is not a secret.
fn fingerprint(list: &str, terms: &[OrderTerm]) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    let mut feed = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    };
    feed(list);
    for term in terms {
        feed(term.expression);
        feed(if term.descending { "desc" } else { "asc" });
    }
    format!("{hash:08x}")
}

fn encode(fingerprint: &str, sort_key: &[String]) -> String {
    let parts: Vec<&str> = std::iter::once(fingerprint).chain(sort_key.iter().map(String::as_str)).collect();
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).unwrap_or_default())
}

fn decode(cursor: &str, fingerprint: &str, terms: usize) -> Result<Vec<String>, Problem> {
    let parts: Option<Vec<String>> =
        URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match parts {
        Some(mut parts)
            if parts.len() == terms + 1 && parts[0] == fingerprint && !parts.iter().any(|part| part.contains('\0')) =>
        {
            parts.remove(0);
            Ok(parts)
        }
        Some(_) => Err(Problem::validation(
            "after",
            "this cursor belongs to another list or another order; accepted: an endCursor of this very list",
        )),
        None => Err(Problem::validation("after", "this is no cursor; accepted: an endCursor of this list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::connection;

    const TERMS: [OrderTerm; 2] =
        [OrderTerm { expression: "t.due", sql_type: "date", descending: true }, OrderTerm::ascending("t.id", "uuid")];

    fn page(first: Option<i32>, after: Option<String>) -> Result<Page, Problem> {
        Page::new("tasks", TERMS.to_vec(), &PageArgs { first, after })
    }

    #[test]
    fn a_cursor_continues_its_own_list_and_no_other() {
        let first = page(Some(1), None).expect("a page");
        let rows = vec![
            (vec!["2026-01-01".to_owned(), "a".to_owned()], 1),
            (vec!["2025-01-01".to_owned(), "b".to_owned()], 2),
        ];
        let connection = connection(&first, rows, 2);
        assert!(connection.has_next_page && !connection.has_previous_page);
        assert_eq!(connection.edges.len(), 1);
        let cursor = connection.edges[0].cursor.clone();

        let next = page(Some(1), Some(cursor.clone())).expect("the next page");
        let mut sql = QueryBuilder::new("SELECT 1 WHERE true");
        next.push_after(&mut sql);
        next.push_order_and_limit(&mut sql, Plan::ForValues);
        assert_eq!(
            sql.sql().as_str(),
            "SELECT 1 WHERE true AND (((t.due) < ($1::text)::date) OR ((t.due) = ($2::text)::date AND (t.id) > ($3::text)::uuid)) \
             ORDER BY (t.due) DESC, (t.id) LIMIT $4"
        );

        let other_list = Page::new("projects", TERMS.to_vec(), &PageArgs { first: None, after: Some(cursor.clone()) });
        assert_eq!(other_list.expect_err("refused").path.as_deref(), Some("after"));
        let other_order = Page::new("tasks", TERMS[1..].to_vec(), &PageArgs { first: None, after: Some(cursor) });
        assert_eq!(other_order.expect_err("refused").path.as_deref(), Some("after"));
    }

    #[test]
    fn page_sizes_are_bounded_and_nonsense_cursors_refused() {
        assert!(page(Some(0), None).is_ok());
        assert!(page(Some(MAX_FIRST), None).is_ok());
        assert_eq!(page(Some(MAX_FIRST + 1), None).expect_err("too many").path.as_deref(), Some("first"));
        assert_eq!(page(Some(-1), None).expect_err("negative").path.as_deref(), Some("first"));
        assert_eq!(page(None, Some("öh".into())).expect_err("nonsense").path.as_deref(), Some("after"));
    }
}
