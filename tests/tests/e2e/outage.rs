//! Restart of the private PostgreSQL under load: reads are answered, and no error is `INTERNAL`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Answer, Process};
use futures::future::join_all;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

const READS: [&str; 3] = [
    "{ areas { totalCount } }",
    "{ tasks(filter: {search: \"nhiem vu\"}) { totalCount edges { node { code } } } }",
    "{ taskStats(period: \"2026\") { totals { total } } }",
];
const CREATE: &str = "mutation($input: CreateTaskInput!) { createTask(input: $input) { task { code } } }";

/// Process id of the server, from its own file.
fn postmaster(data_dir: &Path) -> Result<Pid> {
    let text = std::fs::read_to_string(data_dir.join("postgres/data/postmaster.pid"))?;
    Ok(Pid::from_raw(text.lines().next().context("an empty file")?.parse()?))
}

/// Reads until the answer has no error. A service reads again by itself while the database restarts; a restart that takes
/// longer, on a busy machine, is the only error that may be seen.
async fn read(platform: &Process, query: &str, token: Option<&str>) -> Result<()> {
    loop {
        let answer = platform.ask(query, Value::Null, token).await?;
        match answer.problems().as_slice() {
            [] => return Ok(()),
            problems => assert!(
                problems.iter().all(|problem| problem.starts_with("SUBGRAPH_UNAVAILABLE")),
                "{query}: {problems:?}"
            ),
        }
    }
}

#[tokio::test]
async fn reads_outlive_restarts_of_postgresql_and_nothing_is_internal() -> Result<()> {
    // When the tests run as root, PostgreSQL runs as another user, who needs access to this folder.
    let data = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir()?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.path().to_string_lossy()];
    let platform = Process::start(&arguments, &[]).await?;
    let token = std::fs::read_to_string(data.path().join("dev-token"))?;

    let create = |code: String| {
        let input = json!({ "input": { "code": code, "title": "Nhiệm vụ" } });
        platform.ask(CREATE, input, Some(&token))
    };
    let mut created = 0;
    let mut count = |answer: &Answer, what: &str| match answer.problems().as_slice() {
        [] => created += 1,
        [problem] => assert_eq!(problem, "SUBGRAPH_UNAVAILABLE at ", "{what}"),
        more => panic!("{what}: {more:?}"),
    };
    // A fast shutdown, an immediate one, and a crash.
    for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL] {
        let (reads, mutations, killed) = tokio::join!(
            join_all((0..10).map(|number| read(&platform, READS[number % READS.len()], Some(&token)))),
            join_all((0..10).map(|number| create(format!("{signal}-flight-{number}")))),
            async { kill(postmaster(data.path())?, signal).context("no server") },
        );
        killed?;
        for outcome in reads {
            outcome?;
        }
        for answer in mutations {
            count(&answer?, signal.as_str());
        }
        for number in 0..20 {
            for query in READS {
                read(&platform, query, Some(&token)).await?;
            }
            count(&create(format!("{signal}-{number}")).await?, signal.as_str());
        }
    }
    assert!(created > 30, "only {created} tasks were created");
    Ok(())
}
