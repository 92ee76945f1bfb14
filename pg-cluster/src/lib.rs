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
//! - [`Cluster`] is the running server. It owns a supervisor thread that starts the server and restarts it when it
//!   ends.
//! - [`Throwaway`] is a cluster in a temporary directory; [`with_postgres`] runs a command with one.
//! - `place` decides where the files are, and `account` which user runs the server. `lock` ensures that only one
//!   process runs a cluster. `leftovers` cleans up after an earlier run. `initdb` creates a cluster atomically.
//!
//! Linux only: servers of an earlier run are recognized in `/proc`.

mod account;
mod binaries;
mod cluster;
mod control;
mod error;
mod initdb;
mod launch;
mod leftovers;
mod lock;
mod place;
mod server_log;
mod settings;
mod socket;
mod supervisor;
mod throwaway;
mod with_postgres;

pub use binaries::{Binaries, MINIMUM_MAJOR, Search};
pub use cluster::{Cluster, ClusterOptions};
pub use control::Health;
pub use error::{Error, Report};
pub use settings::Durability;
pub use throwaway::{Throwaway, ThrowawayOptions};
pub use with_postgres::{Finished, Keep, with_postgres};
