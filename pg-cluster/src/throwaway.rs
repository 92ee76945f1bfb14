//! Throw-away clusters: a cluster in a temporary directory, for tests and trials.

use std::path::{Path, PathBuf};
use std::{fs::Permissions, os::unix::fs::PermissionsExt};

use tempfile::TempDir;

use crate::{Binaries, Cluster, ClusterOptions, Durability, Error, account::Account};

/// Which throw-away cluster to run.
#[derive(Clone, Debug)]
pub struct ThrowawayOptions {
    /// The server programs.
    pub binaries: Binaries,
    /// Server settings that take precedence over the built-in settings.
    pub settings: Vec<(String, String)>,
    /// Where the temporary directory is created, usually `std::env::temp_dir()`.
    pub temp_root: PathBuf,
}

/// A running cluster. Stopping or dropping it deletes its directory.
#[derive(Debug)]
pub struct Throwaway {
    // The order matters: the server is stopped before its directory is removed.
    cluster: Cluster,
    dir: TempDir,
}

impl Throwaway {
    /// Creates and starts the cluster.
    ///
    /// # Errors
    ///
    /// Those of [`Cluster::start`].
    pub async fn start(options: ThrowawayOptions) -> Result<Self, Error> {
        let account = Account::resolve()?;
        let reachable = account.can_enter(&options.temp_root, &options.binaries);
        let root = if reachable { options.temp_root } else { PathBuf::from("/tmp") };
        // The server's user must be able to pass through. The cluster's own directories are closed to other users.
        let mode = if account.differs_from_ours() { 0o711 } else { 0o700 };
        let dir = tempfile::Builder::new()
            .prefix("ioc-pg-")
            .tempdir_in(&root)
            .map_err(Error::io("create a directory in", root))?;
        // Set afterwards, because the umask may have removed bits.
        let mode = Permissions::from_mode(mode);
        std::fs::set_permissions(dir.path(), mode).map_err(Error::io("set the mode of", dir.path()))?;
        let cluster = Cluster::start(ClusterOptions {
            settings: options.settings,
            durability: Durability::Throwaway,
            ..ClusterOptions::new(dir.path(), options.binaries)
        })
        .await?;
        Ok(Self { cluster, dir })
    }

    /// The URL for clients.
    pub fn url(&self) -> &str {
        self.cluster.url()
    }

    /// The temporary directory.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Stops the server and deletes all files.
    pub async fn stop(self) {
        let Self { cluster, dir } = self;
        cluster.stop().await;
        if let Err(error) = dir.close() {
            tracing::warn!(%error, "cannot remove a throw-away cluster");
        }
    }

    /// Stops the server and keeps its files as a data directory for inspection.
    pub async fn stop_and_keep(self) -> PathBuf {
        let Self { cluster, dir } = self;
        let kept = dir.keep();
        cluster.stop().await;
        kept
    }
}
