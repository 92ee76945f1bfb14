//! A private PostgreSQL server that starts and stops with the process that needs it.
//!
//! Nobody has to install, configure or start a database server to try the platform or to run its tests: only the
//! programs of PostgreSQL must be installed. The cluster listens on a unix socket in a directory that only its owner
//! may enter. It recovers without manual work after a kill -9 of this process or of PostgreSQL, and after a crash of
//! the machine.
//!
//! In reading order:
//!
//! - [`Binaries`] finds the programs `postgres` and `initdb`.
//! - [`Cluster`] is the running server. It owns a `supervisor` thread that starts the server and restarts it when it
//!   ends.
//! - [`with_postgres`] runs a command with a cluster in a temporary directory.
//! - `place` decides where the files are and ensures that only one process runs a cluster. `account` decides which user
//!   runs the server. `leftovers` cleans up after an earlier run. `initdb` creates a cluster atomically.
//!
//! Linux only: servers of an earlier run are recognized in `/proc`.

mod account;
mod binaries;
mod cluster;
mod error;
mod initdb;
mod leftovers;
mod place;
mod program;
mod server_log;
mod settings;
mod socket;
mod supervisor;
mod with_postgres;

pub use binaries::{Binaries, MINIMUM_MAJOR, Search};
pub use cluster::{Cluster, ClusterOptions, Health};
pub use error::Error;
pub use settings::Durability;
pub use with_postgres::{Finished, Keep, ThrowawayOptions, with_postgres};
