//! In-process transport: calls a subgraph in the same process, without HTTP, without serializing the response and
//! without parsing the operation again.

use std::sync::Arc;

use async_graphql::{Name, Request, Response, Variables};
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderMap, HeaderValue, header};

use super::{SubgraphBody, SubgraphRequest, SubgraphResponse, Transport, TransportError};
use crate::json::to_graphql_value;

/// An async-graphql schema that runs in this process.
///
/// The implementation adds what its resolvers need to the request (for example a principal or data loaders) and
/// executes it.
pub trait LocalSubgraph: Send + Sync + 'static {
    /// Executes one operation. The request contains the parsed document; its text is only for logs.
    fn execute<'a>(&'a self, headers: &'a HeaderMap, request: Request) -> BoxFuture<'a, Response>;

    /// Whether the subgraph is ready to answer. The error says why not.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        futures::future::ready(Ok(())).boxed()
    }
}

/// Sends fetches to a [`LocalSubgraph`].
pub struct LocalTransport {
    subgraph: Arc<dyn LocalSubgraph>,
}

impl LocalTransport {
    /// Creates a transport for one in-process subgraph.
    #[must_use]
    pub fn new(subgraph: Arc<dyn LocalSubgraph>) -> Self {
        Self { subgraph }
    }
}

/// The headers that an HTTP server would send with the response: those that resolvers set, and `Cache-Control`.
fn headers(response: &mut Response) -> HeaderMap {
    let mut headers = std::mem::take(&mut response.http_headers);
    let freshness = response.cache_control.value().map(HeaderValue::try_from);
    if let Some(Ok(value)) = freshness.filter(|_| response.is_ok()) {
        headers.entry(header::CACHE_CONTROL).or_insert(value);
    }
    headers
}

impl Transport for LocalTransport {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            let document = request
                .operation
                .parsed()
                .map_err(|error| TransportError::Malformed(format!("the operation does not parse: {error}")))?;
            let mut variables = Variables::default();
            for variable in request.variables {
                let value =
                    to_graphql_value(variable.json).map_err(|error| TransportError::Malformed(error.to_string()))?;
                variables.insert(Name::new(variable.name), value);
            }
            let mut local = Request::new(request.operation.text()).variables(variables);
            local.set_parsed_query(document.clone());
            let mut response = self.subgraph.execute(request.headers, local).await;
            Ok(SubgraphResponse { headers: headers(&mut response), body: SubgraphBody::Tree(Box::new(response)) })
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.subgraph.ready()
    }
}
