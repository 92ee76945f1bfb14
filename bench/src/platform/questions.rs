//! The questions that are asked one request at a time.

use std::fmt;

use serde::Serialize;

/// A question, and with what its answer is compared.
#[derive(Debug, Clone)]
pub struct Question {
    pub group: Group,
    pub name: String,
    pub query: String,
    /// One statement that returns the same figures as JSON, in any form.
    pub sql: Option<&'static str>,
    /// The same question in the schema that `PostGraphile` makes.
    pub postgraphile: Option<&'static str>,
    /// Earlier figure in ms, measured before facts were stored.
    pub earlier_ms: Option<f64>,
    pub aim: Aim,
}

/// Groups of questions, as headings of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    Operations,
    Fixed,
    Orders,
    Filters,
    Projects,
    Feedback,
    Insights,
}

/// What the median should be at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Aim {
    None,
    /// So many times the hand-written SQL.
    TimesSql(f64),
    /// So many times the same question over the 230 tasks of the plain sample.
    TimesSample(f64),
    Milliseconds(f64),
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operations => "operations of schema/operations, beside one hand-written SQL statement",
            Self::Fixed => "questions with figures from before facts were stored",
            Self::Orders => "first page of tasks in each order, beside the plain sample of 230 tasks",
            Self::Filters => "pages and totals under filters",
            Self::Projects => "projects and land clearance",
            Self::Feedback => "citizen feedback",
            Self::Insights => "questions across services",
        })
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::TimesSql(times) => write!(f, "{times} × SQL"),
            Self::TimesSample(times) => write!(f, "{times} × sample"),
            Self::Milliseconds(ms) => write!(f, "{ms} ms"),
        }
    }
}

/// All questions.
pub fn all() -> Vec<Question> {
    [operations(), fixed(), orders(), filters(), projects(), feedback(), insights()].concat()
}

macro_rules! operation {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../schema/operations/", $name, ".graphql")),
            include_str!(concat!("../../platform/", $name, ".sql")),
        )
    };
}

macro_rules! alone {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../schema/operations/", $name, ".graphql")))
    };
}

/// Operations of `schema/operations` without a statement: their answers have cursors or ids, which only the services can make.
const ALONE: [(&str, &str); 7] = [
    alone!("one-ward"),
    alone!("tasks"),
    alone!("waiting"),
    alone!("alerts"),
    alone!("changes"),
    alone!("briefings"),
    alone!("documents/briefing"),
];

/// Every other operation of `schema/operations`, with its statement in `bench/platform`.
const OPERATIONS: [(&str, &str, &str); 12] = [
    operation!("first-look"),
    operation!("wards"),
    operation!("late-organizations"),
    operation!("trend"),
    operation!("responsible"),
    operation!("search"),
    operation!("ward"),
    operation!("project"),
    operation!("clearance"),
    operation!("kpis"),
    operation!("growth-gap"),
    operation!("feedback"),
];

fn operations() -> Vec<Question> {
    let question = |(name, query, sql)| Question {
        sql: Some(sql),
        earlier_ms: (name == "first-look").then_some(1300.0),
        aim: Aim::TimesSql(2.0),
        ..Question::new(Group::Operations, name, query)
    };
    let alone = |(name, query): (&str, &str)| Question::new(Group::Operations, name, query);
    OPERATIONS.map(question).into_iter().chain(ALONE.map(alone)).collect()
}

/// The questions of `schema/operations/questions`, in their order.
fn insights() -> Vec<Question> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/operations/questions");
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(|file| Some(file.ok()?.path()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    let question = |file: std::path::PathBuf| {
        let (name, query) = (file.file_stem()?.to_str()?.to_owned(), std::fs::read_to_string(&file).ok()?);
        Some(Question { aim: Aim::Milliseconds(2000.0), ..Question::new(Group::Insights, name, query) })
    };
    files.into_iter().filter_map(question).collect()
}

const MEASURES: &str = "total overdue atRisk atRiskReasons { reason tasks } onTime { value } clarity { mean complete }";
const PAGE: &str = "edges { node { id code title status currentDue } }";

fn fixed() -> Vec<Question> {
    let fixed = |name: &str, query: String, earlier_ms: f64| Question {
        earlier_ms: Some(earlier_ms),
        ..Question::new(Group::Fixed, name, query)
    };
    // The unique index on the code has only tasks that are not deleted.
    let beside = |question: Question, postgraphile| Question { postgraphile: Some(postgraphile), ..question };
    let by_axis = |arguments: &str| {
        format!(
            "{{ taskStats(period: \"2026\", groupBy: [AXIS]{arguments}) {{ rows {{ axis measures {{ {MEASURES} }} }} }} }}"
        )
    };
    let by_time = |grain: &str| {
        format!("{{ taskStats(period: \"2026\", grain: {grain}) {{ rows {{ bucket measures {{ {MEASURES} }} }} }} }}")
    };
    vec![
        fixed("measures by axis, today", by_axis(""), 881.0),
        fixed("measures by axis, 30 June", by_axis(", asOf: \"2026-06-30\""), 1824.0),
        fixed("the year by months", by_time("MONTH"), 12_700.0),
        // It ended with a timeout.
        fixed("the year by weeks", by_time("WEEK"), 30_000.0),
        beside(
            fixed(
                "tasks counted by status",
                "{ taskStats(period: \"2025-01-01/2026-12-31\", groupBy: [STATUS]) { rows { status measures { total } } } }".to_owned(),
                287.0,
            ),
            "{ allTasks(condition: { deletedAt: null }) { groupedAggregates(groupBy: STATUS) { keys distinctCount { id } } } }",
        ),
        beside(
            fixed("first page by code", page("orderBy: [{ field: CODE }]", PAGE), 92.6),
            "{ allTasks(condition: { deletedAt: null }, orderBy: CODE_ASC, first: 20) { edges { node { id code title status currentDue } } } }",
        ),
        beside(
            fixed(
                "first page by code, with total",
                page("orderBy: [{ field: CODE }]", &format!("totalCount {PAGE}")),
                141.0,
            ),
            "{ allTasks(condition: { deletedAt: null }, orderBy: CODE_ASC, first: 20) { totalCount edges { node { id code title status currentDue } } } }",
        ),
        beside(
            fixed(
                "126 areas",
                "{ areas(filter: { kind: [WARD, COMMUNE] }, first: 126) { edges { node { code name } } } }".to_owned(),
                2.4,
            ),
            "{ allAreas(first: 127) { edges { node { code name } } } }",
        ),
    ]
}

fn page(arguments: &str, fields: &str) -> String {
    format!("{{ tasks({arguments}) {{ {fields} }} }}")
}

/// Each value of `TaskOrderField` in both directions: of all tasks, of the organization that leads most tasks, and of an area. A page of a
/// parent has as many rows as the plain sample has of it, since each row takes a time of its own.
fn orders() -> Vec<Question> {
    let fields = ["DUE_ON", "START_ON", "CODE", "TITLE", "PRIORITY", "PROGRESS", "OBSERVED_AT"];
    let parents = [
        ("", ""),
        (" of an organization", "first: 5, filter: { organization: [\"SXD\"] }, "),
        (" of an area", "first: 7, filter: { area: [\"09556\"] }, "),
    ];
    let mut questions = Vec::new();
    for (suffix, filter) in parents {
        for field in fields {
            for direction in ["ASC", "DESC"] {
                let arguments = format!("{filter}orderBy: [{{ field: {field}, direction: {direction} }}]");
                questions.push(Question {
                    aim: Aim::TimesSample(1.5),
                    ..Question::new(Group::Orders, format!("{field} {direction}{suffix}"), page(&arguments, PAGE))
                });
            }
        }
    }
    questions
}

fn filters() -> Vec<Question> {
    let filters = [
        ("overdue", "overdue: true"),
        ("open", "open: true"),
        ("at risk", "atRisk: true"),
        ("at risk: no update", "atRiskReason: [NO_UPDATE]"),
        ("in progress", "status: [IN_PROGRESS]"),
        ("urgent", "priority: [URGENT]"),
        ("axis", "axis: [FRONT]"),
        ("level", "level: [COMMUNE]"),
        ("organization", "organization: [\"SXD\"]"),
        ("area", "area: [\"00611\"]"),
        ("programme", "programme: [\"57-NQ/TW\"]"),
        ("official", "official: [\"CB-SXD-TT-1\"]"),
        ("due in November", "dueOn: { from: \"2026-11-01\", to: \"2026-11-30\" }"),
        ("search of one word", "search: \"duong\""),
        ("search of three words", "search: \"giai phong mat bang\""),
        ("extended", "extendedAtLeast: 1"),
        ("clarity at most 3", "clarityAtMost: 3"),
        ("without area", "without: [AREA]"),
        ("without holder", "without: [OFFICIAL]"),
        ("behind a number", "counted: { measure: OVERDUE, period: \"2026\" }"),
    ];
    let with_total = format!("totalCount {PAGE}");
    let mut questions: Vec<Question> = filters
        .into_iter()
        .map(|(name, filter)| {
            Question::new(Group::Filters, name, page(&format!("filter: {{ {filter} }}"), &with_total))
        })
        .collect();
    for (name, arguments) in [
        ("no filter", "first: 20"),
        ("30 June", "asOf: \"2026-06-30\""),
        ("overdue on 30 June", "asOf: \"2026-06-30\", filter: { overdue: true }"),
    ] {
        questions.push(Question::new(Group::Filters, name, page(arguments, &with_total)));
    }
    questions.into_iter().map(|question| Question { aim: Aim::Milliseconds(100.0), ..question }).collect()
}

/// Measures beside one hand-written SQL statement over the same tables, and the first page of parcels in each order.
fn projects() -> Vec<Question> {
    let measured = |name: &str, query: &str, sql| Question {
        sql: Some(sql),
        aim: Aim::TimesSql(2.0),
        ..Question::new(Group::Projects, name, query)
    };
    let mut questions = vec![
        measured(
            "clearance by area and stage",
            "{ clearanceStats(groupBy: [AREA, STAGE]) { rows { area { code } stage measures { parcels parties areaCleared { value } partiesCleared { value } } } } }",
            include_str!("../../platform/clearance-by-area.sql"),
        ),
        measured(
            "projects by organization",
            "{ projectStats(period: \"2026\", groupBy: [ORGANIZATION]) { rows { organization { code } measures { total late slipDays disbursement { pm { value } city { value } } } } } }",
            include_str!("../../platform/projects-by-organization.sql"),
        ),
    ];
    for field in ["SITE", "AREA_TO_ACQUIRE", "NOTICE_UNTIL", "OBSERVED_AT"] {
        for direction in ["ASC", "DESC"] {
            for (suffix, filter) in [("", ""), (" of an area", "filter: { area: [\"09832\"] }, ")] {
                let query = format!(
                    "{{ parcelCases({filter}orderBy: [{{ field: {field}, direction: {direction} }}]) {{ edges {{ node {{ id mapSheet parcelNumber stage areaCleared }} }} }} }}"
                );
                questions.push(Question {
                    aim: Aim::Milliseconds(250.0),
                    ..Question::new(Group::Projects, format!("parcels, {field} {direction}{suffix}"), query)
                });
            }
        }
    }
    questions
}

/// Feedback at the volume of a city: measures, the list of what is late now, a circle and a map.
fn feedback() -> Vec<Question> {
    let measured = |name: &str, query: &str, sql| Question {
        sql: Some(sql),
        aim: Aim::TimesSql(2.0),
        ..Question::new(Group::Feedback, name, query)
    };
    let mut questions = vec![
        measured(
            "feedback by area and category",
            "{ feedbackStats(period: \"2026\", groupBy: [AREA, CATEGORY]) { rows { area { code } category { code } measures { received open overdue onTime { value } satisfaction { rated rate } } } } }",
            include_str!("../../platform/feedback-by-area.sql"),
        ),
        measured(
            "late now, counted",
            "{ feedbacks(filter: { overdue: true }, orderBy: [{ field: DUE_AT }]) { totalCount edges { node { code status dueAt } } } }",
            include_str!("../../platform/feedback-late-counted.sql"),
        ),
        measured(
            "late now",
            "{ feedbacks(filter: { overdue: true }, orderBy: [{ field: DUE_AT }]) { edges { node { code status dueAt } } } }",
            include_str!("../../platform/feedback-late.sql"),
        ),
        measured(
            "within 500 m",
            "{ feedbacks(filter: { near: { lat: 21.03, lon: 105.85, radiusM: 500 } }) { totalCount edges { node { code submittedAt } } } }",
            include_str!("../../platform/feedback-near.sql"),
        ),
        measured(
            "map of the middle of the city",
            "{ feedbackGrid(bbox: { south: 20.97, west: 105.78, north: 21.08, east: 105.9 }, sizeM: 500) { cases open overdue southWest { lat lon } } }",
            include_str!("../../platform/feedback-grid.sql"),
        ),
    ];
    for (name, arguments) in [
        ("newest", ""),
        ("newest of an area", "filter: { area: [\"00008\"] }"),
        ("due soon", "filter: { dueSoon: true }, orderBy: [{ field: DUE_AT }]"),
        ("late on 30 June", "filter: { overdue: true }, asOf: \"2026-06-30\""),
    ] {
        let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
        questions.push(Question {
            aim: Aim::Milliseconds(250.0),
            ..Question::new(
                Group::Feedback,
                format!("feedback, {name}"),
                format!("{{ feedbacks{arguments} {{ edges {{ node {{ code status dueAt }} }} }} }}"),
            )
        });
    }
    questions
}

impl Question {
    fn new(group: Group, name: impl Into<String>, query: impl Into<String>) -> Self {
        Self {
            group,
            name: name.into(),
            query: query.into(),
            sql: None,
            postgraphile: None,
            earlier_ms: None,
            aim: Aim::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    #[test]
    fn every_operation_of_the_schema_is_measured() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/operations");
        let names = ["", "documents/"].into_iter().flat_map(|group| {
            let entries = fs::read_dir(format!("{folder}/{group}")).expect("folder");
            entries.filter_map(move |entry| {
                let name = entry.ok()?.file_name();
                Some(format!("{group}{}", name.to_str()?.strip_suffix(".graphql")?))
            })
        });
        let measured = OPERATIONS.map(|(name, ..)| name.to_owned());
        let measured = measured.into_iter().chain(ALONE.map(|(name, _)| name.to_owned()));
        assert_eq!(names.collect::<BTreeSet<_>>(), measured.collect());
        assert_eq!(insights().len(), 25);
    }
}
