//! Traffic: concurrency limits, timeouts, retries, circuit breaking and request coalescing.
//!
//! The transport of a subgraph is wrapped in layers. Each layer is a [`Transport`] itself and is present only if it is
//! configured. From the outside in:
//!
//! - [`deadline`] applies the subgraph's timeout to a fetch;
//! - [`shared_reads`] coalesces identical reads that run at the same time;
//! - [`retry`] repeats failed reads, within a [`budget`];
//! - [`breaking`] asks the circuit [`breaker`], which counts failures in a [`window`], before each attempt;
//! - [`concurrency`] limits how many attempts run at the same time.
//!
//! The execution of a client request uses [`concurrency`] too, and [`shared_requests`], which coalesces identical
//! requests. Both kinds of coalescing use [`in_flight`]. [`writes`] prevents a read after a mutation from sharing the
//! result of a read before it.
//!
//! Time is tokio's clock, which tests can pause. Randomness comes from a generator that tests can seed.

mod breaker;
mod breaking;
mod budget;
mod concurrency;
mod deadline;
mod in_flight;
mod relevant_headers;
mod retry;
#[cfg(test)]
mod scripted;
mod shared_reads;
mod shared_requests;
mod window;
mod writes;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{sync::SemaphorePermit, time::Instant};

pub use self::concurrency::Occupancy;
pub use self::shared_requests::Visibility;
pub(crate) use self::shared_requests::{SharedRequests, Turn};
use self::{
    breaker::Breaker,
    breaking::Breaking,
    concurrency::{Full, Limited, Room},
    deadline::Deadline,
    retry::Retrying,
    shared_reads::SharedReads,
    writes::{WriteGuard, Writes},
};
pub use crate::telemetry::BreakerState;
use crate::{GatewayConfig, telemetry::Metrics, transport::Transport};

/// Upper bound of [`Breaking::fair_time`]: after this time, a missing answer counts as a failure of the subgraph.
const FAIR_TIME: Duration = Duration::from_secs(1);

/// The present state of the traffic layers, for metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrafficSnapshot {
    /// Client requests, if their concurrency is limited.
    pub requests: Option<Occupancy>,
    /// Client requests that shared the answer of another request, since the start.
    pub shared_requests: u64,
    /// The state of each subgraph.
    pub subgraphs: BTreeMap<String, SubgraphSnapshot>,
}

/// The present state of the traffic to one subgraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubgraphSnapshot {
    /// State of the circuit breaker, if there is one, and how often it has opened.
    pub breaker: Option<(BreakerState, u64)>,
    /// Fetches, if their concurrency is limited.
    pub fetches: Option<Occupancy>,
    /// Retries since the start.
    pub retries: u64,
    /// Reads that shared the response of another fetch, since the start.
    pub shared_reads: u64,
}

/// Traffic state of the whole gateway. It survives reloads.
pub(crate) struct GatewayTraffic {
    room: Option<Room>,
    writes: Writes,
}

impl GatewayTraffic {
    pub(crate) fn new(config: &GatewayConfig) -> Self {
        Self { room: config.traffic.requests.as_ref().map(Room::new), writes: Writes::default() }
    }

    /// Acquires a permit for a request, if requests are limited.
    pub(crate) async fn enter(&self) -> Result<Option<SemaphorePermit<'_>>, Full> {
        match &self.room {
            None => Ok(None),
            Some(room) => room.enter().await.map(Some),
        }
    }

    /// Marks the beginning of a mutation. It ends when the guard is dropped.
    pub(crate) fn begin_write(&self) -> WriteGuard<'_> {
        self.writes.begin()
    }

    pub(crate) fn writes(&self) -> Writes {
        self.writes.clone()
    }

    pub(crate) fn occupancy(&self) -> Option<Occupancy> {
        self.room.as_ref().map(Room::occupancy)
    }
}

/// A transport with its layers. It is kept with the connection, so that a reload does not reset the circuit breaker.
#[derive(Clone)]
pub(crate) struct Guarded {
    transport: Arc<dyn Transport>,
    layers: Arc<Layers>,
}

/// The layers of one subgraph that report metrics.
#[derive(Default)]
struct Layers {
    breaker: Option<Arc<Breaker>>,
    room: Option<Arc<Room>>,
    retry: Option<Arc<Retrying>>,
    shared: Option<Arc<SharedReads>>,
}

/// The layers of the subgraphs that an engine serves.
pub(crate) struct SubgraphLayers {
    subgraphs: BTreeMap<String, Arc<Layers>>,
}

impl SubgraphLayers {
    pub(crate) fn of(guarded: &BTreeMap<String, Guarded>) -> Self {
        let layers = |(name, guarded): (&String, &Guarded)| (name.clone(), guarded.layers.clone());
        Self { subgraphs: guarded.iter().map(layers).collect() }
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<String, SubgraphSnapshot> {
        let now = Instant::now();
        self.subgraphs.iter().map(|(name, layers)| (name.clone(), layers.snapshot(now))).collect()
    }
}

impl Guarded {
    /// Wraps a transport in the configured layers.
    pub(crate) fn new(
        name: &str,
        mut transport: Arc<dyn Transport>,
        config: &GatewayConfig,
        traffic: &GatewayTraffic,
        metrics: &Metrics,
    ) -> Self {
        let rules = config.traffic.of(name);
        let metrics = metrics.subgraph(name);
        let mut layers = Layers::default();
        if let Some(settings) = &rules.concurrency {
            let room = Arc::new(Room::new(settings));
            transport = Arc::new(Limited { inner: transport, room: room.clone() });
            layers.room = Some(room);
        }
        if let Some(settings) = &rules.breaker {
            let metrics = metrics.clone();
            let told = Box::new(move |state| metrics.breaker(state));
            let breaker = Arc::new(Breaker::new(settings.clone(), Instant::now(), told));
            transport = Arc::new(Breaking {
                inner: transport,
                breaker: breaker.clone(),
                subgraph: name.to_owned(),
                fair_time: rules.timeout.unwrap_or(FAIR_TIME).min(FAIR_TIME),
            });
            layers.breaker = Some(breaker);
        }
        if let Some(settings) = rules.retry.clone().filter(|settings| settings.max_retries > 0) {
            let retry = Arc::new(Retrying::new(transport, settings, fastrand::Rng::new(), metrics));
            transport = retry.clone();
            layers.retry = Some(retry);
        }
        if config.dedupe.subgraph_reads {
            let shared = SharedReads::new(transport, &config.dedupe.ignore_headers, traffic.writes());
            let shared = Arc::new(shared);
            transport = shared.clone();
            layers.shared = Some(shared);
        }
        if let Some(timeout) = rules.timeout {
            transport = Arc::new(Deadline { inner: transport, timeout });
        }
        Self { transport, layers: Arc::new(layers) }
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        self.transport.clone()
    }
}

impl Layers {
    fn snapshot(&self, now: Instant) -> SubgraphSnapshot {
        SubgraphSnapshot {
            breaker: self.breaker.as_ref().map(|breaker| breaker.state(now)),
            fetches: self.room.as_ref().map(|room| room.occupancy()),
            retries: self.retry.as_ref().map_or(0, |retry| retry.retries.load(Ordering::Relaxed)),
            shared_reads: self.shared.as_ref().map_or(0, |shared| shared.shared()),
        }
    }
}
