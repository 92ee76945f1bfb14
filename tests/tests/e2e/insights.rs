//! Insights of all services: the same figures as each service gives, and nothing that a caller may not see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::Result;
use e2e::{Answer, Process, SECRET, credential};
use serde_json::{Value, json};
use service_kit::access::{Kind, Rows};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::hanoi::hanoi;

/// The dataset of each field of a scorecard, with its field of an area and the arguments of it.
const DATASETS: [(&str, &str); 5] = [
    ("tasks", "taskMeasures(period: \"2026\", asOf: \"2026-11-20\")"),
    ("projects", "projectMeasures(period: \"2026\", asOf: \"2026-11-20\")"),
    ("clearance", "clearanceMeasures(asOf: \"2026-11-20\")"),
    ("kpis", "kpiMeasures(period: \"2026\", asOf: \"2026-11-20\")"),
    ("feedback", "feedbackMeasures(period: \"2026\", asOf: \"2026-11-20\")"),
];

async fn up(pool: &PgPool, data: &std::path::Path) -> Result<Process> {
    let url = hanoi(pool).await?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.to_string_lossy()];
    Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await
}

fn operator() -> String {
    credential(SECRET, &Principal { subject: Some("operator".into()), roles: vec![Role::Ioc], ..Principal::default() })
}

#[test]
fn a_scorecard_shows_nobody_more_than_the_services_do() {
    let every = |kind: &Kind| -> BTreeSet<Role> {
        kind.rows.iter().filter(|(_, rows)| *rows == Rows::All).map(|(role, _)| *role).collect()
    };
    for kind in [&tasks::TASKS, &projects::PROJECTS, &projects::CLEARANCE, &kpis::KPIS, &feedback::FEEDBACK] {
        assert!(every(&insights::SCORECARDS).is_subset(&every(kind)), "who sees all scorecards sees all {}", kind.name);
        for dimension in insights::SCORECARDS.public_dimensions.iter().filter(|dimension| **dimension != "city") {
            assert!(kind.public_dimensions.contains(dimension), "{dimension} of {} is not public", kind.name);
        }
    }
    let rows = |kind: &Kind| kind.rows.iter().map(|(role, rows)| (*role, format!("{rows:?}"))).collect::<BTreeSet<_>>();
    for (own, of_service) in [
        (&insights::NEARBY, &feedback::FEEDBACK),
        (&insights::TASK_ALERTS, &tasks::TASKS),
        (&insights::PROJECT_ALERTS, &projects::PROJECTS),
        (&insights::CLEARANCE_ALERTS, &projects::CLEARANCE),
        (&insights::KPI_ALERTS, &kpis::KPIS),
        (&insights::FEEDBACK_ALERTS, &feedback::FEEDBACK),
        (&insights::TASK_CHANGES, &tasks::TASKS),
        (&insights::PROJECT_CHANGES, &projects::PROJECTS),
        (&insights::CLEARANCE_CHANGES, &projects::CLEARANCE),
        (&insights::KPI_CHANGES, &kpis::KPIS),
        (&insights::FEEDBACK_CHANGES, &feedback::FEEDBACK),
    ] {
        assert_eq!(rows(own), rows(of_service), "{}", own.name);
    }
}

/// The fields of a type of the supergraph with their types.
fn fields(answer: &Answer, name: &str) -> BTreeMap<String, Value> {
    let types = answer.data()["__schema"]["types"].as_array().cloned().unwrap_or_default();
    let found = types.iter().find(|found| found["name"] == name).unwrap_or_else(|| panic!("no type {name}"));
    let fields = found["fields"].as_array().cloned().unwrap_or_default();
    fields
        .into_iter()
        .map(|field| (field["name"].as_str().unwrap_or_default().to_owned(), field["type"].clone()))
        .collect()
}

/// Name of the innermost type.
fn named(mut of: &Value) -> String {
    while of["ofType"].is_object() {
        of = &of["ofType"];
    }
    of["name"].as_str().unwrap_or_default().to_owned()
}

/// A field of the service's measures: the name itself, or the words of the name as a path (`clarityMean` is `clarity { mean }`).
fn selection(schema: &Answer, measures: &str, name: &str) -> Option<String> {
    let own = fields(schema, measures);
    if let Some(of) = own.get(name) {
        let rate = if named(of) == "Rate" { " { numerator denominator }" } else { "" };
        return Some(format!("{name}{rate}"));
    }
    let places = name.char_indices().filter(|(_, letter)| letter.is_ascii_uppercase());
    places.into_iter().find_map(|(place, letter)| {
        let (head, tail) = name.split_at(place);
        let of = named(own.get(head)?);
        let tail: String = letter.to_lowercase().chain(tail.chars().skip(1)).collect();
        let inner = if of == "Rate" { None } else { selection(schema, &of, &tail) };
        Some(format!("{name}: {head} {{ {} }}", inner?))
    })
}

/// A value of the service at the path that [`selection`] gave.
fn at_path(mut value: Value) -> Value {
    while let Some(object) = value.as_object() {
        if object.contains_key("numerator") {
            break;
        }
        value = object.values().next().cloned().unwrap_or_default();
    }
    value
}

#[sqlx::test(migrations = false)]
async fn scorecards_have_the_figures_of_the_services_and_hide_what_these_hide(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = up(&pool, data.path()).await?;
    let credential = operator();
    let introspection =
        "{ __schema { types { name fields { name type { name ofType { name ofType { name ofType { name } } } } } } } }";
    let schema = platform.ask(introspection, Value::Null, Some(&credential)).await?;

    // Every measure of every dataset, of each ward and commune: as the service gives it.
    let (mut cards, mut areas) = (String::new(), String::new());
    for (dataset, field) in DATASETS {
        let of_card = fields(&schema, &named(&fields(&schema, "ScorecardMeasures")[dataset]));
        let own = named(&fields(&schema, "Area")[field.split('(').next().unwrap_or_default()]);
        let _ = write!(cards, "{dataset} {{ ");
        let _ = write!(areas, "{dataset}: {field} {{ ");
        for (name, kind) in of_card {
            let shape = if named(&kind) == "Rate" { " { numerator denominator }" } else { "" };
            let _ = write!(cards, "{name}{shape} ");
            let found = selection(&schema, &own, &name).unwrap_or_else(|| panic!("{own} has no {name}"));
            let _ = write!(areas, "{found} ");
        }
        cards.push_str("} ");
        areas.push_str("} ");
    }
    let ask = async |query: String| platform.ask(&query, Value::Null, Some(&credential)).await;
    let cards = ask(format!(
        "{{ scorecards(by: AREA, period: \"2026\", asOf: \"2026-11-20\", first: 200) {{ totalCount edges {{ node {{ code measures {{ {cards} }} }} }} }} }}"
    ))
    .await?
    .data();
    assert_eq!(cards["scorecards"]["totalCount"], 126);
    let areas = ask(format!("{{ areas(first: 200) {{ edges {{ node {{ code {areas} }} }} }} }}")).await?.data();
    let by_code: BTreeMap<String, Value> = areas["areas"]["edges"]
        .as_array()
        .expect("areas")
        .iter()
        .map(|edge| (edge["node"]["code"].as_str().unwrap_or_default().to_owned(), edge["node"].clone()))
        .collect();
    let mut compared = 0;
    for edge in cards["scorecards"]["edges"].as_array().expect("cards") {
        let card = &edge["node"];
        let area = &by_code[card["code"].as_str().expect("a code")];
        for (dataset, _) in DATASETS {
            for (name, value) in card["measures"][dataset].as_object().expect("a dataset") {
                let expected = at_path(area[dataset][name].clone());
                assert_eq!(*value, expected, "{} {dataset} {name}", card["code"]);
                compared += usize::from(*value != json!(0));
            }
        }
    }
    assert!(compared > 1_000, "{compared} values that are not 0");

    // What feeds a dataset is a kind that sources can push.
    let declared: BTreeSet<&str> =
        cli::services::SERVICES.iter().flat_map(|service| service.pushed).map(|kind| kind.name).collect();
    for function in [
        "tasks.published_measures",
        "projects.published_measures",
        "projects.published_clearance_measures",
        "kpis.published_measures",
        "feedback.published_measures",
    ] {
        let sql = format!("SELECT unnest(kinds) FROM {function}_source()");
        let kinds: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await?;
        assert!(!kinds.is_empty());
        for kind in kinds {
            assert!(declared.contains(kind.as_str()), "{function} is fed by {kind}, which is no kind");
        }
    }

    // Every dimension answers; a dataset that has no such dimension is null.
    for (dimension, without) in [
        ("CITY", &[][..]),
        ("AREA", &[]),
        ("ORGANIZATION", &[]),
        ("PROGRAMME", &[]),
        ("OFFICIAL", &[]),
        ("PROJECT", &["kpis"]),
        ("BOTTLENECK", &[]),
        ("INDICATOR", &["clearance", "feedback"]),
    ] {
        let query = format!(
            "{{ scorecards(by: {dimension}, period: \"2026\", asOf: \"2026-11-20\", first: 1) {{ edges {{ node {{ code measures {{ score tasks {{ total }} \
             projects {{ total }} clearance {{ parcels }} kpis {{ total }} feedback {{ received }} }} }} }} }} }}"
        );
        let answer = ask(query).await?.data();
        let measures = &answer["scorecards"]["edges"][0]["node"]["measures"];
        for (dataset, _) in DATASETS {
            assert_eq!(measures[dataset].is_null(), without.contains(&dataset), "{dimension} {dataset}: {measures}");
        }
    }
    // The city as a whole is what the totals of a service say.
    let city = ask(
        "{ scorecards(by: CITY, period: \"2026\", asOf: \"2026-11-20\") { edges { node { measures { tasks { total overdue } } } } } \
         taskStats(period: \"2026\", asOf: \"2026-11-20\") { totals { total overdue } } }"
            .to_owned(),
    )
    .await?
    .data();
    assert_eq!(city["scorecards"]["edges"][0]["node"]["measures"]["tasks"], city["taskStats"]["totals"]);

    // A trend has the same figures as the scorecard of each unit, of the one before and of the year before.
    let trend = ask(
        "{ trend(by: AREA, code: [\"00004\"], period: \"2026-Q3\", grain: MONTH, asOf: \"2026-11-20\") { points { bucket partial \
           measures { tasks { total } feedback { received } } previous { feedback { received } } yearBefore { feedback { received } } } } \
           july: area(code: \"00004\") { scorecard(period: \"2026-07\", asOf: \"2026-11-20\") { measures { tasks { total } feedback { received } } previous { feedback { received } } } } \
           lastYear: area(code: \"00004\") { scorecard(period: \"2026-07\", asOf: \"2026-11-20\", compareTo: SAME_LAST_YEAR) { previous { feedback { received } } } } }"
            .to_owned(),
    )
    .await?
    .data();
    let points = trend["trend"][0]["points"].as_array().expect("points");
    let buckets: Vec<&Value> = points.iter().map(|point| &point["bucket"]).collect();
    assert_eq!(buckets, ["2026-07", "2026-08", "2026-09"]);
    assert_eq!(points[0]["measures"], trend["july"]["scorecard"]["measures"]);
    assert_eq!(points[0]["previous"], trend["july"]["scorecard"]["previous"]);
    assert_eq!(points[0]["yearBefore"], trend["lastYear"]["scorecard"]["previous"]);

    // Pages follow each other without a gap, and a cursor of another list is refused.
    let page = async |after: Value| {
        let after = if after.is_null() { String::new() } else { format!(", after: {after}") };
        ask(format!(
            "{{ scorecards(by: AREA, period: \"2026\", orderBy: [{{ measure: TASKS_TOTAL, direction: DESC }}], first: 50{after}) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ code }} }} }} }}"
        ))
        .await
    };
    let (mut seen, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let answer = page(after).await?.data();
        let found = &answer["scorecards"];
        for edge in found["edges"].as_array().expect("edges") {
            assert!(seen.insert(edge["node"]["code"].to_string()), "{edge} twice");
        }
        if found["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = found["pageInfo"]["endCursor"].clone();
        let other = format!("{{ scorecards(by: AREA, period: \"2025\", first: 50, after: {after}) {{ totalCount }} }}");
        assert_eq!(ask(other).await?.problems(), ["VALIDATION at after"]);
    }
    assert_eq!(seen.len(), 126);

    // A visitor sees what each service shows to everybody, and null instead of what is about too few persons.
    let visitor = async |query: String| platform.ask(&query, Value::Null, None).await;
    let hidden = visitor(
        "{ scorecards(by: ORGANIZATION, period: \"2025\", asOf: \"2025-02-01\", first: 500) { freshness { hiddenRows } edges { node { code measures { clearance { parcels } feedback { received satisfactionRated } } } } } \
           feedbackStats(period: \"2025\", asOf: \"2025-02-01\", groupBy: [ORGANIZATION]) { rows { organization { code } measures { received } } } \
           clearanceStats(asOf: \"2025-02-01\", groupBy: [ORGANIZATION]) { rows { organization { code } measures { parcels } } } }"
            .to_owned(),
    )
    .await?
    .data();
    assert!(
        hidden["scorecards"]["freshness"]["hiddenRows"].as_i64() > Some(0),
        "nothing is hidden: the sample has no small group"
    );
    let mut nulls = 0;
    for (dataset, stats, measure) in
        [("feedback", "feedbackStats", "received"), ("clearance", "clearanceStats", "parcels")]
    {
        let shown: BTreeMap<String, Value> = hidden[stats]["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (row["organization"]["code"].to_string(), row["measures"][measure].clone()))
            .collect();
        for edge in hidden["scorecards"]["edges"].as_array().expect("cards") {
            let (card, code) = (&edge["node"]["measures"][dataset], edge["node"]["code"].to_string());
            match shown.get(&code) {
                Some(value) => assert_eq!(&card[measure], value, "{code} {dataset}"),
                // Without a group of the service there is no row, or it is hidden.
                None => assert!(card.is_null() || card[measure] == 0, "{code} {dataset} {card}"),
            }
            nulls += usize::from(card.is_null());
        }
    }
    assert!(nulls > 0, "a hidden group is null");
    for dimension in ["OFFICIAL", "PROJECT", "INDICATOR"] {
        let refused = visitor(format!("{{ scorecards(by: {dimension}, period: \"2026\") {{ totalCount }} }}")).await?;
        assert_eq!(refused.problems(), ["UNAUTHENTICATED at by"], "{dimension}");
    }
    assert_eq!(
        visitor("{ nearby(period: \"2026\") { totalCount } }".to_owned()).await?.problems(),
        ["UNAUTHENTICATED at "]
    );
    // A ward sees near the sites only the cases of its areas.
    let near = "{ nearby(period: \"2026\", distanceM: 5000, first: 500) { totalCount edges { node { distanceM feedback { id area { code } } } } } }";
    let areas = |answer: &Value| -> BTreeSet<String> {
        let edges = answer["nearby"]["edges"].as_array().cloned().unwrap_or_default();
        let area = |edge: &Value| edge["node"]["feedback"]["area"]["code"].as_str().unwrap_or_default().to_owned();
        edges.iter().map(area).collect()
    };
    let all = ask(near.to_owned()).await?.data();
    assert!(areas(&all).len() > 1, "{all}");
    let area = areas(&all).pop_first().unwrap_or_default();
    let ward = Principal {
        subject: Some("ward".into()),
        roles: vec![Role::Ward],
        areas: vec![area.clone()],
        ..Principal::default()
    };
    let own = platform.ask(near, Value::Null, Some(&e2e::credential(SECRET, &ward))).await?.data();
    assert_eq!(areas(&own), BTreeSet::from([area]));
    let ids: BTreeSet<String> = all["nearby"]["edges"]
        .as_array()
        .expect("edges")
        .iter()
        .map(|edge| edge["node"]["feedback"]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), all["nearby"]["edges"].as_array().map_or(0, Vec::len), "a case near two sites is there once");

    // What is wrong is named.
    for (query, path) in [
        ("{ scorecards(by: AREA, period: \"2026-13\") { totalCount } }", "period"),
        ("{ scorecards(by: AREA, period: \"2026\", asOf: \"2030-01-01\") { totalCount } }", "asOf"),
        ("{ trend(by: AREA, code: [], period: \"2026\", grain: MONTH) { code } }", "code"),
        ("{ trend(by: AREA, code: [\"00004\"], period: \"2026\", grain: DAY) { code } }", "grain"),
        ("{ nearby(period: \"2026\", distanceM: 0.5) { totalCount } }", "distanceM"),
        ("{ nearby(period: \"2026\", point: { lat: 91, lon: 105 }) { totalCount } }", "point.lat"),
    ] {
        assert_eq!(ask(query.to_owned()).await?.problems(), [format!("VALIDATION at {path}")], "{query}");
    }
    Ok(())
}
