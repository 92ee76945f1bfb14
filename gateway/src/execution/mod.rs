//! Runs plans.

use std::{collections::BTreeMap, time::Instant};

use crate::{
    GatewayConfig, GraphQlRequest, GraphQlResponse, Readiness,
    error::{ErrorCode, GraphQlError},
    planning::PlannerError,
    supergraph::Supergraph,
    transport::Transports,
};

/// Serves one supergraph with one configuration.
pub struct Engine {
    supergraph: Supergraph,
    transports: Transports,
    config: GatewayConfig,
}

impl Engine {
    /// Prepares an engine.
    pub(crate) fn new(supergraph: Supergraph, transports: Transports, config: GatewayConfig) -> Result<Self, PlannerError> {
        Ok(Self { supergraph, transports, config })
    }

    /// The supergraph that is served.
    #[must_use]
    pub fn supergraph(&self) -> &Supergraph {
        &self.supergraph
    }

    pub(crate) async fn execute(&self, _request: GraphQlRequest) -> GraphQlResponse {
        let _deadline = Instant::now() + self.config.timeout;
        GraphQlResponse::refused(http::StatusCode::INTERNAL_SERVER_ERROR, &[GraphQlError::new(ErrorCode::Internal, "execution is not connected yet")])
    }

    pub(crate) async fn readiness(&self) -> Readiness {
        let probes = self.transports.iter().map(|(name, transport)| async move { (name.clone(), transport.ready().await) });
        let subgraphs: BTreeMap<_, _> = futures::future::join_all(probes).await.into_iter().collect();
        Readiness { subgraphs }
    }
}
