//! Holds requests and fetches apart, repeats them, refuses them and shares them.
//!
//! Around the transport of a subgraph stand layers, each a [`Transport`] itself and each there only when it is
//! configured. From the outside in:
//!
//! - [`deadline`] gives a fetch a time limit of the subgraph's own;
//! - [`shared_reads`] makes one of identical reads that run at once;
//! - [`retry`] repeats reads, within a [`budget`];
//! - [`breaking`] asks the [`breaker`], which counts in a [`window`], before each attempt;
//! - [`concurrency`] bounds how many attempts run at once.
//!
//! Around the execution of a request stand [`concurrency`] again and [`shared_requests`]. [`in_flight`] is how both
//! kinds of sharing work, [`writes`] keeps reads after a mutation apart from reads before it.
//!
//! Time is tokio's, which tests can stop; chance comes from a generator that tests can seed.

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

/// The longest time after which a subgraph that has not answered is to blame for it.
const FAIR_TIME: Duration = Duration::from_secs(1);

/// How traffic goes now, for metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrafficSnapshot {
    /// Client requests, where they are bounded.
    pub requests: Option<Occupancy>,
    /// Client requests that were answered by another's execution, since the start.
    pub shared_requests: u64,
    /// Each subgraph.
    pub subgraphs: BTreeMap<String, SubgraphSnapshot>,
}

/// How the traffic of one subgraph goes now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubgraphSnapshot {
    /// State of its breaker, where it has one, and how often that has opened.
    pub breaker: Option<(BreakerState, u64)>,
    /// Fetches, where they are bounded.
    pub fetches: Option<Occupancy>,
    /// Attempts after the first, since the start.
    pub retries: u64,
    /// Reads that were answered by another's fetch, since the start.
    pub shared_reads: u64,
}

/// What holds for all requests of a gateway. It outlives the engines that a reload replaces.
pub(crate) struct GatewayTraffic {
    room: Option<Room>,
    writes: Writes,
}

impl GatewayTraffic {
    pub(crate) fn new(config: &GatewayConfig) -> Self {
        Self {
            room: config.traffic.requests.as_ref().map(Room::new),
            writes: Writes::default(),
        }
    }

    /// Takes a place for a request, where places are counted.
    pub(crate) async fn enter(&self) -> Result<Option<SemaphorePermit<'_>>, Full> {
        match &self.room {
            None => Ok(None),
            Some(room) => room.enter().await.map(Some),
        }
    }

    /// A request with a mutation begins; it ends when the guard is dropped.
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

/// A transport with its layers. It lives as long as the connection, so that a reload does not make a breaker forget.
#[derive(Clone)]
pub(crate) struct Guarded {
    transport: Arc<dyn Transport>,
    layers: Arc<Layers>,
}

/// The layers of one subgraph that have something to tell.
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
        Self {
            subgraphs: guarded.iter().map(layers).collect(),
        }
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<String, SubgraphSnapshot> {
        let now = Instant::now();
        self.subgraphs
            .iter()
            .map(|(name, layers)| (name.clone(), layers.snapshot(now)))
            .collect()
    }
}

impl Guarded {
    /// Puts the configured layers around a transport.
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
            transport = Arc::new(Limited {
                inner: transport,
                room: room.clone(),
            });
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
            transport = Arc::new(Deadline {
                inner: transport,
                timeout,
            });
        }
        Self {
            transport,
            layers: Arc::new(layers),
        }
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
            retries: self
                .retry
                .as_ref()
                .map_or(0, |retry| retry.retries.load(Ordering::Relaxed)),
            shared_reads: self.shared.as_ref().map_or(0, |shared| shared.shared()),
        }
    }
}
