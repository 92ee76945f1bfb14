//! `ioc sample`: loads a bundled sample city.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use sample::{Progress, Stage, Volume};
use schema::clock::{CityTime, Clock, SystemClock};
use sqlx::PgPool;

use super::migrate::bring_up_to_date;
use crate::options::{City, DatabaseUrl, PoolSize};

#[derive(Args)]
pub struct Sample {
    /// Name of the city
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(sample::CITIES))]
    city: String,
    /// Add as many tasks, organizations, projects and parcels as the city has in a year (`city`), or this number of tasks and the rest in proportion
    #[arg(long, env = "IOC_SAMPLE_VOLUME", value_name = "city|NUMBER")]
    volume: Option<Volume>,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
    // Not named `city`, which is the argument above.
    #[command(flatten)]
    time: City,
}

impl Sample {
    pub async fn run(self) -> Result<()> {
        let database = self.pool.connect(&self.database.required("sample")?).await?;
        let time = bring_up_to_date(&database, &self.time).await?;
        load_with_bars(&self.city, self.volume, database.pool(), SystemClock.now(), time).await?;
        database.close().await;
        Ok(())
    }
}

/// Loads a city and shows the progress.
pub async fn load_with_bars(
    city: &str,
    volume: Option<Volume>,
    pool: &PgPool,
    now: DateTime<Utc>,
    time: CityTime,
) -> Result<()> {
    if time != CityTime::default() {
        bail!(
            "sample {city:?} counts its days in {}, and this database in {}; load it into a new database",
            CityTime::default().tz,
            time.tz
        );
    }
    let outcome = sample::load_volume(city, volume, pool, now, &Bars::default()).await;
    let summary = outcome.with_context(|| format!("sample {city:?}"))?;
    eprintln!("sample {city}: {summary}");
    Ok(())
}

/// A progress bar for each stage that runs, and a line in the log when it ends. No bar is shown if stderr is not a terminal.
#[derive(Default)]
struct Bars(MultiProgress);

struct Bar {
    shown: ProgressBar,
    name: &'static str,
}

impl Progress for Bars {
    fn stage(&self, name: &'static str, total: u64) -> Box<dyn Stage> {
        let style = ProgressStyle::with_template("{msg:30} {bar:40} {pos}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let shown = self.0.add(ProgressBar::new(total).with_style(style).with_message(name));
        Box::new(Bar { shown, name })
    }
}

impl Stage for Bar {
    fn advance(&self, steps: u64) {
        self.shown.inc(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.shown.finish_and_clear();
        let (steps, elapsed_ms) = (self.shown.position(), self.shown.elapsed().as_millis());
        tracing::info!(stage = self.name, steps, elapsed_ms, "a stage of the sample has ended");
    }
}
