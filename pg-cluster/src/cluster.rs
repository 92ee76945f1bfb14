//! The running cluster: start, URL, health and stop.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use tokio::sync::{mpsc::unbounded_channel, watch};

use crate::{Binaries, Durability, Error, program::Stop, supervisor};

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
}

impl ClusterOptions {
    /// A durable cluster in `data_dir` with the built-in settings.
    pub fn new(data_dir: impl Into<PathBuf>, binaries: Binaries) -> Self {
        Self { data_dir: data_dir.into(), binaries, settings: Vec::new(), durability: Durability::Durable }
    }
}

/// The state of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// The first start is in progress.
    Starting,
    /// The server accepts connections.
    Ready,
    /// The server ended unexpectedly and is being restarted.
    Restarting {
        /// Number of restarts since the server last ran for some time, from 1.
        attempt: u32,
        /// Why it ended, or why the last attempt failed.
        reason: Arc<str>,
    },
    /// The server was stopped, or its first start failed.
    Stopped,
}

/// A running server with a database `ioc`. Clients connect to [`Self::url`].
///
/// Dropping it stops the server and blocks until the server has ended. Prefer [`Self::stop`], which does not block the
/// runtime.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    dir: PathBuf,
    health: watch::Receiver<Health>,
    supervisor: StopOnDrop,
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
        let (owner, stop) = Stop::new();
        let (health_sender, health) = watch::channel(Health::Starting);
        let (sender, mut started) = unbounded_channel();
        let supervise = move || {
            let ended = supervisor::run(options, stop, &health_sender, &sender);
            // All resources are released by now, so whoever learns of the end can start again.
            health_sender.send_replace(Health::Stopped);
            // Nobody waits for the error of a cluster that had started.
            let _ = ended.or_else(|error| sender.send(Err(error)));
        };
        let thread = std::thread::Builder::new().name("pg-cluster".to_owned()).spawn(supervise);
        let supervisor = StopOnDrop(Some((owner, thread.map_err(Error::io("start a thread for", "postgres"))?)));
        let (url, dir) = started.recv().await.ok_or(Error::Interrupted)??;
        Ok(Self { url, dir, health, supervisor })
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
        self.health.clone()
    }

    /// Stops the server and waits until it has ended. Connections are closed and open transactions are rolled back, so
    /// close the connection pools first.
    pub async fn stop(self) {
        // The drop stops the server. If the runtime is shutting down, it has already run the drop on this thread.
        let _ = tokio::task::spawn_blocking(move || drop(self.supervisor)).await;
    }
}

/// The supervisor thread, and the sender whose drop makes it stop the server and end.
#[derive(Debug)]
struct StopOnDrop(Option<(mpsc::Sender<Infallible>, JoinHandle<()>)>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if let Some((owner, thread)) = self.0.take() {
            drop(owner);
            // A panic has already been reported, and has released everything.
            let _ = thread.join();
        }
    }
}
