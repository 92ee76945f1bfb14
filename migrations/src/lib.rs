//! The database's one timeline: forward-only SQL files, one PostgreSQL schema for each service.
//!
//! A service's tables live in the PostgreSQL schema that bears its name. Another service reads only the views called
//! `published_…`, so a table can change its shape without a stranger noticing.

use sqlx::migrate::Migrator;

/// Every migration, compiled into the binary: a deployment needs no files beside it.
pub static MIGRATOR: Migrator = sqlx::migrate!("./sql");
