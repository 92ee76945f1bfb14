//! Tasks as of the end of a day: the source of lists and measures, with their parents and dimensions.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::store::condition::{AsOf, push_template};
use service_kit::store::list::Listed;
use service_kit::store::measure::{Dimension, Parent};
use service_kit::{BatchSource, Problem};
use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;

use crate::model::{TaskDimension, TaskFacts};

/// Tasks as of the end of a day, with their derived values.
macro_rules! facts {
    ($day:literal) => {
        concat!(
            "(SELECT t.*, d.* FROM tasks.risk_rules(",
            $day,
            ") AS r \
             CROSS JOIN tasks.task_at(platform.day_end(",
            $day,
            ", {zone}), {keys}) AS t \
             CROSS JOIN LATERAL tasks.derived(t, ",
            $day,
            ", {zone}, r.progress_gap, r.silence) AS d)"
        )
    };
}

impl Listed for TaskFacts {
    const SOURCE: &'static str = concat!(facts!("{day}"), " AS f WHERE true");
}

/// Rows for measures. A task that is due within the period but was finished before it is outside the scope; only the
/// measures of due dates count it.
pub const MEASURED: &str = concat!(
    "SELECT s.*, f.*, f.start_on < s.end_day AND (f.ended_on IS NULL OR f.ended_on >= s.first_day) AS in_scope, \
     f.status NOT IN ('CANCELLED', 'SUPERSEDED') AS valid, \
     coalesce(f.current_due >= s.first_day AND f.current_due < s.end_day, false) AS due_here, \
     coalesce(f.baseline_due >= s.first_day AND f.baseline_due < s.end_day, false) AS baseline_here, \
     CASE WHEN f.is_overdue THEN f.days_overdue WHEN f.done_on > f.current_due THEN f.done_on - f.current_due END AS late_by \
     FROM {spans} CROSS JOIN LATERAL ",
    facts!("s.as_of"),
    " AS f WHERE f.is_issued AND (f.start_on < s.end_day AND (f.ended_on IS NULL OR f.ended_on >= s.first_day) \
       OR f.done_on >= s.first_day AND f.done_on < s.end_day \
       OR f.current_due >= s.first_day AND f.current_due < s.end_day \
       OR f.baseline_due >= s.first_day AND f.baseline_due < s.end_day)"
);

/// Reads the tasks with these ids, as of the end of a day.
///
/// # Errors
/// The problem that the statement met.
pub async fn by_ids(pool: &PgPool, ids: &[Uuid], at: AsOf) -> Result<Vec<TaskFacts>, Problem> {
    let mut sql = QueryBuilder::new("SELECT f.* FROM ");
    push_template(&mut sql, facts!("{day}"), |sql, name| match name {
        "day" => _ = sql.push_bind(at.day),
        "zone" => _ = sql.push_bind(at.zone),
        _ => _ = sql.push_bind(ids.to_vec()),
    });
    sql.push(" AS f WHERE f.id = ANY(").push_bind(ids).push(")");
    Ok(sql.build_query_as().fetch_all(pool).await?)
}

/// Loads tasks as of the end of a day.
#[derive(Debug)]
pub struct FactsById {
    /// The database.
    pub pool: PgPool,
    /// The city's time zone, by its name in the IANA database.
    pub zone: &'static str,
}

impl BatchSource for FactsById {
    type Key = (Uuid, NaiveDate);
    type Value = TaskFacts;

    /// Sends one statement for each day; a page has one day.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, TaskFacts>, Problem> {
        let mut by_day: HashMap<NaiveDate, Vec<Uuid>> = HashMap::new();
        for (id, day) in keys {
            by_day.entry(day).or_default().push(id);
        }
        let mut found = HashMap::new();
        for (day, ids) in by_day {
            let rows = by_ids(&self.pool, &ids, AsOf { day, zone: self.zone }).await?;
            found.extend(rows.into_iter().map(|row| ((row.task.meta.id, day), row)));
        }
        Ok(found)
    }
}

const LEAD: &str = "LEFT JOIN directory.published_organization AS lead ON lead.code = f.lead_organization_code";

impl TaskDimension {
    /// The dimension as SQL over the rows of [`MEASURED`].
    pub const fn sql(self) -> Dimension {
        let (field, join, key) = match self {
            Self::Axis => ("axis", LEAD, "lead.axis"),
            Self::Level => ("level", LEAD, "lead.level"),
            Self::Organization => ("organization", "", "f.lead_organization_code"),
            Self::Official => (
                "official",
                "LEFT JOIN directory.published_appointment AS held ON held.position_code = f.accountable_position_code \
                 AND directory.published_runs(held.from_on, held.to_on, f.as_of)",
                "held.official_code",
            ),
            Self::Programme => (
                "programme",
                "LEFT JOIN LATERAL unnest(f.programme_codes) AS programme(code) ON true",
                "programme.code",
            ),
            Self::Group => ("group", "", "f.group_code"),
            Self::Bottleneck => (
                "bottleneck",
                "LEFT JOIN LATERAL unnest(f.bottleneck_codes) AS bottleneck(code) ON true",
                "bottleneck.code",
            ),
            Self::Area => ("area", "LEFT JOIN LATERAL unnest(f.area_codes) AS area(code) ON true", "area.code"),
            Self::Kind => ("kind", "", "f.kind"),
            Self::Priority => ("priority", "", "f.priority"),
            Self::Status => ("status", "", "f.status"),
        };
        Dimension { field, join, key }
    }
}

/// The lead organization.
pub const ORGANIZATION: Parent = Parent {
    list: "organization.tasks",
    tie: "f.lead_organization_code = parent.code",
    filter: "f.lead_organization_code = ANY({})",
    dimension: TaskDimension::Organization.sql(),
};

/// An area that the task concerns. The conditions use array containment, so that PostgreSQL can use the array indexes.
pub const AREA: Parent = Parent {
    list: "area.tasks",
    tie: "f.area_codes @> ARRAY[parent.code]",
    filter: "f.area_codes && {}",
    dimension: TaskDimension::Area.sql(),
};

/// A programme that the task belongs to.
pub const PROGRAMME: Parent = Parent {
    list: "programme.tasks",
    tie: "f.programme_codes @> ARRAY[parent.code]",
    filter: "f.programme_codes && {}",
    dimension: TaskDimension::Programme.sql(),
};

/// A bottleneck that the task works on.
pub const BOTTLENECK: Parent = Parent {
    list: "bottleneck.tasks",
    tie: "f.bottleneck_codes @> ARRAY[parent.code]",
    filter: "f.bottleneck_codes && {}",
    dimension: TaskDimension::Bottleneck.sql(),
};

/// The holder of the accountable position on the day.
pub const OFFICIAL: Parent = Parent {
    list: "official.tasks",
    tie: "f.accountable_position_code = ANY(ARRAY(SELECT directory.published_positions_of(ARRAY[parent.code], {day})))",
    filter: "f.accountable_position_code = ANY(ARRAY(SELECT directory.published_positions_of({}, {day})))",
    dimension: TaskDimension::Official.sql(),
};
