//! kill -9 while mutations run: acknowledged writes are stored, others leave nothing, and the restart needs no manual
//! work.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use anyhow::Result;
use e2e::{Process, run};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use service_kit::testing::Dice;

/// Number of concurrent mutations.
const IN_FLIGHT: usize = 8;

const CREATE: &str = "mutation($input: CreateTaskInput!) { createTask(input: $input) { task { code } } }";

async fn up(data_dir: &str) -> Result<(Arc<Process>, String)> {
    let process = Process::start(&["up", "--listen", "127.0.0.1:0", "--data-dir", data_dir], &[]).await?;
    let token = std::fs::read_to_string(format!("{data_dir}/dev-token"))?;
    Ok((Arc::new(process), token))
}

#[tokio::test]
async fn what_was_acknowledged_survives_and_what_was_not_leaves_no_half() -> Result<()> {
    crash(&[40]).await
}

/// `cargo test -p e2e --test e2e -- --ignored two_hundred`
#[tokio::test]
#[ignore = "takes a minute"]
async fn two_hundred_writes_and_some_twenty_kills_lose_nothing() -> Result<()> {
    let (mut dice, mut kills) = (Dice(5), Vec::new());
    while kills.iter().sum::<usize>() < 200 {
        kills.push(1 + dice.below(19_usize));
    }
    assert!(kills.len() > 15, "{kills:?}");
    crash(&kills).await
}

/// Kills the platform after each number of acknowledged mutations, with others in flight, and starts it again.
async fn crash(kills: &[usize]) -> Result<()> {
    // When the tests run as root, PostgreSQL runs as another user, who needs access to this folder.
    let data = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir()?;
    let data_dir = data.path().to_string_lossy().into_owned();
    let mut started = 0;
    let mut acknowledged = Vec::new();
    for number in kills {
        acknowledged.extend(write_until_killed(&data_dir, *number, &mut started).await?);
    }

    let (process, token) = up(&data_dir).await?;
    let query = "{ tasks(first: 500, filter: {search: \"nhiem vu\", status: [DRAFT]}) { totalCount edges { node { code title status version } } } }";
    let found = process.ask(query, Value::Null, Some(&token)).await?.data();
    let nodes: Vec<&Value> =
        found["tasks"]["edges"].as_array().expect("edges").iter().map(|edge| &edge["node"]).collect();
    assert_eq!(found["tasks"]["totalCount"], nodes.len());
    for code in &acknowledged {
        assert!(nodes.iter().any(|node| node["code"] == *code.as_str()), "{code} was acknowledged and is gone");
    }
    assert!(nodes.len() <= started, "{} tasks from {started} requests", nodes.len());
    let stored = nodes.len();
    for node in nodes {
        let number = node["code"].as_str().and_then(|code| code.strip_prefix("K-")).expect("a code of this test");
        assert_eq!(node["title"], format!("Nhiệm vụ {number}"));
        assert_eq!((&node["status"], &node["version"]), (&json!("DRAFT"), &json!(1)));
    }
    let again = json!({ "input": { "code": "after", "title": "Nhiệm vụ sau" } });
    assert_eq!(process.ask(CREATE, again, Some(&token)).await?.data()["createTask"]["task"]["code"], "after");
    // Each write that is stored has its entry in the audit trail, and the chain of the entries is whole.
    let entries = run(&["audit", "export", "--data-dir", &data_dir], &[]).await?;
    let created = entries.lines().filter(|line| line.contains("createTask")).count();
    assert_eq!(created, stored + 1, "{entries}");
    run(&["audit", "verify", "--data-dir", &data_dir], &[]).await?;
    let process = Arc::into_inner(process).expect("the only owner");
    assert_eq!(process.stop(Signal::SIGTERM).await?, Some(0), "stops in order");
    // Without a running platform the private database is started for the command.
    run(&["audit", "verify", "--data-dir", &data_dir], &[]).await?;
    Ok(())
}

/// Starts the platform, writes until so many mutations are acknowledged, kills it, and returns the codes of all that were
/// acknowledged. `started` counts the requests.
async fn write_until_killed(data_dir: &str, number: usize, started: &mut usize) -> Result<Vec<String>> {
    let (process, token) = up(data_dir).await?;
    let create = |number: usize| {
        let (process, token) = (process.clone(), token.clone());
        async move {
            let input = json!({ "input": { "code": format!("K-{number}"), "title": format!("Nhiệm vụ {number}") } });
            let answer = process.ask(CREATE, input, Some(&token)).await.ok()?;
            let code = answer.json()["data"]["createTask"]["task"]["code"].as_str()?.to_owned();
            Some(code)
        }
    };
    let mut running = FuturesUnordered::new();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < number {
        while running.len() < IN_FLIGHT {
            running.push(create(*started));
            *started += 1;
        }
        let Some(code) = running.next().await else { break };
        acknowledged.push(code.expect("a mutation before the kill is acknowledged"));
    }
    // Mutations are in flight at the kill: their requests are sent, their responses are not read.
    let pid = i32::try_from(process.pid().expect("running"))?;
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL)?;
    while let Some(outcome) = running.next().await {
        acknowledged.extend(outcome);
    }
    Ok(acknowledged)
}
