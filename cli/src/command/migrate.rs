//! `ioc migrate`: migrates a database.

use anyhow::{Context, Result, anyhow};
use clap::Args;
use schema::CityTime;
use service_kit::Database;
use service_kit::store::published::publish;

use crate::options::{City, DatabaseUrl, PoolSize};
use crate::services::SERVICES;

#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
    #[command(flatten)]
    city: City,
}

impl Migrate {
    pub async fn run(self) -> Result<()> {
        let database = self.pool.connect(&self.database.required("migrate")?).await?;
        let city = bring_up_to_date(&database, &self.city).await?;
        let newest = migrations::MIGRATOR.iter().last().map_or(0, |migration| migration.version);
        println!("the database is at migration {newest} and counts its days in {}", city.tz);
        database.close().await;
        Ok(())
    }
}

/// Migrates a database, creates the SQL functions of the services' measures and stores the city's time zone.
pub async fn bring_up_to_date(database: &Database, city: &City) -> Result<CityTime> {
    migrations::MIGRATOR.run(database.pool()).await.context("the database could not be migrated")?;
    for published in SERVICES.iter().filter_map(|service| service.published) {
        publish(database.pool(), published())
            .await
            .map_err(|problem| anyhow!("{}", problem.message))
            .context("the services' measures could not be published")?;
    }
    city.settle(database).await
}
