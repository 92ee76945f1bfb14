//! `ioc export oc4ids`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use futures::TryStreamExt;
use projects::oc4ids::{Asked, Export};
use schema::clock::{Clock, SystemClock};
use service_kit::Database;

use super::file::{Parts, said, write};
use super::{Stored, everybody};
use crate::options::Publishing;

#[derive(Args)]
pub struct Oc4ids {
    /// File to write [default: stdout]
    file: Option<PathBuf>,
    /// Only projects of this owner, by the code of the organization
    #[arg(long, value_name = "CODE")]
    organization: Option<String>,
    #[command(flatten)]
    publishing: Publishing,
    #[command(flatten)]
    pub stored: Stored,
}

impl Oc4ids {
    pub async fn write(&self, database: &Database) -> Result<()> {
        let asked = Asked {
            principal: everybody(),
            organization: self.organization.clone(),
            now: SystemClock.now(),
            city: self.stored.city.settle(database).await?,
        };
        let package = Export::begin(database, &self.publishing.settings(), asked).await.map_err(said)?;
        let total = package.total();
        let chunks = package.into_chunks().map_ok(|chunk| (chunk.bytes, chunk.projects));
        write(Parts { noun: "projects", total, chunks }, self.file.as_deref()).await
    }
}
