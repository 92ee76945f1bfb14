//! Builds an engine out of a supergraph and the settings of the gateway.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    BuildError, GatewayConfig,
    execution::Engine,
    supergraph::Supergraph,
    telemetry::Metrics,
    traffic::{GatewayTraffic, Guarded},
    transport::HttpTransport,
};

/// Everything about a gateway that no supergraph says.
#[derive(Clone)]
pub(crate) struct Blueprint {
    pub(crate) config: GatewayConfig,
    /// Addresses that are used in place of the supergraph's.
    pub(crate) urls: BTreeMap<String, String>,
    /// Transports that were given, in-process subgraphs among them.
    pub(crate) transports: BTreeMap<String, Guarded>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traffic: Arc<GatewayTraffic>,
}

/// A transport with the address that it was made for.
#[derive(Clone)]
pub(crate) struct Connection {
    url: String,
    transport: Guarded,
}

/// The transports that were made from addresses, by subgraph. They outlive an engine, and with them their connection
/// pools and whatever else they remember of the subgraph.
pub(crate) type Connections = BTreeMap<String, Connection>;

impl Blueprint {
    /// Reads the supergraph and connects each subgraph to its transport: to the one in `kept` when its address is still
    /// the same. Nothing is sent yet.
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
        let transport = HttpTransport::new(url, self.config.http.clone()).map_err(|source| BuildError::Url {
            name: name.to_owned(),
            source,
        })?;
        Ok(Connection {
            url: url.to_owned(),
            transport: Guarded::new(name, Arc::new(transport), &self.config, &self.traffic, &self.metrics),
        })
    }

    /// Refuses a name that was given but that the supergraph does not have: at the start that is a slip of the pen.
    /// A later supergraph may well have lost a subgraph.
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
        Err(BuildError::UnknownSubgraph {
            name: name.clone(),
            known: names.join(", "),
        })
    }
}
