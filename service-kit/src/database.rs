//! The connection pool, and how long a service waits for its database.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};

use crate::problem::Problem;

/// How a service reaches its database.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// A `postgres://` address.
    pub url: String,
    /// The most connections that this process holds.
    pub max_connections: u32,
    /// How long a statement waits for a free connection before the caller is told.
    pub acquire_timeout: Duration,
    /// A statement slower than this is logged as a warning.
    pub slow_statement: Duration,
}

impl DatabaseOptions {
    /// Defaults for an address: 16 connections, 5 s to get one, slow from 1 s.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            acquire_timeout: Duration::from_secs(5),
            slow_statement: Duration::from_secs(1),
        }
    }
}

/// A service's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    pool: PgPool,
}

impl Database {
    /// Connects, so that a wrong address is found before a port is bound.
    ///
    /// # Errors
    /// When the address is malformed or the server does not answer.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, sqlx::Error> {
        let connect: PgConnectOptions = options.url.parse()?;
        let connect = connect
            .application_name("ioc")
            // Compiling a plan costs more than any of our statements runs: measured 2.4 s with and 0.6 s without over
            // the facts of 45,000 tasks.
            .options([("jit", "off")])
            .log_slow_statements(tracing::log::LevelFilter::Warn, options.slow_statement);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            .connect_with(connect)
            .await?;
        Ok(Self { pool })
    }

    /// Wraps a pool that a test opened.
    pub fn from_pool(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The pool, for `store` modules.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// The problem that keeps it from answering.
    pub async fn ping(&self) -> Result<(), Problem> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// A choice that the stored data depends on, kept in `platform.setting`: the first one made stays.
    ///
    /// # Errors
    /// When the database cannot be reached or was never migrated.
    pub async fn setting(&self, name: &str, first: &str) -> Result<String, sqlx::Error> {
        sqlx::query("INSERT INTO platform.setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(first)
            .execute(&self.pool)
            .await?;
        sqlx::query_scalar("SELECT value FROM platform.setting WHERE name = $1").bind(name).fetch_one(&self.pool).await
    }

    /// Lets every idle connection forget the statements that it has prepared. After an outage the server may not know
    /// them any more, be it that a pooler between changed servers, or that a migration changed their result.
    pub async fn forget_statements(&self) {
        let mut idle = Vec::new();
        while let Some(connection) = self.pool.try_acquire() {
            idle.push(connection);
        }
        for mut connection in idle {
            // A connection that is broken leaves the pool when it is given back.
            if let Err(error) = connection.clear_cached_statements().await {
                tracing::debug!(%error, "a connection is broken");
            }
        }
    }

    /// Lets running statements finish and closes the pool.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
