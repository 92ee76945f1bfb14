//! The gateway itself: a supergraph, a transport for each of its subgraphs, and the caches over both.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

use parking_lot::RwLock;
use tokio::sync::Mutex;

use crate::{
    GatewayConfig, GraphQlRequest, GraphQlResponse,
    execution::Engine,
    planning::PlannerError,
    reload::{Blueprint, Connections},
    supergraph::SupergraphError,
    telemetry::Metrics,
    traffic::{GatewayTraffic, Guarded, TrafficSnapshot},
    transport::{HttpTransportError, LocalSubgraph, LocalTransport, Transport, Transports},
};

/// Why a gateway cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The supergraph cannot be read.
    #[error(transparent)]
    Supergraph(#[from] SupergraphError),
    /// The planner refuses the supergraph.
    #[error(transparent)]
    Planner(#[from] PlannerError),
    /// A transport or a rule for traffic or headers is named for a subgraph that the supergraph does not have.
    #[error("there is no subgraph `{name}` in the supergraph; it has: {known}")]
    UnknownSubgraph {
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The supergraph has no URL for a subgraph and none was given.
    #[error("subgraph `{name}` has no URL in the supergraph: give one, or a transport")]
    NoUrl {
        /// The subgraph.
        name: String,
    },
    /// The URL of a subgraph cannot be used.
    #[error("the URL of subgraph `{name}` cannot be used")]
    Url {
        /// The subgraph.
        name: String,
        /// Why.
        #[source]
        source: HttpTransportError,
    },
}

/// Collects what a [`Gateway`] needs.
pub struct GatewayBuilder {
    sdl: String,
    config: GatewayConfig,
    urls: BTreeMap<String, String>,
    transports: Transports,
}

impl GatewayBuilder {
    /// Replaces the default settings.
    #[must_use]
    pub fn config(mut self, config: GatewayConfig) -> Self {
        self.config = config;
        self
    }

    /// Reaches a subgraph at another URL than the supergraph says.
    #[must_use]
    pub fn url(mut self, subgraph: impl Into<String>, url: impl Into<String>) -> Self {
        self.urls.insert(subgraph.into(), url.into());
        self
    }

    /// Runs a subgraph in this process.
    #[must_use]
    pub fn local(self, subgraph: impl Into<String>, schema: Arc<dyn LocalSubgraph>) -> Self {
        self.transport(subgraph, Arc::new(LocalTransport::new(schema)))
    }

    /// Reaches a subgraph through any transport.
    #[must_use]
    pub fn transport(mut self, subgraph: impl Into<String>, transport: Arc<dyn Transport>) -> Self {
        self.transports.insert(subgraph.into(), transport);
        self
    }

    /// Reads the supergraph and connects each subgraph to its transport. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the SDL is no supergraph, or a subgraph is unknown or has no usable address.
    pub fn build(self) -> Result<Gateway, BuildError> {
        let metrics = Arc::new(Metrics::new(&self.config.telemetry));
        let traffic = Arc::new(GatewayTraffic::new(&self.config));
        let guard = |(name, transport): (String, Arc<dyn Transport>)| {
            let guarded = Guarded::new(&name, transport, &self.config, &traffic, &metrics);
            (name, guarded)
        };
        let transports = self.transports.into_iter().map(guard).collect();
        let blueprint = Blueprint {
            config: self.config,
            urls: self.urls,
            transports,
            metrics,
            traffic,
        };
        let (engine, connections) = blueprint.engine(self.sdl, &Connections::new())?;
        blueprint.refuse_unknown_names(&engine)?;
        Ok(Gateway {
            engine: RwLock::new(Arc::new(engine)),
            blueprint,
            connections: Mutex::new(connections),
            generation: AtomicU64::new(1),
            refused: AtomicBool::new(false),
        })
    }
}

/// Which subgraphs would answer now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// For each subgraph, `Ok` or why it is not ready.
    pub subgraphs: BTreeMap<String, Result<(), String>>,
}

impl Readiness {
    /// Whether every subgraph is ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.subgraphs.values().all(Result::is_ok)
    }
}

/// Serves one supergraph.
///
/// Everything that depends on the supergraph stands in one immutable [`Engine`]; a request takes it once at its start,
/// so that a replacement never mixes two supergraphs in one answer.
pub struct Gateway {
    engine: RwLock<Arc<Engine>>,
    pub(crate) blueprint: Blueprint,
    /// Held while a supergraph is being replaced, so that replacements come one after the other.
    pub(crate) connections: Mutex<Connections>,
    pub(crate) generation: AtomicU64,
    pub(crate) refused: AtomicBool,
}

impl Gateway {
    /// Starts a gateway from a supergraph SDL.
    #[must_use]
    pub fn builder(supergraph_sdl: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder {
            sdl: supergraph_sdl.into(),
            config: GatewayConfig::default(),
            urls: BTreeMap::new(),
            transports: Transports::new(),
        }
    }

    /// The engine that serves requests which start now.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        self.engine.read().clone()
    }

    /// Puts another engine in place.
    pub(crate) fn replace(&self, engine: Arc<Engine>) {
        let previous = std::mem::replace(&mut *self.engine.write(), engine);
        // Dropped after the lock is given back: taking a large engine apart takes a while.
        drop(previous);
    }

    /// What is counted and timed.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.blueprint.metrics
    }

    /// The metrics as text for Prometheus.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics().documents_kept(self.engine().documents_kept());
        self.metrics().text()
    }

    /// Answers one request. Every outcome is a GraphQL response; nothing is thrown.
    pub async fn execute(&self, request: GraphQlRequest) -> GraphQlResponse {
        self.engine().execute(request).await
    }

    /// Asks every subgraph whether it would answer.
    pub async fn readiness(&self) -> Readiness {
        self.engine().readiness().await
    }

    /// How traffic goes now, for metrics.
    #[must_use]
    pub fn traffic(&self) -> TrafficSnapshot {
        self.engine().traffic()
    }
}
