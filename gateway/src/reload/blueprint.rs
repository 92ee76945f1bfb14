//! Builds an engine from a supergraph and the gateway's settings.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    BuildError, GatewayConfig,
    execution::Engine,
    supergraph::Supergraph,
    telemetry::Metrics,
    traffic::{GatewayTraffic, Guarded, Visibility},
    transport::HttpTransport,
};

/// Everything that a gateway needs besides the supergraph.
#[derive(Clone)]
pub(crate) struct Blueprint {
    pub(crate) config: GatewayConfig,
    /// URLs that replace those of the supergraph.
    pub(crate) urls: BTreeMap<String, String>,
    /// Transports that the caller provided, including in-process subgraphs.
    pub(crate) transports: BTreeMap<String, Guarded>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traffic: Arc<GatewayTraffic>,
    /// What callers may see, for requests that share an execution.
    pub(crate) visibility: Option<Visibility>,
}

/// A transport and the URL for which it was created.
#[derive(Clone)]
pub(crate) struct Connection {
    url: String,
    transport: Guarded,
}

/// The transports that were created from URLs, by subgraph. They survive a reload, and so do their connection pools and
/// traffic state.
pub(crate) type Connections = BTreeMap<String, Connection>;

impl Blueprint {
    /// Parses the supergraph and connects each subgraph to its transport. A transport in `kept` is reused if its URL
    /// has not changed. No request is sent yet.
    pub(crate) fn engine(&self, sdl: String, kept: &Connections) -> Result<(Engine, Connections), BuildError> {
        let supergraph = Supergraph::parse(sdl)?;
        let mut transports = BTreeMap::new();
        let mut connections = Connections::new();
        for subgraph in &supergraph.subgraphs {
            let name = &subgraph.name;
            if let Some(given) = self.transports.get(name) {
                transports.insert(name.clone(), given.clone());
                continue;
            }
            let url = self.urls.get(name).unwrap_or(&subgraph.url);
            let connection = match kept.get(name).filter(|connection| connection.url == *url) {
                Some(connection) => connection.clone(),
                None => self.connect(name, url)?,
            };
            transports.insert(name.clone(), connection.transport.clone());
            connections.insert(name.clone(), connection);
        }
        let engine = Engine::new(supergraph, transports, self)?;
        Ok((engine, connections))
    }

    fn connect(&self, name: &str, url: &str) -> Result<Connection, BuildError> {
        if url.is_empty() {
            return Err(BuildError::NoUrl { name: name.to_owned() });
        }
        let transport = HttpTransport::new(url, self.config.http.clone())
            .map_err(|source| BuildError::Url { name: name.to_owned(), source })?;
        Ok(Connection {
            url: url.to_owned(),
            transport: Guarded::new(name, Arc::new(transport), &self.config, &self.traffic, &self.metrics),
        })
    }

    /// Refuses a configured name that is not a subgraph. Called only at the start, where it is most likely a typing
    /// error. A later supergraph may have removed a subgraph on purpose.
    pub(crate) fn refuse_unknown_names(&self, engine: &Engine) -> Result<(), BuildError> {
        let subgraphs = &engine.supergraph().subgraphs;
        let unknown = self
            .urls
            .keys()
            .chain(self.transports.keys())
            .chain(self.config.traffic.subgraphs.keys())
            .chain(self.config.headers.subgraph_names())
            .find(|name| !subgraphs.iter().any(|subgraph| subgraph.name == **name));
        let Some(name) = unknown else { return Ok(()) };
        let names: Vec<_> = subgraphs.iter().map(|subgraph| subgraph.name.as_str()).collect();
        Err(BuildError::UnknownSubgraph { name: name.clone(), known: names.join(", ") })
    }
}
