//! Tasks as of the end of a day: the source of lists and measures, with their parents and dimensions.

use service_kit::access::Kind;
use service_kit::question::Grouping;
use service_kit::store::facts::Facts;
use service_kit::store::list::Listed;
use service_kit::store::measure::{Dimension, Parent};
use service_kit::store::page::OrderTerm;

use crate::model::{TASKS, TaskDimension, TaskFacts};

/// A task as of the end of a day, with its derived values, for each row of `page`.
/// `OFFSET 0` keeps PostgreSQL from copying an expression to each place that reads it. The row of a task is put together for the
/// function only, of which PostgreSQL takes what the function reads.
const ROW: &str = "(SELECT s.*, d.*, ({day})::date AS as_of FROM (SELECT platform.day_end({day}) AS instant OFFSET 0) AS day \
     CROSS JOIN LATERAL (SELECT t.* FROM tasks.task_at(day.instant, ARRAY[page.id]) AS t OFFSET 0) AS s \
     CROSS JOIN LATERAL tasks.derived(ROW(s.*)::tasks.task, {day}) AS d) AS f";

/// The facts of a day, from one partition. To be counted, they join the tasks only when a condition reads these.
macro_rules! listed {
    ($partition:literal, $day:literal, $join:literal, $lead:literal) => {
        concat!(
            "(SELECT d.task_id AS id, t.code, t.source, t.search, t.folded_title, true AS is_issued, d.status, d.kind, d.priority, ",
            $lead,
            " AS lead, d.position, d.group_code, d.progress, d.start_on, d.due_on, d.ended_on, d.overdue_from, d.risk_from, \
             d.blocked_from, d.predecessor_from, d.behind_from, d.silent_from, d.declared_from, d.extensions, d.clarity, \
             d.unanswered, d.city_since, d.central_since, d.observed_at, d.task_id FROM ",
            $partition,
            " AS d ",
            $join,
            " tasks.task AS t ON t.id = d.task_id WHERE ",
            $day,
            ") AS f WHERE true"
        )
    };
}

/// The facts that hold today. Their lead is that of the task: an index of the tasks of an organization has the orders by code and title.
macro_rules! present {
    ($join:literal, $lead:literal) => {
        listed!("tasks.fact_present", "d.from_day <= {day}", $join, $lead)
    };
}

/// The facts that have ended.
macro_rules! past {
    ($join:literal) => {
        listed!("tasks.fact_past", "d.from_day <= {day} AND {day} < d.to_day", $join, "d.lead")
    };
}

/// Drafts that have not changed since the day. A draft has no facts, so its columns are the stored ones.
const DRAFTS: &str = "(SELECT t.id, t.code, t.source, t.search, t.folded_title, false AS is_issued, t.status, t.kind, t.priority, \
     t.lead_organization_code AS lead, t.accountable_position_code AS position, t.group_code, t.progress, t.start_on, \
     t.current_due AS due_on, NULL::date AS ended_on, NULL::date AS overdue_from, NULL::date AS risk_from, 0 AS extensions, \
     d.clarity - d.clear_person::int AS clarity, t.observed_at, t.id AS task_id, \
     NULL::date AS blocked_from, NULL::date AS predecessor_from, NULL::date AS behind_from, NULL::date AS silent_from, \
     NULL::date AS declared_from, 0 AS unanswered, NULL::date AS city_since, NULL::date AS central_since FROM tasks.task AS t CROSS JOIN LATERAL tasks.derived(t, {day}) AS d \
     WHERE t.status = 'DRAFT' AND t.deleted_at IS NULL AND platform.day_of(t.observed_at) <= {day}) AS f WHERE true";

/// Tests whether a task has one of the codes `$codes` in a dimension on the day.
macro_rules! has_code {
    ($dimension:literal, $codes:literal) => {
        concat!(
            "EXISTS (SELECT FROM tasks.fact_code AS c WHERE c.task_id = f.task_id AND c.dimension = '",
            $dimension,
            "' AND c.code = ",
            $codes,
            " AND c.from_day <= {day} AND {day} < c.to_day)"
        )
    };
}

/// The tasks of an area, with the columns of the orders: those that concern it today; those that did on the day, but no longer; facts that
/// have ended.
const OF_AREA: &[&str] = &[
    "(SELECT d.task_id AS id, d.*, true AS is_issued FROM tasks.fact_of_area AS d WHERE d.area = parent.code AND d.from_day <= {day}) AS f WHERE true",
    "(SELECT d.task_id AS id, d.*, t.code, t.folded_title, true AS is_issued FROM tasks.fact_code AS c JOIN tasks.fact_present AS d ON d.task_id = c.task_id \
     JOIN tasks.task AS t ON t.id = c.task_id WHERE c.dimension = 'AREA' AND c.code = parent.code AND c.to_day < 'infinity' \
       AND c.from_day <= {day} AND {day} < c.to_day AND d.from_day <= {day}) AS f WHERE true",
    concat!(past!("LEFT JOIN"), " AND ", has_code!("AREA", "parent.code")),
];

/// Code, source, search and the order by title use the present text of a task, also for a past day.
impl Listed for TaskFacts {
    const KIND: &'static Kind = &TASKS;
    const SOURCES: &'static [&'static str] = &[present!("JOIN", "t.lead_organization_code"), past!("JOIN"), DRAFTS];
    const COUNTED: &'static [&'static str] = &[present!("LEFT JOIN", "d.lead"), past!("LEFT JOIN"), DRAFTS];
    const UNFILTERED: Option<&'static str> = Some(ISSUED);
    const OF_PARENT: &'static [(Parent, &'static [&'static str])] = &[(AREA, OF_AREA)];
    const IS_JOINED: fn(&OrderTerm) -> bool =
        |term| term.expression.starts_with("f.code") || term.expression.starts_with("f.folded_title");
    const CURRENT: &'static str = CURRENT;
    const ROW: Option<&'static str> = Some(ROW);
    const PRESENT: Option<&'static str> = Some(PRESENT);
    const TALLY: Option<&'static str> =
        Some("(SELECT coalesce(sum(t.tasks), 0)::bigint FROM tasks.fact_tally AS t WHERE t.day <= {day})");
}

/// The condition of a list that does not ask for drafts.
pub const ISSUED: &str = "f.is_issued";

/// The partition of the facts that hold today.
pub const PRESENT: &str = "tasks.fact_present";

/// Refuses facts that were computed with rules that are no longer in force.
pub const CURRENT: &str = "tasks.check_facts()";

/// Rows for measures. A task that is due within the period but was finished before it is outside the scope; only the
/// measures of due dates count it. Columns that no measure and no condition reads cost nothing.
pub const MEASURED: &str = "SELECT s.*, f.*, \
     f.start_on < s.end_day AND (f.ended_on IS NULL OR f.ended_on >= s.first_day) AS in_scope, \
     f.status NOT IN ('CANCELLED', 'SUPERSEDED') AS valid, \
     coalesce(f.overdue_from <= s.as_of, false) AS is_overdue, \
     f.overdue_from IS NULL OR s.as_of < f.overdue_from AS in_time, \
     coalesce(f.due_on >= s.first_day AND f.due_on < s.end_day, false) AS due_here, \
     coalesce(f.baseline_on >= s.first_day AND f.baseline_on < s.end_day, false) AS baseline_here, \
     CASE WHEN f.overdue_from <= s.as_of THEN s.as_of - f.due_on WHEN f.done_on > f.due_on THEN f.done_on - f.due_on END AS late_by, \
     f.clarity + coalesce(held.days @> s.as_of, false)::int AS points \
     FROM {facts} LEFT JOIN tasks.task AS t ON t.id = d.task_id LEFT JOIN tasks.holding AS held ON held.position = d.position \
     CROSS JOIN LATERAL (SELECT d.*, t.code, t.source, t.search, true AS is_issued) AS f \
     WHERE (f.start_on < s.end_day AND (f.ended_on IS NULL OR f.ended_on >= s.first_day) \
       OR f.done_on >= s.first_day AND f.done_on < s.end_day \
       OR f.due_on >= s.first_day AND f.due_on < s.end_day \
       OR f.baseline_on >= s.first_day AND f.baseline_on < s.end_day)";

/// The stored facts.
pub const FACTS: &[Facts] = &[Facts {
    records: "tasks.task",
    derive: "tasks.derive",
    refresh: Some("tasks.refresh_facts"),
    recount: Some("tasks.recount"),
}];

/// Joins the codes that a task has in a dimension on the day.
macro_rules! codes {
    ($name:literal, $dimension:literal) => {
        concat!(
            "LEFT JOIN tasks.fact_code AS ",
            $name,
            " ON ",
            $name,
            ".task_id = f.task_id AND ",
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

/// The same of a dimension whose codes have few tasks each: they are found by the code, and never sought in the order of a page.
macro_rules! is_of_code {
    ($dimension:literal, $codes:literal) => {
        concat!(
            "f.task_id = ANY(ARRAY(SELECT c.task_id FROM tasks.fact_code AS c WHERE c.dimension = '",
            $dimension,
            "' AND c.code = ",
            $codes,
            " AND c.from_day <= {day} AND {day} < c.to_day))"
        )
    };
}

const LEAD: &str = "LEFT JOIN directory.published_organization AS lead ON lead.code = f.lead";

impl Grouping for TaskDimension {
    fn dimension(self) -> Dimension {
        self.sql()
    }

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl TaskDimension {
    /// The dimension as SQL over the rows of [`MEASURED`].
    pub const fn sql(self) -> Dimension {
        let (field, join, key) = match self {
            Self::Axis => ("axis", LEAD, "lead.axis"),
            Self::Level => ("level", LEAD, "lead.level"),
            Self::Organization => ("organization", "", "f.lead"),
            Self::Official => (
                "official",
                "LEFT JOIN directory.published_appointment AS held ON held.position_code = f.position \
                 AND directory.published_runs(held.from_on, held.to_on, f.as_of)",
                "held.official_code",
            ),
            Self::Programme => ("programme", codes!("programme", "PROGRAMME"), "programme.code"),
            Self::Group => ("group", "", "f.group_code"),
            Self::Project => ("project", codes!("project", "PROJECT"), "project.code"),
            Self::Indicator => ("indicator", codes!("indicator", "INDICATOR"), "indicator.code"),
            Self::Bottleneck => ("bottleneck", codes!("bottleneck", "BOTTLENECK"), "bottleneck.code"),
            Self::Area => ("area", codes!("area", "AREA"), "area.code"),
            Self::FormerLead => ("formerLead", codes!("former", "FORMER_LEAD"), "former.code"),
            Self::Kind => ("kind", "", "f.kind"),
            Self::Priority => ("priority", "", "f.priority"),
            Self::Status => ("status", "", "f.status"),
        };
        let several = matches!(
            self,
            Self::Programme | Self::Bottleneck | Self::Area | Self::Project | Self::Indicator | Self::FormerLead
        );
        Dimension { field, join, key, several }
    }
}

/// Tests whether a task has no code in a dimension on the day.
macro_rules! no_code {
    ($dimension:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM tasks.fact_code AS c WHERE c.task_id = f.task_id AND c.dimension = '",
            $dimension,
            "' AND c.from_day <= {day} AND {day} < c.to_day)"
        )
    };
}

/// Condition on the tasks that have no value in a dimension.
pub const fn without(dimension: TaskDimension) -> &'static str {
    match dimension {
        TaskDimension::Programme => no_code!("PROGRAMME"),
        TaskDimension::Bottleneck => no_code!("BOTTLENECK"),
        TaskDimension::Project => no_code!("PROJECT"),
        TaskDimension::Indicator => no_code!("INDICATOR"),
        TaskDimension::Area => no_code!("AREA"),
        TaskDimension::FormerLead => no_code!("FORMER_LEAD"),
        TaskDimension::Group => "f.group_code IS NULL",
        TaskDimension::Official => {
            "NOT EXISTS (SELECT FROM directory.published_appointment AS a WHERE a.position_code = f.position \
             AND directory.published_runs(a.from_on, a.to_on, {day}))"
        }
        // An assigned task has a value in each of the others.
        _ => "false",
    }
}

/// The lead organization.
pub const ORGANIZATION: Parent = Parent {
    list: "organization.tasks",
    tie: "f.lead = parent.code",
    filter: "f.lead = ANY({})",
    dimension: TaskDimension::Organization.sql(),
};

/// An area that the task concerns.
pub const AREA: Parent = Parent {
    list: "area.tasks",
    tie: has_code!("AREA", "parent.code"),
    filter: has_code!("AREA", "ANY({})"),
    dimension: TaskDimension::Area.sql(),
};

/// A programme that the task belongs to.
pub const PROGRAMME: Parent = Parent {
    list: "programme.tasks",
    tie: has_code!("PROGRAMME", "parent.code"),
    filter: has_code!("PROGRAMME", "ANY({})"),
    dimension: TaskDimension::Programme.sql(),
};

/// An organization that takes part in the task.
pub const COORDINATING: &str = has_code!("COORDINATING", "ANY({})");

/// A project that the task serves.
pub const PROJECT: Parent = Parent {
    list: "project.tasks",
    tie: is_of_code!("PROJECT", "parent.code"),
    filter: is_of_code!("PROJECT", "ANY({})"),
    dimension: TaskDimension::Project.sql(),
};

/// An indicator that the task serves.
pub const INDICATOR: Parent = Parent {
    list: "indicator.tasks",
    tie: is_of_code!("INDICATOR", "parent.code"),
    filter: is_of_code!("INDICATOR", "ANY({})"),
    dimension: TaskDimension::Indicator.sql(),
};

/// An organization that passed the task on.
pub const FORMER_LEAD: &str = has_code!("FORMER_LEAD", "ANY({})");

/// The conclusion of a briefing that the task came from.
pub const CONCLUSION: Parent = Parent {
    list: "conclusion.tasks",
    tie: is_of_code!("CONCLUSION", "parent.code"),
    filter: is_of_code!("CONCLUSION", "ANY({})"),
    dimension: Dimension {
        field: "conclusion",
        join: codes!("conclusion", "CONCLUSION"),
        key: "conclusion.code",
        several: false,
    },
};

/// A bottleneck that the task works on.
pub const BOTTLENECK: Parent = Parent {
    list: "bottleneck.tasks",
    tie: has_code!("BOTTLENECK", "parent.code"),
    filter: has_code!("BOTTLENECK", "ANY({})"),
    dimension: TaskDimension::Bottleneck.sql(),
};

/// The holder of the accountable position on the day.
pub const OFFICIAL: Parent = Parent {
    list: "official.tasks",
    tie: "f.position = ANY(ARRAY(SELECT directory.published_positions_of(ARRAY[parent.code], {day})))",
    filter: "f.position = ANY(ARRAY(SELECT directory.published_positions_of({}, {day})))",
    dimension: TaskDimension::Official.sql(),
};
