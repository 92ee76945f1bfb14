//! Projects as of the end of a day: the source of lists and measures, with their parents and dimensions.

use std::collections::HashMap;

use chrono::NaiveDate;
use service_kit::access::Kind;
use service_kit::question::Grouping;
use service_kit::store::list::Listed;
use service_kit::store::measure::{Dimension, Parent};
use service_kit::store::page::OrderTerm;
use service_kit::store::template::push_source;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::QueryBuilder;

use crate::model::{PROJECTS, ProjectDimension, ProjectFacts};

/// A project as of the end of a day, with its derived values, for each row of `page`.
const ROW: &str = "(SELECT s.*, d.*, ({day})::date AS as_of FROM (SELECT platform.day_end({day}) AS instant OFFSET 0) AS day \
     CROSS JOIN LATERAL (SELECT t.* FROM projects.project_at(day.instant, ARRAY[page.id]) AS t OFFSET 0) AS s \
     CROSS JOIN LATERAL projects.derived(ROW(s.*)::projects.project, {day}) AS d) AS f";

/// The facts of a day, from one partition. To be counted, they join the projects only when a condition reads these.
macro_rules! listed {
    ($partition:literal, $join:literal) => {
        concat!(
            "(SELECT d.project_id AS id, d.*, p.source, p.search, p.folded_name FROM ",
            $partition,
            " AS d ",
            $join,
            " projects.project AS p ON p.id = d.project_id WHERE d.from_day <= {day} AND {day} < d.to_day) AS f WHERE true"
        )
    };
}

/// Source, search and the order by name use the present text of a project, also for a past day.
impl Listed for ProjectFacts {
    const KIND: &'static Kind = &PROJECTS;
    const SOURCES: &'static [&'static str] =
        &[listed!("projects.fact_present", "JOIN"), listed!("projects.fact_past", "JOIN")];
    const COUNTED: &'static [&'static str] =
        &[listed!("projects.fact_present", "LEFT JOIN"), listed!("projects.fact_past", "LEFT JOIN")];
    const IS_JOINED: fn(&OrderTerm) -> bool = |term| term.expression.starts_with("f.folded_name");
    const ROW: Option<&'static str> = Some(ROW);
    const PRESENT: Option<&'static str> = Some(PRESENT);
}

/// The partition of the facts that hold today.
pub const PRESENT: &str = "projects.fact_present";

/// Refuses facts that were computed with rules that are no longer in force.
pub const CURRENT: &str = "projects.money_check_facts()";

/// Rows for measures. Money, judgement and graves cost nothing when no measure reads them. Payments of a plan year also count for some
/// time after its end, so the money of a year that is whole in the period is as of the day of the request, and not of the end of the period.
/// That `to_day` is after the earlier of both follows from it, and is found by the index.
pub const MEASURED: &str = "SELECT s.*, f.*, m.*, g.*, projects.rag(f.project_code, s.as_of) AS rag, \
     f.ended_on IS NULL OR f.ended_on >= s.first_day AS in_scope \
     FROM {facts} LEFT JOIN projects.project AS p ON p.id = d.project_id \
     CROSS JOIN LATERAL (SELECT d.*, p.source, p.search) AS f \
     LEFT JOIN LATERAL (SELECT coalesce(sum(m.planned) FILTER (WHERE m.basis = 'PM'), 0) AS planned_pm, \
         coalesce(sum(m.planned) FILTER (WHERE m.basis = 'CITY'), 0) AS planned_city, \
         coalesce(sum(m.planned) FILTER (WHERE m.basis = 'ADJUSTED'), 0) AS planned_adjusted, \
         coalesce(sum(m.planned) FILTER (WHERE m.basis = 'CARRIED_OVER'), 0) AS planned_carried_over, \
         coalesce(sum(m.paid) FILTER (WHERE m.basis = 'PM'), 0) AS paid_pm, \
         coalesce(sum(m.paid) FILTER (WHERE m.basis = 'CITY'), 0) AS paid_city, \
         coalesce(sum(m.paid) FILTER (WHERE m.basis = 'ADJUSTED'), 0) AS paid_adjusted, \
         coalesce(sum(m.paid) FILTER (WHERE m.basis = 'CARRIED_OVER'), 0) AS paid_carried_over, \
         coalesce(sum(m.paid) FILTER (WHERE m.basis = 'ALL'), 0) AS paid \
         FROM projects.money_fact AS m CROSS JOIN LATERAL (SELECT CASE WHEN make_date(m.year, 1, 1) >= s.first_day \
             AND make_date(m.year + 1, 1, 1) <= s.end_day THEN s.known_on ELSE s.as_of END AS day) AS k \
         WHERE m.project_id = d.project_id AND m.from_day <= k.day AND k.day < m.to_day AND m.to_day > least(s.as_of, s.known_on) \
           AND m.year >= extract(year FROM s.first_day)::int AND m.year <= extract(year FROM s.end_day - 1)::int) AS m ON true \
     LEFT JOIN LATERAL (SELECT coalesce(sum(r.graves), 0) AS graves, coalesce(sum(r.moved), 0) AS graves_moved \
         FROM projects.grave_relocation AS r JOIN projects.site AS t ON t.code = r.site_code AND t.deleted_at IS NULL \
         WHERE t.project_code = d.project_code AND r.deleted_at IS NULL) AS g ON true \
     WHERE true";

/// Loads projects by their codes, as of the end of a day.
#[derive(Debug)]
pub struct ProjectByCode(pub Reader);

impl BatchSource for ProjectByCode {
    type Key = (String, NaiveDate);
    type Value = ProjectFacts;

    /// Sends one statement for each day; a page has one day.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, ProjectFacts>, Problem> {
        let mut by_day: HashMap<NaiveDate, Vec<String>> = HashMap::new();
        for (code, day) in keys {
            by_day.entry(day).or_default().push(code);
        }
        let mut found = HashMap::new();
        let plan = self.0.plan(true);
        for (day, codes) in by_day {
            let mut sql = QueryBuilder::new(
                "SELECT f.* FROM (SELECT p.id FROM projects.project AS p WHERE p.deleted_at IS NULL AND p.code = ANY(",
            );
            sql.push_bind(codes).push(")) AS page CROSS JOIN LATERAL ");
            push_source(&mut sql, ROW, plan.day(day));
            let rows: Vec<ProjectFacts> = sql.build_query_as().fetch_all(&self.0.planned(plan)).await?;
            found.extend(rows.into_iter().map(|row| ((row.project.code.clone(), day), row)));
        }
        Ok(found)
    }
}

/// Joins the codes that a project has in a dimension on the day.
macro_rules! codes {
    ($name:literal, $dimension:literal) => {
        concat!(
            "LEFT JOIN projects.fact_code AS ",
            $name,
            " ON ",
            $name,
            ".project_id = f.project_id AND ",
            $name,
            ".dimension = '",
            $dimension,
            "' AND ",
            $name,
            ".from_day <= f.as_of AND f.as_of < ",
            $name,
            ".to_day"
        )
    };
}
pub(super) use codes;

/// Tests whether a project has one of the codes `$codes` in a dimension on the day.
macro_rules! has_code {
    ($dimension:literal, $codes:literal) => {
        concat!(
            "EXISTS (SELECT FROM projects.fact_code AS c WHERE c.project_id = f.project_id AND c.dimension = '",
            $dimension,
            "' AND c.code = ",
            $codes,
            " AND c.from_day <= {day} AND {day} < c.to_day)"
        )
    };
}
pub(super) use has_code;

/// Tests whether a project has no code in a dimension on the day.
macro_rules! no_code {
    ($dimension:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM projects.fact_code AS c WHERE c.project_id = f.project_id AND c.dimension = '",
            $dimension,
            "' AND c.from_day <= {day} AND {day} < c.to_day)"
        )
    };
}
pub(super) use no_code;

/// The owner of a project.
pub const OWNER: &str = "LEFT JOIN directory.published_organization AS owner ON owner.code = f.owner";
/// The holder of its accountable position on the day.
pub const HOLDER: &str = "LEFT JOIN directory.published_appointment AS held ON held.position_code = f.position \
     AND directory.published_runs(held.from_on, held.to_on, f.as_of)";
/// Tests whether an official holds the accountable position on the day.
pub const HELD_BY: &str = "f.position = ANY(ARRAY(SELECT directory.published_positions_of({}, {day})))";
/// Tests whether nobody holds the accountable position on the day.
pub const NOT_HELD: &str = "NOT EXISTS (SELECT FROM directory.published_appointment AS a WHERE a.position_code = f.position \
     AND directory.published_runs(a.from_on, a.to_on, {day}))";

impl Grouping for ProjectDimension {
    fn dimension(self) -> Dimension {
        self.sql()
    }

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl ProjectDimension {
    /// The dimension as SQL over the rows of [`MEASURED`].
    pub const fn sql(self) -> Dimension {
        let (field, join, key) = match self {
            Self::Axis => ("axis", OWNER, "owner.axis"),
            Self::Level => ("level", OWNER, "owner.level"),
            Self::Organization => ("organization", "", "f.owner"),
            Self::Official => ("official", HOLDER, "held.official_code"),
            Self::Programme => ("programme", codes!("programme", "PROGRAMME"), "programme.code"),
            Self::Bottleneck => ("bottleneck", codes!("bottleneck", "BOTTLENECK"), "bottleneck.code"),
            Self::Indicator => ("indicator", codes!("indicator", "INDICATOR"), "indicator.code"),
            Self::Area => ("area", codes!("area", "AREA"), "area.code"),
            Self::Kind => ("kind", "", "f.kind"),
            Self::Phase => ("phase", "", "f.phase"),
            Self::Cohort => ("cohort", "", "f.groundbreaking_on"),
            Self::Project => ("project", "", "f.project_code"),
        };
        let several = matches!(self, Self::Programme | Self::Bottleneck | Self::Area | Self::Indicator);
        Dimension { field, join, key, several }
    }
}

/// Condition on the projects that have no value in a dimension.
pub const fn without(dimension: ProjectDimension) -> &'static str {
    match dimension {
        ProjectDimension::Programme => no_code!("PROGRAMME"),
        ProjectDimension::Bottleneck => no_code!("BOTTLENECK"),
        ProjectDimension::Indicator => no_code!("INDICATOR"),
        ProjectDimension::Area => no_code!("AREA"),
        ProjectDimension::Official => NOT_HELD,
        ProjectDimension::Organization | ProjectDimension::Axis | ProjectDimension::Level => "f.owner IS NULL",
        ProjectDimension::Cohort => "f.groundbreaking_on IS NULL",
        ProjectDimension::Kind | ProjectDimension::Phase | ProjectDimension::Project => "false",
    }
}

/// The owner.
pub const ORGANIZATION: Parent = Parent {
    list: "organization.projects",
    tie: "f.owner = parent.code",
    filter: "f.owner = ANY({})",
    dimension: ProjectDimension::Organization.sql(),
};

/// An area that the project concerns.
pub const AREA: Parent = Parent {
    list: "area.projects",
    tie: has_code!("AREA", "parent.code"),
    filter: has_code!("AREA", "ANY({})"),
    dimension: ProjectDimension::Area.sql(),
};

/// A programme that the project belongs to.
pub const PROGRAMME: Parent = Parent {
    list: "programme.projects",
    tie: has_code!("PROGRAMME", "parent.code"),
    filter: has_code!("PROGRAMME", "ANY({})"),
    dimension: ProjectDimension::Programme.sql(),
};

/// A bottleneck that the project works on.
pub const BOTTLENECK: Parent = Parent {
    list: "bottleneck.projects",
    tie: has_code!("BOTTLENECK", "parent.code"),
    filter: has_code!("BOTTLENECK", "ANY({})"),
    dimension: ProjectDimension::Bottleneck.sql(),
};

/// An indicator that the project serves.
pub const INDICATOR: Parent = Parent {
    list: "indicator.projects",
    tie: has_code!("INDICATOR", "parent.code"),
    filter: has_code!("INDICATOR", "ANY({})"),
    dimension: ProjectDimension::Indicator.sql(),
};

/// The holder of the accountable position on the day.
pub const OFFICIAL: Parent = Parent {
    list: "official.projects",
    tie: "f.position = ANY(ARRAY(SELECT directory.published_positions_of(ARRAY[parent.code], {day})))",
    filter: HELD_BY,
    dimension: ProjectDimension::Official.sql(),
};

/// The project itself: its own measures.
pub const SELF: Parent = Parent {
    list: "project",
    tie: "f.project_code = parent.code",
    filter: "f.project_code = ANY({})",
    dimension: ProjectDimension::Project.sql(),
};
