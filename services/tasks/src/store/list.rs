//! Pages of tasks: of all, or of each of many parents with one statement.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::connection::{OrderTerm, Page, PageArgs};
use service_kit::vocabulary::Direction;
use service_kit::{BatchSource, Problem};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, Row};

use super::facts::{COLUMNS, Facts};
use super::filter::{DaySql, Filter};

/// What a list of tasks can be ordered by.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskOrderField {
    /// The due date in force; tasks without one come last.
    DueOn,
    /// The first day of the work.
    StartOn,
    /// The code.
    Code,
    /// The title, without accents.
    Title,
    /// The priority; ascending begins with the least urgent.
    Priority,
    /// The reported progress.
    Progress,
    /// The last change.
    ObservedAt,
}

impl TaskOrderField {
    /// The order as SQL. Each expression is never null.
    fn term(self, direction: Direction) -> OrderTerm {
        let (expression, sql_type) = match self {
            Self::DueOn => ("coalesce(f.current_due, 'infinity'::date)", "date"),
            Self::StartOn => ("coalesce(f.start_on, 'infinity'::date)", "date"),
            Self::Code => ("f.code COLLATE \"C\"", "text"),
            Self::Title => ("platform.fold(f.title) COLLATE \"C\"", "text"),
            Self::Priority => (
                "array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], f.priority)",
                "int",
            ),
            Self::Progress => ("f.progress", "smallint"),
            Self::ObservedAt => ("f.observed_at", "timestamptz"),
        };
        OrderTerm {
            expression,
            sql_type,
            descending: direction == Direction::Desc,
        }
    }
}

/// The entity from which a list or a measure starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParentKind {
    /// The organization that leads.
    Organization,
    /// An area that the task concerns.
    Area,
    /// A programme that the task belongs to.
    Programme,
    /// The holder of the accountable position.
    Official,
}

impl ParentKind {
    /// The condition that ties the alias `f` to `parent.code`. Containment, so that the array indexes serve.
    fn push_tie(self, sql: &mut QueryBuilder<Postgres>, day: NaiveDate) {
        match self {
            Self::Organization => sql.push("f.lead_organization_code = parent.code"),
            Self::Area => sql.push("f.area_codes @> ARRAY[parent.code]"),
            Self::Programme => sql.push("f.programme_codes @> ARRAY[parent.code]"),
            Self::Official => {
                sql.push("f.accountable_position_code = ANY(ARRAY(SELECT a.position_code FROM directory.published_appointment AS a WHERE a.official_code = parent.code AND a.from_on <= ");
                sql.push_bind(day)
                    .push(" AND (a.to_on IS NULL OR a.to_on > ")
                    .push_bind(day)
                    .push(")))")
            }
        };
    }
}

/// What is listed, whoever the parent is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListSpec {
    /// Which tasks.
    pub filter: Filter,
    /// In which order.
    pub order: Vec<(TaskOrderField, Direction)>,
    /// Which page.
    pub args: PageArgs,
    /// Whether the total is asked for; it costs a second statement.
    pub with_total: bool,
    /// As they stood at the end of this day.
    pub day: NaiveDate,
    /// The city's time zone.
    pub zone: &'static str,
}

impl ListSpec {
    /// The checked page. A cursor serves the list it came from: of all tasks, or of one kind of parent.
    ///
    /// # Errors
    /// `VALIDATION` at `first` or `after`.
    pub fn page(&self, parent: Option<ParentKind>) -> Result<Page, Problem> {
        let mut terms: Vec<OrderTerm> = self.order.iter().map(|(field, way)| field.term(*way)).collect();
        if terms.is_empty() {
            terms.push(TaskOrderField::DueOn.term(Direction::Asc));
        }
        terms.push(OrderTerm::ascending("f.id", "uuid"));
        let list = match parent {
            None => "tasks",
            Some(ParentKind::Organization) => "organization.tasks",
            Some(ParentKind::Area) => "area.tasks",
            Some(ParentKind::Programme) => "programme.tasks",
            Some(ParentKind::Official) => "official.tasks",
        };
        Page::new(list, terms, &self.args)
    }

    fn push_source(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push("tasks.task_facts(").push_bind(self.day).push(", ");
        sql.push_bind(self.zone).push(") AS f WHERE ");
    }
}

/// A page's rows, each with its sort key, and the total.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// At most one more than the page holds.
    pub rows: Vec<(Vec<String>, Facts)>,
    /// All that match; 0 when not asked for.
    pub total: i64,
}

/// A page of all tasks.
pub async fn all(pool: &PgPool, spec: &ListSpec, page: &Page) -> Result<Listed, Problem> {
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(COLUMNS).push(", ");
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key FROM ");
    spec.push_source(&mut sql);
    sql.push("true");
    spec.filter.push(&mut sql, DaySql::Day(spec.day));
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    let rows = sql.build().fetch_all(pool).await?;
    let rows = rows.iter().map(row_with_key).collect::<Result<_, _>>()?;
    let total = if spec.with_total {
        let mut sql = QueryBuilder::new("SELECT count(*) FROM ");
        spec.push_source(&mut sql);
        sql.push("true");
        spec.filter.push(&mut sql, DaySql::Day(spec.day));
        sql.build_query_scalar().fetch_one(pool).await?
    } else {
        0
    };
    Ok(Listed { rows, total })
}

/// Loads pages of the tasks of many parents.
#[derive(Debug)]
pub struct ListSource(pub PgPool);

impl BatchSource for ListSource {
    type Key = (ParentKind, String, ListSpec);
    type Value = Listed;

    /// One statement (two with totals) for each list that the query spells, however many parents it is asked of.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Listed>, Problem> {
        let mut by_list: HashMap<(ParentKind, ListSpec), Vec<String>> = HashMap::new();
        for (kind, code, spec) in keys {
            by_list.entry((kind, spec)).or_default().push(code);
        }
        let mut found = HashMap::new();
        for ((kind, spec), codes) in by_list {
            for (code, listed) in of_parents(&self.0, kind, &spec, codes).await? {
                found.insert((kind, code, spec.clone()), listed);
            }
        }
        Ok(found)
    }
}

async fn of_parents(
    pool: &PgPool,
    kind: ParentKind,
    spec: &ListSpec,
    codes: Vec<String>,
) -> Result<HashMap<String, Listed>, Problem> {
    let page = spec.page(Some(kind))?;
    let mut sql = QueryBuilder::new("SELECT parent.code AS parent_code, page.* FROM unnest(");
    sql.push_bind(codes.clone())
        .push("::text[]) AS parent(code) CROSS JOIN LATERAL (SELECT ");
    sql.push(COLUMNS).push(", ");
    page.push_sort_key(&mut sql);
    sql.push(" AS sort_key, row_number() OVER (");
    page.push_order(&mut sql);
    sql.push(") AS place FROM ");
    spec.push_source(&mut sql);
    kind.push_tie(&mut sql, spec.day);
    spec.filter.push(&mut sql, DaySql::Day(spec.day));
    page.push_after(&mut sql);
    page.push_order_and_limit(&mut sql);
    // The order inside a lateral join holds in practice and is promised by nobody: it is asked for again.
    sql.push(") AS page ORDER BY parent.code, page.place");
    let mut listed: HashMap<String, Listed> = HashMap::new();
    for row in sql.build().fetch_all(pool).await? {
        let parent: String = row.try_get("parent_code")?;
        listed.entry(parent).or_default().rows.push(row_with_key(&row)?);
    }
    if spec.with_total {
        let mut sql = QueryBuilder::new("SELECT parent.code, counted.total FROM unnest(");
        sql.push_bind(codes)
            .push("::text[]) AS parent(code) CROSS JOIN LATERAL (SELECT count(*) AS total FROM ");
        spec.push_source(&mut sql);
        kind.push_tie(&mut sql, spec.day);
        spec.filter.push(&mut sql, DaySql::Day(spec.day));
        sql.push(") AS counted");
        let totals: Vec<(String, i64)> = sql.build_query_as().fetch_all(pool).await?;
        for (parent, total) in totals {
            listed.entry(parent).or_default().total = total;
        }
    }
    Ok(listed)
}

fn row_with_key(row: &PgRow) -> Result<(Vec<String>, Facts), Problem> {
    Ok((row.try_get("sort_key")?, Facts::from_row(row)?))
}
