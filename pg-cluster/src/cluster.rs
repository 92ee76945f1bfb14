//! The running cluster: start, URL, health and stop.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use crate::{Binaries, Durability, Error, Health, control::Control, supervisor};

/// Which cluster to run, and how.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// Directory of the cluster; created if it does not exist.
    pub data_dir: PathBuf,
    /// The server programs.
    pub binaries: Binaries,
    /// Server settings, as in `postgresql.conf`. They take precedence over the built-in settings.
    pub settings: Vec<(String, String)>,
    /// What may be lost when the machine crashes.
    pub durability: Durability,
    /// The value of `XDG_RUNTIME_DIR`. The socket is created there when the path of the data directory is too long for
    /// a socket.
    pub runtime_dir: Option<PathBuf>,
    /// Time limit for the first start. Recovery after a crash reads everything since the last checkpoint.
    pub start_timeout: Duration,
}

impl ClusterOptions {
    /// A durable cluster in `data_dir` with the built-in settings.
    pub fn new(data_dir: impl Into<PathBuf>, binaries: Binaries) -> Self {
        Self {
            data_dir: data_dir.into(),
            binaries,
            settings: Vec::new(),
            durability: Durability::Durable,
            runtime_dir: None,
            start_timeout: Duration::from_mins(5),
        }
    }
}

/// A running server with a database `ioc`. Clients connect to [`Self::url`].
///
/// Dropping it stops the server and blocks until the server has ended. Prefer [`Self::stop`], which does not block the
/// runtime.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    dir: PathBuf,
    stop: StopOnDrop,
}

impl Cluster {
    /// Starts the server. First creates the cluster if there is none, and ends servers of an earlier run.
    ///
    /// Returns when the server accepts connections. Dropping the future stops what was started.
    ///
    /// # Errors
    ///
    /// Each error is one sentence, with the server's last log lines if there are any; see [`Error`].
    pub async fn start(options: ClusterOptions) -> Result<Self, Error> {
        let control = Control::new();
        let (sender, started) = oneshot::channel();
        let supervised = Arc::clone(&control);
        std::thread::Builder::new()
            .name("pg-cluster".to_owned())
            .spawn(move || supervisor::run(options, &supervised, sender))
            .map_err(Error::io("start a thread for", "postgres"))?;
        let stop = StopOnDrop(control);
        let started = started.await.map_err(|_| Error::Interrupted)??;
        Ok(Self { url: started.url, dir: started.dir, stop })
    }

    /// The URL for clients: `postgres://ioc@<percent-encoded directory of the socket>/ioc`. A restart of the server
    /// does not change it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The directory of the cluster's files: `data` and `log/postgres.log`. It may be outside the data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The state of the server, and its later changes.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.stop.0.health()
    }

    /// Stops the server and waits until it has ended. Connections are closed and open transactions are rolled back, so
    /// close the connection pools first.
    pub async fn stop(self) {
        let Self { stop, .. } = self;
        // The drop stops the server. If the runtime is shutting down, it has already run the drop on this thread.
        let _ = tokio::task::spawn_blocking(move || drop(stop)).await;
    }
}

#[derive(Debug)]
struct StopOnDrop(Arc<Control>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop_and_wait();
    }
}
