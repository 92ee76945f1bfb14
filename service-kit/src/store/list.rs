//! SQL of pages: of one list, or of the lists of many parents with one statement.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres, QueryBuilder, Row};
use uuid::Uuid;

use super::condition::Conditions;
use super::measure::Parent;
use super::page::{OrderTerm, Page, PageArgs};
use super::plan::Plan;
use super::template::{Bare, push_source};
use crate::access::Kind;
use crate::loader::BatchSource;
use crate::problem::Problem;
use crate::reader::Reader;

/// Row of a list.
pub trait Listed: for<'r> FromRow<'r, PgRow> + Clone + Send + Sync + Unpin + 'static {
    /// Who sees the rows.
    const KIND: &'static Kind;

    /// Sources of the rows, each as a template with `{day}` that ends in a condition: `permits.permit AS f WHERE
    /// f.deleted_at IS NULL`. Each is ordered by its own index.
    const SOURCES: &'static [&'static str];

    /// The same sources, written to be counted.
    const COUNTED: &'static [&'static str] = Self::SOURCES;

    /// The condition that a list without a filter has, if any.
    const UNFILTERED: Option<&'static str> = None;

    /// Whether a term of an order is a column of a table that is joined in [`Self::SOURCES`] and left out of [`Self::COUNTED`] when no
    /// condition reads it. A page in another order is read as it is counted.
    const IS_JOINED: fn(&OrderTerm) -> bool = |_| true;

    /// The sources without some joins, for lists whose order, parent and filter read none of their columns. The first that serve are
    /// read.
    const BARE: &'static [Bare<&'static [&'static str]>] = &[];

    /// Sources of the lists of a parent without a filter, and of lists whose only filter is one such parent. They are of the rows of
    /// `parent.code`, and have the columns of the orders.
    const OF_PARENT: &'static [(Parent, &'static [&'static str])] = &[];

    /// Number of the rows of a list without a filter, for who sees all: a template with `{day}`.
    const TALLY: Option<&'static str> = None;

    /// Condition on which the sources may be read at all. It is outside of them, since PostgreSQL leaves out no join in a
    /// query with such a condition.
    const CURRENT: &'static str = "true";

    /// Table whose number of rows a count charges to the budget.
    const PRESENT: Option<&'static str> = None;

    /// Parents whose rows lie together in the orders of the list, as the parcels of one site have the days of its notice. Found by
    /// the index of an order, they are found late, which PostgreSQL does not know. So they are read before they are ordered.
    const TOGETHER: &'static [Parent] = &[];

    /// The row itself, when the source has only what conditions and orders need: a template of a lateral subquery `f` on
    /// `page.id`, the `id` of the source. It is read for the rows of the page only.
    const ROW: Option<&'static str> = None;
}

/// Request of a list. Equal requests within one operation are read once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct List {
    /// Name of the list; its cursors are valid for this list only.
    pub name: &'static str,
    /// Filter of the rows.
    pub conditions: Conditions,
    /// Order of the rows; the last term is unique.
    pub terms: Vec<OrderTerm>,
    /// Page to read.
    pub args: PageArgs,
    /// Whether to count all rows. It costs a second statement, or the reading of all rows.
    pub with_total: bool,
    /// Day at whose end the rows are read.
    pub day: NaiveDate,
}

/// Condition that joins a row with `parent.code`, written so that PostgreSQL can use an index.
pub type Tie = &'static str;

/// The rows of a page, each with its sort key, and the total.
#[derive(Debug, Clone)]
pub struct Rows<R> {
    /// Rows of the page, and one more when another page follows.
    pub rows: Vec<(Vec<String>, R)>,
    /// Number of all matching rows; 0 when it was not requested.
    pub total: i64,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), total: 0 }
    }
}

impl List {
    /// The checked page.
    ///
    /// # Errors
    /// `VALIDATION` at `first` or `after`.
    pub fn page(&self) -> Result<Page, Problem> {
        Page::new(self.name, self.terms.clone(), &self.args)
    }

    /// The one parent whose rows the list is of, if these have sources of their own, and the list below it.
    fn of_one_parent<R: Listed>(&self) -> Option<(&'static Parent, String, Self)> {
        R::OF_PARENT.iter().find_map(|(parent, _)| {
            let (code, conditions) = self.conditions.split_one(parent.filter)?;
            conditions.are_only(R::UNFILTERED).then(|| (parent, code, Self { conditions, ..self.clone() }))
        })
    }

    /// Charges a list that is counted, or that lists what a measure counts. Both read every row.
    fn charge<R: Listed>(&self, reader: &Reader, is_tallied: bool) -> Result<(), Problem> {
        let times = usize::from(self.with_total && !is_tallied) + usize::from(self.conditions.is_counted());
        R::PRESENT.map_or(Ok(()), |table| reader.charge(table, times))
    }

    /// When its statements are planned.
    fn plan(&self, reader: &Reader, page: &Page) -> Plan {
        reader.plan(self.conditions.have_one_plan() && !page.is_continued())
    }

    /// Whether the rows are counted as they are read for the first page. The rows of one parent are read to be ordered, when it has a
    /// small part of all. A source that has more than the ids of rows would keep too much.
    fn is_counted_at_once<R: Listed>(&self, page: &Page, only: Option<&Parent>) -> bool {
        self.with_total
            && only.is_some_and(|parent| parent.kind().has_many_codes())
            && R::ROW.is_some()
            && !page.is_continued()
    }

    fn push_rows(&self, sql: &mut QueryBuilder<Postgres>, source: &'static str, tie: Option<Tie>, plan: Plan) {
        let day = plan.day(self.day);
        push_source(sql, source, day);
        if let Some(tie) = tie {
            sql.push(" AND ");
            push_source(sql, tie, day);
        }
        self.conditions.push(sql, day);
    }

    /// The bare sources, when neither the filter, the parent nor the other parts of the statement read what these do not have.
    fn bare<'a, R: Listed>(
        &'a self,
        tie: Option<Tie>,
        others: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<&'static [&'static str]> {
        Bare::for_parts(R::BARE, &self.conditions.templates().chain(tie).chain(others))
    }

    /// Pushes a query of the page's rows with their sort keys and places, and the `total` if it is counted at once.
    fn push_page<R: Listed>(
        &self,
        sql: &mut QueryBuilder<Postgres>,
        page: &Page,
        tie: Option<Tie>,
        is_counted: bool,
        plan: Plan,
    ) {
        let columns = if R::ROW.is_some() { "id" } else { "*" };
        if R::ROW.is_some() {
            sql.push("SELECT f.*, page.sort_key, page.place").push(if is_counted { ", page.total" } else { "" });
            sql.push(" FROM (");
        }
        if is_counted {
            sql.push("WITH found AS MATERIALIZED (");
            self.push_sources::<R>(sql, page, tie, plan, true);
            sql.push(") ");
        }
        sql.push(format!("SELECT p.{columns}, "));
        page.push_sort_key(sql);
        sql.push(" AS sort_key, row_number() OVER (");
        page.push_order_of_keys(sql);
        sql.push(") AS place");
        if is_counted {
            sql.push(", (SELECT count(*) FROM found) AS total FROM (SELECT p.* FROM found AS p ");
            page.push_order_of_keys(sql);
            page.push_limit(sql, plan);
        } else {
            sql.push(" FROM (");
            self.push_sources::<R>(sql, page, tie, plan, false);
        }
        sql.push(") AS p ORDER BY place");
        page.push_limit(sql, plan);
        if let Some(row) = R::ROW {
            sql.push(") AS page CROSS JOIN LATERAL ");
            push_source(sql, row, plan.day(self.day));
        }
    }

    /// Pushes the rows of each source with their sort keys: all of them, or those that can be on the page.
    fn push_sources<R: Listed>(
        &self,
        sql: &mut QueryBuilder<Postgres>,
        page: &Page,
        tie: Option<Tie>,
        plan: Plan,
        all: bool,
    ) {
        let columns = if R::ROW.is_some() { "id" } else { "*" };
        let is_together = R::TOGETHER.iter().any(|parent| {
            tie == Some(parent.tie)
                || self.conditions.values_of(parent.dimension.field).is_some_and(|codes| codes.len() == 1)
        });
        let is_joined = self.terms.iter().any(R::IS_JOINED);
        let terms = self.terms.iter().map(|term| term.expression);
        let is_whole = self.conditions.are_only(R::UNFILTERED);
        let of_parent = R::OF_PARENT.iter().find(|(parent, _)| is_whole && tie == Some(parent.tie));
        let (sources, tie) = match of_parent {
            Some((_, sources)) => (*sources, None),
            None => (self.bare::<R>(tie, terms).unwrap_or(if is_joined { R::SOURCES } else { R::COUNTED }), tie),
        };
        for (index, source) in sources.iter().enumerate() {
            sql.push(if index == 0 { "(" } else { " UNION ALL (" }).push(format!("SELECT f.{columns}, "));
            page.push_keys(sql);
            sql.push(if is_together { " FROM (SELECT f.* FROM " } else { " FROM " });
            self.push_rows(sql, source, tie, plan);
            sql.push(if is_together { " OFFSET 0) AS f WHERE true" } else { "" });
            if !all {
                page.push_after(sql);
                page.push_order_and_limit(sql, plan);
            }
            sql.push(")");
        }
    }

    /// The number of all rows, if it is stored.
    fn tally<R: Listed>(&self, reader: &Reader) -> Option<&'static str> {
        R::TALLY.filter(|_| self.conditions.are_only(R::UNFILTERED) && reader.sees_all(R::KIND))
    }

    /// Pushes the number of all rows.
    fn push_total<R: Listed>(&self, sql: &mut QueryBuilder<Postgres>, tie: Option<Tie>, plan: Plan) {
        sql.push("SELECT CASE WHEN ").push(R::CURRENT).push(" THEN 0");
        for source in self.bare::<R>(tie, std::iter::empty()).unwrap_or(R::COUNTED) {
            sql.push(" + (SELECT count(*) FROM ");
            self.push_rows(sql, source, tie, plan);
            sql.push(")");
        }
        sql.push(" END AS total");
    }
}

/// Reads a page of a list.
///
/// # Errors
/// `VALIDATION` at `first` or `after`.
pub async fn all<R: Listed>(reader: &Reader, list: &List) -> Result<Rows<R>, Problem> {
    if let Some((parent, code, list)) = list.of_one_parent::<R>() {
        let found = of_parents::<R>(reader, parent, &list, std::slice::from_ref(&code)).await?;
        return Ok(found.into_values().next().unwrap_or_default());
    }
    let page = list.page()?;
    let tally = list.tally::<R>(reader);
    list.charge::<R>(reader, tally.is_some())?;
    let reader = reader.rows(R::KIND);
    let plan = list.plan(&reader, &page);
    let reader = &reader.planned(plan);
    let rows = async {
        let mut sql = QueryBuilder::new("SELECT * FROM (");
        list.push_page::<R>(&mut sql, &page, None, false, plan);
        sql.push(") AS listed WHERE ").push(R::CURRENT).push(" ORDER BY place");
        let rows = sql.build().fetch_all(reader).await.map_err(|error| no_cursor(error, &page))?;
        rows.iter().map(with_key).collect::<Result<_, Problem>>()
    };
    let total = async {
        if !list.with_total {
            return Ok(0);
        }
        let mut sql = QueryBuilder::default();
        match tally {
            Some(tally) => {
                sql.push("SELECT CASE WHEN ").push(R::CURRENT).push(" THEN ");
                push_source(&mut sql, tally, plan.day(list.day));
                sql.push(" END AS total");
            }
            None => list.push_total::<R>(&mut sql, None, plan),
        }
        Ok(sql.build_query_scalar().fetch_one(reader).await?)
    };
    let (rows, total) = futures::try_join!(rows, total)?;
    Ok(Rows { rows, total })
}

/// Reads the rows with these ids, as of the end of a day.
///
/// # Errors
/// The problem of the statement.
pub async fn by_ids<R: Listed>(reader: &Reader, ids: &[Uuid], day: NaiveDate) -> Result<Vec<R>, Problem> {
    by_asked_ids::<R>(reader, ids, day).await?.iter().map(|row| Ok(R::from_row(row)?)).collect()
}

/// The rows, each with its `asked_id`.
async fn by_asked_ids<R: Listed>(reader: &Reader, ids: &[Uuid], day: NaiveDate) -> Result<Vec<PgRow>, Problem> {
    let plan = reader.plan(true);
    let mut sql = QueryBuilder::new("SELECT * FROM (");
    if let Some(row) = R::ROW {
        sql.push("SELECT page.id AS asked_id, f.* FROM unnest(").push_bind(ids);
        push_source(sql.push("::uuid[]) AS page(id) CROSS JOIN LATERAL "), row, plan.day(day));
        // A row that the caller does not see, or that does not exist, has no state.
        sql.push(" WHERE f.id IS NOT NULL");
    } else {
        for (index, source) in R::SOURCES.iter().enumerate() {
            sql.push(if index == 0 { "" } else { " UNION ALL " }).push("SELECT f.id AS asked_id, f.* FROM ");
            push_source(&mut sql, source, plan.day(day));
            sql.push(" AND f.id = ANY(").push_bind(ids).push(")");
        }
    }
    sql.push(") AS found WHERE ").push(R::CURRENT);
    Ok(sql.build().fetch_all(&reader.planned(plan)).await?)
}

/// Loads rows by their ids, as of the end of a day.
#[derive(Debug)]
pub struct ById<R> {
    reader: Reader,
    row: PhantomData<fn() -> R>,
}

impl<R> ById<R> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, row: PhantomData }
    }
}

impl<R: Listed> BatchSource for ById<R> {
    type Key = (Uuid, NaiveDate);
    type Value = R;

    /// Sends one statement for each day; a page has one day.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, R>, Problem> {
        let mut by_day: HashMap<NaiveDate, Vec<Uuid>> = HashMap::new();
        for (id, day) in keys {
            by_day.entry(day).or_default().push(id);
        }
        let mut found = HashMap::new();
        for (day, ids) in by_day {
            for row in by_asked_ids::<R>(&self.reader, &ids, day).await? {
                found.insert((row.try_get("asked_id")?, day), R::from_row(&row)?);
            }
        }
        Ok(found)
    }
}

/// Loads pages of the rows of many parents.
#[derive(Debug)]
pub struct PagesOf<R> {
    reader: Reader,
    row: PhantomData<fn() -> R>,
}

impl<R> PagesOf<R> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, row: PhantomData }
    }
}

impl<R: Listed> BatchSource for PagesOf<R> {
    type Key = (Parent, String, List);
    type Value = Rows<R>;

    /// Sends one statement (two with totals that are not counted at once) for each list field of the query, for all parents together.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Rows<R>>, Problem> {
        let mut by_list: HashMap<(Parent, List), Vec<String>> = HashMap::new();
        for (parent, code, list) in keys {
            by_list.entry((parent, list)).or_default().push(code);
        }
        let mut found = HashMap::new();
        for ((parent, list), codes) in by_list {
            for (code, rows) in of_parents(&self.reader, &parent, &list, &codes).await? {
                found.insert((parent, code, list.clone()), rows);
            }
        }
        Ok(found)
    }
}

async fn of_parents<R: Listed>(
    reader: &Reader,
    parent: &Parent,
    list: &List,
    codes: &[String],
) -> Result<HashMap<String, Rows<R>>, Problem> {
    let page = list.page()?;
    list.charge::<R>(reader, false)?;
    let reader = reader.rows(R::KIND);
    let plan = list.plan(&reader, &page);
    let reader = &reader.planned(plan);
    let tie = parent.tie;
    let is_counted = list.is_counted_at_once::<R>(&page, (codes.len() == 1).then_some(parent));
    let rows = async {
        let mut sql = QueryBuilder::new("SELECT parent.code AS parent_code, listed.* FROM unnest(");
        sql.push_bind(codes).push("::text[]) AS parent(code) CROSS JOIN LATERAL (");
        list.push_page::<R>(&mut sql, &page, Some(tie), is_counted, plan);
        // PostgreSQL does not guarantee the order of a lateral join, so the statement orders again.
        sql.push(") AS listed WHERE ").push(R::CURRENT).push(" ORDER BY parent.code, listed.place");
        sql.build().fetch_all(reader).await.map_err(|error| no_cursor(error, &page))
    };
    let totals = async {
        if !list.with_total || is_counted {
            return Ok::<_, Problem>(Vec::<(String, i64)>::new());
        }
        let mut sql = QueryBuilder::new("SELECT parent.code, counted.total FROM unnest(");
        sql.push_bind(codes).push("::text[]) AS parent(code) CROSS JOIN LATERAL (");
        list.push_total::<R>(&mut sql, Some(tie), plan);
        sql.push(") AS counted");
        Ok(sql.build_query_as().fetch_all(reader).await?)
    };
    let (rows, totals) = futures::try_join!(rows, totals)?;
    let mut found: HashMap<String, Rows<R>> = HashMap::new();
    for row in &rows {
        let found = found.entry(row.try_get("parent_code")?).or_default();
        found.rows.push(with_key(row)?);
        if is_counted {
            found.total = row.try_get("total")?;
        }
    }
    for (parent, total) in totals {
        found.entry(parent).or_default().total = total;
    }
    Ok(found)
}

fn with_key<R: Listed>(row: &PgRow) -> Result<(Vec<String>, R), Problem> {
    Ok((row.try_get("sort_key")?, R::from_row(row)?))
}

/// A cursor that was edited has values that are none of their type (SQLSTATE class 22, data exception).
fn no_cursor(error: sqlx::Error, page: &Page) -> Problem {
    let edited = error.as_database_error().is_some_and(|error| error.code().is_some_and(|code| code.starts_with("22")));
    if page.is_continued() && edited {
        return Problem::validation("after", "this is no cursor; accepted: an endCursor of this list");
    }
    error.into()
}
