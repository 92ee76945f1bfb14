//! Concurrency limits with a short queue for bursts. When the queue is full, requests are refused at once, because an
//! answer after a long wait is often too late to be useful.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{
    config,
    transport::{SubgraphRequest, SubgraphResponse, Transport, TransportError},
};

/// No permit is available.
#[derive(Debug)]
pub(crate) struct Full;

/// A concurrency limit with its queue.
pub(crate) struct Room {
    max_in_flight: usize,
    max_queued: usize,
    queue_timeout: Duration,
    permits: Semaphore,
    queued: AtomicUsize,
    refused: AtomicU64,
}

/// How much of a concurrency limit is used, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Number that run now.
    pub in_flight: usize,
    /// Number that wait now.
    pub queued: usize,
    /// Number that were refused since the start.
    pub refused: u64,
}

struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Room {
    pub(crate) fn new(settings: &config::Concurrency) -> Self {
        let max_in_flight = settings.max_in_flight.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            max_in_flight,
            max_queued: settings.max_queued,
            queue_timeout: settings.queue_timeout,
            permits: Semaphore::new(max_in_flight),
            queued: AtomicUsize::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Acquires a permit, immediately or after waiting in the queue. Dropping the permit releases it.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>, Full> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Ok(permit);
        }
        let entered = self.wait().await;
        if entered.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        entered
    }

    async fn wait(&self) -> Result<SemaphorePermit<'_>, Full> {
        let queued = Queued(&self.queued);
        if self.queued.fetch_add(1, Ordering::Relaxed) >= self.max_queued {
            return Err(Full);
        }
        let entered = timeout(self.queue_timeout, self.permits.acquire()).await;
        drop(queued);
        entered.map_err(|_| Full)?.map_err(|_| Full)
    }

    pub(crate) fn occupancy(&self) -> Occupancy {
        Occupancy {
            in_flight: self.max_in_flight - self.permits.available_permits(),
            queued: self.queued.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

/// The layer that limits concurrent fetches to one subgraph.
pub(crate) struct Limited {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) room: Arc<Room>,
}

impl Transport for Limited {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            let _place = self.room.enter().await.map_err(|Full| TransportError::Overloaded)?;
            self.inner.fetch(request).await
        }
        .boxed()
    }

    /// Readiness does not depend on free permits. It only asks whether the subgraph answers.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.inner.ready()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::traffic::scripted::{Scripted, Step, deadline_in, read};

    fn room(max_in_flight: usize, max_queued: usize) -> Room {
        Room::new(&config::Concurrency { max_in_flight, max_queued, queue_timeout: Duration::from_millis(100) })
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once() {
        let room = room(1, 0);
        let place = room.enter().await.expect("a place");
        let began = Instant::now();
        assert!(room.enter().await.is_err());
        assert_eq!(began.elapsed(), Duration::ZERO);
        drop(place);
        assert!(room.enter().await.is_ok());
        assert_eq!(room.occupancy().refused, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_a_place_or_with_the_time() {
        let room = room(1, 2);
        let place = room.enter().await.expect("a place");
        let late = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(place);
        };
        let (first, second, ()) = tokio::join!(room.enter(), room.enter(), late);
        // The first in the queue keeps its permit, so the second times out.
        assert!(first.is_ok() && second.is_err());
        drop(first);
        assert_eq!(room.occupancy(), Occupancy { in_flight: 0, queued: 0, refused: 1 });
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_leaves_the_queue_makes_room_in_it() {
        let room = room(1, 1);
        let _place = room.enter().await.expect("a place");
        assert!(timeout(Duration::from_millis(10), room.enter()).await.is_err());
        assert_eq!(room.occupancy().queued, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn fetches_beyond_the_bound_are_refused() {
        let layer = Limited { inner: Scripted::new([Step::Hang, Step::Answer]), room: Arc::new(room(1, 0)) };
        let operation = read();
        let request = deadline_in(&operation, Duration::from_secs(1));
        let (hanging, refused) =
            tokio::join!(timeout(Duration::from_millis(10), layer.fetch(request)), layer.fetch(request));
        assert!(hanging.is_err());
        assert!(matches!(refused, Err(TransportError::Overloaded)));
        assert!(layer.fetch(request).await.is_ok());
    }
}
