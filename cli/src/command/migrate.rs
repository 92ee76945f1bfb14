//! `ioc migrate`.

use anyhow::{Context, Result};
use clap::Args;

use crate::options::{DatabaseUrl, PoolSize};

#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
}

impl Migrate {
    pub async fn run(self) -> Result<()> {
        let database = self.pool.connect(&self.database.required("migrate")?).await?;
        migrations::MIGRATOR
            .run(database.pool())
            .await
            .context("the database could not be migrated")?;
        let newest = migrations::MIGRATOR
            .iter()
            .last()
            .map_or(0, |migration| migration.version);
        println!("the database is at migration {newest}");
        database.close().await;
        Ok(())
    }
}
