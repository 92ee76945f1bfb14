//! `ioc sample`: a bundled city.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use clap::Args;
use schema::clock::{Clock, SystemClock};
use sqlx::PgPool;

use crate::options::{DatabaseUrl, PoolSize};

#[derive(Args)]
pub struct Sample {
    /// Which city
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(sample::CITIES))]
    city: String,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
}

impl Sample {
    pub async fn run(self) -> Result<()> {
        let database = self.pool.connect(&self.database.required("sample")?).await?;
        migrations::MIGRATOR.run(database.pool()).await.context("the database could not be migrated")?;
        load_with_bars(&self.city, database.pool(), SystemClock.now()).await?;
        database.close().await;
        Ok(())
    }
}

/// Loads a city and shows how far it is.
pub async fn load_with_bars(city: &str, pool: &PgPool, now: DateTime<Utc>) -> Result<()> {
    let summary = sample::load(city, pool, now, &Bars::default()).await.with_context(|| format!("sample {city:?}"))?;
    eprintln!("sample {city}: {summary}");
    Ok(())
}
