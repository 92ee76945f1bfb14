//! Circuit breaker: stops requests to a subgraph that fails too often, and later tests it with a few probes.
//!
//! Closed: attempts are counted in a window, and the breaker opens at the configured failure ratio. Open: everything is
//! refused for the configured time. Half-open: some probes are allowed. One failed probe opens the breaker again, and
//! enough successful probes close it.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::window::Window;
use crate::{config, telemetry::BreakerState};

/// What the outcome of an attempt tells about the subgraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
    /// Nothing: it ended for a reason outside the subgraph.
    Unknown,
}

/// Permission for one attempt. It is valid only for the state in which it was issued.
pub(super) struct Permit {
    generation: u64,
}

/// Called with each new state.
type Listener = Box<dyn Fn(BreakerState) + Send + Sync>;

pub(crate) struct Breaker {
    settings: config::Breaker,
    told: Listener,
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    /// Incremented with each change of state, so that late outcomes of attempts from an earlier state are recognized.
    generation: u64,
    opened: u64,
}

enum State {
    Closed(Box<Window>),
    Open { until: Instant },
    HalfOpen { running: u32, succeeded: u32 },
}

impl Breaker {
    pub(crate) fn new(settings: config::Breaker, now: Instant, told: Listener) -> Self {
        told(BreakerState::Closed);
        Self {
            told,
            inner: Mutex::new(Inner {
                state: State::Closed(Box::new(Window::new(settings.window, now))),
                generation: 0,
                opened: 0,
            }),
            settings,
        }
    }

    /// The present state, and how often the breaker has opened.
    pub(super) fn state(&self, now: Instant) -> (BreakerState, u64) {
        let inner = self.inner.lock();
        let state = match &inner.state {
            State::Closed(_) => BreakerState::Closed,
            State::Open { until } if now < *until => BreakerState::Open,
            State::Open { .. } | State::HalfOpen { .. } => BreakerState::HalfOpen,
        };
        (state, inner.opened)
    }

    /// Permission for an attempt; `None` while requests are refused.
    pub(super) fn admit(&self, now: Instant) -> Option<Permit> {
        let mut inner = self.inner.lock();
        if matches!(&inner.state, State::Open { until } if now >= *until) {
            self.enter(&mut inner, State::HalfOpen { running: 0, succeeded: 0 });
        }
        match &mut inner.state {
            State::Closed(_) => {}
            State::Open { .. } => return None,
            State::HalfOpen { running, succeeded } => {
                if *running + *succeeded >= self.settings.probes.max(1) {
                    return None;
                }
                *running += 1;
            }
        }
        Some(Permit { generation: inner.generation })
    }

    /// Records the outcome of an attempt. Returns whether it opened the breaker.
    pub(super) fn record(&self, permit: &Permit, verdict: Verdict, now: Instant) -> bool {
        let mut inner = self.inner.lock();
        if permit.generation != inner.generation {
            return false;
        }
        let opens = match &mut inner.state {
            State::Closed(window) => match verdict {
                Verdict::Unknown => false,
                Verdict::Success => {
                    window.count(false, now);
                    false
                }
                Verdict::Failure => {
                    window.count(true, now);
                    self.is_too_much(window.totals(now))
                }
            },
            State::HalfOpen { running, succeeded } => {
                *running = running.saturating_sub(1);
                if verdict == Verdict::Success {
                    *succeeded += 1;
                }
                if *succeeded >= self.settings.probes.max(1) {
                    self.enter(&mut inner, State::Closed(Box::new(Window::new(self.settings.window, now))));
                }
                verdict == Verdict::Failure
            }
            State::Open { .. } => false,
        };
        if opens {
            self.enter(&mut inner, State::Open { until: now + self.settings.open_for });
            inner.opened += 1;
        }
        opens
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of one window are far below 2^52")]
    fn is_too_much(&self, (successes, failures): (u64, u64)) -> bool {
        let attempts = successes + failures;
        attempts >= self.settings.min_attempts && failures as f64 >= self.settings.failure_ratio * attempts as f64
    }

    fn enter(&self, inner: &mut Inner, state: State) {
        (self.told)(match &state {
            State::Closed(_) => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        });
        inner.state = state;
        inner.generation += 1;
    }

    pub(super) fn open_for(&self) -> Duration {
        self.settings.open_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker(start: Instant) -> Breaker {
        let settings = config::Breaker { min_attempts: 4, probes: 2, ..config::Breaker::default() };
        Breaker::new(settings, start, Box::new(|_| {}))
    }

    fn attempt(breaker: &Breaker, verdict: Verdict, now: Instant) -> bool {
        let permit = breaker.admit(now).expect("admitted");
        breaker.record(&permit, verdict, now)
    }

    fn opened(start: Instant) -> Breaker {
        let breaker = breaker(start);
        for _ in 0..3 {
            assert!(!attempt(&breaker, Verdict::Failure, start));
        }
        assert!(attempt(&breaker, Verdict::Failure, start));
        breaker
    }

    #[test]
    fn it_opens_at_the_ratio_and_not_below_the_volume() {
        let start = Instant::now();
        let breaker = breaker(start);
        for verdict in [Verdict::Success, Verdict::Success, Verdict::Success, Verdict::Failure, Verdict::Failure] {
            assert!(!attempt(&breaker, verdict, start));
        }
        assert!(attempt(&breaker, Verdict::Failure, start), "three of six");
        assert!(breaker.admit(start).is_none());
        assert_eq!(breaker.state(start), (BreakerState::Open, 1));
    }

    #[test]
    fn failures_that_are_old_do_not_count() {
        let start = Instant::now();
        let breaker = breaker(start);
        for _ in 0..3 {
            attempt(&breaker, Verdict::Failure, start);
        }
        let later = start + Duration::from_secs(20);
        assert!(!attempt(&breaker, Verdict::Failure, later));
        assert_eq!(breaker.state(later).0, BreakerState::Closed);
    }

    #[test]
    fn probes_are_few_and_close_it_when_all_succeed() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + Duration::from_secs(1);
        assert_eq!(breaker.state(later).0, BreakerState::HalfOpen);
        let first = breaker.admit(later).expect("first probe");
        let second = breaker.admit(later).expect("second probe");
        assert!(breaker.admit(later).is_none());
        breaker.record(&first, Verdict::Success, later);
        assert!(breaker.admit(later).is_none());
        breaker.record(&second, Verdict::Success, later);
        assert_eq!(breaker.state(later), (BreakerState::Closed, 1));
    }

    #[test]
    fn a_failed_probe_opens_it_again() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + Duration::from_secs(1);
        assert!(attempt(&breaker, Verdict::Failure, later));
        assert!(breaker.admit(later).is_none());
        assert_eq!(breaker.state(later), (BreakerState::Open, 2));
    }

    #[test]
    fn a_probe_that_was_called_off_makes_room_for_another() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + Duration::from_secs(1);
        for _ in 0..5 {
            attempt(&breaker, Verdict::Unknown, later);
        }
        assert_eq!(breaker.state(later).0, BreakerState::HalfOpen);
    }

    #[test]
    fn outcomes_of_an_earlier_state_are_not_taken_for_probes() {
        let start = Instant::now();
        let breaker = breaker(start);
        let early = breaker.admit(start).expect("admitted");
        for _ in 0..4 {
            attempt(&breaker, Verdict::Failure, start);
        }
        let later = start + Duration::from_secs(1);
        let _probe = breaker.admit(later).expect("a probe");
        assert!(!breaker.record(&early, Verdict::Failure, later));
        assert_eq!(breaker.state(later).0, BreakerState::HalfOpen);
    }
}
