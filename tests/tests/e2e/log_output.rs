//! Log of `ioc` when stderr is not a terminal.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use e2e::ioc;

/// Log of a gateway without reachable subgraphs, after one request.
async fn log(format: &str) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("supergraph.graphql");
    std::fs::write(&file, Command::new(ioc()?).args(["schema", "print"]).output()?.stdout)?;
    let mut gateway = Command::new(ioc()?)
        .args(["gateway", "--listen", "127.0.0.1:0", "--log", "info", "--log-format", format])
        .args(["--subgraph", "directory=http://127.0.0.1:1/graphql", "--subgraph", "tasks=http://127.0.0.1:1/graphql"])
        .arg("--supergraph")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(gateway.stdout.take().context("no stdout")?).read_line(&mut line)?;
    let address = line.split_whitespace().last().context("no address")?.to_owned();
    let request = reqwest::Client::new().post(address);
    let body = r#"{"query":"{ areas { totalCount } }"}"#;
    let asked = request.header("content-type", "application/json").body(body).send().await;
    gateway.kill()?;
    gateway.wait()?;
    asked?;
    let mut text = String::new();
    gateway.stderr.take().context("no stderr")?.read_to_string(&mut text)?;
    Ok(text)
}

#[tokio::test]
async fn a_log_that_is_no_terminal_has_no_colour_codes() -> Result<()> {
    for format in ["text", "json"] {
        let log = log(format).await?;
        assert!(log.contains("a subgraph gave no response"), "{log}");
        assert!(!log.contains('\u{1b}'), "{log:?}");
    }
    Ok(())
}
