//! Shared state of the supervisor thread and the rest of the process: stop request, running child, health.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::sync::watch;

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

/// Time limits for each way of stopping the server, before the next, more forceful one is used.
const FAST_SHUTDOWN: Duration = Duration::from_secs(30);
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);
const KILLED: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Control {
    state: Mutex<State>,
    changed: Condvar,
    health: watch::Sender<Health>,
}

#[derive(Debug, Default)]
struct State {
    stop: bool,
    finished: bool,
    /// The running child. It is not reaped while it is stored here, so no other process can have its process id.
    child: Option<Pid>,
}

impl Control {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            health: watch::Sender::new(Health::Starting),
        })
    }

    pub(crate) fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    pub(crate) fn set_health(&self, health: Health) {
        self.health.send_replace(health);
    }

    pub(crate) fn stopping(&self) -> bool {
        self.state().stop
    }

    /// Waits for `duration` or until a stop is requested. Returns whether a stop was requested.
    pub(crate) fn pause(&self, duration: Duration) -> bool {
        let state = self.state();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, duration, |state| !state.stop)
            .unwrap_or_else(PoisonError::into_inner);
        state.stop
    }

    /// Registers `child` as the process that a stop ends. If a stop was already requested, it is ended at once.
    pub(crate) fn child_started(&self, child: Pid) {
        let mut state = self.state();
        state.child = Some(child);
        if state.stop {
            signal(child, Signal::SIGINT);
        }
    }

    /// Must be called when the child has ended and before it is reaped.
    pub(crate) fn child_ended(&self) {
        self.state().child = None;
    }

    /// Marks the supervisor as finished: it holds no more resources.
    pub(crate) fn finish(&self) {
        self.set_health(Health::Stopped);
        self.state().finished = true;
        self.changed.notify_all();
    }

    /// Requests a stop without waiting: a fast shutdown of the server, which rolls back open transactions.
    pub(crate) fn request_stop(&self) {
        let mut state = self.state();
        if !state.stop {
            state.stop = true;
            if let Some(child) = state.child {
                signal(child, Signal::SIGINT);
            }
        }
        self.changed.notify_all();
    }

    /// Stops the server and waits until it has ended. Uses more and more forceful signals if it does not end.
    pub(crate) fn stop_and_wait(&self) {
        self.request_stop();
        for (patience, harder) in [(FAST_SHUTDOWN, Signal::SIGQUIT), (IMMEDIATE_SHUTDOWN, Signal::SIGKILL)] {
            if self.wait_until_finished(patience) {
                return;
            }
            tracing::warn!(?patience, signal = harder.as_str(), "PostgreSQL does not stop; ending it harder");
            if let Some(child) = self.state().child {
                signal(child, harder);
            }
        }
        if !self.wait_until_finished(KILLED) {
            tracing::error!("PostgreSQL could not be ended; the next start will try again");
        }
    }

    fn wait_until_finished(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut state = self.state();
        while !state.finished {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return false;
            };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signal(pid: Pid, signal: Signal) {
    if let Err(errno) = kill(pid, signal) {
        tracing::warn!(%pid, signal = signal.as_str(), %errno, "cannot signal PostgreSQL");
    }
}
