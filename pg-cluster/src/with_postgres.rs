//! Runs a command with a throw-away cluster, for `ioc with-postgres -- CMD`.

use std::{
    ffi::{OsStr, OsString},
    io::{self, IsTerminal},
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::ExitStatus,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    signal::unix::{self, SignalKind},
};

use crate::{Error, Throwaway, ThrowawayOptions};

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
/// Those of [`Throwaway::start`], and [`Error::Io`] when the command cannot be run. A failure of the command itself is
/// not an error.
pub async fn with_postgres(
    options: ThrowawayOptions,
    keep: Keep,
    command: &OsStr,
    arguments: &[OsString],
) -> Result<Finished, Error> {
    // The handlers are installed before anything is created, so that a signal at any moment leads to a clean-up.
    let mut signals = Signals::listen().map_err(Error::io("listen to signals for", command))?;
    let cluster = tokio::select! {
        started = Throwaway::start(options) => started?,
        signal = signals.next() => return Ok(Finished { code: shell_code_of_signal(signal as i32), kept: None }),
    };
    let spawned = Command::new(command).args(arguments).env("DATABASE_URL", cluster.url()).kill_on_drop(true).spawn();
    let ended = match spawned {
        Ok(mut child) => wait(&mut child, &mut signals).await,
        Err(error) => Err(error),
    };
    let kept = match keep {
        Keep::Files => Some(cluster.stop_and_keep().await),
        Keep::Nothing => {
            cluster.stop().await;
            None
        }
    };
    let status = ended.map_err(Error::io("run", command))?;
    Ok(Finished { code: shell_code(status), kept })
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
struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hangup: unix::Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            terminate: unix::signal(SignalKind::terminate())?,
            hangup: unix::signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::SIGINT,
            _ = self.terminate.recv() => Signal::SIGTERM,
            _ = self.hangup.recv() => Signal::SIGHUP,
        }
    }
}

fn shell_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => u8::try_from(code).unwrap_or(u8::MAX),
        (None, Some(signal)) => shell_code_of_signal(signal),
        (None, None) => u8::MAX,
    }
}

fn shell_code_of_signal(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}
