//! The supervisor thread, which owns the server: it prepares the cluster, starts the server, waits for its end, and
//! restarts it unless a stop was requested.
//!
//! It is a thread and not a task for two reasons. The kernel ties the server's life to the thread that started it (see
//! `launch`), and a thread of tokio's pool may end at any time. A thread can also stop the server in a `Drop`.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{
    ClusterOptions, Error, Health,
    account::Account,
    control::Control,
    initdb,
    launch::{Launcher, Running},
    leftovers::{self, PostmasterFile},
    place::Place,
    server_log::ServerLog,
    settings,
    socket::SocketDir,
};

const POLL: Duration = Duration::from_millis(10);

/// After this uptime the server counts as recovered, and the next failure starts a new series of attempts.
const STEADY: Duration = Duration::from_mins(1);
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// What a caller needs to know about a ready server.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) url: String,
    pub(crate) dir: PathBuf,
}

/// Runs the cluster until a stop is requested. Sends one result to `started`.
pub(crate) fn run(options: ClusterOptions, control: &Arc<Control>, started: oneshot::Sender<Result<Started, Error>>) {
    // Dropped last, so that all resources are released before another start can learn of the end.
    let _finish = FinishOnDrop(control);
    let outcome = Supervisor::prepare(options, control).and_then(|supervisor| {
        let server = supervisor.start(Some(supervisor.options.start_timeout))?;
        Ok((supervisor, server))
    });
    match outcome {
        Ok((supervisor, server)) => {
            control.set_health(Health::Ready);
            let ready = Started {
                url: supervisor.socket.url(initdb::NAME, initdb::NAME),
                dir: supervisor.place.dir().to_owned(),
            };
            if started.send(Ok(ready)).is_err() {
                control.request_stop();
            }
            supervisor.keep_running(server);
            supervisor.socket.remove();
        }
        // The caller may have given up; then nobody receives the error.
        Err(error) => drop(started.send(Err(error))),
    }
}

/// Marks the supervisor as finished, even after a panic.
struct FinishOnDrop<'a>(&'a Control);

impl Drop for FinishOnDrop<'_> {
    fn drop(&mut self) {
        self.0.finish();
    }
}

struct Supervisor<'a> {
    options: ClusterOptions,
    control: &'a Control,
    log: ServerLog,
    launcher: Launcher,
    socket: SocketDir,
    place: Place,
}

impl<'a> Supervisor<'a> {
    fn prepare(options: ClusterOptions, control: &'a Control) -> Result<Self, Error> {
        let account = Account::resolve()?;
        account.check_can_run(&options.binaries)?;
        let place = Place::settle(&options.data_dir, &account, &options.binaries)?;
        let log = ServerLog::open(place.log_file()?)?;
        let launcher = Launcher::new(account, &options.binaries);
        initdb::ensure(&place, &options.binaries, options.durability, &launcher, control, &log)?;
        let socket = SocketDir::make(place.run(), options.runtime_dir.as_deref(), &place.key(), launcher.account())?;
        Ok(Self { options, control, log, launcher, socket, place })
    }

    /// Starts the server and waits until it accepts connections. Without a timeout, recovery may take any time while
    /// the server lives.
    fn start(&self, timeout: Option<Duration>) -> Result<Running<'a>, Error> {
        let data = self.place.data();
        leftovers::end_servers(&data, &|pause| self.control.pause(pause))?;
        self.socket.clear();

        let mut command = self.launcher.command(&self.options.binaries.postgres(), &data);
        command.arg("-D").arg(&data);
        command.args(settings::arguments(self.options.durability, &self.options.settings, self.socket.path()));
        let begun = Instant::now();
        let mut server = Running::start(command, "", self.control, &self.log)?;
        loop {
            if let Some(status) = server.poll() {
                return Err(if self.control.stopping() {
                    Error::Interrupted
                } else {
                    self.failure(status.to_string())
                });
            }
            if PostmasterFile::read(&data).is_some_and(|file| file.ready && file.pid == server.pid().as_raw()) {
                tracing::info!(pid = %server.pid(), data = %data.display(), "PostgreSQL is ready");
                return Ok(server);
            }
            if let Some(waited) = timeout.filter(|timeout| begun.elapsed() > *timeout) {
                return Err(Error::NotReadyInTime {
                    dir: self.place.data_dir().to_owned(),
                    waited,
                    tail: self.log.tail(),
                    log: self.log.path().to_owned(),
                });
            }
            if self.control.pause(POLL) {
                // The stop has already signalled the server, so only its end is awaited.
                server.wait();
                return Err(Error::Interrupted);
            }
        }
    }

    /// Waits for the server's end and restarts it, until a stop is requested.
    fn keep_running(&self, mut server: Running<'a>) {
        let mut attempt = 0;
        loop {
            let up_since = Instant::now();
            let status = server.wait();
            if self.control.stopping() {
                tracing::info!(data_dir = %self.place.data_dir().display(), "PostgreSQL has stopped");
                return;
            }
            if up_since.elapsed() > STEADY {
                attempt = 0;
            }
            let mut reason = status.map_or_else(|| "it ended".to_owned(), |status| status.to_string());
            server = loop {
                attempt += 1;
                let backoff = backoff(attempt);
                tracing::error!(%reason, attempt, ?backoff, log = %self.log.path().display(), "PostgreSQL ended by itself; starting it again");
                self.control.set_health(Health::Restarting { attempt, reason: reason.as_str().into() });
                if self.control.pause(backoff) {
                    return;
                }
                match self.start(None) {
                    Ok(server) => break server,
                    Err(Error::Interrupted) => return,
                    Err(error) => reason = error.to_string(),
                }
            };
            self.control.set_health(Health::Ready);
        }
    }

    fn failure(&self, reason: String) -> Error {
        Error::ServerFailed {
            program: "postgres",
            dir: self.place.data_dir().to_owned(),
            report: Box::new(self.log.report(reason)),
        }
    }
}

fn backoff(attempt: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(LONGEST_BACKOFF)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::backoff;

    #[test]
    fn the_backoff_doubles_up_to_its_bound() {
        let millis = |attempt| backoff(attempt).as_millis();
        assert_eq!([millis(1), millis(2), millis(3)], [100, 200, 400]);
        assert_eq!(backoff(u32::MAX), Duration::from_secs(10));
    }
}
