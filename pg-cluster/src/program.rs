//! Runs PostgreSQL's programs: their output goes to the log, and a request to stop ends them.
//!
//! The supervisor thread alone signals, awaits and reaps its programs, so no signal can reach another process that got
//! the process id of an ended one.

use std::{
    convert::Infallible,
    io::Write,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{Error, account::Account, server_log::ServerLog};

/// How often to look at a program whose end or state is awaited.
pub(crate) const POLL: Duration = Duration::from_millis(10);

/// How long to wait for the last lines of a server that has ended. Its remaining workers may keep the pipe open for
/// longer.
const LAST_LINES: Duration = Duration::from_secs(1);

/// A signal, and the seconds until the next, more forceful one is used.
pub(crate) type Step = (Signal, u64);

/// A fast shutdown, which rolls back open transactions, then an immediate one, then the end without any clean-up.
const STOP: &[Step] = &[(Signal::SIGINT, 30), (Signal::SIGQUIT, 10), (Signal::SIGKILL, 5)];

/// The request to stop.
#[derive(Debug)]
pub(crate) struct Stop(mpsc::Receiver<Infallible>);

impl Stop {
    /// Dropping the sender requests the stop.
    pub(crate) fn new() -> (mpsc::Sender<Infallible>, Self) {
        let (owner, requested) = mpsc::channel();
        (owner, Self(requested))
    }

    /// Waits for `duration`; [`Error::Interrupted`] as soon as a stop is requested.
    pub(crate) fn pause(&self, duration: Duration) -> Result<(), Error> {
        match self.0.recv_timeout(duration) {
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(()),
            _ => Err(Error::Interrupted),
        }
    }
}

/// Signals the processes that `alive` lists until there are none. Returns one that no signal has ended.
pub(crate) fn end(
    steps: &[Step],
    mut alive: impl FnMut() -> Vec<i32>,
    pause: impl Fn(Duration) -> Result<(), Error>,
) -> Result<Option<i32>, Error> {
    for &(signal, patience_secs) in steps {
        for pid in alive() {
            // The process may have ended in the meantime, which is fine.
            let _ = kill(Pid::from_raw(pid), signal);
        }
        let deadline = Instant::now() + Duration::from_secs(patience_secs);
        while Instant::now() < deadline {
            if alive().is_empty() {
                return Ok(None);
            }
            pause(POLL)?;
        }
        tracing::warn!(signal = signal.as_str(), patience_secs, "PostgreSQL does not stop");
    }
    Ok(alive().first().copied())
}

/// What every program is run with.
#[derive(Debug)]
pub(crate) struct Launcher {
    pub(crate) account: Account,
    pub(crate) log: Arc<ServerLog>,
    pub(crate) stop: Stop,
}

impl Launcher {
    /// Starts a program with `input` on its standard input.
    pub(crate) fn start(&self, mut command: Command, input: &str) -> Result<Program<'_>, Error> {
        let program = PathBuf::from(command.get_program());
        let (reader, writer) = std::io::pipe().map_err(Error::io("make a pipe for", &program))?;
        command.stdout(writer.try_clone().map_err(Error::io("make a pipe for", &program))?).stderr(writer);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        self.log.forget_tail();
        let mut child = command.spawn().map_err(Error::io("run", &program))?;
        // The command holds writers of the pipe, without which the output ends with the program.
        drop(command);
        let (ended, output_ended) = mpsc::channel();
        let log = Arc::clone(&self.log);
        std::thread::spawn(move || {
            log.copy_from(reader);
            // Nobody waits for the output of a server that is still running.
            let _ = ended.send(());
        });
        if let Some(mut stdin) = child.stdin.take() {
            // The input fits into a pipe's buffer. If the program ended early, its output says why.
            let _ = stdin.write_all(input.as_bytes());
        }
        Ok(Program { child, stop: &self.stop, output_ended })
    }
}

/// A running program, which is ended when this value is dropped: no process may continue to run unnoticed.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    child: Child,
    stop: &'a Stop,
    output_ended: mpsc::Receiver<()>,
}

impl Program<'_> {
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Waits for `pause`, then returns the exit status if the program has ended. After a request to stop, ends the
    /// program and returns [`Error::Interrupted`].
    pub(crate) fn poll(&mut self, pause: Duration) -> Result<Option<ExitStatus>, Error> {
        self.stop.pause(pause).inspect_err(|_| self.end(STOP))?;
        let status = self.child.try_wait().map_err(Error::io("wait for", "postgres"))?;
        if status.is_some() {
            self.await_last_lines();
        }
        Ok(status)
    }

    fn await_last_lines(&self) {
        // Afterwards either the log has all output, or another process still holds the pipe open.
        let _ = self.output_ended.recv_timeout(LAST_LINES);
    }

    /// Like [`Self::poll`], until the program has ended.
    pub(crate) fn wait(&mut self, pause: Duration) -> Result<ExitStatus, Error> {
        loop {
            if let Some(status) = self.poll(pause)? {
                return Ok(status);
            }
        }
    }

    fn end(&mut self, steps: &[Step]) {
        let pid = self.pid();
        let alive = || if matches!(self.child.try_wait(), Ok(None)) { vec![pid] } else { Vec::new() };
        let sleep = |pause| {
            std::thread::sleep(pause);
            Ok(())
        };
        if let Ok(Some(pid)) = end(steps, alive, sleep) {
            tracing::error!(pid, "PostgreSQL could not be ended; the next start will try again");
        }
    }
}

impl Drop for Program<'_> {
    fn drop(&mut self) {
        // Finds a living program only when a start failed; there is nothing to save.
        self.end(&STOP[1..]);
        self.await_last_lines();
    }
}
