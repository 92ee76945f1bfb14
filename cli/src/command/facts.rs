//! `ioc facts`: checks and mends the stored facts of the services.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use service_kit::store::facts::recompute;

use crate::options::{DatabaseUrl, PoolSize};
use crate::services::SERVICES;

#[derive(Args)]
pub struct Facts {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Compute all facts anew and compare; exits with 1 if a stored row differs. Changes nothing
    Verify(Target),
    /// Compute all facts anew and correct the stored rows that differ. Readers go on
    Rebuild(Target),
}

#[derive(Args)]
struct Target {
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
}

impl Facts {
    pub async fn run(self) -> Result<ExitCode> {
        let (target, keep) = match self.action {
            Action::Verify(target) => (target, false),
            Action::Rebuild(target) => (target, true),
        };
        let database = target.pool.connect(&target.database.required("facts")?).await?;
        let mut outcome = ExitCode::SUCCESS;
        for service in SERVICES.iter().filter(|service| !service.facts.is_empty()) {
            let style = ProgressStyle::with_template("{msg:24} {bar:40} {pos}/{len}")?;
            let bar = ProgressBar::new(0).with_style(style).with_message(service.name);
            let progress = |done, all| {
                bar.set_length(all);
                bar.set_position(done);
            };
            let differ = recompute(database.pool(), service.facts, keep, progress).await;
            bar.finish_and_clear();
            let differ = differ.map_err(|problem| anyhow!("{}: {}", service.name, problem.message))?;
            match (differ, keep) {
                (0, _) => println!("{}: every stored fact equals the computed one", service.name),
                (_, true) => println!("{}: {differ} rows differed and are corrected", service.name),
                (_, false) => {
                    println!("{}: {differ} rows differ; `ioc facts rebuild` corrects them", service.name);
                    outcome = ExitCode::FAILURE;
                }
            }
        }
        database.close().await;
        Ok(outcome)
    }
}
