//! `ioc audit`: verifies and exports the audit trail.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use platform::Heads;
use platform::audit;
use service_kit::Database;

use super::stored::Stored;
use crate::options::Secret;

#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Compute the hash chain anew and compare it with the seals and with the signed heads; exits with 1 on a fault
    Verify(Verify),
    /// Write every entry as a line of JSON
    Export(Stored),
}

#[derive(Args)]
struct Verify {
    #[command(flatten)]
    stored: Stored,
    #[command(flatten)]
    secret: Secret,
}

impl Audit {
    pub async fn run(self) -> Result<ExitCode> {
        match self.action {
            Action::Verify(verify) => verify.run().await,
            Action::Export(stored) => {
                let mut out = std::io::stdout().lock();
                let write = async |db: &Database| audit::export(db.pool(), |line| writeln!(out, "{line}")).await;
                stored.with(write).await?.map_err(|problem| anyhow!(problem.message))?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Verify {
    async fn run(self) -> Result<ExitCode> {
        let data_dir = &self.stored.data_dir.data_dir;
        let heads = self.secret.find(data_dir).ok().map(|secret| Heads::of(data_dir, &secret));
        let verify = async |db: &Database| audit::verify(db.pool(), heads.as_ref()).await;
        let found = self.stored.with(verify).await?.map_err(|problem| anyhow!(problem.message))?;
        println!("{} entries are sealed in the hash chain", found.sealed);
        match (&heads, found.heads) {
            (None, _) => println!("without the platform's secret the signed heads were not read: give --data-dir"),
            (Some(_), 0) => println!("there is no signed head to compare with"),
            (Some(_), heads) => println!("{heads} signed heads were compared"),
        }
        if found.waiting > 0 {
            println!("{} entries wait for their seal: only the rights of the database protect them", found.waiting);
        }
        for fault in &found.faults {
            eprintln!("FAULT  {fault}");
        }
        Ok(if found.faults.is_empty() {
            println!("nothing was changed, removed, reordered or inserted");
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
