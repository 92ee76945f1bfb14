//! The one list of services. A new service is one entry here.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use async_graphql::{Request, Response};
use futures::future::BoxFuture;
use gateway::GatewayConfig;
use gateway::compose::{SubgraphSdl, compose};
use gateway::config::SubgraphErrors;
use gateway::transport::LocalSubgraph;
use http::HeaderMap;
use service_kit::{ServiceContext, Subgraph};

/// A service of the platform.
pub struct Service {
    /// Its name: of the subgraph, of the PostgreSQL schema, on the command line.
    pub name: &'static str,
    /// The port on which `ioc serve` puts it.
    pub port: u16,
    /// Its schema as a federated subgraph.
    pub sdl: fn() -> String,
    /// Starts it.
    pub start: fn(ServiceContext) -> Subgraph,
    /// The statements that define what it publishes of its measures in SQL.
    pub published: Option<fn() -> String>,
}

/// Every service, in the order in which they are listed and composed.
pub const SERVICES: &[Service] = &[
    Service { name: "directory", port: 4001, sdl: directory::sdl, start: directory::subgraph, published: None },
    Service { name: "tasks", port: 4002, sdl: tasks::sdl, start: tasks::subgraph, published: Some(tasks::published) },
];

impl Service {
    /// The service of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// Where it listens when nothing else is said.
    pub fn default_address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }
}

/// The subgraphs as the composer wants them.
pub fn subgraph_sdls() -> Vec<SubgraphSdl> {
    SERVICES
        .iter()
        .map(|service| SubgraphSdl {
            name: service.name.to_owned(),
            url: format!("http://{}/graphql", service.default_address()),
            sdl: (service.sdl)(),
        })
        .collect()
}

/// Settings of the platform's gateway. The services mask their own faults and word the rest for its reader, so what they
/// say passes through.
pub fn platform_gateway() -> GatewayConfig {
    GatewayConfig { subgraph_errors: SubgraphErrors::PassThrough, ..GatewayConfig::default() }
}

/// The platform's supergraph, composed from the services in this binary: it can never be older than they are.
pub fn supergraph() -> Result<String> {
    compose(&subgraph_sdls()).context("the services of this binary do not compose")
}

/// A service called in process by the gateway.
pub struct InProcess(pub Subgraph);

impl LocalSubgraph for InProcess {
    fn execute<'a>(&'a self, headers: &'a HeaderMap, request: Request) -> BoxFuture<'a, Response> {
        Box::pin(self.0.execute(headers, request))
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.0.ready())
    }
}

impl InProcess {
    /// The service behind the gateway's trait.
    pub fn shared(subgraph: Subgraph) -> Arc<dyn LocalSubgraph> {
        Arc::new(Self(subgraph))
    }
}
