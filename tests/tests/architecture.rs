//! The arrows between the crates, as `cargo metadata` sees them.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

const SERVICES: [&str; 2] = ["directory", "tasks"];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path("../Cargo.toml")
        .no_deps()
        .exec()
        .expect("cargo metadata")
}

/// What each member depends on outside of its tests.
fn arrows(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let dependencies = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind == DependencyKind::Normal);
            (
                package.name.to_string(),
                dependencies.map(|dependency| dependency.name.clone()).collect(),
            )
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
    for service in SERVICES {
        for other in SERVICES
            .iter()
            .filter(|other| **other != service)
            .chain(&["gateway", "cli"])
        {
            assert!(!arrows[service].contains(*other), "{service} depends on {other}");
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
    for folder in [
        "../service-kit/src",
        "../services",
        "../gateway/src",
        "../cli/src",
        "../sample/src",
        "../schema/src",
    ] {
        for file in rust_files(std::path::Path::new(folder)) {
            let path = file.to_string_lossy().into_owned();
            let kit_database = path.ends_with("service-kit/src/database.rs");
            let in_store = path.contains("/store/") || path.ends_with("/store.rs") || path.contains("/tests/");
            let text = std::fs::read_to_string(&file).expect("a readable source");
            if !in_store
                && !kit_database
                && ["sqlx::query(", "sqlx::query_", "sqlx::query!", "sqlx::raw_sql"]
                    .iter()
                    .any(|mark| text.contains(mark))
            {
                offenders.push(path);
            }
        }
    }
    assert!(offenders.is_empty(), "SQL outside of a store module: {offenders:?}");
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
