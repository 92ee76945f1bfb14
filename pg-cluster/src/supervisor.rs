//! The supervisor thread, which owns the server: it prepares the cluster, starts the server, waits for its end, and
//! restarts it unless a stop was requested.
//!
//! It is a thread and not a task for two reasons. The kernel ties the server's life to the thread that started it (see
//! `account`), and a thread of tokio's pool may end at any time. A thread can also stop the server in a `Drop`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc::UnboundedSender, watch};

use crate::{
    ClusterOptions, Error, Health,
    account::Account,
    initdb,
    leftovers::{self, PostmasterFile},
    place::Place,
    program::{Launcher, POLL, Program, Stop},
    server_log::{ROTATE_AT_BYTES, ServerLog},
    settings,
    socket::SocketDir,
};

/// How often to look whether a ready server still runs. A request to stop does not wait for it.
const WATCH: Duration = Duration::from_millis(100);

/// Time limit for the first start. Recovery after a crash reads everything since the last checkpoint.
const FIRST_START: Duration = Duration::from_mins(5);

/// After this uptime the server counts as recovered, and the next failure starts a new series of attempts.
const STEADY: Duration = Duration::from_mins(1);
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// What a caller needs to know about a ready server: its URL, and the directory of its files.
pub(crate) type Started = (String, PathBuf);

/// Runs the cluster until a stop is requested. Reports the first start to `started`.
pub(crate) fn run(
    options: ClusterOptions,
    stop: Stop,
    health: &watch::Sender<Health>,
    started: &UnboundedSender<Result<Started, Error>>,
) -> Result<(), Error> {
    let account = Account::resolve()?;
    if !account.can_enter(Path::new("/"), &options.binaries) {
        return Err(Error::ProgramNotRunnable { user: account.name, program: options.binaries.initdb() });
    }
    let place = Place::settle(&options.data_dir, &account, &options.binaries, &stop)?;
    let log = Arc::new(ServerLog::open(place.log_file()?, ROTATE_AT_BYTES)?);
    let launcher = Launcher { account, log, stop };
    initdb::ensure(&place, &options, &launcher)?;
    let socket = SocketDir::make(place.run(), &place.key(), &launcher.account)?;
    let supervisor = Supervisor { options, health, launcher, socket, place };

    let server = supervisor.start(Some(FIRST_START))?;
    // If the caller has given up, a stop is requested too.
    let _ = started.send(Ok((supervisor.socket.url(), supervisor.place.dir.clone())));
    supervisor.keep_running(server);
    Ok(())
}

struct Supervisor<'a> {
    options: ClusterOptions,
    health: &'a watch::Sender<Health>,
    launcher: Launcher,
    socket: SocketDir,
    // Dropped last: it holds the cluster's lock.
    place: Place,
}

impl Supervisor<'_> {
    /// Starts the server and waits until it accepts connections. Without a timeout, recovery may take any time while
    /// the server lives.
    fn start(&self, timeout: Option<Duration>) -> Result<Program<'_>, Error> {
        let (data, log) = (self.place.data(), &self.launcher.log);
        leftovers::end_servers(&data, &self.launcher.stop)?;
        self.socket.clear();

        let mut command = self.launcher.account.command(&self.options.binaries.postgres(), &data);
        command.arg("-D").arg(&data);
        command.args(settings::arguments(self.options.durability, &self.options.settings, &self.socket.path));
        let begun = Instant::now();
        let mut server = self.launcher.start(command, "")?;
        loop {
            if let Some(status) = server.poll(POLL)? {
                return Err(log.failure("postgres", &self.place.data_dir, status));
            }
            if PostmasterFile::read(&data).is_some_and(|file| file.ready && file.pid == server.pid()) {
                tracing::info!(pid = server.pid(), data = %data.display(), "PostgreSQL is ready");
                self.health.send_replace(Health::Ready);
                return Ok(server);
            }
            if let Some(waited) = timeout.filter(|timeout| begun.elapsed() > *timeout) {
                let dir = self.place.data_dir.clone();
                return Err(Error::NotReadyInTime { dir, waited, output: log.last_output() });
            }
        }
    }

    /// Waits for the server's end and restarts it, until a stop is requested.
    fn keep_running<'a>(&'a self, server: Program<'a>) {
        let mut attempt = 0;
        let mut started = Ok(server);
        loop {
            let ended = started.and_then(|mut server| {
                let up_since = Instant::now();
                let status = server.wait(WATCH)?;
                attempt = if up_since.elapsed() > STEADY { 0 } else { attempt };
                Ok(status)
            });
            let reason = match ended {
                Ok(status) => status.to_string(),
                Err(Error::Interrupted) => break,
                Err(error) => error.to_string(),
            };
            attempt += 1;
            let backoff = backoff(attempt);
            tracing::error!(%reason, attempt, ?backoff, log = %self.launcher.log.path.display(), "PostgreSQL ended by itself; starting it again");
            self.health.send_replace(Health::Restarting { attempt, reason: reason.into() });
            started = self.launcher.stop.pause(backoff).and_then(|()| self.start(None));
        }
        tracing::info!(data_dir = %self.place.data_dir.display(), "PostgreSQL has stopped");
    }
}

fn backoff(attempt: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(LONGEST_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_its_bound() {
        let millis = |attempt| backoff(attempt).as_millis();
        assert_eq!([millis(1), millis(2), millis(3)], [100, 200, 400]);
        assert_eq!(backoff(u32::MAX), Duration::from_secs(10));
    }
}
