//! A private PostgreSQL server, started and stopped with the process that needs it.
//!
//! Nobody has to install, configure or start a database to try the platform or to run its tests: the server's
//! programs only have to be on the machine. The cluster listens on a unix socket in a directory that only its owner
//! may enter, and it comes back without a hand from a kill -9 of this process, of PostgreSQL, or of the machine.
//!
//! In reading order:
//!
//! - [`Binaries`] finds the programs `postgres` and `initdb`.
//! - [`Cluster`] is the running server. It owns a supervisor thread that starts the server, and starts it again.
//! - [`Throwaway`] is a cluster in a temporary directory; [`with_postgres`] runs a command beside one.
//! - `place` decides where the files are, `account` as whom the server runs, `lock` that only one process does it,
//!   `leftovers` what an earlier run left behind, `initdb` how a cluster comes to be all at once or not at all.
//!
//! Linux only: leftover servers are recognised in `/proc`.

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
