//! What is public: reference data is the same for everybody, and leads to nothing that is not public. Records of the platform and
//! briefings are for their roles.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use service_kit::Role;

use super::surface::{EDGES, QUERIES, Reads, fields};
use super::{Caller, Platform, Sees, codes};

/// How public reference data is asked for at the root, and what a single one is.
const REFERENCE: &[(&str, &str)] = &[
    ("alertRules", "alertRules { code title acts }"),
    ("area", "area(code: \"00328\") { code name population }"),
    ("areaSuccessors", "areaSuccessors(code: \"00328\") { toCode share }"),
    ("areas", "areas(first: 200) { totalCount nodes { code name } }"),
    ("bottleneck", "bottleneck(code: \"FLOODING\") { code title }"),
    ("bottlenecks", "bottlenecks { code title }"),
    ("calendar", "calendar(from: \"2026-01-01\", to: \"2026-03-01\") { day working name }"),
    ("feedbackCategories", "feedbackCategories { code name attributes { code } }"),
    ("indicator", "indicator(code: \"GRDP_GROWTH\") { code name unit }"),
    ("indicators", "indicators(first: 100) { totalCount nodes { code name } }"),
    ("legalRules", "legalRules { code value document }"),
    ("official", "official(code: \"CB-SXD-TT-1\") { code displayName appointments { position { code } } }"),
    ("officials", "officials(first: 20) { totalCount nodes { code displayName } }"),
    ("organization", "organization(code: \"SXD\") { code name positions { code holder { code } } }"),
    ("organizations", "organizations(first: 200) { totalCount nodes { code name } }"),
    ("position", "position(code: \"SXD-TT\") { code title organization { code } }"),
    ("programme", "programme(code: \"05-CT/TU\") { code title children { code } }"),
    ("programmes", "programmes(first: 100) { totalCount nodes { code title } }"),
    ("taskGroups", "taskGroups { code title }"),
    ("workingDays", "workingDays(from: \"2026-01-05\", until: \"2026-02-20\")"),
];

/// Fields that need the right to every row, each with the argument that needs it.
type Closed = &'static [(&'static str, &'static str)];

/// Aggregates that no kind of records has in [`super::records`], and what is not public of them.
const AGGREGATES: &[(&str, &str, Closed)] = &[
    (
        "feedbackGrid",
        "feedbackGrid(bbox: { south: 20.5, west: 105.2, north: 21.5, east: 106.1 }, sizeM: 1000) { cases categoryCases category { code } southWest { lat lon } }",
        &[(
            "feedbackGrid(bbox: { south: 20.5, west: 105.2, north: 21.5, east: 106.1 }, sizeM: 1000, filter: { search: \"x\" }) { cases }",
            "filter.search",
        )],
    ),
    (
        "scorecards",
        "scorecards(by: AREA, period: \"2026\", first: 5) { nodes { code measures { tasks { total } } score { value } } }",
        &[
            ("scorecards(by: OFFICIAL, period: \"2026\", first: 5) { totalCount }", "by"),
            ("scorecards(by: PROJECT, period: \"2026\", first: 5) { totalCount }", "by"),
            ("scorecards(by: INDICATOR, period: \"2026\", first: 5) { totalCount }", "by"),
        ],
    ),
    (
        "trend",
        "trend(by: ORGANIZATION, code: [\"SXD\"], period: \"2026-Q1\", grain: MONTH) { points { measures { tasks { total } } } }",
        &[("trend(by: OFFICIAL, code: [\"CB-SXD-TT-1\"], period: \"2026-Q1\", grain: MONTH) { code }", "by")],
    ),
];

/// Records of the platform, and briefings; `ID` stands for one that exists.
const CLOSED: &[(&str, &str)] = &[
    ("apiKeys", "apiKeys { totalCount nodes { subject } }"),
    ("auditTrail", "auditTrail(first: 2) { totalCount nodes { subject reason } }"),
    ("briefing", "briefing(id: \"ID\") { title conclusions { text } openPoints { text } }"),
    ("briefings", "briefings { totalCount nodes { title conclusions { text } openPoints { text } } }"),
    ("receipts", "receipts(first: 2) { totalCount nodes { source subject } }"),
    ("sources", "sources { code parked }"),
];

pub async fn check(platform: &Platform) -> Result<()> {
    let briefing: String =
        sqlx::query_scalar("SELECT id::text FROM insights.briefing LIMIT 1").fetch_one(&platform.pool).await?;
    let of = |wanted: &dyn Fn(Reads) -> bool| -> BTreeSet<&str> {
        QUERIES.iter().filter(|(_, reads)| wanted(*reads)).map(|(name, _)| *name).collect()
    };
    assert_eq!(of(&|reads| reads == Reads::Everybody), REFERENCE.iter().map(|(name, _)| *name).collect());
    assert_eq!(of(&|reads| matches!(reads, Reads::Roles(_))), CLOSED.iter().map(|(name, _)| *name).collect());
    let reference: Vec<&str> = REFERENCE.iter().map(|(_, field)| *field).collect();
    let reference = format!("{{ {} }}", reference.join(" "));
    let whole = platform.ask(&Caller::operator(), &reference).await?.data();
    assert!(whole.as_object().context("an object")?.values().all(|value| !value.is_null()), "{whole}");
    let mut of_operator = Vec::new();
    for (name, field, _) in AGGREGATES {
        of_operator.push(platform.ask(&Caller::operator(), &format!("{{ {field} }}")).await?.data()[name].take());
    }
    for caller in Caller::all() {
        assert_eq!(platform.ask(&caller, &reference).await?.data(), whole, "{}", caller.name());
        aggregates(platform, &caller, &of_operator).await?;
        for (name, field) in CLOSED {
            let Some((_, Reads::Roles(roles))) = QUERIES.iter().find(|(known, _)| known == name) else {
                unreachable!("{name} was compared")
            };
            let document = format!("{{ {} }}", field.replace("ID", &briefing));
            let answer = platform.ask(&caller, &document).await?;
            let held = &caller.principal.roles;
            if held.contains(&Role::Admin) || roles.iter().any(|role| held.contains(role)) {
                assert!(!answer.data()[name].is_null(), "{} {name}", caller.name());
            } else if *name == "briefing" {
                // As one that does not exist.
                assert!(answer.json()["data"]["briefing"].is_null(), "{} {name}: {}", caller.name(), answer.text);
            } else {
                assert_eq!(codes(&answer), BTreeSet::from([caller.refusal().to_owned()]), "{} {name}", caller.name());
                assert!(answer.json()["data"][name].is_null(), "{} {name}", caller.name());
            }
        }
        if caller.sees == [Sees::Nothing; 6] {
            edges(platform, &caller).await?;
        }
    }
    viewer(platform).await
}

async fn aggregates(platform: &Platform, caller: &Caller, of_operator: &[Value]) -> Result<()> {
    // Who sees all cases, all scorecards.
    let sees_all = [Role::Ioc, Role::Issuer, Role::Inspector, Role::Admin]
        .iter()
        .any(|role| caller.principal.roles.contains(role));
    for ((name, field, closed), whole) in AGGREGATES.iter().zip(of_operator) {
        let own = platform.ask(caller, &format!("{{ {field} }}")).await?.data()[name].take();
        if *name == "feedbackGrid" && !sees_all {
            let cells = own.as_array().context("cells")?;
            let all = whole.as_array().context("cells")?;
            assert!(!cells.is_empty() && cells.len() < all.len(), "{}", caller.name());
            for cell in cells {
                assert!(cell["cases"].as_i64() >= Some(5), "{}: {cell}", caller.name());
                let of_category = &cell["categoryCases"];
                assert!(of_category.is_null() || of_category.as_i64() >= Some(5), "{}: {cell}", caller.name());
                assert_eq!(of_category.is_null(), cell["category"].is_null(), "{}: {cell}", caller.name());
            }
        } else {
            assert_eq!(own, *whole, "{} {name}", caller.name());
        }
        for (field, path) in *closed {
            let answer = platform.ask(caller, &format!("{{ {field} }}")).await?;
            let expected: &[String] = if sees_all { &[] } else { &[format!("{} at {path}", caller.refusal())] };
            assert_eq!(answer.problems(), expected, "{} {field}", caller.name());
        }
    }
    Ok(())
}

/// Ways from public data to what is not: who sees no row gets none, and the aggregates of the public groups.
async fn edges(platform: &Platform, caller: &Caller) -> Result<()> {
    for (of, edges) in EDGES {
        let Some(root) = root(of).filter(|_| !edges.is_empty()) else { continue };
        for (edge, reads) in *edges {
            let returned = fields(of).into_iter().find(|(name, _)| name == edge).map_or("", |(_, returned)| returned);
            let arguments = match *edge {
                "series" | "together" | "decomposition" | "measures" | "scorecard" => "(period: \"2026\")",
                edge if edge.ends_with("Measures") => "(period: \"2026\")",
                _ => "",
            };
            let selection = match returned {
                "ClearanceMeasures" => "parcels",
                "FeedbackMeasures" => "received",
                "KpiMeasures" | "ProjectMeasures" | "TaskMeasures" => "total",
                "KpiPoint" | "KpiAggregate" => "value",
                "Decomposition" => "declared",
                "Scorecard" => "code",
                _ => "totalCount",
            };
            let document = format!("{{ one: {root} {{ {edge}{arguments} {{ {selection} }} }} }}");
            let answer = platform.ask(caller, &document).await?;
            let value = answer.json()["data"]["one"][edge].take();
            let who = format!("{} {of}.{edge}: {}", caller.name(), answer.text);
            match reads {
                Reads::Aggregates => assert!(answer.problems().is_empty(), "{who}"),
                // An auditor sees alerts on sources, which are of no area.
                Reads::Rows if *edge == "alerts" && caller.principal.has(Role::Auditor) => {
                    assert_eq!(value["totalCount"], 0, "{who}");
                }
                _ => {
                    assert!(value.is_null(), "{who}");
                    assert_eq!(codes(&answer), BTreeSet::from([caller.refusal().to_owned()]), "{who}");
                }
            }
        }
    }
    Ok(())
}

/// One of a type.
fn root(of: &str) -> Option<&'static str> {
    Some(match of {
        "Area" => "area(code: \"00328\")",
        "Organization" => "organization(code: \"SXD\")",
        "Programme" => "programme(code: \"05-CT/TU\")",
        "Bottleneck" => "bottleneck(code: \"FLOODING\")",
        "Official" => "official(code: \"CB-SXD-TT-1\")",
        "Indicator" => "indicator(code: \"GRDP_CONTRIBUTION\")",
        _ => return None,
    })
}

/// Everybody learns what it may see itself, and of nobody else.
async fn viewer(platform: &Platform) -> Result<()> {
    for caller in Caller::all() {
        let document = "{ viewer { authenticated roles organization position areas } }";
        let viewer = platform.ask(&caller, document).await?.data()["viewer"].take();
        let own = &caller.principal;
        let roles: Vec<&str> = own.roles.iter().map(|role| role.as_str()).collect();
        let expected = json!({
            "authenticated": own.subject.is_some(), "roles": roles, "organization": own.organization, "position": own.position, "areas": own.areas
        });
        assert_eq!(viewer, expected, "{}", caller.name());
    }
    Ok(())
}
