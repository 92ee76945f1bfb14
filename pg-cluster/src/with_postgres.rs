//! Runs a command with a throw-away cluster, for `ioc with-postgres -- CMD`.

use std::{
    ffi::{OsStr, OsString},
    fs::Permissions,
    io::{self, IsTerminal},
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::ExitStatus,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    signal::unix::{self, SignalKind},
};

use crate::{Binaries, Cluster, ClusterOptions, Durability, Error, account::Account, place::temporary_dir};

/// Which throw-away cluster to run.
#[derive(Clone, Debug)]
pub struct ThrowawayOptions {
    /// The server programs.
    pub binaries: Binaries,
    /// Where the temporary directory is created, usually `std::env::temp_dir()`.
    pub temp_root: PathBuf,
}

/// Whether the cluster's files are kept when the command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Nothing,
    /// The files are kept and can be inspected by starting a cluster on that data directory.
    Files,
}

/// How the command ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// The exit status as a shell reports it: that of the command, or 128 plus the number of the signal that ended it.
    pub code: u8,
    /// The data directory, if it is kept.
    pub kept: Option<PathBuf>,
}

/// Starts a throw-away cluster, runs the command with its URL in `DATABASE_URL`, and cleans up. It also cleans up when
/// this process gets SIGINT, SIGTERM or SIGHUP. The command gets the signal too, and a second signal kills it.
///
/// # Errors
///
/// Those of [`Cluster::start`], and [`Error::Io`] when the command cannot be run. A failure of the command itself is
/// not an error.
pub async fn with_postgres(
    options: ThrowawayOptions,
    keep: Keep,
    command: &OsStr,
    arguments: &[OsString],
) -> Result<Finished, Error> {
    // The handlers are installed before anything is created, so that a signal at any moment leads to a clean-up.
    let mut signals = Signals::listen().map_err(Error::io("listen to signals for", command))?;
    // The order matters: a drop stops the server before it removes the directory.
    let (dir, cluster) = tokio::select! {
        started = start(options) => started?,
        signal = signals.next() => {
            return Ok(Finished { code: shell_code(ExitStatus::from_raw(signal as i32)), kept: None });
        }
    };
    let spawned = Command::new(command).args(arguments).env("DATABASE_URL", cluster.url()).kill_on_drop(true).spawn();
    let ended = match spawned {
        Ok(mut child) => wait(&mut child, &mut signals).await,
        Err(error) => Err(error),
    };
    cluster.stop().await;
    let kept = match keep {
        Keep::Files => Some(dir.keep()),
        Keep::Nothing => {
            let _ = dir.close().inspect_err(|error| tracing::warn!(%error, "cannot remove a throw-away cluster"));
            None
        }
    };
    Ok(Finished { code: shell_code(ended.map_err(Error::io("run", command))?), kept })
}

/// Starts a cluster in a new temporary directory.
async fn start(options: ThrowawayOptions) -> Result<(TempDir, Cluster), Error> {
    let ThrowawayOptions { binaries, temp_root } = options;
    let account = Account::resolve()?;
    let reachable = account.can_enter(&temp_root, &binaries);
    let dir = temporary_dir(if reachable { &temp_root } else { Path::new("/tmp") }, "ioc-pg-")?;
    if account.differs_from_ours() {
        // The server's user must be able to pass through. The cluster's own directories are closed to other users.
        let passable = Permissions::from_mode(0o711);
        std::fs::set_permissions(dir.path(), passable).map_err(Error::io("set the mode of", dir.path()))?;
    }
    let options = ClusterOptions::new(dir.path(), binaries);
    let cluster = Cluster::start(ClusterOptions { durability: Durability::Throwaway, ..options }).await?;
    Ok((dir, cluster))
}

async fn wait(child: &mut Child, signals: &mut Signals) -> io::Result<ExitStatus> {
    let mut signalled = false;
    loop {
        tokio::select! {
            status = child.wait() => return status,
            signal = signals.next() => {
                // In a terminal, Ctrl-C also reaches the command directly. A second signal could end it too early.
                let from_terminal = signal == Signal::SIGINT && io::stdin().is_terminal();
                if signalled {
                    child.start_kill()?;
                } else if let Some(pid) = child.id().filter(|_| !from_terminal) {
                    // The command may have just ended; then its status follows next.
                    let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
                }
                signalled = true;
            }
        }
    }
}

/// The signals that ask a program to end.
struct Signals([unix::Signal; 3]);

impl Signals {
    fn listen() -> io::Result<Self> {
        let [interrupt, terminate, hangup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(unix::signal);
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    async fn next(&mut self) -> Signal {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => Signal::SIGINT,
            _ = terminate.recv() => Signal::SIGTERM,
            _ = hangup.recv() => Signal::SIGHUP,
        }
    }
}

fn shell_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| Some(128 + status.signal()?));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
