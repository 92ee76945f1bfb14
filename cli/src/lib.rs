//! The `ioc` binary's library: the whole platform in one process, or any part of it in its own.
//!
//! - [`command`] has a module for each subcommand;
//! - [`options`] are the settings that several of them share, each readable from a flag or an environment variable;
//! - [`services`] is the one list of services: adding one to the platform is adding a line there;
//! - [`output`] is what commands say on stdout;
//! - [`http`] puts together what is served on the gateway's port;
//! - [`telemetry`] is logs and traces, [`lifecycle`] is signals and listeners.
//!
//! Errors end the process with one sentence; `--log-format json` is for machines.

mod command;
mod http;
mod lifecycle;
mod options;
mod output;
mod playground;
pub mod services;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

use crate::command::Command;
use crate::telemetry::LogOptions;

/// The data platform of a city's operations center.
///
/// `ioc up --sample hanoi` starts everything on this machine: a private PostgreSQL, all services, the gateway and the
/// playground. Every flag can also be given as the environment variable that its help names.
#[derive(Parser)]
#[command(name = "ioc", version, propagate_version = true, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    log: LogOptions,
    #[command(subcommand)]
    command: Command,
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("ioc: cannot start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        let telemetry = telemetry::start(&cli.log)?;
        let outcome = cli.command.run().await;
        telemetry.stop();
        outcome
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // `{:#}` joins the causes: one sentence, the outermost first.
            eprintln!("ioc: {error:#}");
            ExitCode::FAILURE
        }
    }
}
