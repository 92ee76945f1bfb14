//! Tests of the structure: dependencies between crates, places of SQL and versions, vocabularies.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

fn services() -> impl Iterator<Item = &'static str> {
    cli::services::SERVICES.iter().map(|service| service.name)
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path("../Cargo.toml").no_deps().exec().expect("cargo metadata")
}

/// Dependencies of each member, without those of its tests.
fn arrows(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let dependencies =
                package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
            (package.name.to_string(), dependencies.map(|dependency| dependency.name.clone()).collect())
        })
        .collect()
}

#[test]
fn the_gateway_depends_on_nothing_of_ours() {
    let metadata = metadata();
    let arrows = arrows(&metadata);
    let ours: BTreeSet<String> = arrows.keys().cloned().collect();
    assert_eq!(arrows["gateway"].intersection(&ours).count(), 0);
}

#[test]
fn no_service_depends_on_another_or_on_the_gateway() {
    let arrows = arrows(&metadata());
    for service in services() {
        for other in services().filter(|other| *other != service).chain(["gateway", "cli"]) {
            assert!(!arrows[service].contains(other), "{service} depends on {other}");
        }
    }
}

#[test]
fn the_shared_model_is_pure() {
    let arrows = arrows(&metadata());
    for impure in ["tokio", "axum", "sqlx", "async-graphql", "hyper", "reqwest"] {
        assert!(!arrows["schema"].contains(impure), "schema depends on {impure}");
    }
}

#[test]
fn sql_stands_only_in_store_modules_and_migrations() {
    let mut offenders = Vec::new();
    for folder in
        ["../service-kit/src", "../services", "../gateway/src", "../cli/src", "../sample/src", "../schema/src"]
    {
        for file in rust_files(std::path::Path::new(folder)) {
            let path = file.to_string_lossy().into_owned();
            let kit_database = path.ends_with("service-kit/src/database.rs");
            let in_store = path.contains("/store/")
                || path.ends_with("/store.rs")
                || path.contains("/tests/")
                || path.contains("/testing");
            let text = std::fs::read_to_string(&file).expect("a readable source");
            let marks =
                ["sqlx::query", "raw_sql", "QueryBuilder", "SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];
            if !in_store && !kit_database && marks.iter().any(|mark| code(&text).contains(mark)) {
                offenders.push(path);
            }
        }
    }
    assert!(offenders.is_empty(), "SQL outside of a store module: {offenders:?}");
}

#[test]
fn stores_know_no_graphql() {
    for service in services() {
        for file in rust_files(std::path::Path::new(&format!("../services/{service}/src/store"))) {
            let text = std::fs::read_to_string(&file).expect("a readable source");
            for mark in ["async_graphql", "crate::graphql", "scalar::"] {
                assert!(!code(&text).contains(mark), "{} knows {mark}", file.display());
            }
        }
    }
}

#[test]
fn insights_read_of_other_services_only_what_these_publish() {
    let mut offenders = Vec::new();
    for file in rust_files(std::path::Path::new("../services/insights/src/store")) {
        let text = code(&std::fs::read_to_string(&file).expect("a readable source"));
        for schema in services().filter(|service| !["insights", "platform"].contains(service)) {
            for (_, name) in
                text.match_indices(&format!("{schema}.")).map(|(place, found)| text.split_at(place + found.len()))
            {
                let named = name.chars().next().is_some_and(|letter| letter.is_ascii_lowercase());
                if named && !name.starts_with("published_") {
                    offenders.push(format!(
                        "{}: {schema}.{}",
                        file.display(),
                        name.split(' ').next().unwrap_or_default()
                    ));
                }
            }
        }
    }
    assert!(offenders.is_empty(), "{offenders:?}");
}

/// The source without its comments.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn versions_stand_only_in_the_root_table() {
    for package in metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("a readable manifest");
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let versioned: Vec<&str> = dependencies
            .lines()
            .filter(|line| line.contains('=') && line.contains('"') && line.contains("version"))
            .collect();
        assert!(versioned.is_empty(), "{}: {versioned:?}", package.name);
    }
}

fn rust_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Values of each `CHECK (… IN ('A', 'B'))` in the migrations.
fn checked_lists() -> Vec<BTreeSet<String>> {
    let mut lists = Vec::new();
    for entry in std::fs::read_dir("../migrations/sql").expect("the migrations") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a migration");
        for check in text.split("CHECK (").skip(1) {
            let list = check.split_once(" IN").and_then(|(_, rest)| rest.trim_start().strip_prefix('('));
            let column_only = check.split_once(" IN").is_some_and(|(before, _)| !before.contains([' ', '(', ')']));
            if let (Some(list), true) = (list.and_then(|list| list.split_once(')')), column_only) {
                lists.push(spellings(list.0, '\''));
            }
        }
    }
    lists
}

/// Values of each vocabulary in the sources, by name.
fn vocabularies() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in ["../services", "../service-kit/src"].iter().flat_map(|folder| rust_files(std::path::Path::new(folder)))
    {
        let text = code(&std::fs::read_to_string(&file).expect("a readable source"));
        for block in text.split("vocabulary! {").skip(1) {
            let Some((head, body)) = block.split_once("pub enum ").and_then(|(_, rest)| rest.split_once(" {")) else {
                continue;
            };
            let body = body.split("\n    }").next().unwrap_or_default();
            found.insert(head.to_owned(), spellings(body, '"'));
        }
    }
    found
}

/// Texts between quotes.
fn spellings(text: &str, quote: char) -> BTreeSet<String> {
    text.split(quote).skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn each_vocabulary_is_what_its_check_accepts() {
    /// Vocabularies without a column of their own.
    const NOT_STORED: [&str; 16] = [
        "RiskReason",
        "DecidingLevel",
        "Role",
        "ClearanceStage",
        "WarningKind",
        "AggregateReason",
        "AttainmentReason",
        "ScorecardDimension",
        "ComparedValue",
        "ScoreComponent",
        "ChangeDataset",
        "ChangeKind",
        "AlertKind",
        "AlertSeverity",
        "AlertOrderField",
        // Elements of arrays.
        "ObservationFlag",
    ];
    let (lists, vocabularies) = (checked_lists(), vocabularies());
    assert!(lists.len() > 10 && vocabularies.len() > 10, "{lists:?} {vocabularies:?}");
    for list in &lists {
        assert!(vocabularies.values().any(|values| values == list), "no vocabulary is spelled {list:?}");
    }
    for (name, values) in vocabularies.iter().filter(|(name, _)| !NOT_STORED.contains(&name.as_str())) {
        assert!(lists.contains(values), "no CHECK accepts the values of {name}: {values:?}");
    }
}
