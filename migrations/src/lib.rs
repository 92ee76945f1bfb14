//! Database migrations: forward-only SQL files in one sequence, one PostgreSQL schema for each service.
//!
//! The tables of a service are in the PostgreSQL schema with its name. Other services read only its views and functions
//! called `published_…`, so a table can change without a change in other services.

use sqlx::migrate::Migrator;

/// All migrations, compiled into the binary, so a deployment needs no further files.
pub static MIGRATOR: Migrator = sqlx::migrate!("./sql");
