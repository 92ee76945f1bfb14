//! `ioc with-postgres`: runs a command with a temporary PostgreSQL.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Args;
use pg_cluster::{Keep, ThrowawayOptions, with_postgres};

use crate::options::PostgresPrograms;

#[derive(Args)]
pub struct WithPostgres {
    #[command(flatten)]
    postgres: PostgresPrograms,
    /// Keep the database's files and print their folder
    #[arg(long)]
    keep: bool,
    /// The command and its arguments, after `--`
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl WithPostgres {
    pub async fn run(self) -> Result<ExitCode> {
        let options = ThrowawayOptions { binaries: self.postgres.find()?, temp_root: std::env::temp_dir() };
        let keep = if self.keep { Keep::Files } else { Keep::Nothing };
        let (program, arguments) = self.command.split_first().ok_or_else(|| anyhow!("give a command after `--`"))?;
        let finished = with_postgres(options, keep, program, arguments).await?;
        if let Some(kept) = finished.kept {
            eprintln!("the database's files are in {}", kept.display());
        }
        Ok(ExitCode::from(finished.code))
    }
}
