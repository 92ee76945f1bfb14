//! Subgraph timeout: a fetch ends at the timeout of its subgraph or at the deadline of the request, whichever is
//! earlier.

use std::{sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt};
use tokio::time::{Instant, timeout_at};

use crate::transport::{SubgraphRequest, SubgraphResponse, Transport, TransportError};

/// The layer. It is the outermost one, so that the timeout includes retries and waiting in queues.
pub(crate) struct Deadline {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) timeout: Duration,
}

impl Transport for Deadline {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            let own = Instant::now() + self.timeout;
            let deadline = own.into_std().min(request.deadline);
            let answer = self.inner.fetch(SubgraphRequest { deadline, ..request });
            timeout_at(deadline.into(), answer).await.unwrap_or(Err(TransportError::Timeout))
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
    use crate::traffic::scripted::{Scripted, Step, deadline_in, read};

    #[tokio::test(start_paused = true)]
    async fn the_earlier_of_the_two_limits_ends_a_fetch() {
        for (own_ms, request_ms, expected_ms) in [(100, 1_000, 100), (1_000, 100, 100)] {
            let layer = Deadline { inner: Scripted::new([Step::Hang]), timeout: Duration::from_millis(own_ms) };
            let began = Instant::now();
            let operation = read();
            let request = deadline_in(&operation, Duration::from_millis(request_ms));
            let answer = timeout_at(request.deadline.into(), layer.fetch(request)).await;
            assert!(matches!(answer, Ok(Err(TransportError::Timeout)) | Err(_)));
            assert_eq!(began.elapsed(), Duration::from_millis(expected_ms));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_in_time_passes() {
        let layer = Deadline {
            inner: Scripted::new([Step::AnswerAfter(Duration::from_millis(99))]),
            timeout: Duration::from_millis(100),
        };
        let operation = read();
        assert!(layer.fetch(deadline_in(&operation, Duration::from_secs(1))).await.is_ok());
    }
}
