//! One trial: starts a gateway, checks its answer, warms it up, puts it under load, and reads its cost.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    OPERATION,
    contender::{Contender, Mode, Site},
    http_client::{Connection, get, post},
    load::{self, Load},
    process,
};

/// How long a gateway may take until its first correct answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Settings of a trial.
pub struct Conditions {
    pub connections: usize,
    pub warm_up: Duration,
    pub duration: Duration,
    pub expected: Bytes,
}

/// The results of a trial.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    #[serde(flatten)]
    pub contender: Contender,
    pub round: usize,
    pub requests: u64,
    pub errors: u64,
    pub requests_per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Processor time of the gateway per request.
    pub gateway_cpu_ms: f64,
    /// Processor time of the subgraphs per request.
    pub subgraphs_cpu_ms: f64,
    /// Requests to subgraphs per request.
    pub subgraph_requests: f64,
    pub peak_memory_mib: f64,
    /// Whether the answer's keys are in the order of the operation.
    pub keys_in_order: bool,
}

/// The process that serves the subgraphs for all trials.
pub struct Subgraphs {
    child: Child,
    pub address: SocketAddr,
}

impl Subgraphs {
    /// Starts the process on a free port; an error when the program cannot be started.
    pub async fn start(program: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let output = child.stdout.take().context("the output of the subgraphs is not connected")?;
        let line = BufReader::new(output).lines().next_line().await?.context("the subgraphs ended at once")?;
        let address = line.parse().with_context(|| format!("the subgraphs said {line:?} instead of an address"))?;
        Ok(Self { child, address })
    }

    async fn requests(&self) -> anyhow::Result<u64> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.exchange(&get(self.address, "/requests")).await?;
        let counts: BTreeMap<String, u64> = serde_json::from_slice(answer.body)?;
        Ok(counts.values().sum())
    }

    fn cpu_ms(&self) -> anyhow::Result<f64> {
        Ok(process::cpu_ms(self.child.id().context("the subgraphs have ended")?)?)
    }
}

/// Runs one trial. An error when the gateway does not start, or does not return the expected answer.
pub async fn run(
    contender: Contender,
    round: usize,
    site: &Site,
    subgraphs: &Subgraphs,
    conditions: &Conditions,
) -> anyhow::Result<Trial> {
    let address = free_address()?;
    let log = site.folder.join(format!("{:?}-{:?}.log", contender.program, contender.mode));
    let output = File::create(&log)?;
    let mut gateway = contender
        .command(site, address)?
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", contender.program))?;
    let measured = measure(contender, round, &mut gateway, address, subgraphs, conditions).await;
    stop(&mut gateway).await?;
    measured.with_context(|| {
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(15)..].join("\n");
        format!("{} ({}); its last words:\n{last}", contender.program, contender.mode.title())
    })
}

async fn measure(
    contender: Contender,
    round: usize,
    gateway: &mut Child,
    address: SocketAddr,
    subgraphs: &Subgraphs,
    conditions: &Conditions,
) -> anyhow::Result<Trial> {
    let request = post(address, "/graphql", &json!({ "query": OPERATION }).to_string());
    let answer = first_answer(gateway, address, &request).await?;
    let keys_in_order = compare(&answer, &conditions.expected)?;
    let load = Arc::new(Load { address, request, expected: answer, connections: conditions.connections });
    load::run(&load, conditions.warm_up).await;

    let pid = gateway.id().context("the gateway has ended")?;
    let requests_before = subgraphs.requests().await?;
    let cpu_before = (process::cpu_ms(pid)?, subgraphs.cpu_ms()?);
    let outcome = load::run(&load, conditions.duration).await;
    let (gateway_cpu_ms, subgraphs_cpu_ms) = (process::cpu_ms(pid)? - cpu_before.0, subgraphs.cpu_ms()? - cpu_before.1);
    let requests_after = subgraphs.requests().await?;
    ensure!(outcome.requests > 0, "no request was answered in {:?}", conditions.duration);

    #[expect(clippy::cast_precision_loss, reason = "counts and KiB stay far below 2^52")]
    let [answered, to_subgraphs, peak_memory_kib] =
        [outcome.requests, requests_after - requests_before, process::peak_memory_kib(pid)?].map(|count| count as f64);
    Ok(Trial {
        contender,
        round,
        requests: outcome.requests,
        errors: outcome.errors,
        requests_per_second: answered / outcome.elapsed.as_secs_f64(),
        p50_ms: outcome.latency_ms(0.5),
        p99_ms: outcome.latency_ms(0.99),
        gateway_cpu_ms: gateway_cpu_ms / answered,
        subgraphs_cpu_ms: if contender.mode == Mode::Fixed { 0.0 } else { subgraphs_cpu_ms / answered },
        subgraph_requests: to_subgraphs / answered,
        peak_memory_mib: peak_memory_kib / 1024.0,
        keys_in_order,
    })
}

/// A port that was free when it was checked. Most peers cannot choose a free port themselves and report it.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Repeats the request until the gateway returns a complete answer, because some peers listen before they can serve.
pub(crate) async fn first_answer(gateway: &mut Child, address: SocketAddr, request: &[u8]) -> anyhow::Result<Bytes> {
    let end = Instant::now() + PATIENCE;
    loop {
        let failure = match ask(address, request).await {
            Ok((200, body)) => return Ok(body),
            Ok((status, body)) => format!("status {status}: {}", String::from_utf8_lossy(&body)),
            Err(error) => error.to_string(),
        };
        if let Some(status) = gateway.try_wait()? {
            bail!("it ended with {status}");
        }
        ensure!(Instant::now() < end, "no answer within {PATIENCE:?}; the last attempt: {failure}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn ask(address: SocketAddr, request: &[u8]) -> std::io::Result<(u16, Bytes)> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.exchange(request).await?;
    Ok((answer.status, Bytes::copy_from_slice(answer.body)))
}

/// Refuses an answer with unexpected data. Returns whether the keys are in the expected order too.
fn compare(answer: &[u8], expected: &[u8]) -> anyhow::Result<bool> {
    let (answer, expected): (Value, Value) = (serde_json::from_slice(answer)?, serde_json::from_slice(expected)?);
    ensure!(answer.get("errors").is_none(), "the answer has errors: {}", answer["errors"]);
    ensure!(answer["data"] == expected["data"], "the answer has other data than expected");
    // Comparing maps ignores the order of the keys, comparing texts does not.
    let (answer, expected) = (answer["data"].to_string(), expected["data"].to_string());
    Ok(answer == expected)
}

pub(crate) async fn stop(gateway: &mut Child) -> anyhow::Result<()> {
    if let Some(pid) = gateway.id().and_then(|pid| i32::try_from(pid).ok()) {
        // The gateway may have ended in the meantime.
        let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
    }
    if tokio::time::timeout(Duration::from_secs(5), gateway.wait()).await.is_err() {
        gateway.kill().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_order_of_keys_is_told_and_other_data_is_refused() {
        let expected = br#"{"data":{"a":1,"b":[2]}}"#;
        assert!(compare(br#"{"data":{"a":1,"b":[2]},"extensions":{}}"#, expected).expect("equal"));
        assert!(!compare(br#"{"data":{"b":[2],"a":1}}"#, expected).expect("equal"));
        assert!(compare(br#"{"data":{"a":1,"b":[3]}}"#, expected).is_err());
        assert!(compare(br#"{"data":{"a":1,"b":[2]},"errors":[]}"#, expected).is_err());
    }
}
