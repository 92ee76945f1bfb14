//! The subcommands, one module for each.

mod audit;
mod briefing;
mod explain;
mod export;
mod facts;
mod gateway;
mod key;
mod migrate;
mod push;
mod sample;
mod schema;
mod serve;
mod stored;
mod up;
mod with_postgres;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// Subcommands of `ioc`.
#[derive(Subcommand)]
pub enum Command {
    /// Run the whole platform in this process: PostgreSQL, all services, the gateway, the playground
    Up(up::Up),
    /// Run services, each on its own port, or the platform's gateway over them
    Serve(serve::Serve),
    /// Run the gateway over any Federation 2 supergraph
    Gateway(gateway::GatewayCommand),
    /// Show how the gateway would execute an operation: plan, requests, cost, limits
    Explain(explain::Explain),
    /// Migrate a database to the newest schema
    Migrate(migrate::Migrate),
    /// Load a bundled sample city into a database; a second load changes nothing
    Sample(sample::Sample),
    /// Check or mend the stored facts, from which lists and measures are read
    Facts(facts::Facts),
    /// Print, compose and compare GraphQL schemas
    Schema(schema::SchemaCommand),
    /// Make, list, revoke and replace API keys
    Key(key::Key),
    /// Push files of records to the platform
    Push(push::Push),
    /// Write projects in a public format
    Export(export::Export),
    /// Write the stocktaking for a briefing (giao ban) as a document: Markdown, HTML or a workbook
    Briefing(briefing::Briefing),
    /// Verify or export the audit trail
    Audit(audit::Audit),
    /// Run a command with a temporary PostgreSQL in `DATABASE_URL`
    WithPostgres(with_postgres::WithPostgres),
}

impl Command {
    /// Runs the command to its end.
    pub async fn run(self) -> Result<ExitCode> {
        match self {
            Self::Up(command) => command.run().await?,
            Self::Serve(command) => command.run().await?,
            Self::Gateway(command) => command.run().await?,
            Self::Explain(command) => return command.run().await,
            Self::Migrate(command) => command.run().await?,
            Self::Sample(command) => command.run().await?,
            Self::Facts(command) => return command.run().await,
            Self::Schema(command) => return command.run(),
            Self::Key(command) => command.run().await?,
            Self::Export(command) => command.run().await?,
            Self::Push(command) => return command.run().await,
            Self::Briefing(command) => return command.run().await,
            Self::Audit(command) => return command.run().await,
            Self::WithPostgres(command) => return command.run().await,
        }
        Ok(ExitCode::SUCCESS)
    }
}
