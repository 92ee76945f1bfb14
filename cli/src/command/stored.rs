//! The database that a command works on, beside a running platform or without one.

use anyhow::{Context, Result, bail};
use clap::Args;
use pg_cluster::{Cluster, ClusterOptions};
use secrecy::ExposeSecret;
use service_kit::Database;

use crate::options::{DataDir, DatabaseUrl, PoolSize, PostgresPrograms};

/// File in the data folder with the address of the private database. Nobody but its owner can use the address.
pub const ADDRESS: &str = "database-url";

#[derive(Args)]
pub struct Stored {
    #[command(flatten)]
    pub data_dir: DataDir,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    postgres: PostgresPrograms,
}

impl Stored {
    /// Runs work on the database: of `--database-url`, of the `ioc up` that runs on the data folder, or of the folder
    /// itself, whose private PostgreSQL then runs meanwhile.
    pub async fn with<T>(&self, work: impl AsyncFnOnce(&Database) -> T) -> Result<T> {
        let pool = PoolSize { database_connections: 4 };
        if let Some(url) = &self.database.database_url {
            return done(pool.connect(url.expose_secret()).await?, work).await;
        }
        let folder = &self.data_dir.data_dir;
        let Ok(url) = std::fs::read_to_string(folder.join(ADDRESS)) else {
            bail!(
                "there is no database: {} is no data folder of an `ioc up`; give --data-dir, or --database-url",
                folder.display()
            );
        };
        if let Ok(database) = pool.connect(url.trim()).await {
            return done(database, work).await;
        }
        let options = ClusterOptions::new(folder.clone(), self.postgres.find()?);
        let cluster = Cluster::start(options).await.context("the private PostgreSQL cannot be started")?;
        let outcome = async { done(pool.connect(cluster.url()).await?, work).await }.await;
        cluster.stop().await;
        outcome
    }
}

async fn done<T>(database: Database, work: impl AsyncFnOnce(&Database) -> T) -> Result<T> {
    let outcome = work(&database).await;
    database.close().await;
    Ok(outcome)
}
