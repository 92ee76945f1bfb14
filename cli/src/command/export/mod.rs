//! `ioc export`: writes data of a database in a public format.

mod file;
mod oc4ids;
mod sdmx;

use anyhow::Result;
use clap::{Args, Subcommand};
use service_kit::{Principal, Role};

use self::oc4ids::Oc4ids;
use self::sdmx::Sdmx;
use crate::options::{City, DatabaseUrl, PoolSize};

#[derive(Args)]
pub struct Export {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write all projects as a package of the Open Contracting for Infrastructure Data Standard (OC4IDS 0.9.5)
    Oc4ids(Oc4ids),
    /// Write published observations of indicators as SDMX-CSV 2.0, or their structure
    Sdmx(Sdmx),
}

/// The database that is read.
#[derive(Args)]
struct Stored {
    #[command(flatten)]
    city: City,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
}

impl Export {
    pub async fn run(self) -> Result<()> {
        let stored = match &self.action {
            Action::Oc4ids(export) => &export.stored,
            Action::Sdmx(export) => &export.stored,
        };
        let url = stored.database.required("export")?;
        let database = stored.pool.connect(&url).await?;
        let written = match &self.action {
            Action::Oc4ids(export) => export.write(&database).await,
            Action::Sdmx(export) => export.write(&database).await,
        };
        database.close().await;
        written
    }
}

/// Who has the address of the database reads all of it.
fn everybody() -> Principal {
    Principal { roles: vec![Role::Admin], ..Principal::default() }
}
