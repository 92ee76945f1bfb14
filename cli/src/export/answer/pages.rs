//! The tables of an answer, read page by page.

use std::sync::atomic::{AtomicU64, Ordering};

use gateway::document::Outline;
use gateway::{Gateway, GraphQlRequest, GraphQlResponse};
use http::HeaderMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use service_kit::Problem;
use tabular::Datum;

use super::asked::Asked;
use super::parts::Part;
use super::refusal::Refusal;
use super::rows::{at, row};

/// The most rows of a table.
const MAX_ROWS: usize = 50_000;

/// The most cells of a table, for tables with many columns.
const MAX_CELLS: usize = 2_000_000;

/// The most pages of an export.
const MAX_PAGES: usize = 1000;

/// A table of an export.
#[derive(Debug)]
pub struct Table {
    /// What it is made of.
    pub part: Part,
    /// The rows, each with a value for each column.
    pub rows: Vec<Vec<Datum>>,
    /// Number of rows that the list has in all, if the operation asks for it.
    pub total: Option<usize>,
    /// Whether the table has all rows of the list; `None` when nothing says so.
    pub is_complete: Option<bool>,
    /// Whether it was cut at the limit of an export.
    pub is_cut: bool,
    /// Whether it is of an object that the answer does not have: nothing has the code, or the caller does not see it.
    pub is_null: bool,
    /// The values of `freshness`, by the name of the field.
    pub freshness: Vec<(String, Datum)>,
    max_rows: usize,
    has_next: Option<bool>,
    goes_on: bool,
}

/// How an export reads.
pub struct Read<'a> {
    /// The gateway.
    pub gateway: &'a Gateway,
    /// What the caller asks for.
    pub asked: &'a Asked,
    /// Headers of the request, with the signed principal.
    pub headers: &'a HeaderMap,
    /// Estimated cost of the operations that were executed.
    pub spent: &'a AtomicU64,
}

impl Read<'_> {
    /// The request with variables.
    ///
    /// # Errors
    /// `INTERNAL` when they cannot be written as JSON, which they were read from.
    pub fn request(&self, variables: &Map<String, Value>) -> Result<GraphQlRequest, Problem> {
        let variables = serde_json::to_string(variables).and_then(RawValue::from_string).map_err(Problem::internal)?;
        Ok(GraphQlRequest {
            document_id: Some(self.asked.document.clone()),
            operation_name: self.asked.operation.clone(),
            variables: Some(variables),
            headers: self.headers.clone(),
            read_only: true,
            ..GraphQlRequest::default()
        })
    }

    /// Reads tables. A list in pages is followed to its end, if the operation can go on.
    ///
    /// # Errors
    /// The errors of an answer, unless they are about other tables.
    pub async fn tables(&self, parts: Vec<Part>, outline: &Outline) -> Result<Vec<Table>, Refusal> {
        let mut tables: Vec<Table> = parts.into_iter().map(Table::new).collect();
        let mut variables = self.asked.variables.clone();
        let is_begun = tables.iter().filter_map(Table::variable).any(|variable| {
            outline
                .variables
                .iter()
                .any(|(name, value)| name == variable && value.as_ref().is_some_and(|v| v != "null"))
        });
        for page in 1..=MAX_PAGES {
            let response = self.gateway.execute(self.request(&variables)?).await;
            self.spent.fetch_add(response.cost.unwrap_or_default(), Ordering::Relaxed);
            let data = data(&response, &tables)?;
            for table in &mut tables {
                if page == 1 || table.goes_on {
                    table.add(&data, &mut variables);
                }
            }
            if !tables.iter().any(|table| table.goes_on) {
                break;
            }
        }
        for table in &mut tables {
            table.end(is_begun);
        }
        Ok(tables)
    }
}

/// The data of an answer without errors about the tables.
fn data(response: &GraphQlResponse, tables: &[Table]) -> Result<Value, Refusal> {
    let mut answer: Value = serde_json::from_slice(&response.body).map_err(Problem::internal)?;
    let errors = match answer["errors"].take() {
        Value::Array(errors) => errors,
        _ => Vec::new(),
    };
    let data = answer["data"].take();
    // An error in another root field leaves the table whole. One without a path, or with no data left, is about all.
    let is_elsewhere = |error: &Value| {
        let root = error["path"].get(0).and_then(Value::as_str);
        root.is_some_and(|root| data.is_object() && tables.iter().all(|table| table.root() != root))
    };
    let (_, ours): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_elsewhere);
    if !ours.is_empty() || !data.is_object() {
        return Err(Refusal::of_answer(response.executed, ours));
    }
    Ok(data)
}

impl Table {
    fn new(part: Part) -> Self {
        let max_rows = MAX_ROWS.min(MAX_CELLS / part.columns.len().max(1)).max(1);
        Self {
            part,
            rows: Vec::new(),
            total: None,
            is_complete: None,
            is_cut: false,
            is_null: false,
            freshness: Vec::new(),
            max_rows,
            has_next: None,
            goes_on: false,
        }
    }

    /// A table with the rows of its only page.
    #[cfg(test)]
    pub fn of(part: Part, rows: Vec<Vec<Datum>>, total: Option<usize>) -> Self {
        let mut table = Self { rows, total, ..Self::new(part) };
        table.end(false);
        table
    }

    /// The response key of the root field.
    fn root(&self) -> &str {
        self.part.steps.first().map_or(self.part.name.as_str(), String::as_str)
    }

    /// The variable that moves the list.
    fn variable(&self) -> Option<&str> {
        Some(self.part.paging.as_ref()?.next.as_ref()?.1.as_str())
    }

    /// Adds a page, and sets the variable for the next one.
    fn add(&mut self, data: &Value, variables: &mut Map<String, Value>) {
        let Self { part, .. } = self;
        let holder = at(data, &part.steps);
        let rows = part.rows.as_ref().map_or(holder, |rows| holder.get(rows).unwrap_or(&Value::Null));
        match rows {
            Value::Array(items) => self.rows.extend(items.iter().flat_map(|item| part.rows_of(item))),
            Value::Null => self.is_null = !part.is_list,
            one => self.rows.extend(part.rows_of(one)),
        }
        if let Some((steps, columns)) = &part.freshness
            && self.freshness.is_empty()
        {
            let names = columns.iter().map(|column| column.name.clone());
            self.freshness = names.zip(row(columns, at(data, steps))).collect();
        }
        let number = |key: &String| holder.get(key).and_then(Value::as_u64);
        self.total = part.total.as_ref().and_then(number).and_then(|total| usize::try_from(total).ok());
        self.goes_on = false;
        let Some(paging) = &part.paging else { return };
        let info = holder.get(&paging.info).unwrap_or(&Value::Null);
        self.has_next = info.get(&paging.has_next).and_then(Value::as_bool);
        if self.has_next == Some(true)
            && self.rows.len() < self.max_rows
            && let Some((cursor, variable)) = &paging.next
            && let Some(cursor) = info.get(cursor).filter(|cursor| cursor.is_string())
        {
            // A cursor that does not move would never end.
            self.goes_on = variables.insert(variable.clone(), cursor.clone()).as_ref() != Some(cursor);
        }
    }

    /// Decides whether all rows are there. `is_begun`: the caller began in the midst of a list.
    fn end(&mut self, is_begun: bool) {
        // Pages were left when the number of pages was spent.
        self.is_cut = self.goes_on
            || self.rows.len() > self.max_rows
            || (self.has_next == Some(true) && self.rows.len() == self.max_rows);
        self.rows.truncate(self.max_rows);
        let count = self.rows.len();
        let is_short = self.part.first.is_none_or(|first| count < first);
        self.is_complete = if self.is_cut {
            Some(false)
        } else if let Some(total) = self.total.filter(|_| self.part.is_list) {
            Some(count >= total)
        } else if let Some(has_next) = self.has_next {
            Some(!has_next && !is_begun)
        } else if !self.part.is_list || (is_short && self.part.ends_early) {
            Some(true)
        } else {
            None
        };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::super::parts::{Column, Kind, Paging};
    use super::*;

    fn list(max_rows: usize, has_total: bool) -> Table {
        let part = Part {
            name: "list".to_owned(),
            steps: vec!["list".to_owned()],
            rows: Some("nodes".to_owned()),
            each: None,
            is_list: true,
            columns: vec![Column { name: "code".to_owned(), steps: vec!["code".to_owned()], kind: Kind::Text }],
            total: has_total.then(|| "totalCount".to_owned()),
            paging: Some(Paging {
                info: "pageInfo".to_owned(),
                has_next: "hasNextPage".to_owned(),
                next: Some(("endCursor".to_owned(), "after".to_owned())),
            }),
            first: Some(2),
            ends_early: true,
            freshness: None,
            as_of: None,
            as_of_below: BTreeSet::default(),
        };
        Table { max_rows, ..Table::new(part) }
    }

    fn page(total: usize, codes: &[&str], has_next: bool) -> Value {
        let nodes: Vec<Value> = codes.iter().map(|code| json!({ "code": code })).collect();
        let info = json!({ "hasNextPage": has_next, "endCursor": codes.last() });
        json!({ "list": { "totalCount": total, "nodes": nodes, "pageInfo": info } })
    }

    /// Number of rows, whether they are all, whether they were cut.
    fn read(mut table: Table, pages: &[Value], is_begun: bool) -> (usize, Option<bool>, bool) {
        let mut variables = Map::new();
        for (place, page) in pages.iter().enumerate() {
            assert!(place == 0 || table.goes_on, "page {place} is asked for");
            table.add(page, &mut variables);
        }
        if table.goes_on {
            assert_eq!(variables["after"], pages[pages.len() - 1]["list"]["pageInfo"]["endCursor"]);
        }
        table.end(is_begun);
        (table.rows.len(), table.is_complete, table.is_cut)
    }

    #[test]
    fn a_list_ends_with_its_last_page_or_at_the_limit() {
        let (first, last) = (page(4, &["a", "b"], true), page(4, &["c", "d"], false));
        let whole = [first.clone(), last.clone()];
        assert_eq!(read(list(9, true), &whole, false), (4, Some(true), false));
        assert_eq!(read(list(4, true), &whole, false), (4, Some(true), false));
        assert_eq!(read(list(3, true), &whole, false), (3, Some(false), true));
        // Exactly at the limit no page more is asked for.
        assert_eq!(read(list(2, true), &whole[..1], false), (2, Some(false), true));
        // The pages of an export are spent.
        assert_eq!(read(list(9, true), &whole[..1], false), (2, Some(false), true));
        assert_eq!(read(list(9, false), &whole, false), (4, Some(true), false));
        // The caller gave `after`, so rows before it are missing.
        assert_eq!(read(list(9, true), std::slice::from_ref(&last), true), (2, Some(false), false));
        assert_eq!(read(list(9, false), &[last], true), (2, Some(false), false));
    }

    #[test]
    fn a_cursor_that_does_not_move_ends_the_list() {
        let same = page(9, &["a", "b"], true);
        assert_eq!(read(list(9, true), &[same.clone(), same], false), (4, Some(false), false));
    }

    #[test]
    fn a_page_without_more_information_says_nothing_of_the_end_when_it_is_full() {
        let plain = |first: Option<usize>, ends_early: bool| {
            let mut table = list(9, false);
            table.part = Part { paging: None, first, ends_early, ..table.part };
            read(table, &[page(4, &["a", "b"], true)], false).1
        };
        assert_eq!((plain(Some(2), true), plain(Some(3), true)), (None, Some(true)));
        // The size of a page that nobody stated is not known.
        assert_eq!((plain(None, false), plain(None, true)), (None, Some(true)));
    }
}
