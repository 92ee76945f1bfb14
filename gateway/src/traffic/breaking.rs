//! The circuit breaker layer: asks a [`Breaker`] before each attempt, and reports the outcome to it.

use std::{
    sync::Arc,
    time::{Duration, Instant as StdInstant},
};

use futures::future::{BoxFuture, FutureExt};
use tokio::time::Instant;

use super::breaker::{Breaker, Permit, Verdict};
use crate::transport::{SubgraphRequest, SubgraphResponse, Transport, TransportError};

/// The layer.
pub(crate) struct Breaking {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) subgraph: String,
    /// A timeout counts as a failure only if the attempt had at least this much time. Otherwise earlier fetches of the
    /// same request used the time up.
    pub(crate) fair_time: Duration,
}

/// One attempt. If it is dropped before its end, the elapsed time shows whether the subgraph was too slow or the client
/// disconnected.
struct Attempt<'a> {
    layer: &'a Breaking,
    permit: Option<Permit>,
    began: Instant,
    deadline: Instant,
}

impl Attempt<'_> {
    fn end(&mut self, verdict: Verdict) {
        let Some(permit) = self.permit.take() else { return };
        if self.layer.breaker.record(&permit, verdict, Instant::now()) {
            tracing::warn!(
                subgraph = self.layer.subgraph,
                open_for = ?self.layer.breaker.open_for(),
                "a circuit breaker opens"
            );
        }
    }

    fn out_of_time(&self) -> Verdict {
        let now = Instant::now();
        if now >= self.deadline && now.duration_since(self.began) >= self.layer.fair_time {
            Verdict::Failure
        } else {
            Verdict::Unknown
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.end(self.out_of_time());
    }
}

impl Breaking {
    fn attempt(&self, deadline: StdInstant) -> Option<Attempt<'_>> {
        let began = Instant::now();
        let permit = self.breaker.admit(began)?;
        Some(Attempt { layer: self, permit: Some(permit), began, deadline: deadline.into() })
    }
}

impl Transport for Breaking {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            let Some(mut attempt) = self.attempt(request.deadline) else {
                return Err(TransportError::CircuitOpen);
            };
            let result = self.inner.fetch(request).await;
            let verdict = match &result {
                Ok(_) => Verdict::Success,
                Err(
                    TransportError::Connect(_)
                    | TransportError::Reset(_)
                    | TransportError::Broken(_)
                    | TransportError::Status { status: 500..=599, .. },
                ) => Verdict::Failure,
                Err(TransportError::Timeout) => attempt.out_of_time(),
                // The subgraph answered, or the fetch was not sent.
                Err(_) => Verdict::Unknown,
            };
            attempt.end(verdict);
            result
        }
        .boxed()
    }

    /// The readiness check also passes through the breaker. It must not report "ready" while fetches are refused. A
    /// load balancer may send no requests to a gateway that is not ready; then this check is the probe that closes the
    /// breaker.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        async move {
            let never = StdInstant::now() + Duration::from_hours(24);
            let Some(mut attempt) = self.attempt(never) else {
                return Err(TransportError::CircuitOpen.to_string());
            };
            let result = self.inner.ready().await;
            attempt.end(if result.is_ok() { Verdict::Success } else { Verdict::Failure });
            result
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config,
        telemetry::BreakerState,
        traffic::scripted::{Scripted, Step, deadline_in, read},
    };

    fn layer(steps: impl IntoIterator<Item = Step>) -> (Breaking, Arc<Scripted>) {
        let settings = config::Breaker { min_attempts: 3, probes: 1, ..config::Breaker::default() };
        let inner = Scripted::new(steps);
        let layer = Breaking {
            inner: inner.clone(),
            breaker: Arc::new(Breaker::new(settings, Instant::now(), Box::new(|_| {}))),
            subgraph: "products".to_owned(),
            fair_time: Duration::from_millis(500),
        };
        (layer, inner)
    }

    async fn fetch_within(layer: &Breaking, time: Duration) -> Result<SubgraphResponse, TransportError> {
        let operation = read();
        let request = deadline_in(&operation, time);
        tokio::time::timeout_at(request.deadline.into(), layer.fetch(request))
            .await
            .unwrap_or(Err(TransportError::Timeout))
    }

    fn refused() -> Step {
        Step::Fail(TransportError::Connect("refused".to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_refuses_at_once_and_a_good_probe_closes_it() {
        let (layer, inner) = layer([refused(), refused(), refused(), Step::Answer, Step::Answer]);
        for _ in 0..3 {
            assert!(matches!(fetch_within(&layer, Duration::from_secs(1)).await, Err(TransportError::Connect(_))));
        }
        assert!(matches!(fetch_within(&layer, Duration::from_secs(1)).await, Err(TransportError::CircuitOpen)));
        assert!(layer.ready().await.is_err());
        assert_eq!(inner.calls(), 3);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(fetch_within(&layer, Duration::from_secs(1)).await.is_ok());
        assert_eq!(layer.breaker.state(Instant::now()).0, BreakerState::Closed);
        assert!(fetch_within(&layer, Duration::from_secs(1)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn readiness_is_a_probe() {
        let (layer, _) = layer([refused(), refused(), refused()]);
        for _ in 0..3 {
            let _ = fetch_within(&layer, Duration::from_secs(1)).await;
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(layer.ready().await, Ok(()));
        assert_eq!(layer.breaker.state(Instant::now()).0, BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn timeouts_count_when_the_time_was_fair() {
        let (short, _) = layer((0..9).map(|_| Step::Hang));
        for _ in 0..5 {
            let _ = fetch_within(&short, Duration::from_millis(100)).await;
        }
        assert_eq!(short.breaker.state(Instant::now()).0, BreakerState::Closed);
        let (fair, _) = layer((0..9).map(|_| Step::Hang));
        for _ in 0..3 {
            let _ = fetch_within(&fair, Duration::from_millis(600)).await;
        }
        assert_eq!(fair.breaker.state(Instant::now()).0, BreakerState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn clients_that_leave_and_answers_that_do_not_fit_count_neither_way() {
        let (left, _) = layer((0..9).map(|_| Step::Hang));
        for _ in 0..5 {
            let operation = read();
            let fetch = left.fetch(deadline_in(&operation, Duration::from_secs(10)));
            assert!(tokio::time::timeout(Duration::from_secs(1), fetch).await.is_err());
        }
        assert_eq!(left.breaker.state(Instant::now()).0, BreakerState::Closed);
        let (odd, _) = layer((0..9).map(|_| Step::Fail(TransportError::TooLarge { limit_bytes: 1 })));
        for _ in 0..5 {
            let _ = fetch_within(&odd, Duration::from_secs(1)).await;
        }
        assert_eq!(odd.breaker.state(Instant::now()).0, BreakerState::Closed);
    }
}
