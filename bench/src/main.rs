//! `bench`: runs our gateway and every available peer in turns, and prints the cost of each.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Context;
use bench::{
    SUBGRAPHS_ADDRESS_IN_FILE, SUPERGRAPH, answer,
    contender::{Mode, Program, Site, contenders},
    machine::{absolute, machine},
    report::Report,
    trial::{Conditions, Subgraphs, Trial, run},
};
use clap::{Parser, ValueEnum};
use serde_json::json;

/// Compare federation gateways under the load of the public federation benchmark
#[derive(Parser)]
struct Options {
    /// Trials of each gateway in each mode; the gateways take turns
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of load in a trial
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Seconds of load before a trial that do not count
    #[arg(long, default_value_t = 3.0)]
    warm_up_seconds: f64,
    /// Connections of the client
    #[arg(long, default_value_t = 50)]
    connections: usize,
    /// Only these programs (all by default)
    #[arg(long, value_enum, value_delimiter = ',')]
    programs: Vec<Program>,
    /// Only these modes (all by default)
    #[arg(long, value_enum, value_delimiter = ',')]
    modes: Vec<Mode>,
    /// Write all trials and their medians to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Our program [default: beside this one]
    #[arg(long, env = "IOC", value_name = "FILE")]
    ioc: Option<PathBuf>,
    /// The Hive Router's program; left out when not given
    #[arg(long, env = "HIVE_ROUTER", value_name = "FILE")]
    hive_router: Option<PathBuf>,
    /// Folder of the peers from npm, with their `node_modules`
    #[arg(long, default_value = "bench/peers", value_name = "FOLDER")]
    peers: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let own = std::env::current_exe()?;
    let beside = own.parent().context("this program has no folder")?;
    let folder = tempfile::tempdir()?;
    let subgraphs_program = beside.join("bench-subgraphs");
    let subgraphs = Subgraphs::start(&subgraphs_program).await?;
    let site = Site {
        supergraph: folder.path().join("supergraph.graphql"),
        folder: folder.path().to_owned(),
        subgraphs_program,
        collector: subgraphs.address,
        ioc: absolute(&options.ioc.clone().unwrap_or_else(|| beside.join("ioc")))?,
        hive_router: options.hive_router.as_deref().map(absolute).transpose()?,
        peers: absolute(&options.peers)?,
    };
    let supergraph = SUPERGRAPH.replace(SUBGRAPHS_ADDRESS_IN_FILE, &subgraphs.address.to_string());
    fs::write(&site.supergraph, supergraph)?;

    let trials = run_all(&options, &site, &subgraphs).await?;
    let report = Report::new(&trials);
    println!("{}\n{report}", machine());
    if let Some(path) = &options.json {
        let text = json!({ "machine": machine(), "medians": report.lines, "trials": trials });
        fs::write(path, format!("{text:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

async fn run_all(options: &Options, site: &Site, subgraphs: &Subgraphs) -> anyhow::Result<Vec<Trial>> {
    let conditions = Conditions {
        connections: options.connections,
        warm_up: Duration::try_from_secs_f64(options.warm_up_seconds).context("--warm-up-seconds")?,
        duration: Duration::try_from_secs_f64(options.seconds).context("--seconds")?,
        expected: answer::expected().await?,
    };
    let mut programs = all_unless_given(&options.programs);
    programs.retain(|program| {
        let absence = program.absence(site).inspect(|reason| eprintln!("without {program}: {reason}"));
        absence.is_none()
    });
    let mut trials = Vec::new();
    for round in 0..options.rounds {
        for contender in contenders(&programs, &all_unless_given(&options.modes)) {
            let trial = run(contender, round, site, subgraphs, &conditions).await?;
            eprintln!(
                "round {} of {}: {}, {}: {:.3} ms CPU, {:.0} requests/s",
                round + 1,
                options.rounds,
                contender.program,
                contender.mode.title(),
                trial.gateway_cpu_ms,
                trial.requests_per_second,
            );
            trials.push(trial);
        }
    }
    Ok(trials)
}

fn all_unless_given<T: ValueEnum + Clone>(given: &[T]) -> Vec<T> {
    if given.is_empty() { T::value_variants().to_vec() } else { given.to_vec() }
}
