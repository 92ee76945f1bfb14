//! Retries: repeats reads that failed before a response began, after a pause with jitter, within the deadline and the
//! retry budget.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt};
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

use super::budget::Budget;
use crate::{
    config,
    telemetry::SubgraphMetrics,
    transport::{OperationKind, SubgraphRequest, SubgraphResponse, Transport, TransportError},
};

/// The layer.
pub(crate) struct Retrying {
    inner: Arc<dyn Transport>,
    settings: config::Retry,
    budget: Budget,
    random: Mutex<fastrand::Rng>,
    metrics: Arc<SubgraphMetrics>,
    pub(super) retries: AtomicU64,
}

impl Retrying {
    pub(crate) fn new(
        inner: Arc<dyn Transport>,
        settings: config::Retry,
        random: fastrand::Rng,
        metrics: Arc<SubgraphMetrics>,
    ) -> Self {
        Self {
            inner,
            budget: Budget::new(settings.budget_ratio, settings.budget_per_second, Instant::now()),
            settings,
            random: Mutex::new(random),
            metrics,
            retries: AtomicU64::new(0),
        }
    }

    /// The pause before the next attempt; `None` when there must be no further attempt.
    fn pause(&self, retries: u32, error: &TransportError, deadline: Instant) -> Option<Duration> {
        if retries >= self.settings.max_retries {
            return None;
        }
        let asked = asked_pause(error)?;
        if asked > self.settings.max_delay {
            return None;
        }
        let ceiling =
            self.settings.base_delay.saturating_mul(2_u32.saturating_pow(retries)).min(self.settings.max_delay);
        // Full jitter, so that clients that failed together do not retry together.
        let pause = ceiling.mul_f64(self.random.lock().f64()).max(asked);
        let now = Instant::now();
        (now + pause < deadline && self.budget.withdraw(now)).then_some(pause)
    }
}

/// The minimum pause that the error asks for; `None` when a retry would be useless or not safe.
fn asked_pause(error: &TransportError) -> Option<Duration> {
    match error {
        TransportError::Connect(_) | TransportError::Reset(_) => Some(Duration::ZERO),
        TransportError::Status { status: 502..=504, retry_after } => Some(retry_after.unwrap_or_default()),
        _ => None,
    }
}

impl Transport for Retrying {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        if request.operation.kind() != OperationKind::Query {
            return self.inner.fetch(request);
        }
        self.budget.deposit();
        async move {
            let mut retries = 0;
            loop {
                let error = match self.inner.fetch(request).await {
                    Ok(response) => return Ok(response),
                    Err(error) => error,
                };
                let Some(pause) = self.pause(retries, &error, request.deadline.into()) else {
                    return Err(error);
                };
                tracing::debug!(%error, ?pause, "a read is repeated");
                sleep(pause).await;
                retries += 1;
                self.retries.fetch_add(1, Ordering::Relaxed);
                self.metrics.retried();
            }
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.inner.ready()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        telemetry::Metrics,
        traffic::scripted::{Scripted, Step, deadline_in, read, write},
    };

    fn connect() -> Step {
        Step::Fail(TransportError::Connect("refused".to_owned()))
    }

    fn status(status: u16, seconds: Option<u64>) -> Step {
        Step::Fail(TransportError::Status { status, retry_after: seconds.map(Duration::from_secs) })
    }

    fn layer(steps: impl IntoIterator<Item = Step>, settings: config::Retry) -> (Retrying, Arc<Scripted>) {
        let inner = Scripted::new(steps);
        let metrics = Metrics::new(&config::TelemetryOptions::default()).subgraph("products");
        let random = fastrand::Rng::with_seed(7);
        (Retrying::new(inner.clone(), settings, random, metrics), inner)
    }

    async fn fetch(layer: &Retrying) -> Result<SubgraphResponse, TransportError> {
        let operation = read();
        layer.fetch(deadline_in(&operation, Duration::from_secs(10))).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_repeated_until_it_succeeds() {
        let steps = [connect(), Step::Fail(TransportError::Reset(String::new())), Step::Answer];
        let (layer, inner) = layer(steps, config::Retry::default());
        let began = Instant::now();
        assert!(fetch(&layer).await.is_ok());
        assert_eq!(inner.calls(), 3);
        // 20 ms and 40 ms are the upper bounds of the two pauses. Tokio's timer rounds each up to a millisecond.
        assert!(began.elapsed() <= Duration::from_millis(62), "{:?}", began.elapsed());
        assert_eq!(layer.retries.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_bounded_and_the_last_error_is_told() {
        let (layer, inner) = layer((0..9).map(|_| connect()), config::Retry::default());
        assert!(matches!(fetch(&layer).await, Err(TransportError::Connect(_))));
        assert_eq!(inner.calls(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_have_been_answered_or_cannot_get_better_is_not_repeated() {
        for error in [
            TransportError::Broken(String::new()),
            TransportError::Malformed(String::new()),
            TransportError::TooLarge { limit_bytes: 1 },
            TransportError::Timeout,
            TransportError::CircuitOpen,
            TransportError::Overloaded,
        ] {
            let (layer, inner) = layer([Step::Fail(error), Step::Answer], config::Retry::default());
            assert!(fetch(&layer).await.is_err());
            assert_eq!(inner.calls(), 1);
        }
        let (layer, inner) = layer([status(500, None), Step::Answer], config::Retry::default());
        assert!(fetch(&layer).await.is_err());
        assert_eq!(inner.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_mutation_is_never_repeated() {
        let (layer, inner) = layer([connect(), Step::Answer], config::Retry::default());
        let operation = write();
        assert!(layer.fetch(deadline_in(&operation, Duration::from_secs(10))).await.is_err());
        assert_eq!(inner.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_honoured_up_to_the_longest_pause() {
        let (patient, inner) = layer([status(503, Some(1)), Step::Answer], config::Retry::default());
        let began = Instant::now();
        assert!(fetch(&patient).await.is_ok());
        assert!(began.elapsed() >= Duration::from_secs(1));
        assert_eq!(inner.calls(), 2);

        let (layer, inner) = layer([status(503, Some(2)), Step::Answer], config::Retry::default());
        assert!(fetch(&layer).await.is_err());
        assert_eq!(inner.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_beyond_the_deadline_is_not_begun() {
        let (layer, inner) = layer([status(502, Some(1)), Step::Answer], config::Retry::default());
        let (began, operation) = (Instant::now(), read());
        let answer = layer.fetch(deadline_in(&operation, Duration::from_millis(500))).await;
        assert!(matches!(answer, Err(TransportError::Status { status: 502, .. })));
        assert_eq!((inner.calls(), began.elapsed()), (1, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn the_budget_bounds_retries_over_all_reads() {
        let settings = config::Retry {
            max_retries: 1,
            base_delay: Duration::ZERO,
            budget_ratio: 0.2,
            budget_per_second: 0.0,
            ..config::Retry::default()
        };
        let (layer, inner) = layer((0..200).map(|_| connect()), settings);
        for _ in 0..100 {
            assert!(fetch(&layer).await.is_err());
        }
        let extra = inner.calls() - 100;
        assert!((19..=20).contains(&extra), "{extra}");
    }
}
