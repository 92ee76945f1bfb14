//! Precedence of settings: flags override the file, the file overrides the defaults.

use std::time::Duration;

use clap::Parser;
use gateway::config::SubgraphErrors;

use super::*;
use crate::services::platform_gateway;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: GatewayOptions,
}

fn parse(arguments: &[&str]) -> Result<GatewayOptions, clap::Error> {
    Line::try_parse_from(["x"].iter().chain(arguments)).map(|line| line.options)
}

fn configured(arguments: &[&str]) -> GatewayConfig {
    settings(arguments).expect("configured").gateway
}

fn settings(arguments: &[&str]) -> Result<ConfigFile> {
    parse(arguments).expect("parsed").settings(GatewayConfig::default())
}

fn settings_with(file: &str, arguments: &[&str]) -> Result<ConfigFile> {
    settings_over(GatewayConfig::default(), file, arguments)
}

/// Options with a configuration file and further flags.
fn settings_over(defaults: GatewayConfig, file: &str, arguments: &[&str]) -> Result<ConfigFile> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gateway.toml");
    std::fs::write(&path, file).expect("written");
    let flag = format!("--gateway-config={}", path.display());
    parse(&[&[flag.as_str()], arguments].concat()).expect("parsed").settings(defaults)
}

#[test]
fn flags_stand_over_the_defaults() {
    let settings = settings(&[]).expect("configured");
    assert_eq!(format!("{settings:?}"), format!("{:?}", ConfigFile::default()));
    let given = [
        "--max-depth",
        "7",
        "--max-cost",
        "99",
        "--request-budget",
        "98",
        "--explain",
        "on-request",
        "--introspection",
        "off",
    ];
    let config = configured(&given);
    assert_eq!((config.limits.max_depth, config.limits.cost.max_cost), (7, Some(99)));
    assert_eq!(config.limits.budget, Some(98));
    assert_eq!((config.explain, config.introspection), (ExplainAccess::OnRequest, false));
}

const FILE: &str = r#"
    explain = "always"
    introspection = false
    timeout = "3s"
    [limits]
    max_depth = 12
    max_tokens = 900
    [traffic.every_subgraph]
    timeout = "2s"
    retry = false
    [traffic.subgraphs.reviews.breaker]
    probes = 9
    [dedupe]
    requests = true
    ignore_headers = ["x-mine"]
    [http]
    max_response_bytes = 77
    [server]
    metrics = false
    [server.caps]
    max_body_bytes = 55
    [connections]
    grace = "1s"
"#;

#[test]
fn a_file_stands_over_the_defaults() {
    let settings = settings_with(FILE, &[]).expect("configured");
    let config = &settings.gateway;
    assert_eq!((config.explain, config.introspection), (ExplainAccess::Always, false));
    assert_eq!((config.limits.max_depth, config.timeout), (12, Duration::from_secs(3)));
    let reviews = config.traffic.of("reviews");
    assert_eq!((reviews.timeout, reviews.retry.is_none()), (Some(Duration::from_secs(2)), true));
    assert!(config.dedupe.requests);
    assert_eq!(config.http.max_response_bytes, 77);
    assert_eq!((settings.server.metrics, settings.server.caps.max_body_bytes), (false, 55));
    assert_eq!(settings.connections.grace, Duration::from_secs(1));
}

#[test]
fn flags_stand_over_the_file() {
    let given = [
        "--explain=off",
        "--introspection=on",
        "--timeout-ms=4000",
        "--max-depth=13",
        "--subgraph-timeout-ms=5000",
        "--retries=1",
        "--breaker=off",
        "--dedupe=subgraph",
        "--max-subgraph-response-bytes=88",
        "--metrics=on",
    ];
    let settings = settings_with(FILE, &given).expect("configured");
    let config = &settings.gateway;
    assert_eq!((config.explain, config.introspection), (ExplainAccess::Off, true));
    assert_eq!((config.limits.max_depth, config.limits.max_tokens), (13, 900));
    assert_eq!(config.timeout, Duration::from_secs(4));
    for subgraph in ["reviews", "another"] {
        let rules = config.traffic.of(subgraph);
        assert_eq!(rules.timeout, Some(Duration::from_secs(5)));
        assert_eq!(rules.retry.as_ref().map(|retry| retry.max_retries), Some(1));
        assert!(rules.breaker.is_none(), "{subgraph}");
    }
    assert_eq!((config.dedupe.subgraph_reads, config.dedupe.requests), (true, false));
    assert_eq!(config.dedupe.ignore_headers, ["x-mine"]);
    assert_eq!(config.http.max_response_bytes, 88);
    assert_eq!((settings.server.metrics, settings.server.caps.max_body_bytes), (true, 55));
}

#[test]
fn the_platform_keeps_its_own_defaults_where_the_file_is_silent() {
    let told = |file| {
        let settings = settings_over(platform_gateway(), file, &[]).expect("configured");
        settings.gateway.subgraph_errors
    };
    assert_eq!(told("timeout = \"1s\""), SubgraphErrors::PassThrough);
    assert_eq!(told("subgraph_errors = \"mask\""), SubgraphErrors::Mask);
}

#[test]
fn a_mistake_in_the_file_is_one_sentence_with_its_place() {
    let refused = settings_with("[limits]\nmax_dept = 1", &[]).expect_err("refused");
    let said = format!("{refused:#}");
    assert!(said.starts_with("cannot use /"), "{said}");
    assert!(
        said.contains("gateway.toml: line 2, column 1, `limits.max_dept`: unknown field `max_dept`, expected one of"),
        "{said}"
    );
    let absent = settings(&["--gateway-config", "/nowhere.toml"]).expect_err("refused");
    assert_eq!(absent.to_string(), "cannot read /nowhere.toml");
}

#[test]
fn nothing_but_trusted_documents_needs_a_manifest() {
    let none = settings(&["--only-trusted=on"]).expect_err("refused").to_string();
    assert!(none.contains("--trusted-documents"), "{none}");
    let absent = settings(&["--only-trusted=on", "--trusted-documents", "/nowhere.json"]);
    assert_eq!(absent.expect_err("refused").to_string(), "cannot read /nowhere.json");
    let manifest = "[persisted]\ntrusted = '{ \"a\": \"{ a }\" }'";
    assert!(settings_with(manifest, &["--only-trusted=on"]).expect("configured").gateway.persisted.only_trusted);
    let only = format!("{manifest}\nonly_trusted = true");
    let lifted = settings_with(&only, &["--only-trusted=off"]).expect("configured");
    assert!(!lifted.gateway.persisted.only_trusted);
}

#[test]
fn every_switch_is_written_on_or_off_and_never_bare() {
    for switch in ["--metrics", "--only-trusted", "--introspection", "--breaker"] {
        for value in ["on", "off"] {
            assert!(parse(&[switch, value]).is_ok(), "{switch} {value}");
        }
        for other in [&[switch][..], &[switch, "true"]] {
            assert!(parse(other).is_err(), "{other:?}");
        }
    }
}
