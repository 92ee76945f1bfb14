//! Change of the supergraph file of a running `ioc gateway`: the new one is served without a lost request, a broken one
//! is not served.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::Process;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

/// Supergraph of one subgraph, which gets no request, with these root fields.
fn supergraph(fields: &str) -> String {
    format!(
        r#"schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) {{ query: Query }}
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
scalar join__FieldSet
scalar link__Import
enum link__Purpose {{ SECURITY EXECUTION }}
enum join__Graph {{ A @join__graph(name: "a", url: "http://127.0.0.1:9/graphql") }}
type Query @join__type(graph: A) {{ {fields} }}
"#
    )
}

async fn start(file: &Path, poll_seconds: &str) -> Result<Process> {
    let file = file.to_string_lossy();
    let arguments = ["gateway", "--supergraph", &file, "--listen", "127.0.0.1:0"];
    let arguments = [&arguments[..], &["--supergraph-poll-seconds", poll_seconds]].concat();
    Process::start(&arguments, &[]).await
}

async fn fields(gateway: &Process) -> Result<Value> {
    let query = r#"{ __type(name: "Query") { fields { name } } }"#;
    let answer = gateway.ask(query, json!({}), None).await?;
    ensure!(answer.status == 200, "{answer:?}");
    Ok(answer.data()["__type"]["fields"].clone())
}

/// Sends requests, each of which must be answered, until the schema has these fields.
async fn until_fields_are(gateway: &Process, names: &[&str]) -> Result<()> {
    let wanted: Value = names.iter().map(|name| json!({ "name": name })).collect();
    let patience = Instant::now() + Duration::from_secs(30);
    while fields(gateway).await? != wanted {
        ensure!(Instant::now() < patience, "not served in time: {wanted}");
    }
    Ok(())
}

async fn until_metric_is(gateway: &Process, line: &str) -> Result<()> {
    let patience = Instant::now() + Duration::from_secs(30);
    while !gateway.get("/metrics").await?.text.lines().any(|known| known == line) {
        ensure!(Instant::now() < patience, "`{line}` is not told");
    }
    Ok(())
}

fn hang_up(gateway: &Process) -> Result<()> {
    let pid = i32::try_from(gateway.pid().unwrap_or_default())?;
    Ok(kill(Pid::from_raw(pid), Signal::SIGHUP)?)
}

#[tokio::test]
async fn a_hangup_takes_the_file_as_it_is_now_and_a_broken_one_changes_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("supergraph.graphql");
    std::fs::write(&file, supergraph("one: Int"))?;
    let gateway = start(&file, "0").await?;
    until_fields_are(&gateway, &["one"]).await?;

    std::fs::write(&file, supergraph("one: Int two: Int"))?;
    hang_up(&gateway)?;
    until_fields_are(&gateway, &["one", "two"]).await?;
    until_metric_is(&gateway, "gateway_supergraph_generation 2").await?;

    std::fs::write(&file, "type Query { one: Nothing }")?;
    hang_up(&gateway)?;
    until_metric_is(&gateway, "gateway_supergraph_refused 1").await?;
    until_fields_are(&gateway, &["one", "two"]).await?;

    std::fs::write(&file, supergraph("three: Int"))?;
    hang_up(&gateway)?;
    until_fields_are(&gateway, &["three"]).await?;
    until_metric_is(&gateway, "gateway_supergraph_refused 0").await?;
    assert_eq!(gateway.stop(Signal::SIGTERM).await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_file_that_changes_or_is_replaced_is_seen() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("supergraph.graphql");
    std::fs::write(&file, supergraph("one: Int"))?;
    let gateway = start(&file, "1").await?;
    std::fs::write(&file, supergraph("one: Int two: Int"))?;
    until_fields_are(&gateway, &["one", "two"]).await?;

    // Replaced as in a deployment: written to another file, then renamed.
    let beside = folder.path().join("new.graphql");
    std::fs::write(&beside, supergraph("three: Int"))?;
    std::fs::rename(&beside, &file)?;
    until_fields_are(&gateway, &["three"]).await?;
    Ok(())
}
