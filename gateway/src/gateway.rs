//! The gateway and its builder: a supergraph, a transport for each subgraph, and the caches.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

use http::HeaderMap;
use parking_lot::RwLock;
use tokio::sync::Mutex;

use crate::{
    GatewayConfig, GraphQlRequest, GraphQlResponse,
    execution::Engine,
    planning::PlannerError,
    reload::{Blueprint, Connections},
    supergraph::SupergraphError,
    telemetry::Metrics,
    traffic::{GatewayTraffic, Guarded, TrafficSnapshot, Visibility},
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
    /// A transport, a traffic rule or a header rule names a subgraph that the supergraph does not have.
    #[error("there is no subgraph `{name}` in the supergraph; it has: {known}")]
    UnknownSubgraph {
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The supergraph has no URL for a subgraph, and the caller gave neither a URL nor a transport.
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
        /// What is wrong with the URL.
        #[source]
        source: HttpTransportError,
    },
}

/// Collects the supergraph, settings and transports of a [`Gateway`].
pub struct GatewayBuilder {
    sdl: String,
    config: GatewayConfig,
    urls: BTreeMap<String, String>,
    transports: Transports,
    visibility: Option<Visibility>,
}

impl GatewayBuilder {
    /// Replaces the default settings.
    #[must_use]
    pub fn config(mut self, config: GatewayConfig) -> Self {
        self.config = config;
        self
    }

    /// Sets the URL of a subgraph. It takes precedence over the URL in the supergraph.
    #[must_use]
    pub fn url(mut self, subgraph: impl Into<String>, url: impl Into<String>) -> Self {
        self.urls.insert(subgraph.into(), url.into());
        self
    }

    /// Uses a schema in this process as a subgraph.
    #[must_use]
    pub fn local(self, subgraph: impl Into<String>, schema: Arc<dyn LocalSubgraph>) -> Self {
        self.transport(subgraph, Arc::new(LocalTransport::new(schema)))
    }

    /// Sets the transport of a subgraph.
    #[must_use]
    pub fn transport(mut self, subgraph: impl Into<String>, transport: Arc<dyn Transport>) -> Self {
        self.transports.insert(subgraph.into(), transport);
        self
    }

    /// Says what a caller may see. With [`Dedupe::requests`](crate::config::Dedupe::requests), equal queries of callers
    /// that may see the same then share one execution, whatever credentials they have. Without it, only those with equal
    /// credentials do.
    #[must_use]
    pub fn visibility(mut self, visibility: impl Fn(&HeaderMap) -> Option<String> + Send + Sync + 'static) -> Self {
        self.visibility = Some(Arc::new(visibility));
        self
    }

    /// Reads the supergraph and connects each subgraph to its transport. No request is sent yet.
    ///
    /// # Errors
    ///
    /// When the SDL is not a supergraph, or when a subgraph is unknown or has no usable address.
    pub fn build(self) -> Result<Gateway, BuildError> {
        let metrics = Arc::new(Metrics::new(&self.config.telemetry));
        let traffic = Arc::new(GatewayTraffic::new(&self.config));
        let guard = |(name, transport): (String, Arc<dyn Transport>)| {
            let guarded = Guarded::new(&name, transport, &self.config, &traffic, &metrics);
            (name, guarded)
        };
        let transports = self.transports.into_iter().map(guard).collect();
        let Self { config, urls, visibility, .. } = self;
        let blueprint = Blueprint { config, urls, transports, metrics, traffic, visibility };
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

/// Which subgraphs are ready to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// For each subgraph: `Ok`, or the reason why it is not ready.
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
/// Everything that depends on the supergraph is in one immutable [`Engine`]. A request takes the engine once, at its
/// start. So a reload never mixes two supergraphs in one answer.
pub struct Gateway {
    engine: RwLock<Arc<Engine>>,
    pub(crate) blueprint: Blueprint,
    /// Locked while a supergraph is being replaced, so that reloads run one after the other.
    pub(crate) connections: Mutex<Connections>,
    pub(crate) generation: AtomicU64,
    pub(crate) refused: AtomicBool,
}

impl Gateway {
    /// Starts building a gateway from a supergraph SDL.
    #[must_use]
    pub fn builder(supergraph_sdl: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder {
            sdl: supergraph_sdl.into(),
            config: GatewayConfig::default(),
            urls: BTreeMap::new(),
            transports: Transports::new(),
            visibility: None,
        }
    }

    /// The engine for requests that start now.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        self.engine.read().clone()
    }

    /// Replaces the engine.
    pub(crate) fn replace(&self, engine: Arc<Engine>) {
        let previous = std::mem::replace(&mut *self.engine.write(), engine);
        // Dropped after the lock is released, because freeing a large engine takes time.
        drop(previous);
    }

    /// The metrics of this gateway.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.blueprint.metrics
    }

    /// The metrics in the Prometheus text format.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics().documents_kept(self.engine().documents_kept());
        self.metrics().text()
    }

    /// Answers one request. Every outcome, errors included, is a GraphQL response.
    pub async fn execute(&self, request: GraphQlRequest) -> GraphQlResponse {
        self.engine().execute(request).await
    }

    /// Asks every subgraph whether it is ready.
    pub async fn readiness(&self) -> Readiness {
        self.engine().readiness().await
    }

    /// The present state of the traffic layers, for metrics.
    #[must_use]
    pub fn traffic(&self) -> TrafficSnapshot {
        self.engine().traffic()
    }
}
