//! All metrics of a gateway, and their text for Prometheus. They survive reloads.

use std::{sync::Arc, time::Instant};

use http::StatusCode;
use parking_lot::RwLock;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::{
    operation_metrics::{OperationMetrics, Operations, RequestTimer},
    subgraph_metrics::{SubgraphMetrics, Subgraphs},
};
use crate::config::TelemetryOptions;

/// The outcome of a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReloadOutcome {
    /// It is served now.
    Applied,
    /// It cannot be served. The previous one stays in use.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: u16,
}

/// Hits and misses of one cache.
#[derive(Clone, Debug, Default)]
pub struct CacheMetrics {
    /// Requests that found an entry.
    pub hits: Counter,
    /// Requests that had to create an entry.
    pub misses: Counter,
}

/// All metrics of one gateway.
pub struct Metrics {
    registry: RwLock<Registry>,
    recorded: bool,
    operations: Operations,
    subgraphs: Subgraphs,
    documents: CacheMetrics,
    documents_kept: Gauge,
    refused_requests: Family<StatusLabels, Counter>,
    reloads: Family<ReloadLabels, Counter>,
    generation: Gauge,
    refused: Gauge,
}

impl Metrics {
    /// Creates metrics that start at zero.
    #[must_use]
    pub fn new(options: &TelemetryOptions) -> Self {
        let mut registry = Registry::default();
        let operations = Operations::new(&mut registry, options.max_operation_names);
        let subgraphs = Subgraphs::new(&mut registry);
        let documents = CacheMetrics::default();
        registry.register(
            "gateway_document_cache_hits",
            "Requests whose document was already prepared",
            documents.hits.clone(),
        );
        registry.register(
            "gateway_document_cache_misses",
            "Requests whose document had to be prepared",
            documents.misses.clone(),
        );
        let (documents_kept, generation, refused) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("gateway_document_cache_entries", "Documents that are kept", documents_kept.clone());
        let refused_requests = Family::default();
        registry.register(
            "gateway_http_requests_refused",
            "HTTP requests that were refused before an operation was looked for, by status",
            refused_requests.clone(),
        );
        let reloads = Family::default();
        registry.register(
            "gateway_supergraph_reloads",
            "Supergraphs that were given to the running gateway",
            reloads.clone(),
        );
        registry.register(
            "gateway_supergraph_generation",
            "Number of the supergraph that is served: 1 is the one from the start",
            generation.clone(),
        );
        registry.register(
            "gateway_supergraph_refused",
            "1 while the newest supergraph is refused and an older one is served",
            refused.clone(),
        );
        generation.set(1);
        Self {
            registry: RwLock::new(registry),
            recorded: options.metrics,
            operations,
            subgraphs,
            documents,
            documents_kept,
            refused_requests,
            reloads,
            generation,
            refused,
        }
    }

    /// Registers further metrics, which are then written with the others.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.write());
    }

    /// The handles for a subgraph. Keep them instead of looking them up for each fetch.
    #[must_use]
    pub fn subgraph(&self, name: &str) -> Arc<SubgraphMetrics> {
        self.subgraphs.named(name)
    }

    /// All metrics in the format that Prometheus scrapes (`OpenMetrics` 1.0).
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(16 * 1024);
        // Writing to a `String` cannot fail. If it did, the part that is written would still be useful.
        let _ = encode(&mut text, &self.registry.read());
        text
    }

    /// Whether requests and fetches are measured.
    pub(crate) fn recorded(&self) -> bool {
        self.recorded
    }

    pub(crate) fn operation(&self, name: Option<&str>) -> Arc<OperationMetrics> {
        self.operations.named(name)
    }

    pub(crate) fn request_started(&self, started: Instant) -> Option<RequestTimer> {
        self.recorded.then(|| self.operations.start(started))
    }

    /// Counts an HTTP request that was refused before execution, for example because it was malformed, too large, or
    /// for an unknown path.
    pub(crate) fn refused_request(&self, status: StatusCode) {
        if self.recorded {
            let status = status.as_u16();
            self.refused_requests.get_or_create(&StatusLabels { status }).inc();
        }
    }

    pub(crate) fn documents(&self) -> CacheMetrics {
        self.documents.clone()
    }

    pub(crate) fn documents_kept(&self, entries: u64) {
        self.documents_kept.set(i64::try_from(entries).unwrap_or(i64::MAX));
    }

    pub(crate) fn reloaded(&self, outcome: ReloadOutcome, generation: u64) {
        let word = match outcome {
            ReloadOutcome::Applied => "applied",
            ReloadOutcome::Refused => "refused",
        };
        self.reloads.get_or_create(&ReloadLabels { outcome: word }).inc();
        self.generation.set(i64::try_from(generation).unwrap_or(i64::MAX));
        self.supergraph_refused(outcome == ReloadOutcome::Refused);
    }

    pub(crate) fn supergraph_refused(&self, refused: bool) {
        self.refused.set(i64::from(refused));
    }
}
