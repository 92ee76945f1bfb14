//! `ioc export sdmx`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use futures::{TryStreamExt, stream};
use kpis::sdmx::{Asked, Export, Selection, Stated as Asking, structure};
use schema::clock::{Clock, SystemClock};
use service_kit::Database;

use super::file::{Parts, said, write};
use super::{Stored, everybody};

#[derive(Args)]
pub struct Sdmx {
    /// File to write [default: stdout]
    file: Option<PathBuf>,
    /// Write the structure (SDMX-ML 3.0), by which programs read the observations, instead of them
    #[arg(long, conflicts_with_all = ["indicators", "area", "organization", "start", "end", "as_of"])]
    structure: bool,
    /// Only this indicator, by its code; may be given several times
    #[arg(long = "indicator", value_name = "CODE")]
    indicators: Vec<String>,
    /// Only observations about this area, by its code
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// Only observations about this organization, by its code
    #[arg(long, value_name = "CODE", conflicts_with = "area")]
    organization: Option<String>,
    /// First period: 2025, 2025-Q1, 2025-03
    #[arg(long, value_name = "PERIOD")]
    start: Option<String>,
    /// Last period
    #[arg(long, value_name = "PERIOD")]
    end: Option<String>,
    /// Day as of which they are known [default: today]
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    #[command(flatten)]
    pub stored: Stored,
}

impl Sdmx {
    pub async fn write(&self, database: &Database) -> Result<()> {
        let now = SystemClock.now();
        if self.structure {
            let document = structure(database, &everybody(), now).await.map_err(said)?;
            let chunks = stream::once(async { Ok((document, 1)) });
            return write(Parts { noun: "structure", total: 1, chunks }, self.file.as_deref()).await;
        }
        let stated = Asking {
            indicators: self.indicators.clone(),
            area: self.area.clone(),
            organization: self.organization.clone(),
            start: self.start.clone(),
            end: self.end.clone(),
            as_of: self.as_of.clone(),
        };
        let today = self.stored.city.settle(database).await?.today(now);
        let selection = Selection::read(stated, today).map_err(said)?;
        let asked = Asked { principal: everybody(), selection, now };
        let export = Export::begin(database, asked).await.map_err(said)?;
        let total = export.total();
        let chunks = export.into_chunks().map_ok(|chunk| (chunk.bytes, chunk.series));
        write(Parts { noun: "series", total, chunks }, self.file.as_deref()).await
    }
}
