//! Everything that a caller can ask the gateway for, each with the rule of the domain that it is under and the part of the matrix
//! that tests it. What is not here fails a test, so whoever adds a field or a route adds its rule.

use std::collections::BTreeSet;

use service_kit::Role;

const SUPERGRAPH: &str = include_str!("../../../../schema/supergraph.graphql");

/// Who reads a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Public reference data: the same for everybody.
    Everybody,
    /// Rows of a kind: those of the caller, and an error for who has none.
    Rows,
    /// A single row, or rows below one: null or an error for who does not see it.
    Row,
    /// Public aggregates: the same for everybody, but for what tells of fewer than five persons.
    Aggregates,
    /// An aggregate that has an argument or a dimension which names rows: for who sees all rows.
    AllRows,
    /// The platform's own records, and briefings: for these roles, and for an administrator.
    Roles(&'static [Role]),
    /// What the caller may do.
    Caller,
}

use Reads::{Aggregates, AllRows, Caller, Everybody, Roles, Row, Rows};

/// Briefings name work of every organization.
const CENTER: Reads = Roles(&[Role::Ioc, Role::Issuer, Role::Inspector]);
/// The operations center sees all metadata; an auditor sees who pushed what.
const METADATA: Reads = Roles(&[Role::Ioc, Role::Auditor]);

/// The fields of `Query`.
pub const QUERIES: &[(&str, Reads)] = &[
    ("alert", Row),
    ("alertRules", Everybody),
    ("alerts", Rows),
    ("apiKeys", Roles(&[])),
    ("area", Everybody),
    ("areaSuccessors", Everybody),
    ("areas", Everybody),
    ("auditTrail", Roles(&[Role::Auditor])),
    ("bottleneck", Everybody),
    ("bottlenecks", Everybody),
    ("briefing", CENTER),
    ("briefings", CENTER),
    ("calendar", Everybody),
    ("changesSince", Rows),
    ("clearanceStats", Aggregates),
    ("clearanceWarnings", Rows),
    ("feedback", Row),
    ("feedbackCategories", Everybody),
    ("feedbackGrid", Aggregates),
    ("feedbackStats", Aggregates),
    ("feedbacks", Rows),
    ("indicator", Everybody),
    ("indicators", Everybody),
    ("kpiRevisions", Rows),
    ("kpiStats", Aggregates),
    ("kpiTarget", Row),
    ("kpiTargets", Rows),
    ("legalRules", Everybody),
    ("nearby", Rows),
    ("observation", Row),
    ("observations", Rows),
    ("official", Everybody),
    ("officials", Everybody),
    ("organization", Everybody),
    ("organizations", Everybody),
    ("parcelCase", Row),
    ("parcelCases", Rows),
    ("position", Everybody),
    ("programme", Everybody),
    ("programmes", Everybody),
    ("project", Row),
    ("projectStats", Aggregates),
    ("projects", Rows),
    ("receipts", METADATA),
    ("scorecards", Aggregates),
    ("site", Row),
    ("sources", METADATA),
    ("task", Row),
    ("taskGroups", Everybody),
    ("taskStats", Aggregates),
    ("tasks", Rows),
    ("trend", Aggregates),
    ("viewer", Caller),
    ("workingDays", Everybody),
];

/// Fields of public reference data that lead to something else than reference data. The measures of an official are about one person.
pub const EDGES: &[(&str, &[(&str, Reads)])] = &[
    ("Area", BELOW_WITH_ALERTS),
    ("Organization", BELOW_WITH_ALERTS),
    ("Programme", BELOW),
    ("Bottleneck", BELOW),
    (
        "Official",
        &[
            ("alerts", Rows),
            ("clearanceMeasures", AllRows),
            ("feedbackMeasures", AllRows),
            ("feedbacks", Rows),
            ("kpiMeasures", AllRows),
            ("kpiTargets", Rows),
            ("parcelCases", Rows),
            ("projectMeasures", AllRows),
            ("projects", Rows),
            ("scorecard", AllRows),
            ("taskMeasures", AllRows),
            ("tasks", Rows),
        ],
    ),
    (
        "Indicator",
        &[
            ("decomposition", Aggregates),
            ("measures", Aggregates),
            ("projectMeasures", Aggregates),
            ("projects", Rows),
            ("scorecard", AllRows),
            ("series", Rows),
            ("targets", Rows),
            ("taskMeasures", Aggregates),
            ("tasks", Rows),
            ("together", Aggregates),
        ],
    ),
    ("AlertRule", &[]),
    ("Appointment", &[]),
    ("AreaSuccession", &[]),
    ("CalendarDay", &[]),
    ("FeedbackAttribute", &[]),
    ("FeedbackCategory", &[]),
    ("GeoPoint", &[]),
    ("LegalRule", &[]),
    ("Position", &[]),
    ("TaskGroup", &[]),
];

const BELOW: &[(&str, Reads)] = &[
    ("clearanceMeasures", Aggregates),
    ("feedbackMeasures", Aggregates),
    ("feedbacks", Rows),
    ("kpiMeasures", Aggregates),
    ("kpiTargets", Rows),
    ("parcelCases", Rows),
    ("projectMeasures", Aggregates),
    ("projects", Rows),
    ("scorecard", Aggregates),
    ("taskMeasures", Aggregates),
    ("tasks", Rows),
];

const BELOW_WITH_ALERTS: &[(&str, Reads)] = &[
    ("alerts", Rows),
    ("clearanceMeasures", Aggregates),
    ("feedbackMeasures", Aggregates),
    ("feedbacks", Rows),
    ("kpiMeasures", Aggregates),
    ("kpiTargets", Rows),
    ("parcelCases", Rows),
    ("projectMeasures", Aggregates),
    ("projects", Rows),
    ("scorecard", Aggregates),
    ("taskMeasures", Aggregates),
    ("tasks", Rows),
];

/// Routes beside GraphQL, as the sources declare them (a constant by its name), each with who may use it.
const ROUTES: &[(&str, &str, &str)] = &[
    ("gateway/src/server/mod.rs", "\"/metrics\"", "numbers of the process; `routes::public` looks for personal data"),
    ("gateway/src/server/mod.rs", "&endpoint.options.path", "GraphQL: the rest of the matrix"),
    ("gateway/src/server/mod.rs", "\"/health/live\"", "everybody"),
    ("gateway/src/server/mod.rs", "\"/health/ready\"", "everybody"),
    ("service-kit/src/subgraph.rs", "\"/graphql\"", "the gateway: tests of identity"),
    ("service-kit/src/subgraph.rs", "\"/health/live\"", "everybody"),
    ("service-kit/src/subgraph.rs", "\"/health/ready\"", "everybody"),
    ("service-kit/src/push/http/mod.rs", "\"/v1/push\"", "everybody: kinds"),
    ("service-kit/src/push/http/mod.rs", "\"/v1/push/receipts\"", "who pushes for the source"),
    ("service-kit/src/push/http/mod.rs", "\"/v1/push/receipts/{id}\"", "who pushes for the source"),
    ("service-kit/src/push/http/mod.rs", "\"/v1/push/receipts/{id}/{part}\"", "who pushes for the source"),
    ("service-kit/src/push/http/mod.rs", "\"/v1/push/{kind}\"", "who pushes for the source"),
    ("service-kit/src/push/http/mod.rs", "\"/v1/push/{kind}/{file}\"", "everybody: templates"),
    ("cli/src/push.rs", "PATH", "forwards"),
    ("cli/src/push.rs", "\"/v1/push/{*rest}\"", "forwards"),
    ("cli/src/export/mod.rs", "path", "forwards"),
    ("cli/src/export/answer/mod.rs", "super::PATH", "as GraphQL"),
    ("cli/src/export/answer/trail.rs", "PATH", "the gateway, between processes"),
    ("cli/src/export/oc4ids.rs", "PATH", "who sees projects"),
    ("cli/src/export/sdmx.rs", "PATH", "who sees observations"),
    ("cli/src/export/sdmx.rs", "STRUCTURE_PATH", "everybody: reference data"),
    ("cli/src/open311.rs", "ROUTE", "everybody: published cases"),
    ("cli/src/playground.rs", "\"/\"", "everybody: pages"),
    ("cli/src/playground.rs", "\"/playground\"", "everybody: pages"),
    ("cli/src/playground.rs", "\"/playground/\"", "everybody: pages"),
    ("cli/src/playground.rs", "\"/push\"", "everybody: pages"),
    ("cli/src/playground.rs", "\"/push/\"", "everybody: pages"),
    ("cli/src/playground.rs", "\"/playground/config.json\"", "developers on loopback"),
    ("cli/src/playground.rs", "\"/playground/view-as\"", "developers on loopback"),
    ("cli/src/playground.rs", "\"/playground/{*path}\"", "everybody: pages"),
];

/// Names of the fields of a type, with what they return.
pub fn fields(of: &str) -> Vec<(&'static str, &'static str)> {
    let head = format!("\ntype {of}\n");
    let open = format!("\ntype {of} ");
    let Some(start) = SUPERGRAPH.find(&head).or_else(|| SUPERGRAPH.find(&open)) else { return Vec::new() };
    let body = SUPERGRAPH[start..].split_once("{\n").map_or("", |(_, rest)| rest);
    let body = body.split_once("\n}").map_or("", |(body, _)| body);
    let (mut found, mut is_text) = (Vec::new(), false);
    for line in body.lines() {
        if line.trim_start().starts_with("\"\"\"") {
            // A description on one line opens and closes.
            is_text ^= line.matches("\"\"\"").count() == 1;
            continue;
        }
        let field =
            line.strip_prefix("  ").filter(|rest| !is_text && rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        if let Some(field) = field {
            let name = field.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            found.push((name, field));
        } else if !is_text
            && line.starts_with("  )")
            && let Some(last) = found.last_mut()
        {
            last.1 = line;
        }
    }
    found.into_iter().map(|(name, line)| (name, returned(line))).collect()
}

/// The named type that a field returns.
fn returned(field: &'static str) -> &'static str {
    let field = field.split('@').next().unwrap_or_default();
    let of = field.rsplit_once(": ").map_or("", |(_, of)| of);
    of.trim_matches(|c: char| !c.is_ascii_alphanumeric())
}

/// Names of all object types.
fn objects() -> BTreeSet<&'static str> {
    let lines = SUPERGRAPH.lines().filter_map(|line| line.strip_prefix("type "));
    lines.filter_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).next()).collect()
}

fn names<'a, T: 'a>(table: impl IntoIterator<Item = &'a (&'a str, T)>) -> BTreeSet<&'a str> {
    table.into_iter().map(|(name, _)| *name).collect()
}

#[test]
fn every_field_at_the_root_has_its_rule() {
    let asked: BTreeSet<&str> = fields("Query").into_iter().map(|(name, _)| name).collect();
    assert!(asked.len() > 50 && asked.contains("tasks"), "{asked:?}");
    assert_eq!(names(QUERIES), asked, "name each field of Query in QUERIES, with who reads it");
    let written: BTreeSet<&str> = fields("Mutation").into_iter().map(|(name, _)| name).collect();
    assert!(written.len() > 100 && written.contains("startTask"), "{written:?}");
    let named: BTreeSet<&str> = super::mutations::WRITERS.iter().flat_map(|(_, verbs)| verbs.iter().copied()).collect();
    assert_eq!(named, written, "name each mutation in WRITERS, with who writes it");
    assert!(
        fields("Subscription").is_empty(),
        "what one may not see must not arrive live: add subscriptions to the matrix"
    );
}

#[test]
fn every_edge_of_public_data_has_its_rule() {
    let objects = objects();
    let public: BTreeSet<&str> = EDGES.iter().map(|(of, _)| *of).collect();
    // What public fields at the root lead to, through lists and from one to the next.
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut next: Vec<&str> = fields("Query")
        .into_iter()
        .filter(|(name, _)| QUERIES.iter().any(|(known, reads)| known == name && *reads == Everybody))
        .map(|(_, of)| of)
        .collect();
    while let Some(of) = next.pop() {
        if !objects.contains(of) || of == "PageInfo" || !reached.insert(of) {
            continue;
        }
        let guarded = EDGES.iter().find(|(known, _)| *known == of).map_or(&[][..], |(_, edges)| edges);
        next.extend(fields(of).into_iter().filter(|(name, _)| !names(guarded).contains(name)).map(|(_, of)| of));
    }
    reached.retain(|of| !of.ends_with("Connection") && !of.ends_with("Edge"));
    assert_eq!(reached, public, "name what is public in EDGES, and each of its fields that leads to what is not");
    for (of, edges) in EDGES {
        let known: BTreeSet<&str> = fields(of).into_iter().map(|(name, _)| name).collect();
        assert!(names(*edges).is_subset(&known), "{of}: {:?}", names(*edges).difference(&known));
    }
}

#[test]
fn every_route_has_its_rule() {
    let mut found = BTreeSet::new();
    let mut folders: Vec<_> =
        ["cli", "gateway", "service-kit", "services"].iter().map(|name| format!("../{name}").into()).collect();
    while let Some(folder) = folders.pop() {
        let folder: std::path::PathBuf = folder;
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.to_string_lossy().trim_start_matches("../").to_owned();
            if path.is_dir() && !name.ends_with("tests") && !name.ends_with("target") && !name.ends_with("testing") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && name.contains("/src/")
                && !name.ends_with("tests.rs")
            {
                let text = std::fs::read_to_string(&path).expect("a source");
                // A module of tests in the file is its end.
                let tests = text.match_indices("#[cfg(test)]\n").find(|(place, mark)| {
                    let mut rest = text[place + mark.len()..].lines();
                    let next = rest.find(|line| !line.starts_with("#[")).unwrap_or_default();
                    next.contains("mod ") && next.ends_with('{')
                });
                let code = tests.map_or(text.as_str(), |(place, _)| &text[..place]);
                for call in [".route(", ".route_service(", ".nest(", ".nest_service("] {
                    for (place, _) in code.match_indices(call) {
                        let argument = code[place + call.len()..].trim_start().split(',').next().unwrap_or_default();
                        found.insert((name.clone(), argument.to_owned()));
                    }
                }
            }
        }
    }
    let named: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(file, path, _)| ((*file).to_owned(), (*path).to_owned())).collect();
    assert_eq!(named, found, "name each route in ROUTES, with who may use it, and test it in routes.rs");
}
