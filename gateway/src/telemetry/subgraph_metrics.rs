//! Fetch metrics by subgraph. The number of names is limited by the supergraph.

use std::{sync::Arc, time::Instant};

use ahash::HashMap;
use parking_lot::Mutex;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::histogram::DurationHistogram;

/// State of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Closed: every fetch is sent.
    Closed,
    /// Half open: only probes are sent.
    HalfOpen,
    /// Open: no fetch is sent.
    Open,
}

impl BreakerState {
    /// The value of the gauge: 0 closed, 1 half open, 2 open.
    #[must_use]
    pub const fn as_gauge(self) -> i64 {
        match self {
            Self::Closed => 0,
            Self::HalfOpen => 1,
            Self::Open => 2,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SubgraphLabels {
    subgraph: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    subgraph: Arc<str>,
    kind: &'static str,
}

#[derive(Clone)]
struct Families {
    durations: Family<SubgraphLabels, DurationHistogram>,
    errors: Family<ErrorLabels, Counter>,
    retries: Family<SubgraphLabels, Counter>,
    in_flight: Family<SubgraphLabels, Gauge>,
    breaker: Family<SubgraphLabels, Gauge>,
}

/// Metric handles for one subgraph.
pub struct SubgraphMetrics {
    name: Arc<str>,
    duration: DurationHistogram,
    in_flight: Gauge,
    retries: Counter,
    families: Families,
}

impl SubgraphMetrics {
    /// Starts to measure a fetch, including its retries.
    #[must_use]
    pub fn fetch_started(&self) -> FetchTimer<'_> {
        self.in_flight.inc();
        FetchTimer { subgraph: self, started: Instant::now() }
    }

    /// Counts a fetch without a response or with errors. `kind` must be from a small fixed set of words.
    pub fn failed(&self, kind: &'static str) {
        let labels = ErrorLabels { subgraph: self.name.clone(), kind };
        self.families.errors.get_or_create(&labels).inc();
    }

    /// Counts a retry.
    pub fn retried(&self) {
        self.retries.inc();
    }

    /// Sets the state of the circuit breaker. A subgraph without a breaker has no such gauge.
    pub fn breaker(&self, state: BreakerState) {
        let labels = SubgraphLabels { subgraph: self.name.clone() };
        self.families.breaker.get_or_create(&labels).set(state.as_gauge());
    }
}

/// Measures one fetch until it is dropped.
pub struct FetchTimer<'a> {
    subgraph: &'a SubgraphMetrics,
    started: Instant,
}

impl Drop for FetchTimer<'_> {
    fn drop(&mut self) {
        self.subgraph.in_flight.dec();
        self.subgraph.duration.observe(self.started.elapsed());
    }
}

/// All subgraphs that were served since the start.
pub(super) struct Subgraphs {
    families: Families,
    by_name: Mutex<HashMap<Box<str>, Arc<SubgraphMetrics>>>,
}

impl Subgraphs {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let families = Families {
            durations: Family::default(),
            errors: Family::default(),
            retries: Family::default(),
            in_flight: Family::default(),
            breaker: Family::default(),
        };
        registry.register(
            "gateway_subgraph_fetch_duration_seconds",
            "Time of a fetch, its retries included",
            families.durations.clone(),
        );
        registry.register(
            "gateway_subgraph_fetch_errors",
            "Fetches without a response, by kind; `graphql` are responses with errors",
            families.errors.clone(),
        );
        registry.register("gateway_subgraph_fetch_retries", "Attempts after the first", families.retries.clone());
        registry.register("gateway_subgraph_fetches_in_flight", "Fetches that run now", families.in_flight.clone());
        registry.register(
            "gateway_subgraph_breaker_state",
            "Circuit breaker: 0 closed, 1 half open, 2 open",
            families.breaker.clone(),
        );
        Self { families, by_name: Mutex::default() }
    }

    pub(super) fn named(&self, name: &str) -> Arc<SubgraphMetrics> {
        let mut by_name = self.by_name.lock();
        if let Some(known) = by_name.get(name) {
            return known.clone();
        }
        let labels = SubgraphLabels { subgraph: name.into() };
        let made = Arc::new(SubgraphMetrics {
            name: labels.subgraph.clone(),
            duration: self.families.durations.get_or_create_owned(&labels),
            in_flight: self.families.in_flight.get_or_create_owned(&labels),
            retries: self.families.retries.get_or_create_owned(&labels),
            families: self.families.clone(),
        });
        by_name.insert(name.into(), made.clone());
        made
    }
}
