//! The running cluster, as the rest of the process sees it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use crate::{Binaries, Durability, Error, Health, control::Control, supervisor};

/// What cluster to run, and how.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// Where the cluster is kept; made when it is missing.
    pub data_dir: PathBuf,
    /// The programs to run it with.
    pub binaries: Binaries,
    /// Server settings, as in `postgresql.conf`, that go before the built-in ones.
    pub settings: Vec<(String, String)>,
    /// What a crash of the machine may cost.
    pub durability: Durability,
    /// The value of `XDG_RUNTIME_DIR`, which holds the socket when the data directory's path is too long for one.
    pub runtime_dir: Option<PathBuf>,
    /// How long the first start may take. Recovery after a crash reads everything since the last checkpoint.
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

/// A running server with a database `ioc`, reached by [`Self::url`].
///
/// Dropping it stops the server and blocks until that is done; [`Self::stop`] is the better way.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    dir: PathBuf,
    stop: StopOnDrop,
}

impl Cluster {
    /// Starts the server, after making the cluster when there is none and ending whatever an earlier run left.
    ///
    /// Dropping the future ends what was begun. Returns when the server accepts connections.
    ///
    /// # Errors
    ///
    /// Every reason is one sentence, with the server's last lines where it has any; see [`Error`].
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
        Ok(Self {
            url: started.url,
            dir: started.dir,
            stop,
        })
    }

    /// The address for clients: `postgres://ioc@<percent-encoded directory of the socket>/ioc`. It stays the same
    /// when the server is started again.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The directory of the cluster's files: `data`, and `log/postgres.log`. Not always below the data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// How the server is, now and from now on.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.stop.0.health()
    }

    /// Stops the server and waits until it has ended. Connections are closed and open transactions rolled back; close
    /// the pools before.
    pub async fn stop(self) {
        let Self { stop, .. } = self;
        // The drop is the stop. A runtime that shuts down has run it on this thread.
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
