//! Library of the `ioc` binary: command line, services, HTTP server, telemetry.
//!
//! - [`command`] has a module for each subcommand;
//! - [`options`] has the settings that several subcommands share, each as a flag and an environment variable;
//! - [`services`] is the list of services; a new service is one entry there;
//! - [`operations`] are the stored operations: examples and trusted documents;
//! - [`client`] asks a running platform over HTTP, for the commands that are its clients;
//! - [`output`] writes the results of commands to stdout or a file;
//! - [`http`] builds the router of the gateway's port, [`identity`] verifies what callers send;
//! - [`push`] has the routes of pushes, [`export`] those of exports, [`forward`] takes both to another process;
//! - [`telemetry`] configures logs and traces, [`lifecycle`] listeners and shutdown.
//!
//! An error ends the process with one sentence on stderr.

mod client;
mod command;
mod export;
mod forward;
mod http;
mod identity;
mod lifecycle;
mod oidc;
mod open311;
mod operations;
mod options;
mod output;
mod playground;
mod push;
mod rate;
pub mod services;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

use crate::command::Command;
pub use crate::push::READ_WORKBOOK;
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

/// Parses the command line and runs the command.
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
