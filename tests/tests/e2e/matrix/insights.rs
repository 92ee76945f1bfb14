//! What is derived of several services: alerts, changes, warnings, revisions, cases near sites, scorecards. Each names a record, and
//! is seen by who sees the record.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;
use service_kit::Role;

use super::records::{FEEDBACK, OF_A_SERIES, PARCELS, PROJECTS, Records, TARGETS, TASKS};
use super::{Caller, Platform, Sees, codes};

/// Datasets of alerts and of changes, the field with the record and its key, and the kind with its place in [`Caller::sees`].
const DATASETS: &[(&str, &str, &str, &Records, usize)] = &[
    ("tasks", "task", "id", &TASKS, 0),
    ("projects", "project", "code", &PROJECTS, 1),
    ("clearance", "parcelCase", "id", &PARCELS, 2),
    ("feedback", "feedback", "id", &FEEDBACK, 5),
];

/// From when changes are asked for: a week with several of each dataset.
const SINCE: &str = "2026-11-16T00:00:00Z";

pub async fn check(platform: &Platform) -> Result<()> {
    let operator = Caller::operator();
    let alerts = all(platform, &operator, "alerts", "", &records("dataset id", "")).await?;
    let mut changes = BTreeMap::new();
    for (dataset, record, key, ..) in DATASETS {
        let argument = format!("instant: \"{SINCE}\", datasets: [{}],", dataset.to_uppercase());
        changes.insert(
            *dataset,
            all(platform, &operator, "changesSince", &argument, &format!("{record} {{ {key} }}")).await?,
        );
    }
    for caller in Caller::all() {
        let mut shown = 0;
        let is_shown = caller.sees != [Sees::Nothing; 6];
        let own_alerts =
            if is_shown { all(platform, &caller, "alerts", "", &records("dataset", "")).await? } else { Vec::new() };
        for (dataset, record, key, records, place) in DATASETS {
            let seen = platform.expected(&caller, (records, caller.sees[*place]), "true").await?;
            let of = |nodes: &[Value]| -> Vec<String> {
                let ids = nodes.iter().filter_map(|node| node[*record][*key].as_str().map(str::to_owned));
                ids.filter(|id| seen.contains(id)).collect()
            };
            let of_dataset: Vec<Value> = alerts.iter().filter(|node| node["dataset"] == *dataset).cloned().collect();
            assert!(*dataset == "projects" || !of_dataset.is_empty(), "the sample has no alert of {dataset}");
            let expected: BTreeSet<String> = of(&of_dataset).into_iter().collect();
            if is_shown {
                let own: Vec<&Value> = own_alerts.iter().filter(|node| node["dataset"] == *dataset).collect();
                let found: BTreeSet<String> =
                    own.iter().filter_map(|node| node[*record][*key].as_str().map(str::to_owned)).collect();
                assert_eq!(found, expected, "{} alerts {dataset}", caller.name());
                assert!(own.iter().all(|node| !node[*record].is_null()), "{} {dataset}", caller.name());
                let expected_changes = of(&changes[dataset]);
                let argument = format!("instant: \"{SINCE}\", datasets: [{}],", dataset.to_uppercase());
                if caller.sees[*place] != Sees::Nothing {
                    let own =
                        all(platform, &caller, "changesSince", &argument, &format!("{record} {{ {key} }}")).await?;
                    let own: Vec<String> =
                        own.iter().filter_map(|node| node[*record][*key].as_str().map(str::to_owned)).collect();
                    assert_eq!(sorted(own), sorted(expected_changes.clone()), "{} changes {dataset}", caller.name());
                }
                shown += expected.len() + expected_changes.len();
            }
        }
        singles(platform, &caller, &alerts).await?;
        around(platform, &operator, &caller).await?;
        assert!(
            shown > 0 || caller.sees != [Sees::Own; 6] && caller.sees != [Sees::Everything; 6],
            "{}",
            caller.name()
        );
    }
    series(platform).await?;
    vacancies(platform).await?;
    silent_sources(platform).await
}

/// Alerts of silent sources: the operations center, auditors and administrators see all, departments and leads those of their
/// organization and of the ones below it, and nobody else any.
async fn silent_sources(platform: &Platform) -> Result<()> {
    // Of two departments, of the committee above them, and of nobody.
    sqlx::query(
        "INSERT INTO platform.source (code, organization_code, cadence_hours, created_by, created_at)
         SELECT 'silent-' || coalesce(lower(o.code), 'nobody'), o.code, 1, 'test', '2026-01-05' FROM unnest(ARRAY['SYT', 'SXD', 'UBND', NULL]) AS o(code)",
    )
    .execute(&platform.pool)
    .await?;
    let sources = Records {
        rows: ("platform.source AS s WHERE true", "s.code"),
        own: "coalesce(s.organization_code = ANY ($1), false)",
        ..TASKS
    };
    let of = |nodes: Vec<Value>| -> BTreeSet<String> {
        nodes.iter().filter_map(|node| node["source"].as_str().map(str::to_owned)).collect()
    };
    let argument = "filter: { kind: [SOURCE_SILENT] },";
    let there = of(all(platform, &Caller::operator(), "alerts", argument, "source").await?);
    assert!(!there.is_empty(), "the sample has no silent source");
    let mut shown = BTreeMap::new();
    for caller in Caller::all() {
        let is_one_of = |roles: &[Role]| roles.iter().any(|role| caller.principal.roles.contains(role));
        let right = if is_one_of(&[Role::Ioc, Role::Auditor, Role::Admin]) {
            Sees::Everything
        } else if is_one_of(&[Role::Department, Role::Lead]) {
            Sees::Own
        } else {
            let answer = platform.ask(&caller, &format!("{{ alerts({argument} first: 5) {{ totalCount }} }}")).await?;
            assert_eq!(codes(&answer), BTreeSet::from([caller.refusal().to_owned()]), "{}", caller.name());
            continue;
        };
        let seen = platform.expected(&caller, (&sources, right), "true").await?;
        let found = of(all(platform, &caller, "alerts", argument, "source").await?);
        let expected: BTreeSet<String> = there.intersection(&seen).cloned().collect();
        assert_eq!(found, expected, "{} silent sources", caller.name());
        shown.insert(caller.name().to_owned(), found.len());
    }
    assert!(shown.values().any(|count| *count == 0) && shown.values().any(|count| *count == there.len()), "{shown:?}");
    Ok(())
}

/// Alerts and changes of targets, which name the series: an indicator and its area or organization.
async fn series(platform: &Platform) -> Result<()> {
    let rows = "kpis.series AS t JOIN kpis.indicator AS i ON i.code = t.indicator_code WHERE true";
    let key = "t.indicator_code || '/' || coalesce(t.area_code, t.organization_code)";
    let of_series = Records { rows: (rows, key), own: OF_A_SERIES, ..TARGETS };
    let named = |nodes: Vec<Value>, dataset: &str| -> Vec<String> {
        let nodes = nodes.iter().filter(|node| node["dataset"] == dataset);
        let key = |node: &Value| {
            let scope = node["areas"][0]["code"].as_str().or(node["organization"]["code"].as_str());
            format!("{}/{}", node["indicator"]["code"].as_str().unwrap_or_default(), scope.unwrap_or_default())
        };
        nodes.map(key).collect()
    };
    let selection = "dataset areas { code } organization { code } indicator { code }";
    // From the begin of the year: the declared targets are among the changes, and the week has none.
    let since = "instant: \"2026-01-05T00:00:00Z\", datasets: [KPIS],";
    for (list, argument, dataset) in [("alerts", "", "kpis"), ("changesSince", since, "KPIS")] {
        let there = named(all(platform, &Caller::operator(), list, argument, selection).await?, dataset);
        assert!(!there.is_empty(), "the sample has no {list} of targets");
        for caller in Caller::all() {
            // Who sees no target sees no change of one, and an alert of another kind at most.
            if caller.sees == [Sees::Nothing; 6] || list == "changesSince" && caller.sees[3] == Sees::Nothing {
                continue;
            }
            let seen = platform.expected(&caller, (&of_series, caller.sees[3]), "true").await?;
            let found = named(all(platform, &caller, list, argument, selection).await?, dataset);
            let expected: Vec<String> = there.iter().filter(|key| seen.contains(*key)).cloned().collect();
            assert_eq!(sorted(found), sorted(expected), "{} {list} of targets", caller.name());
        }
    }
    Ok(())
}

/// Alerts of positions without a holder: who sees an open task, a project or a target for which one is accountable sees them.
async fn vacancies(platform: &Platform) -> Result<()> {
    let selection = "dataset position { code }";
    let of = |nodes: Vec<Value>| -> BTreeSet<String> {
        let nodes = nodes.iter().filter(|node| node["dataset"] == "positions");
        nodes.filter_map(|node| node["position"]["code"].as_str().map(str::to_owned)).collect()
    };
    let there = of(all(platform, &Caller::operator(), "alerts", "", selection).await?);
    assert!(!there.is_empty(), "the sample has no position without a holder");
    for caller in Caller::all().into_iter().filter(|caller| caller.sees != [Sees::Nothing; 6]) {
        let found = of(all(platform, &caller, "alerts", "", selection).await?);
        let accountable = accountable(platform, &caller).await?;
        let expected: BTreeSet<String> = there.intersection(&accountable).cloned().collect();
        assert_eq!(found, expected, "{} positions without a holder", caller.name());
    }
    Ok(())
}

/// Positions that are accountable for what a caller sees.
async fn accountable(platform: &Platform, caller: &Caller) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for (place, records, key, condition) in [
        (0, &TASKS, "t.accountable_position_code", "t.status NOT IN ('COMPLETED', 'CANCELLED')"),
        (1, &PROJECTS, "t.accountable_position_code", "true"),
        (3, &TARGETS, "i.accountable_position_code", "true"),
    ] {
        let positions = Records { rows: (records.rows.0, key), ..*records };
        let condition = format!("{condition} AND {key} IS NOT NULL");
        found.extend(platform.expected(caller, (&positions, caller.sees[place]), &condition).await?);
    }
    Ok(found)
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

/// A selection with the record of each dataset.
fn records(before: &str, after: &str) -> String {
    let records: Vec<String> = DATASETS.iter().map(|(_, record, key, ..)| format!("{record} {{ {key} }}")).collect();
    format!("{before} {} {after}", records.join(" "))
}

/// All nodes of a list, page by page. As many as its total says.
async fn all(platform: &Platform, caller: &Caller, list: &str, argument: &str, selection: &str) -> Result<Vec<Value>> {
    let (mut nodes, mut after): (Vec<Value>, String) = (Vec::new(), "null".to_owned());
    loop {
        let document = format!(
            "{{ {list}({argument} first: 500, after: {after}) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {selection} }} }} }}"
        );
        let answer = platform.ask(caller, &document).await?;
        assert!(answer.problems().is_empty(), "{} {list}: {}", caller.name(), answer.text);
        let mut page = answer.data()[list].take();
        nodes.append(page["nodes"].as_array_mut().context("nodes")?);
        if page["pageInfo"]["hasNextPage"] != true {
            assert_eq!(page["totalCount"], nodes.len(), "{} {list}", caller.name());
            return Ok(nodes);
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
}

/// An alert by its id is null as one that does not exist, and who does not see it can do nothing to it.
async fn singles(platform: &Platform, caller: &Caller, alerts: &[Value]) -> Result<()> {
    let mut few = Vec::new();
    for (dataset, record, key, records, place) in DATASETS {
        let seen = platform.expected(caller, (records, caller.sees[*place]), "true").await?;
        let of = alerts.iter().filter(|node| node["dataset"] == *dataset);
        few.extend(of.step_by(12).take(4).map(|node| {
            let is_seen = node[*record][*key].as_str().is_some_and(|id| seen.contains(id));
            (node["id"].as_str().unwrap_or_default().to_owned(), is_seen)
        }));
    }
    let fields: Vec<String> =
        (0..).zip(&few).map(|(place, (id, _))| format!("o{place}: alert(id: \"{id}\") {{ id }}")).collect();
    let answer = platform.ask(caller, &format!("{{ {} }}", fields.join(" "))).await?;
    let data = answer.json()["data"].take();
    for (place, (id, is_seen)) in few.iter().enumerate() {
        assert_eq!(
            data[format!("o{place}")]["id"] == *id.as_str(),
            *is_seen,
            "{} {id}: {}",
            caller.name(),
            answer.text
        );
    }
    let allowed = [BTreeSet::new(), BTreeSet::from([caller.refusal().to_owned()])];
    assert!(allowed.contains(&codes(&answer)), "{}: {}", caller.name(), answer.text);
    let Some((hidden, _)) = few.iter().find(|(_, is_seen)| !is_seen) else { return Ok(()) };
    let mut said = Vec::new();
    for id in [hidden.clone(), changed(hidden)] {
        let document =
            format!("mutation {{ acknowledgeAlert(input: {{ id: \"{id}\", expectedVersion: 0 }}) {{ __typename }} }}");
        let answer = platform.ask(caller, &document).await?;
        assert!(!answer.problems().is_empty(), "{} acknowledged {id}", caller.name());
        let errors = answer.json()["errors"].to_string().replace(&id, "ID");
        said.push(errors);
    }
    assert_eq!(said[0], said[1], "{}: an alert that is not seen is told from one that does not exist", caller.name());
    Ok(())
}

/// The id of an alert that does not exist: the last digit of another.
fn changed(id: &str) -> String {
    let place = id.rfind(|c: char| c.is_ascii_hexdigit()).unwrap_or_default();
    let last = if id[place..].starts_with('0') { "1" } else { "0" };
    format!("{}{last}{}", &id[..place], &id[place + 1..])
}

/// Warnings about parcels, revisions of series, cases near sites, and sites.
async fn around(platform: &Platform, operator: &Caller, caller: &Caller) -> Result<()> {
    const NEAR: &str = "nearby(period: \"2026\", first: 200) { totalCount nodes { feedback { id } siteCode } }";
    const WARN: &str = "clearanceWarnings(first: 500, filter: { kind: [NOTICE_LAPSING, NOTICE_LAPSED, PAYMENT_LATE, VIOLATION] }) { parcelCase { id } }";
    const REVISED: &str = "kpiRevisions(period: \"2026\", first: 500) { indicator { code } area { code } }";
    let (parcels, cases) = (caller.sees[2], caller.sees[5]);
    let parcels_seen = platform.expected(caller, (&PARCELS, parcels), "true").await?;
    let cases_seen = platform.expected(caller, (&FEEDBACK, cases), "true").await?;
    for (field, name, record, seen, right) in [
        (NEAR, "nearby", "feedback", &cases_seen, cases),
        (WARN, "clearanceWarnings", "parcelCase", &parcels_seen, parcels),
    ] {
        let document = format!("{{ {field} }}");
        let answer = platform.ask(caller, &document).await?;
        if right == Sees::Nothing {
            assert_eq!(codes(&answer), BTreeSet::from([caller.refusal().to_owned()]), "{} {name}", caller.name());
            continue;
        }
        let nodes = |answer: &Value| -> Vec<Value> {
            let list = &answer[name];
            list.get("nodes").unwrap_or(list).as_array().cloned().unwrap_or_default()
        };
        let id = |node: &Value| node[record]["id"].as_str().unwrap_or_default().to_owned();
        let own = nodes(&answer.data());
        let whole = nodes(&platform.ask(operator, &document).await?.data());
        let expected: BTreeSet<String> = whole.iter().map(id).filter(|id| seen.contains(id)).collect();
        let found: BTreeSet<String> = own.iter().map(id).collect();
        assert!(found.is_subset(seen), "{} {name}", caller.name());
        if name == "clearanceWarnings" {
            assert_eq!(found, expected, "{} {name}", caller.name());
        }
        // A case is seen, and the site near it too, or it is no site that the answer may name.
        let sites: Vec<String> = own.iter().filter_map(|node| node["siteCode"].as_str().map(str::to_owned)).collect();
        let of_seen: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT s.code FROM projects.site AS s JOIN projects.parcel_case AS c ON c.site_code = s.code WHERE c.id::text = ANY ($1)",
        )
        .bind(parcels_seen.iter().cloned().collect::<Vec<_>>())
        .fetch_all(&platform.pool)
        .await?;
        assert!(sites.iter().all(|site| of_seen.contains(site)), "{} {sites:?}", caller.name());
    }
    let answer = platform.ask(caller, &format!("{{ {REVISED} }}")).await?;
    if caller.sees[4] == Sees::Nothing {
        assert_eq!(codes(&answer), BTreeSet::from([caller.refusal().to_owned()]), "{} kpiRevisions", caller.name());
    } else {
        let own = answer.data()["kpiRevisions"].take();
        let whole = platform.ask(operator, &format!("{{ {REVISED} }}")).await?.data()["kpiRevisions"].take();
        let (own, whole) = (own.as_array().context("own")?, whole.as_array().context("all")?);
        assert!(!whole.is_empty() && own.iter().all(|one| whole.contains(one)), "{}", caller.name());
        if caller.sees[4] == Sees::Everything {
            assert_eq!(own.len(), whole.len(), "{}", caller.name());
        } else if caller.principal.organization.is_none() && caller.principal.position.is_none() {
            let areas: Vec<String> = sqlx::query_scalar(
                "SELECT from_code FROM directory.area_succession WHERE to_code = ANY ($1) UNION SELECT unnest($1::text[])",
            )
            .bind(&caller.principal.areas)
            .fetch_all(&platform.pool)
            .await?;
            let is_own =
                |one: &Value| one["area"]["code"].as_str().is_some_and(|area| areas.iter().any(|own| own == area));
            assert!(own.iter().all(is_own), "{}: {own:?}", caller.name());
            assert_eq!(own.len(), whole.iter().filter(|one| is_own(one)).count(), "{}", caller.name());
        }
    }
    sites(platform, caller).await
}

/// A site is seen with its project or its area.
async fn sites(platform: &Platform, caller: &Caller) -> Result<()> {
    let all: Vec<String> = sqlx::query_scalar("SELECT code FROM projects.site WHERE deleted_at IS NULL ORDER BY code")
        .fetch_all(&platform.pool)
        .await?;
    let sites = Records {
        rows: (
            "projects.site AS s JOIN projects.project AS p ON p.code = s.project_code WHERE s.deleted_at IS NULL",
            "s.code",
        ),
        ..PARCELS
    };
    let seen = platform.expected(caller, (&sites, caller.sees[2]), "true").await?;
    let fields: Vec<String> = (0..)
        .zip(&all)
        .map(|(place, code)| {
            format!(
                "s{place}: site(code: \"{code}\") {{ code resettlements {{ party }} parcelCases {{ totalCount }} }}"
            )
        })
        .collect();
    for chunk in fields.chunks(10) {
        let answer = platform.ask(caller, &format!("{{ {} }}", chunk.join(" "))).await?;
        let data = answer.json()["data"].take();
        for (place, code) in all.iter().enumerate() {
            let Some(site) = data.get(format!("s{place}")) else { continue };
            assert_eq!(!site.is_null(), seen.contains(code), "{} {code}: {}", caller.name(), answer.text);
        }
    }
    Ok(())
}
