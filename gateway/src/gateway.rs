//! The gateway itself: a supergraph, a transport for each of its subgraphs, and the caches over both.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::RwLock;

use crate::{
    GatewayConfig, GraphQlRequest, GraphQlResponse,
    execution::Engine,
    planning::PlannerError,
    supergraph::{Supergraph, SupergraphError},
    transport::{HttpTransport, HttpTransportError, LocalSubgraph, LocalTransport, Transport, Transports},
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
    /// A transport is named for a subgraph that the supergraph does not have.
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
        let supergraph = Supergraph::parse(self.sdl)?;
        let known = |name: &String| supergraph.subgraphs.iter().any(|subgraph| subgraph.name == *name);
        if let Some(name) = self.urls.keys().chain(self.transports.keys()).find(|name| !known(name)) {
            let names: Vec<_> = supergraph
                .subgraphs
                .iter()
                .map(|subgraph| subgraph.name.as_str())
                .collect();
            return Err(BuildError::UnknownSubgraph {
                name: name.clone(),
                known: names.join(", "),
            });
        }
        let mut transports = self.transports;
        for subgraph in &supergraph.subgraphs {
            if transports.contains_key(&subgraph.name) {
                continue;
            }
            let url = self.urls.get(&subgraph.name).unwrap_or(&subgraph.url);
            if url.is_empty() {
                return Err(BuildError::NoUrl {
                    name: subgraph.name.clone(),
                });
            }
            let transport = HttpTransport::new(url, self.config.http.clone()).map_err(|source| BuildError::Url {
                name: subgraph.name.clone(),
                source,
            })?;
            transports.insert(subgraph.name.clone(), Arc::new(transport));
        }
        let engine = Engine::new(supergraph, transports, self.config)?;
        Ok(Gateway {
            engine: RwLock::new(Arc::new(engine)),
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

    /// Serves new requests from another gateway's engine; running requests finish on the present one.
    pub fn replace_with(&self, other: Self) {
        *self.engine.write() = other.engine.into_inner();
    }

    /// Answers one request. Every outcome is a GraphQL response; nothing is thrown.
    pub async fn execute(&self, request: GraphQlRequest) -> GraphQlResponse {
        self.engine().execute(request).await
    }

    /// Asks every subgraph whether it would answer.
    pub async fn readiness(&self) -> Readiness {
        self.engine().readiness().await
    }
}
